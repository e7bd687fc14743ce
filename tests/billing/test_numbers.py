"""Numbers and taxes of invoices: no gap, the right year, exact to the cent, and as printed."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.accounts.models import Person
from secondopinion.billing import actions, papers, queries, refunding, taxes
from secondopinion.billing.models import CreditNote, Fee, NumberSeries
from secondopinion.billing.numbering import next_number
from secondopinion.cases.models import Case
from secondopinion.core.errors import Refused
from secondopinion.program import actions as program_actions
from secondopinion.program.models import Program
from secondopinion.program.sections import SECTIONS
from tests.billing.test_fees import text_of
from tests.web.conftest import person, taken, yesterday

CENTS = st.decimals("0.01", "999999.99", places=2)
RATES = st.decimals("0", "100", places=2)


@pytest.fixture
def held(hospital: Program) -> tuple[Case, Person]:
    """A case and its coordinator."""
    return taken(person("maria@familia.example", name="María López"))


def settle_terms(hospital: Program, **more: object) -> None:
    """Change the terms of the program."""
    value = SECTIONS["terms"].read() | more
    program_actions.change(by=None, section="terms", value=value, revision=hospital.revision)
    caches["memory"].clear()


@given(CENTS, RATES)
def test_net_and_tax_are_together_the_price(gross: Decimal, rate: Decimal) -> None:
    net = taxes.net_of(gross, rate, "USD")
    assert net == net.quantize(Decimal("0.01"))
    assert abs(net * (100 + rate) / 100 - gross) <= Decimal("0.01"), "within half a cent of net"
    assert net == gross if rate == 0 else 0 <= net <= gross


@given(st.lists(CENTS, min_size=1, max_size=6), RATES)
def test_the_parts_of_a_refund_are_together_what_the_invoice_is(
    parts: list[Decimal], rate: Decimal
) -> None:
    before, nets = Decimal(0), Decimal(0)
    for part in parts:
        nets += taxes.net_of_part(before, part, rate, "EUR")
        before += part
    assert nets == taxes.net_of(before, rate, "EUR")


def test_currencies_without_cents_have_none() -> None:
    assert taxes.net_of(Decimal(11000), Decimal(10), "JPY") == 10000
    assert papers.money(Decimal(600), "JPY") == "600 JPY"
    assert papers.money(Decimal(600), "KWD") == "600.00 KWD"


def test_each_series_begins_anew_with_the_year_on_the_programs_clock(hospital: Program) -> None:
    old = datetime(2027, 1, 1, 4, 59, tzinfo=UTC)  # still 2026 in Boston
    new = datetime(2027, 1, 1, 5, 0, tzinfo=UTC)
    invoice, credit = NumberSeries.Kind.INVOICE, NumberSeries.Kind.CREDIT
    assert [next_number(invoice, old), next_number(invoice, old)] == [
        "INV-2026-00001", "INV-2026-00002",
    ]  # fmt: skip
    assert next_number(credit, old) == "CN-2026-00001"
    with transaction.atomic():
        next_number(invoice, new)
        transaction.set_rollback(True)
    assert next_number(invoice, new) == "INV-2027-00001", "what was undone left no gap"


def test_what_the_settings_refuse(hospital: Program) -> None:
    for more in (
        {"tax_rate": "100.01"}, {"tax_rate": "-1"}, {"tax_rate": "21.005"},
        {"tax_rate": "21", "tax_exempt": {"en": "Exempt."}}, {"tax_exempt": {"es": "Exento."}},
    ):  # fmt: skip
        with pytest.raises(Refused):
            settle_terms(hospital, **more)


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_papers_show_number_issuer_and_tax(
    held: tuple[Case, Person], hospital: Program, language: str
) -> None:
    case, grace = held
    Case.objects.filter(pk=case.pk).update(language=language)
    case.refresh_from_db()
    settle_terms(hospital, tax_rate="21", tax_number="ESQ1234567C")
    fee = actions.charge(case=case, by=grace)
    settle_terms(Program.objects.get(), tax_rate="10", tax_number="OTHER")
    written = {
        "en": ("495.87 USD", "104.13 USD", "600.00 USD", "165.29"),
        "es": ("495,87 USD", "104,13 USD", "600,00 USD", "165,29"),
        "ar": ("495.87 USD", "104.13 USD", "600.00 USD", "165.29"),
    }[language]
    invoice = text_of(papers.paper(by=grace, fee=queries.fee_in(case), kind="invoice"))
    for each in (fee.number, "ESQ1234567C", *written[:3]):
        assert each in invoice, "as it was when the invoice was issued"
    actions.note_payment(
        fee=fee, by=grace, amount=fee.amount, due=fee.amount, on=yesterday(), note="Transfer"
    )
    [back] = refunding.give_back(fee=fee, by=grace, amount=Decimal(200), reason="Agreed")
    fresh = queries.fee_in(case)
    note = text_of(papers.paper(by=grace, fee=fresh, kind="credit", credit=back.credit))
    for each in (back.credit.number, fee.number, written[3]):
        assert each in note
    refunding.give_back(fee=fee, by=grace, amount=Decimal(400), reason="The rest")
    assert sum(each.net for each in CreditNote.objects.all()) == Decimal("495.87")


def test_an_exempt_program_prints_its_sentence_and_no_tax(
    held: tuple[Case, Person], hospital: Program
) -> None:
    case, grace = held
    settle_terms(hospital, tax_exempt={"en": "Exempt under section 501(c)(3).", "es": "Exento."})
    fee = actions.charge(case=case, by=grace)
    text = text_of(papers.paper(by=grace, fee=queries.fee_in(case), kind="invoice"))
    assert "Exempt under section 501(c)(3)." in text
    assert "Without tax" not in text
    Fee.objects.filter(pk=fee.pk).update(number=None)
    assert queries.papers_of(queries.fee_in(case)) == [], "without a number there is no paper"
