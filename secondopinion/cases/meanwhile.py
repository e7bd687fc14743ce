"""What happened in a case meanwhile, and by whom: told to who acts on a page that is old."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case, HandOver
from secondopinion.core import dates
from secondopinion.core.errors import Conflict, NotYours


def moved_on(case: Case, by: Person | None) -> str:
    """Say where a case stands now; to the staff also since when, and who brought it there."""
    said = _("This case has moved on: it is now “%(state)s”. Nothing was changed.") % {
        "state": case.get_state_display()
    }
    if by is None or not staff_roles(by):
        return said
    last = entries_for(case.pk).filter(detail__to=case.state, verb__startswith="case-").first()
    actor = Person.objects.filter(pk=last.actor_id).first() if last and last.actor_id else None
    if last is None or actor is None:
        return said
    more = _("%(name)s did this on %(when)s.") % {
        "name": actor.full_name, "when": _when(last.created_at)
    }  # fmt: skip
    return f"{said} {more}"


def refuse(case: Case, by: Person) -> None:
    """Refuse what only the owner may do; who had the case is told who has it now.

    Raises:
        Conflict: the person had it, and it has changed hands.
        NotYours: they never did.
    """
    if not HandOver.objects.filter(case=case, giver=by).exists():
        raise NotYours
    last = HandOver.objects.filter(case=case).select_related("taker").order_by("created_at").last()
    if last is None or not staff_roles(by) & {"coordinator"}:
        raise NotYours
    raise Conflict(
        _(
            "This case is with %(name)s since %(when)s, with the note “%(note)s”. Nothing was "
            "changed. Take it over first, with a word why."
        )
        % {"name": last.taker.full_name, "when": _when(last.created_at), "note": last.note},
        code="owner-changed",
    )


def _when(value: datetime) -> str:
    local = timezone.localtime(value)
    return f"{dates.written(local)}, {date_format(local, 'H:i')}"
