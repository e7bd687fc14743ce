"""The other parent, asked by a one-time link; and the child, asked in its own words."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts import rules as people
from secondopinion.accounts.models import AccessLink, Person
from secondopinion.audit import actions as audit
from secondopinion.cases import needs, rules
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_coordinator, tell_family
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of, zone_at_home
from secondopinion.cases.states import ENDED, Why
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused
from secondopinion.guardians import rules as guarding
from secondopinion.guardians.models import Assent, ParentConsent
from secondopinion.guardians.queries import SECOND_PARENT
from secondopinion.messaging.actions import notify
from secondopinion.program.models import Disclaimer


@transaction.atomic
def ask_parent(
    *, by: Person, case: Case, full_name: str, email: str, language: str
) -> ParentConsent:
    """Ask the other parent by a one-time link; who was asked before need not answer any more.

    Raises:
        NotYours: by somebody who is neither the family nor leads the case.
        Refused: by who decides nothing; the case has ended; the address is not one, is of the
            family, is the local provider's, or belongs to somebody whom a court keeps out.
    """
    require(case, by, Part.FAMILY, Part.COORDINATOR)
    rules.not_limited(case, by)
    if case.state in ENDED:
        raise Refused(_("This case has ended."), code="ended")
    email = people.clean_email(email)
    if any(people.same_mailbox(email, each.reached_at) for each in holders_of(case, Part.FAMILY)):
        raise Refused(
            _("This person can open the case already, and agrees there."),
            code="parent-here", field="email",
        )  # fmt: skip
    provider = getattr(case, "local_provider", None)
    if provider is not None and people.same_mailbox(email, provider.email):
        raise Refused(
            _("This is the address of your local provider."), code="parent-is-provider",
            field="email",
        )  # fmt: skip
    rules.not_kept_out(case, email, by=by)
    _end_asking(case)
    guest = accounts.make_guest(
        full_name=full_name.strip(), email=email, language=language, timezone=zone_at_home(case)
    )
    row = ParentConsent.objects.create(
        case=case, full_name=full_name.strip(), person=guest, asked_by=by
    )
    _write(row)
    audit.record("second-parent-asked", by=by, case_id=case.pk, target=row)
    return row


def _write(row: ParentConsent) -> None:
    if row.person is None:
        raise ValueError(row.pk)
    notify(
        to=row.person, template="second-parent", case_id=row.case_id,
        case_reference=row.case.reference, link="/", purpose=SECOND_PARENT,
    )  # fmt: skip


def _end_asking(case: Case) -> None:
    for row in ParentConsent.objects.filter(case=case, ended_at=None).select_related("person"):
        if row.person is not None:
            accounts.end_links(person=row.person, case_id=case.pk)
        ParentConsent.objects.filter(pk=row.pk).update(ended_at=clock.now())
    needs.hold(case, Why.OBJECTION, guarding.objected(case))


@transaction.atomic
def ask_parent_again(*, by: Person, row: ParentConsent) -> None:
    """Write to the other parent once more; the former link ends.

    Raises:
        NotYours: by somebody who is neither the family nor leads the case.
        Refused: by who decides nothing.
        Conflict: there is an answer, or somebody else is asked.
    """
    require(row.case, by, Part.FAMILY, Part.COORDINATOR)
    rules.not_limited(row.case, by)
    fresh = ParentConsent.objects.select_for_update().get(pk=row.pk)
    if fresh.answer or fresh.ended_at or fresh.person is None:
        raise Conflict(_("There is an answer already."), code="answered")
    _write(fresh)
    audit.record("second-parent-asked", by=by, case_id=row.case_id, target=row)


@transaction.atomic
def answer(
    *, token: str, row: ParentConsent, agrees: bool, disclaimer: Disclaimer, words: str = ""
) -> AccessLink:
    """Answer as the other parent by the link, which is used up; the version shown is kept.

    Raises:
        Refused: the link was used or is out of date.
        Conflict: the case asks somebody else meanwhile, or has ended.
    """
    link = accounts.use_link(token=token, purpose=SECOND_PARENT)
    case = Case.objects.select_for_update().get(pk=row.case_id)
    if case.state in ENDED:
        raise Conflict(_("This request has ended. You need do nothing."), code="ended")
    done = ParentConsent.objects.filter(
        pk=row.pk, person=link.person, answer="", ended_at=None
    ).update(**_said(agrees, disclaimer), reason=words.strip())
    if not done:
        raise Conflict(_("There is an answer already."), code="answered")
    row.refresh_from_db()
    _note(row, link.person)
    return link


@transaction.atomic
def agree_too(*, by: Person, case: Case, disclaimer: Disclaimer) -> ParentConsent:
    """Agree as the other parent who can open the case.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: by who may not decide, or who has sent the request themselves.
    """
    require(case, by, Part.FAMILY)
    rules.may_consent(case, by)
    if case.consents.filter(person=by, withdrawn_at=None).exists():
        raise Refused(
            _("You have agreed when you sent the request. The other parent has to agree too."),
            code="same-parent",
        )
    _end_asking(case)
    row = ParentConsent.objects.create(
        case=case, full_name=by.full_name, person=by, asked_by=by, **_said(True, disclaimer)
    )
    _note(row, by)
    return row


def _said(agrees: bool, disclaimer: Disclaimer) -> dict[str, object]:
    answers = ParentConsent.Answer
    return {
        "answer": answers.AGREED if agrees else answers.REFUSED, "answered_at": clock.now(),
        "version": disclaimer.version, "language": disclaimer.language,
    }  # fmt: skip


def _note(row: ParentConsent, by: Person) -> None:
    audit.record("second-parent-answered", by=by, case_id=row.case_id, target=row,
                 detail={"answer": str(row.answer)})  # fmt: skip
    tell_coordinator(row.case)
    needs.hold(row.case, Why.OBJECTION, guarding.objected(row.case))
    if row.answer == ParentConsent.Answer.AGREED:
        tell_family(row.case, "news")


@transaction.atomic
def waive_parent(*, by: Person, case: Case, reason: str) -> ParentConsent:
    """Say that nobody else need be asked, and on what that rests: one parent alone, or a court.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: without a reason.
    """
    require(case, by, Part.COORDINATOR)
    if not reason.strip():
        raise Refused(_("Say why."), code="reason-missing", field="reason")
    _end_asking(case)
    row = ParentConsent.objects.create(
        case=case, asked_by=by, answer=ParentConsent.Answer.WAIVED, answered_at=clock.now(),
        reason=reason.strip(),
    )  # fmt: skip
    audit.record("second-parent-answered", by=by, case_id=case.pk, target=row,
                 detail={"answer": "waived"})  # fmt: skip
    return row


@transaction.atomic
def tell_assent(*, by: Person, case: Case, answer: str, reason: str = "") -> Assent:
    """Keep what the child says, or why it cannot be asked; saying it again replaces it.

    Raises:
        NotYours: by somebody who is neither the family nor leads the case.
        Refused: by who decides nothing; that it cannot be asked, without a reason; by the desk,
            without how it knows.
    """
    parts = require(case, by, Part.FAMILY, Part.COORDINATOR)
    rules.not_limited(case, by)
    if not reason.strip() and answer == Assent.Answer.CANNOT:
        raise Refused(_("Say why."), code="reason-missing", field="reason")
    if not reason.strip() and Part.FAMILY not in parts:
        raise Refused(
            _("Write how you know: who asked the child, and when."), code="reason-missing",
            field="reason",
        )  # fmt: skip
    row, _made = Assent.objects.update_or_create(
        case=case,
        defaults={
            "answer": Assent.Answer(answer), "reason": reason.strip(), "told_by": by,
            "told_at": clock.now(),
        },
    )  # fmt: skip
    audit.record("assent-told", by=by, case_id=case.pk, target=row,
                 detail={"answer": str(row.answer)})  # fmt: skip
    needs.hold(case, Why.OBJECTION, guarding.objected(case))
    if row.answer == Assent.Answer.DISAGREES:
        tell_coordinator(case)
    return row
