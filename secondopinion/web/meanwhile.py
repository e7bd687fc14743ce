"""What was done last in a case, told to staff whose page was old: what happened, when, by whom."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Part
from secondopinion.cases.queries import roles_of, visible_to
from secondopinion.core import dates
from secondopinion.web.desk.history import done
from secondopinion.web.oversight.words import words_of

_TOLD = {"desk", Part.COORDINATOR, Part.SPECIALIST}
_LOOKED_AT = 100  # entries of the audit, the latest first


def said(request: HttpRequest, message: str) -> str:
    """Return what a page that was old is told: with what was done last in its case and by whom,
    where the message does not name them yet: to the team and who reviews the case, for families are
    not told who of the staff did what, nor is who has a part in one text of a case."""
    match, person = request.resolver_match, request.user
    reference = match.kwargs.get("reference", "") if match else ""
    if not reference or not isinstance(person, Person) or not staff_roles(person):
        return message
    case = visible_to(person).filter(reference=reference).first()
    if case is None or not roles_of(case, person) & _TOLD:
        return message
    rows = done(entries_for(case.pk)[:_LOOKED_AT])
    if not rows:
        return message
    last = rows[0]
    actor = Person.objects.filter(pk=last.actor_id).first() if last.actor_id else None
    if actor is not None and actor.full_name and actor.full_name in message:
        return message
    local = timezone.localtime(last.created_at)
    when = f"{dates.written(local)}, {date_format(local, 'H:i')}"
    more = _("Last in this case: “%(what)s”, %(name)s, %(when)s.") % {
        "what": words_of(last.verb), "name": actor or _("by itself"), "when": when,
    }  # fmt: skip
    return f"{message} {more}"
