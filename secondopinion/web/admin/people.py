"""The page of the staff: who has which role, and what a specialist can take."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person, Role
from secondopinion.core.errors import Conflict, Refused
from secondopinion.experts.rules import MOST_CASES
from secondopinion.program.queries import in_language, specialties
from secondopinion.staffing import actions, queries
from secondopinion.staffing.queries import Member
from secondopinion.web.access import PersonRequest, staff
from secondopinion.web.admin.forms import refuse
from secondopinion.web.forms import LanguagesField, PlainForm


def _fields() -> list[tuple[str, str | Promise]]:
    return [(row.key, in_language(row.names)) for row in specialties()]


class MemberForm(PlainForm):
    """Who somebody is and which roles they have."""

    full_name = forms.CharField(label=_("Full name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class NewMemberForm(MemberForm):
    """Somebody who is new here."""

    email = forms.CharField(
        label=_("E-mail address"),
        widget=forms.TextInput(attrs={"type": "email", "dir": "ltr", "autocomplete": "off"}),
    )
    field_order = ["email"]


class SpecialistForm(PlainForm):
    """What stands under a specialist's reports, and what can be offered to them."""

    title = forms.CharField(
        label=_("Title"), help_text=_("It stands under the report, like Pediatric neurologist.")
    )
    registration = forms.CharField(
        label=_("Registration"), help_text=_("The number of the licence."), required=False,
        max_length=100,
    )  # fmt: skip
    specialties = forms.MultipleChoiceField(
        label=_("Fields of medicine"), choices=_fields, widget=forms.CheckboxSelectMultiple
    )
    languages = LanguagesField(label=_("Languages that they speak or read"))
    conditions = forms.CharField(
        label=_("Conditions"), required=False,
        help_text=_("Words by which cases are matched, one on each line."), widget=forms.Textarea,
    )  # fmt: skip
    capacity = forms.IntegerField(
        label=_("Cases at the same time"), min_value=0, max_value=MOST_CASES
    )
    fee = forms.DecimalField(
        label=_("Their fee for a report"), required=False, min_value=0, max_digits=10,
        decimal_places=2, help_text=_("Shown to the team that chooses, and to nobody else."),
    )  # fmt: skip


@staff(Role.ADMINISTRATOR)
def overview(request: PersonRequest) -> HttpResponse:
    """Show everybody who has or had a role."""
    return render(request, "admin/staff.html", {"members": queries.members()})


@staff(Role.ADMINISTRATOR)
def add(request: PersonRequest) -> HttpResponse:
    """Make somebody a member of the staff."""
    form = NewMemberForm(request.POST or None, initial={"language": "en"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if not data["roles"]:
            form.add_error("roles", gettext("Choose at least one role."))
            return render(request, "admin/person.html", {"form": form}, status=400)
        try:
            with transaction.atomic():
                person = actions.add(
                    by=request.user, email=data["email"], full_name=data["full_name"],
                    language=data["language"],
                )  # fmt: skip
                actions.set_roles(by=request.user, person=person, roles=data["roles"])
        except Refused as refused:
            refuse(form, refused.field, str(refused.message))
        else:
            messages.success(
                request, gettext("Saved. At the first sign-in they set up a second factor.")
            )
            return redirect("staff-person", person.pk)
    return render(request, "admin/person.html", {"form": form}, status=400 if form.errors else 200)


@staff(Role.ADMINISTRATOR)
def one(request: PersonRequest, person: UUID) -> HttpResponse:
    """Change somebody's name, roles and profile, or take a lost second factor away."""
    member = queries.member(person)
    if member is None:
        raise Http404
    what = request.POST.get("what", "") if request.method == "POST" else ""
    form = MemberForm(request.POST if what == "member" else None, initial=_as_shown(member))
    profile = SpecialistForm(
        request.POST if what == "specialist" else None, initial=_profile(member)
    )
    try:
        if what == "factor":
            actions.reset_factor(by=request.user, person=member.person)
            messages.success(request, gettext("The second factor is gone, and a mail says so."))
            return redirect("staff-person", person)
        if what == "member" and form.is_valid():
            shown = request.POST.get("shown", "").split()
            _save(request.user, member.person, form.cleaned_data, shown)
            messages.success(request, gettext("Saved."))
            return redirect("staff-person", person)
        if what == "specialist" and profile.is_valid():
            data = profile.cleaned_data
            actions.describe_specialist(
                by=request.user, person=member.person,
                **data | {"conditions": data["conditions"].splitlines()},
            )  # fmt: skip
            messages.success(request, gettext("Saved."))
            return redirect("staff-person", person)
    except Conflict:
        raise
    except Refused as refused:
        if what == "factor":
            raise
        refuse(form if what == "member" else profile, refused.field, str(refused.message))
    context = {
        "member": member, "form": form,
        "profile": profile if Role.SPECIALIST in member.roles else None,
        "shown": request.POST.get("shown", "") if what == "member" else " ".join(member.roles),
    }  # fmt: skip
    wrong = form.errors or profile.errors
    return render(request, "admin/person.html", context, status=400 if wrong else 200)


@transaction.atomic
def _save(by: Person, person: Person, data: dict[str, Any], shown: list[str]) -> None:
    actions.add(
        by=by, email=person.email or "", full_name=data["full_name"], language=data["language"]
    )
    actions.set_roles(by=by, person=person, roles=data["roles"], shown=shown)


def _as_shown(member: Member) -> dict[str, Any]:
    person = member.person
    return {"full_name": person.full_name, "language": person.language, "roles": member.roles}


def _profile(member: Member) -> dict[str, Any]:
    found = member.profile
    if found is None:
        return {"capacity": 3}
    return {
        "title": found.title, "registration": found.registration, "capacity": found.capacity,
        "fee": found.fee,
        "specialties": [row.key for row in found.specialties.all()],
        "languages": found.languages, "conditions": "\n".join(found.conditions),
    }  # fmt: skip
