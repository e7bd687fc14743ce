"""A family with a telephone alone: entered, let in by a code on paper or a text, and called."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import access_links
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases import needs
from secondopinion.cases.actions.parts import end_parts
from secondopinion.cases.models import Case
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import State, Why
from secondopinion.core import clock, jobs
from secondopinion.core.errors import NotYours, Refused
from secondopinion.core.ids import short_code
from secondopinion.desk import actions, mailing
from secondopinion.desk.models import CaseEntry
from secondopinion.messaging.actions import notify
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from tests.desk.test_entering import BORN, begun, consent
from tests.messaging.test_reaching import Gateway, gateway  # noqa: F401 - a fixture
from tests.web.conftest import person, sign_in

BIRTHDAY = {"birth_date_day": "14", "birth_date_month": "5", "birth_date_year": "2017"}


@pytest.fixture
def grace(hospital: Program) -> Person:
    """A coordinator."""
    return person("grace@harbour.example", "coordinator", name="Grace Okafor")


def entered(by: Person) -> Case:
    """Enter a whole request for a mother who has a telephone and no e-mail address."""
    case = begun(by, email=" ")
    cases.save_emergency(by=by, case=case, emergency=False)
    cases.save_child(
        by=by, case=case, full_name="Luz Vega", latin_name="", birth_date=BORN, sex="F"
    )
    cases.save_provider(
        by=by, case=case, full_name="Dr. Peña", clinic="", email="pena@clinic.example", phone="",
        language="es",
    )  # fmt: skip
    cases.save_story(by=by, case=case, diagnosis="Epilepsia")
    cases.save_questions(by=by, case=case, texts=["¿Qué es?"])
    consent(by, case)
    return case


def printed(desk: Client, case: Case) -> str:
    """Have a code printed, and return it as it stands on the paper."""
    page = desk.post(f"/desk/cases/{case.reference}/way-in/", {"make": "paper"})
    assert page["Cache-Control"] == "no-store"
    found = re.search(r"\b([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})\b", page.content.decode())
    assert found
    return found[1]


def test_a_family_without_an_address_comes_in_by_paper_and_comes_back(grace: Person) -> None:
    case = entered(grace)
    actions.submit_entry(by=grace, case=case)
    rosa = CaseEntry.objects.get(case=case).family
    assert (rosa.email, roles_of(case, rosa)) == (None, set())
    desk = sign_in(grace)
    assert "no e-mail address" in desk.get(f"/desk/entering/{case.reference}/").content.decode()
    old, code = printed(desk, case), printed(desk, case)
    phone = Client()
    assert phone.post("/take-over/", {"code": old}).status_code == 400, "a fresh one ends the old"
    there = phone.post("/take-over/", {"code": f" {code.lower()} "})
    assert there["Location"] == f"/take-over/{code.replace('-', '')}/"
    wrong = phone.post(there["Location"], BIRTHDAY | {"birth_date_day": "15"})
    assert wrong.status_code == 400
    assert phone.get(f"/my/cases/{case.reference}/").status_code in {302, 404}, "not in yet"
    taken = phone.post(there["Location"], BIRTHDAY)
    assert taken["Location"] == f"/my/cases/{case.reference}/"
    page = phone.get(taken["Location"])
    assert page.status_code == 200
    assert "llave de acceso" in page.content.decode(), "in her language"
    assert phone.get(f"/my/cases/{case.reference}/family/").status_code == 200
    assert Client().post("/take-over/", {"code": code}).status_code == 400, "it works once"
    # The telephone is lost: the coordinator who leads the case by now makes another one.
    cases.take(by=grace, case=case)
    assert "A way in" in desk.get(f"/desk/cases/{case.reference}/people/").content.decode()
    again = printed(desk, case).replace("-", "")
    assert Client().post(f"/take-over/{again}/", BIRTHDAY).status_code == 302
    last = printed(desk, case).replace("-", "")
    end_parts(case=case, role="family", by=grace, why="A court keeps her out")
    assert b"birth_date" not in Client().get(f"/take-over/{last}/").content
    verbs = [row.verb for row in entries_for(case.pk)]
    assert verbs.count("entry-taken-over") == verbs.count("entry-code-used") == 1


def test_a_code_ends_by_itself_by_the_desk_and_by_wrong_days(grace: Person) -> None:
    case = begun(grace, email="")
    with pytest.raises(Refused) as refused:
        actions.make_code(by=grace, case=case)
    assert refused.value.code == "birth-date"
    cases.save_child(
        by=grace, case=case, full_name="Luz Vega", latin_name="", birth_date=BORN, sex="F"
    )
    rosa, opens = CaseEntry.objects.get(case=case).family, "/take-over/{}/"
    late = actions.make_code(by=grace, case=case)
    with time_machine.travel(clock.now() + timedelta(days=15), tick=False):
        assert b"birth_date" not in Client().get(opens.format(late)).content
    code = actions.make_code(by=grace, case=case)
    assert b"birth_date" in Client().get(opens.format(code)).content
    sign_in(grace).post(f"/desk/cases/{case.reference}/way-in/", {"make": "end"})
    assert b"birth_date" not in Client().get(opens.format(code)).content
    code = actions.make_code(by=grace, case=case)
    for day in range(1, 6):
        with pytest.raises(Refused):
            actions.take_over(by=rosa, token=code, birth_date=date(2017, 1, day))
    assert Client().post(opens.format(code), BIRTHDAY).status_code == 200
    assert roles_of(case, rosa) == set()
    assert {each.stands for each in access_links(rosa, case.pk)} == {"ended"}
    assert Client().get(opens.format(short_code(12))).status_code == 200


def test_who_may_make_codes_and_for_whom(grace: Person) -> None:
    omar = person("omar@harbour.example", "coordinator")
    with_mail, without = begun(grace), begun(grace, email="")
    for case, by in ((with_mail, grace), (without, omar)):
        with pytest.raises(NotYours):
            actions.make_code(by=by, case=case)
        with pytest.raises(NotYours):
            actions.end_codes(by=by, case=case)
    with pytest.raises(Refused) as refused:
        actions.text_code(by=grace, case=without)
    assert refused.value.code == "no-texts", "no gateway is set"
    with pytest.raises(Refused):
        actions.write_link(by=grace, case=without)
    answer = sign_in(grace).post(
        "/desk/entering/",
        {"way": "walk-in", "full_name": "Rosa", "kind": "parent", "language": "es", "email": "",
         "may_decide": "on", "phone": "", "country": "MX", "specialty": str(without.specialty_id)},
    )  # fmt: skip
    assert "we need a phone number" in answer.content.decode()


def test_a_text_brings_the_link_and_later_only_that_there_is_a_message(
    grace: Person,
    gateway: type[Gateway],  # noqa: F811
) -> None:
    case = entered(grace)
    actions.submit_entry(by=grace, case=case)
    jobs.run_all()
    [(said, _key)] = gateway.asked
    assert said["to"] == "+523355500199"
    found = re.search(r"/take-over/([0-9A-Z]{12})/", said["text"])
    assert found
    for secret in ("Luz", "Epilepsia", case.reference):
        assert secret not in said["text"]
    assert Client().post(found[0], BIRTHDAY).status_code == 302
    rosa = CaseEntry.objects.get(case=case).family
    notify(to=rosa, template="message-waiting", case_id=case.pk, link="/my/")
    jobs.run_all()
    assert "you have a message" in gateway.asked[-1][0]["text"] or "mensaje" in str(gateway.asked)
    assert not Message.objects.filter(to=rosa, channel="mail").exists()


def test_what_reaches_nobody_is_said_by_telephone(grace: Person, settings: Any) -> None:
    settings.SMS_URL = ""
    case = entered(grace)
    actions.submit_entry(by=grace, case=case)
    actions.take_over(
        by=CaseEntry.objects.get(case=case).family, token=actions.make_code(by=grace, case=case),
        birth_date=BORN,
    )  # fmt: skip
    cases.take(by=grace, case=case)
    jobs.run_all()
    mailing.notice_undelivered()
    assert Case.objects.filter(needs.has(Why.UNDELIVERED), pk=case.pk).exists()
    page = sign_in(grace).get(f"/desk/cases/{case.reference}/").content.decode()
    assert "Say it by telephone" in page
    assert "+52 33 5550 0199" in page
    mailing.see_to_undelivered(by=grace, case=case)
    case.refresh_from_db()
    assert case.state == State.COLLECTING
    assert mailing.undelivered(case) == []
