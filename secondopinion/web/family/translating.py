"""Whether texts of a case may go to a translation machine outside the hospital: the family says."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import Refused
from secondopinion.translation import consenting, outside
from secondopinion.translation.queries import outside_agreed
from secondopinion.web.access import PersonRequest, of_case


def machine_context(case: Case) -> dict[str, Any]:
    """Return the machine outside, where one is set, and whether the family has agreed to it."""
    name = outside.name()
    return {"machine": name, "agreed": bool(name) and outside_agreed(case)}


@of_case(Part.FAMILY)
@require_POST
def machine(request: PersonRequest, case: Case) -> HttpResponse:
    """Take the family's answer: agreed, or taken back."""
    try:
        if request.POST.get("agree") == "1":
            consenting.agree(by=request.user, case=case, language=get_language() or "en")
            messages.success(request, _("Thank you. You can take this back at any time."))
        else:
            consenting.take_back(by=request.user, case=case)
            messages.success(request, _("Done. No text leaves the hospital for this any more."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("my-what", case.reference)
