"""One page that cannot be read is sent again, and nothing else."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from secondopinion.arrivals import actions as arrivals
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours, Refused
from secondopinion.findings.queries import limitations_for
from secondopinion.records import marking, queries, retaking
from secondopinion.records.models import Page
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.family.request import SENDERS, back

MOST = 64 * 1024**2  # bytes of a photo of one page


def with_pages(case: Case, asked: list[Any]) -> list[Any]:
    """Note on what was asked which page is wanted `again`, as long as that page is shown."""
    wanted = {row.page for row in asked if row.page and not row.answered_at}
    found = {page.pk: page for page in queries.shown_of(case, wanted)} if wanted else {}
    for row in asked:
        row.again = found.get(row.page)
    return asked


@of_case(*SENDERS)
def again(request: PersonRequest, case: Case, record: UUID, number: int) -> HttpResponse:
    """Show a page with what is wrong with it, and take a new photo in its place."""
    row = queries.record_for(request.user, case.reference, record)
    page = queries.page_of(row, number)
    if page.aside:
        raise NotYours
    to = back(request, case)
    file = request.FILES.get("photo")
    wrong = _("Choose at least one file first.") if request.method == "POST" else ""
    if file is not None:
        wrong = _send(request, page, file)
    if file is not None and not wrong:
        words = _("Thank you. We look at the new photo now. It takes the place of page %(number)s.")
        messages.success(request, words % {"number": number})
        return redirect(to)
    audit.record("page-opened", by=request.user, case_id=case.pk, target=page)
    told = limitations_for(case).filter(state="open", check_name=retaking.CHECK)
    quarters = page.reading.answer.get("turned", 0) if hasattr(page, "reading") else 0
    context = {
        "case": case, "record": row, "page": page, "to": to, "wrong": wrong,
        "marks": marking.on_page(page, quarters, told),
    }  # fmt: skip
    return render(request, "family/again.html", context, status=400 if wrong else 200)


def _send(request: PersonRequest, page: Page, file: UploadedFile) -> str:
    """Send a new photo of a page; return why not."""
    if (file.size or 0) > MOST:
        return _("This file is too large.")
    try:
        arrivals.receive_again(
            by=request.user, page=page, name=file.name or "photo", data=file.read()
        )
    except Refused as refused:
        if refused.field != "photo":
            raise
        return str(refused.message)
    return ""
