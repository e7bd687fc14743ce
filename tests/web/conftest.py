"""What the tests of the pages share: a program, people who sign in, a case taken all the way."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from PIL import Image

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases import actions
from secondopinion.cases.models import Case, ItemState
from secondopinion.cases.rules import NEEDED_CONSENTS
from secondopinion.core import clock, jobs
from secondopinion.experts import actions as experts
from secondopinion.followup import actions as followup
from secondopinion.opinions import actions as opinions
from secondopinion.opinions.models import SignedReport
from secondopinion.program import queries as program
from secondopinion.program.models import Program, Specialty
from secondopinion.records import queries as records
from secondopinion.referrals import actions as referrals

DOCUMENTS = Path(__file__).parents[2] / "secondopinion" / "demo" / "files" / "documents"


def sign_in(person: Person | None) -> Client:
    """Return a browser in which this person has signed in, staff with their second factor."""
    client = Client()
    if person is None:
        return client
    client.force_login(person)
    if person.staff_roles.exists() and not Authenticator.objects.filter(user=person).exists():
        TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def doctor_of(case: Case) -> Client:
    """Return a browser of a case's local provider, who has said when the child was born."""
    browser = sign_in(case.local_provider.person)
    session = browser.session
    session["knows-child-of"] = str(case.pk)
    session.save()
    return browser


@pytest.fixture
def maria(hospital: Program) -> Client:
    """A parent who has signed in."""
    return sign_in(person("maria@familia.example", language="en"))


def start(browser: Client, country: str = "MX", specialty: str = "brain-and-nerves") -> Case:
    """Answer the first page and return the draft that it began."""
    chosen = Specialty.objects.get(key=specialty)
    answer = browser.post("/my/start/", {"country": country, "specialty": str(chosen.pk)})
    assert answer.status_code == 302, answer.content.decode()
    return Case.objects.get(reference=answer["Location"].split("/")[3])


def page(case: Case, key: str) -> str:
    """Return the address of a page of the request."""
    return f"/my/cases/{case.reference}/request/{key}/"


def person(email: str, *roles: str, name: str = "", language: str = "en") -> Person:
    """Make somebody with these staff roles."""
    made = accounts.ensure_person(
        email=email, full_name=name or email.partition("@")[0].title(), language=language
    )
    for role in roles:
        accounts.grant_role(by=None, person=made, role=role)
    return made


def yesterday() -> date:
    """Return a day that is past at every hospital."""
    return clock.today() - timedelta(days=1)


def expert(email: str) -> Person:
    """Make a specialist for brains and nerves."""
    made = person(email, "specialist")
    experts.describe(
        by=None, person=made, specialties=list(Specialty.objects.filter(key="brain-and-nerves")),
        title="Pediatric neurologist", conditions=["epilep"], languages=["en"],
        registration="MA-1", capacity=5,
    )  # fmt: skip
    return made


def draft(family: Person, child: str = "Camila Fernández", country: str = "MX") -> Case:
    """Start a request and fill every page in."""
    case = actions.start_draft(by=family, language=family.language)
    actions.save_start(
        by=family, case=case, country=country,
        specialty=Specialty.objects.get(key="brain-and-nerves"),
    )  # fmt: skip
    actions.save_emergency(by=family, case=case, emergency=False)
    actions.save_child(
        by=family, case=case, full_name=child, latin_name="", birth_date=date(2017, 5, 14),
        sex="F", weight_kg=Decimal("24.5"), height_cm=Decimal(125),
    )  # fmt: skip
    actions.save_guardian(
        by=family, case=case, full_name="María López", latin_name="", phone="+52 33 5550 0100",
        kind="parent",
    )  # fmt: skip
    actions.save_provider(
        by=family, case=case, full_name="Dra. Lucía Ramírez", clinic="San Rafael",
        email=f"clinic.{family.email}", phone="", language="es",
    )  # fmt: skip
    actions.save_story(by=family, case=case, diagnosis="Epilepsia", medicines="Levetiracetam")
    actions.save_questions(by=family, case=case, texts=["Is it epilepsy?", "Can she swim?"])
    actions.give_consents(
        by=family, case=case, kinds=list(NEEDED_CONSENTS), disclaimer=program.disclaimer("en")
    )
    return case


@dataclass
class Whole:
    """A case that has been reported and is in follow-up, with everybody who has a part in it."""

    case: Case
    family: Person
    provider: Person
    coordinator: Person
    specialist: Person
    referral_coordinator: Person
    report: SignedReport
    ids: dict[str, Any] = field(default_factory=dict)


REPORT = {
    "history": "Two seizures.", "findings": "A normal brain.", "diagnosis": "agrees",
    "diagnosis_text": "It fits.", "plan": "agrees", "plan_text": "Go on.", "tests": "None.",
    "operation": "not_advised",
    "urgency": "routine", "limitations": "No examination.", "references": "",
    "summary": "Your child has a kind of epilepsy that is common at this age. It often goes away.",
    "answer_1": "Yes.", "answer_2": "Yes, with an adult.",
}  # fmt: skip


@cache
def letter() -> bytes:
    """Return a typewritten page, 1650 pixels wide: most tests want a record, few its every dot."""
    file = io.BytesIO()
    with Image.open(DOCUMENTS / "typewritten-page.png") as page:
        page.convert("L").resize((1650, 1181)).save(file, "PNG")
    return file.getvalue()


def submitted(family: Person) -> Case:
    """Send a complete request with one record."""
    case = draft(family)
    arrivals.receive_file(by=family, case=case, name="letter.png", source=io.BytesIO(letter()))
    jobs.run_all()
    return actions.submit(by=family, case=case)


def taken(family: Person) -> tuple[Case, Person]:
    """Return a case that a coordinator has taken, and the coordinator."""
    case = submitted(family)
    coordinator = person("grace@harbour.example", "coordinator", name="Grace Okafor")
    actions.take(by=coordinator, case=case)
    return case, coordinator


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case in its follow-up, with everybody who has a part in it."""
    return whole_case()


def whole_case() -> Whole:
    """Walk one case to its follow-up by the real actions: a record, a report, a question."""
    family = person("maria@familia.example", name="María López")
    coordinator = person("grace@harbour.example", "coordinator", name="Grace Okafor")
    referrer = person("ruth@harbour.example", "referral_coordinator")
    specialist = expert("mei@harbour.example")
    case = submitted(family)
    actions.take(by=coordinator, case=case)
    provider = case.local_provider.person
    actions.confirm_treating(by=provider, case=case)
    for item in case.checklist.exclude(state=ItemState.ARRIVED):
        actions.settle_item(by=coordinator, item=item, state=ItemState.ARRIVED)
    actions.complete(by=coordinator, case=case)
    offer = experts.offer(by=coordinator, case=case, expert=specialist.expert)
    experts.accept(by=specialist, offer=offer)
    opinion = opinions.start_report(by=specialist, case=case)
    opinion = opinions.save_draft(by=specialist, opinion=opinion, values=REPORT, base_revision=None)
    report = opinions.sign(by=specialist, opinion=opinion, reauthenticated_at=clock.now())
    opinions.deliver(by=coordinator, case=case)
    followup.ask(by=family, case=case, text="When do we repeat the EEG?")
    referral = referrals.open_referral(
        by=coordinator, case=case, to_name="Epilepsy clinic", to_country="US", what_for="A visit",
        urgency="routine",
    )  # fmt: skip
    referrals.assign(by=coordinator, referral=referral, to=referrer)
    referrals.ask_family(
        by=coordinator, referral=referral, to_name=referral.to_name, to_country="US"
    )
    case.refresh_from_db()
    record = records.for_case(case).get()
    return Whole(
        case, family, provider, coordinator, specialist, referrer, report,
        ids={"record": record.pk, "report": report.number},
    )  # fmt: skip


@pytest.fixture
def browser_of() -> Callable[[Person | None], Client]:
    """Return what signs a person in."""
    return sign_in
