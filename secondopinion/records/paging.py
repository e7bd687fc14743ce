"""Makes the pages of a record from its original, in the sandbox, and judges them."""

from typing import Any

from django.utils.translation import gettext_noop

from secondopinion.core import sandbox, vault
from secondopinion.findings.actions import Found, replace
from secondopinion.findings.models import Severity
from secondopinion.records import legibility, reading
from secondopinion.records.models import Page, Record, RecordState

MOST_PAGES = 500
AT_ONCE = 20  # pages read by one child
CHECK = "legibility@1"
OPENING = "opening@1"

_READERS = {
    "text/plain": reading.text_pages,
    "application/rtf": reading.text_pages,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": reading.word_pages,
}

# Kept in English and translated where they are shown.
LOCKED = gettext_noop("This PDF is locked with a password. Please send it without one.")
BROKEN = gettext_noop(
    "We cannot open this file. Please send it again, or send a photo of each page."
)
LONG = gettext_noop("This document is very long. We read the first 500 pages and keep all of it.")
HARD = gettext_noop("A page is hard to read.")
UNREADABLE = gettext_noop("A page cannot be read.")
RETAKE = gettext_noop(
    "Lay the page flat in good light, hold the phone straight above it, and send a new photo."
)


def make_pages(record: Record) -> None:
    """Make what pages are missing; a job that died goes on behind the last page it made."""
    try:
        _read(record)
    except sandbox.Failed:
        _fail(record, BROKEN)
        return
    if record.state != RecordState.UNREADABLE:
        Record.objects.filter(pk=record.pk).update(state=RecordState.READ)
        _judge(record)


def _read(record: Record) -> None:
    data = vault.read(record.blob)
    if record.media_type == "application/pdf":
        length = sandbox.run(reading.pdf_length, data)
        if length < 0:
            _fail(record, LOCKED)
            return
        if length > MOST_PAGES:
            found = Found("page-missing", Severity.WARNING, LONG, measured={"pages": length})
            replace(case=record.case, subject=record, check=OPENING, found=[found])
        for first in range(record.pages.count(), min(length, MOST_PAGES), AT_ONCE):
            count = min(AT_ONCE, MOST_PAGES - first)
            pages = sandbox.run(reading.pdf_pages, data, first, count, cpu_s=60, wall_s=120)
            _keep(record, pages, first)
        return
    reader = _READERS.get(record.media_type, reading.picture_pages)
    if not record.pages.exists():
        _keep(record, sandbox.run(reader, data, memory_mb=2048), 0)


def _keep(record: Record, pages: list[dict[str, Any]], first: int) -> None:
    for number, page in enumerate(pages, first + 1):
        verdict, reasons = legibility.judge(page)
        image = vault.put(record.case.vault, page["image"]) if page["image"] else None
        Page.objects.update_or_create(
            record=record,
            number=number,
            defaults={
                "image": image,
                "width": page["width"],
                "height": page["height"],
                "text": page["text"].replace("\x00", ""),
                "legibility": verdict,
                "reasons": reasons,
            },
        )


def _fail(record: Record, message: str) -> None:
    record.state = RecordState.UNREADABLE
    Record.objects.filter(pk=record.pk).update(state=record.state)
    found = Found("unreadable-file", Severity.BLOCKER, message)
    replace(case=record.case, subject=record, check=OPENING, found=[found])


def _judge(record: Record) -> None:
    found = []
    for page in record.pages.exclude(legibility=Page.Legibility.GOOD):
        unreadable = page.legibility == Page.Legibility.UNREADABLE
        found.append(
            Found(
                code="unreadable" if unreadable else "hard-to-read",
                severity=Severity.BLOCKER if unreadable else Severity.WARNING,
                message=UNREADABLE if unreadable else HARD,
                advice=RETAKE,
                where={"page": page.number},
                measured={"reasons": page.reasons},
                confidence=0.7,
            )
        )
    replace(case=record.case, subject=record, check=CHECK, found=found)
