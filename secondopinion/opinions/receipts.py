"""Receipts of reports: a local provider who does not open one in time does not keep a family
waiting: the coordinator is told, and can send it again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import clocks, needs
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell, tell_coordinator
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import Why
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused
from secondopinion.opinions.models import Delivery, SignedReport
from secondopinion.program.models import DeliveryMode

UNOPENED = "report-not-opened"


def due(case: Case) -> datetime:
    """Return until when a report that is delivered now should be opened."""
    return clocks.due_in(case, "open")


def news(report: SignedReport, part: str, rule: str) -> str:
    """Return the mail that says to who has a part in a case that there is a report."""
    mail = "report-for-provider"
    if part == Part.FAMILY:
        mail = "report-ready"
    elif rule == DeliveryMode.THROUGH_PROVIDER:
        mail = "report-to-hand-on"
    return f"corrected-{mail}" if report.kind == SignedReport.Kind.AMENDMENT else mail


def follow(case: Case) -> None:
    """Let the desk know of a report that was not opened in time, until it is, is sent again, or is
    replaced by its correction."""
    missed = Delivery.objects.filter(
        report__case=case, report__replaced_by=None, opened_at=None, missed_at__isnull=False
    )
    needs.hold(case, Why.UNOPENED, missed.exists())


def notice_unopened() -> int:
    """Tell coordinators of reports that were not opened in time, of each once; return how many.

    Safe to run at any time.
    """
    told = 0
    late = Delivery.objects.filter(
        opened_at=None, missed_at=None, open_by__lt=clock.now(), report__replaced_by=None
    )
    for row in late.select_related("report__case__coordinator"):
        with transaction.atomic():
            fresh = Delivery.objects.filter(pk=row.pk, opened_at=None, missed_at=None)
            if not fresh.update(missed_at=clock.now()):
                continue  # opened this very moment
            follow(row.report.case)
            tell_coordinator(row.report.case, UNOPENED)
            audit.record(
                "report-not-opened", by=None, case_id=row.report.case_id, target=row.report
            )
        told += 1
    return told


@transaction.atomic
def remind(*, by: Person, delivery: Delivery) -> None:
    """Send a local provider the way to a report again, with time as at first; where the family has
    named another since, they get it instead.

    Raises:
        NotYours: by somebody who is not the coordinator.
        Refused: there is no local provider at present.
        Conflict: it has been opened.
    """
    case, report = delivery.report.case, delivery.report
    require(case, by, Part.COORDINATOR)
    waiting = Delivery.objects.filter(pk=delivery.pk, opened_at=None, role=Part.LOCAL_PROVIDER)
    if not waiting.update(open_by=None, missed_at=None):
        raise Conflict(_("The report has been opened already."), code="state-changed")
    here = list(holders_of(case, Part.LOCAL_PROVIDER))
    if not here:
        raise Refused(_("There is no local provider at present."), code="provider-missing")
    for person in here:
        new, _made = Delivery.objects.get_or_create(
            report=report, to=person, defaults={"role": delivery.role, "rule": delivery.rule}
        )
        new.open_by = due(case)
        new.save(update_fields=["open_by"])
        tell(case, person, news(report, delivery.role, delivery.rule), "/provider/cases")
    follow(case)
    audit.record("report-sent-again", by=by, case_id=case.pk, target=report)
