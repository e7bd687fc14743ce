"""Ways in for a family without an e-mail address: a code on paper, or a link in a text.

With it and the day on which the child was born, its family takes a request over that was entered
for them, and comes back later. It works once, ends by itself, and can be ended before.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.core.ids import short_code
from secondopinion.desk.models import CaseEntry
from secondopinion.messaging.actions import can_text, text_link

PURPOSE = "take-over"
CODE_LENGTH = 12  # 60 bits, behind which the child's birth date is asked besides
DAYS = 14


def _entry(by: Person, case: Case) -> CaseEntry:
    require(case, by, Part.ENTRY, Part.COORDINATOR)
    rows = CaseEntry.objects.select_for_update(of=("self",)).select_related("family")
    entry = rows.filter(case=case, family__email=None).first()
    if entry is None:
        raise NotYours
    return entry


def _fresh(by: Person, entry: CaseEntry, case: Case, way: str) -> str:
    if case.child.birth_date is None:
        raise Refused(
            _("Enter the child’s date of birth first: the family is asked for it."),
            code="birth-date",
        )
    code = short_code(CODE_LENGTH)
    accounts.make_link(person=entry.family, case_id=case.pk, purpose=PURPOSE, days=DAYS, token=code)
    entry.written_at, entry.tries = clock.now(), 0
    entry.save(update_fields=["written_at", "tries"])
    audit.record("entry-code-made", by=by, case_id=case.pk, target=entry.family,
                 detail={"way": way})  # fmt: skip
    return code


@transaction.atomic
def make_code(*, by: Person, case: Case) -> str:
    """Return a fresh code to be printed; former ones end. It is kept nowhere in the clear.

    Raises:
        NotYours: by somebody who neither enters nor leads the case, or its family has an address.
        Refused: nobody has entered when the child was born.
    """
    return _fresh(by, _entry(by, case), case, "paper")


@transaction.atomic
def text_code(*, by: Person, case: Case) -> None:
    """Send a fresh link to the family's telephone; former ones end.

    Raises:
        NotYours, Refused: as of `make_code`; no text can be sent there.
    """
    entry = _entry(by, case)
    if not can_text(entry.family):
        raise Refused(
            _("No text can be sent to this number from here. Print the code instead."),
            code="no-texts",
        )
    code = _fresh(by, entry, case, "sms")
    text_link(to=entry.family, case_id=case.pk, link=f"/take-over/{code}/")


@transaction.atomic
def end_codes(*, by: Person, case: Case) -> None:
    """Let no code or link that is out open anything any more.

    Raises:
        NotYours: as of `make_code`.
    """
    entry = _entry(by, case)
    accounts.end_links(person=entry.family, case_id=case.pk)
    audit.record("entry-codes-ended", by=by, case_id=case.pk, target=entry.family)
