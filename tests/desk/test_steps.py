"""Steps on several cases: put off, handed over, undone; whose a case is, and taking it over."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import localtime

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case
from secondopinion.conversations.actions import post
from secondopinion.core import clock, dates
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk import actions, queries
from tests.desk.test_worklist import found
from tests.web.conftest import person, sign_in, submitted, taken


def test_cases_are_put_off_and_what_is_new_brings_them_back(mother: Person) -> None:
    case, grace = taken(mother)
    until = queries.today() + timedelta(days=3)
    done = actions.put_off(by=grace, chosen=[case], until=until)
    assert (found(grace), found(grace, view="put-off")) == ([], [case])
    assert [(load.cases, load.due) for load in queries.loads()] == [(1, 0)], "not their turn now"
    assert done.step
    actions.undo(by=grace, step=done.step)
    assert found(grace) == [case]
    with pytest.raises(Conflict):
        actions.undo(by=grace, step=done.step)
    actions.put_off(by=grace, chosen=[case], until=until)
    post(case=case, thread="family", by=mother, text="It is worse.")
    assert found(grace) == [case], "something new"
    actions.put_off(by=grace, chosen=[case], until=until)
    with time_machine.travel(clock.now() + timedelta(days=4), tick=False):
        assert found(grace) == [case]
    for day in (queries.today(), queries.today() + timedelta(days=91)):
        with pytest.raises(Refused):
            actions.put_off(by=grace, chosen=[case], until=day)


def test_what_is_put_off_beyond_its_day_is_named_and_the_undo_goes_with_the_step(
    mother: Person,
) -> None:
    case, grace = taken(mother)
    desk = sign_in(grace)
    given = {"case": [case.reference], "verb": "put-off", "back": "view=mine"}
    soon, late = queries.today() + timedelta(days=1), queries.today() + timedelta(days=60)
    Case.objects.filter(pk=case.pk).update(act_by=clock.now() + timedelta(days=10))
    desk.post("/desk/many/", {**given, "until": soon.isoformat()})
    page = desk.get("/desk/?view=mine").content.decode()
    assert page.count("1 case is put off.") == 1, "said once, beside the undo"
    assert "Due before the day" not in page
    desk.post("/desk/many/", {**given, "until": late.isoformat()})
    page = desk.get("/desk/?view=mine").content.decode()
    due = dates.written(localtime(clock.now() + timedelta(days=10)))
    told = f"Due before the day that you chose: \u2066{case.reference}\u2069: \u2068{due}\u2069."
    assert told in page
    assert "1 case is put off." in desk.get("/desk/?view=open").content.decode()
    post(case=case, thread="family", by=mother, text="It is worse.")
    assert "is put off." not in desk.get("/desk/?view=open").content.decode(), "it has come back"


def test_several_cases_are_handed_over_and_the_step_is_undone_but_for_what_has_changed(
    mother: Person, omar: Person
) -> None:
    first, grace = taken(mother)
    second, _grace = taken(person("other@familia.example"))
    foreign = submitted(person("third@familia.example"))
    with pytest.raises(Refused):
        actions.hand_over(by=grace, chosen=[first], to=omar, note=" ")
    done = actions.hand_over(by=grace, chosen=[first, second, foreign], to=omar, note="Holiday.")
    assert done.changed == [first, second]
    assert [case for case, _why in done.left] == [foreign]
    assert set(found(omar)) == {first, second, foreign}
    third = person("ruth@harbour.example", "coordinator")
    second.refresh_from_db()
    cases.hand_over(by=omar, case=second, to=third, note="Speaks Arabic.")
    assert done.step
    with pytest.raises(NotYours):
        actions.undo(by=omar, step=done.step)
    back = actions.undo(by=grace, step=done.step)
    assert (back.changed, [case for case, _why in back.left]) == ([first], [second])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.coordinator, second.coordinator) == (grace, third)
    assert [row.taker for row in first.hand_overs.all()][-2:] == [omar, grace], "both stand"
    here = f"/desk/cases/{first.reference}/"
    assert (
        "A hand-over of the case was taken back"
        in sign_in(grace).get(f"{here}history/").content.decode()
    )
    accounts.describe(by=omar, person=omar, language="es")
    page = sign_in(omar).get(f"{here}history/").content.decode()
    assert "Se deshace el paso anterior." in page, "in the language of who reads"
    assert "The step before is undone." not in page
    assert "Note of the hand-over" not in sign_in(grace).get(here).content.decode()
    cases.hand_over(by=grace, case=first, to=omar, note="Again.")
    assert "Again." in sign_in(omar).get(here).content.decode()


def test_the_page_does_the_same_with_forms(mother: Person, omar: Person) -> None:
    case, grace = taken(mother)
    desk, chosen = sign_in(grace), {"case": [case.reference], "back": "view=mine&country=MX"}
    answer = desk.post(
        "/desk/many/", {**chosen, "verb": "hand-over", "to": str(omar.pk), "note": "For you."}
    )
    assert answer["Location"] == "/desk/?view=mine&country=MX"
    step = queries.last_step(grace)
    assert step
    assert "1 case is handed over." in desk.get("/desk/").content.decode()
    assert sign_in(omar).post(f"/desk/undo/{step.pk}/", {}).status_code == 404
    desk.post(f"/desk/undo/{step.pk}/", {})
    case.refresh_from_db()
    assert case.coordinator == grace
    for wrong in ({"verb": "hand-over", "to": "x"}, {"verb": "burn"}):
        assert desk.post("/desk/many/", {**chosen, **wrong}).status_code == 404
    assert desk.post("/desk/many/", {"verb": "put-off", "until": "soon"}).status_code == 400


def test_who_takes_a_case_over_reads_the_note_and_who_covers_is_told_how_to_act(
    mother: Person, omar: Person
) -> None:
    case, grace = taken(mother)
    here = f"/desk/cases/{case.reference}/"
    assert "Calls after five." not in sign_in(grace).get(here).content.decode()
    cases.hand_over(by=grace, case=case, to=omar, note="Calls after five.")
    assert "Calls after five." in sign_in(omar).get(here).content.decode()
    today = queries.today()
    assert "You cover for" not in sign_in(grace).get(here).content.decode()
    actions.go_away(by=omar, first=today, last=today, cover=grace)
    told = sign_in(grace).get(here).content.decode()
    assert "You cover for" in told
    assert f'{here}people/?take=1#take-over"' in told
    assert "You cover for" not in sign_in(omar).get(here).content.decode()


def test_who_does_not_own_a_case_reads_whose_it_is_and_how_to_take_it_over(
    mother: Person, omar: Person
) -> None:
    case, grace = taken(mother)
    here, desk = f"/desk/cases/{case.reference}/", sign_in(omar)
    for part in ("", "records/", "people/"):
        told = desk.get(f"{here}{part}").content.decode()
        assert "This case is with <bdi>Grace Okafor</bdi>" in told
        assert f'{here}people/?take=1#take-over"' in told
        assert "This case is with" not in sign_in(grace).get(f"{here}{part}").content.decode()
    form = '<details class="form" open><summary>Take the case over'
    assert form not in desk.get(f"{here}people/").content.decode()
    page = desk.get(f"{here}people/?take=1").content.decode()
    assert form in page
    assert "who gets a mail that you have taken it over" in page
    desk.post(f"{here}do/take-over/", {"note": "Grace is ill."})
    assert "This case is with" not in desk.get(here).content.decode()
    new = submitted(person("other@familia.example"))
    other = grace if new.coordinator == omar else omar
    told = sign_in(other).get(f"/desk/cases/{new.reference}/").content.decode()
    assert "begin with it: it is yours then" in told
    cases.withdraw(by=mother, case=case)
    assert "This case is with" not in sign_in(grace).get(here).content.decode()
