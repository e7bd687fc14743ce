"""The request as a row of pages: how each is filled from what is kept, and how it is kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Field
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import guardianship
from secondopinion.accounts.rules import age_on
from secondopinion.cases import actions
from secondopinion.cases.measuring import Measured, earlier
from secondopinion.cases.models import Case
from secondopinion.cases.saving import Saver, saver
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.program import queries as program
from secondopinion.web.family import forms
from secondopinion.web.forms import DateField, PlainForm

Values = dict[str, Any]
DATE_PARTS = ("day", "month", "year")
_LONGEST = 20_000  # characters of one field that is kept before its page is finished


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the request."""

    key: str
    title: str | Promise
    form: type[PlainForm] | None
    initial: Callable[[Case, Person], Values]
    save: Callable[[Case, Person, Values], object]
    template: str = "family/question.html"


def _no_values(case: Case, person: Person) -> Values:
    return {}


def _start(case: Case, person: Person) -> Values:
    return {"country": str(case.country), "specialty": case.specialty}


def _save_start(case: Case, person: Person, values: Values) -> None:
    actions.save_start(
        by=person, case=case, country=values["country"], specialty=values["specialty"]
    )


def _emergency(case: Case, person: Person) -> Values:
    answer = case.request.emergency
    return {} if answer is None else {"emergency": "yes" if answer else "no"}


def _save_emergency(case: Case, person: Person, values: Values) -> None:
    actions.save_emergency(by=person, case=case, emergency=values["emergency"] == "yes")


def _child(case: Case, person: Person) -> Values:
    child, request = case.child, case.request
    before = {
        f"{row}_{name}": getattr(measured, name)
        for row, measured in zip(forms.EARLIER, reversed(earlier(case)), strict=False)
        for name in ("on", "weight_kg", "height_cm")
    }
    return before | {
        "full_name": child.full_name,
        "latin_name": child.latin_name,
        "birth_date": child.birth_date,
        "sex": child.sex,
        "weight_kg": request.weight_kg,
        "height_cm": request.height_cm,
        "measured_on": request.measured_on,
        "head_cm": request.head_cm,
        "gestation_weeks": request.gestation_weeks,
    }


def _save_child(case: Case, person: Person, values: Values) -> None:
    rest = dict(values)
    rows = [
        (rest.pop(f"{row}_on"), rest.pop(f"{row}_weight_kg"), rest.pop(f"{row}_height_cm"))
        for row in forms.EARLIER
    ]
    before = [
        Measured(on, weight, height) for on, weight, height in rows if on and (weight or height)
    ]
    actions.save_child(by=person, case=case, measured_before=before, **rest)


def _you(case: Case, person: Person) -> Values:
    tie = guardianship(case.child, person)
    return {
        "full_name": person.full_name,
        "phone": person.phone,
        "kind": tie.kind if tie else "",
        "may_decide": tie is not None,
    }


def _save_you(case: Case, person: Person, values: Values) -> None:
    actions.save_guardian(
        by=person, case=case, full_name=values["full_name"], latin_name=person.latin_name,
        phone=values["phone"], kind=values["kind"],
    )  # fmt: skip


def _provider(case: Case, person: Person) -> Values:
    row = getattr(case, "local_provider", None)
    if row is None:
        return {"language": get_language()}
    names = ("full_name", "clinic", "email", "phone", "language")
    return {name: getattr(row, name) for name in names}


def _save_provider(case: Case, person: Person, values: Values) -> None:
    actions.save_provider(by=person, case=case, **values)


def _story(case: Case, person: Person) -> Values:
    return {name: getattr(case.request, name) for name in forms.StoryForm.base_fields}


def _save_story(case: Case, person: Person, values: Values) -> None:
    actions.save_story(by=person, case=case, **values)


def _more_story(case: Case, person: Person) -> Values:
    return {name: getattr(case.request, name) for name in forms.MoreStoryForm.base_fields}


def _save_more_story(case: Case, person: Person, values: Values) -> None:
    actions.save_story(by=person, case=case, page="story-2", **values)


def _questions(case: Case, person: Person) -> Values:
    return {f"question_{each.number}": each.text for each in case.questions.all()}


def _save_questions(case: Case, person: Person, values: Values) -> None:
    actions.save_questions(by=person, case=case, texts=[str(text) for text in values.values()])


def _consent(case: Case, person: Person) -> Values:
    own = (each for each in case.consents.all() if each.person_id == person.pk)
    return {each.kind: True for each in own if each.withdrawn_at is None}


def _save_consent(case: Case, person: Person, values: Values) -> None:
    actions.give_consents(
        by=person, case=case, kinds=[kind for kind, agreed in values.items() if agreed],
        disclaimer=program.disclaimer(),
    )  # fmt: skip


def _nothing(case: Case, person: Person, values: Values) -> None:
    """Keep nothing: the page keeps its files by itself."""


PAGES: tuple[Page, ...] = (
    Page("start", _("Where, and about what"), forms.StartForm, _start, _save_start),
    Page("emergency", _("Is your child in danger now?"), forms.EmergencyForm, _emergency,
         _save_emergency, "family/emergency_question.html"),
    Page("child", _("Your child"), forms.ChildForm, _child, _save_child,
         "family/child_question.html"),
    Page("you", _("You"), forms.YouForm, _you, _save_you),
    Page("provider", _("Your local provider"), forms.ProviderForm, _provider, _save_provider,
         "family/provider_question.html"),
    Page("story", _("Your child’s illness"), forms.StoryForm, _story, _save_story),
    Page("story-2", _("What came before"), forms.MoreStoryForm, _more_story, _save_more_story),
    Page("questions", _("Your questions"), forms.QuestionsForm, _questions, _save_questions,
         "family/questions.html"),
    Page("files", _("Records and images"), None, _no_values, _nothing, "family/files.html"),
    Page("consent", _("Your consent"), forms.ConsentForm, _consent, _save_consent,
         "family/consent.html"),
)  # fmt: skip

BY_KEY = {page.key: page for page in PAGES}


def after(key: str) -> str:
    """Return the key of the page behind a page; the last leads to checking the answers."""
    keys = [page.key for page in PAGES]
    place = keys.index(key) + 1
    return keys[place] if place < len(keys) else "check"


def before(key: str) -> str:
    """Return the key of the page before a page, or nothing."""
    keys = [page.key for page in PAGES] + ["check"]
    place = keys.index(key)
    return keys[place - 1] if place else ""


def place(key: str) -> dict[str, int]:
    """Return which page of how many a page is, as templates show it."""
    return {"number": list(BY_KEY).index(key) + 1, "count": len(PAGES)}


def names(key: str) -> frozenset[str]:
    """Return the names of the inputs on a page; none for a page that there is not.

    Raises:
        NotYours: there is no such page.
    """
    page = BY_KEY.get(key)
    if page is None or page.form is None:
        raise NotYours
    found: set[str] = set()
    if key == "questions":
        found |= {f"question_{number}" for number in range(1, actions.request.MOST_QUESTIONS + 1)}
    for name, field in page.form.base_fields.items():
        found |= set(inputs_of(name, field))
    return frozenset(found)


def inputs_of(name: str, field: Field) -> list[str]:
    """Return the names of the inputs of a field: a date has three."""
    if isinstance(field, DateField):
        return [f"{name}_{part}" for part in DATE_PARTS]
    return [name]


def raw(data: QueryDict, names: Iterable[str]) -> dict[str, list[str]]:
    """Return the text of inputs as it may be kept while a page is not finished."""
    return {
        name: [value.replace("\x00", "")[:_LONGEST] for value in data.getlist(name)]
        for name in names
    }


def saver_of(data: QueryDict) -> Saver | None:
    """Return the tab that sends a form, where its script says it."""
    return saver(data.get("autosave_id", ""))


def keep(page: Page, case: Case, person: Person, form: PlainForm, data: QueryDict) -> str | None:
    """Keep what was typed on a page that was not taken as it is, as autosave keeps it, and return
    the revision that the page has then; nothing where it was changed elsewhere meanwhile."""
    base = data.get("base_revision", "")
    names = [each for name, field in form.fields.items() for each in inputs_of(name, field)]
    try:
        kept = actions.autosave(
            by=person, case=case, page=page.key,
            base_revision=int(base) if base.isdecimal() else None, saver=saver_of(data),
            # A box that is not ticked is not sent: it is kept as empty.
            values={name: values or [""] for name, values in raw(data, names).items()},
        )  # fmt: skip
    except Conflict as changed:
        if changed.code != "changed-elsewhere":
            raise
        return None
    return str(kept.revision)


def _boxes(case: Case, data: Mapping[str, Any] | None) -> int:
    """Return how many boxes for questions are shown: one more than are filled, three at least."""
    if data is None:
        typed = case.request.typed.get("questions", {})
        filled = max(len(case.questions.all()), sum(any(value) for value in typed.values()))
    else:
        numbers = range(1, actions.request.MOST_QUESTIONS + 1)
        filled = max((n for n in numbers if data.get(f"question_{n}")), default=0)
    return min(actions.request.MOST_QUESTIONS, max(forms.QUESTIONS, filled + 1))


def made(
    page: Page, case: Case, data: Mapping[str, Any] | None = None, initial: Values | None = None
) -> PlainForm:
    """Return the form of a page for this case.

    Raises:
        LookupError: the page has none.
    """
    if page.form is None:
        raise LookupError(page.key)
    more: Values = {}
    if page.key == "questions":
        more["boxes"] = _boxes(case, data)
    if page.key == "consent" and case.child.birth_date:
        asked_from = program.guardian_rule(str(case.country)).assent_from
        more["asks_child"] = age_on(case.child.birth_date, clock.today()) >= asked_from
    return page.form(data, initial=initial, **more)


def bound(page: Page, case: Case, person: Person) -> PlainForm:
    """Return a page's form filled from what is kept, and from what was typed and never sent."""
    form = made(page, case, initial=page.initial(case, person))
    for name, values in case.request.typed.get(page.key, {}).items():
        root, _underscore, part = name.rpartition("_")
        if name in form.fields:
            form.initial[name] = values[-1] if values else ""
        elif root in form.fields and part in DATE_PARTS:
            _fill_date(form, root, part, values[-1] if values else "")
    return form


def _fill_date(form: PlainForm, name: str, part: str, text: str) -> None:
    value = form.initial.get(name)
    kept = form.fields[name].widget.decompress(value) if not isinstance(value, list) else value
    kept[DATE_PARTS.index(part)] = text
    form.initial[name] = kept
