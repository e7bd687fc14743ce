"""Coming of age: the patient takes the case over; a parent goes on only with the patient's word."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts import rules as people
from secondopinion.accounts.models import GuardianKind, Person
from secondopinion.audit import actions as audit
from secondopinion.cases import rules
from secondopinion.cases.actions.parts import end_parts, give_part, require
from secondopinion.cases.actions.telling import tell, tell_coordinator
from secondopinion.cases.models import Case, Consent, Part
from secondopinion.cases.queries import holders_of, zone_at_home
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.guardians.models import ComingOfAge, Renewal
from secondopinion.guardians.queries import renewed
from secondopinion.guardians.rules import GRACE, TELL_BEFORE, is_of_age, of_age_on
from secondopinion.program.models import Disclaimer, GuardianRule

_EARLY = 366  # days: who is that much too young is not looked at


@transaction.atomic
def invite_patient(*, by: Person, case: Case, email: str) -> Person:
    """Let the patient, who is or soon will be of age, into their own case. Who was let in before,
    at an address that was wrong, is taken out.

    Raises:
        NotYours: by somebody who is neither the family nor leads the case.
        Refused: it is too early; by somebody of the family who decides nothing, or when the patient
            has come in already; the address is not one, is somebody else's of the family, or of
            somebody whom a court keeps out.
    """
    require(case, by, Part.FAMILY, Part.COORDINATOR)
    rules.not_limited(case, by)
    rows = ComingOfAge.objects.select_for_update().filter(case=case)
    row = rows.first() or (_look(case, clock.today()) and rows.first())
    if not row:
        raise Refused(_("It is too early for this."), code="too-early")
    former = row.patient
    if former is not None and former.last_login is not None and case.coordinator_id != by.pk:
        raise Refused(
            _("They have signed in already. If this is not right, write us a message."),
            code="patient-came",
        )
    email = people.clean_email(email)
    rules.not_kept_out(case, email, by=by)
    if former is not None:
        _end(case, former, by)
    if any(people.same_mailbox(email, each.reached_at) for each in holders_of(case, Part.FAMILY)):
        raise Refused(
            _("The young person needs an e-mail address of their own."),
            code="address-taken", field="email",
        )  # fmt: skip
    patient = accounts.ensure_person(
        email=email, full_name=case.child.full_name, language=case.language,
        timezone=zone_at_home(case),
    )  # fmt: skip
    give_part(case=case, person=patient, role=Part.FAMILY, by=by)
    accounts.set_guardianship(by=by, child=case.child, person=patient, kind=GuardianKind.SELF)
    ComingOfAge.objects.filter(pk=row.pk).update(patient=patient)
    tell(case, patient, "patient-invited", "/my/cases")
    audit.record("patient-invited", by=by, case_id=case.pk, target=row)
    return patient


def _of_patient(case: Case, by: Person) -> ComingOfAge:
    """Lock what is kept of the patient's coming of age.

    Raises:
        NotYours: the person is not the patient.
    """
    require(case, by, Part.FAMILY)
    row = ComingOfAge.objects.select_for_update().filter(case=case, patient=by).first()
    if row is None:
        raise NotYours
    return row


@transaction.atomic
def renew(*, by: Person, case: Case, person: Person) -> Renewal:
    """Let a parent go on seeing the case, as the patient; they decide nothing any more.

    Raises:
        NotYours: by somebody else, or for somebody who was never of this family.
    """
    row = _of_patient(case, by)
    ties = case.child.guardianships.filter(person=person)
    if person.pk == by.pk or not ties.exists() or ties.filter(may_see=False).exists():
        raise NotYours
    made, _new = Renewal.objects.get_or_create(
        case=case, person=person, ended_at=None, defaults={"given_by": by}
    )
    if row.done_at is not None:
        give_part(case=case, person=person, role=Part.FAMILY, by=by)
        accounts.limit_guardianship(
            by=by, child=case.child, person=person, may_see=True, may_consent=False
        )
        tell(case, person, "news", "/my/cases")
    audit.record("access-renewed", by=by, case_id=case.pk, target=made)
    return made


@transaction.atomic
def agree_of_age(*, by: Person, case: Case, disclaimer: Disclaimer) -> None:
    """Agree to the second opinion as a patient who is of age; the version shown is kept.

    Raises:
        NotYours: by somebody else.
        Refused: the day has not come.
    """
    row = _of_patient(case, by)
    if not is_of_age(case):
        raise Refused(_("It is too early for this."), code="too-early")
    given = Consent.objects.filter(case=case, person=by, withdrawn_at=None)
    missing = set(rules.NEEDED_CONSENTS) - set(given.values_list("kind", flat=True))
    Consent.objects.bulk_create(
        Consent(
            case=case, person=by, kind=kind, version=disclaimer.version,
            language=disclaimer.language,
        )
        for kind in sorted(missing)
    )  # fmt: skip
    audit.record("patient-agreed", by=by, case_id=case.pk, target=row)
    tell_coordinator(case)


@transaction.atomic
def end_renewal(*, by: Person, case: Case, person: Person) -> None:
    """Take a parent's access back, as the patient: at once where the patient is of age.

    Raises:
        NotYours: by somebody else.
    """
    row = _of_patient(case, by)
    Renewal.objects.filter(case=case, person=person, ended_at=None).update(ended_at=clock.now())
    if row.done_at is not None and person.pk != by.pk:
        _end(case, person, by)
    audit.record("access-renewal-ended", by=by, case_id=case.pk, target=row)


def _end(case: Case, person: Person, by: Person | None) -> None:
    end_parts(case=case, role=Part.FAMILY, by=by, person=person)
    accounts.end_guardianship(by=by, child=case.child, person=person)


def come_of_age() -> int:
    """Tell families of whose patients come of age soon, and let those of age decide alone.

    Each case is a transaction of its own, so that a job that dies goes on where it stopped.
    """
    youngest = min(GuardianRule.objects.values_list("adult_from", flat=True), default=18)
    today = clock.today()
    born = today - timedelta(days=youngest * 365 - _EARLY)
    sent = Case.objects.exclude(state__in=[State.DRAFT, State.EXPIRED])
    near = sent.filter(child__birth_date__lte=born).filter(
        Q(coming_of_age=None) | Q(coming_of_age__done_at=None)
    )
    return sum(_look(case, today) for case in near.select_related("child").iterator(500))


def note_age(case: Case) -> None:
    """Tell a family whose patient is of age, or soon will be, if it was not told yet."""
    _look(case, clock.today())


@transaction.atomic
def _look(case: Case, today: date) -> int:
    on = of_age_on(case)
    if on is None or on - timedelta(days=TELL_BEFORE) > today:
        return 0
    row, made = ComingOfAge.objects.select_for_update().get_or_create(
        case=case, defaults={"on": on, "told_at": clock.now()}
    )
    if made:
        for person in holders_of(case, Part.FAMILY):
            tell(case, person, "comes-of-age", "/my/cases")
        audit.record("coming-of-age-told", by=None, case_id=case.pk, target=row)
        return 1
    told = row.told_at or row.created_at
    if today < on or clock.now() < told + timedelta(days=GRACE) or row.done_at is not None:
        return 0
    return _hand_over(case, row)


def _hand_over(case: Case, row: ComingOfAge) -> int:
    """Let the patient decide from now on; who was not renewed by them leaves the case."""
    go_on = renewed(case)
    for person in list(holders_of(case, Part.FAMILY)):
        if person.pk == row.patient_id:
            continue
        if person.pk in go_on:
            accounts.limit_guardianship(
                by=None, child=case.child, person=person, may_see=True, may_consent=False
            )
        else:
            tell(case, person, "access-ended", "/my/cases")
            _end(case, person, None)
    ComingOfAge.objects.filter(pk=row.pk).update(done_at=clock.now())
    audit.record("came-of-age", by=None, case_id=case.pk, target=row)
    tell_coordinator(case)
    return 1
