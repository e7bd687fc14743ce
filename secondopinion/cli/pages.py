"""`secondopinion records check`: what pages are and whether they can be read, without a server."""

import argparse
import errno
import json
import os
import stat
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from secondopinion.cli.said import (
    FINE,
    FOUND,
    UNREADABLE,
    WEIGHT,
    as_finding,
    birth_date,
    counted,
)
from secondopinion.findings.found import INFO
from secondopinion.records.checks.examine import Asked, Page, Said
from secondopinion.records.checks.whose import Child
from secondopinion.records.engines import scripts_read
from secondopinion.records.inspecting import Document, inspect

MOST_SHOWN = 200  # letters of a page's text in the table; the JSON has it all


def add_to(records: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb to those of ``records``."""
    check = records.add_parser("check", help="say what pages are, and which cannot be read")
    check.add_argument("files", type=Path, nargs="+", metavar="FILE")
    check.add_argument(
        "--child", metavar="NAME", default="", help="the child's name, in any script"
    )
    check.add_argument("--born", metavar="DATE", type=birth_date, help="YYYY-MM-DD")
    check.add_argument("--country", metavar="XX", default="", help="where the pages come from")
    check.add_argument(
        "--password", metavar="WORD", default="", help="of PDFs that are locked with one"
    )
    check.add_argument("--json", action="store_true", help="one JSON object, and nothing else")


def check(given: argparse.Namespace) -> int:
    """Check files; return 0 for nothing above information, 1 for warnings, 2 for unreadable."""
    out, err = sys.stdout, sys.stderr
    readable = scripts_read()
    child = None
    if given.child or given.born:
        child = Child((given.child,) if given.child else (), given.born)
    asked = Asked(datetime.now(UTC).date(), child, given.country, frozenset(readable))

    def progress(path: str, number: int) -> None:
        err.write(f"{path}: page {number} read\n")

    there = _there(given.files)
    documents, said = inspect(there, asked, progress, given.password)
    said = sorted(said, key=lambda each: WEIGHT[each[1].severity])
    if given.json:
        json.dump(as_json(documents, said, readable), out, ensure_ascii=False, allow_nan=False)
        out.write("\n")
    else:
        out.writelines(f"{line}\n" for line in as_lines(documents, said, readable))
    if not any(each.pages for each in documents):
        return UNREADABLE
    whole = len(there) == len(given.files)
    return FINE if whole and all(each.severity == INFO for _check, each in said) else FOUND


def _there(files: list[Path]) -> list[Path]:
    """Return the files that can be read, and say of the others why they cannot."""
    found = []
    for path in files:
        if why := _obstacle(path):
            sys.stderr.write(f"{path} cannot be read: {why}\n")
        else:
            found.append(path)
    return found


def _obstacle(path: Path) -> str:
    """Return why a file cannot be read. It is not opened: what comes out of a pipe comes once."""
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            return os.strerror(errno.EISDIR)
    except OSError as error:
        return error.strerror or type(error).__name__
    return "" if os.access(path, os.R_OK) else os.strerror(errno.EACCES)


def as_json(
    documents: list[Document], said: list[Said], readable: dict[str, list[str]]
) -> dict[str, Any]:
    """Return the result as the contract of both `check` commands has it."""
    patients: dict[tuple[str, date | None], str] = {}
    for row in (row for each in documents for row in each.pages if row.patient.names):
        known = (row.patient.names[0], (*row.patient.born, None)[0])
        number = next((each.value for each in row.numbers), "")
        patients[known] = patients.get(known) or number
    return {
        "version": "1",
        "tool": f"secondopinion {version('secondopinion')}",
        "scripts": readable,
        "patients": [
            {
                "name": name,
                "birth_date": born.isoformat() if born else None,
                "sex": None,
                "id": number,
            }
            for (name, born), number in patients.items()
        ],
        "pages": [_page(each, row) for each in documents for row in each.pages],
        "findings": [as_finding(check, each) for check, each in said],
        "files": [
            {"path": each.path, "kind": each.kind, "reason": each.reason} for each in documents
        ],
    }


def _page(document: Document, row: Page) -> dict[str, Any]:
    verdict = row.verdict
    return {
        "file": document.path,
        "page": row.number,
        "type": row.kind.kind,
        "type_confidence": row.kind.certainty,
        "language": row.language or None,
        "language_confidence": row.certainty,
        "other_languages": list(row.others),
        "script": row.script or None,
        "date": row.dated.day.isoformat() if row.dated.day else None,
        "date_confidence": row.dated.certainty,
        "dates": [
            {"text": each.text, "date": each.day.isoformat(), "role": each.role,
             "confidence": each.certainty}
            for each in row.dates
        ],
        "legibility": verdict.level,
        "legibility_score": verdict.score,
        "reasons": [each.code for each in verdict.reasons],
        "measured": verdict.numbers,
        "source": row.source,
        "text": row.text,
    }  # fmt: skip


def as_lines(
    documents: list[Document], said: list[Said], readable: dict[str, list[str]]
) -> Iterable[str]:
    """Yield the result as a list of pages and a list of findings."""
    yield "Reads here: " + ", ".join(
        f"{script} ({' '.join(languages)})" for script, languages in readable.items()
    )
    for each in documents:
        for row in each.pages:
            yield ""
            yield f"{each.path}, page {row.number}"
            yield from _lines_of(row)
    yield ""
    count = sum(len(each.pages) for each in documents)
    yield (
        f"{counted(count, 'page')} in {counted(len(documents), 'file')}; "
        f"{counted(len(said), 'finding')}."
    )
    for check, found in said:
        yield ""
        yield f"{found.severity.upper()}: {found.message} [{found.code}]"
        if found.advice:
            yield f"  {found.advice}"
        yield f"  {found.where.get('file', '')}, page {found.where.get('page', 'all')}"
        if found.measured:
            yield "  " + ", ".join(f"{name} {value}" for name, value in found.measured.items())
        yield f"  by {check}, sure to {found.confidence:.0%}"


def _lines_of(row: Page) -> Iterable[str]:
    verdict, dated = row.verdict, row.dated
    yield f"  kind      {row.kind.kind} ({row.kind.certainty:.0%})"
    yield f"  language  {row.language or '?'} {row.script or '?'} ({row.certainty:.0%})"
    if dated.day:
        yield f"  date      {dated.day.isoformat()} ({dated.certainty:.0%})"
    reasons = ", ".join(each.code for each in verdict.reasons)
    yield f"  legible   {verdict.level} ({verdict.score:.2f}) {reasons}"
    if verdict.numbers:
        yield "            " + ", ".join(f"{k} {v:g}" for k, v in verdict.numbers.items())
    shown = " ".join(row.text.split())
    yield f"  text      {row.source}: {shown[:MOST_SHOWN]}{'…' if len(shown) > MOST_SHOWN else ''}"
