"""Invoice, receipt and credit note as PDF, in the family's language: made once, then kept."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.billing import queries
from secondopinion.billing.models import Fee, FeePaper, FeeState, Payment, Refund
from secondopinion.billing.providers import HAND
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock, vault
from secondopinion.core.errors import NotYours
from secondopinion.opinions import typeset
from secondopinion.program import queries as program

TEMPLATE = Path(__file__).resolve().parent / "typst" / "fee.typ"


@dataclass(frozen=True, slots=True)
class _Said:
    """What differs between the three papers."""

    title: str
    day: datetime
    facts: list[tuple[str, str]]
    lines: list[tuple[str, str]]
    total: str
    note: str = ""


def paper(*, by: Person, fee: Fee, kind: str, refund: Refund | None = None) -> FeePaper:
    """Return a paper of a fee, made when it is asked for the first time.

    It names the case by its number, and neither the child nor an illness.

    Raises:
        NotYours: by somebody who is neither the family nor of the desk, or there is no such paper.
    """
    require(fee.case, by, Part.FAMILY, Part.COORDINATOR, "desk")
    if (kind, refund) not in [(each, of) for each, _name, of in queries.papers_of(fee)]:
        raise NotYours
    rows = FeePaper.objects.filter(fee=fee, kind=kind, refund=refund).select_related("blob__space")
    found = rows.first()
    if found is None:
        language = fee.case.language
        with override(language), timezone.override(None):
            pdf = _pdf(fee, kind, refund, language)
        blob = vault.put(fee.case.vault, pdf)
        try:
            with transaction.atomic():
                found = FeePaper.objects.create(
                    fee=fee, kind=kind, refund=refund, language=language, blob=blob
                )
        except IntegrityError:  # somebody else asked in the same moment: theirs is kept
            found = rows.get()
    audit.record("fee-paper-opened", by=by, case_id=fee.case_id, target=found,
                 detail={"kind": str(kind)})  # fmt: skip
    return found


def _money(amount: Any, fee: Fee) -> str:
    return f"{number_format(amount, 2, use_l10n=True)} {fee.currency}"


def _day(at: datetime) -> str:
    return date_format(at.date(), pgettext("date format", "j F Y"))


def _pdf(fee: Fee, kind: str, refund: Refund | None, language: str) -> bytes:
    house = program.program()
    said = _said(fee, kind, refund, house.bank)
    payer = holders_of(fee.case, Part.FAMILY).first()
    words = {
        "language": language,
        "title": said.title,
        "number": fee.number,
        "hospital": house.hospital,
        "program": house.name,
        "address": house.address,
        "phone": house.phone,
        "email": house.email,
        "facts": [
            [_("Number"), fee.number], [_("Date"), _day(said.day)],
            [_("Case"), fee.case.reference],
            *([[_("Issued to"), str(payer)]] if payer else []),
            *([name, value] for name, value in said.facts),
        ],
        "lines": said.lines,
        "total": said.total,
        "note": said.note,
        "labels": {"what": _("What for"), "amount": _("Amount"), "total": _("Total")},
    }  # fmt: skip
    marked = typeset.printable(words, lambda: None)
    return typeset.compiled(TEMPLATE, marked, {}, clock.now())


def _said(fee: Fee, kind: str, refund: Refund | None, bank: str) -> _Said:
    line = (fee.get_kind_display(), _money(fee.amount, fee))
    if kind == FeePaper.Kind.INVOICE:
        due = fee.state == FeeState.DUE
        how = _("Please write the number of the case on your transfer.")
        return _Said(
            _("Invoice"), fee.created_at, [(_("State"), str(fee.get_state_display()))],
            [(str(line[0]), line[1])], line[1], f"{bank}\n{how}" if due and bank else "",
        )  # fmt: skip
    if kind == FeePaper.Kind.RECEIPT:
        paid = [each for each in fee.payments.all() if each.state == Payment.State.PAID]
        ways = {HAND: _("Bank transfer or by hand")}
        lines = [(ways.get(each.provider, _("Online")), _money(each.amount, fee)) for each in paid]
        when = max(each.paid_at for each in paid if each.paid_at)
        total = _money(sum(each.amount for each in paid), fee)
        return _Said(_("Receipt"), when, [(_("What for"), str(line[0]))], lines, total)
    if refund is None:
        raise NotYours
    back = _money(refund.amount, fee)
    return _Said(
        _("Credit note"), refund.created_at, [(_("What for"), str(line[0]))],
        [(_("Given back"), back)], back,
    )  # fmt: skip
