"""A page that was changed elsewhere while somebody typed: both versions, to choose from."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import localize_input

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.web.family import pages
from secondopinion.web.forms import DateField, DateParts, PlainForm, labels_of

Inputs = dict[str, list[str]]
KEPT, TYPED, BOTH = "kept", "typed", "both"
_CHOICE = "choose_"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field with two versions, as they are read. Long texts may be kept one after the other."""

    name: str
    label: str
    kept: str
    typed: str
    long: bool


def differences(page: pages.Page, case: Case, person: Person, data: QueryDict) -> list[Difference]:
    """Return the fields in which what is kept differs from what was typed on an older page."""
    kept_form, typed_form = pages.bound(page, case, person), pages.made(page, case, data)
    form = max((kept_form, typed_form), key=lambda each: len(each.fields))
    found = []
    for name, field in form.fields.items():
        kept = _kept(kept_form, name)
        typed = {each: data.getlist(each) for each in pages.inputs_of(name, field)}
        if _meaning(field, kept) != _meaning(field, typed):
            found.append(
                Difference(
                    name, str(field.label), _shown(field, kept), _shown(field, typed),
                    isinstance(field.widget, forms.Textarea),
                )
            )  # fmt: skip
    return found


def merged(page: pages.Page, case: Case, person: Person, data: QueryDict) -> QueryDict:
    """Return what was typed, with what is kept wherever a reader of both has chosen that."""
    chosen = {
        name.removeprefix(_CHOICE): value
        for name, value in data.items()
        if name.startswith(_CHOICE)
    }
    if not chosen:
        return data
    form, result = pages.bound(page, case, person), data.copy()
    for name, choice in chosen.items():
        for each, values in _kept(form, name).items():
            if choice == KEPT:
                result.setlist(each, values)
            elif choice == BOTH:
                texts = [*values, *data.getlist(each)]
                result[each] = "\n\n".join(text for text in texts if text.strip())
    return result


def _kept(form: PlainForm, name: str) -> Inputs:
    """Return what a form would send for a field if nobody touched it."""
    if name not in form.fields:
        return {}
    field, value = form.fields[name], form[name].value()
    if isinstance(field, DateField):
        parts = value if isinstance(value, list) else DateParts().decompress(value)
        names = pages.inputs_of(name, field)
        return {each: [part] for each, part in zip(names, parts, strict=True)}
    if isinstance(field, forms.BooleanField):
        return {name: ["on"] if value else []}
    return {name: ["" if value is None else str(localize_input(value))]}


def _meaning(field: forms.Field, inputs: Inputs) -> Any:
    """Return what a field makes of its inputs, so that 24.5 and 24,50 are no difference."""
    values = [each for part in inputs.values() for each in part]
    text = "\n".join(values).replace("\r", "").strip()
    try:
        return field.clean(values if isinstance(field, DateField) else text)
    except forms.ValidationError:
        return text


def _shown(field: forms.Field, inputs: Inputs) -> str:
    values: list[Any] = [each for part in inputs.values() for each in part if each]
    if isinstance(field, forms.BooleanField):
        return "✓" if values else ""
    if isinstance(field, forms.ChoiceField):
        labels = labels_of(field)
        return " ".join(str(labels.get(str(each), each)) for each in values)
    return " ".join(str(each) for each in values)
