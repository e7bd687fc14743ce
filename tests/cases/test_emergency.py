"""Emergency access: who may, what it opens, when it ends, who is told, who looks at it."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person, Role
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions, queries, workflow
from secondopinion.cases.models import Case, EmergencyAccess, Part
from secondopinion.core import clock, jobs
from secondopinion.core.errors import Conflict, NotYours, Refused
from tests.cases.test_workflow import complete, staff

REASON = "The family called: the child has a long seizure."


@pytest.fixture
def sent(case: Case, maria: Person) -> Case:
    """A case that has been sent and taken."""
    actions.submit(by=maria, case=complete(case, maria))
    return actions.take(by=staff("grace@h.example", "coordinator"), case=case)


def opened(by: Person, case: Case, reason: str = REASON) -> EmergencyAccess:
    return actions.open_in_emergency(
        by=by, reference=case.reference, reason=reason, reauthenticated_at=clock.now()
    )


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("approved", [False, True])
def test_who_may_open_a_case(role: str, approved: bool, sent: Case) -> None:
    person = staff("somebody@h.example", role)
    if approved:
        accounts.grant_role(by=None, person=person, role=Role.EMERGENCY)
    may = role == Role.SPECIALIST or (role == Role.REFERRAL_COORDINATOR and approved)
    if may:
        opened(person, sent)
        assert queries.roles_of(sent, person) == {Part.EMERGENCY}
        assert queries.case_for(person, sent.reference) == sent
        return
    # A coordinator who is approved sees every case that was sent, and needs no emergency.
    wanted = Refused if role == Role.COORDINATOR and approved else NotYours
    with pytest.raises(wanted):
        opened(person, sent)
    assert not EmergencyAccess.objects.exists()


def test_nobody_outside_the_staff_may(sent: Case, maria: Person) -> None:
    for person in (
        maria, accounts.ensure_person(email="other@familia.example"), sent.local_provider.person,
    ):  # fmt: skip
        with pytest.raises(NotYours):
            opened(person, sent)


@pytest.mark.parametrize("role", [*Role.values, "family"])
def test_who_may_approve(role: str, sent: Case) -> None:
    by = accounts.ensure_person(email="by@h.example")
    if role != "family":
        accounts.grant_role(by=None, person=by, role=role)
    whom = staff("ruth@h.example", "referral_coordinator")
    may = role in {Role.PRIVACY, Role.ADMINISTRATOR}
    for change in (accounts.grant_role, accounts.end_role):
        if may:
            change(by=by, person=whom, role=Role.EMERGENCY)
        else:
            with pytest.raises(NotYours):
                change(by=by, person=whom, role=Role.EMERGENCY)
    if role == Role.PRIVACY:
        with pytest.raises(NotYours):
            accounts.grant_role(by=by, person=whom, role=Role.ADMINISTRATOR)


def test_it_reads_and_changes_nothing(sent: Case) -> None:
    person = staff("daniel@h.example", "specialist")
    opened(person, sent)
    assert not workflow.available(sent, person)
    for row in workflow.TRANSITIONS:
        with pytest.raises(NotYours):
            workflow.advance(sent, row, by=person)
    with pytest.raises(NotYours):
        actions.ask(by=person, case=sent, text="More, please.")


def test_it_ends_by_itself(sent: Case) -> None:
    person = staff("daniel@h.example", "specialist")
    access = opened(person, sent)
    assert access.is_live
    with time_machine.travel(clock.now() + timedelta(hours=4, seconds=1), tick=False):
        assert not queries.visible_to(person).exists()
        assert not access.is_live
        with pytest.raises(NotYours):
            queries.live_emergency(sent, person)
        opened(person, sent)
        assert queries.visible_to(person).exists(), "for a new reason it can be opened again"
    assert EmergencyAccess.objects.count() == 2


@pytest.mark.parametrize("role", [*Role.values, "owner", "family"])
def test_who_may_end_it(role: str, sent: Case, maria: Person) -> None:
    person = staff("daniel@h.example", "specialist")
    access = opened(person, sent)
    by = {"owner": person, "family": maria}.get(role) or staff("by@h.example", role)
    if role in {"owner", Role.PRIVACY}:
        actions.end_emergency(by=by, access=access)
        assert not queries.visible_to(person).exists()
        until = access.participation.__class__.objects.get(pk=access.participation_id).until
        actions.end_emergency(by=by, access=access)
        access.participation.refresh_from_db()
        assert access.participation.until == until, "ended once"
    else:
        with pytest.raises(NotYours):
            actions.end_emergency(by=by, access=access)
        assert queries.visible_to(person).exists()


@pytest.mark.parametrize("role", [*Role.values, "owner", "family"])
def test_who_may_judge_it(role: str, sent: Case, maria: Person) -> None:
    person = staff("daniel@h.example", "specialist")
    access = opened(person, sent)
    by = {"owner": person, "family": maria}.get(role) or staff("by@h.example", role)
    if role != Role.PRIVACY:
        with pytest.raises(NotYours):
            actions.review_emergency(by=by, access=access, justified=True)
        return
    with pytest.raises(Refused):
        actions.review_emergency(by=by, access=access, justified=False)
    actions.review_emergency(by=by, access=access, justified=False, note="Talked to Daniel.")
    with pytest.raises(Conflict):
        actions.review_emergency(by=by, access=access, justified=True)


def test_nobody_judges_their_own(sent: Case) -> None:
    person = staff("daniel@h.example", "specialist")
    accounts.grant_role(by=None, person=person, role="privacy")
    with pytest.raises(Refused):
        actions.review_emergency(by=person, access=opened(person, sent), justified=True)


@pytest.mark.parametrize("reason", ["", "   ", "urgent"])
def test_without_a_reason_nothing_opens(reason: str, sent: Case) -> None:
    with pytest.raises(Refused) as refused:
        opened(staff("daniel@h.example", "specialist"), sent, reason)
    assert refused.value.field == "reason"


@pytest.mark.parametrize("age", [None, timedelta(minutes=6)])
def test_without_a_second_factor_nothing_opens(age: timedelta | None, sent: Case) -> None:
    with pytest.raises(Refused) as refused:
        actions.open_in_emergency(
            by=staff("daniel@h.example", "specialist"), reference=sent.reference, reason=REASON,
            reauthenticated_at=clock.now() - age if age else None,
        )  # fmt: skip
    assert refused.value.code == "factor-needed"


def test_a_draft_stays_the_familys(case: Case) -> None:
    with pytest.raises(Refused) as refused:
        opened(staff("daniel@h.example", "specialist"), case)
    assert refused.value.code == "no-case"


def test_who_has_a_part_needs_none(sent: Case) -> None:
    person = staff("daniel@h.example", "specialist")
    opened(person, sent)
    with pytest.raises(Refused) as refused:
        opened(person, sent)
    assert refused.value.code == "has-part"


def test_coordinator_and_privacy_are_told_and_the_audit_knows(sent: Case) -> None:
    staff("paul@h.example", "privacy")
    jobs.run_all()
    mail.outbox.clear()
    person = staff("daniel@h.example", "specialist")
    access = opened(person, sent)
    actions.end_emergency(by=person, access=access)
    jobs.run_all()
    told = [each for each in mail.outbox if "emergency" in each.subject]
    assert {each.to[0] for each in told} == {"grace@h.example", "paul@h.example"}
    for each in told:
        assert "seizure" not in each.subject + each.body
        assert "Camila" not in each.subject + each.body
    verbs = {entry.verb: entry for entry in entries_for(sent.pk)}
    assert {"emergency-opened", "emergency-ended"} <= set(verbs)
    assert "seizure" not in str(verbs["emergency-opened"].detail)
