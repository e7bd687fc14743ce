"""Charging, waiving, and noting that a fee was paid."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.billing.models import Fee, FeeState
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused
from secondopinion.program import queries as program


@transaction.atomic
def charge(*, case: Case, by: Person) -> Fee:
    """Make the fee of a case from the program's price; a second call returns the first's fee."""
    require(case, by, Part.COORDINATOR)
    settings = program.program()
    fee, made = Fee.objects.get_or_create(
        case=case, defaults={"amount": settings.fee_amount, "currency": settings.fee_currency}
    )
    if made:
        audit.record("fee-charged", by=by, case_id=case.pk, target=fee)
    return fee


@transaction.atomic
def settle(*, fee: Fee, by: Person, state: str, note: str) -> Fee:
    """Note that a fee was paid (how), or waive it (why).

    Raises:
        Refused: without a note.
        Conflict: it is settled already.
    """
    require(fee.case, by, Part.COORDINATOR)
    if not note.strip():
        raise Refused(
            _("Say how it was paid, or why it is waived."), code="note-missing", field="note"
        )
    done = Fee.objects.filter(pk=fee.pk, state=FeeState.DUE).update(
        state=FeeState(state), settled_at=clock.now(), settled_by=by, note=note.strip()
    )
    if not done:
        raise Conflict(_("This fee has been settled already."), code="settled")
    audit.record("fee-settled", by=by, case_id=fee.case_id, target=fee, detail={"state": state})
    fee.refresh_from_db()
    return fee
