"""Reads of records; each is scoped to the cases that a person may see."""

import io
from collections.abc import Collection, Iterable
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import NegatedExpression
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from PIL import Image

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of, visible_to
from secondopinion.core import vault
from secondopinion.core.errors import NotYours
from secondopinion.core.languages import in_language
from secondopinion.core.lists import listed
from secondopinion.core.models import Blob
from secondopinion.findings.codes import WHOSE
from secondopinion.findings.models import Finding, Severity, State, Told
from secondopinion.records.models import Page, Rearrangement, Record, RecordState
from secondopinion.translation.queries import newest, open_differences, under_way

_SORTERS = {"desk", Part.COORDINATOR, Part.FAMILY}  # who find out whose a page is


def for_case(case: Case) -> QuerySet[Record]:
    """Return the records of a case with the number of their pages, as they came."""
    return (
        Record.objects.filter(case=case, removed_at__isnull=True, merged_into__isnull=True)
        .annotate(page_count=Count("pages", filter=Q(pages__aside="")))
        .select_related("sent_by")
        .order_by("created_at")
    )


def with_set_aside(case: Case) -> QuerySet[Record]:
    """Return what `for_case` does, and the documents that were set aside as copies of another one:
    their pages have stayed in them, unlike those of documents that were put behind another."""
    return (
        Record.objects.filter(case=case, removed_at=None)
        .annotate(page_count=Count("pages", filter=Q(pages__aside="")), every_page=Count("pages"))
        .filter(Q(merged_into=None) | Q(every_page__gt=0))
        .select_related("merged_into")
        .order_by("created_at")
    )


def locked_away() -> QuerySet[Finding, UUID]:
    """Return the keys of records with a page that is another child's, for certain or as the family
    says, as long as nobody has settled it: only those who find that out, and who sent it, see
    them."""
    return Finding.objects.filter(
        Q(severity=Severity.BLOCKER) | Q(told=Told.NOT_OURS),
        subject_kind="record", code__in=WHOSE, state=State.OPEN,
    ).values_list("subject_id", flat=True)  # fmt: skip


def closed() -> QuerySet[Record, UUID]:
    """Return the keys of records that are locked away or taken out; what was joined with another
    one is closed as that is."""
    locked = locked_away()
    return Record.objects.filter(
        Q(removed_at__isnull=False) | Q(pk__in=locked)
        | Q(merged_into__removed_at__isnull=False) | Q(merged_into__in=locked)
    ).values_list("pk", flat=True)  # fmt: skip


def with_files(rows: QuerySet[Record]) -> QuerySet[Record]:
    """Read records with whether their file is open to readers (`file_open`): it holds every page
    that came, those too that stand in a closed document by now."""
    return rows.annotate(file_open=_file_open())


def _file_open() -> NegatedExpression:
    beside = Record.objects.filter(case=OuterRef("case"), blob=OuterRef("blob"), pk__in=closed())
    return ~Exists(beside)


def readable(case: Case) -> QuerySet[Record]:
    """Return the records of a case that are not locked away, as they came."""
    return for_case(case).exclude(pk__in=locked_away().filter(case=case))


def givable(case: Case) -> QuerySet[Record]:
    """Return the records of a case that are not locked away and whose file is open: see
    `with_files`."""
    return readable(case).filter(_file_open())


# What says whether a record may be what a checklist waits for.
DESCRIBED = ("id", "title", "kind", "dated", "suggested", "accepted_at", "created_at",
             "state")  # fmt: skip


def described() -> Coalesce:
    """Return the column of a case that lists its records that are not locked away, as `listed`
    does, with what says what they are."""
    rows = Record.objects.filter(removed_at__isnull=True, merged_into__isnull=True)
    return listed(rows.exclude(pk__in=locked_away()), "case", *DESCRIBED, outer="pk")


def finds_out_whose(parts: Collection[str]) -> bool:
    """Say whether somebody with these parts sees what may be another child's, to find it out."""
    return not _SORTERS.isdisjoint(parts)


def listed_for(case: Case, person: Person, parts: Collection[str]) -> QuerySet[Record]:
    """Return the records of a case that a person with these parts may open, as they came."""
    rows = for_case(case)
    if finds_out_whose(parts):
        return rows
    return rows.exclude(~Q(sent_by=person), pk__in=locked_away().filter(case=case))


def pages() -> QuerySet[Page]:
    """Return pages that know how they stood when they were read (`read_turned`, quarter turns)."""
    return Page.objects.annotate(read_turned=KeyTransform("turned", "reading__answer"))


def with_pages(rows: QuerySet[Record], *, aside: bool = False) -> QuerySet[Record]:
    """Read the pages of records too, those that are shown or also those `aside`."""
    return rows.prefetch_related(Prefetch("pages", pages() if aside else pages().filter(aside="")))


def with_translations(rows: QuerySet[Record]) -> QuerySet[Record]:
    """Read records with the newest finished translation of each: its key (`translation`), how it
    was made (`translated`), whether somebody checked it, and how many differences are open; and
    whether one is under way (`coming`)."""
    return rows.annotate(
        translation=newest("pk"), translated=newest("method"), checked_at=newest("reviewed_at"),
        differing=open_differences("translation"), coming=under_way(),
    )  # fmt: skip


def with_sheets(rows: QuerySet[Record]) -> list[Record]:
    """Read records with what a list shows of their pages, in one query: each has `sheets`, the
    pages that are shown, with their `number`, `legibility` and `image_id`."""
    shown = Page.objects.filter(aside="")
    found: list[Record] = list(
        rows.annotate(
            listed_pages=listed(shown, "record", "number", "legibility", "image_id", outer="pk")
        )
    )
    for row in found:
        pages_of_row = vars(row)["listed_pages"]
        vars(row)["sheets"] = sorted(pages_of_row, key=lambda each: each["number"])
    return found


def unread(case: Case | OuterRef) -> QuerySet[Page]:
    """Return the pages of a case that have not been read and judged yet, and will be: until then it
    is not known whether they can be read."""
    rows = Page.objects.filter(
        Q(reading=None) | Q(reading__marks={}), record__case=case, record__removed_at=None,
        record__state=RecordState.READ, aside="", blank=False,
    ).exclude(image=None, text="").exclude(record__media_type__startswith="video/")  # fmt: skip
    return rows if settings.UNDERSTAND_PAGES else rows.none()


def last_step(case: Case) -> Rearrangement | None:
    """Return the last step of the desk that can be undone."""
    return Rearrangement.objects.filter(case=case, undone_at=None).last()


def taken_out() -> Coalesce:
    """Return the column of a case that lists its records that were taken out, as `listed` does."""
    rows = Record.objects.filter(removed_at__isnull=False, merged_into__isnull=True)
    return listed(rows, "case", "id", "title", outer="pk")


def touched(step: Rearrangement) -> list[str]:
    """Return the keys of what a step was about before it: its pages, else its documents."""
    return [*(step.before["pages"] or step.before["records"])]


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
        .select_related("case", "blob__space", "opened__space")
        .first()
    )
    if found is None or not _open_to(found, person):
        raise NotYours
    return found


def _open_to(record: Record, person: Person) -> bool:
    return not closed().filter(pk=record.pk).exists() or _knows(record, person)


def _knows(record: Record, person: Person) -> bool:
    """Say whether somebody sent a record, or finds out whose it is."""
    return record.sent_by_id == person.pk or finds_out_whose(roles_of(record.case, person))


def file_for(person: Person, record: Record) -> tuple[Blob, str]:
    """Return the file of a record and its name as this person may have it.

    Who sent it has what was sent. Others have it unlocked, and without the place of a photo.

    Raises:
        NotYours: it holds pages of a document that is closed to them.
    """
    beside = Record.objects.filter(case=record.case_id, blob=record.blob_id, pk__in=closed())
    if beside.exists() and not _knows(record, person):
        raise NotYours
    if record.opened is None or record.sent_by_id == person.pk:
        return record.blob, record.title
    picture = record.media_type.startswith("image/")
    return record.opened, f"{record.title.rsplit('.', 1)[0]}.jpg" if picture else record.title


def page_of(record: Record, number: int, *, words: bool = False) -> Page:
    """Return a page that has a picture; with `words` any page, with what was read of it.

    Raises:
        NotYours: there is none.
    """
    rows = Page.objects.filter(record=record, number=number)
    if words:
        found = rows.select_related("reading").first()
    else:
        found = rows.filter(image__isnull=False).select_related("image__space").first()
    if found is None:
        raise NotYours
    return found


def beside(page: Page) -> tuple[int | None, int | None, int]:
    """Return the numbers of the pages before and after a page, and how many pages are shown."""
    numbers = list(
        Page.objects.filter(record=page.record_id, aside="").values_list("number", flat=True)
    )
    before = max((each for each in numbers if each < page.number), default=None)
    after = min((each for each in numbers if each > page.number), default=None)
    return before, after, len(numbers)


def text_of(record: Record) -> str:
    """Return the text of a record's pages behind each other; "" where they are only pictures."""
    shown = record.pages.filter(aside="")
    return "\n".join(page.text.strip("\n") for page in shown if page.text.strip())


def pages_with_pictures(case: Case, record_id: UUID) -> QuerySet[Page]:
    """Return the pages of a record of a case that have pictures; none while it is locked away, or
    when it was taken out."""
    return Page.objects.filter(
        record=record_id, record__case=case, record__removed_at=None, image__isnull=False, aside=""
    ).exclude(record__in=locked_away().filter(case=case))


def page_of_case(case: Case, record_id: UUID, number: int) -> Page:
    """Return a page of a record of a case, for who has a part in that record alone.

    Raises:
        NotYours: there is none.
    """
    found = pages_with_pictures(case, record_id).filter(number=number).first()
    if found is None:
        raise NotYours
    return found


def placed(findings: Iterable[Finding], among: Iterable[Record] | None = None) -> list[Finding]:
    """Return findings with the `title` of what they are about, where it has one, the `page` of
    those about a page of a document, and the `line` of those about its translation.

    What is `among` the records that a page has read is not asked for again; with them, only
    their pages are led to: others may be locked away.
    """
    rows = list(findings)
    titles = {record.pk: record.title for record in among or ()}
    shown = titles
    about = {row.pk: _record_of(row) for row in rows}
    if keys := {key for key in about.values() if key} - titles.keys():
        titles = titles | dict(Record.objects.filter(pk__in=keys).values_list("pk", "title"))
    shown = titles if among is None else shown
    for row in rows:
        key = about[row.pk]
        title = titles.get(key) if key else ""
        vars(row)["title"] = title or in_language(row.where.get("called", {}))
        vars(row)["page"] = row.where.get("page") if row.subject_id in shown else None
        vars(row)["line"] = _line_of(row)
    return rows


def _record_of(row: Finding) -> UUID | None:
    """Return the key of the record that a finding is about, also by its translation."""
    if row.subject_kind == "record":
        return row.subject_id
    return UUID(row.where["record"]) if "record" in row.where else None


def _line_of(row: Finding) -> int | None:
    """Return the line of a text that a finding about its translation is about."""
    places = [row.where.get(name) for name in ("original", "translation")]
    lines = [each["line"] for each in places if isinstance(each, dict)]
    return lines[0] if lines and row.subject_kind == "translation" else None


def place_of(row: Finding, isolate: str = "") -> str:
    """Return what a finding that `placed` returned is about, in words: a document and page, a line
    of its translation, images, an item of the checklist; "" for others. `isolate` are two letters
    to set around a name."""
    title, page, line = (vars(row).get(name) for name in ("title", "page", "line"))
    if not page and not line:
        return title or ""
    title = f"{isolate[0]}{title}{isolate[1]}" if isolate else title
    if page:
        return _("%(title)s, page %(page)s") % {"title": title, "page": page}
    return _("%(title)s, translation, line %(line)s") % {"title": title, "line": line}


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
    if longest is None and not page.turn:
        return data
    # The JPEG is of this house's own making, so it is opened here and not in the sandbox.
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        if longest:
            picture.thumbnail((longest, longest))
        how = {"quality": 60, "optimize": True} if longest else {"quality": 85}
        picture.rotate(-page.turn, expand=True).save(out, "JPEG", **how)
    return out.getvalue()


def shown_of(case: Case, keys: Collection[UUID]) -> QuerySet[Page]:
    """Return those of some pages that the case still shows."""
    return Page.objects.filter(
        pk__in=keys, record__case=case, record__removed_at=None, record__merged_into=None, aside=""
    )


def tag_of(page: Page) -> str:
    """Return what changes with the picture of a page, so that browsers ask for it anew."""
    return f'"{page.image_id}-{page.turn}"'
