"""Makes the pages of a record from its original, in the sandbox, and judges them."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from secondopinion.core import glyphs, kinds, sandbox, vault
from secondopinion.findings import film
from secondopinion.findings.actions import replace
from secondopinion.findings.found import Found
from secondopinion.findings.models import Severity
from secondopinion.records import (
    copies,
    indexing,
    judging,
    legibility,
    opening,
    pdfs,
    reading,
    sheets,
    videos,
    written,
)
from secondopinion.records.checks.words import (
    ACTIVE,
    BROKEN,
    FORM,
    HIDDEN,
    LARGE_VIDEO,
    LOCKED,
    LONG,
    NOT_SHOWN,
    RETAKE,
    UNLOCK,
)
from secondopinion.records.models import Page, Record, RecordState

MOST_PAGES = reading.MOST_PAGES
AT_ONCE = 5  # pages of a PDF that one job makes, in one child: about a second
MOST_BROKEN = 2  # pages that break their child, of those read at once
OPENING = "opening@2"


def make_pages(record: Record) -> bool:
    """Make some of the pages that are missing, from behind the last one that is there; behind the
    last of all say what came. Return whether pages are left, so that one long document does not
    keep others waiting for their first verdict."""
    if record.state != RecordState.READING:
        return False
    try:
        if record.is_video:
            state, found = _read_video(record)
        else:
            state, found = _read(record, vault.read(record.opened or record.blob))
    except sandbox.Failed:
        state, found = RecordState.UNREADABLE, [Found("unreadable-file", Severity.BLOCKER, BROKEN)]
    if state == RecordState.READING:
        return True
    with transaction.atomic():
        Record.objects.filter(pk=record.pk).update(state=state)
        replace(case=record.case, subject=record, check=OPENING, found=found)
    record.state = state
    return False


def look_over(record: Record) -> None:
    """Write down what checks say of a record that has its pages; safe to repeat."""
    judging.judge(record)
    _look_for_film(record)
    copies.look_for(record)


def _look_for_film(record: Record) -> None:
    """Say where a picture is a photograph of a film or a screen: the images themselves are more."""
    if not record.media_type.startswith("image/"):
        return
    try:
        looks = sandbox.run(film.look, vault.read(record.blob), memory_mb=2048)
    except sandbox.Failed:
        return  # its page is shown; that it is of a film, nobody can say
    found = film.found({"record": str(record.pk)}, looks)
    replace(case=record.case, subject=record, check=film.CHECK, found=[found] if found else [])


def _read(record: Record, data: bytes) -> tuple[RecordState, list[Found]]:
    if record.media_type == kinds.PDF:
        return _read_pdf(record, data)
    found = []
    if opening.hides_a_zip(record.media_type, data):
        found.append(Found("unsafe-file", Severity.INFO, HIDDEN))
    if record.media_type == kinds.WORD and opening.has_macros(data):
        found.append(Found("unsafe-file", Severity.INFO, ACTIVE))
    if not record.pages.exists():
        if record.media_type in written.KINDS:
            folders = glyphs.folders(settings.REPORT_FONTS_DIR)
            pages = sandbox.run(
                sheets.written_pages, record.media_type, data, folders, memory_mb=2048
            )
        else:
            clean, pages = sandbox.run(reading.photo, data, memory_mb=2048, cpu_s=120, wall_s=180)
            if clean:
                opened = vault.put(record.case.vault, clean)
                Record.objects.filter(pk=record.pk).update(opened=opened)
        if not pages:
            return RecordState.UNREADABLE, [Found("unreadable-file", Severity.BLOCKER, BROKEN)]
        _keep(record, pages)
    return RecordState.READ, found


def _read_video(record: Record) -> tuple[RecordState, list[Found]]:
    """Keep stills of a video, so that it is known at a glance, and what others are given of it."""
    if record.blob.length > videos.MOST_BYTES:
        return RecordState.UNREADABLE, [Found("unreadable-file", Severity.BLOCKER, LARGE_VIDEO)]
    if not record.pages.exists():
        clean, pages = sandbox.run(
            videos.shown, vault.read(record.blob), memory_mb=2048, cpu_s=120, wall_s=180
        )
        if not pages:
            return RecordState.UNREADABLE, [Found("unreadable-file", Severity.BLOCKER, BROKEN)]
        if clean:
            opened = vault.put(record.case.vault, clean)
            Record.objects.filter(pk=record.pk).update(opened=opened)
        _keep(record, pages)
    return RecordState.READ, []


def _read_pdf(record: Record, data: bytes) -> tuple[RecordState, list[Found]]:
    about = sandbox.run(pdfs.inspect, data)
    if about["locked"]:
        locked = Found("unreadable-file", Severity.BLOCKER, LOCKED, UNLOCK)
        return RecordState.LOCKED, [locked]
    if about["xfa"]:
        return RecordState.UNREADABLE, [Found("unreadable-file", Severity.BLOCKER, FORM)]
    found = []
    if about["active"]:
        found.append(Found("unsafe-file", Severity.INFO, ACTIVE))
    if opening.hides_a_zip(record.media_type, data):
        found.append(Found("unsafe-file", Severity.INFO, HIDDEN))
    length = about["pages"]
    if length > MOST_PAGES:
        found.append(Found("page-missing", Severity.WARNING, LONG, measured={"pages": length}))
    first, end = _last_made(record), min(length, MOST_PAGES)
    if first < end:
        _keep(record, _some_pages(data, first, min(AT_ONCE, end - first)), first)
    if first + AT_ONCE < end:
        return RecordState.READING, []
    found += [
        Found("unreadable", Severity.BLOCKER, NOT_SHOWN, RETAKE, where={"page": number})
        for number in record.pages.filter(image=None, text="").values_list("number", flat=True)
    ]
    return RecordState.READ, found


def _some_pages(data: bytes, first: int, count: int) -> list[dict[str, Any]]:
    """Return pages of a PDF; where one of them breaks its child, the others are read without it.

    Raises:
        Failed: more than a few break it.
    """
    try:
        return list(sandbox.run(pdfs.pages, data, first, count, cpu_s=60, wall_s=120))
    except sandbox.Failed:
        if count == 1:
            raise
    pages, broken = [], 0
    for number in range(first, first + count):
        try:
            pages += sandbox.run(pdfs.pages, data, number, 1, cpu_s=20, wall_s=40)
        except sandbox.Failed:
            broken += 1
            if broken > MOST_BROKEN:
                raise
            pages.append(reading.text_page(""))
    return pages


def _last_made(record: Record) -> int:
    """Return the last page of the file that was made: its pages may stand elsewhere by now, and a
    photo of one of them among them."""
    of_file = Page.objects.filter(Q(record=record) | Q(record__part_of=record))
    return int(of_file.aggregate(last=Max("of_file"))["last"] or 0)


def _keep(record: Record, pages: list[dict[str, Any]], first: int = 0) -> None:
    """Keep pages of the file from behind its page `first` on, all or none, behind those that are
    there."""
    images = [
        vault.put(record.case.vault, page["image"]) if page["image"] else None for page in pages
    ]
    with transaction.atomic():
        last = record.pages.aggregate(last=Max("number"))["last"] or 0
        made = []
        for place, (page, image) in enumerate(zip(pages, images, strict=True), 1):
            verdict, reasons = legibility.judge(page)
            row, _new = Page.objects.update_or_create(
                record=record,
                number=last + place,
                defaults={
                    "of_file": first + place,
                    "image": image,
                    "width": page["width"],
                    "height": page["height"],
                    "text": page["text"].replace("\x00", ""),
                    "legibility": verdict,
                    "reasons": reasons,
                    "look": page["look"],
                    "blank": page["blank"],
                },
            )
            made.append(row)
        indexing.keep(made)
