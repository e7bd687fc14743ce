"""The family's e-mail address: they add or change it, or a coordinator does whom they asked."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import addressing
from secondopinion.accounts import rules as people
from secondopinion.accounts.models import NewAddress, Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.cases import rules
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours, Refused
from secondopinion.messaging.actions import notify


@transaction.atomic
def ask_address(
    *, by: Person, person: Person, email: str, case: Case | None = None, way: str = "",
    note: str = "",
) -> NewAddress:  # fmt: skip
    """Send a code to an address that somebody of a family is to have: it counts once the code has
    come back. `case`, `way` and `note` are of the coordinator whom they asked.

    That an address is of another account is said to the team at once, and to a family only when
    their code shows that it is theirs: nobody finds out who has an account here.

    Raises:
        NotYours: by somebody else who neither leads nor enters a case of theirs.
        Refused: it is no address, is theirs already, is of somebody else, of the local provider or
            of somebody whom a court keeps out; they work here; too many codes were asked for.
    """
    _must_be_theirs(by, person, case)
    if staff_roles(person):
        raise Refused(
            _("Your address is the hospital’s. An administrator changes it."), code="staff",
            field="email",
        )  # fmt: skip
    if case is not None and way not in NewAddress.Way.values:
        raise Refused(_("Choose one of these to go on."), code="choice", field="way")
    email = people.clean_email(email)
    held = Case.objects.filter(participations__person=person, participations__until=None)
    for each in {*held.filter(participations__role=Part.FAMILY), *([case] if case else [])}:
        rules.not_kept_out(each, email, by=by)
        provider = getattr(each, "local_provider", None)
        if provider is not None and people.same_mailbox(email, provider.email):
            raise Refused(
                _("This is the address of the local provider, who has a page of their own."),
                code="address-of-provider", field="email",
            )  # fmt: skip
    if case is not None:
        addressing.must_be_free(email, person)
    made, code = addressing.propose(
        by=by, person=person, email=email, way=way if case else "", note=note if case else "",
        case_id=case.pk if case else None,
    )  # fmt: skip
    template = "address-code-by-team" if case else "address-code"
    notify(to=person, template=template, code=code, address=email)
    return made


def confirm_address(
    *, by: Person, person: Person, code: str, case: Case | None = None
) -> NewAddress:
    """Let an address count by its code; the former one is told that it does not any more.

    Raises:
        NotYours: as of `ask_address`.
        Refused: the code is not right or has ended, or the address is of another account.
    """
    _must_be_theirs(by, person, case)
    row = addressing.check_code(by=by, person=person, code=code, case_id=case.pk if case else None)
    with transaction.atomic():
        addressing.let_count(by=by, row=row)
        if row.former:
            notify(to=person, template="address-changed", address=row.former)
    return row


def _must_be_theirs(by: Person, person: Person, case: Case | None) -> None:
    if not person.may_sign_in:
        raise NotYours
    if case is None:
        if by.pk != person.pk:
            raise NotYours
        return
    require(case, by, Part.COORDINATOR, Part.ENTRY)
    if person not in rules.family_of(case):
        raise NotYours
