"""Having a record translated: a page of its own, which keeps what was typed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import people_with
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import ENDED
from secondopinion.core.errors import Conflict, Refused
from secondopinion.core.languages import code_of, language_name
from secondopinion.records import actions as record_actions
from secondopinion.records import queries as records
from secondopinion.records.models import Record
from secondopinion.translation import actions, engines
from secondopinion.translation.models import Translation
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.family.translating import machine_context
from secondopinion.web.forms import PlainForm

_LANGUAGES = {"list": "languages", "autocomplete": "off"}


class _People(forms.ModelChoiceField):
    def label_from_instance(self, obj: Person) -> str:
        return obj.full_name


class TranslationForm(PlainForm):
    """What a record is translated from and into, and who does it."""

    record = forms.ModelChoiceField(
        label=gettext_lazy("Record"), queryset=Record.objects.none(), empty_label="–"
    )
    source = forms.CharField(
        label=gettext_lazy("Language of the record"), required=False, max_length=40,
        help_text=gettext_lazy("Leave it empty where the list says it."),
        widget=forms.TextInput(attrs=_LANGUAGES),
    )  # fmt: skip
    language = forms.CharField(
        label=gettext_lazy("Into"), max_length=40, widget=forms.TextInput(attrs=_LANGUAGES)
    )
    translator = _People(
        label=gettext_lazy("Translator"), queryset=Person.objects.none(), empty_label="–"
    )
    reviewer = _People(
        label=gettext_lazy("Reviewer"), queryset=Person.objects.none(), required=False,
        empty_label=gettext_lazy("Nobody"),
        help_text=gettext_lazy("With nobody, the specialist reads that it was not checked."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Translation that came with the record, if there is one"),
        required=False, widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    machine = forms.BooleanField(label=gettext_lazy("Let a machine draft it first"), required=False)

    def __init__(self, *args: Any, case: Case, machine: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["record"].queryset = records.readable(case)  # type: ignore[attr-defined]
        self.fields["record"].label_from_instance = _named  # type: ignore[attr-defined]
        self.fields["translator"].queryset = people_with(Role.TRANSLATOR)  # type: ignore[attr-defined]
        self.fields["reviewer"].queryset = people_with(  # type: ignore[attr-defined]
            Role.TRANSLATION_REVIEWER
        )
        if not machine:
            del self.fields["machine"]


def _named(row: Record) -> str:
    """Return a record's title with its language, and whether a program alone says that."""
    language = language_name(row.likely["language"])
    if not language:
        language = _("language not said")
    elif not row.language:
        language = _("%(language)s, as a program suggests") % {"language": language}
    return f"\u2068{row.title}\u2069 ({language})"


@of_case(Part.COORDINATOR)
def ask(request: PersonRequest, case: Case) -> HttpResponse:
    """Choose a record, languages and people, and ask for its translation."""
    if case.state in ENDED:
        raise Conflict(_("This case has ended. Nothing more can be changed."), code="ended")
    outside = machine_context(case)
    form = TranslationForm(
        request.POST or None, case=case, machine=engines.is_there(outside_agreed=outside["agreed"]),
        initial={"language": language_name("en"), "record": request.GET.get("record")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            _ask(request.user, case, form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None,
                           str(refused.message))  # fmt: skip
        else:
            messages.success(request, _("The translation is asked for."))
            return redirect("desk-case-records", case.reference)
    elif request.method == "GET":
        audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    there = list(records.for_case(case))
    shut = records.locked_away().filter(case=case)
    context = {
        "case": case, "form": form, "records": there, **outside,
        "locked": [row for row in there if row.pk in set(shut)],
    }  # fmt: skip
    return render(request, "desk/translate.html", context, status=400 if form.errors else 200)


@transaction.atomic
def _ask(by: Person, case: Case, given: dict[str, Any]) -> Translation:
    """Ask for a translation; the language that was typed, or suggested, is the record's then, where
    nobody had said it."""
    row: Record = given["record"]
    source = _code(given["source"], "source") or row.likely["language"]
    made = actions.ask(
        by=by, case=case, subject=row, title=row.title, original=records.text_of(row),
        source_language=source, language=_code(given["language"], "language"),
        translator=given["translator"], reviewer=given["reviewer"], text=given["text"],
        machine=given.get("machine", False),
    )  # fmt: skip
    if not row.language:
        record_actions.describe(by=by, record=row, language=source)
    return made


def _code(typed: str, field: str) -> str:
    try:
        return code_of(typed)
    except Refused as refused:
        raise Refused(refused.message, code=refused.code, field=field) from None
