"""What a family still owes before an expert may start, and when a patient comes of age."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import GuardianKind, Guardianship
from secondopinion.accounts.rules import age_on
from secondopinion.cases.models import Case, Consent
from secondopinion.cases.rules import in_the_way_of
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import Refused
from secondopinion.guardians.models import Assent, CourtOrder, GuardianDocument, ParentConsent
from secondopinion.program import queries as program
from secondopinion.program.models import GuardianRule

TELL_BEFORE = 60  # days before the birthday on which the family is told
GRACE = 14  # days at least between telling them and the end of their access
YOUNG_PERSON_FROM = 14  # years: who is asked is spoken to as a young person

# Before an expert has it: what is owed is waited for.
EARLY = frozenset({State.SUBMITTED, State.COLLECTING, State.WAITING_ON_FAMILY})
SECOND, DOCUMENT, ASSENT = "second-parent", "document", "assent"
PATIENT = "patient"


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
        return REFUSALS[self.key] if self.refused else WORDS[self.key]


WORDS = {
    SECOND: _("The other parent’s agreement"),
    DOCUMENT: _("A document that shows who decides for the child"),
    ASSENT: _("That the child has been asked too"),
    PATIENT: _("The patient’s own agreement: they are of age where they live"),
}
REFUSALS = {SECOND: _("The other parent does not agree"), ASSENT: _("The child does not agree")}


def owed(case: Case, rule: GuardianRule | None = None) -> list[Owed]:
    """Return what a case waits for by the rule of its country, in the order in which it is shown.

    Only what the rule can ask for in this case is looked up.
    """
    rule = rule or program.guardian_rule(str(case.country))
    waited = []
    if is_of_age(case, rule):
        return _owed_by_patient(case, rule)
    if rule.both_parents:
        answers = ParentConsent.objects.filter(case=case, ended_at=None)
        said = set(answers.values_list("answer", flat=True))
        if not (said & {"agreed", "waived"} or _decides_alone(case)):
            waited.append(Owed(SECOND, asked="" in said, refused="refused" in said))
    waited += _document(case, rule)
    born = case.child.birth_date
    if born is not None and age_on(born, clock.today()) >= rule.assent_from:
        said = set(Assent.objects.filter(case=case).values_list("answer", flat=True))
        refused = "disagrees" in said
        if refused or not (said & {"agrees", "cannot"} or _consented(case)):
            waited.append(Owed(ASSENT, refused=refused))
    return waited


def _owed_by_patient(case: Case, rule: GuardianRule) -> list[Owed]:
    """Return what is waited for where the patient is of age: neither parent is asked any more."""
    waited = _document(case, rule)
    if not (_patient_agrees(case) or _has_guardian(case)):
        waited.append(Owed(PATIENT, asked=_patients(case).exists()))
    return waited


def _document(case: Case, rule: GuardianRule) -> list[Owed]:
    if not _unproved(case, rule):
        return []
    sent = GuardianDocument.objects.filter(case=case, state="waiting")
    return [Owed(DOCUMENT, asked=sent.exists())]


def objected(case: Case) -> bool:
    """Say whether the other parent, or the child, has said no, and nothing has changed that."""
    said_no = ParentConsent.objects.filter(case=case, ended_at=None, answer="refused")
    return said_no.exists() or Assent.objects.filter(case=case, answer="disagrees").exists()


def is_of_age(case: Case, rule: GuardianRule | None = None) -> bool:
    """Say whether the patient decides alone by the rule of where they live."""
    rule = rule or program.guardian_rule(str(case.country))
    born = case.child.birth_date
    return born is not None and age_on(born, clock.today()) >= rule.adult_from


def _patients(case: Case) -> QuerySet[Guardianship]:
    return Guardianship.objects.filter(child=case.child_id, revoked_at=None, kind=GuardianKind.SELF)


def _patient_agrees(case: Case) -> bool:
    """Say whether a patient of age has agreed."""
    return Consent.objects.filter(
        case=case, person__in=_patients(case).values("person"), kind=Consent.Kind.REVIEW,
        withdrawn_at=None,
    ).exists()  # fmt: skip


def _has_guardian(case: Case) -> bool:
    """Say whether a document shows that a court has named who decides for a patient of age."""
    named = Guardianship.objects.filter(
        child=case.child_id, revoked_at=None, may_consent=True, kind=GuardianKind.COURT
    )
    return GuardianDocument.objects.filter(
        case=case, person__in=named.values("person"), state="accepted"
    ).exists()


def _decides_alone(case: Case) -> bool:
    """Say whether a court lets one parent decide."""
    orders = CourtOrder.objects.filter(
        case=case, ended_at=None, effect=CourtOrder.Effect.DECIDES_ALONE
    )
    return orders.exists()


def _consented(case: Case) -> bool:
    """Say whether the assent was given with the request."""
    assents = Consent.objects.filter(case=case, kind=Consent.Kind.ASSENT, withdrawn_at=None)
    return assents.exists()


def _unproved(case: Case, rule: GuardianRule) -> bool:
    """Say whether somebody has agreed for the child whom a document ought to show and none does."""
    kinds = [GuardianKind.COURT, GuardianKind.AGENCY]
    kinds += [GuardianKind.PARENT] if rule.parents_prove else []
    ties = Guardianship.objects.filter(
        child=case.child_id, revoked_at=None, may_consent=True, kind__in=kinds
    )
    if not (decide := set(ties.values_list("person", flat=True))):
        return False
    consents = Consent.objects.filter(
        case=case, person__in=decide, kind=Consent.Kind.REVIEW, withdrawn_at=None
    )
    agreed = set(consents.values_list("person", flat=True))
    shown = GuardianDocument.objects.filter(case=case, person__in=agreed, state="accepted")
    return bool(agreed - set(shown.values_list("person", flat=True)))


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


def is_asked_as_young_person(case: Case) -> bool:
    """Say whether a patient is spoken to as a young person, no longer as a child."""
    born = case.child.birth_date
    return born is not None and age_on(born, clock.today()) >= YOUNG_PERSON_FROM


def soon_of_age_on(case: Case) -> date | None:
    """Return the day on which the patient comes of age, where that is within a year."""
    day, today = of_age_on(case), clock.today()
    return day if day is not None and today < day <= today + timedelta(days=366) else None
