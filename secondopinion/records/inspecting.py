"""Understands files without a database: each is opened and read in the sandbox, page by page; what
is in a zip, or clipped to a mail or a PDF, is a file of its own."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secondopinion.core import kinds, sandbox, unpack
from secondopinion.findings.found import BLOCKER, INFO, WARNING, Found
from secondopinion.records import attached, opening, pdfs, reading, texts, understanding
from secondopinion.records.checks import examine, identifiers, legibility, words
from secondopinion.records.checks.examine import Asked, Page, Said

MOST_FILE = 256 * 1024**2
MOST_WITHIN, DEEPEST = 1_000, 2  # files in one that was given, and how deep they lie in each other
MEMORY_MB, SECONDS, WALL_S = 2048, 60, 600  # of the child that reads one page
OPENING = "opening@2"
# Why a file has no pages, and what is said of it; of others that it cannot be opened.
_WHY = {
    "locked": (words.LOCKED, words.UNLOCK),
    "form": (words.FORM, ""),
    "encrypted": (words.LOCKED_IN_ZIP, ""),
    "empty": (words.EMPTY, ""),
}
_LOST = "lost"  # the source of a page whose picture cannot be drawn


@dataclass(slots=True)
class Document:
    """A file as it was understood; `reason` says why it has no pages, `said` what else there is to
    say of it."""

    path: str
    kind: str
    reason: str = ""
    pages: list[Page] = field(default_factory=list)
    said: list[Found] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    kind: str
    data: bytes


class _Refused(Exception):
    """A file that is not read, with the word why."""


def inspect(
    paths: Iterable[Path],
    asked: Asked,
    progress: Callable[[str, int], None] = lambda _p, _n: None,
    password: str = "",
) -> tuple[list[Document], list[Said]]:
    """Return the documents of some files with all that is to be said of them.

    `progress` is told the file and how many of its pages are read; `password` opens PDFs that are
    locked.
    """
    documents = [
        each for path in paths for each in _documents(path, asked, progress, password)
    ]  # fmt: skip
    said: list[Said] = []
    for each in documents:
        where = {"file": each.path}
        if each.reason and each.kind != kinds.IGNORED:
            sentence, advice = _WHY.get(each.reason, (words.BROKEN, ""))
            said.append((OPENING, Found("unreadable-file", BLOCKER, sentence, advice, where,
                                        {"reason": each.reason})))  # fmt: skip
        for found in each.said:
            found.where["file"] = each.path
            said.append((OPENING, found))
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


def _documents(
    path: Path, asked: Asked, progress: Callable[[str, int], None], password: str
) -> Iterator[Document]:
    try:
        if path.stat().st_size > MOST_FILE:
            yield Document(str(path), "other", "too-large")
            return
        data = path.read_bytes()
    except OSError as error:
        yield Document(str(path), "other", type(error).__name__)
        return
    whole = _File(str(path), texts.kind_of(path.name, data), data)
    for number, each in enumerate(_within(whole, password, DEEPEST)):
        if number > MOST_WITHIN:
            yield Document(str(path), "other", "too-many-files")
            return
        yield _document(each, asked, progress) if isinstance(each, _File) else each


def _within(file: _File, password: str, deeper: int) -> Iterator[_File | Document]:
    """Yield a file and those in it; for what cannot be taken out, why."""
    if file.kind == kinds.PDF and password:
        try:
            opened = sandbox.run(pdfs.unlocked, file.data, password)
        except sandbox.Failed:
            opened = b""
        file = _File(file.path, file.kind, opened or file.data)
    if file.kind == kinds.ZIP and deeper:
        yield from _in_zip(file, password, deeper)
        return
    yield file
    clipped = file.kind == kinds.MAIL or (
        file.kind == kinds.PDF and any(mark in file.data for mark in attached.MARKS)
    )
    if clipped and deeper:
        try:
            files = sandbox.run(attached.files_in, file.kind, file.data)
        except sandbox.Failed:
            return  # of a damaged file, as is said of itself
        for name, data in files:
            if data:
                one = _File(f"{file.path}/{name}", texts.kind_of(name, data), data)
                yield from _within(one, password, deeper - 1)


def _in_zip(file: _File, password: str, deeper: int) -> Iterator[_File | Document]:
    try:
        archive = unpack.open_zip(io.BytesIO(file.data))
        entries = unpack.entries(archive)
    except unpack.Unsafe as unsafe:
        yield Document(file.path, "zip", unsafe.code)
        return
    for entry in entries:
        path = f"{file.path}/{entry.name}"
        if kinds.litter(entry.name):
            yield Document(path, kinds.IGNORED, "litter")
            continue
        refused = entry.refused or ("too-large" if entry.length > MOST_FILE else "")
        try:
            data = b"" if refused else b"".join(unpack.pieces(archive, entry))
        except unpack.Unsafe as unsafe:
            refused = unsafe.code
        if refused:
            yield Document(path, "other", refused)
        else:
            one = _File(path, texts.kind_of(entry.name, data), data)
            yield from _within(one, password, deeper - 1)


def _document(file: _File, asked: Asked, progress: Callable[[str, int], None]) -> Document:
    document = Document(file.path, texts.NAMES.get(file.kind, file.kind.removeprefix("image/")))
    try:
        for number, answer in enumerate(_answers(file, document), 1):
            page = examine.page_of(number, answer, asked)
            if answer["source"] == _LOST:
                page.verdict = legibility.Verdict(legibility.UNREADABLE, 0.0)
                document.said.append(
                    Found("unreadable", BLOCKER, words.NOT_SHOWN, words.RETAKE, {"page": number})
                )
            document.pages.append(page)
            progress(document.path, number)
    except sandbox.Failed as failed:
        document.reason = failed.reason
    except _Refused as refused:
        document.reason = str(refused)
    return document


def _answers(file: _File, document: Document) -> Iterable[dict[str, Any]]:
    kind, data = file.kind, file.data
    if kind != kinds.ZIP and opening.hides_a_zip(kind, data):
        document.said.append(Found("unsafe-file", INFO, words.HIDDEN))
    if kind == kinds.PDF:
        yield from _answers_of_pdf(data, document)
    elif kind.startswith("image/"):
        for number in range(sandbox.run(understanding.frames, data, memory_mb=MEMORY_MB)):
            yield read_page(data, kind, number, [])
    elif kind in texts.NAMES:
        if kind == kinds.WORD and opening.has_macros(data):
            document.said.append(Found("unsafe-file", INFO, words.ACTIVE))
        yield understanding.of_text(sandbox.run(texts.read, kind, data, memory_mb=MEMORY_MB))
    else:
        raise _Refused(kind)


def _answers_of_pdf(data: bytes, document: Document) -> Iterator[dict[str, Any]]:
    about = sandbox.run(pdfs.inspect, data)
    if about["locked"] or about["xfa"]:
        raise _Refused("locked" if about["locked"] else "form")
    if about["active"]:
        document.said.append(Found("unsafe-file", INFO, words.ACTIVE))
    length = about["pages"]
    if length > reading.MOST_PAGES:
        document.said.append(Found("page-missing", WARNING, words.LONG, measured={"pages": length}))
    for number in range(min(length, reading.MOST_PAGES)):
        yield _page_of_pdf(data, number)


def _page_of_pdf(data: bytes, number: int) -> dict[str, Any]:
    """Return what is known of a page; of one that breaks its child, or that cannot be drawn, that
    it is lost: the others are read all the same."""
    try:
        answer = read_page(data, kinds.PDF, number, [])
    except sandbox.Failed:
        answer = understanding.of_text("") | {"source": _LOST}
    if answer["picture"] is None and not understanding.is_text(answer["text"]):
        answer["source"] = _LOST
    return answer


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
