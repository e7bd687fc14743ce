"""A way in for a family without an e-mail address: a page to print, a text, and their end."""

from datetime import timedelta

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from secondopinion.accounts.queries import access_links
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.core import clock
from secondopinion.core.errors import NotYours
from secondopinion.desk import actions
from secondopinion.desk.actions.ways_in import DAYS
from secondopinion.desk.models import CaseEntry
from secondopinion.messaging.actions import can_text
from secondopinion.messaging.gateways import offered
from secondopinion.messaging.models import Channel
from secondopinion.web.access import PersonRequest, of_case


@of_case(Part.ENTRY, Part.COORDINATOR)
def way_in(request: PersonRequest, case: Case) -> HttpResponse:
    """Say how the family comes in; by POST, make a code, send a link, or end what is out."""
    entry = CaseEntry.objects.select_related("family").filter(case=case, family__email=None).first()
    if entry is None:
        raise NotYours
    entering = Part.ENTRY in roles_of(case, request.user)
    page = "desk-entry" if entering else "desk-case-people"
    context = {"case": case, "entry": entry, "back": reverse(page, args=[case.reference])}
    if request.method == "POST":
        wanted = request.POST.get("make", "")
        if wanted == "paper":
            return _printed(request, case, entry, context)
        if wanted == "sms":
            actions.text_code(by=request.user, case=case)
            messages.success(request, _("The link is on its way. Former ones no longer work."))
        elif wanted == "end":
            actions.end_codes(by=request.user, case=case)
            messages.success(request, _("No code opens anything any more."))
        else:
            raise NotYours
        return redirect("desk-way-in", case.reference)
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    links = access_links(entry.family, case.pk)
    texts = can_text(entry.family)
    context |= {
        "texts": texts,
        "wants_number": Channel.SMS in offered() and not texts,
        "out": any(x.stands == "open" for x in links),
    }
    return render(request, "desk/entry/way_in.html", context)


def _printed(
    request: PersonRequest, case: Case, entry: CaseEntry, context: dict[str, object]
) -> HttpResponse:
    """Show the paper, which is in the family's language: the code is nowhere else."""
    code = actions.make_code(by=request.user, case=case)
    address = request.build_absolute_uri(reverse("take-over", args=[code]))
    context |= {
        "code": "-".join(code[at : at + 4] for at in range(0, len(code), 4)),
        "address": request.build_absolute_uri(reverse("by-code")),
        "square": segno.make(address, error="m").svg_data_uri(border=2, scale=6),
        "ends": clock.now() + timedelta(days=DAYS),
    }
    answer = render(request, "desk/entry/way_in.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
