"""Money given back: by the provider where it was paid there, else by hand; never forgotten."""

from decimal import Decimal

import pytest

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.billing import actions, paying, queries, refunding, returning
from secondopinion.billing.models import CreditNote, Fee, Payment, Refund
from secondopinion.billing.providers import Unavailable
from secondopinion.cases.models import Case
from secondopinion.cases.states import State
from secondopinion.core import clock, jobs
from secondopinion.core.errors import Conflict, NotYours, Refused
from tests.billing.stripe_server import Server
from tests.billing.test_fees import begun, call
from tests.web.conftest import person, sign_in, taken, yesterday


def paid_online(held: tuple[Case, Person, Person], server: Server) -> tuple[Fee, Payment]:
    """Return a fee that was paid on the provider's page."""
    case, family, coordinator = held
    fee = actions.charge(case=case, by=coordinator)
    fee.case = case
    payment = paying.begin(fee=fee, by=family)
    assert call(server.event(1, "checkout.session.completed", str(payment.pk))) == 200
    return queries.fee_in(case), payment


def test_what_was_paid_online_goes_back_there_once(
    held: tuple[Case, Person, Person], server: Server
) -> None:
    fee, payment = paid_online(held, server)
    [back] = refunding.give_back(fee=fee, by=held[2], amount=Decimal(250), reason="Agreed")
    assert (back.state, back.payment_id) == (Refund.State.ASKED, payment.pk)
    server.fails = 1
    with pytest.raises(Unavailable):
        returning.carry_out(str(back.pk))
    jobs.run_all()
    back.refresh_from_db()
    [row] = server.refunds.values()
    assert (back.state, row["amount"]) == (Refund.State.DONE, 25000)
    # The provider has forgotten the key, and a death has undone our note: still once.
    server.refunds = {"forgotten": row}
    Refund.objects.update(state=Refund.State.ASKED)
    returning.carry_out(str(back.pk))
    assert len(server.refunds) == 1
    assert call(server.event(2, "charge.refunded", str(payment.pk), amount_refunded=25000)) == 200
    assert Refund.objects.count() == 1, "what we asked for is not noted anew when we are told"
    assert call(server.event(3, "charge.refunded", str(payment.pk), amount_refunded=60000)) == 200
    assert sorted(each.amount for each in CreditNote.objects.all()) == [250, 350]
    assert queries.fee_in(held[0]).state == "refunded"


def test_what_the_provider_does_not_give_back_is_owed_by_hand(
    held: tuple[Case, Person, Person], server: Server
) -> None:
    case, _family, grace = held
    fee, payment = paid_online(held, server)
    server.declines = True
    refunding.give_back(fee=fee, by=grace, amount=Decimal(600), reason="Agreed")
    jobs.run_all()
    back = Refund.objects.get()
    assert back.state == Refund.State.FAILED
    desk, page = sign_in(grace), f"/desk/cases/{case.reference}/fee/"
    assert case.reference in desk.get("/desk/money/").content.decode()
    server.declines = False
    desk.post(f"{page}do/again/", {"refund": str(back.pk)})
    jobs.run_all()
    back.refresh_from_db()
    assert back.state == Refund.State.DONE
    with pytest.raises(Conflict):
        refunding.note_transferred(refund=back, by=grace)
    about = {"payment": str(payment.pk), "refund": str(back.pk)}
    failed = server.event(
        9, "charge.refund.updated", str(payment.pk), metadata=about, status="failed"
    )
    assert call(failed) == 200
    back.refresh_from_db()
    assert back.state == Refund.State.FAILED, "a bank has sent it back: it is owed again"
    desk.post(f"{page}do/transferred/", {"refund": str(back.pk)})
    assert not queries.to_give_back().exists()
    verbs = {row.verb for row in entries_for(case.pk)}
    assert {"fee-refunded", "refund-failed", "refund-asked", "refund-done"} <= verbs
    assert CreditNote.objects.count() == 1


def test_what_a_bank_has_sent_back_is_given_back_anew(
    held: tuple[Case, Person, Person], server: Server
) -> None:
    fee, payment = paid_online(held, server)
    [back] = refunding.give_back(fee=fee, by=held[2], amount=Decimal(600), reason="Agreed")
    jobs.run_all()
    [first] = server.refunds.values()
    first["status"] = "failed"
    about = {"payment": str(payment.pk), "refund": str(back.pk)}
    told = server.event(9, "refund.failed", str(payment.pk), metadata=about, status="failed")
    assert call(told) == 200
    refunding.ask_again(refund=Refund.objects.get(), by=held[2])
    jobs.run_all()
    assert [each["status"] for each in server.refunds.values()] == ["failed", "succeeded"]
    assert Refund.objects.get().state == Refund.State.DONE
    Refund.objects.update(state=Refund.State.ASKED)  # a death has undone our note
    returning.carry_out(str(back.pk))
    assert len(server.refunds) == 2, "still once"


def test_what_was_paid_by_hand_is_owed_until_it_is_transferred(
    held: tuple[Case, Person, Person],
) -> None:
    case, family, grace = held
    omar = person("omar@harbour.example", "coordinator")
    fee = actions.charge(case=case, by=grace)
    with pytest.raises(Conflict):
        refunding.give_back(fee=fee, by=grace, amount=Decimal(1), reason="Early")
    actions.note_payment(
        fee=fee, by=grace, amount=fee.amount, due=fee.amount, on=yesterday(), note="Transfer"
    )
    for other in (omar, family):
        with pytest.raises((NotYours, Conflict)):
            refunding.give_back(fee=fee, by=other, amount=Decimal(1), reason="Not mine")
    with pytest.raises(Refused):
        refunding.give_back(fee=fee, by=grace, amount=Decimal(1), reason=" ")
    desk, page = sign_in(grace), f"/desk/cases/{case.reference}/fee/"
    for amount in ("NaN", "x", "Infinity"):
        assert desk.post(f"{page}do/refund/", {"amount": amount, "reason": "r"}).status_code < 500
    assert 'value="600.00"' in desk.get(page).content.decode(), "all of it, unless changed"
    desk.post(f"{page}do/refund/", {"amount": "200", "reason": "Agreed"})
    back = Refund.objects.get()
    assert back.state == Refund.State.OWED
    shown = sign_in(family).get(f"/my/cases/{case.reference}/fee/").content.decode()
    assert "transferred to you within some days" in shown
    assert "on its way" not in shown, "nobody has sent it yet"
    refunding.note_transferred(refund=back, by=omar)  # who sees to the list is of the team
    back.refresh_from_db()
    assert (back.state, back.done_at is not None) == (Refund.State.DONE, True)
    assert sign_in(family).get("/desk/money/").status_code == 404


def test_a_withdrawn_request_owes_nothing_and_what_was_paid_is_decided(
    held: tuple[Case, Person, Person],
) -> None:
    case, family, grace = held
    fee = actions.charge(case=case, by=grace)
    sign_in(family).post(f"/my/cases/{case.reference}/withdraw/")
    case.refresh_from_db()
    fee.refresh_from_db()
    assert (case.state, fee.state, CreditNote.objects.get().amount) == ("withdrawn", "waived", 600)

    other, grace = taken(person("amina@usra.example"))
    fee = actions.charge(case=other, by=grace)
    actions.note_payment(
        fee=fee, by=grace, amount=fee.amount, due=fee.amount, on=yesterday(), note="Transfer"
    )
    actions.withdraw(by=person("amina@usra.example"), case=other)
    assert other.state == State.WITHDRAWN
    assert list(queries.to_decide()) == [fee]
    desk = sign_in(grace)
    page = desk.get(f"/desk/cases/{other.reference}/fee/").content.decode()
    assert "withdrew the request before a specialist had it" in page
    with pytest.raises(Refused):
        refunding.keep(fee=fee, by=grace, reason=" ")
    desk.post(f"/desk/cases/{other.reference}/fee/do/keep/", {"reason": "Records were translated"})
    assert not queries.to_decide().exists()


def test_money_that_was_too_much_can_be_kept_with_a_reason(
    held: tuple[Case, Person, Person], server: Server
) -> None:
    case, _family, grace = held
    fee, payment = begun(held)
    actions.waive(fee=fee, by=grace, note="Charity")
    call(server.event(1, "checkout.session.completed", str(payment.pk)))
    desk = sign_in(grace)
    desk.post(f"/desk/cases/{case.reference}/fee/do/keep/", {"reason": "The family gives it"})
    assert not queries.overpaid().exists()
    assert queries.too_much(fee) == 0
    fee.refresh_from_db()
    Payment.objects.create(
        fee=fee, provider="hand", amount=600, currency="USD", state="paid", paid_at=clock.now(),
        begun_by=grace,
    )  # fmt: skip
    assert queries.too_much(fee) == 600, "what comes after it is decided anew"
    assert case.reference in desk.get("/desk/money/").content.decode()
    page = f"/desk/cases/{case.reference}/fee/"
    shown = desk.get(page).content.decode()
    assert "More was paid than is owed" in shown
    assert "The family gives it" in shown
    desk.post(f"{page}do/refund/", {"amount": "600", "reason": "Sent twice"})
    assert not queries.overpaid().exists(), "and what was kept before stays kept"


def test_a_fee_that_is_kept_hides_no_later_payment(held: tuple[Case, Person, Person]) -> None:
    case, family, grace = held
    fee = actions.charge(case=case, by=grace)
    actions.note_payment(
        fee=fee, by=grace, amount=fee.amount, due=fee.amount, on=yesterday(), note="Transfer"
    )
    actions.withdraw(by=family, case=case)
    desk, page = sign_in(grace), f"/desk/cases/{case.reference}/fee/"
    desk.post(f"{page}do/keep/", {"reason": "Records were translated"})
    assert not queries.to_decide().exists()
    Payment.objects.create(
        fee=fee, provider="hand", amount=600, currency="USD", state="paid", paid_at=clock.now(),
        begun_by=grace,
    )  # fmt: skip
    assert list(queries.overpaid()) == [fee]
    assert "More was paid than is owed" in desk.get(page).content.decode()
    desk.post(f"{page}do/keep/", {"reason": "A gift"})
    fee.refresh_from_db()
    assert (fee.kept, fee.kept_beyond) == ("Records were translated", 600)
    assert not queries.overpaid().exists()
    assert not queries.to_decide().exists()
