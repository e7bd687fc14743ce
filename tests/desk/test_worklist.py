"""The worklist: what needs whom and why, found by words, put off, handed over and undone."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import people_with
from secondopinion.arrivals.actions import receive_file
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ItemState
from secondopinion.cases.queries import of_team, visible_to
from secondopinion.conversations.actions import mark_seen, post
from secondopinion.core import clock, hiding
from secondopinion.core.errors import Conflict, Refused
from secondopinion.desk import actions, queries, worklist
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from tests.web.conftest import letter, person, sign_in, submitted, taken


def found(who: Person, **address: str) -> list[Case]:
    """Return the first page of a view."""
    return worklist.listed(who, worklist.sought(address), worklist.own(who)).cases


def whys(case: Case) -> list[str]:
    """Return why a case needs the desk."""
    return sorted(case.needs.values_list("why", flat=True))


def test_a_case_needs_its_owner_while_it_is_their_turn(
    mother: Person, grace: Person, omar: Person
) -> None:
    case = submitted(mother)
    assert case.coordinator in {grace, omar}, "it has an owner the moment it is sent"
    other = omar if case.coordinator == grace else grace
    assert (found(case.coordinator), found(other)) == ([case], [])
    assert whys(case) == ["take"]
    cases.take(by=omar, case=case)
    assert found(omar) == [case], "whoever is free may take it"
    cases.hand_over(by=omar, case=case, to=grace, note="For you.")
    assert (found(grace), found(omar)) == ([case], [])
    assert found(omar, view="open") == [case], "one team: the others see it too"
    item = case.checklist.filter(state=ItemState.OPEN).first()
    asked = cases.ask(by=grace, case=case, text="The EEG, please.", item=item)
    assert (found(grace), whys(case)) == ([], []), "the family is waited for"
    assert found(grace, view="waiting") == [case]
    cases.answer(by=mother, information_request=asked, text="There is none.")
    assert whys(case) == ["answer", "look"]
    post(case=case, thread="family", by=mother, text="And when?")
    assert "message" in whys(case)
    mark_seen(case=case, by=omar)
    assert "message" in whys(case), "a colleague who looks has not read it for the owner"
    mark_seen(case=case, by=grace)
    cases.settle_item(by=grace, item=asked.item, state=ItemState.WAIVED, note="None was made.")
    assert whys(case) == ["look", "unanswered"], "who has read has not answered"
    post(case=case, thread="family", by=grace, text="In May.")
    assert whys(case) == ["look"]
    cases.decline(by=grace, case=case, reason="No.", instead="Ask at home.")
    assert (whys(case), found(grace)) == ([], [])
    assert found(grace, view="ended") == [case]


def test_what_is_due_first_comes_first_and_counts_agree_with_lists(grace: Person) -> None:
    made = []
    for number in range(3):
        case = submitted(person(f"family{number}@familia.example"))
        with time_machine.travel(clock.now() + timedelta(days=number * 7), tick=False):
            cases.take(by=grace, case=case)
        made.append(case)
    assert found(grace) == made
    whose = worklist.own(grace)
    for key, count in worklist.counts(grace, whose).items():
        assert worklist.rows(grace, worklist.wanted({"view": key}), whose).count() == count, key
    assert found(grace, view="mine", country="MX") == made
    assert found(grace, view="mine", country="EG") == []


def test_a_case_is_found_by_beginnings_whatever_the_accents(mother: Person, grace: Person) -> None:
    case = submitted(mother)
    for text in ("camila", "CAM fern", "Fernandez", "lopez", case.reference.lower()):
        assert found(grace, view="open", q=text) == [case], text
    for text in ("amila", "camila ruiz", "%", "' or 1=1"):
        assert found(grace, view="open", q=text) == ([case] if text == "%" else []), text


def test_what_is_sought_stands_in_no_address(mother: Person, grace: Person) -> None:
    case = submitted(mother)
    browser = sign_in(grace)
    given = {"view": "open", "q": "Camila", "country": "MX"}
    address = browser.post(reverse("desk-search"), given)["Location"]
    assert "camila" not in address.lower()
    assert "country=MX" in address
    page = browser.get(address).content.decode()
    assert case.reference in page
    assert 'value="Camila"' in page
    assert browser.post(reverse("desk-search"), given)["Location"] == address, "it can be kept"
    hidden = dict(parse_qsl(urlsplit(address).query))["s"]
    assert hiding.shown(hidden) == "Camila"
    for other in ("", "x", hidden[:-4], hidden[::-1], "ä" * 30):
        assert hiding.shown(other) == ""
    assert 'value="Camila"' not in browser.get(f"{reverse('desk')}?q=Camila").content.decode()


def test_the_team_sees_what_its_members_may_see_and_nobody_else(
    mother: Person, grace: Person
) -> None:
    case, _coordinator = taken(mother)
    cases.start_draft(by=mother, language="en")
    withdrawn = cases.start_draft(by=mother, language="en")
    cases.withdraw(by=mother, case=withdrawn)
    assert set(of_team(grace)) == set(visible_to(grace)) == {case}
    assert not of_team(mother).exists()
    for address in ("/desk/", "/desk/changes/", "/desk/team/"):
        assert sign_in(mother).get(address).status_code == 404


def test_what_is_sought_is_found_in_other_views_and_stays_while_filters_go(
    mother: Person, omar: Person
) -> None:
    case, grace = taken(mother)
    desk = sign_in(grace)
    assert found(omar, q="Camila") == []
    cases.decline(by=grace, case=case, reason="Not here.", instead="Ask at home.")
    given = {"q": "Camila", "view": "needs-you", "country": "NG"}
    address = desk.post(reverse("desk-search"), given)["Location"]
    page = desk.get(address).content.decode()
    assert "Not found here, but in:" in page
    ended = worklist.Wanted(view="ended", q="Camila").address.replace("&", "&amp;")
    assert f'<a href="?{ended}">Ended</a>' in page
    assert case.reference in desk.get(f"/desk/?{ended}".replace("&amp;", "&")).content.decode()
    kept = worklist.Wanted(q="Camila").address.replace("&", "&amp;")
    assert f'<a href="?{kept}">Show all of them</a>' in page
    page = desk.get(f"/desk/?{worklist.Wanted(q='Nobody').address}").content.decode()
    assert "Found in no view." in page
    assert "Show all of them" not in page


@pytest.mark.parametrize("view", list(worklist.VIEWS))
def test_a_view_in_which_something_is_found_shows_it(view: str, mother: Person) -> None:
    case, grace = taken(mother)
    post(case=case, thread="family", by=mother, text="It is worse.")
    gone, _grace = taken(mother)
    cases.decline(by=grace, case=gone, reason="Not here.", instead="Ask at home.")
    named = worklist.found_in(grace, "Camila", worklist.own(grace))
    assert bool(found(grace, q="Camila", view=view)) == (view in named)
    assert {"needs-you", "mine", "news", "open", "ended"} <= set(named)


def test_a_list_that_has_not_changed_is_not_sent_again(mother: Person) -> None:
    case, grace = taken(mother)
    desk = sign_in(grace)
    with time_machine.travel(clock.now(), tick=False):
        tag = desk.get("/desk/changes/")["ETag"]
        again: Client = desk
        same = {"if-none-match": tag}
        assert again.get("/desk/changes/", headers=same).status_code == 304
        post(case=case, thread="family", by=mother, text="Hello?")
        fresh = again.get("/desk/changes/", headers=same)
    assert fresh.status_code == 200
    assert "New message" in fresh.content.decode()


def test_a_view_is_kept_under_a_name_and_shared(grace: Person, omar: Person) -> None:
    back = {"back": "view=late&language=ar&nonsense=1"}
    sign_in(grace).post("/desk/views/", {**back, "name": "Arabic, late", "shared": "1"})
    sign_in(grace).post("/desk/views/", {"back": "view=mine", "name": "My own"})
    shown = sign_in(omar).get("/desk/").content.decode()
    assert 'href="?view=late&amp;language=ar"' in shown
    assert "My own" not in shown
    assert "العربيّة" in shown, "the languages of the page are still offered beside the filter"
    view = queries.views_of(omar).get()
    assert sign_in(omar).post(f"/desk/views/{view.pk}/remove/").status_code == 404
    assert sign_in(grace).post(f"/desk/views/{view.pk}/remove/").status_code == 302
    assert not queries.views_of(omar).exists()


def test_who_is_away_is_covered_and_who_is_on_duty_is_told_in_time(
    mother: Person, omar: Person
) -> None:
    case, grace = taken(mother)
    ruth = person("ruth@harbour.example", "coordinator")
    today, due = queries.today(), case.needs.get().due_at
    actions.go_away(by=grace, first=today, last=due.date(), cover=omar)
    assert found(omar) == [case]
    assert queries.loads()[-1].person == grace, "who is away comes last"
    for first, last, cover in (
        (today, today - timedelta(days=1), omar), (today, today, omar), (today, today, grace),
    ):  # fmt: skip
        with pytest.raises(Refused):
            actions.go_away(by=grace, first=first, last=last, cover=cover)
    with pytest.raises(Refused):
        actions.go_away(by=ruth, first=today, last=today, cover=grace)
    actions.go_on_duty(by=grace, person=ruth, first=today, last=due.date())
    Message.objects.all().delete()
    with time_machine.travel(due - timedelta(days=4), tick=False):
        assert actions.escalate() == 0, "there is time"
    assert not Message.objects.filter(template="soon-late").exists()
    with time_machine.travel(due - timedelta(minutes=30), tick=False):
        assert (actions.escalate(), actions.escalate()) == (1, 0), "of each once"
    mails = list(Message.objects.filter(template="soon-late"))
    assert sorted(mail.to.email for mail in mails) == sorted(
        each.email for each in (grace, omar, ruth)
    ), "the owner, who covers, and the second on duty"
    assert case.child.full_name not in "".join(mail.subject + mail.body for mail in mails)


def test_a_case_is_never_without_an_owner(mother: Person, omar: Person) -> None:
    case, grace = taken(mother)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(coordinator=None)
    assert actions.find_owners() == 0
    accounts.end_role(by=None, person=grace, role="coordinator")
    assert people_with("coordinator").get() == omar
    assert actions.find_owners() == 1
    assert actions.find_owners() == 0
    case.refresh_from_db()
    assert (case.coordinator, found(omar)) == (omar, [case])
    assert case.participations.get(role="coordinator", until=None).person == omar
    assert case.hand_overs.latest("created_at").cause == "left"
    page = sign_in(omar).get(f"/desk/cases/{case.reference}/").content.decode()
    assert "Its owner had left the team." in page


def test_new_cases_go_to_who_has_least_and_is_not_away(hospital: Program) -> None:
    first = submitted(person("maria@familia.example"))
    assert first.coordinator is None, "there is no coordinator at all"
    grace = person("grace@harbour.example", "coordinator")
    assert actions.find_owners() == 1
    first.refresh_from_db()
    assert first.coordinator == grace
    omar = person("omar@harbour.example", "coordinator")
    ruth = person("ruth@harbour.example", "coordinator")
    actions.go_away(by=ruth, first=queries.today(), last=queries.today(), cover=grace)
    second = submitted(person("amina@usra.example"))
    assert second.coordinator == omar
    assert second.participations.get(role="coordinator", until=None).person == omar
    cases.take(by=grace, case=second)
    with pytest.raises(Conflict) as stale:
        cases.settle_item(by=omar, item=second.checklist.all()[0], state="arrived")
    assert stale.value.code == "owner-changed"


def test_a_family_that_is_silent_for_a_week_is_not_forgotten(mother: Person) -> None:
    case, grace = taken(mother)
    cases.ask(by=grace, case=case, text="The EEG, please.")
    assert actions.notice_silence() == 0
    with time_machine.travel(clock.now() + timedelta(days=9), tick=False):
        assert actions.notice_silence() == 1
        assert actions.notice_silence() == 0
        assert found(grace) == [case]
        asked = case.information_requests.get()
        cases.answer(by=mother, information_request=asked, text="Here.")
    assert "silent" not in whys(case)


def test_files_without_an_answer_are_not_left_lying(mother: Person) -> None:
    case, grace = taken(mother)
    cases.ask(by=grace, case=case, text="The EEG, please.")
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        receive_file(by=grace, case=case, name="a.png", source=BytesIO(letter()))
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        assert actions.notice_arrivals() == 0, "not of who was asked"
        receive_file(by=mother, case=case, name="eeg.png", source=BytesIO(letter() + b" "))
        assert actions.notice_arrivals() == 0, "they may be sending still"
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        assert actions.notice_arrivals() == 1
        assert actions.notice_arrivals() == 0
        assert found(grace) == [case]
        here = f"/desk/cases/{case.reference}/"
        assert "without an answer" in sign_in(grace).get(here).content.decode()
        cases.answer(by=mother, information_request=case.information_requests.get(), text="Sent.")
    assert "arrived" not in whys(case)


def test_whom_a_case_waits_for_is_said(mother: Person) -> None:
    case, grace = taken(mother)
    desk = sign_in(grace)
    places = [f"/desk/cases/{case.reference}/", "/desk/?view=waiting"]

    def said(words: str) -> bool:
        return all(words in desk.get(place).content.decode() for place in places)

    clinic = cases.ask(by=grace, case=case, text="The CD, please.", to="local_provider")
    assert said("Waiting on the local provider")
    assert not any("Waiting on the family" in desk.get(place).content.decode() for place in places)
    cases.ask(by=grace, case=case, text="Her weight, please.")
    assert said("Waiting on family and local provider")
    cases.answer(by=case.local_provider.person, information_request=clinic, text="Sent.")
    assert said("Waiting on the family")
