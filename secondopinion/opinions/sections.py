"""The sections that a report is written in: those of its template, and what else was written.

A draft names its template and version in its body, so that its versions, what a second reader read
and what a panel agreed to say it too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from secondopinion.core.languages import in_language
from secondopinion.program import queries as program
from secondopinion.program.models import ReportTemplate
from secondopinion.program.reports import BASE

TEMPLATE = "template"  # the name in the body: "oncology 2"
OWN = "section_"  # before the key of a section that is not a base one: the name of its field
# Before templates were there, every report was written in the sections of this one.
_EARLIEST = f"{program.DEFAULT_REPORT} 1"
# The fields of base sections that are not called as they are; "" where it is none.
_FIELDS = {
    "diagnosis": "diagnosis_text", "plan": "plan_text", "answers": "", "options": "", "urgency": "",
}  # fmt: skip
_READ_FIRST, _READ_LAST = ("summary", "answers", "limitations", "urgency"), ("references",)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a report; texts are by language."""

    key: str
    titles: Mapping[str, str]
    required: bool = False
    hints: Mapping[str, str] = field(default_factory=dict)
    starters: Mapping[str, str] = field(default_factory=dict)
    code: str = ""  # of LOINC, for other hospitals' systems

    @property
    def title(self) -> str:
        """What it is called in the reader's language."""
        return in_language(self.titles)

    @property
    def hint(self) -> str:
        """What a good one contains, in the reader's language."""
        return in_language(self.hints)

    @property
    def is_own(self) -> bool:
        """Whether a template has it beside the base ones."""
        return self.key not in BASE

    @property
    def field(self) -> str:
        """The field of the body that holds its text; "" where none does."""
        return f"{OWN}{self.key}" if self.is_own else _FIELDS.get(self.key, self.key)


def named(template: ReportTemplate) -> str:
    """Return what the body of a report says of its template."""
    return f"{template.key} {template.version}"


def template_of(body: Mapping[str, str]) -> ReportTemplate:
    """Return the template, in its version, that a draft is written by."""
    key, _space, version = (body.get(TEMPLATE) or _EARLIEST).partition(" ")
    return program.report_template(key, int(version))


def template_in_words(name: str) -> str:
    """Return a template and its version as they are read; `name` is as in the body."""
    return named_in_words(template_of({TEMPLATE: name}))


def named_in_words(template: ReportTemplate) -> str:
    """Return the name of a template and its version in the reader's language."""
    told = {"name": in_language(template.names), "version": template.version}
    return gettext("%(name)s, version %(version)s") % told


def sections_of(body: Mapping[str, str]) -> list[Section]:
    """Return the sections of a draft in their order; last what is written in sections of another
    template: nothing that was written is dropped."""
    found = [Section(**each) for each in template_of(body).sections]
    here = {each.field for each in found}
    for name, text in body.items():
        if name.startswith(OWN) and name not in here and text.strip():
            key = name.removeprefix(OWN)
            found.append(Section(key, program.section_titles(key)))
    return found


def text_in(section: Section, body: Mapping[str, str]) -> str:
    """Return what is written in a section; "" where nothing was put to the lines it begins with."""
    text = body.get(section.field, "")
    began = {line.strip() for words in section.starters.values() for line in words.splitlines()}
    return text if any(line.strip() not in began for line in text.split("\n")) else ""


def for_document(body: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the sections as a signed document has them, in the order in which it is read: what
    the family needs first, sources last. Own sections that are empty are left out."""
    made = []
    for each in sorted(sections_of(body), key=lambda each: _place(each.key)):
        told: dict[str, Any] = {"key": each.key, "titles": dict(each.titles)}
        if each.code:
            told["code"] = each.code
        if not each.is_own:
            made.append(told)
        elif text := text_in(each, body):
            made.append(told | {"text": text})
    return made


def _place(key: str) -> int:
    if key in _READ_FIRST:
        return _READ_FIRST.index(key)
    return len(_READ_FIRST) + (key in _READ_LAST)


def in_document(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sections of a signed document, also of one signed before there were templates."""
    found: list[dict[str, Any]] | None = document.get("sections")
    return for_document({}) if found is None else found
