"""What is asked about a document: a page of it again, or whose it is."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext, override

from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours
from secondopinion.program import letters
from secondopinion.program.models import MessageTemplate
from secondopinion.records.models import Page, Record
from secondopinion.records.queries import for_case


@dataclass(frozen=True, slots=True)
class About:
    """A document of a case that the desk asks about; with a page, for that page again."""

    record: Record
    page: Page | None

    @property
    def template(self) -> MessageTemplate:
        """The words that ask it."""
        return letters.template_of("hard-to-read" if self.page else "whose-document")

    def called(self, language: str) -> str:
        """Return the document, and its page, in words of a language."""
        title = f"\u2068{self.record.title}\u2069"
        if self.page is None:
            return title
        with override(language):
            return gettext("%(title)s, page %(page)s") % {
                "title": title, "page": self.page.number
            }  # fmt: skip


def about_in(given: QueryDict, case: Case) -> About | None:
    """Return what an address or a form asks about: `record`, with or without its `page`.

    Raises:
        NotYours: the case has no such document, or it no such page.
    """
    if not (key := given.get("record")):
        return None
    try:
        record = for_case(case).filter(pk=UUID(key)).first()
    except (ValueError, ValidationError):
        raise NotYours from None
    if record is None:
        raise NotYours
    number = given.get("page", "")
    if not number:
        return About(record, None)
    found = record.pages.filter(number=int(number), aside="") if number.isdecimal() else None
    page = found.first() if found is not None else None
    if page is None:
        raise NotYours
    return About(record, page)
