"""What every change of a draft goes through: whose it is, and that each saving is a version."""

from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Part
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.opinions.models import Opinion, OpinionState, Version


def own_draft(opinion: Opinion, by: Person) -> Opinion:
    """Lock a draft for its author.

    Raises:
        NotYours: somebody else's.
        Conflict: it is signed.
    """
    if opinion.author_id != by.pk:
        raise NotYours
    return _locked(opinion, by)


def shared_draft(opinion: Opinion, by: Person) -> Opinion:
    """Lock a draft for its author, or for an expert of its panel.

    Raises:
        NotYours: by somebody else.
        Conflict: it is signed.
    """
    if opinion.author_id != by.pk and not on_panel(opinion, by):
        raise NotYours
    return _locked(opinion, by)


def on_panel(opinion: Opinion, person: Person) -> bool:
    """Say whether a person writes a report together with its author."""
    return opinion.panel.filter(person=person, left_at=None).exists()


def _locked(opinion: Opinion, by: Person) -> Opinion:
    require(opinion.case, by, Part.SPECIALIST)
    fresh = Opinion.objects.select_for_update().select_related("case").get(pk=opinion.pk)
    if fresh.state != OpinionState.DRAFT:
        raise Conflict(_("This report is signed. Add an addendum instead."), code="signed")
    return fresh


def write(draft: Opinion, by: Person, values: dict[str, str]) -> None:
    """Save fields of a locked draft, and keep what that changed; the same again is no version."""
    changed = {name: each for name, each in values.items() if draft.body.get(name, "") != each}
    if not changed:
        return
    draft.revision += 1
    draft.body = {**draft.body, **changed}
    draft.save(update_fields=["body", "revision"])
    Version.objects.create(opinion=draft, revision=draft.revision, changed=changed, by=by)
