"""What a specialist wishes for goes through the coordinator; the clock stands still meanwhile."""

import pytest

from secondopinion.cases import actions, clocks
from secondopinion.cases.models import Case, InformationRequest, Part
from secondopinion.cases.states import State, Why
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from tests.opinions.walk import to_review
from tests.web.conftest import sign_in

pytestmark = pytest.mark.django_db
WISH = "Repeat LFTs; prior EEG tracings."


@pytest.fixture
def wish(hospital: Program) -> InformationRequest:
    """A specialist's wish that lies with the coordinator."""
    case, specialist = to_review()
    answer = sign_in(specialist).post(f"/expert/cases/{case.reference}/ask/", {"text": WISH})
    assert answer.status_code == 302
    return InformationRequest.objects.select_related("case__coordinator").get(case=case)


def mails_to(case: Case, part: Part) -> int:
    person = case.participations.get(role=part).person
    return Message.objects.filter(to=person, template="something-is-missing").count()


def test_the_clock_stops_and_the_family_is_not_asked_yet(wish: InformationRequest) -> None:
    case = wish.case
    assert case.state == State.MORE_NEEDED
    [report] = [each for each in clocks.readings(case) if each.step == "report"]
    assert report.stopped_at is not None
    assert mails_to(case, Part.FAMILY) == 0
    family = sign_in(case.participations.get(role=Part.FAMILY).person)
    here = f"/my/cases/{case.reference}/"
    page = family.get(here).content.decode()
    assert WISH not in page
    assert "The specialist needs something more" in page
    assert family.get(f"{here}answer/{wish.pk}/").status_code == 404
    assert "The specialist needs something more" in family.get("/my/").content.decode()


def test_the_coordinator_rewords_it_and_passes_it_on(wish: InformationRequest) -> None:
    case = wish.case
    assert case.needs.filter(why=Why.WISH).exists()
    desk = sign_in(case.coordinator)
    assert case.reference in desk.get("/desk/?view=news").content.decode()
    shown = desk.get(f"/desk/cases/{case.reference}/").content.decode()
    assert WISH in shown
    assert "Pass on what the specialist needs" in shown
    words = "Por favor, envíe los trazados del EEG."
    given = {"request": str(wish.pk), "to": "family", "text": words}
    desk.post(f"/desk/cases/{case.reference}/do/pass-on/", given)
    assert not case.needs.filter(why=Why.WISH).exists()
    assert mails_to(case, Part.FAMILY) == 1
    family = sign_in(case.participations.get(role=Part.FAMILY).person)
    page = family.get(f"/my/cases/{case.reference}/").content.decode()
    assert words in page
    assert WISH not in page
    review = sign_in(wish.asked_by).get(f"/expert/cases/{case.reference}/").content.decode()
    assert words in review
    assert WISH in review, "the specialist still sees what was wished for"
    wish.refresh_from_db()
    assert (wish.text, wish.wish) == (words, WISH)
    with pytest.raises(Conflict):
        actions.pass_on(by=case.coordinator, wish=wish, text=words, to="family")
    parent = case.participations.get(role=Part.FAMILY).person
    actions.answer(by=parent, information_request=wish, text="Aquí están.")
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW


def test_it_may_go_to_the_local_provider(wish: InformationRequest) -> None:
    case = wish.case
    actions.pass_on(by=case.coordinator, wish=wish, text=WISH, to="local_provider")
    assert mails_to(case, Part.FAMILY) == 0
    assert mails_to(case, Part.LOCAL_PROVIDER) == 1
    wish.refresh_from_db()
    assert wish.wish == "", "nothing was reworded"


def test_only_who_owns_the_case_passes_it_on(wish: InformationRequest) -> None:
    parent = wish.case.participations.get(role=Part.FAMILY).person
    for person in (wish.asked_by, parent):
        with pytest.raises(NotYours):
            actions.pass_on(by=person, wish=wish, text="Please.", to="family")


def test_what_is_not_needed_any_more_lets_the_review_go_on(wish: InformationRequest) -> None:
    actions.drop_request(by=wish.case.coordinator, information_request=wish)
    wish.case.refresh_from_db()
    assert wish.case.state == State.IN_REVIEW
    assert not wish.case.needs.filter(why=Why.WISH).exists()
