"""Fees: the page of the family, papers for family and desk, and the door for a provider's calls."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from secondopinion.audit import actions as audit
from secondopinion.billing import papers, paying, queries
from secondopinion.billing.models import FeePaper, Payment
from secondopinion.billing.providers import BadSignature, configured
from secondopinion.billing.registry import PROVIDERS, provider_for
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import ENDED
from secondopinion.core.errors import NotYours
from secondopinion.program import queries as program
from secondopinion.web.access import PersonRequest, of_case, public
from secondopinion.web.files import download

MOST_BYTES = 256 * 1024  # of a provider's call


@of_case(Part.FAMILY)
def fee(request: PersonRequest, case: Case) -> HttpResponse:
    """Show what is to be paid and how; by POST, begin to pay on the provider's page."""
    row = queries.fee_in(case)
    provider = provider_for(row.currency)
    if request.method == "POST":
        paying.begin(fee=row, by=request.user)
        return redirect("my-fee", case.reference)
    audit.record("fee-opened", by=request.user, case_id=case.pk, target=row)
    begun = [each for each in row.payments.all() if each.state == Payment.State.OPEN and each.url]
    context = {
        "case": case,
        "fee": row,
        "holds_up": queries.holds_up(row),
        "ended": case.state in ENDED,
        "papers": queries.papers_of(row),
        "again": row.former_invoices.last(),
        "bank": program.program().bank,
        "online": provider is not None,
        "begun": begun[-1] if begun and row.state == "due" else None,
    }
    return render(request, "family/fee.html", context)


@of_case(Part.FAMILY, "desk", Part.COORDINATOR)
def paper(
    request: PersonRequest,
    case: Case,
    kind: str,
    credit: UUID | None = None,
    former: UUID | None = None,
) -> HttpResponseBase:
    """Give an invoice, a receipt or a credit note as PDF."""
    row = queries.fee_in(case)
    if kind not in FeePaper.Kind.values:
        raise NotYours
    of = next((each for each in row.credits.all() if each.pk == credit), None)
    old = next((each for each in row.former_invoices.all() if each.pk == former), None)
    if (credit and of is None) or (former and old is None):
        raise NotYours
    made = papers.paper(by=request.user, fee=row, kind=kind, credit=of, former=old)
    number = of.number if of else old.number if old else row.number
    return download(request, made.blob, f"{kind}-{number}.pdf", "application/pdf")


@public
@csrf_exempt
@require_POST
def provider_call(request: HttpRequest, provider: str) -> HttpResponse:
    """Take in what a provider of payments tells; its signature says that it is the provider."""
    found = PROVIDERS.get(provider)
    if found is None or provider != configured():
        raise NotYours
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return HttpResponse("too large", status=413, content_type="text/plain")
    try:
        paying.take_in(provider=found, body=body, headers=request.headers)
    except BadSignature:
        return HttpResponse("not signed by the provider", status=400, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
