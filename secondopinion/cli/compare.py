"""``secondopinion records compare``: a translation against its original, without a server."""

import argparse
import json
import sys
from pathlib import Path

from secondopinion.core import sandbox
from secondopinion.records import texts
from secondopinion.translation.checks.compare import Comparison, Unsupported, compare
from secondopinion.translation.checks.found import Mismatch, Place

MOST_BYTES = 50 * 1024 * 1024


def add_to(records: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb to those of ``records``."""
    one = records.add_parser("compare", help="check a translation against its original")
    one.add_argument("original", type=Path)
    one.add_argument("translation", type=Path)
    one.add_argument("--json", action="store_true", help="print findings as JSON")
    one.add_argument("--from", dest="source", default="", metavar="LANG", help="as in es, ar")
    one.add_argument("--to", dest="target", default="", metavar="LANG")


class Unreadable(Exception):
    """A file that gives no text, with the reason."""


def read(path: Path) -> tuple[str, str]:
    """Return the text of a file and what kind of file it is.

    Raises:
        Unreadable: it is not there, too large, locked, or has no text.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(f"{path}: larger than 50 MB")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
    if not data.strip():
        raise Unreadable(f"{path}: is empty")
    kind = texts.kind_of(path.name, data)
    if kind not in texts.NAMES:
        raise Unreadable(f"{path}: not a text, mail, Word or PDF file")
    try:
        text = str(sandbox.run(texts.read, kind, data))
    except sandbox.Failed as failed:
        why = "locked with a password" if failed.detail == "Locked" else "cannot be opened"
        raise Unreadable(f"{path}: {why}") from None
    if not text.strip():
        raise Unreadable(f"{path}: has no digital text (a scan?)")
    return text, texts.NAMES[kind]


def run(given: argparse.Namespace) -> int:
    """Compare two files; 0: nothing to look at, 1: something, 2: cannot be compared."""
    files = []
    both = []
    try:
        for path in (given.original, given.translation):
            text, kind = read(path)
            both.append(text)
            files.append({"path": str(path), "kind": kind})
        if both[0] == both[1]:
            return _cannot("both files hold the same text: is one of them the translation?")
        done = compare(both[0], both[1], given.source, given.target)
    except Unreadable as why:
        return _cannot(str(why))
    except Unsupported as why:
        return _cannot(f"the language is not known to the checks, or the text is too long: {why}")
    if given.json:
        json.dump(_report(done, files), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        _print(done)
    return 1 if any(each.alarm for each in done.mismatches) else 0


def _cannot(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 2


def _report(done: Comparison, files: list[dict[str, str]]) -> dict[str, object]:
    findings = []
    for each in done.mismatches:
        row = each.as_dict()
        for side, file in zip(("original", "translation"), files, strict=True):
            if side in row["where"]:
                row["where"][side]["file"] = file["path"]
        findings.append(row)
    return {
        "version": "1",
        "tool": "secondopinion records compare",
        "languages": {
            "original": done.original.language.code, "translation": done.translation.language.code,
        },
        "findings": findings,
        "files": files,
    }  # fmt: skip


def _print(done: Comparison) -> None:
    ours, theirs = done.original, done.translation
    sys.stdout.write(f"{ours.language.name} to {theirs.language.name}\n")
    for each in done.mismatches:
        sys.stdout.write(f"\n{_sign(each)} {each.message} [{each.code}, {each.confidence:.2f}]\n")
        for name, place, view in (
            ("original", each.original, ours), ("translation", each.translation, theirs),
        ):  # fmt: skip
            if place is not None:
                sys.stdout.write(
                    f"  {name:11} line {place.line}: {_marked(place, view.folded.source)}\n"
                )
    alarms = sum(each.alarm for each in done.mismatches)
    sys.stdout.write(f"\n{alarms} to look at, {len(done.mismatches) - alarms} for information.\n")


def _sign(found: Mismatch) -> str:
    return "!" if found.alarm else "i"


def _marked(place: Place, text: str) -> str:
    """Return the line of a place with the place between marks."""
    start = text.rfind("\n", 0, place.start) + 1
    end = text.find("\n", place.end)
    end = len(text) if end < 0 else end
    shown = f"{text[start : place.start]}»{text[place.start : place.end]}«{text[place.end : end]}"
    return " ".join(shown.split())
