"""The local provider: never the family itself, asked before a session changes, free to say no."""

import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from secondopinion.accounts.models import Person
from secondopinion.accounts.rules import same_mailbox
from secondopinion.cases import actions, rules
from secondopinion.cases.models import Case, LocalProvider
from secondopinion.core import jobs
from secondopinion.core.errors import Refused
from secondopinion.guardians import actions as guarding
from secondopinion.messaging.models import Message
from secondopinion.opinions import actions as opinions
from secondopinion.program.models import Program
from tests.web.conftest import Whole, draft, page, person, sign_in, submitted

PROVIDER = {
    "full_name": "Dra. Lucía Ramírez", "clinic": "San Rafael", "email": "lucia@clinica.example",
    "phone": "", "language": "es",
}  # fmt: skip


def english() -> Client:
    """Return a browser of somebody who has not signed in and reads English."""
    browser = Client()
    browser.cookies["django_language"] = "en"
    return browser


def link_in(message: Message) -> str:
    """Return the one-time link of a mail."""
    found = re.search(r"/link/[\w-]+/", message.body)
    assert found, message.body
    return found[0]


def latest(case: Case, template: str) -> Message:
    """Return the latest mail of a kind about a case."""
    return Message.objects.filter(case_id=case.pk, template=template).latest("created_at")


@pytest.mark.parametrize(
    ("country", "familys", "zone"),
    [
        ("SA", "UTC", "Asia/Riyadh"),
        ("MX", "America/Tijuana", "America/Tijuana"),
        ("MX", "Asia/Riyadh", "UTC"),  # the family travels; the country has several
        ("SA", "Europe/Madrid", "Asia/Riyadh"),
    ],
)
def test_times_are_those_of_home_until_a_device_says_more(
    hospital: Program, country: str, familys: str, zone: str
) -> None:
    family = person("maria@familia.example")
    case = draft(family, country=country)
    Person.objects.filter(pk=family.pk).update(timezone=familys)
    actions.invite_provider(case=case, by=family)
    doctor = LocalProvider.objects.get(case=case).person
    assert doctor is not None
    assert doctor.timezone == zone
    asked = guarding.ask_parent(
        by=family, case=case, full_name="Juan López", email="juan@familia.example", language="es"
    )
    assert asked.person is not None
    assert asked.person.timezone == zone
    browser = Client()
    browser.cookies["zone"] = "Asia/Tokyo"
    browser.post(link_in(latest(case, "provider-invited")), follow=True)
    doctor.refresh_from_db()
    assert doctor.timezone == "Asia/Tokyo", "as their device has it"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("maria@familia.example", "MARIA@Familia.example", True),
        ("maria@familia.example", "maria+doctor@familia.example", True),
        ("maria.lopez@gmail.com", "marialopez@googlemail.com", True),
        ("maria.lopez@familia.example", "marialopez@familia.example", False),
        ("maria@familia.example", "lucia@familia.example", False),
        ("", "", False),
    ],
)
def test_an_address_is_known_however_it_is_written(one: str, other: str, same: bool) -> None:
    assert same_mailbox(one, other) is same


@pytest.mark.parametrize("email", ["maria@familia.example", "Maria+doctor@FAMILIA.example"])
def test_the_familys_own_address_is_refused_at_its_field(hospital: Program, email: str) -> None:
    maria = person("maria@familia.example")
    case = draft(maria)
    answer = sign_in(maria).post(page(case, "provider"), PROVIDER | {"email": email})
    assert answer.status_code == 200
    assert 'id="id_email-error"' in answer.content.decode()
    case.local_provider.refresh_from_db()
    assert case.local_provider.email != email


def test_a_request_with_the_familys_own_address_is_not_sent(hospital: Program) -> None:
    """It may have been kept before the family's own address was known."""
    maria = person("maria@familia.example")
    case = draft(maria)
    LocalProvider.objects.filter(case=case).update(email="maria@familia.example")
    with pytest.raises(Refused) as refused:
        actions.submit(by=maria, case=Case.objects.get(pk=case.pk))
    assert refused.value.code == "provider-is-family"


@pytest.mark.parametrize(
    ("email", "phone", "country", "count"),
    [
        ("lucia@clinica.example", "", "IN", 0),
        ("lucia@familia.example", "", "MX", 1),
        ("lucia@clinica.example", "0052 33 5550-0100", "MX", 1),
        ("doctor@gmail.com", "", "IN", 1),
        ("doctor@gmail.com", "", "MX", 0),
    ],
)
def test_what_speaks_for_a_look_at_the_clinic(
    hospital: Program, email: str, phone: str, country: str, count: int
) -> None:
    case = draft(person("maria@familia.example"), country=country)
    provider = LocalProvider(case=case, email=email, phone=phone)
    assert len(rules.provider_doubts(case, provider)) == count


def test_a_doubtful_confirmation_is_settled_by_the_coordinator(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case = draft(maria, country="IN")
    actions.save_provider(by=maria, case=case, **PROVIDER | {"email": "doctor@gmail.com"})
    case.refresh_from_db()
    case = actions.submit(by=maria, case=case)
    coordinator = person("grace@harbour.example", "coordinator")
    actions.take(by=coordinator, case=case)
    provider = LocalProvider.objects.get(case=case)
    actions.confirm_treating(by=provider.person, case=case)
    assert case.checklist.get(key="provider-confirmed").state != "arrived"
    shown = sign_in(coordinator).get(f"/desk/cases/{case.reference}/people/").content.decode()
    assert "a mail service where anybody can have one" in shown


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "written second opinion",
                "no health data",
                "you treat the child",
                "until 3 December 2026",
            ],
        ),
        (
            "es",
            ["segunda opinión", "datos de salud", "si atiende", "hasta el 3 de diciembre de 2026"],
        ),
        ("ar", ["رأياً طبياً ثانياً", "معلومات صحية", "هل تعالجون", "حتى 3 ديسمبر 2026"]),
    ],
)
def test_the_mail_says_what_it_is_what_to_do_until_when_and_whom_to_call(
    hospital: Program, language: str, words: list[str]
) -> None:
    maria = person("maria@familia.example", name="María López")
    case = draft(maria)
    LocalProvider.objects.filter(case=case).update(language=language)
    with time_machine.travel("2026-11-03 12:00", tick=False):
        actions.submit(by=maria, case=Case.objects.get(pk=case.pk))
    mail_out = latest(case, "provider-invited")
    for word in [*words, hospital.phone, case.reference, hospital.hospitals[language]]:
        assert word in mail_out.body, word
    for word in (case.child.full_name, "María", case.request.diagnosis):
        assert word not in mail_out.body + mail_out.subject


def test_a_link_never_replaces_a_session_unasked(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case = submitted(maria)
    link = link_in(latest(case, "provider-invited"))
    browser = sign_in(maria)
    shown = browser.get(link).content.decode()
    assert "for the doctor who treats your child" in shown
    for values in ({}, {"instead": "1"}):
        browser.post(link, values)
        assert browser.get(f"/my/cases/{case.reference}/").status_code == 200
    somebody = sign_in(person("amina@usra.example", name="Amina"))
    assert "Amina" in somebody.get(link).content.decode()
    somebody.post(link)
    assert somebody.get(f"/provider/cases/{case.reference}/").status_code == 404
    somebody.post(link, {"instead": "1"})
    assert somebody.get(f"/provider/cases/{case.reference}/").status_code == 200
    # Their own link, opened once more, leads on.
    assert somebody.get(link)["Location"] == f"/provider/cases/{case.reference}/"


def test_signing_in_replaces_the_session_of_a_link(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, browser = submitted(maria), english()
    browser.post(link_in(latest(case, "provider-invited")))
    assert browser.get("/my/start/")["Location"].startswith("/sign-in/")
    mail.outbox.clear()
    jobs.run_all()
    mail.outbox.clear()
    browser.post("/sign-in/", {"email": "maria@familia.example"})
    jobs.run_all()
    code = mail.outbox[0].body.partition("\n")[0].rpartition(" ")[2]
    assert 'name="code"' in browser.get("/sign-in/code/").content.decode()
    browser.post("/sign-in/code/", {"code": code})
    assert browser.get(f"/my/cases/{case.reference}/").status_code == 200


def test_every_mail_to_the_provider_opens_the_case(whole: Whole) -> None:
    """The report's mail came after the first link was used up."""
    doctor = english()
    message = latest(whole.case, "report-for-provider")
    assert "Sign in" not in message.body
    doctor.post(link_in(message))
    assert doctor.get(f"/provider/cases/{whole.case.reference}/").status_code == 200


def test_mails_that_answers_can_reach(whole: Whole) -> None:
    jobs.run_all()
    assert mail.outbox
    for sent in mail.outbox:
        assert sent.reply_to == ["second-opinion@harbour-childrens.example"]
        at_work = sent.to[0].endswith("@harbour.example")
        assert ("+1 617 555 0142" in sent.body) is not at_work


def test_the_provider_says_no_and_the_family_names_another(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, doctor = submitted(maria), english()
    first = link_in(latest(case, "provider-invited"))
    doctor.post(first)
    here = f"/provider/cases/{case.reference}/"
    assert "We then write to you no more" in doctor.get(here).content.decode()
    assert "Thank you" in doctor.post(f"{here}decline/", {"text": "wrong"}).content.decode()
    assert doctor.get(here).status_code == 404
    assert Message.objects.filter(template="provider-declined", to=maria).count() == 1
    Client().post(first, {"again": "1"})
    assert not Message.objects.filter(template="provider-link").exists()
    browser, mine = sign_in(maria), f"/my/cases/{case.reference}/"
    shown = browser.get(mine).content.decode()
    assert f"{mine}provider/" in shown
    assert "wrong" not in shown
    named = PROVIDER | {"full_name": "Dr. New", "email": "new@other-clinic.example"}
    assert browser.post(f"{mine}provider/", named).status_code == 302
    another = english()
    another.post(link_in(latest(case, "provider-invited")))
    assert another.get(here).status_code == 200
    another.post(f"{here}confirm/", {"text": "The dose is 300 mg."})
    assert "The dose is 300 mg." in another.get(here).content.decode()
    refused = browser.post(f"{mine}provider/", PROVIDER)
    assert "has confirmed already" in refused.content.decode()


def test_where_it_goes_through_the_provider_the_family_is_told(whole: Whole) -> None:
    case = whole.case
    Case.objects.filter(pk=case.pk).update(state="reported", delivery_mode="through_provider")
    case.refresh_from_db()
    whole.report.deliveries.all().delete()
    opinions.deliver(by=whole.coordinator, case=case)
    assert latest(case, "report-with-provider").to == whole.family
    shown = sign_in(whole.family).get(f"/my/cases/{case.reference}/").content.decode()
    with_doctor = "The report is with your local provider"
    assert shown.index(with_doctor) < shown.index("Who has your case") < shown.index("Messages")
    doctor = english()
    doctor.post(link_in(latest(case, "report-to-hand-on")))
    shown = doctor.get(f"/provider/cases/{case.reference}/").content.decode()
    assert "hand-on" in shown
    doctor.post(f"/provider/cases/{case.reference}/hand-on/", {"report": "1"})
    assert "Handed on" in doctor.get(f"/provider/cases/{case.reference}/").content.decode()


def test_a_report_is_not_delivered_to_nobody(whole: Whole) -> None:
    case: Any = whole.case
    Case.objects.filter(pk=case.pk).update(state="reported", delivery_mode="through_provider")
    case.refresh_from_db()
    case.participations.filter(role="local_provider").update(until=case.created_at)
    with pytest.raises(Refused) as refused:
        opinions.deliver(by=whole.coordinator, case=case)
    assert refused.value.code == "provider-missing"


def test_a_family_reads_before_the_report_that_its_doctor_gets_it(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case = submitted(maria)
    browser, here = sign_in(maria), f"/my/cases/{case.reference}/"
    said = "the report goes to your doctor"
    assert said not in browser.get(here).content.decode()
    Case.objects.filter(pk=case.pk).update(delivery_mode="through_provider")
    assert said in browser.get(here).content.decode()
    begun = draft(maria, child="Sofía Fernández")
    check = f"/my/cases/{begun.reference}/request/check/"
    assert said not in browser.get(check).content.decode()
    Case.objects.filter(pk=begun.pk).update(delivery_mode="through_provider")
    assert said in browser.get(check).content.decode(), "also before it is sent"


def test_the_report_stands_before_who_has_the_case_and_an_operation_by_itself(
    whole: Whole,
) -> None:
    browser, here = sign_in(whole.family), f"/my/cases/{whole.case.reference}/"
    shown = browser.get(here).content.decode()
    assert shown.index("Your report") < shown.index("Who has your case")
    report = browser.get(f"{here}reports/{whole.report.number}/").content.decode()
    assert "<h2>On an operation</h2><p><strong>No operation is advised" in report
    assert "Recommended tests</h2><p><strong>" not in report
