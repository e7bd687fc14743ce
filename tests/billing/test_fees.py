"""Fees: the price list, waiting, waiving, refunds, papers, and the page of a provider."""

import itertools
import re
import subprocess
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.billing import actions, closing, papers, paying, queries, refunding, stripe
from secondopinion.billing.models import (
    CreditNote,
    Fee,
    FeePaper,
    Payment,
    ProviderEvent,
    Refund,
)
from secondopinion.billing.providers import Begun, Order, Unavailable
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ItemState
from secondopinion.core import clock, jobs, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts import actions as experts
from secondopinion.program.models import Price, Program
from tests.archival import broken
from tests.billing.stripe_server import Server, signature
from tests.web.conftest import expert, person, sign_in, taken, yesterday


def call(body: bytes, header: str | None = None) -> int:
    """Call the door for providers; return the status of its answer."""
    header = signature(body, clock.now().timestamp()) if header is None else header
    answer = Client(enforce_csrf_checks=True).post(
        "/payments/stripe/", body, content_type="application/json",
        headers={"Stripe-Signature": header},
    )  # fmt: skip
    return answer.status_code


def test_the_price_is_that_of_the_kind_and_the_country(
    held: tuple[Case, Person, Person],
) -> None:
    case, _family, coordinator = held
    Price.objects.create(kind="panel", country="", amount=900, currency="USD")
    Price.objects.create(kind="opinion", country="MX", amount=4000, currency="MXN")
    Price.objects.create(kind="opinion", country="CO", amount=1, currency="COP")
    fee = actions.charge(case=case, by=coordinator)
    assert (fee.amount, fee.currency) == (Decimal(4000), "MXN")
    assert actions.charge(case=case, by=coordinator, kind="panel").pk == fee.pk
    fee.delete()
    assert actions.charge(case=case, by=coordinator, kind="panel").amount == 900
    Fee.objects.all().delete()
    Price.objects.filter(country="MX").update(amount=0)
    caches["memory"].clear()
    with pytest.raises(Refused):
        actions.charge(case=case, by=coordinator)


def test_a_case_waits_for_its_fee_or_not(held: tuple[Case, Person, Person]) -> None:
    case, family, coordinator = held
    Program.objects.update(fee_waits=True)
    caches["memory"].clear()
    fee = actions.charge(case=case, by=coordinator)
    for item in case.checklist.all():
        cases.settle_item(by=coordinator, item=item, state=ItemState.ARRIVED)
    cases.complete(by=coordinator, case=case)
    somebody = expert("mei@harbour.example").expert
    with pytest.raises(Refused) as refused:
        experts.offer(by=coordinator, case=case, expert=somebody)
    assert refused.value.code == "fee-due"
    shown = sign_in(family).get(f"/my/cases/{case.reference}/fee/").content.decode()
    assert "as soon as it is paid" in shown
    desk, page = sign_in(coordinator), f"/desk/cases/{case.reference}/fee/"
    desk.post(f"{page}do/wait/", {"waits": "no"})
    fee.refresh_from_db()
    assert not fee.waits
    desk.post(f"{page}do/waive/", {"state": "waived", "note": " "})
    fee.refresh_from_db()
    assert fee.state == "due", "nothing is waived without a reason"
    desk.post(f"{page}do/waive/", {"state": "waived", "note": "Charity fund"})
    desk.post(f"{page}do/wait/", {"waits": "yes"})
    experts.offer(by=coordinator, case=case, expert=somebody)
    invoice, note = queries.papers_of(queries.fee_in(case))
    assert (invoice.kind, note.kind) == ("invoice", "credit"), "a waiver takes the invoice back"
    assert note.credit is not None
    assert note.credit.amount == 600


def text_of(paper: FeePaper) -> str:
    """Return the words of a PDF, as another program reads them."""
    data = vault.read(paper.blob)
    read = subprocess.run(["pdftotext", "-", "-"], input=data, check=True, capture_output=True)
    words = re.sub("[\u202a-\u202e]", "", read.stdout.decode())  # marks of direction
    return " ".join(words.split())


@pytest.mark.parametrize(("language", "word"), [("es", "Factura"), ("ar", "فاتورة")])
def test_papers_are_in_the_familys_language_and_made_once(
    held: tuple[Case, Person, Person], language: str, word: str
) -> None:
    case, family, coordinator = held
    Case.objects.filter(pk=case.pk).update(language=language)
    case.refresh_from_db()
    fee = actions.charge(case=case, by=coordinator)
    invoice = papers.paper(by=family, fee=queries.fee_in(case), kind="invoice")
    assert fee.number
    text = text_of(invoice)
    assert fee.number in text
    assert case.reference in text
    assert "Camila" not in text, "neither the child nor an illness"
    if language == "es":
        assert word in text, "letters of Arabic come in another order"
        assert "600,00 USD" in text
    with pytest.raises(NotYours):
        papers.paper(by=family, fee=queries.fee_in(case), kind="receipt")
    actions.note_payment(
        fee=fee,
        by=coordinator,
        amount=fee.amount,
        due=fee.amount,
        on=yesterday(),
        note="Transfer of 3 May",
    )
    [back] = refunding.give_back(
        fee=fee, by=coordinator, amount=Decimal("100.50"), reason="Agreed", transferred=True
    )
    fresh = queries.fee_in(case)
    assert fresh.state == "paid"
    assert papers.paper(by=family, fee=fresh, kind="invoice").pk == invoice.pk
    receipt = papers.paper(by=family, fee=fresh, kind="receipt")
    credit = papers.paper(by=family, fee=fresh, kind="credit", credit=back.credit)
    for each in (invoice, receipt, credit):
        assert broken(vault.read(each.blob)) == []
    assert len({invoice.blob_id, receipt.blob_id, credit.blob_id}) == 3
    address = f"/files/{case.reference}/fee/receipt.pdf"
    assert sign_in(family).get(address).status_code == 200
    assert sign_in(coordinator).get(address).status_code == 200
    for other in (case.local_provider.person, person("rosa@familia.example")):
        assert sign_in(other).get(address).status_code == 404
    for amount in ("0", "499.51", "-1", "1.005"):
        with pytest.raises(Refused):
            refunding.give_back(fee=fee, by=coordinator, amount=Decimal(amount), reason="More")
    refunding.give_back(fee=fee, by=coordinator, amount=Decimal("499.50"), reason="All")
    assert queries.fee_in(case).state == "refunded"


def begun(held: tuple[Case, Person, Person]) -> tuple[Fee, Payment]:
    """Return a fee whose family has begun to pay online."""
    case, family, coordinator = held
    fee = actions.charge(case=case, by=coordinator)
    fee.case = case
    return fee, paying.begin(fee=fee, by=family)


def test_the_hosted_page_is_asked_for_with_nothing_about_the_child(
    held: tuple[Case, Person, Person], server: Server
) -> None:
    case, family, coordinator = held
    fee = actions.charge(case=case, by=coordinator)
    browser, page = sign_in(family), f"/my/cases/{case.reference}/fee/"
    assert "Pay by card" in browser.get(page).content.decode()
    browser.post(page)
    payment = Payment.objects.get()
    assert payment.url in browser.get(page).content.decode()
    [order] = server.orders.values()
    assert order["line_items[0][price_data][unit_amount]"] == "60000"
    assert order["client_reference_id"] == str(payment.pk)
    told = " ".join(order.values())
    for secret in ("Camila", "María", str(family.email), "pilep"):
        assert secret not in told
    browser.post(page)
    assert len(server.orders) == 1, "one page is gone on with"
    with pytest.raises(NotYours):
        paying.begin(fee=queries.fee_in(case), by=coordinator)
    actions.waive(fee=fee, by=coordinator, note="Charity")
    with pytest.raises(Conflict):
        paying.begin(fee=queries.fee_in(case), by=family)


def test_a_provider_that_is_away_costs_nothing(
    held: tuple[Case, Person, Person], server: Server, settings: Any
) -> None:
    server.fails = 1
    with pytest.raises(Refused) as refused:
        begun(held)
    assert refused.value.code == "provider-away"
    _fee, payment = begun(held)
    assert payment.url
    assert Payment.objects.count() == 1
    Payment.objects.update(url="", external_id="")
    settings.STRIPE_SECRET_KEY = "sk_wrong"
    with pytest.raises(Refused):
        begun(held)
    settings.PAYMENTS = "hand"
    assert (
        "Pay by card"
        not in sign_in(held[1]).get(f"/my/cases/{held[0].reference}/fee/").content.decode()
    )
    assert call(b"{}") == 404, "no provider is set, so that none is heard"


def test_a_call_that_stripe_has_not_signed_changes_nothing(
    held: tuple[Case, Person, Person], server: Server, settings: Any
) -> None:
    fee, payment = begun(held)
    now = clock.now().timestamp()
    body = server.event(1, "checkout.session.completed", str(payment.pk))
    good = signature(body, now)
    for header in (
        "", "t=,v1=", "nonsense", signature(body, now, "whsec_other"),
        signature(body, now - 400), signature(body, now + 400), good.replace("v1=", "v0="),
        f"t={int(now)},v1=é",
    ):  # fmt: skip
        assert call(body, header) == 400
    assert call(body.replace(b"60000", b"60001"), good) == 400
    assert call(b"[]", signature(b"[]", now)) == 400
    assert call(bytes(300_000), good) == 413
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert call(body, signature(body, now, "")) == 400, "without a secret nobody is believed"
    fee.refresh_from_db()
    assert fee.state == "due"
    assert not ProviderEvent.objects.exists()


Row = tuple[str, dict[str, Any]]
_PAID: Row = ("checkout.session.completed", {})
_SLOW: Row = ("checkout.session.completed", {"payment_status": "unpaid"})
_LATER: Row = ("checkout.session.async_payment_succeeded", {})
_LATE_END: Row = ("checkout.session.expired", {"payment_status": "unpaid"})
_PART: Row = ("charge.refunded", {"amount_refunded": 10000})
_ALL: Row = ("charge.refunded", {"amount_refunded": 60000})


@pytest.mark.parametrize(
    ("events", "state", "back"),
    [
        ((_PAID, _LATE_END), "paid", 0),
        ((_SLOW, _LATER), "paid", 0),
        ((_PAID, _PART), "paid", 100),
        ((_PAID, _PART, _ALL), "refunded", 600),
        ((_LATE_END,), "due", 0),
    ],
)
def test_events_count_once_in_whatever_order_they_come(
    held: tuple[Case, Person, Person],
    server: Server,
    events: tuple[Row, ...],
    state: str,
    back: int,
) -> None:
    fee, payment = begun(held)
    bodies = [
        server.event(number, kind, str(payment.pk), **row)
        for number, (kind, row) in enumerate(events)
    ]
    for order in itertools.permutations(bodies):
        ProviderEvent.objects.all().delete()
        CreditNote.objects.all().delete()
        Refund.objects.all().delete()
        Payment.objects.update(state="open", paid_at=None)
        Fee.objects.update(state="due", settled_at=None)
        for body in (*order, *order[::-1]):  # each of them twice
            assert call(body) == 200
        fee.refresh_from_db()
        assert fee.state == state
        assert sum(each.amount for each in Refund.objects.all()) == back
        assert ProviderEvent.objects.count() == len(bodies)
    assert Payment.objects.count() == 1


def test_another_sum_settles_nothing_and_strange_events_do_no_harm(
    held: tuple[Case, Person, Person], server: Server
) -> None:
    fee, payment = begun(held)
    key = str(payment.pk)
    less = server.event(1, "checkout.session.completed", key, amount_total=1)
    other = server.event(2, "checkout.session.completed", key, currency="mxn")
    stranger = server.event(3, "checkout.session.completed", key, metadata={"payment": "x"})
    unknown = server.event(4, "customer.created", key, metadata=None)
    for body in (less, other, stranger, unknown):
        assert call(body) == 200
    fee.refresh_from_db()
    assert fee.state == "due"
    assert "payment-differs" in {each.verb for each in entries_for(fee.case_id)}
    assert call(server.event(5, "checkout.session.completed", key)) == 200


def test_a_page_closes_when_its_fee_is_settled_in_another_way(
    held: tuple[Case, Person, Person], server: Server
) -> None:
    fee, payment = begun(held)
    actions.waive(fee=fee, by=held[2], note="Charity")
    server.fails = 1
    with pytest.raises(Unavailable):
        closing.close(str(payment.pk))
    jobs.run_all()
    payment.refresh_from_db()
    assert (payment.state, payment.url, server.closed) == ("expired", "", {"cs_0"})
    closing.close(str(payment.pk))  # as after a death
    late = server.event(1, "checkout.session.expired", str(payment.pk), payment_status="unpaid")
    assert call(late) == 200
    fee.refresh_from_db()
    assert fee.state == "waived"
    assert "payment-closed" in {each.verb for each in entries_for(fee.case_id)}


def test_a_page_that_comes_when_the_fee_is_settled_is_closed(
    held: tuple[Case, Person, Person], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, family, coordinator = held
    fee = actions.charge(case=case, by=coordinator)
    fee.case = case
    real = stripe.Stripe.begin

    def slowly(self: stripe.Stripe, order: Order) -> Begun:
        page = real(self, order)
        actions.note_payment(
            fee=fee,
            by=coordinator,
            amount=fee.amount,
            due=fee.amount,
            on=yesterday(),
            note="Transfer",
        )
        return page

    monkeypatch.setattr(stripe.Stripe, "begin", slowly)
    with pytest.raises(Conflict):
        paying.begin(fee=fee, by=family)
    jobs.run_all()
    assert server.closed == {"cs_0"}


def test_the_page_of_a_withdrawn_request_and_an_older_page_close_too(
    held: tuple[Case, Person, Person], server: Server
) -> None:
    fee, first = begun(held)
    with time_machine.travel(clock.now() + paying.FRESH, tick=True):
        second = paying.begin(fee=fee, by=held[1])
    assert call(server.event(1, "checkout.session.completed", str(second.pk))) == 200
    jobs.run_all()
    first.refresh_from_db()
    assert (first.state, server.closed) == ("expired", {"cs_0"}), "it is not paid twice"

    amina = person("amina@usra.example")
    case, coordinator = taken(amina)
    fee = actions.charge(case=case, by=coordinator)
    fee.case = case
    paying.begin(fee=fee, by=amina)
    actions.withdraw(by=amina, case=case)
    jobs.run_all()
    assert server.closed == {"cs_0", "cs_2"}


@pytest.mark.parametrize("state", ["waived", "paid"])
def test_money_that_comes_for_a_settled_fee_is_kept_and_decided(
    held: tuple[Case, Person, Person], server: Server, state: str
) -> None:
    case, _family, grace = held
    fee, payment = begun(held)
    if state == "waived":
        actions.waive(fee=fee, by=grace, note="Charity")
    else:
        actions.note_payment(fee=fee, by=grace, amount=fee.amount, due=fee.amount, on=yesterday())
    server.done.add("cs_0")  # at that very moment
    jobs.run_all()
    desk, page = sign_in(grace), f"/desk/cases/{case.reference}/fee/"
    assert "More was paid than is owed" not in desk.get(page).content.decode()
    assert call(server.event(1, "checkout.session.completed", str(payment.pk))) == 200
    fee.refresh_from_db()
    assert fee.state == "paid"
    assert "payment-too-much" in {each.verb for each in entries_for(case.pk)}
    assert queries.too_much(fee) == 600
    assert case.reference in desk.get("/desk/money/").content.decode()
    shown = desk.get(page).content.decode()
    assert "More was paid than is owed" in shown
    assert 'value="600.00"' in shown, "what was too much, not all"
    desk.post(f"{page}do/refund/", {"amount": "600", "reason": "Not owed"})
    jobs.run_all()
    assert [row["amount"] for row in server.refunds.values()] == [60000]
    assert not queries.overpaid().exists()
    fee.refresh_from_db()
    assert fee.state == ("refunded" if state == "waived" else "paid")
    assert CreditNote.objects.filter(refund=None).count() == (state == "waived")


def test_amounts_are_in_the_smallest_unit_of_each_currency() -> None:
    assert stripe.units(Decimal("600.00"), "USD") == 60000
    assert stripe.units(Decimal(600), "JPY") == 600
    assert stripe.units(Decimal("5.12"), "KWD") == 5120
    assert not stripe.Stripe().takes("UGX")
