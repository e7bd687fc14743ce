"""Who decides for a child, as the desk sees it: ties, documents, court orders, the other parent."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import taken_out
from secondopinion.core.errors import NotYours, Refused
from secondopinion.guardians import actions, queries, rules
from secondopinion.guardians.models import Assent, CourtOrder, GuardianDocument
from secondopinion.program import queries as program
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.files import download
from secondopinion.web.forms import day_in


def shown(request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what the page of guardians shows beside the head of the case."""
    rule = program.guardian_rule(str(case.country))
    beside = queries.with_guardians(case)
    ties = list(queries.ties(case))
    return {
        "family": [tie.person for tie in ties if tie.here],  # type: ignore[attr-defined]  # annotated
        "ties": ties,
        "taken_out": taken_out(case),
        "documents": list(queries.documents(case, request.user)),
        "orders": list(queries.orders(case)),
        "effects": CourtOrder.Effect.choices,
        "second": getattr(beside, "asked", None),
        "assent": getattr(beside, "assent", None),
        "of_age": getattr(beside, "coming_of_age", None),
        "is_of_age": rules.is_of_age(case, rule),
        "owed": rules.owed(case, rule) if case.state in rules.EARLY else [],
        "rule": rule,
    }


def waited_for(case: Case) -> dict[str, Any]:
    """Return what a case waits for by the rule of its country before its records are complete, and
    the other parent's word where both have to agree."""
    if case.state not in rules.EARLY:
        return {}
    rule = program.guardian_rule(str(case.country))
    return {
        "owed": rules.owed(case, rule),
        "second": queries.second_parent(case) if rule.both_parents else None,
    }


@of_case("desk", Part.COORDINATOR)
def document(request: PersonRequest, case: Case, document: UUID) -> HttpResponseBase:
    """Give a guardian's document, to be saved; it is never shown inline."""
    row = queries.document_for(case, request.user, document)
    audit.record("guardian-document-opened", by=request.user, case_id=case.pk, target=row)
    return download(request, row.blob, row.name, "application/octet-stream")


class _Verbs:
    """What the buttons of the page do; each is named by its address."""

    def __init__(self, request: PersonRequest, case: Case) -> None:
        self.case, self.by, self.given = case, request.user, request.POST

    def _text(self, name: str) -> str:
        return self.given.get(name, "")

    def _document(self) -> GuardianDocument | None:
        value = self._text("document")
        rows = GuardianDocument.objects.filter(case=self.case).select_related("case", "sent_by")
        return get_object_or_404(rows, pk=value) if value else None

    def judge(self) -> str:
        row = self._document()
        if row is None:
            raise NotYours
        actions.judge(
            by=self.by, document=row, accept=self._text("state") == "accepted",
            note=self._text("note"),
        )  # fmt: skip
        return _("Noted. The family sees it.")

    def order(self) -> str:
        value = self._text("person")
        ties = self.case.child.guardianships.select_related("person")
        tie = get_object_or_404(ties.filter(revoked_at=None), person=value) if value else None
        effect = self._text("effect")
        if effect not in CourtOrder.Effect.values:
            raise Refused(_("Choose one to go on."), code="effect", field="effect")
        actions.note_order(
            by=self.by, case=self.case, effect=effect, basis=self._text("basis"),
            person=tie.person if tie else None, full_name=self._text("full_name"),
            email=self._text("email"), until=day_in(self._text("until"), "until"),
            document=self._document(),
        )  # fmt: skip
        return _("The order is noted, and holds from now on.")

    def end_order(self) -> str:
        rows = CourtOrder.objects.filter(case=self.case).select_related("case__child", "person")
        row = get_object_or_404(rows, pk=self._text("order"))
        actions.end_order(by=self.by, order=row, why=self._text("note"))
        return _("The order has ended.")

    def ask_parent(self) -> str:
        actions.ask_parent(
            by=self.by, case=self.case, full_name=self._text("full_name"),
            email=self._text("email"), language=self._text("language") or self.case.language,
        )  # fmt: skip
        return _("The other parent has a mail.")

    def ask_parent_again(self) -> str:
        row = queries.second_parent(self.case)
        if row is None:
            raise NotYours
        actions.ask_parent_again(by=self.by, row=row)
        return _("The other parent has a mail.")

    def waive_parent(self) -> str:
        actions.waive_parent(by=self.by, case=self.case, reason=self._text("reason"))
        return _("Noted: nobody else need be asked.")

    def assent(self) -> str:
        answer = self._text("answer")
        if answer not in Assent.Answer.values:
            raise Refused(_("Choose one to go on."), code="answer", field="answer")
        actions.tell_assent(by=self.by, case=self.case, answer=answer, reason=self._text("reason"))
        return _("Noted.")

    def invite_patient(self) -> str:
        person: Person = actions.invite_patient(
            by=self.by, case=self.case, email=self._text("email")
        )
        return _("%(name)s has a mail.") % {"name": person.full_name}


VERBS = frozenset(name for name in vars(_Verbs) if not name.startswith("_"))


@of_case("desk", Part.COORDINATOR)
@require_POST
def act(request: PersonRequest, case: Case, action: str) -> HttpResponse:
    """Do what a button of the page says, and show the page again."""
    name = action.replace("-", "_")
    if name not in VERBS:
        raise NotYours
    messages.success(request, getattr(_Verbs(request, case), name)())
    return redirect("desk-case-guardians", case.reference)
