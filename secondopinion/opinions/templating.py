"""By which template a draft is written, as its author chooses, and how a section of it begins."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.core.errors import Refused
from secondopinion.core.languages import in_language
from secondopinion.opinions import papers, sections, writing
from secondopinion.opinions.body import texts_of_sections
from secondopinion.opinions.models import Opinion
from secondopinion.program import queries as program


@transaction.atomic
def choose(*, by: Person, opinion: Opinion, key: str) -> Opinion:
    """Go on by the newest version of a template; what was written stays, also in sections that
    the template does not have.

    Raises:
        NotYours: by somebody else than the author.
        Refused: there is no such template.
        Conflict: it is signed.
    """
    draft = writing.own_draft(opinion, by)
    chosen = next((each for each in program.report_templates() if each.key == key), None)
    if chosen is None:
        raise Refused(_("Choose one of the templates."), code="no-template", field="template")
    writing.write(draft, by, {sections.TEMPLATE: sections.named(chosen)})
    audit.record(
        "report-template-chosen", by=by, case_id=draft.case_id, target=draft,
        detail={"template": sections.named(chosen)},
    )  # fmt: skip
    return draft


@transaction.atomic
def begin(*, by: Person, opinion: Opinion, field: str) -> Opinion:
    """Put the lines that a section begins with under what is written in it.

    Raises:
        NotYours: by somebody who does not write it.
        Refused: it begins with none.
        Conflict: it is signed.
    """
    draft = writing.shared_draft(opinion, by)
    section = texts_of_sections(draft.body).get(field)
    if section is None or not section.starters:
        raise Refused(_("This section begins with nothing."), code="no-starter", field=field)
    lines = in_language(section.starters, papers.LANGUAGE)
    written = draft.body.get(field, "").rstrip()
    writing.write(draft, by, {field: "\n".join(filter(None, (written, lines)))})
    audit.record("report-saved", by=by, case_id=draft.case_id, target=draft)
    return draft
