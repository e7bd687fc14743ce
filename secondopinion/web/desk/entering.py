"""A request that comes by telephone or at the desk: entered page by page, then taken over."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import GuardianKind, Role
from secondopinion.accounts.rules import age_on
from secondopinion.audit import actions as audit
from secondopinion.cases import actions as cases
from secondopinion.cases import rules
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import with_answers
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.core.languages import every_language
from secondopinion.desk import actions
from secondopinion.desk.models import CaseEntry, Way
from secondopinion.desk.queries import entries_left, entries_of
from secondopinion.program import queries as program
from secondopinion.program.emergency import number_for
from secondopinion.web.access import PersonRequest, of_case, staff
from secondopinion.web.family import forms as family_forms
from secondopinion.web.family import pages
from secondopinion.web.family.here import files_context

# Pages of the family's request that are asked as they stand; who asks was asked at the beginning.
ASKED = ("start", "emergency", "child", "provider", "story", "story-2", "questions")
ORDER = (*ASKED, "files", "consent")


def _languages() -> list[tuple[str, str]]:
    return list(every_language().items())


class EntryForm(family_forms.StartForm):
    """Who asks, how they came, and where the child lives."""

    field_order = (
        "way",
        "full_name",
        "kind",
        "may_decide",
        "email",
        "phone",
        "language",
        "country",
        "specialty",
    )

    way = forms.ChoiceField(
        label=gettext_lazy("How did they reach us?"), choices=Way.choices, widget=forms.RadioSelect
    )
    full_name = forms.CharField(
        label=gettext_lazy("Name of the parent or guardian"), max_length=200
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("They are the child’s"), choices=GuardianKind.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    may_decide = forms.BooleanField(
        label=gettext_lazy("They say that they have the right to decide about the child’s care.")
    )
    email = forms.CharField(
        label=pgettext_lazy("of the family", "Their e-mail address"), max_length=254,
        required=False,
        help_text=gettext_lazy(
            "Spell it back to them. The link goes there with which they take the request over. "
            "They have none? Leave this empty: they come in with a code on paper."
        ),
        widget=forms.TextInput(attrs={"type": "email", "dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=pgettext_lazy("of the family", "Their phone number"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=gettext_lazy("Language in which they read"), choices=settings.LANGUAGES
    )


class SpokenForm(family_forms.ConsentForm):
    """What they agreed to, and how it was obtained."""

    language = forms.ChoiceField(
        label=gettext_lazy("In which language was it read aloud?"), choices=_languages
    )
    interpreter = forms.CharField(
        label=gettext_lazy("Who interpreted"), max_length=200, required=False,
        help_text=gettext_lazy("Name, and from which service. Empty where nobody did."),
    )  # fmt: skip
    said_at = forms.DateTimeField(
        label=gettext_lazy("When did they say it?"), input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "dir": "ltr"}
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = {
            "review": _("The hospital’s team and specialist may read what is sent."),
            "contact_provider": _("The hospital may write to the local provider."),
            "disclaimer": _("The disclaimer was read aloud, and they have understood it."),
            "assent": _("The young person has been asked and agrees."),
        }
        for name, label in said.items():
            if name in self.fields:
                self.fields[name].label = label


@staff(Role.COORDINATOR)
def entries(request: PersonRequest) -> HttpResponse:
    """List what one enters for families; begin another."""
    form = EntryForm(request.POST or None, initial={"way": Way.TELEPHONE})
    if request.method == "POST" and form.is_valid():
        try:
            given = dict(form.cleaned_data)
            given.pop("may_decide")  # without it the form is not valid
            entry = actions.begin_entry(by=request.user, **given)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None,
                           str(refused.message))  # fmt: skip
        else:
            return redirect("desk-entry-page", entry.case.reference, ORDER[1])
    context = {"form": form, "entries": entries_of(request.user), "left": entries_left()}
    return render(request, "desk/entry/entries.html", context)


@staff(Role.COORDINATOR)
@require_POST
def take_up(request: PersonRequest, entry: UUID) -> HttpResponse:
    """Go on with what a colleague entered who has left."""
    row = get_object_or_404(CaseEntry.objects.select_related("case"), pk=entry)
    actions.take_up_entry(by=request.user, case=row.case)
    return redirect("desk-entry", row.case.reference)


def _entry(case: Case) -> CaseEntry:
    return CaseEntry.objects.select_related("family", "by").get(case=case)


@of_case(Part.ENTRY, "desk")
def entry(request: PersonRequest, case: Case) -> HttpResponse:
    """Show what is entered and what is missing; send it. Once the family has it, show the case."""
    if Part.ENTRY not in request.parts:
        return redirect("desk-case", case.reference)
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    with_answers(case)
    missing = rules.missing_pages(case)
    rows = [
        (
            pages.BY_KEY[key],
            key not in missing and key in case.request.saved_pages,
            missing.get(key),
        )
        for key in ORDER
    ]
    found = _entry(case)
    context = {
        "case": case, "entry": found, "rows": rows, "missing": missing,
        "draft": case.state == State.DRAFT, "spoken": found.consents.first(),
        "emergency_number": number_for(str(case.country)),
    }  # fmt: skip
    return render(request, "desk/entry/entry.html", context)


@of_case(Part.ENTRY)
def page(request: PersonRequest, case: Case, key: str) -> HttpResponse:
    """Show or save one page, as the family would be asked it."""
    if key not in ORDER:
        raise NotYours
    if case.state != State.DRAFT and key != "files":
        return redirect("desk-entry", case.reference)
    place = ORDER.index(key)
    context: dict[str, Any] = {
        "case": case, "page": pages.BY_KEY[key], "number": place + 1, "count": len(ORDER),
        "before": ORDER[place - 1] if place else "",
        "next": ORDER[place + 1] if place + 1 < len(ORDER) else "",
    }  # fmt: skip
    if key == "files":
        context |= files_context(request, case) | {"draft": False}
        return render(request, "desk/entry/files.html", context)
    if key == "consent":
        return _consent(request, case, context)
    found, family = pages.BY_KEY[key], _entry(case).family
    base, kept = str(case.request.changed.get(key, 0)), True
    if request.method == "POST":
        form = pages.made(found, case, request.POST)
        if form.is_valid():
            try:
                found.save(case, request.user, form.cleaned_data)
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None,
                               str(refused.message))  # fmt: skip
            else:
                actions.note_page(by=request.user, case=case, page=key)
                if key == "emergency" and form.cleaned_data["emergency"] == "yes":
                    return redirect("desk-entry", case.reference)  # it says what to do first
                return redirect("desk-entry-page", case.reference, context["next"])
        now = pages.keep(found, case, request.user, form, request.POST)
        base, kept = now or base, now is not None
    else:
        form = pages.bound(found, case, family)
    context |= {"form": form, "base": base, "changed_elsewhere": not kept}
    return render(request, "desk/entry/page.html", context)


def _consent(request: PersonRequest, case: Case, context: dict[str, Any]) -> HttpResponse:
    entry, last = _entry(case), _entry(case).consents.first()
    born = case.child.birth_date
    start = {
        "language": last.language if last else case.language,
        "interpreter": last.interpreter if last else "",
        "said_at": timezone.localtime(last.said_at if last else clock.now()),
        **dict.fromkeys(last.kinds if last else [], True),
    }
    asked_from = program.guardian_rule(str(case.country)).assent_from
    form = SpokenForm(
        request.POST or None, initial=start,
        asks_child=born is not None and age_on(born, clock.today()) >= asked_from,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        how = {name: given.pop(name) for name in ("language", "interpreter", "said_at")}
        try:
            actions.keep_consent(
                by=request.user, case=case, kinds=[kind for kind, said in given.items() if said],
                disclaimer=program.disclaimer(how["language"]), **how,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None,
                           str(refused.message))  # fmt: skip
        else:
            return redirect("desk-entry", case.reference)
    aloud, own = program.disclaimer(case.language), program.disclaimer()
    context |= {"form": form, "entry": entry, "aloud": aloud,
                "own": own if own.language != aloud.language else None}  # fmt: skip
    return render(request, "desk/entry/consent.html", context)


@of_case(Part.ENTRY)
@require_POST
def act(request: PersonRequest, case: Case, action: str) -> HttpResponse:
    """Send the request, write the link again, or delete the draft."""
    if action == "send":
        actions.submit_entry(by=request.user, case=case)
        messages.success(request, _("The request is sent."))
    elif action == "link":
        actions.write_link(by=request.user, case=case)
        messages.success(request, _("The family has a new link. Former ones no longer work."))
    elif action == "delete" and case.state == State.DRAFT:
        cases.withdraw(by=request.user, case=case)
        messages.success(request, _("The draft is deleted."))
        return redirect("desk-entries")
    else:
        raise NotYours
    return redirect("desk-entry", case.reference)
