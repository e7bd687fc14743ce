"""The patient of age: who decides from then on, and who goes on reading."""

from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.cache import caches
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ItemState, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.guardians import actions, rules
from secondopinion.guardians.models import ComingOfAge
from secondopinion.messaging.models import Message
from secondopinion.program.models import GuardianRule, Program
from tests.web.conftest import person, sign_in, taken


@pytest.fixture
def held(hospital: Program) -> tuple[Case, Person, Person]:
    """A case that is taken, its parent and its coordinator."""
    parent = person("maria@familia.example", name="María López")
    case, coordinator = taken(parent)
    return case, parent, coordinator


@pytest.fixture
def grown(held: tuple[Case, Person, Person]) -> tuple[Case, Person, date]:
    """A case whose patient comes of age in thirty days, after the family has been told."""
    case, parent, _coordinator = held
    on = clock.today() + timedelta(days=30)
    case.child.birth_date = on.replace(year=on.year - 18)
    case.child.save()
    assert actions.come_of_age() == 1
    assert actions.come_of_age() == 0
    return case, parent, on


def make_of_age(case: Case) -> None:
    """Let the patient be eighteen today."""
    case.child.birth_date = clock.today().replace(year=clock.today().year - 18)
    case.child.save()


def test_the_patient_takes_over_and_a_parent_goes_on_by_their_word(
    grown: tuple[Case, Person, date],
) -> None:
    case, parent, _on = grown
    other = cases.invite_guardian(
        by=parent, case=case, full_name="J", email="jose@familia.example", kind="parent"
    )
    with pytest.raises(Refused):
        actions.invite_patient(by=parent, case=case, email=str(parent.email))
    page = reverse("my-of-age", args=[case.reference])
    assert sign_in(parent).post(page, {"email": "camila@familia.example"}).status_code == 302
    patient = ComingOfAge.objects.get().patient
    assert patient is not None
    with pytest.raises(NotYours):
        actions.renew(by=parent, case=case, person=other)
    own = sign_in(patient)
    assert "yours alone" in own.get(page).content.decode()
    own.post(page, {"person": str(parent.pk)})
    with time_machine.travel(clock.now() + timedelta(days=29), tick=False):
        assert actions.come_of_age() == 0
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert actions.come_of_age() == 1
        assert actions.come_of_age() == 0
        assert set(holders_of(case, Part.FAMILY)) == {patient, parent}
        assert sign_in(other).get(f"/my/cases/{case.reference}/").status_code == 404
        with pytest.raises(Refused):
            cases.withdraw(by=parent, case=case)
        actions.renew(by=patient, case=case, person=other)
        assert set(holders_of(case, Part.FAMILY)) == {patient, parent, other}
        actions.end_renewal(by=patient, case=case, person=parent)
        assert set(holders_of(case, Part.FAMILY)) == {patient, other}
    assert "came-of-age" in {entry.verb for entry in entries_for(case.pk)}
    assert Message.objects.filter(template="access-ended", to=other).exists()


def test_nobody_takes_the_case_from_a_patient_who_has_come(
    grown: tuple[Case, Person, date],
) -> None:
    case, parent, _on = grown
    assert case.coordinator is not None
    stranger = actions.invite_patient(by=parent, case=case, email="camilla@familia.example")
    patient = actions.invite_patient(by=parent, case=case, email="camila@familia.example")
    assert set(holders_of(case, Part.FAMILY)) == {parent, patient}, "the wrong address sees nothing"
    assert not case.child.guardianships.filter(person=stranger, revoked_at=None).exists()
    sign_in(patient)
    actions.renew(by=patient, case=case, person=parent)
    order = actions.note_order(
        by=case.coordinator, case=case, person=parent, effect="sees_only", basis="Court of X"
    )
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert actions.come_of_age() == 1
        actions.end_order(by=None, order=order, why="")
        page = reverse("my-of-age", args=[case.reference])
        sign_in(parent).post(page, {"email": "my.second@familia.example"})
        assert ComingOfAge.objects.get().patient == patient
        with pytest.raises(Refused):
            actions.invite_patient(by=parent, case=case, email="my.second@familia.example")
        assert set(holders_of(case, Part.FAMILY)) == {parent, patient}
        with pytest.raises(Refused):
            cases.withdraw(by=parent, case=case)
        actions.end_renewal(by=patient, case=case, person=parent)


def test_a_patient_who_was_never_let_in_is_let_in_by_the_desk(
    grown: tuple[Case, Person, date], held: tuple[Case, Person, Person]
) -> None:
    case, parent, _on = grown
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        actions.come_of_age()
        assert not holders_of(case, Part.FAMILY)
        patient = actions.invite_patient(by=held[2], case=case, email="camila@familia.example")
        assert set(holders_of(case, Part.FAMILY)) == {patient}
        actions.renew(by=patient, case=case, person=parent)
        assert parent in holders_of(case, Part.FAMILY)


def test_no_expert_starts_on_the_word_of_a_parent_whose_child_is_of_age(
    held: tuple[Case, Person, Person],
) -> None:
    case, parent, coordinator = held
    make_of_age(case)
    for item in case.checklist.all():
        cases.settle_item(by=coordinator, item=item, state=ItemState.ARRIVED)
    GuardianRule.objects.update(both_parents=True)
    caches["memory"].clear()
    assert [each.key for each in rules.owed(case)] == [rules.PATIENT], "of no parent any more"
    with pytest.raises(Refused) as refused:
        cases.complete(by=coordinator, case=case)
    assert refused.value.field == rules.PATIENT
    own, page = sign_in(parent), reverse("my-of-age", args=[case.reference])
    assert page in own.get(f"/my/cases/{case.reference}/").content.decode()
    assert own.get(page).status_code == 200, "also before the clock has come round"
    assert own.post(page, {"agree": "1"}).status_code == 404, "it is not theirs to say"
    own.post(page, {"email": "camila@familia.example"})
    patient = ComingOfAge.objects.get().patient
    assert patient
    assert rules.owed(case)[0].asked
    theirs = sign_in(patient)
    assert "it is for you to say" in theirs.get(page).content.decode()
    theirs.post(page, {"agree": "1"})
    assert not rules.owed(case)
    assert "it is for you to say" not in theirs.get(page).content.decode()
    assert "patient-agreed" in {entry.verb for entry in entries_for(case.pk)}
    assert cases.complete(by=coordinator, case=case).state == "ready"


def test_who_a_court_has_named_decides_for_a_patient_of_age(
    held: tuple[Case, Person, Person],
) -> None:
    case, parent, coordinator = held
    make_of_age(case)
    case.child.guardianships.filter(person=parent).update(kind="court")
    assert {each.key for each in rules.owed(case)} == {rules.DOCUMENT, rules.PATIENT}
    paper = actions.send_document(
        by=parent, case=case, kind="court", name="order.pdf", source=BytesIO(b"%PDF-1.4 order")
    )
    actions.judge(by=coordinator, document=paper, accept=True, note="")
    assert not rules.owed(case)


def test_age_counts_by_the_country_and_on_a_leap_day(held: tuple[Case, Person, Person]) -> None:
    case, _parent, _coordinator = held
    GuardianRule.objects.create(country="MX", adult_from=21, checked_on=clock.today())
    caches["memory"].clear()
    case.child.birth_date = date(2008, 2, 29)
    assert rules.of_age_on(case) == date(2029, 3, 1)
    case.country = "AE"
    assert rules.of_age_on(case) == date(2026, 3, 1)
