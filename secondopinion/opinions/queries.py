"""Reads of reports: who may read which signed document."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.core.errors import NotYours
from secondopinion.opinions.models import Delivery, KeyImage, Opinion, SignedReport
from secondopinion.program.models import DeliveryMode

STAFF = {Part.COORDINATOR, Part.SPECIALIST, Part.REFERRAL_COORDINATOR, Part.EMERGENCY, "desk"}


def readable(case: Case, person: Person) -> QuerySet[SignedReport]:
    """Return the signed documents of a case that a person may read: staff all of them, family and
    local provider those that were delivered to them. Each says whether it is `replaced`."""
    newer = SignedReport.objects.filter(replaces=OuterRef("pk"))
    rows = (
        SignedReport.objects.filter(case=case)
        .select_related("signed_by", "blob__space", "case", "replaces")
        .annotate(replaced=Exists(newer))
    )
    if roles_of(case, person) & STAFF:
        return rows
    return rows.filter(Q(deliveries__to=person))


def handed_on(case: Case, person: Person) -> set[int]:
    """Return the numbers of the documents that this local provider has handed on to the family."""
    rows = Delivery.objects.filter(report__case=case, to=person, handed_on_at__isnull=False)
    return set(rows.values_list("report__number", flat=True))


def with_provider(case: Case) -> Delivery | None:
    """Return the delivery of the current report that a local provider has yet to hand on."""
    rows = Delivery.objects.filter(
        report__case=case, report__replaced_by=None, rule=DeliveryMode.THROUGH_PROVIDER,
        role=Part.LOCAL_PROVIDER, handed_on_at=None,
    )  # fmt: skip
    return rows.exclude(report__kind=SignedReport.Kind.ADDENDUM).order_by("-created_at").first()


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
    return case.signed_reports.exclude(kind=SignedReport.Kind.ADDENDUM).filter(
        replaced_by=None
    ).first()  # fmt: skip


def report_in(case: Case) -> Opinion | None:
    """Return the report of a case as it is being written, for a specialist of the case."""
    return Opinion.objects.filter(case=case).first()


def opinion_of(case: Case, person: Person) -> Opinion:
    """Return the report in the making, for its author.

    Raises:
        NotYours: there is none, or it is somebody else's.
    """
    found = (
        Opinion.objects.select_related("case__child", "case__request", "case__vault", "author")
        .filter(case=case, author=person)
        .first()
    )
    if found is None or Part.SPECIALIST not in roles_of(case, person):
        raise NotYours
    return found


def key_image_of(opinion: Opinion, key_image_id: UUID) -> KeyImage:
    """Return a key image of a report.

    Raises:
        NotYours: there is none.
    """
    found = opinion.key_images.select_related("picture__space").filter(pk=key_image_id).first()
    if found is None:
        raise NotYours
    return found
