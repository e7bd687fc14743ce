"""In which language a family's report will be, said before it is there, and what helps who reads
another once it is."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import people_with
from secondopinion.conversations.models import Post
from secondopinion.core.languages import language_name
from secondopinion.opinions.models import SignedReport
from secondopinion.opinions.papers import LANGUAGE
from secondopinion.translation.queries import of_case


def language_context() -> dict[str, object]:
    """Return the language of reports, and whether anybody here translates, for who reads another;
    for others nothing."""
    if (get_language() or LANGUAGE).partition("-")[0] == LANGUAGE:
        return {}
    return {"written_in": LANGUAGE, "translators_here": people_with(Role.TRANSLATOR).exists()}


def translation_context(report: SignedReport, language: str, reader: Person) -> dict[str, object]:
    """Return whether who reads a report in another language can have it in theirs, whether that is
    being made already, and the words that ask for it, with what was sent of them."""
    wish = _("Please have the report translated into this language: %(language)s.") % {
        "language": language_name(language)
    }
    own = report.translates or report
    made = of_case(report.case).filter(subject_id=own.pk, language=language)
    return {
        "translators_here": people_with(Role.TRANSLATOR).exists(),
        "being_translated": made.exists(),
        "wish": wish,
        "wished": Post.objects.filter(
            case=report.case, author=reader, text=wish, created_at__gte=report.signed_at
        ).first(),
    }
