"""What a specialist takes, said by themselves: fields, conditions, places, absences, conflicts."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from secondopinion.accounts.models import Role
from secondopinion.audit import actions as audit
from secondopinion.coding.codes import ICD_10_CM, ORPHANET
from secondopinion.coding.searching import search
from secondopinion.core.errors import NotYours, Refused
from secondopinion.experts import actions
from secondopinion.experts.models import Away, ExpertProfile, Kind, Tie
from secondopinion.experts.queries import open_offers, profile
from secondopinion.experts.rules import MOST_CASES, MOST_YEARS
from secondopinion.program.queries import conditions, in_language
from secondopinion.web.access import PersonRequest, staff
from secondopinion.web.admin.forms import refuse
from secondopinion.web.forms import DateField, LanguagesField, PlainForm

_HITS = 12
BARRED = _(
    "This case may not be yours, by what you have said of conflicts or countries. The offer is "
    "closed, and the case goes to somebody else. You need do nothing."
)


def _groups() -> list[tuple[str, str]]:
    return [(row.key, in_language(row.names)) for row in conditions()]


def _number(most: int, **more: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "w4", "dir": "ltr"})
    return forms.IntegerField(min_value=0, max_value=most, widget=widget, **more)


class ProfileForm(PlainForm):
    """What somebody takes."""

    subspecialty = forms.CharField(label=_("Sub-specialty"), required=False, max_length=200)
    groups = forms.MultipleChoiceField(
        label=_("Groups of conditions"), choices=_groups, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    conditions = forms.CharField(
        label=_("Other words for what you know"), required=False, widget=forms.Textarea,
        help_text=_("One on each line, in any language. The beginning of a word is enough."),
    )  # fmt: skip
    languages = LanguagesField(label=_("Languages that you speak or read"))
    kinds = forms.MultipleChoiceField(
        label=_("What you take"), choices=Kind.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    youngest = _number(MOST_YEARS, label=_("Children from this age, in years"))
    oldest = _number(MOST_YEARS, label=_("Up to this age, in years"))
    capacity = _number(MOST_CASES, label=_("Cases at the same time"))
    weekly = _number(
        MOST_CASES, label=_("New cases in a week"), help_text=_("0 stands for no limit.")
    )
    not_in = forms.MultipleChoiceField(
        label=_("Countries where you may not advise"), choices=lambda: list(countries),
        required=False, widget=forms.SelectMultiple(attrs={"size": 6}),
    )  # fmt: skip


class AwayForm(PlainForm):
    """Days on which somebody takes no case."""

    first = DateField(label=_("First day"))
    last = DateField(label=_("Last day"))


class TieForm(PlainForm):
    """Somebody, or an institution, in whose cases no part is taken."""

    kind = forms.ChoiceField(label=_("What it is"), choices=Tie.Kind.choices)
    name = forms.CharField(label=_("Name of the person or institution"), max_length=200)


@staff(Role.SPECIALIST)
def own_profile(request: PersonRequest) -> HttpResponse:
    """Show what one takes, and change it."""
    expert = profile(request.user)
    if expert is None:
        raise Refused(gettext("The administrator has to fill in your title and fields first."))
    what = request.POST.get("what", "")
    filled = {
        name: form(request.POST if what == key else None, initial=initial, prefix=prefix)
        for name, key, form, initial, prefix in (
            ("taken", "profile", ProfileForm, _as_shown(expert), None),
            ("away", "add-away", AwayForm, None, "away"),
            ("tie", "add-tie", TieForm, None, "tie"),
        )
    }
    wrong = next((each for each in filled.values() if each.is_bound), None)
    if request.method == "POST" and what != "find":
        offered = open_offers(request.user).count()
        try:
            if (wrong is None or wrong.is_valid()) and _change(request, expert, what, wrong):
                messages.success(request, gettext("Saved."))
                if open_offers(request.user).count() < offered:
                    messages.success(request, BARRED)
                return redirect("expert-profile")
        except Refused as refused:
            if wrong is None:
                raise
            refuse(wrong, refused.field, str(refused.message))
    else:
        audit.record("expert-profile-opened", by=request.user, target=request.user)
    find = request.POST.get("find", "")[:200] if what == "find" else ""
    context = filled | {
        "form": wrong,  # whose errors stand on top
        "expert": expert, "aways": expert.away.all(), "ties": expert.ties.all(), "find": find,
        "hits": search((ICD_10_CM, ORPHANET), find, _HITS) if find else [],
    }  # fmt: skip
    status = 400 if wrong is not None and wrong.errors else 200
    return render(request, "expert/profile.html", context, status=status)


def _as_shown(expert: ExpertProfile) -> dict[str, Any]:
    names = ("subspecialty", "groups", "languages", "kinds", "youngest", "oldest", "capacity",
             "weekly", "not_in")  # fmt: skip
    shown = {name: getattr(expert, name) for name in names}
    return shown | {"conditions": "\n".join(expert.conditions)}


def _change(
    request: PersonRequest, expert: ExpertProfile, what: str, form: PlainForm | None
) -> bool:
    """Do what a form of the page says; say that it was done."""
    by, given = request.user, request.POST
    data: dict[str, Any] = form.cleaned_data if form is not None else {}
    code = {"system": given.get("system", ""), "code": given.get("code", "")}
    verbs: dict[str, Callable[[], object]] = {
        "profile": lambda: actions.describe(
            by=by, person=by, **data | {"conditions": data["conditions"].splitlines()}
        ),
        "add-code": lambda: actions.add_code(by=by, expert=expert, **code),
        "remove-code": lambda: actions.remove_code(by=by, expert=expert, **code),
        "add-away": lambda: actions.add_away(by=by, expert=expert, **data),
        "remove-away": lambda: actions.remove_away(
            by=by, away=get_object_or_404(Away, expert=expert, pk=given.get("row"))
        ),
        "add-tie": lambda: actions.add_tie(by=by, expert=expert, **data),
        "remove-tie": lambda: actions.remove_tie(
            by=by, tie=get_object_or_404(Tie, expert=expert, pk=given.get("row"))
        ),
    }
    if what not in verbs:
        raise NotYours
    verbs[what]()
    return True
