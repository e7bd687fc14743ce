"""Who of the family may open a case, who has to agree, and what shows it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Person
from secondopinion.cases import actions
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import ENDED
from secondopinion.core.errors import NotYours, Refused
from secondopinion.guardians import actions as guardianship
from secondopinion.guardians import queries, rules
from secondopinion.guardians.models import ComingOfAge
from secondopinion.program import queries as program
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.family.forms import GuardianForm
from secondopinion.web.family.guardian_forms import (
    AssentForm,
    DocumentForm,
    ParentForm,
    PatientForm,
)
from secondopinion.web.forms import PlainForm

Context = dict[str, Any]


def _done(form: PlainForm, do: Callable[[], object]) -> bool:
    """Do what a valid form says; a refusal is told at its field."""
    if not form.is_valid():
        return False
    try:
        do()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None,
                       str(refused.message))  # fmt: skip
        return False
    return True


def waited_for(case: Case) -> list[rules.Owed]:
    """Return what a case that was sent and is not with an expert yet waits for."""
    return rules.owed(case) if case.state in rules.EARLY else []


@of_case(Part.FAMILY)
def guardians(request: PersonRequest, case: Case) -> HttpResponse:
    """Show who may open the case and what is waited for, and let another parent or guardian in."""
    form = GuardianForm(request.POST or None)
    if request.method == "POST" and _done(
        form,
        lambda: actions.invite_guardian(by=request.user, case=case, **form.cleaned_data),
    ):
        messages.success(request, _("Thank you. We have written to them."))
        return redirect("my-guardians", case.reference)
    context = {
        "case": case,
        "form": form,
        "family": list(holders_of(case, Part.FAMILY)),
        "ended": case.state in ENDED,
        "owed": waited_for(case),
        "second": queries.second_parent(case),
        "documents": queries.documents(case, request.user),
        "of_age": queries.coming_of_age(case),
    }
    return render(request, "family/guardians.html", context)


@of_case(Part.FAMILY)
@require_POST
def keep_out(request: PersonRequest, case: Case) -> HttpResponse:
    """Take somebody out again who has not come yet."""
    person = get_object_or_404(holders_of(case, Part.FAMILY), pk=request.POST.get("person", ""))
    actions.keep_guardian_out(by=request.user, case=case, person=person)
    messages.success(request, _("They cannot open this any more."))
    return redirect("my-guardians", case.reference)


@of_case(Part.FAMILY)
def leave(request: PersonRequest, case: Case) -> HttpResponse:
    """Ask once more, then let a guardian leave the case."""
    if request.method == "POST":
        guardianship.leave(by=request.user, case=case)
        messages.success(request, _("You have left this request. What you wrote stays in it."))
        return redirect("my")
    return render(request, "family/leave.html", {"case": case})


def _asked(
    request: PersonRequest, case: Case, template: str, form: PlainForm, more: Context
) -> HttpResponse:
    return render(request, f"family/{template}.html", {"case": case, "form": form, **more})


@of_case(Part.FAMILY)
def document(request: PersonRequest, case: Case) -> HttpResponse:
    """Send a document that shows who decides for the child."""
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and _done(form, lambda: _send(form, request.user, case)):
        messages.success(request, _("Thank you. Our team looks at it."))
        return redirect("my-guardians", case.reference)
    rows = queries.documents(case, request.user)
    return _asked(request, case, "guardian_document", form, {"documents": rows})


def _send(form: PlainForm, by: Person, case: Case) -> None:
    file = form.cleaned_data["file"]
    guardianship.send_document(
        by=by, case=case, kind=form.cleaned_data["kind"], name=file.name or "", source=file
    )


@of_case(Part.FAMILY)
def parent(request: PersonRequest, case: Case) -> HttpResponse:
    """Ask the other parent, write to them again, or agree as the other parent."""
    row = queries.second_parent(case)
    form = ParentForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and "again" in request.POST and row is not None:
        guardianship.ask_parent_again(by=request.user, row=row)
        messages.success(request, _("We have written to them again."))
        return redirect("my-guardians", case.reference)
    if request.method == "POST" and "agree" in request.POST:
        guardianship.agree_too(by=request.user, case=case, disclaimer=program.disclaimer())
        messages.success(request, _("Thank you. We go on."))
        return redirect("my-guardians", case.reference)
    if request.method == "POST" and _done(
        form, lambda: guardianship.ask_parent(by=request.user, case=case, **form.cleaned_data)
    ):
        messages.success(request, _("Thank you. We have written to them."))
        return redirect("my-guardians", case.reference)
    own = case.consents.filter(person=request.user, withdrawn_at=None).exists()
    more = {"second": row, "may_agree": not own, "disclaimer": program.disclaimer()}
    return _asked(request, case, "other_parent", form, more)


@of_case(Part.FAMILY)
def assent(request: PersonRequest, case: Case) -> HttpResponse:
    """Ask the child in words for a child."""
    form = AssentForm(request.POST or None)
    if request.method == "POST" and _done(
        form, lambda: guardianship.tell_assent(by=request.user, case=case, **form.cleaned_data)
    ):
        messages.success(request, _("Thank you. This is kept."))
        return redirect("my-guardians", case.reference)
    more = {"young": rules.is_asked_as_young_person(case), "of_age_on": rules.soon_of_age_on(case)}
    return _asked(request, case, "assent", form, more)


@of_case(Part.FAMILY)
def of_age(request: PersonRequest, case: Case) -> HttpResponse:
    """Let the patient in who comes of age; for the patient: who else goes on seeing the case."""
    row = queries.coming_of_age(case)
    if row is None and rules.is_of_age(case):
        guardianship.note_age(case)
        row = queries.coming_of_age(case)
    if row is None:
        raise NotYours
    form = PatientForm(request.POST or None)
    if request.method == "POST" and "person" in request.POST:
        return _renew(request, case)
    if request.method == "POST" and "agree" in request.POST:
        guardianship.agree_of_age(by=request.user, case=case, disclaimer=program.disclaimer())
        messages.success(request, _("Thank you. You agree."))
        return redirect("my-of-age", case.reference)
    if request.method == "POST" and _done(
        form, lambda: guardianship.invite_patient(by=request.user, case=case, **form.cleaned_data)
    ):
        messages.success(request, _("Thank you. We have written to them."))
        return redirect("my-of-age", case.reference)
    own = row.patient_id == request.user.pk
    asked = own and any(each.key == rules.PATIENT for each in waited_for(case))
    more = {"row": row, "own": own, "others": _others(case, row) if own else [],
            "disclaimer": program.disclaimer() if asked else None}  # fmt: skip
    return _asked(request, case, "of_age", form, more)


def _others(case: Case, row: ComingOfAge) -> list[tuple[Person, bool]]:
    """Return those who were of the family beside the patient, and whether each goes on."""
    go_on = queries.renewed(case)
    ties = case.child.guardianships.exclude(person=row.patient).exclude(may_see=False)
    people = {tie.person_id: tie.person for tie in ties.select_related("person")}
    return [(person, person.pk in go_on) for person in people.values()]


def _renew(request: PersonRequest, case: Case) -> HttpResponse:
    ties = case.child.guardianships.select_related("person")
    tie = ties.filter(person__pk=request.POST["person"]).first()
    if tie is None:
        raise NotYours
    if "end" in request.POST:
        guardianship.end_renewal(by=request.user, case=case, person=tie.person)
        messages.success(request, _("They cannot open this any more once you decide alone."))
    else:
        guardianship.renew(by=request.user, case=case, person=tie.person)
        messages.success(request, _("They go on reading here. You can change this at any time."))
    return redirect("my-of-age", case.reference)
