"""Other parents and guardians: let into a case, kept out again before they have come, and, by the
hospital's team alone, taken out when they had."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts import rules as people
from secondopinion.accounts.models import Person
from secondopinion.cases import rules
from secondopinion.cases.actions.parts import end_parts, give_part, require
from secondopinion.cases.actions.telling import tell
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of, zone_at_home
from secondopinion.cases.states import ENDED
from secondopinion.core.errors import NotYours, Refused

MOST_GUARDIANS = 4


@transaction.atomic
def invite_guardian(*, by: Person, case: Case, full_name: str, email: str, kind: str) -> Person:
    """Let another parent or guardian into a case, and write to them.

    They read and do there what the one who names them does, each signed in as themselves.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: by somebody who may not decide for the child; the address is not one, is the local
            provider's, of somebody whom a court keeps out, or has its part already; the case has
            ended, or enough people have a part.
    """
    require(case, by, Part.FAMILY)
    rules.may_consent(case, by)
    if case.state in ENDED:
        raise Refused(_("This case has ended."), code="ended")
    email = people.clean_email(email)
    rules.not_kept_out(case, email, by=by)
    Case.objects.select_for_update().get(pk=case.pk)
    family = list(holders_of(case, Part.FAMILY))
    if any(people.same_mailbox(email, each.reached_at) for each in family):
        raise Refused(_("This person is here already."), code="guardian-here", field="email")
    provider = getattr(case, "local_provider", None)
    if provider is not None and people.same_mailbox(email, provider.email):
        raise Refused(
            _("This is the address of your local provider, who has a page of their own."),
            code="guardian-is-provider", field="email",
        )  # fmt: skip
    if len(family) >= MOST_GUARDIANS:
        raise Refused(
            _("Four people can be here at most. Write us a message if there are more."),
            code="guardians-enough",
        )
    person = accounts.ensure_person(
        email=email, full_name=full_name, language=by.language, timezone=zone_at_home(case)
    )
    give_part(case=case, person=person, role=Part.FAMILY, by=by)
    accounts.set_guardianship(by=by, child=case.child, person=person, kind=kind)
    tell(case, person, "guardian-invited", "/my/cases")
    return person


@transaction.atomic
def keep_guardian_out(*, by: Person, case: Case, person: Person) -> None:
    """End the part of a parent or guardian who has never signed in: the address was wrong.

    Raises:
        NotYours: by somebody who is not the family, or of somebody who is not.
        Refused: they have signed in: between parents, the hospital's team decides.
    """
    require(case, by, Part.FAMILY)
    if person.pk == by.pk or not holders_of(case, Part.FAMILY).filter(pk=person.pk).exists():
        raise NotYours
    if person.last_login is not None:
        raise Refused(
            _("They have signed in already. If this is not right, write us a message."),
            code="guardian-came",
        )
    end_parts(case=case, role=Part.FAMILY, by=by, person=person)
    accounts.end_guardianship(by=by, child=case.child, person=person)


@transaction.atomic
def end_guardian(*, by: Person, case: Case, person: Person, reason: str) -> None:
    """Take a parent or guardian out of a case who had come into it: the team decides, and says why.

    Nothing is written to them: who must be kept away from a child is not to learn it from a mail.
    What they did stays on record.

    Raises:
        NotYours: by somebody who does not lead the case, or of somebody who is not of its family.
        Refused: without a reason, or the last of the family.
    """
    require(case, by, Part.COORDINATOR)
    Case.objects.select_for_update().get(pk=case.pk)  # somebody may be leaving
    family = holders_of(case, Part.FAMILY)
    if not family.filter(pk=person.pk).exists():
        raise NotYours
    if not reason.strip():
        raise Refused(_("Say why."), code="reason-missing", field="reason")
    if not family.exclude(pk=person.pk).exists():
        raise Refused(
            _("Somebody of the family must be able to open the case. Let in the other one first."),
            code="guardian-last",
        )
    end_parts(case=case, role=Part.FAMILY, by=by, person=person, why=reason.strip())
    accounts.end_guardianship(by=by, child=case.child, person=person)
