"""Reads of records; each is scoped to the cases that a person may see."""

import io
from uuid import UUID

from django.db.models import Count, QuerySet
from PIL import Image

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.cases.queries import visible_to
from secondopinion.core import vault
from secondopinion.core.errors import NotYours
from secondopinion.records.models import Page, Record


def for_case(case: Case) -> QuerySet[Record]:
    """Return the records of a case with the number of their pages, as they came."""
    return (
        Record.objects.filter(case=case, removed_at__isnull=True)
        .annotate(page_count=Count("pages"))
        .select_related("sent_by")
        .order_by("created_at")
    )


def record_for(person: Person, reference: str, record_id: UUID) -> Record:
    """Return a record of a case that the person may see.

    Raises:
        NotYours: there is none, or it is somebody else's.
    """
    found = (
        Record.objects.filter(
            pk=record_id,
            case__reference=reference,
            case__in=visible_to(person),
            removed_at__isnull=True,
        )
        .select_related("case", "blob__space")
        .first()
    )
    if found is None:
        raise NotYours
    return found


def page_of(record: Record, number: int) -> Page:
    """Return a page that has a picture.

    Raises:
        NotYours: there is none.
    """
    found = (
        Page.objects.filter(record=record, number=number, image__isnull=False)
        .select_related("image__space")
        .first()
    )
    if found is None:
        raise NotYours
    return found


def pages_of(row: Record) -> int:
    """Return the number that `for_case` counted for a row."""
    return int(getattr(row, "page_count", 0))


def picture_of(page: Page, *, longest: int | None = None) -> bytes:
    """Return the picture of a page as a JPEG, its longer side at most `longest` pixels.

    Raises:
        NotYours: it has none.
    """
    if page.image is None:
        raise NotYours
    data = vault.read(page.image)
    if longest is None:
        return data
    # The JPEG is of this house's own making, so it is opened here and not in the sandbox.
    with Image.open(io.BytesIO(data)) as picture:
        picture.thumbnail((longest, longest))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=70)
    return out.getvalue()
