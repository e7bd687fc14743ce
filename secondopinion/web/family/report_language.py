"""In which language a family's report will be, said before it is there."""

from django.utils.translation import get_language

from secondopinion.accounts.models import Role
from secondopinion.accounts.queries import people_with
from secondopinion.opinions.papers import LANGUAGE


def language_context() -> dict[str, object]:
    """Return the language of reports, and whether anybody here translates, for who reads another;
    for others nothing."""
    if (get_language() or LANGUAGE).partition("-")[0] == LANGUAGE:
        return {}
    return {"written_in": LANGUAGE, "translators_here": people_with(Role.TRANSLATOR).exists()}
