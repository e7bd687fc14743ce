"""Finds pages and documents that came twice; a person decides what becomes of them."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.tasks import task
from django.utils.translation import gettext_noop

from secondopinion.cases.models import Case
from secondopinion.core import vault
from secondopinion.findings.actions import replace
from secondopinion.findings.found import Found
from secondopinion.findings.models import Severity
from secondopinion.records import looks
from secondopinion.records.models import Page, Record

CHECK = "copies@2"
MOST_COMPARED = 3  # pages that one page is laid over, the likeliest first
MOST_PAGES = 3000  # of a case

# Kept in English and translated where it is shown.
COPY = gettext_noop("This page looks like another one that came before.")
WHOLE = gettext_noop("All pages of this document look like those of another one.")


@task(queue_name="slow")
def look_again(record_id: str) -> None:
    """Look for copies in a record that was put in order: pages are laid over each other, which
    takes longer than a step of the desk may keep others from writing."""
    look_for(Record.objects.select_related("case").get(pk=record_id))


def look_for_all(record: Record) -> None:
    """Look for copies in a record whose pages have been read, and for copies of them in those that
    came later: until then nobody knew whether their words are the same."""
    look_for(record)
    shown = _known(record.case)
    mine = shown.filter(record=record).exclude(look="").values_list("look", flat=True)
    own = [int(look, 16) for look in mine]
    later = shown.filter(record__created_at__gt=record.created_at).exclude(look="")
    near = {
        key for key, look in later.values_list("record_id", "look")
        if any((int(look, 16) ^ each).bit_count() <= looks.NEAR for each in own)
    }  # fmt: skip
    for other in Record.objects.filter(pk__in=near).select_related("case").order_by("created_at"):
        look_for(other)


def _shown(case: Case) -> QuerySet[Page]:
    """Return the pages of a case that are shown."""
    return Page.objects.filter(
        record__case=case, record__removed_at=None, record__merged_into=None, aside="",
        blank=False, image__isnull=False,
    )  # fmt: skip


def _known(case: Case) -> QuerySet[Page]:
    """Return the pages that are shown and have been read, or never will be."""
    rows = _shown(case)
    if not settings.UNDERSTAND_PAGES:
        return rows
    return rows.filter(Q(reading__isnull=False) | Q(record__media_type__startswith="video/"))


def look_for(record: Record) -> None:
    """Say which pages of a record are like pages of the case that came before them, as far as both
    have been read: what one letterhead makes alike, words tell apart."""
    shown = _known(record.case)
    own = list(shown.filter(record=record).select_related("image__space"))
    others = list(
        shown.exclude(record=record).filter(record__created_at__lte=record.created_at)
        .select_related("image__space")[:MOST_PAGES]
    )  # fmt: skip
    many = _shown(record.case).filter(record=record).count()
    known = [(int(each.look, 16), each) for each in others if each.look]
    found, twins = [], []
    for page in own:
        twin = _twin(page, known)
        if page.look:
            known.append((int(page.look, 16), page))
        if twin is None:
            continue
        twins.append(twin.record_id)
        found.append(
            Found(
                "duplicate", Severity.INFO, COPY, confidence=0.8,
                where={"page": page.number, "page_id": str(page.pk), "like": str(twin.pk)},
            )
        )  # fmt: skip
    if twins[:1] != [record.pk] and len(set(twins)) == 1 and len(twins) == many:
        whole = {"record": str(twins[0])}
        found = [Found("duplicate", Severity.INFO, WHOLE, where=whole, confidence=0.8)]
    replace(case=record.case, subject=record, check=CHECK, found=found)


def _twin(page: Page, before: list[tuple[int, Page]]) -> Page | None:
    """Return the page that came before and is the same, or None."""
    if not page.look:
        return None
    look = int(page.look, 16)
    bits = ((look ^ other).bit_count() for other, _page in before)
    near = sorted((far, number) for number, far in enumerate(bits) if far <= looks.NEAR)
    compared = 0
    for _far, number in near:
        other = before[number][1]
        words = looks.same_words(page.text, other.text)
        if words is False or page.image is None or other.image is None:
            continue
        if (compared := compared + 1) > MOST_COMPARED:
            break
        agree = looks.AGREE_WITH_WORDS if words else looks.AGREE
        if page.image_id == other.image_id or looks.same_picture(
            vault.read(page.image), vault.read(other.image), agree
        ):
            return other
    return None
