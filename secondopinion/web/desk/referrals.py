"""Referrals until the loop is closed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Role
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours
from secondopinion.referrals import actions as referral_actions
from secondopinion.referrals import consenting, letters, selecting
from secondopinion.referrals.models import Letter, ReferralState
from secondopinion.referrals.queries import open_referrals, referral_for
from secondopinion.referrals.workflow import available as referral_steps
from secondopinion.web.access import PersonRequest, of_case, staff
from secondopinion.web.family import countries
from secondopinion.web.files import download
from secondopinion.web.forms import moment_in
from secondopinion.web.signin.factor import FactorForm


@staff(Role.COORDINATOR, Role.REFERRAL_COORDINATOR)
def referral_list(request: PersonRequest) -> HttpResponse:
    """Show the open referrals, those to be reminded of first."""
    rows = open_referrals(request.user).order_by(F("remind_at").asc(nulls_last=True))
    return render(request, "desk/referrals.html", {"rows": rows})


@of_case("desk", Part.COORDINATOR, Part.REFERRAL_COORDINATOR)
def referral(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Show a referral and take its next step."""
    row = referral_for(request.user, case.reference, number)
    if request.method == "POST" and "choose" in request.POST:
        chosen = {kind: request.POST.getlist(kind) for kind in selecting.KINDS}
        selecting.choose(by=request.user, referral=row, **chosen)
        messages.success(request, _("The list is changed. The family sees it on its page."))
        return redirect("referral", case.reference, number)
    if request.method == "POST" and "ask" in request.POST:
        referral_actions.ask_family(
            by=request.user, referral=row, to_name=request.POST.get("to_name", ""),
            to_country=request.POST.get("to_country", "")[:2],
        )  # fmt: skip
        messages.success(request, _("The family is asked on its page, and has a mail."))
        return redirect("referral", case.reference, number)
    if request.method == "POST":
        visit = moment_in(request.POST.get("visit_at", ""), "visit_at")
        referral_actions.take_step(
            by=request.user, referral=row, action=_known_step(row.state, request.POST),
            note=request.POST.get("note", ""), outcome=request.POST.get("outcome", ""),
            visit_at=_aware(visit),
        )  # fmt: skip
        messages.success(request, _("The referral is changed."))
        return redirect("referral", case.reference, number)
    audit.record("referral-opened-page", by=request.user, case_id=case.pk, target=row)
    context = {
        "case": case, "referral": row, "steps": referral_steps(row.state),
        "items": selecting.items(row), "package": consenting.package_of(row),
        "waits": row.state == ReferralState.REQUESTED,
        "countries": forms.Select(attrs={"id": "to_country"}, choices=countries.choices()).render(
            "to_country", str(row.to_country)
        ),
        "taken": row.steps.select_related("by"),
        "letters": row.letters.select_related("report"), "kinds": Letter.Kind.choices,
    }  # fmt: skip
    return render(request, "desk/referral.html", context)


@of_case(Part.COORDINATOR, Part.REFERRAL_COORDINATOR)
def package(request: PersonRequest, case: Case, number: int) -> StreamingHttpResponse:
    """Give the package that the family has agreed to, to be sent."""
    row = referral_for(request.user, case.reference, number)
    blob = referral_actions.open_package(by=request.user, referral=row)
    return download(request, blob, f"{case.reference}-referral-{number}.zip", "application/zip")


@of_case(Part.COORDINATOR, Part.REFERRAL_COORDINATOR)
@require_POST
def letter_begin(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Begin a letter."""
    row = referral_for(request.user, case.reference, number)
    made = letters.begin(by=request.user, referral=row, kind=request.POST.get("kind", ""))
    return redirect("referral-letter", case.reference, number, made.pk)


@of_case(Part.COORDINATOR, Part.REFERRAL_COORDINATOR)
def letter(request: PersonRequest, case: Case, number: int, letter: UUID) -> HttpResponse:
    """Edit a letter, keep it, or sign it with the second factor."""
    row = letters.letter_for(referral_for(request.user, case.reference, number), letter)
    signing = request.method == "POST" and "sign" in request.POST
    form = FactorForm(request, request.POST if signing else None)
    if request.method == "POST":
        texts = {each["language"]: request.POST.get(f"text_{each['language']}", each["text"])
                 for each in row.parts}  # fmt: skip
        row = letters.save(by=request.user, letter=row, texts=texts)
        if not signing:
            messages.success(request, _("The letter is kept."))
            return redirect("referral-letter", case.reference, number, row.pk)
        if form.is_valid():
            letters.sign(by=request.user, letter=row, reauthenticated_at=form.at)
            messages.success(request, _("The letter is signed. The family has it."))
            return redirect("referral", case.reference, number)
    audit.record("referral-opened-page", by=request.user, case_id=case.pk, target=row)
    context = {"case": case, "letter": row, "referral": row.referral, "form": form}
    return render(request, "desk/letter.html", context)


def _known_step(state: str, given: Any) -> str:
    wanted = str(given.get("action", ""))
    if wanted not in {step.action for step in referral_steps(state)}:
        raise NotYours
    return wanted


def _aware(value: datetime | None) -> datetime | None:
    if value is None or timezone.is_aware(value):
        return value
    return timezone.make_aware(value)
