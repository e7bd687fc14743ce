"""Eligibility and prices: place, field and residence; what a family sees before it begins."""

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client, TestCase
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.core.errors import Refused
from secondopinion.desk.actions.rules_due import tell_rules_due
from secondopinion.messaging.models import Message
from secondopinion.program import actions, queries
from secondopinion.program.models import DeliveryRule, GuardianRule, Price, Program, Specialty
from secondopinion.program.sections import SECTIONS
from tests.web.conftest import draft, person, sign_in, start

VISITORS = {
    "country": "MX", "specialty": "", "residence": "visitor", "mode": "not_offered",
    "legal_basis": "Counsel", "reasons": {"en": "Ask at home."}, "checked_on": "2026-11-01",
    "checked_by": "",
}  # fmt: skip


@pytest.fixture
def admin(hospital: Program) -> Person:
    """Somebody who may change the program."""
    return person("paul@harbour.example", "administrator", name="Paul Novak")


def with_rule(admin: Person, **more: Any) -> None:
    """Add a rule for who only visits; it holds from its transaction’s end."""
    rows = [*SECTIONS["rules"].read(), VISITORS | more]
    revision = Program.objects.get().revision
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.change(by=admin, section="rules", value=rows, revision=revision)


def test_the_most_specific_rule_wins_and_residence_counts_once_it_is_told(admin: Person) -> None:
    brain = Specialty.objects.get(key="brain-and-nerves")
    assert not queries.residence_matters("MX", brain.pk)
    with_rule(admin)
    assert queries.residence_matters("MX", brain.pk)
    assert not queries.residence_matters("CO", brain.pk)
    assert queries.delivery_rule("MX", brain.pk).mode == "family_and_provider"
    assert queries.delivery_rule("MX", brain.pk, "resident").mode == "family_and_provider"
    assert queries.delivery_rule("MX", brain.pk, "visitor").mode == "not_offered"
    minds = Specialty.objects.get(key="mental-health")
    assert queries.delivery_rule("MX", minds.pk, "resident").mode == "not_offered"
    with pytest.raises(Refused):
        with_rule(admin)  # the same place twice


def test_a_family_is_asked_where_it_matters_and_told_before_it_goes_on(admin: Person) -> None:
    parent = person("maria@familia.example")
    browser = sign_in(parent)
    case = start(browser)
    assert (
        "Does your child live there?"
        not in browser.get(reverse("my-may", args=[case.reference])).content.decode()
    )
    with_rule(admin)
    brain = Specialty.objects.get(key="brain-and-nerves")
    answer = browser.post("/my/start/", {"country": "MX", "specialty": str(brain.pk)})
    case = Case.objects.order_by("-created_at").first() or case
    may = reverse("my-may", args=[case.reference])
    assert answer["Location"] == may
    assert "Does your child live there?" in browser.get(may).content.decode()
    browser.post(may, {"residence": "visitor"})
    assert "We cannot help with this" in browser.get(may).content.decode()
    browser.post(f"{may}?again=1", {"residence": "resident"})
    assert "600 US dollars" in browser.get(may).content.decode()


def test_a_draft_of_before_the_rule_has_to_answer_first(admin: Person) -> None:
    parent = person("maria@familia.example")
    case = draft(parent)
    with_rule(admin)
    with pytest.raises(Refused) as refused:
        cases.submit(by=parent, case=case)
    assert refused.value.field == "start"
    cases.save_residence(by=parent, case=case, residence="resident")
    assert cases.submit(by=parent, case=case).state == "submitted"


def test_anybody_sees_whether_they_can_be_helped_without_signing_in(admin: Person) -> None:
    with_rule(admin)
    Price.objects.create(kind="opinion", country="MX", amount=4000, currency="MXN")
    brain, browser = Specialty.objects.get(key="brain-and-nerves"), Client()
    page = reverse("can-help")
    assert browser.get(page).status_code == 200
    asked = {"country": "MX", "specialty": str(brain.pk)}
    assert "Does your child live there?" in browser.get(page, asked).content.decode()
    there = browser.get(page, asked | {"residence": "resident"}).content.decode()
    assert "Yes, we may be able to help" in there
    assert "4,000 Mexican pesos" in there
    gone = browser.get(page, asked | {"residence": "visitor"}).content.decode()
    assert "Ask at home." in gone
    assert "Our phone number:" in gone
    assert "Our phone number:" not in there
    assert "Choose one" in browser.get(page, {"country": "", "specialty": "x"}).content.decode()
    assert not Case.objects.exists()


def test_rules_a_year_old_are_marked_told_of_and_checked_again(admin: Person) -> None:
    assert tell_rules_due() == 0
    due = clock.today() - queries.CHECK_AGAIN
    GuardianRule.objects.update(checked_on=due)
    DeliveryRule.objects.filter(country="MX").update(checked_on=due)
    assert tell_rules_due() == 1
    mail = Message.objects.get(template="rules-to-check")
    assert mail.to == admin
    browser = sign_in(admin)
    assert browser.get("/program/").content.decode().count("checked almost a year ago") == 2
    for section, row in (("guardians", 0), ("rules", _number("MX"))):
        page = browser.get(f"/program/{section}/").content.decode()
        assert page.count("check it again") == 1
        revision = Program.objects.get().revision
        browser.post(f"/program/{section}/{row}/", {"checked": "1", "revision": revision})
        assert "check it again" not in browser.get(f"/program/{section}/").content.decode()
    rule = GuardianRule.objects.get()
    assert (rule.checked_on, rule.checked_by) == (clock.today(), "Paul Novak")
    assert tell_rules_due() == 0


def _number(country: str) -> int:
    rows = SECTIONS["rules"].read()
    return next(place for place, row in enumerate(rows) if row["country"] == country)


def test_rules_and_prices_are_changed_on_their_pages(admin: Person) -> None:
    browser = sign_in(admin)
    form = {
        "country": "MX", "both_parents": "on", "assent_from": "12", "adult_from": "18",
        "legal_basis": "Counsel", "checked_on": "2026-11-20", "checked_by": "A. Lawyer",
        "revision": Program.objects.get().revision,
    }  # fmt: skip
    assert browser.post("/program/guardians/new/", form).status_code == 302
    assert queries.guardian_rule("MX").both_parents
    assert not queries.guardian_rule("CO").both_parents
    form |= {"country": "CO", "assent_from": "18", "revision": Program.objects.get().revision}
    assert "lower number" in browser.post("/program/guardians/new/", form).content.decode()
    price = {
        "kind": "panel", "country": "", "amount": "900", "currency": "usd",
        "revision": Program.objects.get().revision,
    }  # fmt: skip
    assert browser.post("/program/prices/new/", price).status_code == 302
    assert queries.price_of("panel", "AE") == (900, "USD")
    assert queries.price_of("opinion", "AE") == (600, "USD")
    for page in ("/program/", "/program/prices/", "/program/guardians/", "/program/changes/"):
        assert browser.get(page).status_code == 200
    caches["memory"].clear()
