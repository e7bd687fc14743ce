"""Declining with a letter: what stands in it, what becomes of the fee, what cannot be saved."""

import re
from decimal import Decimal
from typing import Any

import pytest

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.billing import actions as billing
from secondopinion.billing.models import CreditNote, Refund
from secondopinion.cases.models import Case
from secondopinion.cases.states import State
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk import actions
from secondopinion.desk.actions.declining import letter_for
from secondopinion.desk.models import Refusal
from secondopinion.messaging.models import Message
from secondopinion.program import actions as program_actions
from secondopinion.program.models import DeclineKind, DeclineLetter, Program
from secondopinion.program.sections import SECTIONS
from tests.web.conftest import person, sign_in, taken, yesterday


@pytest.fixture
def case_of_grace(hospital: Program) -> tuple[Case, Person]:
    """A case that has been taken, and its coordinator."""
    return taken(person("maria@familia.example", language="es"))


def declined(by: Person, case: Case, kind: str = "cannot-help", **more: Any) -> Case:
    """Decline it with the shipped letter."""
    letter = letter_for(case, kind, "Necesita un examen.", case.language)
    return actions.decline(
        by=by, case=case, kind=kind, reason="Needs an examination.", letter=letter.text,
        instead=letter.instead, **more,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize("kind", DeclineKind.values)
def test_every_letter_is_filled_in_in_every_language(
    kind: str, language: str, case_of_grace: tuple[Case, Person]
) -> None:
    case, _grace = case_of_grace
    letter = letter_for(case, kind, "…why…", language)
    marked = "\u200e{}\u200e" if language == "ar" else "{}"
    assert marked.format(case.reference) in letter.text, "its parts keep their order"
    assert "…why…" in letter.text
    assert "{" not in letter.text + letter.instead
    assert ("911" in letter.text + letter.instead) == (kind == "emergency")
    DeclineLetter.objects.all().delete()
    assert letter_for(case, kind, "…why…", language) == letter, "shipped ones where there is none"


def test_a_case_is_declined_and_the_family_reads_the_letter(
    case_of_grace: tuple[Case, Person],
) -> None:
    case, grace = case_of_grace
    with pytest.raises(NotYours):
        declined(person("helen@harbour.example", "director"), case)
    with pytest.raises(Refused):
        actions.decline(by=grace, case=case, kind="", reason="r", letter="l", instead="i")
    with pytest.raises(Refused):
        actions.decline(by=grace, case=case, kind="emergency", reason="r", letter=" ", instead="i")
    desk = sign_in(grace)
    page = f"/desk/cases/{case.reference}/decline/"
    assert desk.get(page).status_code == 200
    shown = desk.post(page, {"kind": "cannot-help", "words": "Necesita un examen."})
    assert "no les ayudaría" in shown.content.decode()
    assert "would not help you here" in shown.content.decode(), "and in the coordinator's language"
    assert case.state != State.DECLINED
    sent = {
        "send": "1", "kind": "cannot-help", "reason": "r", "letter": "Querida familia",
        "instead": "Pregunten.",
    }  # fmt: skip
    again = desk.post(page, sent | {"reason": " "})
    assert (again.status_code, "Querida familia" in again.content.decode()) == (400, True), "kept"
    assert desk.post(page, sent).status_code == 302
    family = sign_in(Person.objects.get(email="maria@familia.example"))
    assert "Querida familia" in family.get(f"/my/cases/{case.reference}/").content.decode()
    assert "Querida familia" in desk.get(f"/desk/cases/{case.reference}/people/").content.decode()
    assert desk.get(page).status_code == 404, "it is declined already"


def test_a_family_that_cannot_wait_is_told_so_in_the_mail_and_on_its_page(
    case_of_grace: tuple[Case, Person],
) -> None:
    case, grace = case_of_grace
    declined(grace, case, kind="emergency")
    mother = Person.objects.get(email="maria@familia.example")
    mail = Message.objects.filter(to=mother).latest("created_at")
    assert mail.template == "case-declined-urgent"
    page = sign_in(mother).get(f"/my/cases/{case.reference}/").content.decode()
    assert "Su hijo necesita ahora un médico donde vive" in page
    assert "No podemos ayudar con esta solicitud" not in page


def test_a_fee_is_waived_given_back_or_kept_and_never_forgotten(
    case_of_grace: tuple[Case, Person],
) -> None:
    case, grace = case_of_grace
    omar = person("omar@harbour.example", "coordinator")
    fee = billing.charge(case=case, by=grace)
    with pytest.raises(NotYours):
        declined(omar, case)  # it cannot be undone: only by who leads the case
    billing.note_payment(
        fee=fee, by=grace, amount=fee.amount, due=fee.amount, on=yesterday(), note="By transfer"
    )
    with pytest.raises(Refused) as refused:
        declined(grace, case)
    assert refused.value.code == "fee"
    with pytest.raises(Refused) as refused:
        declined(grace, case, fee="returned", back=Decimal("600.01"))
    assert refused.value.code == "amount"
    assert case.state == State.COLLECTING
    declined(grace, case, fee="returned", back=Decimal("450.50"), back_reason="Work was done")
    refusal, back = Refusal.objects.get(case=case), Refund.objects.get()
    assert refusal.fee == "returned"
    assert "450,50 dólares" in refusal.letter.splitlines()[-1], "the letter says it, in Spanish"
    assert (back.amount, back.state, back.reason) == (Decimal("450.50"), "owed", "Work was done")
    assert back.credit.amount == Decimal("450.50")
    seen = sign_in(person("helen@harbour.example", "director")).get("/director/").content.decode()
    assert re.search(r"1 · <bdi>450\.50 US dollars</bdi>", seen), (
        "the figures say what was given back"
    )
    with pytest.raises(Conflict):
        declined(grace, case, fee="returned")
    assert Refund.objects.count() == CreditNote.objects.count() == 1
    assert {"fee-refunded", "case-decline"} <= {row.verb for row in entries_for(case.pk)}

    other, grace = taken(person("amina@usra.example"))
    fee = billing.charge(case=other, by=grace)
    declined(grace, other)
    fee.refresh_from_db()
    assert (fee.state, Refusal.objects.get(case=other).fee) == ("waived", "none")


@pytest.mark.parametrize(
    ("kind", "body", "place"),
    [
        ("cannot-help", {"en": "About {reference}."}, "bodies-en"),
        ("cannot-help", {"en": "{reference} {reason} {doctor}"}, "bodies-en"),
        ("cannot-help", {"en": "{reference} {reason}", "es": "{reference}"}, "bodies-es"),
        ("emergency", {"en": "{reference} {reason}"}, "bodies-en"),
        ("emergency", {"en": "{reference} {emergency_number"}, "bodies-en"),
    ],
)
def test_a_letter_that_cannot_be_filled_in_is_refused_at_saving(
    kind: str, body: dict[str, str], place: str, hospital: Program
) -> None:
    rows = [
        row | {"bodies": body} if row["kind"] == kind else row for row in SECTIONS["letters"].read()
    ]
    with pytest.raises(Refused) as refused:
        program_actions.change(by=None, section="letters", value=rows, revision=hospital.revision)
    assert refused.value.field == place
    with pytest.raises(Refused):
        program_actions.change(by=None, section="letters", value=rows[:2],
                               revision=hospital.revision)  # fmt: skip
