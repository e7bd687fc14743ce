"""What a family still owes before an expert may start, and when a patient comes of age."""

from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import GuardianKind, Guardianship
from secondopinion.accounts.rules import age_on
from secondopinion.cases.models import Case, Consent
from secondopinion.cases.rules import in_the_way_of
from secondopinion.core import clock
from secondopinion.core.errors import Refused
from secondopinion.guardians.models import Assent, CourtOrder, GuardianDocument, ParentConsent
from secondopinion.program import queries as program

TELL_BEFORE = 60  # days before the birthday on which the family is told
GRACE = 14  # days at least between telling them and the end of their access

SECOND, DOCUMENT, ASSENT = "second-parent", "document", "assent"


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that is waited for: `asked` says that it is on its way, `refused` that it was said
    no to."""

    key: str
    asked: bool = False
    refused: bool = False

    @property
    def words(self) -> str | Promise:
        """What it is, for the family and the desk."""
        return WORDS[self.key]


WORDS = {
    SECOND: _("The other parent’s agreement"),
    DOCUMENT: _("A document that shows who decides for the child"),
    ASSENT: _("That the child has been asked too"),
}


def owed(case: Case) -> list[Owed]:
    """Return what a case waits for by the rule of its country, in the order in which it is shown.

    Two queries, whatever there is.
    """
    rule = program.guardian_rule(str(case.country))
    kinds = [GuardianKind.COURT, GuardianKind.AGENCY]
    kinds += [GuardianKind.PARENT] if rule.parents_prove else []
    facts = Case.objects.filter(pk=case.pk).values(
        second=Exists(_parents(answer__in=["agreed", "waived"])),
        asked=Exists(_parents(answer="")),
        no=Exists(_parents(answer="refused")),
        alone=Exists(
            CourtOrder.objects.filter(
                case=OuterRef("pk"), ended_at=None, effect=CourtOrder.Effect.DECIDES_ALONE
            )
        ),
        unproved=Exists(_unproved(kinds)),
        sent=Exists(GuardianDocument.objects.filter(case=OuterRef("pk"), state="waiting")),
        consented=Exists(
            Consent.objects.filter(case=OuterRef("pk"), kind=Consent.Kind.ASSENT, withdrawn_at=None)
        ),
        told=Exists(_assents(answer__in=["agrees", "cannot"])),
        against=Exists(_assents(answer="disagrees")),
    )
    found = facts.get()
    waited = []
    if rule.both_parents and not (found["second"] or found["alone"]):
        waited.append(Owed(SECOND, asked=found["asked"], refused=found["no"]))
    if found["unproved"]:
        waited.append(Owed(DOCUMENT, asked=found["sent"]))
    born = case.child.birth_date
    old_enough = born is not None and age_on(born, clock.today()) >= rule.assent_from
    if old_enough and (found["against"] or not (found["consented"] or found["told"])):
        waited.append(Owed(ASSENT, refused=found["against"]))
    return waited


def _parents(**which: Any) -> QuerySet[ParentConsent]:
    return ParentConsent.objects.filter(case=OuterRef("pk"), ended_at=None, **which)


def _assents(**which: Any) -> QuerySet[Assent]:
    return Assent.objects.filter(case=OuterRef("pk"), **which)


def _unproved(kinds: Iterable[str]) -> QuerySet[Guardianship]:
    """Return the ties of those who have agreed for the child, and whom no document shows."""
    shown = GuardianDocument.objects.filter(
        case__child=OuterRef("child"), person=OuterRef("person"), state="accepted"
    )
    agreed = Consent.objects.filter(
        case__child=OuterRef("child"), person=OuterRef("person"), kind=Consent.Kind.REVIEW,
        withdrawn_at=None,
    )  # fmt: skip
    return Guardianship.objects.filter(
        child=OuterRef("child"), revoked_at=None, may_consent=True, kind__in=kinds
    ).filter(Exists(agreed), ~Exists(shown))


@in_the_way_of("complete")
def nothing_owed(case: Case) -> None:
    """Hold when nothing is owed: no expert starts before.

    Raises:
        Refused: with everything that is waited for.
    """
    waited = owed(case)
    if waited:
        raise Refused(
            _("We wait for this: %(what)s. See “Guardians” on the page of people.")
            % {"what": "; ".join(str(each.words) for each in waited)},
            code="guardians-owed",
            field=waited[0].key,
        )


def of_age_on(case: Case) -> date | None:
    """Return the day on which the patient comes of age where they live; 29 February counts as
    1 March, as for every age here."""
    born = case.child.birth_date
    if born is None:
        return None
    year = born.year + program.guardian_rule(str(case.country)).adult_from
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return born.replace(year=year)
