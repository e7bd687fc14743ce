"""A specialist who leaves in the middle: the offer, the draft, the clock, and who is told."""

from datetime import timedelta

import pytest
import time_machine

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.audit.models import Entry
from secondopinion.cases import actions as cases
from secondopinion.cases import clocks
from secondopinion.cases.models import Case
from secondopinion.cases.queries import visible_to
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk.actions.watching import escalate
from secondopinion.experts import actions as experts
from secondopinion.experts import facts, matching
from secondopinion.experts.models import Offer
from secondopinion.experts.queries import open_offers
from secondopinion.messaging.models import Message
from secondopinion.opinions import actions, handing, panels, seconding
from secondopinion.opinions.models import Opinion
from secondopinion.program.models import Program
from secondopinion.staffing import actions as staffing
from tests.opinions.walk import joined, to_review
from tests.web.conftest import REPORT, expert, person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(hospital: Program) -> tuple[Case, Person]:
    """A case under review, with a report begun, and its specialist."""
    case, specialist = to_review()
    opinion = actions.start_report(by=specialist, case=case)
    actions.save_draft(
        by=specialist, opinion=opinion, values={"findings": "A normal brain."}, base_revision=None
    )
    return case, specialist


def next_one(case: Case, email: str = "dan@harbour.example") -> Person:
    """Let another specialist accept the case."""
    made = expert(email)
    owner = case.coordinator
    assert owner is not None
    case.refresh_from_db()
    experts.accept(by=made, offer=experts.offer(by=owner, case=case, expert=made.expert))
    return made


def test_what_was_written_goes_to_the_next_one_and_not_back(held: tuple[Case, Person]) -> None:
    case, former = held
    handing.hand_back(by=former, case=case, reason="no_time", note="I am ill. The EEG is the key.")
    case.refresh_from_db()
    assert case.state == "ready"
    assert not visible_to(former).filter(pk=case.pk).exists()
    offer = case.offers.get()
    assert (offer.state, offer.note) == ("handed_back", "I am ill. The EEG is the key.")
    [known] = (each for each in facts.gather() if each.expert == former.expert)
    assert known.load == 0, "the place is free"
    said = matching.judged(case, known).reasons
    assert "Accepts 0 of 1 offers" in said, "how long the answer took is not known any more"
    with pytest.raises(NotYours):
        actions.save_draft(
            by=former, opinion=Opinion.objects.get(case=case), values={"findings": "Late."},
            base_revision=None,
        )  # fmt: skip
    taken_up = next_one(case)
    assert sign_in(former).get(f"/expert/cases/{case.reference}/").status_code == 404
    page = sign_in(taken_up).get(f"/expert/cases/{case.reference}/").content.decode()
    assert "A normal brain." in page
    opinion = Opinion.objects.get(case=case)
    assert opinion.author == taken_up
    assert [each.by for each in opinion.versions.all()] == [former] * opinion.versions.count()
    actions.save_draft(by=taken_up, opinion=opinion, values=REPORT, base_revision=None)
    opinion.refresh_from_db()
    report = actions.sign(by=taken_up, opinion=opinion, reauthenticated_at=clock.now())
    assert report.signed_by == taken_up
    with pytest.raises(NotYours):
        actions.sign(by=former, opinion=opinion, reauthenticated_at=clock.now())


def test_the_clocks_go_on_and_everybody_whom_it_touches_is_told(held: tuple[Case, Person]) -> None:
    case, specialist = held
    before = {each.step: each.due_at for each in clocks.readings(case)}
    Message.objects.all().delete()
    owner = case.coordinator
    assert owner is not None
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        handing.hand_back(by=owner, case=case, reason="other", note="She is ill.")
        after = {each.step: each for each in clocks.readings(case)}
    assert after["report"].due_at == before["report"], "the family waits as long as before"
    assert after["expert"].running
    told = set(Message.objects.values_list("to__email", "template"))
    assert told == {
        (owner.email, "case-handed-back"), (specialist.email, "review-ended"),
        ("maria@familia.example", "another-specialist"),
    }  # fmt: skip
    assert not any("ill" in each.body for each in Message.objects.all()), "the reason is not mailed"


def test_who_may_and_that_it_needs_words(held: tuple[Case, Person]) -> None:
    case, specialist = held
    joins, stranger = expert("joins@harbour.example"), expert("stranger@harbour.example")
    owner = case.coordinator
    assert owner is not None
    joined(case, joins)
    for who in (joins, stranger, person("omar@harbour.example", "coordinator")):
        with pytest.raises(NotYours):
            handing.hand_back(by=who, case=case, reason="no_time", note="No.")
    for reason, note in (("", "Because."), ("no_time", " "), ("left", "No such reason.")):
        with pytest.raises(Refused):
            handing.hand_back(by=specialist, case=case, reason=reason, note=note)
    handing.hand_back(by=specialist, case=case, reason="no_time", note="Ill.")
    with pytest.raises(Conflict):
        handing.hand_back(by=owner, case=case, reason="no_time", note="Twice.")
    assert (
        "joins"
        in sign_in(owner).get(f"/desk/cases/{case.reference}/specialist/").content.decode().lower()
    )
    opinion = Opinion.objects.get(case=case)
    actions.start_report(by=joins, case=case)
    opinion.refresh_from_db()
    assert opinion.author == specialist, "who writes with others leads only when it is said"
    panels.leave(by=owner, member=opinion.panel.get())
    experts.accept(by=joins, offer=experts.offer(by=owner, case=case, expert=joins.expert))
    assert actions.start_report(by=joins, case=case).author == joins


def test_the_coordinator_hands_the_lead_to_one_of_the_panel(held: tuple[Case, Person]) -> None:
    case, former = held
    joins, owner = expert("joins@harbour.example"), case.coordinator
    assert owner is not None
    opinion = actions.start_report(by=former, case=case)
    before = opinion.body
    member = joined(case, joins)
    with pytest.raises(NotYours):
        handing.hand_lead(by=former, member=member)
    Message.objects.all().delete()
    page = f"/desk/cases/{case.reference}/"
    assert "Let them lead" in sign_in(owner).get(f"{page}specialist/").content.decode()
    done = sign_in(owner).post(f"{page}do/hand-lead/", {"member": member.pk})
    assert done.status_code == 302
    opinion.refresh_from_db()
    assert (opinion.author, opinion.body) == (joins, before), "the draft is kept"
    assert [each.person for each in panels.members(opinion)] == [former]
    assert set(Message.objects.values_list("to__email", "template")) == {
        (joins.email, "panel-lead"), (former.email, "panel-lead-passed"),
    }  # fmt: skip
    assert Entry.objects.filter(verb="panel-lead-passed", case_id=case.pk, actor_id=owner.pk)
    offer = handing.held(case)
    assert offer is not None
    assert offer.expert == joins.expert
    known = {each.expert.person: each for each in facts.gather()}
    assert (known[joins].load, known[former].load) == (1, 0)
    assert (known[joins].answered, known[joins].accepted, known[joins].waits) == (0, 0, 0)
    assert (known[former].answered, known[former].accepted) == (1, 1), "they had accepted it"
    shown = sign_in(owner).get(f"{page}specialist/").content.decode()
    assert "Leads now" in shown
    assert "Accepted, and given back later" not in shown
    with pytest.raises(Conflict):
        handing.hand_lead(by=owner, member=member)
    actions.save_draft(by=former, opinion=opinion, values={"findings": "Mine."}, base_revision=None)
    with pytest.raises(NotYours):
        actions.sign(by=former, opinion=opinion, reauthenticated_at=clock.now())


def test_a_second_reading_ends_with_the_review(held: tuple[Case, Person]) -> None:
    case, specialist = held
    opinion = Opinion.objects.get(case=case)
    actions.save_draft(by=specialist, opinion=opinion, values=REPORT, base_revision=None)
    reading = seconding.send(by=specialist, opinion=opinion)
    handing.hand_back(by=specialist, case=case, reason="no_time", note="Ill.")
    reading.refresh_from_db()
    assert reading.outcome == "taken_back"


def test_somebody_who_is_deactivated_loses_offers_and_cases_at_once(
    held: tuple[Case, Person],
) -> None:
    case, specialist = held
    admin = person("paul@harbour.example", "administrator")
    staffing.set_roles(by=admin, person=specialist, roles=[])
    case.refresh_from_db()
    assert case.state == "ready"
    assert "does not work here any more" in case.offers.get().note
    assert handing.let_go_of_gone() == 0


def test_who_cannot_sign_in_any_more_loses_them_by_the_job(held: tuple[Case, Person]) -> None:
    case, specialist = held
    assert handing.let_go_of_gone() == 0
    Person.objects.filter(pk=specialist.pk).update(is_active=False)
    assert handing.let_go_of_gone() == 1
    case.refresh_from_db()
    assert case.state == "ready"


def test_deactivated_between_the_page_and_the_click(hospital: Program) -> None:
    case, _specialist = to_review()
    owner = case.coordinator
    assert owner is not None
    handing.hand_back(by=owner, case=case, reason="other", note="Ill.")
    goes = expert("goes@harbour.example")
    experts.offer(by=owner, case=case, expert=goes.expert)
    browser, address = sign_in(goes), f"/expert/offers/{case.reference}/"
    assert browser.get(address).status_code == 200
    accounts.end_role(by=None, person=goes, role="specialist")
    assert browser.post(address, {"accept": "1"}).status_code == 404
    case.refresh_from_db()
    assert case.state == "offered"
    assert experts.lapse_offers() == 1
    case.refresh_from_db()
    assert case.state == "ready"


def test_an_offer_of_a_case_that_its_family_withdraws_is_gone(hospital: Program) -> None:
    case, _specialist = to_review()
    owner = case.coordinator
    assert owner is not None
    handing.hand_back(by=owner, case=case, reason="other", note="Ill.")
    someone = expert("someone@harbour.example")
    offer = experts.offer(by=owner, case=case, expert=someone.expert)
    cases.withdraw(by=case.participations.get(role="family").person, case=case)
    assert not open_offers(someone).exists()
    with pytest.raises(Conflict, match="Withdrawn"):
        experts.accept(by=someone, offer=offer)
    experts.lapse_offers()
    assert Offer.objects.get(pk=offer.pk).state == "taken_back"


def test_two_tabs_of_one_offer_and_an_offer_that_was_taken_back(hospital: Program) -> None:
    case, _specialist = to_review()
    owner = case.coordinator
    assert owner is not None
    handing.hand_back(by=owner, case=case, reason="other", note="Ill.")
    first, second = expert("first@harbour.example"), expert("second@harbour.example")
    desk, address = sign_in(owner), f"/desk/cases/{case.reference}/do/"
    assert desk.post(f"{address}offer/", {"expert": first.expert.pk}).status_code == 302
    stale = desk.post(f"{address}offer/", {"expert": second.expert.pk})
    assert stale.status_code == 409, "the other tab still showed the list"
    assert "Offered to an expert" in stale.content.decode()
    opened = sign_in(first)
    assert opened.get(f"/expert/offers/{case.reference}/").status_code == 200
    offer = case.offers.get(state="open")
    assert desk.post(f"{address}take-back/", {"offer": offer.pk}).status_code == 302
    late = opened.post(f"/expert/offers/{case.reference}/", {"accept": "1"})
    assert late.status_code == 409
    assert "Taken back" in late.content.decode()
    desk.post(f"{address}offer/", {"expert": second.expert.pk})
    tabs = sign_in(second)
    codes = [
        tabs.post(f"/expert/offers/{case.reference}/", {"accept": "1"}).status_code
        for _tab in range(2)
    ]
    assert codes == [302, 409]


def test_the_desk_asks_where_who_reviews_is_away_until_too_late(held: tuple[Case, Person]) -> None:
    case, specialist = held
    case.refresh_from_db()
    assert case.due_at is not None
    today, due = clock.today(), case.due_at.date()
    escalate()
    assert not case.needs.exists()
    back = experts.add_away(by=specialist, expert=specialist.expert, first=today, last=today)
    escalate()
    assert not case.needs.exists(), "back in time"
    experts.remove_away(by=specialist, away=back)
    experts.add_away(by=specialist, expert=specialist.expert, first=today,
                     last=due + timedelta(days=1))  # fmt: skip
    escalate()
    assert case.needs.get().why == "chase"


def test_the_pages_give_a_case_back(held: tuple[Case, Person]) -> None:
    case, specialist = held
    browser, address = sign_in(specialist), f"/expert/cases/{case.reference}/hand-back/"
    assert "What you have written is kept" in browser.get(address).content.decode()
    refused = browser.post(address, {"reason": "no_time", "note": ""})
    assert refused.status_code == 400
    done = browser.post(address, {"reason": "no_time", "note": "Please look at the EEG first."})
    assert done["Location"] == "/expert/"
    owner = case.coordinator
    assert owner is not None
    page = sign_in(owner).get(f"/desk/cases/{case.reference}/specialist/").content.decode()
    for words in ("Please look at the EEG first.", "A draft of the report is kept"):
        assert words in page
    goes_on = expert("goes.on@harbour.example")
    case.refresh_from_db()
    experts.offer(by=owner, case=case, expert=goes_on.expert)
    offered = sign_in(goes_on).get(f"/expert/offers/{case.reference}/").content.decode()
    assert "A colleague has begun the report" in offered
    assert "Please look at the EEG first." in offered
