"""Reads of reports: who may read which signed document."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case, Part, Question
from secondopinion.cases.queries import live_parts, roles_of
from secondopinion.core.errors import NotYours
from secondopinion.core.lists import listed
from secondopinion.experts.reading import said_by, told_to
from secondopinion.opinions.models import (
    Delivery,
    ExpertNote,
    KeyImage,
    Opinion,
    PanelMember,
    SecondReading,
    SignedReport,
)
from secondopinion.program.models import DeliveryMode
from secondopinion.translation.told import COLUMNS, Told, of_home

STAFF = {Part.COORDINATOR, Part.SPECIALIST, Part.REFERRAL_COORDINATOR, Part.EMERGENCY, "desk"}

REPORTS = (SignedReport.Kind.OPINION, SignedReport.Kind.AMENDMENT)  # not what belongs to one


def readable(case: Case, person: Person) -> QuerySet[SignedReport]:
    """Return the signed documents of a case that a person may read: staff all of them, family and
    local provider those that were delivered to them, the family also what others of it had before
    they came. Each says whether it is `replaced`, `unread`
    by this person to whom it went, and whether they have `passed_on` it to the family."""
    newer = SignedReport.objects.filter(
        Q(replaces=OuterRef("pk")) | Q(replaces=OuterRef("translates"))
    )
    mine = Delivery.objects.filter(report=OuterRef("pk"), to=person)
    rows = (
        SignedReport.objects.filter(case=case)
        .select_related("signed_by", "blob__space", "case", "replaces", "translates")
        .annotate(
            replaced=Exists(newer),
            unread=Exists(mine.filter(opened_at=None)),
            passed_on=Exists(mine.filter(handed_on_at__isnull=False)),
        )
    )
    parts = roles_of(case, person)
    if parts & STAFF:
        return rows
    theirs = Q(to=person) | Q(role=Part.FAMILY) if Part.FAMILY in parts else Q(to=person)
    return rows.filter(Exists(Delivery.objects.filter(theirs, report=OuterRef("pk"))))


def with_provider(case: Case) -> Delivery | None:
    """Return the delivery of the current report that a local provider has yet to hand on."""
    rows = Delivery.objects.filter(
        report__case=case, report__replaced_by=None, rule=DeliveryMode.THROUGH_PROVIDER,
        role=Part.LOCAL_PROVIDER, handed_on_at=None,
    )  # fmt: skip
    return rows.filter(report__kind__in=REPORTS).order_by("-created_at").first()


def report_for(case: Case, person: Person, number: int) -> SignedReport:
    """Return a signed document that a person may read.

    Raises:
        NotYours: there is none.
    """
    found = readable(case, person).filter(number=number).first()
    if found is None:
        raise NotYours
    return found


def current_report(case: Case) -> SignedReport | None:
    """Return the signed report that counts: the opinion, or the last correction of it."""
    return case.signed_reports.filter(kind__in=REPORTS, replaced_by=None).first()


def report_in(case: Case, person: Person) -> Opinion | None:
    """Return the report of a case as it is being written, for a specialist of the case.

    It knows how its last second reading ended (`read_outcome`, `read_comments`) or that it goes on
    (`read_outcome` is empty), how many notes wait (`notes_open`), experts write it (`seats`),
    whether its author still has the case (`led`), what the family asks (see `asked_in`), and which
    translations the person needs of what was written at home (see `told_in`).
    """
    leads = live_parts().filter(
        case=OuterRef("case"), person=OuterRef("author"), role=Part.SPECIALIST
    )
    last = SecondReading.objects.filter(opinion=OuterRef("pk")).order_by("-number")
    notes = ExpertNote.objects.filter(opinion=OuterRef("pk"), settled_at=None).order_by()
    seats = PanelMember.objects.filter(opinion=OuterRef("pk"), left_at=None).order_by()
    return (
        Opinion.objects.filter(case=case)
        .annotate(
            read_outcome=Subquery(last.values("outcome")[:1]),
            read_comments=Subquery(last.values("comments")[:1]),
            notes_open=_count(notes),
            seats=_count(seats),
            led=Exists(leads),
            asked=listed(Question.objects.all(), "case", "number", "text"),
            home=listed(of_home(), "case", *COLUMNS),
            said=Subquery(said_by(person)[:1]),
        )
        .first()
    )


def asked_in(opinion: Opinion) -> list[Question]:
    """Return the questions of the family that `report_in` has read with a report, by number."""
    rows = sorted(vars(opinion)["asked"], key=lambda each: each["number"])
    return [Question(case_id=opinion.case_id, **each) for each in rows]


def told_in(opinion: Opinion, case: Case, person: Person) -> Told:
    """Return the translations of what was written at home that `report_in` has read for a
    person."""
    read = vars(opinion)
    return told_to(person, case, read["said"], read["home"])


def _count(rows: QuerySet[Any]) -> Coalesce:
    found = rows.values("opinion").annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(found), 0)


def _seats(person: Person) -> QuerySet[PanelMember]:
    return PanelMember.objects.filter(opinion=OuterRef("pk"), person=person, left_at=None)


def opinion_of(case: Case, person: Person) -> Opinion:
    """Return the report in the making, for its author or an expert of its panel.

    Raises:
        NotYours: there is none, or it is somebody else's.
    """
    found = (
        Opinion.objects.select_related("case__child", "case__request", "case__vault", "author")
        .filter(Q(author=person) | Exists(_seats(person)), case=case)
        .first()
    )
    if found is None or Part.SPECIALIST not in roles_of(case, person):
        raise NotYours
    return found


def key_image_of(opinion: Opinion, key_image_id: UUID, *, removed: bool = False) -> KeyImage:
    """Return a key image of a report, or one that was taken out of it.

    Raises:
        NotYours: there is none.
    """
    rows = KeyImage.everything.filter(opinion=opinion, removed_at__isnull=not removed)
    found = rows.select_related("picture__space").filter(pk=key_image_id).first()
    if found is None:
        raise NotYours
    return found
