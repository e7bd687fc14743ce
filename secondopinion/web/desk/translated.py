"""Signing the translation of a report in the program's name."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import Refused
from secondopinion.opinions import readability, translating
from secondopinion.translation.queries import translation_for
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.signin.factor import FactorForm


@of_case(Part.COORDINATOR)
def sign(request: PersonRequest, case: Case, translation: UUID) -> HttpResponse:
    """Say what is signed, ask for the second factor, and sign."""
    row = translation_for(request.user, case.reference, translation)
    report = translating.for_signing(case, row)
    form = FactorForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            translating.sign(by=request.user, translation=row, reauthenticated_at=form.at)
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            messages.success(
                request, _("The translation is signed. Whoever has the report gets it.")
            )
            return redirect("desk-case-after", case.reference)
    audit.record("translation-opened", by=request.user, case_id=case.pk, target=row)
    context = {
        "case": case, "row": row, "report": report, "form": form,
        "stopped": translating.obstacle(row),
        "level": readability.told(translating.summary_in(row, report), row.language[:2]),
    }  # fmt: skip
    return render(request, "desk/sign_translation.html", context)
