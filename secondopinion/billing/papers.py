"""Invoice, receipt and credit note as PDF, in the family's language: made once, then kept."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from babel.numbers import format_decimal
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.billing import queries, taxes
from secondopinion.billing.models import (
    CreditNote,
    Fee,
    FeePaper,
    FeeState,
    FormerInvoice,
    Payment,
)
from secondopinion.billing.numbering import local_day
from secondopinion.billing.providers import HAND
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock, dates, vault
from secondopinion.core.errors import NotYours
from secondopinion.core.languages import in_language, locale
from secondopinion.opinions import typeset
from secondopinion.program import queries as program

_PATTERNS = {places: "#,##0." + "0" * places if places else "#,##0" for places in range(5)}
TEMPLATE = Path(__file__).resolve().parent / "typst" / "fee.typ"


@dataclass(frozen=True, slots=True)
class _Said:
    """What differs between the three papers."""

    title: str
    number: str
    day: datetime
    facts: list[tuple[str, str]]
    lines: list[tuple[str, str]]
    total: Decimal
    net: Decimal
    notes: tuple[str, ...] = ()


def paper(
    *, by: Person, fee: Fee, kind: str, credit: CreditNote | None = None,
    former: FormerInvoice | None = None,
) -> FeePaper:  # fmt: skip
    """Return a paper of a fee, made when it is asked for the first time.

    It names the case by its number, and neither the child nor an illness.

    Raises:
        NotYours: by somebody who is neither the family nor of the desk, or there is no such paper.
    """
    require(fee.case, by, Part.FAMILY, Part.COORDINATOR, "desk")
    papers = [(each.kind, each.credit, each.former) for each in queries.papers_of(fee)]
    if (kind, credit, former) not in papers:
        raise NotYours
    rows = FeePaper.objects.filter(fee=fee, kind=kind, credit=credit, former=former)
    rows = rows.select_related("blob__space")
    found = rows.first()
    if found is None:
        language = fee.case.language
        with override(language):
            pdf = _pdf(fee, _said(fee, kind, credit, former), language)
        blob = vault.put(fee.case.vault, pdf)
        try:
            with transaction.atomic():
                found = FeePaper.objects.create(
                    fee=fee, kind=kind, credit=credit, former=former, language=language, blob=blob
                )
        except IntegrityError:  # somebody else asked in the same moment: theirs is kept
            found = rows.get()
    audit.record("fee-paper-opened", by=by, case_id=fee.case_id, target=found,
                 detail={"kind": str(kind)})  # fmt: skip
    return found


def money(amount: Decimal, currency: str) -> str:
    """Write an amount with all its decimals and its currency, in the reader's language, with the
    marks that pages have."""
    return f"{format_decimal(amount, _PATTERNS[taxes.places(currency)], locale())} {currency}"


def _day(at: datetime) -> str:
    return dates.written(local_day(at).date())


def _pdf(fee: Fee, said: _Said, language: str) -> bytes:
    house = program.program()
    payer = holders_of(fee.case, Part.FAMILY).first()
    issuer = fee.tax.get("number", "")
    words = {
        "language": language,
        "title": said.title,
        "number": said.number,
        "hospital": house.hospital,
        "program": house.name,
        "address": house.address,
        "phone": house.phone,
        "email": house.email,
        "facts": [
            [_("Number"), said.number], [_("Date"), _day(said.day)],
            [_("Case"), fee.case.reference],
            *([[_("Issued to"), str(payer)]] if payer else []),
            *([[_("Tax number of the issuer"), issuer]] if issuer else []),
            *([name, value] for name, value in said.facts),
        ],
        "lines": said.lines,
        "sums": _sums(fee, said),
        "total": money(said.total, fee.currency),
        "notes": [each for each in said.notes if each],
        "labels": {"what": _("What for"), "amount": _("Amount"), "total": _("Total")},
    }  # fmt: skip
    marked = typeset.printable(words, lambda: None)
    return typeset.compiled(TEMPLATE, marked, {}, clock.now())


def _sums(fee: Fee, said: _Said) -> list[list[str]]:
    """Return what stands above the total: the amount without tax, and the tax."""
    if not fee.tax_rate:
        return []
    rate = format_decimal(fee.tax_rate.normalize(), locale=locale())
    return [
        [_("Without tax"), money(said.net, fee.currency)],
        [_("Tax, %(rate)s%%") % {"rate": rate}, money(said.total - said.net, fee.currency)],
    ]


def _lines(fee: Fee) -> list[tuple[str, str]]:
    return [
        (_received(each, dates.written(each.received_on)), money(each.amount, fee.currency))
        for each in fee.received
        if each.received_on
    ]


def _given_back(credit: CreditNote) -> tuple[str, str]:
    what = _("Given back, credit note %(number)s") % {"number": credit.number}
    return what, f"−{money(credit.amount, credit.fee.currency)}"


def _received(payment: Payment, day: str) -> str:
    how = _("Received on %(day)s") if payment.provider == HAND else _("Paid online on %(day)s")
    return how % {"day": day}


def _said(fee: Fee, kind: str, credit: CreditNote | None, former: FormerInvoice | None) -> _Said:
    what, exempt = str(fee.get_kind_display()), in_language(fee.tax.get("exempt", {}))
    whole = money(fee.amount, fee.currency)
    net = taxes.net_of(fee.amount, fee.tax_rate, fee.currency)
    number = str(fee.number)
    if kind == FeePaper.Kind.INVOICE:
        bank, due = program.program().bank, fee.state == FeeState.DUE and former is None
        facts = [(_("State"), _("Taken back by a credit note"))] if former else []
        facts += _lines(fee) if due else []
        how = _("Please write the number of the case on your transfer.")
        return _Said(
            _("Invoice"), former.number if former else number,
            former.issued_at if former else fee.invoice_day, facts,
            [(what, whole)], fee.amount, net, (exempt, f"{bank}\n{how}" if due and bank else ""),
        )  # fmt: skip
    if kind == FeePaper.Kind.RECEIPT:
        paid = fee.received
        when = max(each.paid_at for each in paid if each.paid_at)
        back = [each for each in fee.credits.all() if each.refund_id]
        total = sum((each.amount for each in paid), Decimal(0))
        total -= sum((each.amount for each in back), Decimal(0))
        facts = [(_("What for"), what), (_("Amount of the invoice"), whole)]
        if fee.let_off:
            facts.append((_("Need not be paid"), money(fee.let_off, fee.currency)))
        return _Said(
            _("Receipt"), number, when, facts, [*_lines(fee), *map(_given_back, back)], total,
            taxes.net_of(total, fee.tax_rate, fee.currency), (exempt,),
        )  # fmt: skip
    if credit is None:
        raise NotYours
    why = _("Given back") if credit.refund_id else _("Need not be paid")
    facts = [
        (_("For invoice"), credit.former.number if credit.former else number),
        (_("Date of the invoice"),
         _day(credit.former.issued_at if credit.former else fee.invoice_day)),
        (_("What for"), what),
    ]  # fmt: skip
    return _Said(
        _("Credit note"), credit.number, credit.created_at, facts,
        [(why, money(credit.amount, fee.currency))], credit.amount, credit.net, (exempt,),
    )  # fmt: skip
