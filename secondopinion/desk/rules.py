"""Who may do what at the desk, and which two accounts can be one person's."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import GuardianKind, Guardianship, Person
from secondopinion.accounts.queries import has_role
from secondopinion.accounts.rules import same_mailbox
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import live_parts
from secondopinion.cases.rules import not_kept_out
from secondopinion.core.errors import NotYours, Refused
from secondopinion.desk.models import CaseEntry, Step
from secondopinion.guardians.models import CourtOrder


def require_team(person: Person) -> None:
    """Let nobody pass who is not of the intake team.

    Raises:
        NotYours: the person is not.
    """
    if not has_role(person, "coordinator"):
        raise NotYours


def still_stands(step: Step, case: Case) -> bool:
    """Say whether a case is as a step on several cases has left it: only then is it undone."""
    left = step.before[str(case.pk)]["to"]
    if step.verb == Step.Verb.HAND_OVER:
        return case.ended_at is None and str(case.coordinator_id) == left
    return case.put_off_until == datetime.fromisoformat(left)


def can_be_one(kept: Person, other: Person, *, by: Person) -> None:
    """Hold when two accounts are of a kind that can be made one.

    What a court or a patient has said of somebody is said of one account: it is not spread over
    another one, nor lost with it.

    Raises:
        Refused: one is closed or has no address, works here, is a patient, is limited by a court or
            a patient, waits to take a request over; the two have different grounds to decide for
            one child; or the kept address must not be let into a case of the other account.
    """
    both = [kept, other]
    if kept.pk == other.pk:
        raise Refused(_("This is one account already."), code="one-same", field="email")
    if any(not (each.may_sign_in and each.is_active and each.email) for each in both):
        raise Refused(
            _("One of the two accounts is closed, or has no e-mail address."), code="one-closed",
            field="email",
        )  # fmt: skip
    if any(each.staff_roles.exists() for each in both):
        raise Refused(
            _("One of the two works here. Only accounts of families are made one."),
            code="one-staff", field="email",
        )  # fmt: skip
    ties = Guardianship.objects.filter(person__in=both, revoked_at=None)
    limited = Q(may_see=False) | Q(may_consent=False) | Q(kind=GuardianKind.SELF)
    ordered = CourtOrder.objects.filter(person__in=both, ended_at=None)
    if ties.filter(limited).exists() or ordered.exists():
        raise Refused(
            _(
                "For one of the two, a court or the patient has said what they may do, or they are "
                "the patient. These accounts stay apart."
            ),
            code="one-limited", field="email",
        )  # fmt: skip
    grounds = dict(ties.filter(person=kept).values_list("child", "kind"))
    for child, kind in ties.filter(person=other).values_list("child", "kind"):
        if grounds.get(child, kind) != kind:
            raise Refused(
                _("The two decide for one child on different grounds. First say which is right."),
                code="one-grounds", field="email",
            )  # fmt: skip
    if CaseEntry.objects.filter(family__in=both, taken_over_at=None, case__ended_at=None).exists():
        raise Refused(
            _("A request that was entered for one of them is not taken over yet. First that."),
            code="one-entry", field="email",
        )  # fmt: skip
    _may_come_in(kept, other, by)


def _may_come_in(kept: Person, other: Person, by: Person) -> None:
    parts = live_parts().filter(person=other)
    if parts.exclude(role=Part.FAMILY).exists():
        raise Refused(
            _("The other account has another part in a case than that of a family."),
            code="one-parts", field="email",
        )  # fmt: skip
    for case in Case.objects.filter(pk__in=parts.values("case")).select_related("local_provider"):
        not_kept_out(case, kept.reached_at, by=by)
        provider = getattr(case, "local_provider", None)
        if provider is not None and same_mailbox(kept.reached_at, provider.email):
            raise Refused(
                _("The address that stays is of a local provider of the other account."),
                code="address-of-provider", field="email",
            )  # fmt: skip
