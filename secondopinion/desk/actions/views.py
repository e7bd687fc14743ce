"""Keeping a view of the worklist under a name."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.core.errors import NotYours, Refused
from secondopinion.desk.models import SavedView
from secondopinion.desk.rules import require_team

MOST = 30  # saved views of one person


@transaction.atomic
def save_view(*, by: Person, name: str, address: str, shared: bool) -> SavedView:
    """Keep a view under a name; the same name again changes it.

    Raises:
        NotYours: by somebody who is not of the intake team.
        Refused: without a name, or too many.
    """
    require_team(by)
    name = " ".join(name.split())[:60]
    if not name:
        raise Refused(_("Give the view a name."), code="name-missing", field="name")
    mine = SavedView.objects.filter(owner=by)
    if mine.exclude(name=name).count() >= MOST:
        raise Refused(_("You have many saved views. Remove one first."), code="too-many")
    row, _made = mine.update_or_create(
        owner=by, name=name, defaults={"address": address, "shared": shared}
    )
    audit.record("view-saved", by=by, target=row)
    return row


@transaction.atomic
def remove_view(*, by: Person, view: SavedView) -> None:
    """Remove a saved view of one's own."""
    if view.owner_id != by.pk:
        raise NotYours
    audit.record("view-removed", by=by, target=view)
    view.delete()
