"""Whether somebody may change a translation now."""

from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.translation.models import Translation, TranslationPart, TranslationState
from secondopinion.translation.queries import parts_in

OPEN = (TranslationState.REQUESTED, TranslationState.DRAFT)
# In which states who has a part works on it.
WORKS = {
    TranslationPart.Kind.TRANSLATOR: OPEN,
    TranslationPart.Kind.REVIEWER: (TranslationState.WRITTEN,),
}


def locked(row: Translation, by: Person, *kinds: TranslationPart.Kind) -> Translation:
    """Return a translation as it is now, locked, for somebody whose part of these is to work on it.

    Raises:
        NotYours: they have none of these parts.
        Conflict: it is not their turn.
    """
    held = [kind for kind in kinds if kind in parts_in(row, by)]
    if not held:
        raise NotYours
    found = Translation.objects.select_for_update().select_related("case").get(pk=row.pk)
    if not any(found.state in WORKS[kind] for kind in held):
        raise changed()
    return found


def changed() -> Conflict:
    """Return the error that says that a translation is not any more as a page showed it."""
    return Conflict(_("Somebody has changed this already. Load the page again."), code="state")
