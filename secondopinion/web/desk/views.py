"""The intake desk: worklist, case page, and every action on a case behind one address."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Role
from secondopinion.accounts.queries import people_with
from secondopinion.audit import actions as audit
from secondopinion.billing import actions as billing
from secondopinion.billing.models import Fee
from secondopinion.cases import actions, clocks, workflow
from secondopinion.cases.models import Case, ItemState, LocalProvider, Part
from secondopinion.cases.queries import holders_of, open_requests, worklist
from secondopinion.cases.states import ENDED, State
from secondopinion.conversations.actions import post
from secondopinion.conversations.queries import posts
from secondopinion.core import clock
from secondopinion.core.errors import NotYours
from secondopinion.experts import actions as experts
from secondopinion.experts.matching import suggest
from secondopinion.experts.models import ExpertProfile, OfferState
from secondopinion.experts.queries import offers_of
from secondopinion.findings import actions as findings
from secondopinion.findings.models import Finding
from secondopinion.findings.queries import limitations_for
from secondopinion.followup import actions as followup
from secondopinion.followup.queries import question_for, questions
from secondopinion.imaging import queries as imaging
from secondopinion.opinions import actions as opinions
from secondopinion.opinions.queries import readable
from secondopinion.program import queries as program
from secondopinion.records import actions as record_actions
from secondopinion.records import queries as records
from secondopinion.records.models import Kind
from secondopinion.referrals import actions as referral_actions
from secondopinion.referrals.models import Urgency
from secondopinion.referrals.queries import open_referrals, referral_for, referrals
from secondopinion.referrals.workflow import available as referral_steps
from secondopinion.web.access import PersonRequest, of_case, staff

PER_PAGE = 50

VIEWS: dict[str, tuple[Any, Callable[[Any], Q]]] = {
    "open": (gettext_lazy("Open"), lambda _person: ~Q(state__in=ENDED)),
    "mine": (gettext_lazy("Mine"), lambda person: Q(coordinator=person) & ~Q(state__in=ENDED)),
    "new": (gettext_lazy("To be taken"), lambda _person: Q(state=State.SUBMITTED)),
    "waiting": (gettext_lazy("Waiting on the family"),
                lambda _person: Q(state__in=[State.WAITING_ON_FAMILY, State.MORE_NEEDED])),
    "ready": (gettext_lazy("To be offered"), lambda _person: Q(state=State.READY)),
    "signed": (gettext_lazy("To be delivered"), lambda _person: Q(state=State.REPORTED)),
    "late": (gettext_lazy("Late"), lambda _person: Q(due_at__lt=clock.now())),
    "ended": (gettext_lazy("Ended"), lambda _person: Q(state__in=ENDED)),
}  # fmt: skip


@staff(Role.COORDINATOR)
def desk(request: PersonRequest) -> HttpResponse:
    """Show the worklist by due time."""
    chosen = request.GET.get("view", "open")
    chosen = chosen if chosen in VIEWS else "open"
    everything = worklist(request.user)
    counts = everything.order_by().aggregate(
        **{key: Count("pk", filter=rule(request.user)) for key, (_label, rule) in VIEWS.items()}
    )
    rows = _searched(everything.filter(VIEWS[chosen][1](request.user)), request.GET.get("q", ""))
    rows = rows.annotate(
        warnings=Count(
            "findings",
            filter=Q(findings__state="open") & ~Q(findings__severity="info"),
        )
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    views = [(key, label, counts[key]) for key, (label, _rule) in VIEWS.items()]
    context = {
        "page": page, "views": views, "chosen": chosen, "q": request.GET.get("q", ""),
        "now": clock.now(),
    }  # fmt: skip
    return render(request, "desk/worklist.html", context)


def _searched(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    text = text.strip()
    if not text:
        return rows
    return rows.filter(
        Q(reference__icontains=text)
        | Q(child__full_name__icontains=text)
        | Q(child__latin_name__icontains=text)
    )


@of_case("desk", Part.COORDINATOR)
def case_page(request: PersonRequest, case: Case) -> HttpResponse:
    """Show everything about a case on one page, and the next action as one button."""
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    case = Case.objects.select_related("child", "specialty", "coordinator", "request").get(
        pk=case.pk
    )
    offers = list(offers_of(case))
    context = {
        "case": case,
        "mine": case.coordinator_id == request.user.pk,
        "can": {row.action for row in workflow.available(case, request.user)},
        "readings": clocks.readings(case),
        "items": case.checklist.all(),
        "asked": open_requests(case),
        "templates": [
            (program.in_language(row.titles), program.in_language(row.bodies, case.language))
            for row in program.message_templates()
        ],
        "provider": LocalProvider.objects.filter(case=case).first(),
        "parents": holders_of(case, Part.FAMILY),
        "records": records.for_case(case),
        "kinds": Kind.choices,
        "series": imaging.series_for_case(case),
        "findings": limitations_for(case),
        "posts": posts(case, request.user),
        "offers": offers,
        "open_offer": next((each for each in offers if each.state == OfferState.OPEN), None),
        "suggestions": suggest(case) if case.state == State.READY else [],
        "colleagues": people_with(Role.COORDINATOR).exclude(pk=request.user.pk),
        "reports": readable(case, request.user),
        "questions": questions(case),
        "referrals": [(row, referral_steps(row.state)) for row in referrals(case)],
        "urgencies": Urgency.choices,
        "fee": Fee.objects.filter(case=case).first(),
        "ended": case.state in ENDED,
    }
    return render(request, "desk/case.html", context)


class _Do:
    """What the buttons of the case page do; each is named by its address."""

    def __init__(self, request: PersonRequest, case: Case) -> None:
        self.case, self.by, self.given = case, request.user, request.POST

    def text(self, name: str = "text") -> str:
        return self.given.get(name, "")

    def _row(self, rows: QuerySet[Any], name: str) -> Any:
        value = self.text(name)
        if not value:
            raise NotYours
        return get_object_or_404(rows, pk=value)

    def take(self) -> str:
        actions.take(by=self.by, case=self.case)
        return _("The case is yours.")

    def ask(self) -> str:
        item = (
            self.case.checklist.filter(pk=self.text("item")).first() if self.text("item") else None
        )
        to = self.text("to") or Part.FAMILY
        words = self.text()
        if item is not None:
            with override(self.case.language):
                words = words.replace("{item}", program.in_language(item.labels))
        actions.ask(by=self.by, case=self.case, text=words, item=item, to=to)
        return _("The question is sent, and the clock has stopped.")

    def drop(self) -> str:
        row = self._row(self.case.information_requests.all(), "request")
        actions.drop_request(by=self.by, information_request=row)
        return _("It is not asked for any more.")

    def settle(self) -> str:
        item = self._row(self.case.checklist.all(), "item")
        state = self.text("state")
        state = state if state in ItemState.values else ItemState.OPEN
        actions.settle_item(by=self.by, item=item, state=state, note=self.text("note"))
        return _("The checklist is changed.")

    def complete(self) -> str:
        actions.complete(by=self.by, case=self.case)
        return _("The records are complete. The case is ready for a specialist.")

    def reopen(self) -> str:
        actions.reopen(by=self.by, case=self.case)
        return _("The case is back at collecting records.")

    def offer(self) -> str:
        expert = self._row(ExpertProfile.objects.all(), "expert")
        experts.offer(by=self.by, case=self.case, expert=expert)
        return _("The case is offered.")

    def take_back(self) -> str:
        offer = self._row(self.case.offers.all(), "offer")
        experts.take_back(by=self.by, offer=offer)
        return _("The offer is taken back.")

    def hand_over(self) -> str:
        to = self._row(people_with(Role.COORDINATOR), "to")
        actions.hand_over(by=self.by, case=self.case, to=to, note=self.text("note"))
        return _("The case is handed over.")

    def take_over(self) -> str:
        actions.hand_over(by=self.by, case=self.case, to=self.by, note=self.text("note"))
        return _("The case is yours.")

    def decline(self) -> str:
        actions.decline(
            by=self.by, case=self.case, reason=self.text("reason"), instead=self.text("instead")
        )
        return _("The case is declined, and the family is told.")

    def deliver(self) -> str:
        opinions.deliver(by=self.by, case=self.case)
        return _("The report is delivered.")

    def close(self) -> str:
        actions.close(by=self.by, case=self.case)
        return _("The case is closed.")

    def message(self) -> str:
        post(case=self.case, thread=self.text("thread"), by=self.by, text=self.text())
        return _("The message is sent.")

    def accept_finding(self) -> str:
        row = self._row(Finding.objects.filter(case=self.case), "finding")
        findings.accept(finding=row, by=self.by, reason=self.text("reason"))
        return _("It will stand in the report as a limitation.")

    def pass_question(self) -> str:
        question = question_for(self.by, self.case.reference, int(self.text("number") or 0))
        followup.pass_to_expert(by=self.by, question=question)
        return _("The question is with the specialist.")

    def settle_question(self) -> str:
        question = question_for(self.by, self.case.reference, int(self.text("number") or 0))
        followup.settle(by=self.by, question=question, reply=self.text("reply"))
        return _("The question is answered.")

    def refer(self) -> str:
        row = referral_actions.open_referral(
            by=self.by, case=self.case, to_name=self.text("to_name"),
            to_country=self.text("to_country")[:2], what_for=self.text("what_for"),
            urgency=self.text("urgency"),
        )  # fmt: skip
        for person in people_with(Role.REFERRAL_COORDINATOR)[:1]:
            referral_actions.assign(by=self.by, referral=row, to=person)
        return _("The referral is open. The family is asked to agree.")

    def describe_record(self) -> str:
        row = records.record_for(self.by, self.case.reference, self._row(
            self.case.records.all(), "record").pk)  # fmt: skip
        record_actions.describe(
            by=self.by, record=row, kind=self.text("kind") or None,
            language=self.text("language") or None, dated=parse_date(self.text("dated") or ""),
        )  # fmt: skip
        return _("The record is described.")

    def charge(self) -> str:
        billing.charge(case=self.case, by=self.by)
        return _("The fee is noted.")

    def settle_fee(self) -> str:
        fee = get_object_or_404(Fee, case=self.case)
        state = "paid" if self.text("state") == "paid" else "waived"
        billing.settle(fee=fee, by=self.by, state=state, note=self.text("note"))
        return _("The fee is settled.")

    def invite_provider(self) -> str:
        actions.invite_provider(case=self.case, by=self.by)
        return _("The local provider has a new link.")


@of_case("desk", Part.COORDINATOR)
@require_POST
def act(request: PersonRequest, case: Case, action: str) -> HttpResponse:
    """Do what a button says."""
    verb = getattr(_Do(request, case), action.replace("-", "_"), None)
    if action.startswith("_") or action == "text" or verb is None:
        raise NotYours
    messages.success(request, verb())
    return redirect("desk-case", case.reference)


@staff(Role.COORDINATOR, Role.REFERRAL_COORDINATOR)
def referral_list(request: PersonRequest) -> HttpResponse:
    """Show the open referrals, those to be reminded of first."""
    rows = open_referrals(request.user).order_by(F("remind_at").asc(nulls_last=True))
    return render(request, "desk/referrals.html", {"rows": rows})


@of_case("desk", Part.COORDINATOR, Part.REFERRAL_COORDINATOR)
def referral(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Show a referral and take its next step."""
    row = referral_for(request.user, case.reference, number)
    if request.method == "POST":
        visit = parse_datetime(request.POST.get("visit_at", ""))
        referral_actions.take_step(
            by=request.user, referral=row, action=_known_step(row.state, request.POST),
            note=request.POST.get("note", ""), outcome=request.POST.get("outcome", ""),
            visit_at=_aware(visit),
        )  # fmt: skip
        messages.success(request, _("The referral is changed."))
        return redirect("referral", case.reference, number)
    audit.record("referral-opened-page", by=request.user, case_id=case.pk, target=row)
    context = {"case": case, "referral": row, "steps": referral_steps(row.state)}
    return render(request, "desk/referral.html", context)


def _known_step(state: str, given: Any) -> str:
    wanted = str(given.get("action", ""))
    if wanted not in {step.action for step in referral_steps(state)}:
        raise NotYours
    return wanted


def _aware(value: datetime | None) -> datetime | None:
    if value is None or timezone.is_aware(value):
        return value
    return timezone.make_aware(value)
