"""What must hold before a case moves; each says what is missing and what to do."""

from collections.abc import Callable, Sequence
from datetime import date

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role, sees_only
from secondopinion.accounts.rules import same_mailbox
from secondopinion.cases.models import (
    Case,
    Consent,
    InformationRequest,
    ItemState,
    LocalProvider,
    Part,
    Participation,
)
from secondopinion.core import clock
from secondopinion.core.errors import Refused
from secondopinion.program import queries as program
from secondopinion.program.models import DeliveryMode, DeliveryRule

NEEDED_CONSENTS = (
    Consent.Kind.REVIEW,
    Consent.Kind.CONTACT_PROVIDER,
    Consent.Kind.DISCLAIMER,
)

# Mail services where anybody can have an address: the same host says nothing about two people.
ANYBODYS_MAIL = frozenset({
    "aol.com", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com",
    "hotmail.es", "icloud.com", "live.com", "mail.com", "mail.ru", "me.com", "msn.com",
    "outlook.com", "outlook.es", "proton.me", "protonmail.com", "qq.com", "rediffmail.com",
    "yahoo.com", "yahoo.co.in", "yahoo.com.mx", "yahoo.es", "yandex.ru", "ymail.com", "163.com",
})  # fmt: skip
_TELLING_DIGITS = 8  # of a phone number, from its end: country codes are written in many ways


def nothing(case: Case) -> None:
    """Hold always."""


# What rooms above this one know to stand in the way of an action, by the action's name. They add
# to it when they are loaded (`in_the_way_of`), so that no caller can pass them by.
OBSTACLES: dict[str, list[Callable[[Case], None]]] = {}


def in_the_way_of(action: str) -> Callable[[Callable[[Case], None]], Callable[[Case], None]]:
    """Make a rule of a room above hold before an action of the workflow."""

    def add(rule: Callable[[Case], None]) -> Callable[[Case], None]:
        OBSTACLES.setdefault(action, []).append(rule)
        return rule

    return add


def check_measured_on(birth_date: date, day: date) -> None:
    """Refuse a day of measuring before the birth or in the future.

    Raises:
        Refused: with the sentence for the family.
    """
    if not birth_date <= day <= clock.today():
        raise Refused(
            _("This day is before the birth, or in the future. Check it."), code="measured-on",
            field="measured_on",
        )  # fmt: skip


def missing_pages(case: Case) -> dict[str, str | Promise]:
    """Return the pages of the request that are not complete, each with what is missing there.

    Reads what `queries.with_answers` has read before where it has.
    """
    request, child = case.request, case.child
    missing: dict[str, str | Promise] = {}
    if not (case.country and case.specialty_id) or residence_is_asked(case):
        missing["start"] = _("Where your child lives and what the question is about")
    if request.emergency is None:
        missing["emergency"] = _("Whether your child is in danger now")
    if not (child.full_name and child.birth_date and child.sex):
        missing["child"] = _("Your child’s name, date of birth and sex")
    if not any(each.revoked_at is None for each in child.guardianships.all()):
        missing["you"] = _("Who you are, and that you may decide for the child")
    if not hasattr(case, "local_provider"):
        missing["provider"] = _("The doctor or clinic that treats your child")
    if not request.diagnosis.strip():
        missing["story"] = _("What the doctors say that your child has")
    if not case.questions.all():
        missing["questions"] = _("At least one question to our expert")
    given = {each.kind for each in case.consents.all() if each.withdrawn_at is None}
    if not given.issuperset(NEEDED_CONSENTS):
        missing["consent"] = _("Your consent, and that you have read the disclaimer")
    return missing


def residence_is_asked(case: Case) -> bool:
    """Say whether the family has still to say if the child lives in the country: a rule asks."""
    return not case.residence and program.residence_matters(str(case.country), case.specialty_id)


def complete_request(case: Case) -> None:
    """Hold when every page that must be filled in is.

    Raises:
        Refused: an emergency, a place where the program may not help, or a page that lacks
            something.
    """
    if case.request.emergency:
        raise Refused(
            _("Call your local emergency number now. What you wrote is kept."), code="emergency"
        )
    missing = missing_pages(case)
    if missing:
        raise Refused(
            _("Some pages are not finished. What you wrote is kept."),
            code="incomplete",
            field=next(iter(missing)),
        )
    provider_is_not_family(case, case.local_provider.email)
    offered_here(case)


def may_consent(case: Case, person: Person) -> None:
    """Hold when a person may decide for the child.

    Raises:
        Refused: they may not, or have not said that they may.
    """
    ties = case.child.guardianships.filter(person=person, may_consent=True, revoked_at=None)
    if not ties.exists():
        raise Refused(
            _("First say who you are and that you may decide for the child."),
            code="may-not-consent",
        )


def not_limited(case: Case, person: Person) -> None:
    """Hold when nothing says that a person of the family only sees, and decides nothing.

    Raises:
        Refused: a court, or a patient of age, has said so.
    """
    if sees_only(person).filter(child=case.child_id).exists():
        raise Refused(
            _("You can see everything here. Somebody else decides for this patient."),
            code="sees-only",
        )


def not_kept_out(case: Case, email: str, *, by: Person) -> None:
    """Hold when an address is not of somebody whom a court keeps away from the child.

    Raises:
        Refused: it is; only who is of the intake team, and not of this family, reads why.
    """
    ties = case.child.guardianships.filter(may_see=False, revoked_at=None)
    if any(same_mailbox(email, tie.person.reached_at) for tie in ties.select_related("person")):
        of_team = has_role(by, "coordinator") and by not in family_of(case)
        why = _("A court order keeps %(address)s out of this case. It stands under “Guardians”.")
        raise Refused(
            why % {"address": email} if of_team
            else _("This person cannot be let in here. Write us a message."),
            code="kept-out", field="email",
        )  # fmt: skip


def family_of(case: Case) -> list[Person]:
    """Return who is the family: also a guardian who has not taken their request over yet."""
    parts = Participation.objects.filter(case=case, role=Part.FAMILY, until__isnull=True)
    ties = case.child.guardianships.filter(revoked_at=None)
    return list(
        Person.objects.filter(Q(pk__in=parts.values("person")) | Q(pk__in=ties.values("person")))
    )


def provider_is_not_family(case: Case, email: str) -> None:
    """Hold when an address of the local provider is not one of the family's own.

    Where advice goes from doctor to doctor, the family's own address would void the rule.

    Raises:
        Refused: it is.
    """
    if any(same_mailbox(email, each.reached_at) for each in family_of(case)):
        raise Refused(
            _(
                "This is your own e-mail address. Write the address of the doctor or of the "
                "clinic: they get a mail with a link that is for them alone."
            ),
            code="provider-is-family",
            field="email",
        )


def provider_doubts(
    case: Case, provider: LocalProvider, family: Sequence[Person] | None = None
) -> list[str | Promise]:
    """Return why somebody should look at the clinic before its word counts as confirmed.

    `family` is given where it has been read already.
    """
    family = family_of(case) if family is None else family
    host = provider.email.rpartition("@")[2].casefold()
    hosts = {each.reached_at.rpartition("@")[2].casefold() for each in family}
    digits = _digits(provider.phone)
    doubts: list[str | Promise] = []
    if host not in ANYBODYS_MAIL and host in hosts:
        doubts.append(_("The address has the same ending as the family’s."))
    if digits and digits in {_digits(each.phone) for each in family}:
        doubts.append(_("The phone number is the family’s."))
    if host in ANYBODYS_MAIL and through_provider(case):
        doubts.append(_("The address is of a mail service where anybody can have one."))
    return doubts


def _digits(phone: str) -> str:
    return "".join(each for each in phone if each.isdecimal())[-_TELLING_DIGITS:]


def delivery_rule(case: Case) -> DeliveryRule:
    """Return the rule of delivery that is in force for a case today."""
    return program.delivery_rule(str(case.country), case.specialty_id, case.residence)


def through_provider(case: Case) -> bool:
    """Say whether the opinion goes to the family only through their local provider."""
    mode = case.delivery_mode or delivery_rule(case).mode
    return mode == DeliveryMode.THROUGH_PROVIDER


def offered_here(case: Case) -> None:
    """Hold when the rule table lets the program help here.

    Raises:
        Refused: it does not.
    """
    rule = delivery_rule(case)
    if rule.mode == DeliveryMode.NOT_OFFERED:
        raise Refused(
            _("The program may not give an opinion for this country and this kind of problem."),
            code="not-offered",
        )


def nothing_asked(case: Case) -> None:
    """Hold when nothing that was asked is still open.

    Raises:
        Refused: something is.
    """
    if InformationRequest.objects.filter(
        case=case, answered_at__isnull=True, dropped_at__isnull=True
    ).exists():
        raise Refused(
            _("Something that was asked for has not been answered yet."), code="still-asked"
        )


def checklist_settled(case: Case) -> None:
    """Hold when everything required on the checklist is here or not needed.

    Raises:
        Refused: with everything that is missing.
    """
    unsettled = [ItemState.OPEN, ItemState.ASKED, ItemState.ANSWERED]
    items = list(case.checklist.filter(required=True, state__in=unsettled))
    if items:
        raise Refused(
            _("Still missing: %(items)s. Ask for it, or say why it is not needed.")
            % {"items": "; ".join(program.in_language(each.labels) for each in items)},
            code="checklist-open",
            field=items[0].key,
        )
