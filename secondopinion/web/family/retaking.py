"""One page that cannot be read is sent again, and nothing else."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from secondopinion.arrivals import actions as arrivals
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours
from secondopinion.findings.queries import limitations_for
from secondopinion.records import marking, queries, retaking
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.family.request import SENDERS, back


@of_case(*SENDERS)
def again(request: PersonRequest, case: Case, record: UUID, number: int) -> HttpResponse:
    """Show a page with what is wrong with it, and take a new photo in its place."""
    row = queries.record_for(request.user, case.reference, record)
    page = queries.page_of(row, number)
    if page.aside:
        raise NotYours
    to = back(request, case)
    file = request.FILES.get("photo")
    if file is not None:
        arrivals.receive_file(
            by=request.user, case=case, name=file.name or "photo", source=file, retakes=page
        )
        words = _("Thank you. We look at the new photo now. It takes the place of page %(number)s.")
        messages.success(request, words % {"number": number})
        return redirect(to)
    if request.method == "POST":
        messages.error(request, _("Choose at least one file first."))
    audit.record("page-opened", by=request.user, case_id=case.pk, target=page)
    told = limitations_for(case).filter(state="open", check_name=retaking.CHECK)
    quarters = page.reading.answer.get("turned", 0) if hasattr(page, "reading") else 0
    context = {
        "case": case, "record": row, "page": page, "to": to,
        "marks": marking.on_page(page, quarters, told),
    }  # fmt: skip
    return render(request, "family/again.html", context)
