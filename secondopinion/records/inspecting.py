"""Understands files without a database: each is opened and read in the sandbox, page by page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secondopinion.core import kinds, sandbox
from secondopinion.findings.found import BLOCKER, Found, gettext_noop
from secondopinion.records import pdfs, reading, texts, understanding
from secondopinion.records.checks import examine, identifiers
from secondopinion.records.checks.examine import Asked, Page, Said

MOST_FILE = 256 * 1024**2
MEMORY_MB, SECONDS, WALL_S = 2048, 60, 600  # of the child that reads one page
OPENING = "opening@1"
BROKEN = gettext_noop("We cannot open this file.")
LOCKED = gettext_noop("This PDF is locked with a password. Please send it without one.")
SEND_AGAIN = gettext_noop("Please send it again, or send a photo of each page.")


@dataclass(slots=True)
class Document:
    """A file as it was understood; `reason` says why it has no pages."""

    path: str
    kind: str
    reason: str = ""
    pages: list[Page] = field(default_factory=list)


def inspect(
    paths: Iterable[Path], asked: Asked, progress: Callable[[str, int], None] = lambda _p, _n: None
) -> tuple[list[Document], list[Said]]:
    """Return the documents of some files with all that is to be said of them.

    `progress` is told the file and how many of its pages are read.
    """
    documents = [_document(path, asked, progress) for path in paths]
    said: list[Said] = []
    for each in documents:
        where = {"file": each.path}
        if each.reason:
            words = LOCKED if each.reason == "locked" else BROKEN
            said.append((OPENING, Found("unreadable-file", BLOCKER, words, SEND_AGAIN, where,
                                        {"reason": each.reason})))  # fmt: skip
        for row in each.pages:
            said += examine.page(row, asked, where | {"page": row.number})
        others = [row.numbered for other in documents if other is not each
                  for row in other.pages if row.numbered]  # fmt: skip
        said += examine.document(each.pages, others, where)
    marked = [
        examine.marks(row, each.path, asked.child) for each in documents for row in each.pages
    ]
    for marks, found in identifiers.check(marked):
        found.where["file"] = marks.document
        said.append((identifiers.NAME, found))
    return documents, said


def _document(path: Path, asked: Asked, progress: Callable[[str, int], None]) -> Document:
    try:
        if path.stat().st_size > MOST_FILE:
            return Document(str(path), "other", "too-large")
        data = path.read_bytes()
    except OSError as error:
        return Document(str(path), "other", type(error).__name__)
    kind = texts.kind_of(path.name, data)
    document = Document(str(path), texts.NAMES.get(kind, kind.removeprefix("image/")))
    try:
        for number, answer in enumerate(_answers(data, kind), 1):
            document.pages.append(examine.page_of(number, answer, asked))
            progress(document.path, number)
    except sandbox.Failed as failed:
        document.reason = failed.reason
    except _Refused as refused:
        document.reason = str(refused)
    return document


class _Refused(Exception):
    """A file that is not read, with the word why."""


def _answers(data: bytes, kind: str) -> Iterable[dict[str, Any]]:
    if kind == kinds.PDF:
        about = sandbox.run(pdfs.inspect, data)
        if about["locked"] or about["xfa"]:
            raise _Refused("locked" if about["locked"] else "form")
        for number in range(min(about["pages"], reading.MOST_PAGES)):
            yield read_page(data, kind, number, [])
    elif kind.startswith("image/"):
        for number in range(sandbox.run(understanding.frames, data, memory_mb=MEMORY_MB)):
            yield read_page(data, kind, number, [])
    elif kind in texts.NAMES:
        yield understanding.of_text(sandbox.run(texts.read, kind, data, memory_mb=MEMORY_MB))
    else:
        raise _Refused(kind)


def read_page(
    data: bytes, kind: str, number: int, hints: list[str], folder: str = ""
) -> dict[str, Any]:
    """Return what `understanding` says of a page (from 0) of a PDF or a picture, in a child.

    Raises:
        Failed: it cannot be read, or only with more time or memory than a page is given.
    """
    function = understanding.pdf_page if kind == kinds.PDF else understanding.picture_page
    answer: dict[str, Any] = sandbox.run(
        function, data, number, hints, folder, memory_mb=MEMORY_MB, cpu_s=SECONDS, wall_s=WALL_S
    )
    return answer
