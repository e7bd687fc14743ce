"""Every action of the desk on a case, behind one address."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import people_with
from secondopinion.arrivals.clipping import post_with_files
from secondopinion.cases import actions
from secondopinion.cases.models import Case, ItemState, Part
from secondopinion.cases.queries import holders_of
from secondopinion.conversations.actions import need_no_answer
from secondopinion.core.errors import NotYours
from secondopinion.core.languages import code_of, enumerated
from secondopinion.desk import actions as desk
from secondopinion.desk import mailing
from secondopinion.desk.models import Evidence
from secondopinion.experts import actions as experts
from secondopinion.experts.models import ExpertProfile
from secondopinion.findings import actions as findings
from secondopinion.findings.models import Finding
from secondopinion.followup import actions as followup
from secondopinion.followup import leaving
from secondopinion.followup.models import FollowUpQuestion
from secondopinion.followup.queries import question_for
from secondopinion.imaging.queries import studies_for_case
from secondopinion.opinions import actions as opinions
from secondopinion.opinions import handing, inviting, panels, receipts, seconding, translating
from secondopinion.opinions.models import Delivery, PanelInvitation, PanelMember, SecondReading
from secondopinion.outcomes import actions as outcomes
from secondopinion.pacs import actions as pacs
from secondopinion.pacs.models import Fetch
from secondopinion.program import queries as program
from secondopinion.records import actions as record_actions
from secondopinion.records import queries as records
from secondopinion.referrals import actions as referral_actions
from secondopinion.translation import actions as translation_actions
from secondopinion.translation import asking, withdrawing
from secondopinion.web import images
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.desk.about import about_in
from secondopinion.web.desk.asking import check_item, check_last, words_for
from secondopinion.web.desk.behind import PART_OF
from secondopinion.web.forms import day_in, files_of


class _Verbs:
    """What the buttons of a case do; each is named by its address."""

    def __init__(self, request: PersonRequest, case: Case) -> None:
        self.case, self.by, self.given = case, request.user, request.POST
        self._files = files_of(request)

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
        check_item(self.case, item, self.text("for"), self.text(), to)
        about = about_in(self.given, self.case)
        words = words_for(self.case, self.text(), item, to, about)
        page = about.page.pk if about and about.page and item is None else None
        actions.ask(by=self.by, case=self.case, text=words, item=item, to=to, page=page)
        return _("The question is sent, and the clock has stopped.")

    def pass_on(self) -> str:
        row = self._row(self.case.information_requests.all(), "request")
        actions.pass_on(by=self.by, wish=row, text=self.text(), to=self.text("to"))
        return _("The question is sent. The specialist goes on when it is answered.")

    def drop(self) -> str:
        row = self._row(self.case.information_requests.all(), "request")
        actions.drop_request(by=self.by, information_request=row)
        return _("It is not asked for any more.")

    def settle(self) -> str:
        item = self._row(self.case.checklist.all(), "item")
        state = self.text("state")
        state = state if state in ItemState.values else ItemState.OPEN
        desk.settle_with(
            by=self.by, item=item, state=state, note=self.text("note"),
            evidence=self.text("evidence"),
        )  # fmt: skip
        return _("The checklist is changed.")

    def this_is_it(self) -> str:
        item = self._row(self.case.checklist.all(), "item")
        if self.text("study"):
            found = self._row(studies_for_case(self.case), "study")
        else:
            found = self._row(records.readable(self.case), "record")
        desk.this_is_it(by=self.by, item=item, found=found)
        return _("The checklist is changed.")

    def not_it(self) -> str:
        rows = Evidence.objects.filter(item__case=self.case).select_related("item__case")
        desk.not_it(by=self.by, evidence=self._row(rows, "evidence"))
        return _("It is taken back. The checklist waits as before.")

    def unlink(self) -> str:
        rows = Evidence.objects.filter(item__case=self.case).select_related("item__case")
        desk.unlink(by=self.by, evidence=self._row(rows, "evidence"))
        return _("The link is taken away. The record stays.")

    def choose_condition(self) -> str:
        key = self.text("condition")
        chosen = get_object_or_404(program.conditions(), key=key) if key else None
        added, gone = actions.choose_condition(by=self.by, case=self.case, condition=chosen)
        said = [_("Added to the checklist: %(count)s.") % {"count": len(added)}] if added else []
        if gone:
            names = enumerated(program.in_language(row.labels) for row in gone)
            said.append(_("Taken off the checklist: %(names)s.") % {"names": names})
            said.append(_("If you choose the former group again, they come back."))
        return " ".join(said) or _("The checklist is as it was.")

    def set_pace(self) -> str:
        actions.set_pace(
            by=self.by, case=self.case, urgency=self.text("urgency"), kind=self.text("kind"),
            reason=self.text("reason"),
        )  # fmt: skip
        return _("It is noted, and the clocks follow.")

    def complete(self) -> str:
        actions.complete(by=self.by, case=self.case)
        return _("The records are complete. The case is ready for a specialist.")

    def reopen(self) -> str:
        actions.reopen(by=self.by, case=self.case)
        return _("The case is back at collecting records.")

    def offer(self) -> str:
        expert = self._row(ExpertProfile.objects.all(), "expert")
        experts.offer(
            by=self.by, case=self.case, expert=expert, urgency=self.text("urgency"),
            onward=bool(self.text("onward")), instead=self.text("instead"),
        )  # fmt: skip
        return _("The case is offered.")

    def take_back(self) -> str:
        offer = self._row(self.case.offers.all(), "offer")
        experts.take_back(by=self.by, offer=offer)
        return _("The offer is taken back.")

    def hand_back(self) -> str:
        handing.hand_back(
            by=self.by, case=self.case, reason=self.text("reason"), note=self.text("note")
        )
        return _("The case is ready for another specialist. What was written is kept.")

    def choose_reader(self) -> str:
        rows = SecondReading.objects.filter(opinion__case=self.case).select_related("opinion__case")
        expert = self._row(ExpertProfile.objects.select_related("person"), "expert")
        reading = self._row(rows, "reading")
        seconding.choose(by=self.by, reading=reading, reader=expert.person)
        return _("The report is with the second reader.")

    def join_panel(self) -> str:
        expert = self._row(ExpertProfile.objects.select_related("person"), "expert")
        inviting.invite(by=self.by, case=self.case, expert=expert.person)
        return _("They are asked. They write the report together once they accept.")

    def ask_panel_no_more(self) -> str:
        rows = PanelInvitation.objects.filter(opinion__case=self.case)
        row = self._row(rows.select_related("opinion__case", "person"), "invitation")
        inviting.take_back(by=self.by, invitation=row)
        return _("They are not asked any more.")

    def leave_panel(self) -> str:
        panels.leave(by=self.by, member=self._member())
        return _("They are not on the panel any more.")

    def hand_lead(self) -> str:
        handing.hand_lead(by=self.by, member=self._member())
        return _("They lead the report now. What was written is kept.")

    def _member(self) -> PanelMember:
        rows = PanelMember.objects.filter(opinion__case=self.case)
        return self._row(rows.select_related("opinion__case", "person"), "member")

    def hand_over(self) -> str:
        to = self._row(people_with(Role.COORDINATOR), "to")
        actions.hand_over(by=self.by, case=self.case, to=to, note=self.text("note"))
        return _("The case is handed over.")

    def take_over(self) -> str:
        actions.hand_over(by=self.by, case=self.case, to=self.by, note=self.text("note"))
        return _("The case is yours.")

    def deliver(self) -> str:
        opinions.deliver(by=self.by, case=self.case)
        return _("The report is delivered.")

    def close(self) -> str:
        actions.close(by=self.by, case=self.case)
        return _("The case is closed.")

    def message(self) -> str:
        check_last(self.case, self.by, self.text("thread"), self.given.get("last"))
        post_with_files(
            by=self.by, case=self.case, thread=self.text("thread"), text=self.text(),
            files=self._files,
        )  # fmt: skip
        return _("The message is sent.")

    def no_answer_needed(self) -> str:
        need_no_answer(by=self.by, case=self.case)
        return _("It is noted that no answer is needed.")

    def seen_to_mail(self) -> str:
        mailing.see_to_undelivered(by=self.by, case=self.case)
        return _("It is noted that you have seen to it.")

    def accept_finding(self) -> str:
        row = self._row(Finding.objects.filter(case=self.case), "finding")
        findings.accept(finding=row, by=self.by, reason=self.text("reason"))
        return _("It will stand in the report as a limitation.")

    def clear_finding(self) -> str:
        row = self._row(Finding.objects.filter(case=self.case), "finding")
        findings.clear(finding=row, by=self.by, reason=self.text("reason"))
        return _("It is kept that you have checked it. The report does not name it.")

    def reopen_finding(self) -> str:
        row = self._row(Finding.objects.filter(case=self.case).select_related("case"), "finding")
        findings.take_back(by=self.by, finding=row)
        return _("It is open again.")

    def take_out_record(self) -> str:
        row = self._row(records.for_case(self.case), "record")
        record_actions.take_out(by=self.by, case=self.case, records=[row.pk])
        return _("The document is taken out.")

    def change_images(self) -> str:
        return images.change(self.by, self.case, self.given)

    def fetch_studies(self) -> str:
        pacs.fetch(
            by=self.by, case=self.case, server=self.text("server"),
            studies=self.given.getlist("study"),
        )  # fmt: skip
        return _("The studies are being fetched.")

    def fetch_again(self) -> str:
        pacs.again(by=self.by, fetch=self._row(Fetch.objects.filter(case=self.case), "fetch"))
        return _("What is missing is being fetched.")

    def fetch_stop(self) -> str:
        pacs.stop(by=self.by, fetch=self._row(Fetch.objects.filter(case=self.case), "fetch"))
        return _("It is stopped. What has come is kept.")

    def forward_again(self) -> str:
        pacs.forward_again(by=self.by, case=self.case)
        return _("It is being sent again.")

    def _question(self) -> FollowUpQuestion:
        number = self.text("number")
        if not number.isdecimal():
            raise NotYours
        return question_for(self.by, self.case.reference, int(number))

    def pass_question(self) -> str:
        question = self._question()
        followup.pass_to_expert(by=self.by, question=question)
        return _("The question is with the specialist.")

    def hand_questions(self) -> str:
        expert = self._row(ExpertProfile.objects.select_related("person"), "expert")
        leaving.hand_on(by=self.by, case=self.case, expert=expert)
        return _("They answer the questions now.")

    def settle_question(self) -> str:
        question = self._question()
        followup.settle(by=self.by, question=question, reply=self.text("reply"))
        return _("The question is answered.")

    def refer(self) -> str:
        row = referral_actions.open_referral(
            by=self.by, case=self.case, to_name=self.text("to_name"),
            to_country=self.text("to_country")[:2], what_for=self.text("what_for"),
            urgency=self.text("urgency"), own_clinic=self.text("where") == "own",
        )  # fmt: skip
        for person in people_with(Role.REFERRAL_COORDINATOR)[:1]:
            referral_actions.assign(by=self.by, referral=row, to=person)
        return _("The referral is open. Choose what is sent, then ask the family.")

    def ask_no_more(self) -> str:
        outcomes.ask_no_more(by=self.by, case=self.case)
        return _("The family is not asked any more how it went.")

    def describe_record(self) -> str:
        row = records.record_for(self.by, self.case.reference, self._row(
            self.case.records.all(), "record").pk)  # fmt: skip
        record_actions.describe(
            by=self.by, record=row, kind=self.text("kind") or None,
            language=self._language() or None, dated=day_in(self.text("dated"), "dated"),
        )  # fmt: skip
        return _("The record is described.")

    def _language(self) -> str:
        return code_of(self.text("language"))

    def _staff(self, role: Role, name: str) -> Person | None:
        return people_with(role).filter(pk=self.text(name)).first() if self.text(name) else None

    def translate_report(self) -> str:
        report = self._row(self.case.signed_reports.select_related("case"), "report")
        translating.ask(
            by=self.by, report=report, language=self.text("language"),
            translator=self._staff(Role.TRANSLATOR, "translator"),
            reviewer=self._staff(Role.TRANSLATION_REVIEWER, "reviewer"),
            machine=bool(self.text("machine")),
        )  # fmt: skip
        return _("The translation is asked for.")

    def translate_words(self) -> str:
        asking.ask_for_words(by=self.by, case=self.case, language=self._language())
        return _("The translation is asked for.")

    def give_translation(self) -> str:
        row = self._row(self.case.translations.all(), "translation")
        themselves = self.text("translator") == str(self.by.pk)
        translation_actions.give(
            by=self.by, translation=row,
            translator=self.by if themselves else self._staff(Role.TRANSLATOR, "translator"),
            reviewer=self._staff(Role.TRANSLATION_REVIEWER, "reviewer"),
        )  # fmt: skip
        return _("The translation is given to them.")

    def name_reviewer(self) -> str:
        row = self._row(self.case.translations.all(), "translation")
        translation_actions.name_reviewer(
            by=self.by, translation=row,
            reviewer=self._staff(Role.TRANSLATION_REVIEWER, "reviewer"),
        )  # fmt: skip
        return _("The reviewer is named.")

    def withdraw_translation(self) -> str:
        row = self._row(self.case.translations.all(), "translation")
        withdrawing.withdraw(by=self.by, translation=row)
        return _("The translation is withdrawn. You can put it back.")

    def put_back_translation(self) -> str:
        row = self._row(self.case.translations.all(), "translation")
        withdrawing.put_back(by=self.by, translation=row)
        return _("The translation is back as it was.")

    def send_again(self) -> str:
        sent = Delivery.objects.filter(report__case=self.case).select_related("report__case", "to")
        receipts.remind(by=self.by, delivery=self._row(sent, "delivery"))
        return _("The local provider has a new mail.")

    def shut_provider_out(self) -> str:
        actions.shut_provider_out(by=self.by, case=self.case)
        return _("Their links and their page are closed. A new link opens it again.")

    def invite_provider(self) -> str:
        actions.invite_provider(case=self.case, by=self.by)
        return _("The local provider has a new link.")

    def end_guardian(self) -> str:
        person = self._row(holders_of(self.case, Part.FAMILY), "person")
        actions.end_guardian(by=self.by, case=self.case, person=person, reason=self.text("reason"))
        return _("They cannot open this any more.")


VERBS = frozenset(name for name in vars(_Verbs) if not name.startswith("_")) - {"text"}


@of_case("desk", Part.COORDINATOR)
@require_POST
def act(request: PersonRequest, case: Case, action: str) -> HttpResponse:
    """Do what a button says, and show the part of the case to which it belongs."""
    name = action.replace("-", "_")
    if name not in VERBS:
        raise NotYours
    messages.success(request, getattr(_Verbs(request, case), name)())
    return redirect(f"desk-case-{PART_OF[action]}" if action in PART_OF else "desk-case",
                    case.reference)  # fmt: skip
