"""Transfers with their day and sum, in parts; waivers that are taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.billing import actions, papers, paying, queries, refunding
from secondopinion.billing.models import CreditNote, Fee, Payment
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ItemState
from secondopinion.core import clock, dates, jobs
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk import actions as desk_actions
from tests.billing.stripe_server import Server
from tests.billing.test_fees import text_of
from tests.web.conftest import sign_in, yesterday


@pytest.fixture
def fee(held: tuple[Case, Person, Person]) -> Fee:
    """A fee of 600 USD that is due."""
    case, _family, coordinator = held
    return actions.charge(case=case, by=coordinator)


def fresh(fee: Fee) -> Fee:
    """Return a fee as a page reads it."""
    return queries.fee_in(fee.case)


def test_parts_add_up_and_the_rest_stays_due(held: tuple[Case, Person, Person], fee: Fee) -> None:
    case, family, coordinator = held
    first = yesterday() - timedelta(days=8)
    desk, page = sign_in(coordinator), f"/desk/cases/{case.reference}/fee/"
    part = {"amount": "250,50", "on": first.isoformat(), "due": "600.00", "note": "By the aunt"}
    assert desk.post(f"{page}do/received/", part).status_code == 302
    row = fresh(fee)
    assert (row.state, row.still_due) == ("due", Decimal("349.50"))
    assert row.settled_by is None
    assert desk.post(f"{page}do/received/", part).status_code == 409, "not noted twice"
    assert fresh(fee).still_due == Decimal("349.50")
    shown = sign_in(family).get(f"/my/cases/{case.reference}/fee/").content.decode()
    assert "Still to be paid" in shown
    assert "349.50" in shown
    assert dates.written(first) in shown
    shown = desk.get(page).content.decode()
    assert "349.50" in shown
    assert "Give back what was paid" not in shown, "it is not paid yet"
    with pytest.raises(NotYours):  # a receipt is of the whole
        papers.paper(by=family, fee=fresh(fee), kind="receipt")
    actions.note_payment(
        fee=fee, by=coordinator, amount=Decimal("349.50"), due=Decimal("349.50"), on=yesterday()
    )
    row = fresh(fee)
    assert (row.state, row.still_due) == ("paid", 0)
    assert row.settled_by == coordinator
    receipt = text_of(papers.paper(by=family, fee=row, kind="receipt"))
    for each in (dates.written(first), dates.written(yesterday()), "250.50", "349.50", "600.00"):
        assert each in receipt
    with pytest.raises(Conflict):
        actions.note_payment(
            fee=fee, by=coordinator, amount=Decimal(1), due=Decimal(0), on=yesterday()
        )
    assert "fee-received" in {entry.verb for entry in entries_for(case.pk)}


def test_what_is_no_payment(held: tuple[Case, Person, Person], fee: Fee) -> None:
    _case, family, coordinator = held
    right = {"amount": Decimal(10), "on": yesterday(), "due": Decimal(600)}
    for wrong, field in (
        ({"on": None}, "on"), ({"on": clock.today() + timedelta(days=2)}, "on"),
        ({"amount": Decimal(0)}, "amount"), ({"amount": Decimal(-5)}, "amount"),
        ({"amount": Decimal("1.005")}, "amount"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            actions.note_payment(fee=fee, by=coordinator, **(right | wrong))
        assert refused.value.field == field
    with pytest.raises(NotYours):
        actions.note_payment(fee=fee, by=family, **right)
    assert not Payment.objects.exists()


def test_a_part_and_the_rest_waived(held: tuple[Case, Person, Person], fee: Fee) -> None:
    case, _family, coordinator = held
    actions.note_payment(
        fee=fee, by=coordinator, amount=Decimal(200), due=Decimal(600), on=yesterday()
    )
    actions.waive(fee=fee, by=coordinator, note="Charity")
    row = fresh(fee)
    assert row.state == "paid"
    assert CreditNote.objects.get().amount == 400
    assert queries.too_much(row) == 0
    assert refunding.left_of(row) == 200
    shown = sign_in(held[1]).get(f"/my/cases/{case.reference}/fee/").content.decode()
    assert "Need not be paid:" in shown
    assert "400 US dollars" in shown
    assert "receipt" in [each.kind for each in queries.papers_of(row)]
    desk, page = sign_in(coordinator), f"/desk/cases/{case.reference}/fee/"
    assert "Paid in part, the rest waived" in (before := desk.get(page).content.decode())
    assert "Take the waiver back" in before
    papers.paper(by=held[1], fee=row, kind="receipt")
    with pytest.raises(Refused) as refused:
        actions.take_back_waiver(fee=row, by=coordinator, reason="They can pay")
    assert refused.value.code == "receipt"
    after = desk.get(page).content.decode()
    assert "The waiver stands" in after
    assert "Take the waiver back" not in after
    cases.withdraw(by=held[1], case=case)
    assert list(queries.to_decide()) == [row]


def test_the_rest_that_was_waived_is_due_again(held: tuple[Case, Person, Person], fee: Fee) -> None:
    case, family, coordinator = held
    actions.note_payment(
        fee=fee, by=coordinator, amount=Decimal(200), due=Decimal(600), on=yesterday()
    )
    everyone = Case.objects.all()
    assert [(each.fees, each.amount) for each in queries.totals(everyone)] == [(1, 400), (1, 200)]
    actions.waive(fee=fee, by=coordinator, note="Charity")
    assert [(each.fees, each.amount) for each in queries.totals(everyone)] == [(1, 200), (1, 400)]
    desk, page = sign_in(coordinator), f"/desk/cases/{case.reference}/fee/"
    assert "Take the waiver back" in desk.get(page).content.decode()
    desk.post(f"{page}do/charge-again/", {"reason": "The fund is empty."})
    row = fresh(fee)
    assert (row.state, row.still_due, row.let_off) == ("due", 400, 0)
    kinds = [each.kind for each in queries.papers_of(row)]
    assert kinds == ["invoice", "invoice", "credit"]
    new = text_of(papers.paper(by=family, fee=row, kind="invoice"))
    assert dates.written(yesterday()) in new, "what came already stands on the new invoice"
    actions.note_payment(
        fee=row, by=coordinator, amount=Decimal(400), due=Decimal(400), on=yesterday()
    )
    row = fresh(fee)
    assert (row.state, queries.too_much(row), refunding.left_of(row)) == ("paid", 0, 600)
    assert [(each.fees, each.amount) for each in queries.totals(everyone)] == [(1, 600)]
    refunding.give_back(fee=row, by=coordinator, amount=Decimal(600), reason="Agreed")
    assert [each.amount for each in queries.totals(everyone)] == [600, 600]


def test_a_part_that_came_is_decided_when_the_case_is_declined(
    held: tuple[Case, Person, Person], fee: Fee
) -> None:
    case, _family, coordinator = held
    actions.note_payment(
        fee=fee, by=coordinator, amount=Decimal(200), due=Decimal(600), on=yesterday()
    )
    page = sign_in(coordinator).post(
        f"/desk/cases/{case.reference}/decline/", {"kind": "cannot-help"}
    )
    assert "200" in page.content.decode()
    asked = {"by": coordinator, "case": case, "kind": "cannot-help", "reason": "No expert",
             "letter": "We cannot help.", "instead": "Ask your doctor."}  # fmt: skip
    with pytest.raises(Refused) as refused:
        desk_actions.decline(**asked)
    assert refused.value.code == "fee"
    assert fresh(fee).state == "due", "nothing is waived where nothing is declined"
    desk_actions.decline(**asked, fee="returned")
    assert fresh(fee).state == "refunded"
    assert fresh(fee).refunded == 200


def test_more_than_is_due_is_noted_only_where_somebody_says_so(
    held: tuple[Case, Person, Person], fee: Fee
) -> None:
    case, _family, coordinator = held
    desk, page = sign_in(coordinator), f"/desk/cases/{case.reference}/fee/"
    slip = {"amount": "700", "on": yesterday().isoformat(), "due": "600.00"}
    refused = desk.post(f"{page}do/received/", slip, follow=True).content.decode()
    assert "600 US dollars that are due" in refused
    assert 'value="700"' in refused, "what was typed is there again"
    assert f'value="{yesterday().isoformat()}"' in refused
    assert fresh(fee).state == "due"
    desk.post(f"{page}do/received/", slip | {"beyond": "yes"})
    assert (fresh(fee).state, queries.too_much(fee)) == ("paid", 100)


def test_a_receipt_names_the_price_and_what_was_given_back_until_then(
    held: tuple[Case, Person, Person], fee: Fee
) -> None:
    _case, family, coordinator = held
    actions.note_payment(
        fee=fee, by=coordinator, amount=Decimal(700), due=Decimal(600), on=yesterday(), beyond=True
    )
    refunding.give_back(fee=fresh(fee), by=coordinator, amount=Decimal(100), reason="Too much")
    note = CreditNote.objects.get()
    receipt = papers.paper(by=family, fee=fresh(fee), kind="receipt")
    said = text_of(receipt)
    _head, _price, rest = said.partition("Amount of the invoice")
    assert rest.strip().startswith("600.00")
    received, back, total = (rest.index(each) for each in ("700.00", note.number, "Total"))
    assert received < back < total
    assert "100.00" in rest[back:total], "what was given back, with its credit note"
    assert "600.00" in rest[total:]
    refunding.give_back(fee=fresh(fee), by=coordinator, amount=Decimal(50), reason="Agreed")
    again = papers.paper(by=family, fee=fresh(fee), kind="receipt")
    assert again == receipt, "what came later has its own credit note"


def test_a_slip_is_struck_out_and_is_due_again(held: tuple[Case, Person, Person], fee: Fee) -> None:
    case, family, coordinator = held
    desk, page = sign_in(coordinator), f"/desk/cases/{case.reference}/fee/"
    slip = actions.note_payment(
        fee=fee, by=coordinator, amount=Decimal(700), due=Decimal(600), on=yesterday(), beyond=True
    )
    for by, reason, error in ((family, "No", NotYours), (coordinator, " ", Refused)):
        with pytest.raises(error):
            actions.strike_out(payment=slip, by=by, reason=reason)
    desk.post(f"{page}do/strike-out/", {"payment": str(slip.pk), "reason": "Of another case"})
    row = fresh(fee)
    assert (row.state, row.still_due, row.settled_by) == ("due", 600, None)
    assert queries.too_much(row) == 0
    shown = desk.get(page).content.decode()
    assert "Of another case" in shown
    assert "fee-payment-struck" in {entry.verb for entry in entries_for(case.pk)}
    with pytest.raises(Conflict):
        actions.strike_out(payment=slip, by=coordinator, reason="Again")
    whole = actions.note_payment(
        fee=row, by=coordinator, amount=Decimal(600), due=Decimal(600), on=yesterday()
    )
    papers.paper(by=family, fee=fresh(fee), kind="receipt")
    with pytest.raises(Refused) as refused:
        actions.strike_out(payment=whole, by=coordinator, reason="A slip")
    assert refused.value.code == "receipt"


def test_a_slip_beside_a_waiver_is_waived_too(held: tuple[Case, Person, Person], fee: Fee) -> None:
    _case, _family, coordinator = held
    slip = actions.note_payment(
        fee=fee, by=coordinator, amount=Decimal(200), due=Decimal(600), on=yesterday()
    )
    actions.waive(fee=fee, by=coordinator, note="Charity")
    actions.strike_out(payment=slip, by=coordinator, reason="Of another case")
    row = fresh(fee)
    assert (row.state, row.let_off) == ("waived", 600)
    assert [each.kind for each in queries.papers_of(row)] == ["invoice", "credit", "credit"]


def test_what_is_begun_online_is_the_rest(
    held: tuple[Case, Person, Person], fee: Fee, server: Server
) -> None:
    _case, family, coordinator = held
    actions.note_payment(
        fee=fee, by=coordinator, amount=Decimal(200), due=Decimal(600), on=yesterday()
    )
    assert paying.begin(fee=fresh(fee), by=family).amount == 400


def test_a_waiver_that_is_taken_back(held: tuple[Case, Person, Person], fee: Fee) -> None:
    case, family, coordinator = held
    old = fee.number
    papers.paper(by=family, fee=fresh(fee), kind="invoice")
    actions.waive(fee=fee, by=coordinator, note="Charity fund")
    with pytest.raises(Refused):
        actions.take_back_waiver(fee=fee, by=coordinator, reason=" ")
    with pytest.raises(NotYours):
        actions.take_back_waiver(fee=fee, by=family, reason="I want to pay")
    jobs.run_all()
    mail.outbox.clear()
    desk, page = sign_in(coordinator), f"/desk/cases/{case.reference}/fee/"
    said = {"reason": "The insurance of the father pays."}
    assert desk.post(f"{page}do/charge-again/", said).status_code == 302
    assert desk.post(f"{page}do/charge-again/", said).status_code == 409, "two tabs"
    row = fresh(fee)
    assert row.number
    assert (row.state, row.still_due) == ("due", 600)
    assert row.number != old
    jobs.run_all()
    [told] = [each for each in mail.outbox if each.to == [family.email]]
    assert "changed" in told.body
    assert "insurance" not in told.body, "the reason is on the page"
    shown = sign_in(family)
    assert (
        "insurance of the father" in shown.get(f"/my/cases/{case.reference}/fee/").content.decode()
    )
    kinds = [(each.kind, each.number) for each in queries.papers_of(row)]
    [note] = CreditNote.objects.all()
    assert kinds == [("invoice", old), ("invoice", row.number), ("credit", note.number)]
    assert note.former is not None
    assert note.former.number == old
    new = papers.paper(by=family, fee=row, kind="invoice")
    assert row.number in text_of(new)
    former = papers.paper(by=family, fee=row, kind="invoice", former=note.former)
    assert former.pk != new.pk
    assert old in text_of(former)
    assert old in text_of(papers.paper(by=family, fee=row, kind="credit", credit=note))
    address = f"/files/{case.reference}/fee/former/{note.former.pk}.pdf"
    assert shown.get(address).status_code == 200
    assert shown.get(address.replace(str(note.former.pk), str(fee.pk))).status_code == 404
    actions.note_payment(
        fee=fee, by=coordinator, amount=Decimal(600), due=Decimal(600), on=yesterday()
    )
    assert queries.too_much(fresh(fee)) == 0
    [back] = refunding.give_back(fee=fee, by=coordinator, amount=Decimal(600), reason="Agreed")
    assert back.credit.amount == 600, "the note takes back the second invoice"


def test_it_can_be_waived_again(held: tuple[Case, Person, Person], fee: Fee) -> None:
    coordinator = held[2]
    for _time in range(2):
        actions.waive(fee=fee, by=coordinator, note="Charity")
        actions.take_back_waiver(fee=fee, by=coordinator, reason="The fund is empty.")
    actions.waive(fee=fee, by=coordinator, note="Charity")
    assert [each.amount for each in CreditNote.objects.all()] == [600, 600, 600]
    assert len({each.number for each in queries.papers_of(fresh(fee))}) == 6
    cases.withdraw(by=held[1], case=fee.case)
    with pytest.raises(Refused) as refused:
        actions.take_back_waiver(fee=fresh(fee), by=coordinator, reason="Pay")
    assert refused.value.code == "ended"


def test_the_family_reads_whether_its_case_waits_and_which_papers_there_are(
    held: tuple[Case, Person, Person],
) -> None:
    case, family, coordinator = held
    fee = actions.charge(case=case, by=coordinator)
    actions.let_wait(fee=fee, by=coordinator, waits=True)
    for item in case.checklist.all():
        cases.settle_item(by=coordinator, item=item, state=ItemState.ARRIVED)
    cases.complete(by=coordinator, case=case)
    browser, here = sign_in(family), f"/my/cases/{case.reference}/"
    shown = browser.get(here).content.decode()
    assert "We ask a specialist as soon as the fee is paid." in shown
    assert "We are finding the right specialist." not in shown
    actions.let_wait(fee=fee, by=coordinator, waits=False)
    for address in (here, f"{here}fee/"):
        shown = browser.get(address).content.decode()
        assert "It does not wait for this." in shown
        assert "as soon as" not in shown
    actions.waive(fee=queries.fee_in(case), by=coordinator, note="Charity fund")
    shown = browser.get(here).content.decode()
    assert "Fee and papers" in shown
    assert "receipt" not in shown, "there is none"
