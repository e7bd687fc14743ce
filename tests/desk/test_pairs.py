"""What is said of a pair of requests: told apart, one after all, why not joined, who is told."""

import pytest
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import Why
from secondopinion.core import jobs
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.desk import actions, duplicates
from secondopinion.desk.models import Duplicate
from secondopinion.messaging.models import Message
from tests.desk.test_duplicates import found
from tests.web.conftest import person, sign_in


def test_two_children_are_not_shown_again(two: tuple[Case, Case, Person]) -> None:
    kept, _other, coordinator = two
    pair = found(two)
    page = reverse("desk-duplicate", args=[pair.pk])
    assert sign_in(person("rosa@familia.example")).get(page).status_code == 404
    sign_in(coordinator).post(page, {"do": "different"})
    assert not kept.needs.filter(why=Why.TWICE).exists()
    assert duplicates.search(kept) == []
    assert Duplicate.objects.get().state == "different"


def test_told_apart_and_one_after_all(two: tuple[Case, Case, Person]) -> None:
    kept, other, coordinator = two
    pair = found(two)
    desk, page = sign_in(coordinator), reverse("desk-duplicate", args=[pair.pk])
    desk.post(page, {"do": "different"})
    assert "Told apart" in desk.get(reverse("desk-duplicates")).content.decode()
    with pytest.raises(Conflict):
        actions.join(by=coordinator, pair=pair, kept=kept, people=[])
    assert "one after all" in desk.get(page).content.decode()
    desk.post(page, {"do": "one"})
    assert kept.needs.filter(why=Why.TWICE).exists()
    assert other.needs.filter(why=Why.TWICE).exists()
    with pytest.raises(Conflict):  # a colleague's page is older
        actions.perhaps_one(by=coordinator, pair=pair)
    with pytest.raises(NotYours):
        actions.perhaps_one(by=holders_of(kept, Part.FAMILY).get(), pair=pair)
    actions.join(by=coordinator, pair=pair, kept=kept, people=[])
    assert Case.objects.get(pk=other.pk).state == "joined"
    assert "requests-perhaps-one" in {entry.verb for entry in entries_for(other.pk)}


def test_why_neither_can_go_on_is_said_beside_each(two: tuple[Case, Case, Person]) -> None:
    kept, other, grace = two
    page = reverse("desk-duplicate", args=[found(two).pk])
    tom = person("tom@harbour.example", "coordinator", name="Tom Lindqvist")

    def says(who: Person) -> str:
        return sign_in(who).get(page).content.decode()

    assert 'value="join"' in (text := says(grace))
    assert "nobody has begun with it yet" in text
    assert f'href="/desk/cases/{other.reference}/">Begin with it first' in text
    assert 'value="join"' not in (text := says(tom)), "neither is his"
    assert f'href="/desk/cases/{kept.reference}/people/?take=1#take-over">Take it over' in text
    assert "Why stands beside each of them" in text
    assert 'value="different"' in text
    cases.take(by=tom, case=other)
    assert 'value="join"' in says(tom)
    Case.objects.filter(pk=other.pk).update(state="ready")
    assert "the other one cannot end" in says(grace)
    Case.objects.filter(pk=other.pk).update(state="in_review")
    assert "(it is with an expert)" in says(tom)


def test_the_owner_of_the_other_request_is_told_that_it_was_joined(
    two: tuple[Case, Case, Person],
) -> None:
    kept, other, grace = two
    pair, tom = found(two), person("tom@harbour.example", "coordinator", name="Tom Lindqvist")
    cases.take(by=tom, case=other)
    Message.objects.filter(to=tom).delete()
    joined = actions.join(by=grace, pair=pair, kept=kept, people=[])
    mail = Message.objects.get(to=tom)
    assert (mail.template, mail.case_id) == ("case-joined", other.pk)
    assert "Camila" not in mail.subject + mail.body
    jobs.run_all()
    actions.undo_join(by=grace, row=joined)
    assert Message.objects.filter(to=tom, template="case-news", case_id=other.pk).count() == 1
    assert not Message.objects.filter(to=grace, template="case-joined").exists()


def test_a_pair_of_which_one_has_ended_stays_apart(two: tuple[Case, Case, Person]) -> None:
    _kept, other, coordinator = two
    pair = found(two)
    actions.different(by=coordinator, pair=pair)
    cases.withdraw(by=holders_of(other, Part.FAMILY).get(), case=other)
    with pytest.raises(Conflict) as refused:
        actions.perhaps_one(by=coordinator, pair=pair)
    assert refused.value.code == "ended"
