"""Reads about guardians: what the desk sees, and what each of the family sees of it."""

from uuid import UUID

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from secondopinion.accounts.models import AccessLink, Guardianship, Person
from secondopinion.accounts.tokens import hash_of
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import live_parts, roles_of
from secondopinion.core.errors import NotYours
from secondopinion.guardians.models import (
    ComingOfAge,
    CourtOrder,
    GuardianDocument,
    ParentConsent,
    Renewal,
)

SECOND_PARENT = "second-parent"  # what a link is for


def ties(case: Case) -> QuerySet[Guardianship]:
    """Return the ties of a child that stand, with who they are, and whether they are in the case
    (`here`)."""
    parts = live_parts().filter(case=case, role=Part.FAMILY, person=OuterRef("person"))
    rows = case.child.guardianships.filter(revoked_at=None).select_related("person")
    return rows.annotate(here=Exists(parts))


def with_guardians(case: Case) -> Case:
    """Return a case read again with what stands beside it: `asked` (the other parent), assent and
    coming of age."""
    asked = FilteredRelation("parent_consents", condition=Q(parent_consents__ended_at=None))
    beside = ("asked__person", "assent__told_by", "coming_of_age__patient")
    return Case.objects.annotate(asked=asked).select_related(*beside).get(pk=case.pk)


def documents(case: Case, person: Person) -> QuerySet[GuardianDocument]:
    """Return the documents that a person may know of: the desk all, a parent their own."""
    rows = GuardianDocument.objects.filter(case=case).select_related("person", "sent_by")
    return rows if _is_desk(case, person) else rows.filter(Q(sent_by=person) | Q(person=person))


def document_for(case: Case, person: Person, document: UUID) -> GuardianDocument:
    """Return a document for the desk to read.

    Raises:
        NotYours: there is none, or the person is not of the desk.
    """
    row = documents(case, person).select_related("blob__space").filter(pk=document).first()
    if row is None or not _is_desk(case, person):
        raise NotYours
    return row


def _is_desk(case: Case, person: Person) -> bool:
    return bool(roles_of(case, person) & {"desk", Part.COORDINATOR})


def orders(case: Case) -> QuerySet[CourtOrder]:
    """Return every court order that was noted, those in force first."""
    rows = CourtOrder.objects.filter(case=case).select_related("person", "document", "noted_by")
    return rows.order_by("ended_at", "created_at")


def second_parent(case: Case) -> ParentConsent | None:
    """Return what stands of the other parent: asked, agreed, refused, need not be asked."""
    return ParentConsent.objects.filter(case=case, ended_at=None).select_related("person").first()


def asked_by(token: str) -> tuple[AccessLink, ParentConsent] | None:
    """Return the link of a second parent, used or not, and what it asks, as long as it is asked."""
    link = (
        AccessLink.objects.select_related("person")
        .filter(token_hash=hash_of(token), purpose=SECOND_PARENT)
        .first()
    )
    row = link and (
        ParentConsent.objects.filter(case_id=link.case_id, person=link.person, ended_at=None)
        .select_related("case__child", "asked_by", "person")
        .first()
    )
    return (link, row) if link and row else None


def coming_of_age(case: Case) -> ComingOfAge | None:
    """Return what is under way for the day on which the patient decides, if anything is."""
    return ComingOfAge.objects.filter(case=case).select_related("patient").first()


def renewed(case: Case) -> set[UUID]:
    """Return the people whom the patient lets go on seeing the case."""
    return set(Renewal.objects.filter(case=case, ended_at=None).values_list("person", flat=True))
