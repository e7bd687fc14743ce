"""Opening a referral and taking its steps."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_countries import countries

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import give_part, require
from secondopinion.cases.actions.telling import tell_coordinator, tell_family
from secondopinion.cases.models import Case, Part
from secondopinion.cases.rules import not_limited
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.models import Blob
from secondopinion.program import queries as program
from secondopinion.referrals import consenting, reminding, selecting
from secondopinion.referrals.models import Referral, ReferralState, ReferralStep, Urgency
from secondopinion.referrals.workflow import ENDED, STEPS, remind_at

LONGEST = 200  # characters of a place
_SAID_NO = gettext_noop("The family said no.")


@transaction.atomic
def open_referral(
    *, by: Person, case: Case, to_name: str, to_country: str, what_for: str, urgency: str,
    own_clinic: bool = False,
) -> Referral:  # fmt: skip
    """Open a referral. The family is asked once the team has chosen what is sent (`ask_family`);
    the current report is, until something else is chosen (`selecting.choose`).

    Raises:
        NotYours: by somebody who is neither the case's coordinator nor its specialist.
        Refused: without a name or a purpose, or before there is a report.
    """
    require(case, by, Part.COORDINATOR, Part.SPECIALIST, Part.REFERRAL_COORDINATOR)
    if case.state not in {State.REPORTED, State.FOLLOW_UP}:
        raise Refused(_("A referral is opened once the report is signed."), code="too-early")
    if own_clinic:
        to_country = str(program.program().country)
    _check_place(to_name, to_country)
    if not what_for.strip():
        raise Refused(_("Write what the referral is for."), code="text-missing", field="what_for")
    if urgency not in Urgency.values:
        raise Refused(_("Choose one of these to go on."), code="urgency", field="urgency")
    Case.objects.select_for_update().get(pk=case.pk)
    made = Referral.objects.create(
        case=case,
        number=case.referrals.count() + 1,
        to_name=to_name.strip(),
        to_country=to_country,
        what_for=what_for.strip(),
        urgency=urgency,
        own_clinic=own_clinic,
        selection=selecting.first_choice(case),
        opened_by=by,
        remind_at=remind_at(ReferralState.REQUESTED, urgency, clock.now()),
    )
    ReferralStep.objects.create(referral=made, action="open", state=made.state, by=by)
    audit.record("referral-opened", by=by, case_id=case.pk, target=made)
    return made


def _check_place(to_name: str, to_country: str) -> None:
    if not to_name.strip():
        raise Refused(
            _("Write to whom the child is referred."), code="text-missing", field="to_name"
        )
    if len(to_name.strip()) > LONGEST:
        raise Refused(_("Write at most 200 characters."), code="too-long", field="to_name")
    if to_country and to_country not in countries:
        raise Refused(_("Choose a country from the list."), code="country", field="to_country")


@transaction.atomic
def ask_family(*, by: Person, referral: Referral, to_name: str, to_country: str) -> Referral:
    """Ask the family whether what is chosen may be sent there; the place is said with it, and is
    not changed afterwards.

    Raises:
        NotYours: by somebody without a part in the referral.
        Refused: without a place, nothing is chosen, a report in the list was corrected, or the
            request was withdrawn.
        Conflict: it has been asked already, or the referral has moved on.
    """
    require(referral.case, by, Part.COORDINATOR, Part.REFERRAL_COORDINATOR)
    fresh = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if fresh.state != ReferralState.REQUESTED or fresh.asked_at is not None:
        raise Conflict(_("The family has been asked already."), code="asked")
    if fresh.own_clinic:
        to_country = str(fresh.to_country)
    _check_place(to_name, to_country)
    if not any(fresh.selection.values()):
        raise Refused(_("Choose at least one thing to send."), code="nothing-chosen")
    selecting.must_hold_still(fresh)
    now = clock.now()
    Referral.objects.filter(pk=referral.pk).update(
        asked_at=now, reminded_at=None, to_name=to_name.strip(), to_country=to_country,
        remind_at=remind_at(ReferralState.REQUESTED, fresh.urgency, now),
    )  # fmt: skip
    referral.refresh_from_db()
    reminding.follow(referral.case)
    tell_family(referral.case, "referral-changed")
    audit.record("referral-asked", by=by, case_id=referral.case_id, target=referral)
    return referral


@transaction.atomic
def assign(*, by: Person, referral: Referral, to: Person) -> None:
    """Give a referral coordinator a part in the case."""
    require(referral.case, by, Part.COORDINATOR)
    give_part(case=referral.case, person=to, role=Part.REFERRAL_COORDINATOR, by=by)


@transaction.atomic
def consent(*, by: Person, referral: Referral, seen: str) -> Referral:
    """Agree, as the family, that what is listed may be sent to the place of the referral; `seen` is
    the digest of the list that was read.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: by somebody who only sees, and decides nothing; a report in the list was corrected;
            the team is still choosing what is sent.
        Conflict: the list was changed meanwhile, or the referral has moved on.
    """
    fresh = (
        Referral.objects.select_for_update(of=("self",)).select_related("case").get(pk=referral.pk)
    )
    if fresh.asked_at is None:
        raise Refused(
            _("Our team is still choosing what is sent. We write to you when we ask you."),
            code="not-asked",
        )
    if seen != selecting.digest_of(fresh):
        raise Conflict(
            _("The list of what is sent was changed. Please look at it again."),
            code="changed-elsewhere",
        )
    selecting.must_hold_still(fresh)
    consenting.keep(by=by, referral=fresh, shown=selecting.lines(fresh))
    referral.refresh_from_db()
    return referral


@transaction.atomic
def decline(*, by: Person, referral: Referral) -> Referral:
    """Say, as the family, that nothing may be sent: the referral ends, and the team is told.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: by somebody who only sees, and decides nothing.
        Conflict: the family has agreed, or it has moved on.
    """
    require(referral.case, by, Part.FAMILY)
    not_limited(referral.case, by)
    step = STEPS["cancel"]
    done = Referral.objects.filter(
        pk=referral.pk, consented_at__isnull=True, state__in=step.sources
    ).update(state=step.target, ended_at=clock.now(), remind_at=None)
    if not done:
        raise Conflict(_("This referral has moved on. Nothing was changed."), code="state-changed")
    referral.refresh_from_db()
    ReferralStep.objects.create(
        referral=referral, action=step.action, state=referral.state, by=by, note=_SAID_NO
    )
    reminding.follow(referral.case)
    tell_coordinator(referral.case)
    audit.record("referral-declined", by=by, case_id=referral.case_id, target=referral)
    return referral


@transaction.atomic
def open_package(*, by: Person, referral: Referral) -> Blob:
    """Return the package to hand it over, and note who took it.

    Raises:
        NotYours: by somebody who does not coordinate the case or the referral, or the family has
            not agreed.
        Refused: it is not made yet; before it was sent, a report in it was corrected, or the
            request was withdrawn.
    """
    require(referral.case, by, Part.COORDINATOR, Part.REFERRAL_COORDINATOR)
    package = consenting.package_of(referral)
    if package is None:
        raise NotYours
    if referral.state == ReferralState.REQUESTED:
        selecting.must_hold_still(referral)
    if package.blob is None:
        raise Refused(_("The package is not ready yet."), code="not-ready")
    audit.record(
        "referral-package-taken", by=by, case_id=referral.case_id, target=referral,
        detail={"files": len(package.manifest), "digest": package.blob.digest},
    )  # fmt: skip
    return package.blob


@transaction.atomic
def take_step(
    *,
    by: Person,
    referral: Referral,
    action: str,
    note: str = "",
    visit_at: datetime | None = None,
    outcome: str = "",
) -> Referral:
    """Take one step of the table, by compare-and-swap.

    Raises:
        NotYours: by somebody without a part in the referral.
        Refused: something that must come with the step is missing; to be sent: a report of it was
            corrected, or the request was withdrawn.
        Conflict: it cannot be taken from where the referral stands now.
    """
    require(referral.case, by, Part.COORDINATOR, Part.REFERRAL_COORDINATOR)
    step = STEPS[action]
    given = {
        "note": note.strip(),
        "visit_at": visit_at,
        "outcome": outcome.strip(),
        "consent": Referral.objects.values_list("consented_at", flat=True).get(pk=referral.pk),
    }
    for name in sorted(step.needs):
        if not given[name]:
            raise Refused(_MISSING[name], code=f"{name.replace('_', '-')}-missing", field=name)
    if step.target == ReferralState.SENT:
        selecting.must_hold_still(referral)
    ended = step.target in ENDED
    fields: dict[str, Any] = {
        "state": step.target,
        "remind_at": remind_at(step.target, referral.urgency, visit_at or clock.now()),
        "reminded_at": None,
        "ended_at": clock.now() if ended else None,
    }
    if visit_at:
        fields["visit_at"] = visit_at
    if given["outcome"]:
        fields["outcome"] = given["outcome"]
    done = Referral.objects.filter(pk=referral.pk, state__in=step.sources).update(**fields)
    if not done:
        raise Conflict(_("This referral has moved on. Nothing was changed."), code="state-changed")
    referral.refresh_from_db()
    ReferralStep.objects.create(
        referral=referral, action=action, state=referral.state, by=by, note=note.strip()
    )
    if ended:
        consenting.end(referral)  # what was made to be sent is not kept
    reminding.follow(referral.case)
    tell_family(referral.case, "referral-changed")
    audit.record(f"referral-{action}", by=by, case_id=referral.case_id, target=referral)
    return referral


_MISSING = {
    "consent": _("The family has not agreed yet."),
    "note": _("Write why."),
    "visit_at": _("Say when the visit is."),
    "outcome": _("Write what came out."),
}
