"""Pages of emergency access ("break glass")."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import may_open_in_emergency, people_with
from secondopinion.audit import actions as audit
from secondopinion.cases import actions
from secondopinion.cases.models import Case, LocalProvider, Part
from secondopinion.cases.queries import emergencies, holders_of, live_emergency
from secondopinion.core.errors import Refused
from secondopinion.findings.queries import limitations_for
from secondopinion.imaging import queries as imaging
from secondopinion.opinions.queries import readable
from secondopinion.records import marking
from secondopinion.records import queries as records
from secondopinion.web.access import PersonRequest, of_case, staff
from secondopinion.web.signin.factor import FactorForm


class EmergencyForm(FactorForm):
    """Asks which case, why, and that it is really this person."""

    reference = forms.CharField(
        label=gettext_lazy("Number of the case"), max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why you must see it now"), max_length=2000,
        help_text=gettext_lazy("The privacy officer and the coordinator of the case read this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


@staff(Role.SPECIALIST, Role.COORDINATOR, Role.REFERRAL_COORDINATOR)
def ask(request: PersonRequest) -> HttpResponse:
    """Ask for a case and a reason, and open it; list what this person has open."""
    form = EmergencyForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_in_emergency(
                by=request.user, reference=form.cleaned_data["reference"],
                reason=form.cleaned_data["reason"], reauthenticated_at=form.at,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            return redirect("emergency-case", made.case.reference)
    mine = emergencies().filter(participation__person=request.user)[:20]
    context = {"form": form, "mine": mine, "may": may_open_in_emergency(request.user)}
    return render(request, "emergency/ask.html", context)


@of_case(Part.EMERGENCY)
def case_page(request: PersonRequest, case: Case) -> HttpResponse:
    """Show what an emergency needs: child, whom to call, story, records, images, reports."""
    access = live_emergency(case, request.user)
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    rows = list(records.with_pages(records.with_files(records.readable(case))))
    marking.mark_all(rows, limitations_for(case))
    context = {
        "case": case,
        "access": access,
        "family": holders_of(case, Part.FAMILY),
        "provider": LocalProvider.objects.filter(case=case).first(),
        "records": rows,
        "series": imaging.series_with_images(case),
        "reports": readable(case, request.user),
    }
    return render(request, "emergency/case.html", context)


@of_case(Part.EMERGENCY)
@require_POST
def end(request: PersonRequest, case: Case) -> HttpResponse:
    """Close the case again."""
    actions.end_emergency(by=request.user, access=live_emergency(case, request.user))
    messages.success(request, _("The case is closed to you again."))
    return redirect("emergency-access")


@staff(Role.PRIVACY)
def overview(request: PersonRequest) -> HttpResponse:
    """List every emergency access, and who may have one beside the specialists."""
    page = Paginator(emergencies(), 50).get_page(request.GET.get("page"))
    approved = set(people_with(Role.EMERGENCY))
    people = set(people_with(Role.COORDINATOR)) | set(people_with(Role.REFERRAL_COORDINATOR))
    context = {
        "page": page,
        "people": [(each, each in approved) for each in sorted(people | approved, key=str)],
    }
    return render(request, "emergency/overview.html", context)


@staff(Role.PRIVACY)
@require_POST
def judge(request: PersonRequest, access: UUID) -> HttpResponse:
    """End an emergency access, or write down what was found."""
    row = get_object_or_404(emergencies(), pk=access)
    verdict = request.POST.get("verdict", "")
    if verdict == "end":
        actions.end_emergency(by=request.user, access=row)
    elif verdict in {"justified", "not"}:
        actions.review_emergency(
            by=request.user, access=row, justified=verdict == "justified",
            note=request.POST.get("note", ""),
        )  # fmt: skip
    messages.success(request, _("Saved."))
    return redirect("emergencies")


@staff(Role.PRIVACY)
@require_POST
def approve(request: PersonRequest) -> HttpResponse:
    """Say who of those who coordinate may open a case in an emergency, or may no longer."""
    person = get_object_or_404(Person, pk=request.POST.get("person") or None)
    change = accounts.grant_role if "give" in request.POST else accounts.end_role
    change(by=request.user, person=person, role=Role.EMERGENCY)
    messages.success(request, _("Saved."))
    return redirect("emergencies")
