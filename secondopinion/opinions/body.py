"""What a specialist writes: the fields of the report's draft, and what must be there to sign it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case
from secondopinion.findings.queries import limitations_for
from secondopinion.opinions import coded
from secondopinion.opinions.models import Opinion
from secondopinion.opinions.sections import (
    OWN,
    TEMPLATE,
    Section,
    sections_of,
    template_in_words,
    text_in,
)
from secondopinion.opinions.typeset import unprintable
from secondopinion.program import queries as program

AGREEMENT = {
    "agrees": _("Agrees"),
    "partly": _("Agrees in part"),
    "differs": _("Differs"),
    "cannot_say": _("Cannot say from what was sent"),
}
URGENCY = {
    "now": _("See a doctor today"),
    "soon": _("Within days"),
    "weeks": _("Within weeks"),
    "routine": _("No hurry"),
}
OPERATION = {
    "advised": _("An operation is advised"),
    "not_advised": _("No operation is advised"),
}
OPTIONS = 4  # treatment options with their pros and cons

CHOICES = {
    "diagnosis": AGREEMENT, "plan": AGREEMENT, "operation": OPERATION, "urgency": URGENCY,
}  # fmt: skip
WORDING, LEFT_OUT = "limit_", "omit_"  # before the id of a finding: its words, why it is left out


def texts_of_sections(body: Mapping[str, str]) -> dict[str, Section]:
    """Return the sections that are a text of their own, by their fields: what can be written by
    one of several authors, or commented."""
    return {each.field: each for each in sections_of(body) if each.field}


def field_names(case: Case, body: Mapping[str, str]) -> list[str]:
    """Return the names of every field of a case's report; `body` says by which template."""
    limits = [
        f"{kind}{finding.pk.hex}" for finding in limitations_for(case)
        for kind in (WORDING, LEFT_OUT)
    ]  # fmt: skip
    answers = [
        f"{kind}_{question.number}" for question in case.questions.all()
        for kind in ("answer", "declined")
    ]  # fmt: skip
    options = [
        f"option_{number}_{part}" for number in range(1, OPTIONS + 1)
        for part in ("name", "pros", "cons")
    ]  # fmt: skip
    texts = texts_of_sections(body)
    return [*texts, "change", *CHOICES, *coded.FIELDS, *answers, *options, *limits]


_LABELS: dict[str, str | Promise] = {
    TEMPLATE: _("Sections of the report"),
    "diagnosis_codes": _("Diagnoses, coded"),
    "finding_codes": _("Findings, coded"),
    "procedure_codes": _("Procedures that were done, coded"),
    "advised_codes": _("Recommended procedures, coded"),
    "operation": _("On an operation"),
    "change": _("What changed, and why"),
}
_OF_OPTIONS = {
    "name": _("Option %(number)s"),
    "pros": _("Option %(number)s: what speaks for it"),
    "cons": _("Option %(number)s: what speaks against it"),
}
_OF_LIMITS = {
    WORDING: _("A limitation in your words"),
    LEFT_OUT: _("Why a limitation is left out"),
}


def label_of(name: str, body: Mapping[str, str]) -> str:
    """Return what a field of the report `body`, or the caption of a key image, is called."""
    kind, _rest, number = name.partition("_")
    if kind == "answer":
        return gettext("Answer to question %(number)s") % {"number": number}
    if kind == "declined":
        return gettext("Why question %(number)s is not answered") % {"number": number}
    if kind == "caption":
        return gettext("Caption of key image %(number)s") % {"number": number}
    if kind == "option":
        number, _rest, part = number.partition("_")
        return str(_OF_OPTIONS[part]) % {"number": number}
    return str(_OF_LIMITS.get(f"{kind}_") or _LABELS.get(name) or _title_of(name, body))


def _title_of(name: str, body: Mapping[str, str]) -> str:
    rows = sections_of({**body, name: "x"} if name.startswith(OWN) else body)
    title = next(each.title for each in rows if name in {each.key, each.field})
    if name in {"diagnosis_text", "plan_text"}:
        return gettext("%(section)s: why") % {"section": title}
    return title


def texts_in(case: Case, body: dict[str, str]) -> dict[str, str]:
    """Return the fields in which a person writes, questions first."""
    written = [name for name in field_names(case, body) if name not in CHOICES]
    first = sorted(written, key=lambda name: not name.startswith(("answer_", "declined_")))
    return {name: body.get(name, "") for name in first}


def in_words(body: dict[str, str]) -> dict[str, str]:
    """Return the fields of a report as they are read: choices by their words, codes by names."""
    return {name: _in_words(name, value) for name, value in body.items()}


def _in_words(name: str, value: str) -> str:
    if name in CHOICES:
        return str(CHOICES[name].get(value, ""))
    if name == TEMPLATE:
        return template_in_words(value)
    return coded.in_words(value) if name in coded.FIELDS else value


def cleaned(case: Case, values: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """Return the values that belong to the report as it is `before`, choices only where they exist.

    Raises:
        Refused: a code that there is not, and that was not there `before`.
    """
    names = set(field_names(case, before))
    kept = {name: value for name, value in values.items() if name in names}
    kept |= choices_in(kept)
    for name in coded.FIELDS.keys() & kept.keys():
        kept[name] = coded.kept(name, kept[name], before.get(name, ""))
    return kept


def choices_in(values: dict[str, str]) -> dict[str, str]:
    """Return the choices among values; one that does not exist is none."""
    return {
        name: value if value in CHOICES[name] else ""
        for name, value in values.items() if name in CHOICES
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that must be there before the report can be signed, and the field it is in."""

    field: str
    sentence: str | Promise


_NEEDED: dict[str, str | Promise] = {
    "summary": _("Write the summary in plain words for the family."),
    "limitations": _("Say what limits this opinion, beyond what is listed."),
    "urgency": _("Say how urgent it is."),
    "diagnosis": _("Say whether you agree with the diagnosis."),
    "plan": _("Say whether you agree with the treatment plan."),
    "options": _("Name at least one treatment option."),
}
_OPERATION = ("operation", _("Say whether you advise an operation."))
_CHANGE = ("change", _("Say what you changed in the report, and why."))


def gaps(opinion: Opinion) -> list[Gap]:
    """Return what is missing, unanswered questions first, then in the order of the sections."""
    body = opinion.body
    empty = [gap for each in sections_of(body) if each.required for gap in _empty(each, body)]
    if program.program().second_operation and not body.get("operation"):
        empty.append(Gap(*_OPERATION))
    changed = [Gap(*_CHANGE)] if opinion.amends_id and not body.get("change", "").strip() else []
    return [
        *changed, *_unanswered(opinion.case, body), *empty, *_unexplained(body),
        *_unprintable(body),
    ]  # fmt: skip


def _unexplained(body: dict[str, str]) -> Iterator[Gap]:
    """Return where the report does not simply agree, and nobody says why."""
    for section in sections_of(body):
        if section.key in ("diagnosis", "plan"):
            choice, words = body.get(section.key, ""), body.get(section.field, "")
            if choice not in ("", "agrees") and not words.strip():
                told = {"section": section.title, "choice": AGREEMENT[choice]}
                yield Gap(section.field, _("%(section)s: %(choice)s. Say why.") % told)


def _empty(section: Section, body: dict[str, str]) -> Iterator[Gap]:
    """Return a section that has to be written and is not; of the answers each is told alone."""
    if section.key == "answers":
        return
    if section.key == "options":
        field = "option_1_name"
        text = "".join(body.get(f"option_{number}_name", "") for number in range(1, OPTIONS + 1))
    elif section.key in CHOICES:
        field, text = section.key, body.get(section.key, "")
    else:
        field, text = section.field, text_in(section, body)
    if not text.strip():
        told = gettext("This is empty: %(section)s") % {"section": section.title}
        yield Gap(field, _NEEDED.get(section.key, told))


def _unanswered(case: Case, body: dict[str, str]) -> Iterator[Gap]:
    """Return the questions that are neither answered nor declined with a reason, or both."""
    for question in case.questions.all():
        told = {"number": question.number}
        answer, declined = (
            body.get(f"{kind}_{question.number}", "").strip() for kind in ("answer", "declined")
        )
        if not answer and not declined:
            sentence = _("Question %(number)s has no answer, and no reason why not.") % told
            yield Gap(f"answer_{question.number}", sentence)
        elif answer and declined:
            sentence = _("Question %(number)s has an answer and a reason why not: keep one.") % told
            yield Gap(f"declined_{question.number}", sentence)


def _unprintable(body: dict[str, str]) -> list[Gap]:
    """Return the fields with signs that would not stand in the document: "≥ 3 mm" must not become
    "3 mm"."""
    return [
        Gap(field, _("These signs cannot be printed: %(signs)s. Write them in words.")
            % {"signs": signs})
        for field, text in body.items()
        if (signs := unprintable(text))
    ]  # fmt: skip
