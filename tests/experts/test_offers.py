"""Offers: silence moves on, reminders, what is kept, and who is too late."""

from datetime import timedelta

import pytest
import time_machine

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Child
from secondopinion.audit.models import Entry
from secondopinion.billing import actions as billing
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts import actions as experts
from secondopinion.experts import choices
from secondopinion.experts.models import Offer
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from tests.experts.ready import coordinator, ready
from tests.experts.test_matching import profile
from tests.web.conftest import person, sign_in

pytestmark = pytest.mark.django_db


def test_silence_moves_on_by_itself_and_only_so_often(hospital: Program) -> None:
    case = ready()
    people = [profile(f"expert{number}@harbour.example") for number in range(3)]
    first = experts.offer(by=coordinator(), case=case, expert=people[0], onward=True)
    with time_machine.travel(first.answer_by + timedelta(minutes=1), tick=False):
        assert experts.lapse_offers() == 1
        second = case.offers.get(state="open")
        assert second.expert != first.expert
        assert second.onward
        with pytest.raises(Conflict, match="No answer in time"):
            experts.accept(by=people[0].person, offer=first)
        experts.decline(by=second.expert.person, offer=second, reason="no_time")
        third = case.offers.get(state="open")
        assert {first.expert_id, second.expert_id, third.expert_id} == {each.pk for each in people}
        experts.decline(by=third.expert.person, offer=third, reason="no_time")
    case.refresh_from_db()
    assert case.state == "ready", "nobody is left on the list"
    assert Message.objects.filter(template="offer-moved-on").count() == 2


@pytest.mark.parametrize("silent", [False, True])
def test_what_stands_in_the_way_of_the_next_offer_keeps_nobody_from_answering(
    hospital: Program, silent: bool
) -> None:
    case, other = ready(), ready("olena@rodyna.example")
    one, _two, three = (profile(f"{name}@harbour.example") for name in ("one", "two", "three"))
    offer = experts.offer(by=coordinator(), case=case, expert=one, onward=True)
    waits = experts.offer(by=coordinator(), case=other, expert=three)
    fee = billing.charge(case=case, by=coordinator())
    billing.let_wait(fee=fee, by=coordinator(), waits=True)
    if silent:
        with time_machine.travel(waits.answer_by + timedelta(minutes=1), tick=False):
            assert experts.lapse_offers() == 2, "the others lapse too"
    else:
        experts.decline(by=one.person, offer=offer, reason="no_time")
    case.refresh_from_db()
    assert (case.state, case.offers.filter(state="open").count()) == ("ready", 0)


def test_a_conflict_that_is_said_after_the_offer_closes_it(hospital: Program) -> None:
    case, someone = ready(), profile("mei@harbour.example")
    other = profile("dan@harbour.example")
    offer = experts.offer(by=coordinator(), case=case, expert=someone, onward=True)
    browser = sign_in(someone.person)
    tie = {"what": "add-tie", "tie-kind": "treated", "tie-name": case.child.full_name}
    told = browser.post("/expert/profile/", tie, follow=True).content.decode()
    assert "The offer is closed, and the case goes to somebody else." in told
    offer.refresh_from_db()
    assert (offer.state, offer.reason) == ("declined", "conflict")
    assert case.offers.get(state="open").expert == other, "it moves on like one that is declined"
    shown = browser.get(f"/expert/offers/{case.reference}/").content.decode()
    assert "Conflict of interest" in shown
    assert 'name="accept"' not in shown
    assert case.reference not in browser.get("/expert/").content.decode()
    with pytest.raises(Refused):
        experts.accept(by=someone.person, offer=offer)


def test_a_conflict_that_comes_to_light_later_keeps_from_accepting(hospital: Program) -> None:
    case, someone = ready(), profile("mei@harbour.example")
    experts.add_tie(by=None, expert=someone, kind="treated", name="Lucas Ortega")
    offer = experts.offer(by=coordinator(), case=case, expert=someone)
    Child.objects.filter(pk=case.child_id).update(full_name="Lucas Ortega")
    offer = Offer.objects.get(pk=offer.pk)
    with pytest.raises(Refused):
        experts.accept(by=someone.person, offer=offer)
    offer.refresh_from_db()
    assert offer.state == "open", "a refusal changes nothing"
    told = sign_in(someone.person).post(
        f"/expert/offers/{case.reference}/", {"accept": "1"}, follow=True
    )
    assert "The offer is closed" in told.content.decode()
    offer.refresh_from_db()
    assert offer.state == "declined"


def test_an_offer_from_where_one_may_not_advise_any_more_is_closed(hospital: Program) -> None:
    case, someone = ready(), profile("mei@harbour.example")
    offer = experts.offer(by=coordinator(), case=case, expert=someone)
    experts.describe(by=None, person=someone.person, not_in=["RU"])
    offer.refresh_from_db()
    assert offer.state == "open", "it has nothing to do with this case"
    experts.describe(by=None, person=someone.person, not_in=["MX"])
    offer.refresh_from_db()
    assert (offer.state, offer.reason) == ("declined", "other")
    case.refresh_from_db()
    assert case.state == "ready"


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"what": "add-away", "away-first_day": "31", "away-first_month": "2"}, "away-first_0",
         "This is not a date."),
        ({"what": "add-tie", "tie-kind": "treated", "tie-name": ""}, "tie-name", "Fill this in"),
        ({"what": "profile", "weekly": "-1"}, "weekly", "Write a whole number from 0 to 50."),
    ],
)  # fmt: skip
def test_what_is_wrong_on_the_own_page_is_told_on_top_with_a_way_to_it(
    hospital: Program, sent: dict[str, str], field: str, words: str
) -> None:
    browser = sign_in(profile("mei@harbour.example").person)
    answer = browser.post("/expert/profile/", sent)
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert "<title>Error: What I take" in shown
    summary = shown[shown.index('role="alert"') : shown.index("<h1>")]
    assert f'href="#id_{field}"' in summary
    assert f'id="id_{field}"' in shown
    assert words in summary
    assert "Ensure this value" not in shown


def test_an_offer_without_that_wish_stays_with_the_coordinator(hospital: Program) -> None:
    case = ready()
    someone, _other = profile("mei@harbour.example"), profile("dan@harbour.example")
    offer = experts.offer(by=coordinator(), case=case, expert=someone)
    experts.decline(by=someone.person, offer=offer, reason="no_time")
    case.refresh_from_db()
    assert case.state == "ready"


def test_urgent_offers_wait_less_and_every_one_is_reminded_of_once(hospital: Program) -> None:
    with time_machine.travel("2026-11-24T14:00:00Z", tick=False):
        someone = profile("mei@harbour.example", capacity=9)
        by = coordinator()
        usual = experts.offer(by=by, case=ready(), expert=someone)
        urgent = experts.offer(
            by=by, case=ready("olena@rodyna.example"), expert=someone, urgency="urgent"
        )
        assert urgent.answer_by < usual.answer_by
        assert experts.remind_of_offers() == 0
    with time_machine.travel(urgent.answer_by - timedelta(minutes=30), tick=False):
        assert experts.remind_of_offers() == 1
        assert experts.remind_of_offers() == 0
    assert Message.objects.filter(template="offer-reminder", to=someone.person).count() == 1


def test_what_was_suggested_and_chosen_instead_is_kept(hospital: Program) -> None:
    case = ready()
    knows = profile("knows@harbour.example", conditions=["epilep"])
    plain = profile("plain@harbour.example", conditions=[])
    offer = experts.offer(by=coordinator(), case=case, expert=plain, instead="Knows the family")
    assert offer.rank == 2
    assert [each["expert"] for each in offer.suggested] == [str(knows.pk), str(plain.pk)]
    assert offer.instead == "Knows the family"
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
        experts.accept(by=plain.person, offer=offer)
    experts.offer(by=coordinator(), case=ready("amina@usra.example"), expert=knows)
    begun = clock.now() - timedelta(days=1)
    found = {each.place: each for each in choices.followed(begun)}
    assert set(found) == {choices.FIRST, choices.SECOND}
    second = found[choices.SECOND]
    assert (second.offers, second.answered, second.accepted) == (1, 1, 1)
    assert second.hours == pytest.approx(3, abs=0.1)
    assert (found[choices.FIRST].offers, found[choices.FIRST].answered) == (1, 0)
    [other] = choices.instead(begun)
    assert (other.offer, other.first, other.why) == (offer, knows.person, "Knows the family")
    assert other.behind
    assert other.behind > 0
    page = sign_in(coordinator()).get("/desk/assign/choices/").content.decode()
    assert "Knows the family" in page
    director = person("helen@harbour.example", "director")
    told = sign_in(director).get("/desk/assign/choices/").content.decode()
    assert "The second" in told
    assert "Knows the family" not in told, "what is written of a case is for who sees it"
    assert sign_in(plain.person).get("/desk/assign/choices/").status_code == 404


def test_an_offer_that_went_on_by_itself_keeps_the_list_and_is_no_choice(hospital: Program) -> None:
    case = ready()
    knows = profile("knows@harbour.example", conditions=["epilep"])
    plain = profile("plain@harbour.example", conditions=[])
    first = experts.offer(by=coordinator(), case=case, expert=knows, onward=True)
    experts.decline(by=knows.person, offer=first, reason="no_time")
    second = case.offers.get(state="open")
    assert (second.expert, second.onward_from) == (plain, first)
    assert (first.rank, second.rank) == (1, 2), "the place on the list as the coordinator had it"
    assert second.suggested == first.suggested
    made = Entry.objects.filter(verb="offer-made", case_id=case.pk).order_by("created_at")
    assert [row.detail for row in made] == [
        {"rank": 1, "onward": False}, {"rank": 2, "onward": True},
    ]  # fmt: skip
    experts.accept(by=plain.person, offer=second)
    begun = clock.now() - timedelta(days=1)
    found = {each.place: each for each in choices.followed(begun)}
    assert set(found) == {choices.FIRST, choices.ONWARD}, "nobody chose the second"
    assert (found[choices.FIRST].offers, found[choices.FIRST].accepted) == (1, 0)
    assert (found[choices.ONWARD].offers, found[choices.ONWARD].accepted) == (1, 1)
    assert choices.instead(begun) == []
    client = sign_in(coordinator())
    assert "it went on by itself" in client.get("/desk/assign/choices/").content.decode()
    page = client.get(f"/desk/cases/{case.reference}/specialist/").content.decode()
    assert "place 1 on the list" in page
    assert "place 2 on the list of suggestions · went on by itself" in page


def test_who_came_onto_the_list_after_the_choice_has_no_place_on_it(hospital: Program) -> None:
    case = ready()
    someone = profile("mei@harbour.example")
    first = experts.offer(by=coordinator(), case=case, expert=someone, onward=True)
    profile("new@harbour.example")
    experts.decline(by=someone.person, offer=first, reason="no_time")
    second = case.offers.get(state="open")
    assert (second.rank, second.suggested) == (None, first.suggested)
    assert choices.followed(clock.now() - timedelta(days=1))[-1].place == choices.ONWARD


def test_an_expert_who_leaves_in_the_middle_loses_the_offer(hospital: Program) -> None:
    case = ready()
    leaves, stays = profile("leaves@harbour.example"), profile("stays@harbour.example")
    offer = experts.offer(by=coordinator(), case=case, expert=leaves, onward=True)
    accounts.end_role(by=None, person=leaves.person, role="specialist")
    with pytest.raises(NotYours):
        experts.accept(by=leaves.person, offer=offer)
    assert experts.lapse_offers() == 1
    assert case.offers.get(state="open").expert == stays


def test_over_new_year_an_offer_waits_for_working_hours(hospital: Program) -> None:
    with time_machine.travel("2026-12-31T21:00:00Z", tick=False):  # 16:00 in Boston
        someone = profile("mei@harbour.example")
        offer = experts.offer(by=coordinator(), case=ready(), expert=someone)
    # One hour on Thursday, none on New Year's Day and the weekend, eight hours on Monday.
    assert offer.answer_by.isoformat() == "2027-01-04T21:00:00+00:00"


def test_over_the_change_of_clocks_hours_are_those_on_the_wall(hospital: Program) -> None:
    with time_machine.travel("2027-03-12T21:00:00Z", tick=False):  # Friday, 16:00 in Boston
        someone = profile("mei@harbour.example")
        offer = experts.offer(by=coordinator(), case=ready(), expert=someone)
    assert offer.answer_by.isoformat() == "2027-03-15T20:00:00+00:00"  # 16:00 on Monday, in summer


def test_the_page_of_an_offer_says_what_became_of_it(hospital: Program) -> None:
    case = ready()
    someone = profile("mei@harbour.example")
    offer = experts.offer(by=coordinator(), case=case, expert=someone)
    browser, address = sign_in(someone.person), f"/expert/offers/{case.reference}/"
    assert "Epilepsia" in browser.get(address).content.decode()
    with time_machine.travel(offer.answer_by + timedelta(minutes=1), tick=False):
        experts.lapse_offers()
    for answer in (browser.get(address), browser.post(address, {"accept": "1"})):
        assert "No answer in time" in answer.content.decode()
        assert "Epilepsia" not in answer.content.decode()
    assert Offer.objects.get().state == "lapsed"
    assert offer.answer_by > clock.now()


def test_the_specialists_page_changes_what_they_take(hospital: Program) -> None:
    someone = profile("mei@harbour.example")
    browser = sign_in(someone.person)
    page = "/expert/profile/"
    found = browser.post(page, {"what": "find", "find": "ventricular septal defect"})
    assert "Q21.0" in found.content.decode()
    browser.post(page, {"what": "add-code", "system": "icd-10-cm", "code": "Q21.0"})
    filled = {
        "what": "profile", "subspecialty": "Epilepsy", "conditions": "epilep\nconvuls",
        "languages": ["es"], "youngest": 0, "oldest": 12, "capacity": 4, "weekly": 2,
        "not_in": ["RU"],
    }  # fmt: skip
    assert browser.post(page, filled).status_code == 302
    assert browser.post(page, filled | {"oldest": 99}).status_code == 400
    day = {"what": "add-away"} | {
        f"away-{name}_{part}": value
        for name in ("first", "last")
        for part, value in (("day", 1), ("month", 8), ("year", 2099))
    }
    assert browser.post(page, day).status_code == 302
    tie = {"what": "add-tie", "tie-kind": "relative", "tie-name": "Ana"}
    assert browser.post(page, tie).status_code == 302
    someone.refresh_from_db()
    assert someone.conditions == ["epilep", "convuls"]
    assert (someone.oldest, someone.weekly, someone.not_in) == (12, 2, ["RU"])
    assert someone.codes[0]["label"] == "Ventricular septal defect"
    assert (someone.away.count(), someone.ties.count()) == (1, 1)
    assert "Ventricular septal defect" in browser.get(page).content.decode()
