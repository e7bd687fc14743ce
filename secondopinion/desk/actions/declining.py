"""Declining well: a letter in the family's language, what they can do instead, and the fee."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.billing import actions as billing
from secondopinion.billing import refunding
from secondopinion.billing.models import Fee, FeeState
from secondopinion.cases import actions as cases
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core import amounts
from secondopinion.core.errors import Refused
from secondopinion.desk.models import Refusal
from secondopinion.messaging.wording import as_written
from secondopinion.program import letters
from secondopinion.program import queries as program
from secondopinion.program.emergency import number_for
from secondopinion.program.models import DeclineKind

LONGEST = 10_000  # characters of a letter


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter and what the family can do instead, in one language."""

    language: str
    text: str
    instead: str


def letter_for(case: Case, kind: str, reason: str, language: str) -> Letter:
    """Return the letter of a kind, filled in for a case. An empty line of reasons leaves none."""
    text, instead = letters.decline_letter(kind, language)
    hospital = program.program()
    with override(language):
        number = number_for(str(case.country))
        emergency = as_written(number) if number else gettext("your local emergency number")
        reference, phone = as_written(case.reference), as_written(hospital.phone)
    filled = {
        "child": case.child.full_name,
        "reference": reference,
        "hospital": program.in_language(hospital.hospitals, language),
        "phone": phone,
        "emergency_number": emergency,
        "reason": reason.strip(),
    }
    parts = (part.strip() for part in text.format(**filled).split("\n\n"))
    return Letter(
        language, "\n\n".join(part for part in parts if part), instead.format(**filled).strip()
    )


def about_fee(fee: Fee, back: Decimal, language: str) -> str:
    """Return what a letter says of a fee of which so much is given back."""
    with override(language):
        if fee.state == FeeState.DUE and not fee.received:
            return gettext("You need not pay anything.")
        if not back:
            return gettext("What you have paid is not given back.")
        left = refunding.left_of(fee)
        said = {
            "back": amounts.written(back, fee.currency),
            "paid": amounts.written(left, fee.currency),
        }
        if back == left:
            whole = gettext("We give you back what you have paid: %(back)s.") % said
        else:
            whole = gettext("Of the %(paid)s that you have paid, we give you back %(back)s.") % said
        way = gettext("It comes the way you have paid, within some days. There is a paper about it "
                      "on your page.")  # fmt: skip
        return f"{whole} {way}"


@transaction.atomic
def decline(
    *, by: Person, case: Case, kind: str, reason: str, letter: str, instead: str, fee: str = "",
    back: Decimal | None = None, back_reason: str = "",
) -> Case:  # fmt: skip
    """Decline a case with a letter. What was paid is given back with it, or kept; a fee that was
    not paid is not asked for any more. The letter says which.

    `reason` is for the team; the family reads the letter. `fee` says what becomes of a paid one,
    `back` how much of it is given back (None: all) and `back_reason` why, for the team.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: no such kind, no letter, no reason or nothing instead; a fee was paid, and it is
            not said what becomes of it, or nothing or more than was paid is to be given back.
        Conflict: the case has moved on, or is a colleague's since.
    """
    require(case, by, Part.COORDINATOR)
    if kind not in DeclineKind.values:
        raise Refused(_("Choose one of these to go on."), code="kind", field="kind")
    letter = letter.strip()
    if not letter:
        raise Refused(_("Write the letter first."), code="letter-missing", field="letter")
    if len(letter) > LONGEST:
        raise Refused(_("This letter is too long."), code="letter-long", field="letter")
    owed = Fee.objects.select_for_update().filter(case=case).first()
    if owed is not None and owed.received and owed.state == FeeState.DUE:
        # A part has come: the rest is waived, and the part is for the desk to decide.
        billing.waive(fee=owed, by=by, note=gettext("The request was declined."))
    paid = owed is not None and owed.state == FeeState.PAID
    if paid and fee not in {Refusal.Fee.RETURNED, Refusal.Fee.KEPT}:
        raise Refused(_("Say whether the fee is given back."), code="fee", field="fee")
    if owed is not None and paid:
        returned = fee == Refusal.Fee.RETURNED
        back = (refunding.left_of(owed) if back is None else back) if returned else Decimal(0)
        letter = f"{letter}\n\n{about_fee(owed, back, case.language)}"
        why = back_reason.strip() or gettext("The request was declined.")
        if returned:
            refunding.in_transaction(fee=owed, by=by, amount=back, reason=why)
        else:
            refunding.keep(fee=owed, by=by, reason=why)
    elif owed is not None and owed.state == FeeState.DUE:
        letter = f"{letter}\n\n{about_fee(owed, Decimal(0), case.language)}"
        note = gettext("The request was declined.")
        billing.waive(fee=owed, by=by, note=note)
    urgent = kind == DeclineKind.EMERGENCY
    cases.decline(by=by, case=case, reason=reason, instead=instead, urgent=urgent)
    Refusal.objects.create(
        case=case, kind=kind, letter=letter, language=case.language, by=by,
        fee=fee if paid else Refusal.Fee.NONE,
    )  # fmt: skip
    return case
