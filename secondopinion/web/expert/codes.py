"""Codes of diagnoses, findings and procedures: searched as one types, or on a page of their own.

What is searched says something of a child, so it comes by POST and is kept nowhere.
"""

from dataclasses import dataclass

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from secondopinion.cases.models import Case, Part
from secondopinion.coding.codes import Code, System
from secondopinion.coding.searching import Hit, search
from secondopinion.core.errors import NotYours
from secondopinion.opinions import coded
from secondopinion.opinions.models import Opinion
from secondopinion.web.access import PersonRequest, of_case

_TYPED, _SHOWN = 12, 30  # hits while typing, and on a page


@dataclass(frozen=True, slots=True)
class Field:
    """A field of codes as the report shows it."""

    name: str
    label: str | Promise
    hint: str | Promise
    systems: tuple[System, ...]
    chosen: list[Code]


_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "diagnosis_codes": (
        _("Diagnoses, coded"),
        _("Type English words or a code. The main diagnosis stands first."),
    ),
    "finding_codes": (_("Findings, coded"), _("Type English words, also plain ones, or a code.")),
    "procedure_codes": (
        _("Procedures that were done, coded"),
        _("Type what it is called in English: appendectomy, MRI brain. Or a code."),
    ),
    "advised_codes": (
        _("Recommended procedures, coded"),
        _("Type what it is called in English: appendectomy, MRI brain. Or a code."),
    ),
}


def fields_of(body: dict[str, str]) -> dict[str, Field]:
    """Return the fields of codes by their names, with what is chosen in a report."""
    return {
        name: Field(name, *_WORDS[name], systems, coded.chosen(body.get(name, "")))
        for name, systems in coded.FIELDS.items()
    }


def given(values: QueryDict) -> dict[str, str]:
    """Return what a form of the report sends; of a field of codes, every value on a line."""
    texts = {name: str(text) for name, text in values.items()}
    lists = {name: "\n".join(values.getlist(name)) for name in coded.FIELDS if name in values}
    return texts | lists


def sought(values: QueryDict) -> tuple[str, str] | None:
    """Return the field that codes are looked for in without a script, and the words."""
    name = values.get("find", "")
    typed = values.get(f"{name}_words", "").strip()
    return (name, typed) if name in coded.FIELDS and typed else None


def choose(request: PersonRequest, opinion: Opinion, wanted: tuple[str, str]) -> HttpResponse:
    """Show the codes that words find, to choose from."""
    name, typed = wanted
    field = fields_of(opinion.body)[name]
    context = {
        "case": opinion.case, "opinion": opinion, "field": field, "typed": typed,
        "hits": search(field.systems, typed, _SHOWN),
    }  # fmt: skip
    return render(request, "expert/codes.html", context)


def _told(hit: Hit) -> dict[str, str | bool]:
    return {
        "value": f"{hit.code.system.key} {hit.code.code}",
        "system": hit.code.system.name,
        "code": hit.code.code,
        "label": hit.code.label,
        "by": hit.by,
        "lay": hit.lay,
    }


@of_case(Part.SPECIALIST)
@require_POST
def find(request: PersonRequest, case: Case, field: str) -> HttpResponse:
    """Answer the codes that what is typed finds, best first."""
    if field not in coded.FIELDS:
        raise NotYours
    hits = search(coded.FIELDS[field], request.POST.get("words", ""), _TYPED)
    return JsonResponse({"hits": [_told(each) for each in hits]})
