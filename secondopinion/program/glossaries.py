"""Glossaries as other programs write them: TBX (ISO 30042, of 2019 and of 2008) and TSV.

A word that is not translated stands there in both languages alike. Reading runs in the sandbox.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any

from lxml import etree

from secondopinion.core import sandbox

MOST_BYTES = 4 * 1024**2
NAMES = ("source", "target", "term", "translation")
FORMS = {"tbx": "application/x-tbx+xml", "tsv": "text/tab-separated-values"}
_TBX = "urn:iso:std:iso:30042:ed-2"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SECTIONS = {"langSec", "langSet"}  # of a language: 2019, 2008
_ENTRIES = {"conceptEntry", "termEntry"}

type Row = dict[str, Any]


class NotRead(Exception):
    """A file that is no glossary, or is damaged or too large."""


def written(rows: Iterable[Row], form: str) -> bytes:
    """Return the rows of a glossary as a file of one of `FORMS`."""
    return _tsv(rows) if form == "tsv" else _tbx(rows)


def rows_of(data: bytes) -> list[Row]:
    """Return the rows of a file, whichever of `FORMS` it is.

    Raises:
        NotRead: it is none of them.
    """
    if len(data) > MOST_BYTES:
        raise NotRead
    try:
        rows: list[Row] | None = sandbox.run(parsed, data, memory_mb=512)
    except sandbox.Failed:
        raise NotRead from None
    if not rows:
        raise NotRead
    return rows


def together(rows: Iterable[Row], more: Iterable[Row]) -> list[Row]:
    """Return rows with more of them; of the same word in the same languages the later one holds."""
    kept = {(row["source"], row["target"], row["term"].casefold()): row for row in rows}
    kept.update({(row["source"], row["target"], row["term"].casefold()): row for row in more})
    return list(kept.values())


def parsed(data: bytes) -> list[Row] | None:
    """Return the rows of a file; None where it is no glossary. For the sandbox."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-16") if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""
    return _from_tbx(data) if text.lstrip().startswith("<") else _from_tsv(text)


def _tsv(rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    table = csv.DictWriter(out, NAMES, dialect="excel-tab", lineterminator="\n")
    table.writeheader()
    table.writerows({name: row[name] for name in NAMES} for row in rows)
    return out.getvalue().encode()


def _from_tsv(text: str) -> list[Row] | None:
    table = csv.DictReader(io.StringIO(text), dialect="excel-tab")
    if not set(NAMES[:3]) <= set(table.fieldnames or ()):
        return None
    return [{name: row.get(name) or "" for name in NAMES} for row in table]


def _tbx(rows: Iterable[Row]) -> bytes:
    root = etree.Element(f"{{{_TBX}}}tbx", {"type": "TBX-Basic", "style": "dca", _LANG: "en"},
                         nsmap={None: _TBX})  # fmt: skip
    about = _under(root, "tbxHeader", "fileDesc", "sourceDesc", "p")
    about.text = "Glossary of Second Opinion"
    body = _under(root, "text", "body")
    for number, row in enumerate(rows, 1):
        entry = etree.SubElement(body, f"{{{_TBX}}}conceptEntry", {"id": f"c{number}"})
        for code, words in (
            (row["source"], row["term"]), (row["target"], row["translation"] or row["term"]),
        ):  # fmt: skip
            section = etree.SubElement(entry, f"{{{_TBX}}}langSec", {_LANG: code})
            _under(section, "termSec", "term").text = words
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def _under(parent: Any, *names: str) -> Any:
    for name in names:
        parent = etree.SubElement(parent, f"{{{_TBX}}}{name}")
    return parent


def _from_tbx(data: bytes) -> list[Row] | None:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    internal = root.getroottree().docinfo.internalDTD
    if internal is not None and list(internal.iterentities()):
        return None  # no glossary needs any, and they can do harm
    rows = []
    for entry in root.iter():
        if isinstance(entry.tag, str) and etree.QName(entry).localname in _ENTRIES:
            rows += _rows_of_entry(entry)
    return rows


def _rows_of_entry(entry: Any) -> list[Row]:
    """Return the first word of an entry with its translation into each other language."""
    words = []
    for section in entry:
        if not isinstance(section.tag, str) or etree.QName(section).localname not in _SECTIONS:
            continue
        named = (each for each in section.iter() if isinstance(each.tag, str))
        terms = [each for each in named if etree.QName(each).localname == "term"]
        if terms:
            text = " ".join("".join(terms[0].itertext()).split())
            words.append((section.get(_LANG, "").partition("-")[0].lower(), text))
    (source, term), *others = words or [("", "")]
    return [
        {
            "source": source, "target": target, "term": term,
            "translation": "" if translation == term else translation,
        }
        for target, translation in others
        if term and target != source
    ]  # fmt: skip
