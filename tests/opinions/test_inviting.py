"""An expert is asked to write a report with its author, and has no part before they say yes."""

from datetime import timedelta

import pytest
import time_machine

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts import actions as experts
from secondopinion.messaging.models import Message
from secondopinion.opinions import actions, inviting, panels
from secondopinion.opinions.models import Opinion, PanelInvitation
from secondopinion.staffing import actions as staffing
from tests.web.conftest import expert, sign_in


@pytest.fixture
def omar(opinion: Opinion) -> Person:
    """An expert who could join."""
    made = expert("omar@harbour.example")
    Person.objects.filter(pk=made.pk).update(full_name="Dr. Omar")
    made.refresh_from_db()
    return made


def invited(opinion: Opinion, who: Person) -> PanelInvitation:
    owner = opinion.case.coordinator
    assert owner is not None
    return inviting.invite(by=owner, case=opinion.case, expert=who)


def told(who: Person, template: str) -> int:
    return Message.objects.filter(to=who, template=template).count()


def test_who_is_asked_has_no_part_before_they_accept_in_one_tap(
    opinion: Opinion, omar: Person
) -> None:
    case, owner = opinion.case, opinion.case.coordinator
    assert owner is not None
    desk, page = sign_in(owner), f"/desk/cases/{case.reference}/"
    done = desk.post(f"{page}do/join-panel/", {"expert": omar.expert.pk})
    assert done.status_code == 302
    assert (told(omar, "panel-invited"), Part.SPECIALIST in roles_of(case, omar)) == (1, False)
    browser, here = sign_in(omar), f"/expert/invitations/{case.reference}/"
    assert browser.get(f"/expert/cases/{case.reference}/").status_code == 404
    assert here in browser.get("/expert/").content.decode()
    assert here in Message.objects.get(to=omar, template="panel-invited").body
    shown = browser.get(here).content.decode()
    assert opinion.author.full_name in shown
    assert case.child.full_name not in shown, "who the child is, is told to who has a part"
    assert "Dr. Omar" in desk.get(f"{page}specialist/").content.decode()
    with pytest.raises(Conflict):
        invited(opinion, omar)
    asked_at = clock.now()
    answer = browser.post(here, {"accept": "1"})
    assert answer["Location"] == f"/expert/cases/{case.reference}/"
    assert [each.person for each in panels.members(opinion)] == [omar]
    told_lead = Message.objects.filter(to=opinion.author, created_at__gt=asked_at)
    assert [each.template for each in told_lead] == ["panel-joined"], "told, and of one thing once"
    assert browser.get(f"/expert/cases/{case.reference}/").status_code == 200
    case.refresh_from_db()
    assert case.kind == "panel"
    assert {"panel-invited", "panel-joined"} <= {each.verb for each in entries_for(case.pk)}
    assert browser.get(here)["Location"] == f"/expert/cases/{case.reference}/"
    assert sign_in(expert("rana@harbour.example")).get(here).status_code == 404


def test_no_needs_a_reason_and_comes_to_the_coordinator(opinion: Opinion, omar: Person) -> None:
    asked, owner = invited(opinion, omar), opinion.case.coordinator
    assert owner is not None
    browser, here = sign_in(omar), f"/expert/invitations/{opinion.case.reference}/"
    assert browser.post(here, {"decline": "1"}).status_code == 400
    browser.post(here, {"decline": "1", "reason": "no_time", "note": "A congress"})
    asked.refresh_from_db()
    assert (asked.state, asked.note) == ("declined", "A congress")
    assert told(owner, "panel-declined") == 1
    page = sign_in(owner).get(f"/desk/cases/{opinion.case.reference}/specialist/").content.decode()
    assert "A congress" in page
    assert "This invitation has ended" in browser.get(here).content.decode()
    assert browser.post(here, {"accept": "1"}).status_code == 409
    assert not panels.members(opinion).exists()
    assert invited(opinion, omar), "they can be asked again"


def test_silence_is_reminded_of_once_and_lapses(opinion: Opinion, omar: Person) -> None:
    asked, owner = invited(opinion, omar), opinion.case.coordinator
    assert owner is not None
    assert (inviting.remind_due(), inviting.lapse_due()) == (0, 0)
    half = asked.created_at + (asked.answer_by - asked.created_at) / 2
    with time_machine.travel(half + timedelta(minutes=1), tick=False):
        assert (inviting.remind_due(), inviting.remind_due()) == (1, 0)
        assert told(omar, "panel-reminder") == 1
    with time_machine.travel(asked.answer_by + timedelta(minutes=1), tick=False):
        assert (inviting.lapse_due(), inviting.lapse_due()) == (1, 0)
        with pytest.raises(Conflict, match="No answer in time"):
            inviting.accept(by=omar, invitation=asked)
    assert told(owner, "panel-declined") == 1


def test_what_happens_meanwhile_ends_an_invitation(
    opinion: Opinion, omar: Person, hospital: object
) -> None:
    case, rana = opinion.case, expert("rana@harbour.example")
    asked, leaves = invited(opinion, omar), invited(opinion, rana)
    with pytest.raises(NotYours):
        inviting.accept(by=rana, invitation=asked)
    staffing.set_roles(by=None, person=rana, roles=set())
    with pytest.raises(NotYours):
        inviting.accept(by=rana, invitation=leaves)
    assert inviting.lapse_due() == 1, "of who has left"
    experts.add_tie(by=None, expert=omar.expert, kind="treated", name=case.child.full_name)
    with pytest.raises(Refused, match="Treated this child before"):
        inviting.accept(by=omar, invitation=asked)
    asked.refresh_from_db()
    assert asked.state == "open", "nothing was changed"
    actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
    assert not inviting.waiting_for(omar).exists()
    page = f"/expert/invitations/{case.reference}/"
    assert "has ended" in sign_in(omar).get(page).content.decode()
    assert inviting.lapse_due() == 1
    asked.refresh_from_db()
    assert asked.state == "taken_back"


def test_the_coordinator_asks_no_more(opinion: Opinion, omar: Person) -> None:
    asked = invited(opinion, omar)
    case: Case = opinion.case
    owner = case.coordinator
    assert owner is not None
    with pytest.raises(NotYours):
        inviting.take_back(by=opinion.author, invitation=asked)
    address = f"/desk/cases/{case.reference}/do/ask-panel-no-more/"
    sign_in(owner).post(address, {"invitation": asked.pk})
    asked.refresh_from_db()
    assert asked.state == "taken_back"
    with pytest.raises(Conflict):
        inviting.accept(by=omar, invitation=asked)
