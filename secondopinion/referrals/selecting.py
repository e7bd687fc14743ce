"""What a referral sends: signed documents, records and studies that are chosen one by one."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_family
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import State
from secondopinion.core import dates
from secondopinion.core.errors import Conflict, Refused
from secondopinion.imaging import queries as imaging
from secondopinion.imaging.models import Study
from secondopinion.opinions.models import SignedReport
from secondopinion.opinions.queries import current_report
from secondopinion.records import queries as records
from secondopinion.records.models import Record
from secondopinion.referrals import consenting
from secondopinion.referrals.models import Letter, Referral, ReferralState
from secondopinion.referrals.queries import objects_of

KINDS = ("reports", "records", "studies")
ISOLATE, ENDS = "\u2068", "\u2069"  # a name in another script turns nothing beside it


@dataclass(slots=True)
class Item:
    """One thing that can be sent: its kind and key, its line in words, and whether it is chosen.

    `belongs`: it is a signed letter of this referral to the clinic.
    """

    kind: str
    key: str
    line: str
    chosen: bool
    belongs: bool = False


def first_choice(case: Case) -> dict[str, list[Any]]:
    """Return what a new referral sends until somebody chooses: the current report alone."""
    report = current_report(case)
    return {"reports": [report.number] if report else [], "records": [], "studies": []}


def items(referral: Referral) -> list[Item]:
    """Return everything that a referral can send, in words of the language that is active."""
    case, chosen = referral.case, referral.selection
    papers = case.signed_reports.filter(replaced_by=None).select_related("letter")
    made = [
        Item(
            "reports", str(row.number), _report_line(row), row.number in chosen["reports"],
            belongs=_is_to_clinic(_letter_in(row), referral),
        )
        for row in papers
    ]  # fmt: skip
    made += [
        Item("records", str(row.pk), _record_line(row), str(row.pk) in chosen["records"])
        for row in records.givable(case)
    ]
    made += [
        Item("studies", str(row.pk), _study_line(row), str(row.pk) in chosen["studies"])
        for row in imaging.studies_for_case(case)
    ]
    return made


def lines(referral: Referral) -> list[str]:
    """Return what is chosen, a line for each, in the language that is active."""
    return [each.line for each in items(referral) if each.chosen]


def _line(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _day(value: date | datetime | None) -> str:
    return dates.written(value) if value else ""


def _letter_in(row: SignedReport) -> Letter | None:
    return getattr(row, "letter", None)


def _is_to_clinic(letter: Letter | None, referral: Referral) -> bool:
    return (
        letter is not None
        and letter.referral_id == referral.pk
        and letter.kind == Letter.Kind.REFERRAL
    )


def _report_line(row: SignedReport) -> str:
    letter = _letter_in(row)
    kind = letter.get_kind_display() if letter else row.get_kind_display()
    return _line(f"{kind} {row.number}", _day(row.signed_on))


def _record_line(row: Record) -> str:
    return _line(f"{ISOLATE}{row.title}{ENDS}", str(row.get_kind_display()), _day(row.dated))


def _study_line(row: Study) -> str:
    count = objects_of([str(row.pk)]).count()
    told = ngettext("%(count)s image", "%(count)s images", count) % {"count": count}
    return _line(row.description or str(_("Images")), _day(row.date), told)


def digest_of(referral: Referral) -> str:
    """Return what tells one selection from another: a consent names the one that was read."""
    text = json.dumps(referral.selection, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def must_hold_still(referral: Referral) -> None:
    """Hold when a selection can be agreed to, and sent: its request goes on, and none of its
    reports was corrected.

    Raises:
        Refused: one was, or the family has withdrawn the request.
    """
    case = referral.case
    if Case.objects.filter(pk=case.pk, state=State.WITHDRAWN).exists():
        raise Refused(_("This case has ended."), code="ended")
    reports = case.signed_reports.filter(number__in=referral.selection["reports"])
    if reports.exclude(replaced_by=None).exists():
        raise Refused(
            _("A report in this list was corrected meanwhile. Our team has to choose it anew."),
            code="report-replaced",
        )


@transaction.atomic
def choose(*, by: Person, referral: Referral, **chosen: list[str]) -> Referral:
    """Choose what is sent, by kind and key. A consent to something else ends, and the family is
    asked again.

    Raises:
        NotYours: by somebody without a part in the referral.
        Refused: nothing is chosen, or something that is not there.
        Conflict: it has been sent.
    """
    case = referral.case
    require(case, by, Part.COORDINATOR, Part.REFERRAL_COORDINATOR, Part.SPECIALIST)
    there: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for each in items(referral):
        there[each.kind].add(each.key)
    for kind in KINDS:
        if not set(chosen.get(kind, ())) <= there[kind]:
            raise Refused(_("Something that you chose is not there any more."), code="not-there")
    selection: dict[str, list[Any]] = {
        "reports": sorted(int(each) for each in chosen.get("reports", ())),
        "records": sorted(chosen.get("records", ())),
        "studies": sorted(chosen.get("studies", ())),
    }
    if not any(selection.values()):
        raise Refused(_("Choose at least one thing to send."), code="nothing-chosen")
    if selection == referral.selection:
        return referral
    open_still = Referral.objects.filter(pk=referral.pk, state=ReferralState.REQUESTED)
    agreed = open_still.filter(consented_at__isnull=False).exists()
    if not open_still.update(selection=selection, consented_at=None):
        raise Conflict(_("It has been sent already. Nothing was changed."), code="state-changed")
    referral.refresh_from_db()
    if agreed:
        consenting.end(referral)
        tell_family(case, "referral-changed")
    audit.record(
        "referral-selected", by=by, case_id=case.pk, target=referral,
        detail={kind: len(rows) for kind, rows in selection.items()},
    )  # fmt: skip
    return referral


def add_letter(*, by: Person, letter: Letter, report: SignedReport) -> None:
    """Let the letter to the clinic go with its referral as soon as it is signed, inside the
    signing's transaction. A list that the family has agreed to stays as it is."""
    referral = Referral.objects.select_for_update().get(pk=letter.referral_id)
    waits = referral.state == ReferralState.REQUESTED and referral.consented_at is None
    if not waits or not _is_to_clinic(letter, referral):
        return
    chosen = sorted({*referral.selection["reports"], report.number})
    referral.selection = referral.selection | {"reports": chosen}
    referral.save(update_fields=["selection"])
    audit.record(
        "referral-selected", by=by, case_id=referral.case_id, target=referral,
        detail={kind: len(rows) for kind, rows in referral.selection.items()},
    )  # fmt: skip
