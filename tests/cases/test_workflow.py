"""The workflow table: every role in every state, races, and walks of any length."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Child, Person
from secondopinion.cases import actions, queries, workflow
from secondopinion.cases.actions.parts import give_part
from secondopinion.cases.models import Case, ClockSpan, Part, Request
from secondopinion.cases.rules import NEEDED_CONSENTS
from secondopinion.cases.states import CLOCKS, ENDED, FAMILY_STEP, State
from secondopinion.core import clock, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.program import queries as program
from secondopinion.program.models import Program, Specialty

PARTS = [*Part.values, "desk", "nobody", workflow.SYSTEM]
ROLES = {  # of who has a part that is work here
    "desk": "coordinator", "coordinator": "coordinator", "entry": "coordinator",
    "specialist": "specialist", "second_reader": "specialist", "emergency": "specialist",
    "referral_coordinator": "referral_coordinator",
}  # fmt: skip


def staff(email: str, role: str) -> Person:
    person = accounts.ensure_person(email=email, full_name=email)
    accounts.grant_role(by=None, person=person, role=role)
    return person


def complete(case: Case, by: Person) -> Case:
    """Fill a draft in."""
    actions.save_start(
        by=by, case=case, country="MX", specialty=Specialty.objects.get(key="brain-and-nerves")
    )
    actions.save_emergency(by=by, case=case, emergency=False)
    actions.save_child(
        by=by, case=case, full_name="Camila", latin_name="", birth_date=date(2017, 5, 14), sex="F"
    )
    actions.save_guardian(
        by=by, case=case, full_name="María", latin_name="", phone="", kind="parent"
    )
    actions.save_provider(
        by=by, case=case, full_name="Dr. Peña", clinic="", email="pena@clinic.example", phone="",
        language="es",
    )  # fmt: skip
    actions.save_story(by=by, case=case, diagnosis="Epilepsia", medicines="none")
    actions.save_questions(by=by, case=case, texts=["¿Qué es?"])
    actions.give_consents(
        by=by, case=case, kinds=list(NEEDED_CONSENTS), disclaimer=program.disclaimer("es")
    )
    return case


def placed(state: str, maria: Person) -> Case:
    """Return a case that stands in a state, for what only looks at the table."""
    owned = state not in {State.DRAFT, State.EXPIRED}
    coordinator = accounts.ensure_person(email="owner@harbour.example")
    case = Case.objects.create(
        child=Child.objects.create(full_name="Camila"), vault=vault.new_space(), country="MX",
        specialty=Specialty.objects.get(key="brain-and-nerves"), state=state,
        submitted_at=clock.now() if owned else None,
        accepted_at=clock.now() if owned and state != State.SUBMITTED else None,
        coordinator=coordinator if owned else None,
        delivery_mode="family_and_provider" if owned else "",
    )  # fmt: skip
    Request.objects.create(case=case)
    return case


@pytest.mark.parametrize("state", State.values)
def test_every_role_in_every_state(state: str, maria: Person) -> None:
    """What may be tried is what the table says, in `available` and in `advance` alike."""
    for part in PARTS:
        case = placed(state, maria)
        person: Person | None = accounts.ensure_person(email=f"{part}@people.example")
        if part == workflow.SYSTEM:
            person = None
        elif role := ROLES.get(part):
            accounts.grant_role(by=None, person=person, role=role)
        if part in Part.values:
            give_part(case=case, person=person, role=part, by=None)
        here = {part} - {"desk"}
        if case.submitted_at and ROLES.get(part) == "coordinator":
            here.add("desk")
        for row in workflow.TRANSITIONS.values():
            may = bool(here & row.who) and state in row.sources
            if person is not None:
                assert (row in workflow.available(case, person)) == may, (row.action, part)
            if not may:
                with pytest.raises((NotYours, Conflict)):
                    workflow.advance(case, row.action, by=person)
        case.refresh_from_db()
        assert case.state == state


def test_every_state_can_be_reached_and_left() -> None:
    rows = workflow.TRANSITIONS.values()
    assert {row.target for row in rows} | {State.DRAFT} == set(State)
    for state in State:
        # The one is ended and yet to be taken apart; a late question opens the other again.
        if state not in {State.JOINED, State.CLOSED}:
            assert (state in ENDED) != any(state in row.sources for row in rows)
    assert set(FAMILY_STEP) == set(State)


def test_what_is_visible_is_what_one_has_a_part_in(case: Case, maria: Person) -> None:
    other = accounts.ensure_person(email="other@familia.example")
    coordinator, specialist = (
        staff("g@h.example", "coordinator"),
        staff("m@h.example", "specialist"),
    )
    assert set(queries.visible_to(maria)) == {case}
    for person in (other, coordinator, specialist):
        assert not queries.visible_to(person).exists()
        assert queries.roles_of(case, person) == set()
        with pytest.raises(NotYours):
            queries.case_for(person, case.reference)
    actions.submit(by=maria, case=complete(case, maria))
    assert set(queries.visible_to(coordinator)) == {case}
    assert not queries.visible_to(specialist).exists()
    part = give_part(case=case, person=specialist, role=Part.SPECIALIST, by=None)
    assert queries.case_for(specialist, case.reference) == case
    part.until = clock.now() - timedelta(seconds=1)
    part.save()
    assert not queries.visible_to(specialist).exists(), "an ended part shows nothing"


def test_a_request_that_is_not_complete_is_not_sent(case: Case, maria: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions.submit(by=maria, case=case)
    assert refused.value.field == "start"
    case.refresh_from_db()
    assert case.state == State.DRAFT


def test_an_emergency_is_not_sent_and_nothing_typed_is_lost(case: Case, maria: Person) -> None:
    complete(case, maria)
    actions.save_emergency(by=maria, case=case, emergency=True)
    with pytest.raises(Refused) as refused:
        actions.submit(by=maria, case=case)
    assert refused.value.code == "emergency"
    assert Request.objects.get(case=case).diagnosis == "Epilepsia"


@pytest.mark.parametrize(
    ("born", "code"),
    [(clock.today() + timedelta(days=1), "birth-date-future"), (date(2007, 1, 1), "too-old")],
)
def test_who_is_not_born_yet_or_of_age_is_refused(
    born: date, code: str, case: Case, maria: Person
) -> None:
    with pytest.raises(Refused) as refused:
        actions.save_child(
            by=maria, case=case, full_name="C", latin_name="", birth_date=born, sex="F"
        )
    assert refused.value.code == code


def test_the_disclaimer_that_was_shown_is_kept(case: Case, maria: Person) -> None:
    complete(case, maria)
    kept = case.consents.get(kind="disclaimer", withdrawn_at=None)
    assert (kept.version, kept.language) == ("2026-11", "es")


def test_the_rule_is_frozen_when_the_case_is_taken(case: Case, maria: Person) -> None:
    actions.submit(by=maria, case=complete(case, maria))
    actions.take(by=staff("g@h.example", "coordinator"), case=case)
    rule = program.delivery_rule("MX", None)
    rule.mode = "through_provider"
    rule.save()
    case.refresh_from_db()
    assert case.delivery_mode == "family_and_provider"


def test_clocks_stop_while_the_family_is_waited_for(case: Case, maria: Person) -> None:
    coordinator = staff("g@h.example", "coordinator")
    actions.submit(by=maria, case=complete(case, maria))
    actions.take(by=coordinator, case=case)
    asked = actions.ask(by=coordinator, case=case, text="The letter, please.")
    assert case.due_at is None
    assert not ClockSpan.objects.filter(case=case, ended_at=None).exists()
    actions.answer(by=maria, information_request=asked, text="Here it is.")
    case.refresh_from_db()
    assert case.state == State.COLLECTING
    running = ClockSpan.objects.filter(case=case, ended_at=None).values_list("step", flat=True)
    assert set(running) == CLOCKS[State.COLLECTING]
    with pytest.raises(Conflict):
        actions.answer(by=maria, information_request=asked, text="Again.")


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(walk=st.lists(st.sampled_from(sorted(workflow.TRANSITIONS)), max_size=25))
@pytest.mark.django_db
def test_any_walk_stays_on_the_table(walk: list[str], hospital: Program) -> None:
    """Whatever is tried in whatever order: states follow the table, clocks follow the state."""
    maria = accounts.ensure_person(email="maria@familia.example")
    case = actions.start_draft(by=maria, language="es")
    complete(case, maria)
    coordinator = staff("g@h.example", "coordinator")
    everybody: frozenset[str] = frozenset({*Part.values, "desk", "offered"})
    stamps = {
        "submit": {"submitted_at": clock.now()},
        "accept": {
            "coordinator": coordinator, "accepted_at": clock.now(),
            "delivery_mode": "family_and_provider",
        },
    }  # fmt: skip
    for action in walk:
        before = case.state
        row = workflow.TRANSITIONS[action]
        try:
            workflow.advance(case, action, by=maria, also=everybody, stamps=stamps.get(action))
        except (Conflict, NotYours, Refused):
            case.refresh_from_db()
            assert case.state == before
        else:
            assert before in row.sources
            assert case.state == row.target
        running = set(
            ClockSpan.objects.filter(case=case, ended_at=None).values_list("step", flat=True)
        )
        assert running == CLOCKS.get(case.state, frozenset())
    Case.objects.filter(pk=case.pk).delete()
