"""What a specialist writes: the fields of the report's draft, and what must be there to sign it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case
from secondopinion.findings.queries import limitations_for
from secondopinion.opinions import coded
from secondopinion.opinions.models import Opinion
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

_TEXTS = (
    "history", "findings", "diagnosis_text", "plan_text", "tests", "limitations", "references",
    "summary", "change",
)  # fmt: skip
CHOICES = {
    "diagnosis": AGREEMENT, "plan": AGREEMENT, "operation": OPERATION, "urgency": URGENCY,
}  # fmt: skip
# What can be written by one of several authors, or commented.
SECTIONS = ("history", "findings", "diagnosis_text", "plan_text", "tests", "limitations", "summary")


WORDING, LEFT_OUT = "limit_", "omit_"  # before the id of a finding: its words, why it is left out


def field_names(case: Case) -> list[str]:
    """Return the names of every field of a case's report."""
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
    return [*_TEXTS, *CHOICES, *coded.FIELDS, *answers, *options, *limits]


_LABELS: dict[str, str | Promise] = {
    "history": _("History"),
    "findings": _("Findings"),
    "diagnosis": _("On the diagnosis"),
    "diagnosis_text": _("On the diagnosis: why"),
    "diagnosis_codes": _("Diagnoses, coded"),
    "finding_codes": _("Findings, coded"),
    "procedure_codes": _("Procedures that were done, coded"),
    "advised_codes": _("Recommended procedures, coded"),
    "plan": _("On the treatment plan"),
    "plan_text": _("On the treatment plan: why"),
    "tests": _("Recommended tests"),
    "operation": _("On an operation"),
    "urgency": _("How urgent"),
    "limitations": _("Limitations, beyond what is listed"),
    "references": _("References"),
    "summary": _("Summary in plain words for the family"),
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


def label_of(name: str) -> str:
    """Return what a field of the report, or the caption of a key image, is called."""
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
    return str(_OF_LIMITS.get(f"{kind}_") or _LABELS[name])


def texts_in(case: Case, body: dict[str, str]) -> dict[str, str]:
    """Return the fields in which a person writes, questions first."""
    written = [name for name in field_names(case) if name not in CHOICES]
    first = sorted(written, key=lambda name: not name.startswith(("answer_", "declined_")))
    return {name: body.get(name, "") for name in first}


def in_words(body: dict[str, str]) -> dict[str, str]:
    """Return the fields of a report as they are read: choices by their words, codes by names."""
    return {name: _in_words(name, value) for name, value in body.items()}


def _in_words(name: str, value: str) -> str:
    if name in CHOICES:
        return str(CHOICES[name].get(value, ""))
    return coded.in_words(value) if name in coded.FIELDS else value


def cleaned(case: Case, values: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """Return the values that belong to the report, choices only where they exist.

    Raises:
        Refused: a code that there is not, and that was not there `before`.
    """
    names = set(field_names(case))
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


_NEEDED: tuple[tuple[str, str | Promise], ...] = (
    ("summary", _("Write the summary in plain words for the family.")),
    ("limitations", _("Say what limits this opinion, beyond what is listed.")),
    ("urgency", _("Say how urgent it is.")),
    ("diagnosis", _("Say whether you agree with the diagnosis.")),
    ("plan", _("Say whether you agree with the treatment plan.")),
    ("history", _("The history is empty.")),
    ("findings", _("The findings are empty.")),
)


_OPERATION = ("operation", _("Say whether you advise an operation."))
_CHANGE = ("change", _("Say what you changed in the report, and why."))


def gaps(opinion: Opinion) -> list[Gap]:
    """Return what is missing, unanswered questions first."""
    body = opinion.body
    empty = [Gap(field, sentence) for field, sentence in _NEEDED if not body.get(field, "").strip()]
    if program.program().second_operation and not body.get("operation"):
        empty.append(Gap(*_OPERATION))
    changed = [Gap(*_CHANGE)] if opinion.amends_id and not body.get("change", "").strip() else []
    return [*changed, *_unanswered(opinion.case, body), *empty, *_unprintable(body)]


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
