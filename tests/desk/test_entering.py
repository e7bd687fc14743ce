"""A request entered for a family: who may, how consent is kept, how it is taken over, once."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case
from secondopinion.cases.queries import roles_of, visible_to
from secondopinion.cases.rules import NEEDED_CONSENTS
from secondopinion.cases.states import State
from secondopinion.core import clock, jobs
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk import actions, queries
from secondopinion.desk.mailing import notice_undelivered
from secondopinion.desk.models import CaseEntry, SpokenConsent
from secondopinion.desk.queries import entered_pages, entries_left, entries_of
from secondopinion.messaging.models import Message
from secondopinion.program import queries as program
from secondopinion.program.models import Program, Specialty
from tests.web.conftest import person, sign_in

BORN = date(2017, 5, 14)


@pytest.fixture
def grace(hospital: Program) -> Person:
    """A coordinator."""
    return person("grace@harbour.example", "coordinator", name="Grace Okafor")


@pytest.fixture
def omar(hospital: Program) -> Person:
    """Another one."""
    return person("omar@harbour.example", "coordinator", name="Omar Haddad")


def begun(by: Person, email: str = "rosa@familia.example") -> Case:
    """Begin a request for a mother on the telephone."""
    return actions.begin_entry(
        by=by, full_name="Rosa Vega", email=email, phone="+52 33 5550 0199", language="es",
        kind="parent", way="telephone", country="MX",
        specialty=Specialty.objects.get(key="brain-and-nerves"),
    ).case  # fmt: skip


def entered(by: Person, email: str = "rosa@familia.example") -> Case:
    """Enter everything but the consent."""
    case = begun(by, email)
    cases.save_emergency(by=by, case=case, emergency=False)
    cases.save_child(
        by=by, case=case, full_name="Luz Vega", latin_name="", birth_date=BORN, sex="F"
    )
    cases.save_provider(
        by=by, case=case, full_name="Dr. Peña", clinic="", email="pena@clinic.example", phone="",
        language="es",
    )  # fmt: skip
    cases.save_story(by=by, case=case, diagnosis="Epilepsia")
    actions.note_page(by=by, case=case, page="story")
    cases.save_questions(by=by, case=case, texts=["¿Qué es?"])
    return case


def consent(by: Person, case: Case, **more: object) -> SpokenConsent:
    """Keep that she agreed."""
    given = {
        "kinds": list(NEEDED_CONSENTS), "language": "es", "interpreter": "",
        "said_at": clock.now(), "disclaimer": program.disclaimer("es"),
    }  # fmt: skip
    return actions.keep_consent(by=by, case=case, **(given | more))  # type: ignore[arg-type]


def token_of(case: Case) -> str:
    """Return the token of the last link that the family was sent."""
    mail = Message.objects.filter(case_id=case.pk, template="entered-for-you").latest("created_at")
    found = re.search(r"/take-over/([^/]+)/", mail.body)
    assert found
    return found[1]


def test_a_request_is_entered_sent_and_taken_over_once(grace: Person, omar: Person) -> None:
    case = entered(grace)
    entry = CaseEntry.objects.get(case=case)
    rosa = entry.family
    assert list(entries_of(grace)) == [entry]
    assert list(entries_of(omar)) == []
    for outsider in (rosa, omar):
        assert case not in visible_to(outsider), "a draft is its writer's; a wrong address is blind"
    with pytest.raises(Refused):
        actions.submit_entry(by=grace, case=case)
    consent(grace, case)
    actions.submit_entry(by=grace, case=case)
    case.refresh_from_db()
    assert (case.state, roles_of(case, rosa)) == (State.SUBMITTED, set())
    assert not Message.objects.filter(to__in=[rosa, grace], template="request-received").exists()

    token = token_of(case)
    with pytest.raises(NotYours):
        actions.take_over(by=omar, token=token, birth_date=BORN)
    with pytest.raises(Refused):
        actions.take_over(by=rosa, token=token, birth_date=date(2017, 5, 15))
    actions.take_over(by=rosa, token=token, birth_date=BORN)
    assert roles_of(case, rosa) == {"family"}
    assert "entry" not in roles_of(case, grace)
    with pytest.raises(Refused):
        actions.take_over(by=rosa, token=token, birth_date=BORN)
    verbs = {row.verb for row in entries_for(case.pk)}
    assert {"entry-begun", "consent-spoken", "take-over-refused", "entry-taken-over"} <= verbs
    case.refresh_from_db()
    entry.refresh_from_db()
    assert entered_pages(entry, case.request) == {"start", "you", "story", "consent"}


def test_who_entered_a_request_keeps_it_when_the_family_sends_it(
    grace: Person, omar: Person
) -> None:
    for away, owner in ((False, grace), (True, omar)):
        case = entered(grace)
        actions.write_link(by=grace, case=case)
        rosa = CaseEntry.objects.get(case=case).family
        actions.take_over(by=rosa, token=token_of(case), birth_date=BORN)
        consented = cases.give_consents(
            by=rosa, case=case, kinds=list(NEEDED_CONSENTS), disclaimer=program.disclaimer("es"),
            person=rosa,
        )  # fmt: skip
        if away:
            today = queries.today()
            actions.go_away(by=grace, first=today, last=today, cover=omar)
        assert cases.submit(by=rosa, case=consented).coordinator == owner
        place = f"/desk/entering/{case.reference}/"
        assert sign_in(grace).get(place)["Location"] == f"/desk/cases/{case.reference}/"


def test_a_family_that_has_not_taken_over_is_told_by_the_link_once_more(grace: Person) -> None:
    case = entered(grace)
    consent(grace, case)
    actions.submit_entry(by=grace, case=case)
    first, rosa = token_of(case), CaseEntry.objects.get(case=case).family
    cases.take(by=grace, case=case)
    cases.ask(by=grace, case=case, text="The EEG, please.")
    mails = Message.objects.filter(to=rosa)
    assert {each.template for each in mails} == {"entered-for-you"}
    assert mails.all().count() == 3
    for page in ("", "messages/"):
        shown = sign_in(grace).get(f"/desk/cases/{case.reference}/{page}").content.decode()
        assert "has not taken its request over yet" in shown
    cases.decline(by=grace, case=case, reason="No.", instead="Ask at home.")
    assert mails.all().count() == 4
    actions.take_over(by=rosa, token=first, birth_date=BORN)
    assert "Ask at home." in sign_in(rosa).get(f"/my/cases/{case.reference}/").content.decode()
    with pytest.raises(Refused):
        actions.take_over(by=rosa, token=token_of(case), birth_date=BORN)


def test_of_a_family_without_an_address_the_desk_is_told_to_call(grace: Person) -> None:
    case = entered(grace, email="")
    consent(grace, case)
    actions.submit_entry(by=grace, case=case)
    cases.take(by=grace, case=case)
    cases.ask(by=grace, case=case, text="The EEG, please.")
    jobs.run_all()
    notice_undelivered()
    assert case.needs.filter(why="undelivered").exists()


def test_what_the_family_changes_is_not_marked_any_more(grace: Person) -> None:
    case = entered(grace)
    actions.write_link(by=grace, case=case)
    rosa = CaseEntry.objects.get(case=case).family
    actions.take_over(by=rosa, token=token_of(case), birth_date=BORN)
    cases.save_story(by=rosa, case=case, diagnosis="Epilepsia rolándica")
    case.request.refresh_from_db()
    assert "story" not in entered_pages(CaseEntry.objects.get(case=case), case.request)
    with pytest.raises(NotYours):
        cases.save_story(by=grace, case=case, diagnosis="Other")


def test_a_consent_that_is_no_consent_is_refused(grace: Person) -> None:
    case = entered(grace)
    for more in (
        {"kinds": ["review"]},
        {"said_at": clock.now() + timedelta(hours=1)},
        {"said_at": clock.now() - timedelta(days=40)},
        {"language": "qu", "disclaimer": program.disclaimer("qu")},
    ):
        with pytest.raises(Refused):
            consent(grace, case, **more)
    assert not case.consents.exists()
    made = consent(
        grace, case, language="qu", disclaimer=program.disclaimer("qu"), interpreter="Ana Quispe"
    )
    assert (made.read_by, made.guardian.full_name) == (grace, "Rosa Vega")
    assert {each.person for each in case.consents.all()} == {made.guardian}


def test_who_does_not_know_the_child_is_shut_out_after_five_tries(grace: Person) -> None:
    case = entered(grace)
    actions.write_link(by=grace, case=case)
    rosa, token = CaseEntry.objects.get(case=case).family, token_of(case)
    for day in range(1, 6):
        with pytest.raises(Refused):
            actions.take_over(by=rosa, token=token, birth_date=date(2017, 1, day))
    with pytest.raises(Refused) as refused:
        actions.take_over(by=rosa, token=token, birth_date=BORN)
    assert refused.value.code == "link-used"
    actions.write_link(by=grace, case=case)
    actions.take_over(by=rosa, token=token_of(case), birth_date=BORN)


def test_nobody_is_entered_with_the_address_of_the_house(grace: Person, omar: Person) -> None:
    with pytest.raises(Refused):
        begun(grace, email=omar.email or "")
    with pytest.raises(NotYours):
        begun(person("rosa@familia.example"))
    with pytest.raises(Refused):
        actions.write_link(by=grace, case=begun(grace))


def test_the_local_provider_cannot_be_the_family_before_it_came(grace: Person) -> None:
    case = begun(grace)
    with pytest.raises(Refused) as refused:
        cases.save_provider(
            by=grace, case=case, full_name="Dr.", clinic="", email="rosa+doc@familia.example",
            phone="", language="es",
        )  # fmt: skip
    assert refused.value.code == "provider-is-family"


def test_the_part_goes_with_the_case_when_it_is_handed_over(grace: Person, omar: Person) -> None:
    case = entered(grace)
    consent(grace, case)
    actions.submit_entry(by=grace, case=case)
    cases.take(by=grace, case=case)
    cases.hand_over(by=grace, case=case, to=omar, note="On leave.")
    assert "entry" in roles_of(case, omar)
    assert "entry" not in roles_of(case, grace)


def test_the_pages_of_entering_and_of_taking_over(grace: Person) -> None:
    desk = sign_in(grace)
    specialty = Specialty.objects.get(key="brain-and-nerves")
    answer = desk.post(
        "/desk/entering/",
        {
            "way": "walk-in", "full_name": "Rosa Vega", "kind": "parent", "language": "es",
            "may_decide": "on", "email": "rosa@familia.example", "country": "MX",
            "specialty": str(specialty.pk),
        },
    )  # fmt: skip
    case = Case.objects.get(entry__by=grace)
    place = f"/desk/entering/{case.reference}/"
    assert answer["Location"] == f"{place}emergency/"
    for key in ("start", "emergency", "child", "provider", "story", "story-2", "questions",
                "files", "consent", ""):  # fmt: skip
        assert desk.get(f"{place}{key}/" if key else place).status_code == 200, key
    asked = desk.get(f"{place}emergency/").content.decode()
    assert "trouble breathing" in asked, "the signs of danger are there to be read out"
    alarm = desk.post(f"{place}emergency/", {"emergency": "yes"}, follow=True).content.decode()
    assert "Tell them to call for help before anything else." in alarm
    assert desk.post(f"{place}emergency/", {"emergency": "no"}).status_code == 302
    born = {"birth_date_day": "14", "birth_date_month": "5", "birth_date_year": "2017"}
    desk.post(f"{place}child/", {"full_name": "Luz Vega", "sex": "F", **born})
    said = {"review": "on", "contact_provider": "on", "disclaimer": "on", "language": "es",
            "said_at": "2020-01-01T10:00"}  # fmt: skip
    assert "last 30 days" in desk.post(f"{place}consent/", said).content.decode()
    desk.post(f"{place}do/link/")
    link = f"/take-over/{token_of(case)}/"

    assert "sign in with the e-mail address" in Client().get(link).content.decode()
    assert Client().post(link, born).status_code == 200
    assert "somebody else" in desk.get(link).content.decode()
    rosa = sign_in(CaseEntry.objects.get(case=case).family)
    wrong = rosa.post(link, born | {"birth_date_day": "15"})
    assert wrong.status_code == 400
    assert rosa.post(link, born)["Location"] == f"/my/cases/{case.reference}/"
    page = rosa.get(f"/my/cases/{case.reference}/request/").content.decode()
    assert "Grace Okafor" in page
    assert desk.get(place).status_code == 404, "a draft that is the family's"
    assert "birth_date_day" not in rosa.get(link).content.decode(), "it works once"
    assert Client().get(link.replace("take-over", "link")).content.decode().count("<h1>") == 1


def test_what_a_colleague_entered_who_has_left_is_taken_up(
    grace: Person, omar: Person, hospital: Program
) -> None:
    case = entered(grace)
    other_case = begun(grace, "luisa@familia.example")
    desk = sign_in(omar)
    assert not entries_left().exists()
    assert "left by a colleague" not in desk.get("/desk/").content.decode()
    with pytest.raises(Conflict):
        actions.take_up_entry(by=omar, case=case)
    accounts.end_role(by=None, person=grace, role="coordinator")
    assert {each.case for each in entries_left()} == {case, other_case}
    assert "2 left by colleagues" in desk.get("/desk/").content.decode()
    shown = desk.get("/desk/entering/").content.decode()
    assert case.reference in shown
    assert "Luz" not in shown, "a draft is opened by who takes it up"
    assert "Rosa" not in shown
    entry = CaseEntry.objects.get(case=case)
    assert desk.get(f"/desk/entering/{case.reference}/").status_code == 404
    for other in (grace, entry.family):
        assert sign_in(other).post(f"/desk/entering/take-up/{entry.pk}/").status_code == 404
    desk.post(f"/desk/entering/take-up/{entry.pk}/")
    assert "Luz Vega" in desk.get(f"/desk/entering/{case.reference}/").content.decode()
    assert [each.case for each in entries_left()] == [other_case]
    consent(omar, case)
    actions.submit_entry(by=omar, case=case)
    assert token_of(case)
    verbs = [row.verb for row in entries_for(case.pk)]
    assert "entry-taken-up" in verbs
    with pytest.raises(Conflict):
        actions.take_up_entry(by=omar, case=case)
