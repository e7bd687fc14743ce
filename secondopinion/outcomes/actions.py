"""Keeping what the family says about how it went, and asking no more."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Min, OuterRef, Subquery, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock, dates
from secondopinion.core.errors import Refused
from secondopinion.opinions.models import Delivery, Opinion
from secondopinion.outcomes.models import Answer, Changed, Outcome, Recommends, Silence

DAYS = (30, 90)
CHOICES: dict[str, type[TextChoices]] = {
    "changed": Changed, "satisfied": Answer, "recommends": Recommends,
}  # fmt: skip


def check(field: str, value: str) -> None:
    """Let only an answer pass that this question has.

    Raises:
        Refused: it has no such answer.
    """
    if value not in CHOICES[field].values:
        raise Refused(_("Choose an answer."), code="answer-missing", field=field)


def had_since() -> Coalesce:
    """Return what says of a row of cases since when its family has the report; where it goes to
    the local provider alone, when it was signed. None where there is no report yet."""
    had = Delivery.objects.filter(report__case=OuterRef("pk"), role=Part.FAMILY)
    first = had.order_by().values("report__case").annotate(first=Min("created_at"))
    return Coalesce(Subquery(first.values("first")), F("reported_at"))


@transaction.atomic
def tell_outcome(
    *,
    by: Person,
    case: Case,
    day: int,
    changed: str,
    satisfied: str = "",
    recommends: str = "",
    note: str = "",
) -> Outcome:
    """Keep the family's answers, and tell who wrote the report, if they are still here; answering
    again for the same day replaces them.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: before there is a report, before the day has come, or without saying what changed.
    """
    require(case, by, Part.FAMILY)
    since = Case.objects.annotate(had=had_since()).values_list("had", flat=True).get(pk=case.pk)
    if case.reported_at is None or since is None or day not in DAYS:
        raise Refused(_("There is no report yet."), code="too-early")
    on = since + timedelta(days=day)
    if on > clock.now():
        raise Refused(
            _("It is too early to say how it went. We ask you from %(day)s on.")
            % {"day": dates.written(on)},
            code="too-early",
        )  # fmt: skip
    check("changed", changed)
    for field, value in (("satisfied", satisfied), ("recommends", recommends)):
        if value:
            check(field, value)
    outcome, made = Outcome.objects.update_or_create(
        case=case, day=day,
        defaults={
            "changed": changed, "satisfied": satisfied, "recommends": recommends, "by": by,
            "note": note.strip(),
        },
    )  # fmt: skip
    if made:
        wrote = Opinion.objects.filter(case=case).values("author")
        for author in holders_of(case, Part.SPECIALIST).filter(pk__in=wrote):
            tell(case, author, "outcome-told", "/expert/cases")
    audit.record("outcome-told", by=by, case_id=case.pk, target=outcome, detail={"day": day})
    return outcome


@transaction.atomic
def ask_no_more(*, by: Person, case: Case) -> None:
    """Ask this family no more how it went.

    Raises:
        NotYours: by somebody who is neither the family nor the case's coordinator.
    """
    require(case, by, Part.FAMILY, Part.COORDINATOR)
    row, made = Silence.objects.get_or_create(case=case, defaults={"by": by})
    if made:
        audit.record("outcome-silenced", by=by, case_id=case.pk, target=row)
