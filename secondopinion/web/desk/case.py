"""A case as the desk sees it: one page for each part, all with its head and its next action."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secondopinion.accounts.models import NewAddress, Role
from secondopinion.accounts.queries import access_links, people_with
from secondopinion.arrivals.clipping import posts_with_files
from secondopinion.arrivals.queries import asked_with_records
from secondopinion.audit import actions as audit
from secondopinion.cases import clocks, needs, workflow
from secondopinion.cases.actions.provider import CONFIRMED
from secondopinion.cases.models import Case, HandOver, ItemState, Need, Part, Participation
from secondopinion.cases.queries import (
    emergencies,
    handed,
    live_parts,
    parts_from_outside,
    states_of,
)
from secondopinion.cases.rules import provider_doubts
from secondopinion.cases.states import ENDED, FAMILY_STEP, FAMILY_STEPS, State, Why
from secondopinion.conversations.actions import mark_seen
from secondopinion.conversations.queries import READERS, anything_new, read_by
from secondopinion.core import clock
from secondopinion.core.languages import script_name
from secondopinion.core.lists import as_rows, listed
from secondopinion.desk import mailing
from secondopinion.desk.fitting import fitting, fitting_studies
from secondopinion.desk.models import Evidence, Refusal
from secondopinion.desk.queries import covered_by, entry_of, joined_into, one_accounts
from secondopinion.experts.matching import suggest
from secondopinion.experts.models import Kind as Taken
from secondopinion.experts.models import Offer, OfferState
from secondopinion.experts.queries import offers_of
from secondopinion.experts.reading import told_to
from secondopinion.experts.rules import kinds_of
from secondopinion.findings.queries import cleared, limitations_for
from secondopinion.followup import leaving
from secondopinion.followup.actions import window_open
from secondopinion.followup.queries import questions
from secondopinion.followup.rules import waiting_in
from secondopinion.imaging import queries as imaging
from secondopinion.imaging.naming import named
from secondopinion.messaging.queries import waiting
from secondopinion.opinions import exporting, inviting, panels, second, translating
from secondopinion.opinions.models import Delivery, OpinionState, SignedReport
from secondopinion.opinions.queries import readable, report_in
from secondopinion.outcomes import queries as outcomes
from secondopinion.pacs.servers import servers
from secondopinion.program import queries as program
from secondopinion.program.models import Urgency as PaceUrgency
from secondopinion.records import queries as records
from secondopinion.records.engines import scripts_read
from secondopinion.records.models import Kind, Record
from secondopinion.referrals.models import Urgency
from secondopinion.referrals.queries import referrals
from secondopinion.referrals.workflow import ENDED as REFERRAL_ENDED
from secondopinion.translation import engines
from secondopinion.translation import queries as translations
from secondopinion.web import images as shown_images
from secondopinion.web.access import PersonRequest, View, of_case
from secondopinion.web.desk import copies, fee, guardians, history, pacs, timing
from secondopinion.web.desk.asking import ask_context, message_context
from secondopinion.web.family import countries
from secondopinion.web.family.here import files_context

Context = dict[str, Any]

PARTS: dict[str, str | Promise] = {
    "now": _("To do now"),
    "request": _("Request"),
    "people": _("People"),
    "records": _("Records and images"),
    "specialist": _("Specialist"),
    "messages": _("Messages"),
    "after": _("Report and after"),
    "time": pgettext_lazy("clocks of a case", "Time"),
    "history": _("What happened"),
}


# Pages that stand behind one of these.
INSIDE = {"fee": "people", "guardians": "people", "bring": "records", "servers": "records",
          "copies": "records", "pages": "records", "translations": "after"}  # fmt: skip


def head(request: PersonRequest, case: Case, part: str) -> Context:
    """Return what the head of each part of a case shows, and keep that it was opened."""
    audit.record(
        "case-opened", by=request.user, case_id=case.pk, target=case, detail={"part": part}
    )
    prefetch_related_objects([case], "clock_spans")
    return {
        "case": case,
        "standing": states_of([case])[case.pk],
        "parts": PARTS.items(),
        "part": part,
        "tab": INSIDE.get(part, part),
        "mine": case.coordinator_id == request.user.pk,
        "can": {row.action for row in workflow.available(case, request.user)},
        "readings": clocks.readings(case),
        "ended": case.state in ENDED,
        "step": (step := FAMILY_STEP[case.state]),
        "step_name": FAMILY_STEPS[step - 1] if step else "",
    }


def _page(part: str, more: Callable[[PersonRequest, Case], Context]) -> View:
    """Return the view of one part of a case; `more` reads what only this part shows."""

    @of_case("desk", Part.COORDINATOR)
    def view(request: PersonRequest, case: Case) -> HttpResponse:
        context = head(request, case, part)
        return render(request, f"desk/case/{part}.html", context | more(request, case))

    return view


def _now(request: PersonRequest, case: Case) -> Context:
    linked = Prefetch("evidence", Evidence.objects.select_related("record", "study"))
    items = list(case.checklist.prefetch_related(linked))
    told = (
        Case.objects.filter(pk=case.pk)
        .annotate(
            arrived=records.described(),
            held=listed(Need.objects.all(), "case", "why", "due_at", outer="pk"),
            noted=handed(),
            unsaid=timing.unsaid(),
            opened=Exists(emergencies().filter(case=OuterRef("pk"))),
        )
        .values("arrived", "held", "noted", "unsaid", "opened")
        .get()
    )
    held, arrived = as_rows(Need, told["held"]), as_rows(Record, told["arrived"])
    whys = {each.why for each in held}
    running = [(each.due_at, each.step) for each in case.clock_spans.all() if not each.ended_at]
    handed_over = as_rows(HandOver, told["noted"])
    series = list(imaging.series_for_case(case))
    return guardians.waited_for(case) | {
        "hint": timing.hint_for(case, told["unsaid"]),
        "linked": request.GET.get("evidence", ""),
        "evidence": arrived[::-1],
        "studies": list({row.study_id: row.study for row in series}.values()),
        "items": (
            fits := [
                (item, fitting(item, arrived) + fitting_studies(item, series)) for item in items
            ]
        ),
        "ask": ask_context(request, case, fits),
        "provider_says": any(
            row.key == CONFIRMED and row.state == ItemState.ANSWERED for row in items
        ),
        "needs": whys,
        "due": needs.first_due(held, running, needs.due_words()),
        "conditions": (groups := program.kept_conditions()),
        "condition": next((each for each in groups if each.key == case.condition), None),
        "asked": asked_with_records(case, arrived),
        "undelivered": mailing.undelivered(case) if Why.UNDELIVERED in whys else [],
        "findings": named(
            records.placed(each for each in limitations_for(case) if each.state == "open"),
            series,
        ),
        "images_at": reverse("desk-case-records", args=[case.reference]),
        "emergencies": emergencies().filter(case=case) if told["opened"] else [],
        "joined": joined_into(case) if case.state == State.JOINED else None,
        "handed": None if case.state in ENDED else next(iter(handed_over[::-1]), None),
        "covered": case.state not in ENDED
        and case.coordinator_id not in (None, request.user.pk)
        and case.coordinator_id in covered_by(request.user),
    }


def _request(request: PersonRequest, case: Case) -> Context:
    return {
        "questions": case.questions.all(),
        "in_words": told_to(request.user, case),
        "home_translations": translations.of_home(case),
        **_translating(),
    }


def _translating() -> Context:
    return {
        "translators": people_with(Role.TRANSLATOR),
        "translation_reviewers": people_with(Role.TRANSLATION_REVIEWER),
    }


def _live(part: Participation, role: str) -> bool:
    return part.role == role and part.until is None


def _people(request: PersonRequest, case: Case) -> Context:
    parts = list(parts_from_outside(case))
    live_ties = case.child.guardianships.filter(revoked_at=None)
    return {
        "parents": (parents := [each.person for each in parts if _live(each, Part.FAMILY)]),
        "taken_out": [each for each in parts if each.ended_why and each.role == Part.FAMILY],
        "ties": (ties := list(live_ties.select_related("person"))),
        "consents": case.consents.filter(withdrawn_at=None),
        "provider": (provider := getattr(case, "local_provider", None)),
        "addresses": NewAddress.objects.filter(case_id=case.pk, confirmed_at__isnull=False)
        .select_related("person", "by"),
        "ones": one_accounts(case),
        "links": access_links(provider.person, case.pk)
        if provider and provider.person_id and "links" in request.GET else None,
        "shut_out": provider is not None and provider.person_id is not None
        and not any(_live(each, Part.LOCAL_PROVIDER) for each in parts),
        "doubts": provider_doubts(case, provider, [*parents, *(each.person for each in ties)])
        if provider else [],
        "now": clock.now(),
        "colleagues": people_with(Role.COORDINATOR).exclude(pk=request.user.pk),
        "fee": getattr(case, "fee", None),
        "entry": (entry := entry_of(case)),
        "spoken": entry.consents.select_related("guardian", "read_by").first() if entry else None,
        "entering": Part.ENTRY in request.parts,
        "refusal": Refusal.objects.filter(case=case).select_related("by").first()
        if case.state == State.DECLINED else None,
    }  # fmt: skip


def _records(request: PersonRequest, case: Case) -> Context:
    return {
        "records": records.for_case(case),
        "kinds": Kind.choices,
        "scripts": sorted(map(script_name, scripts_read(settings.OCR_LANGUAGES_DIR))),
        **(shown := shown_images.listed(case, request.parts)),
        "findings": (found := named(records.placed(limitations_for(case)), shown["series"])),
        "locked": {each.subject_id for each in found if each.locks},
        "cleared": named(records.placed(cleared(case)), shown["series"]),
        "servers": servers(),
        "translations": translations.every_of_case(case).filter(subject_kind="record"),
        "translators": people_with(Role.TRANSLATOR),
    }


def _specialist(request: PersonRequest, case: Case) -> Context:
    offers = list(offers_of(case))
    waits = case.state in {State.READY, State.OFFERED}
    given_back = any(each.state == OfferState.HANDED_BACK for each in offers)
    draft = report_in(case, request.user) if not waits or given_back else None
    reading = second.open_reading(draft) if draft else None
    kept = draft is not None and draft.state == OpinionState.DRAFT
    writing = kept and not waits
    looks = case.state == State.READY or (writing and case.coordinator_id == request.user.pk)
    kinds = kinds_of(case)
    if draft and not waits:
        kinds = (Taken.SECOND,) if reading else (Taken.PANEL,)
    listed = suggest(case, *kinds) if looks else []
    return {
        "offers": offers,
        "open_offer": next((each for each in offers if each.state == OfferState.OPEN), None),
        "suggestions": [each for each in listed if not each.obstacles],
        "out": [each for each in listed if each.obstacles],
        "currency": program.program().fee_currency,
        "urgencies": PaceUrgency.choices,
        "reading": reading,
        "second_reasons": [second.REASONS[each] for each in reading.reasons] if reading else [],
        "panel": panels.members(draft) if draft else [],
        "invited": inviting.invitations(draft) if draft else [],
        "lead": next(
            (each.expert.person for each in offers if each.state == OfferState.ACCEPTED), None
        ),
        "writing": writing,
        "kept": kept,
        "reasons": Offer.Reason.choices,
    }


def _messages(request: PersonRequest, case: Case) -> Context:
    rows = list(posts_with_files(case, request.user))
    owner = case.coordinator_id in {request.user.pk, None}
    if anything_new(rows, request.user) or (owner and case.act_by < clock.NEVER):
        mark_seen(case=case, by=request.user)
    read = read_by(case) if rows else {}
    for each in rows:
        until = read.get(each.thread)
        each.seen = until is not None and until >= each.created_at
    # Of a message that has been read, nobody asks when the mail about it goes out.
    mine = bool(rows) and rows[-1].author_id == request.user.pk and not rows[-1].seen
    return {
        "posts": rows, "last_post": rows[-1].pk if rows else "", "followed": tuple(READERS),
        **message_context(request, case),
        "provider": getattr(case, "local_provider", None),
        "unanswered": any(each.answered_at is None for each in rows),
        "waiting": waiting(case.pk) if mine else (),
    }  # fmt: skip


def _after(request: PersonRequest, case: Case) -> Context:
    experts = live_parts().filter(role=Part.SPECIALIST)
    told = (
        Case.objects.filter(pk=case.pk)
        .annotate(
            measured=exporting.anything(),
            quiet=outcomes.quiet(),
            alone=leaving.unanswering(),
            experts=listed(experts, "case", "since", "person__full_name", outer="pk"),
        )
        .values("measured", "quiet", "alone", "experts")
        .get()
    )
    return {
        "reports": readable(case, request.user).prefetch_related(
            Prefetch("deliveries", Delivery.objects.select_related("to")), "kept_doubts"
        ),
        "measured": case.coordinator_id == request.user.pk and told["measured"],
        "questions": questions(case),
        "experts": [
            each["person__full_name"]
            for each in sorted(told["experts"], key=lambda each: each["since"])
        ],
        "answerers": people_with(Role.SPECIALIST).select_related("expert")
        if told["alone"]
        else None,
        "outcomes": outcomes.of_case(case),
        "quiet": told["quiet"],
        "referrals": referrals(case),
        "countries": forms.Select(attrs={"id": "to_country"}, choices=countries.choices()).render(
            "to_country", ""
        ),
        "urgencies": Urgency.choices,
    }


def _translations(request: PersonRequest, case: Case) -> Context:
    return {
        "reports": readable(case, request.user).exclude(kind=SignedReport.Kind.LETTER),
        "report_translations": translating.of_reports(case),
        "machine_there": engines.is_there(outside_agreed=translations.outside_agreed(case)),
        **_translating(),
        "into": settings.LANGUAGES,
    }


now = _page("now", _now)
request_page = _page("request", _request)
people = _page("people", _people)
records_page = _page("records", _records)
bring = _page("bring", files_context)
servers_page = _page("servers", pacs.shown)
specialist = _page("specialist", _specialist)
messages_page = _page("messages", _messages)
after = _page("after", _after)
translations_page = _page("translations", _translations)
time_page = _page("time", timing.shown)
history_page = _page("history", history.shown)
copies_page = _page("copies", copies.shown)
guardians_page = _page("guardians", guardians.shown)
fee_page = _page("fee", fee.shown)


@of_case("desk", Part.COORDINATOR)
def images(request: PersonRequest, case: Case) -> HttpResponse:
    """Show the images in the viewer that the specialist has, to look at only."""
    audit.record(
        "case-opened", by=request.user, case_id=case.pk, target=case, detail={"part": "images"}
    )
    context = {"case": case, "series": imaging.series_with_images(case)}
    return render(request, "desk/images.html", context)


@of_case(Part.COORDINATOR)
def close(request: PersonRequest, case: Case) -> HttpResponse:
    """Say what closing means, and ask once more."""
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    context = {
        "case": case,
        "early": window_open(case),
        "open": waiting_in(case),
        "referrals": referrals(case).exclude(state__in=[*REFERRAL_ENDED]),
    }
    return render(request, "desk/close.html", context)
