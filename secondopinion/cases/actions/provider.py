"""The local provider: invited by a one-time link, confirms treating the child, or says no."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts import rules as people
from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import needs, rules
from secondopinion.cases.actions.parts import end_parts, give_first_part, give_part, require
from secondopinion.cases.actions.telling import tell, tell_coordinator, tell_family
from secondopinion.cases.models import Case, ChecklistItem, ItemState, LocalProvider, Part
from secondopinion.cases.queries import zone_at_home
from secondopinion.cases.states import ENDED, State
from secondopinion.core import clock
from secondopinion.core.errors import Refused
from secondopinion.core.ids import short_code

CONFIRMED = "provider-confirmed"  # the thing on the checklist


@transaction.atomic
def invite_provider(*, case: Case, by: Person | None) -> LocalProvider:
    """Write to the local provider with a fresh one-time link; a former link ends.

    `by` is None when the provider asks for a new link on the page of a link that was used up.
    """
    if by is not None:
        require(case, by, Part.FAMILY, Part.ENTRY, Part.COORDINATOR)
    return write_to_provider(case=case, by=by)


def write_to_provider(*, case: Case, by: Person | None) -> LocalProvider:
    """Do what `invite_provider` does, in the transaction of an action that has asked who may."""
    provider = LocalProvider.objects.select_for_update().get(case=case)
    if case.state in ENDED:
        raise Refused(_("This case has ended."), code="ended")
    if provider.declined_at is not None:
        raise Refused(
            _("This local provider has said no. The family is asked to name another."),
            code="provider-declined",
        )
    person = provider.person
    give = give_part
    if person is None:
        person = accounts.make_guest(
            full_name=provider.full_name, email=provider.email, language=provider.language,
            timezone=zone_at_home(case),
        )  # fmt: skip
        give = give_first_part
    give(case=case, person=person, role=Part.LOCAL_PROVIDER, by=by)
    again = provider.invited_at is not None
    provider.person = person
    provider.invited_at = clock.now()
    if by is not None:
        provider.tries = 0
    provider.save(update_fields=["person", "invited_at", "tries"])
    tell(case, person, "provider-link" if again else "provider-invited", "/provider/cases")
    audit.record("provider-invited", by=by, case_id=case.pk, target=provider)
    return provider


@transaction.atomic
def confirm_treating(*, by: Person, case: Case, correction: str = "") -> LocalProvider:
    """Confirm that the provider treats the child, with what should be corrected; gives a receipt.

    Confirming again changes the correction and keeps the receipt. Where something speaks for a
    look at the clinic (`rules.provider_doubts`), or something is corrected, the coordinator settles
    the checklist by hand.
    """
    require(case, by, Part.LOCAL_PROVIDER)
    provider = LocalProvider.objects.select_for_update().get(case=case)
    corrects = correction.strip() not in {"", provider.correction}
    provider.correction = correction.strip()
    if provider.confirmed_at is None:
        provider.confirmed_at = clock.now()
        provider.receipt = short_code(8)
    provider.save(update_fields=["correction", "confirmed_at", "receipt"])
    doubts = rules.provider_doubts(case, provider)
    looked_at = not doubts and not provider.correction
    _settle(case, ItemState.ARRIVED if looked_at else ItemState.ANSWERED, anew=corrects)
    audit.record("provider-confirmed", by=by, case_id=case.pk, target=provider)
    tell_coordinator(case)
    return provider


@transaction.atomic
def decline_treating(*, by: Person, case: Case, reason: str = "") -> LocalProvider:
    """Say, as the one who was named, that one does not treat the child or does not want to help.

    The part in the case ends, and the family is asked to name somebody else.

    Raises:
        Refused: there is a report already: it is in this person's hands.
    """
    require(case, by, Part.LOCAL_PROVIDER)
    provider = LocalProvider.objects.select_for_update().get(case=case)
    if case.reported_at is not None:
        raise Refused(
            _("The report is ready, and it is with you. Please write us a message instead."),
            code="too-late",
        )
    provider.declined_at = clock.now()
    provider.declined_reason = reason.strip()
    provider.confirmed_at = None
    provider.save(update_fields=["declined_at", "declined_reason", "confirmed_at"])
    _settle(case, ItemState.OPEN)
    audit.record("provider-declined", by=by, case_id=case.pk, target=provider)
    _end(case, provider, by)
    if case.state not in ENDED:
        tell_family(case, "provider-declined")
        tell_coordinator(case)
    return provider


@transaction.atomic
def change_provider(
    *, by: Person, case: Case, full_name: str, clinic: str, email: str, phone: str, language: str
) -> LocalProvider:
    """Name another local provider after the request was sent, or mend their address; write to them.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: the present one has confirmed, the case has ended or was never sent, the address
            is not one, or it is the family's own.
    """
    require(case, by, Part.FAMILY)
    rules.not_limited(case, by)
    provider = LocalProvider.objects.select_for_update().get(case=case)
    if case.state in ENDED or case.state == State.DRAFT:
        raise Refused(_("This cannot be changed here now."), code="state")
    if provider.confirmed_at is not None:
        raise Refused(
            _("Your local provider has confirmed already. To name another, write us a message."),
            code="provider-confirmed",
        )
    email = people.clean_email(email)
    rules.provider_is_not_family(case, email)
    _end(case, provider, by)
    provider.full_name, provider.clinic, provider.email = full_name, clinic, email
    provider.phone, provider.language = phone, language
    provider.person = provider.invited_at = provider.declined_at = None
    provider.correction = provider.declined_reason = ""
    provider.save()
    audit.record("provider-changed", by=by, case_id=case.pk, target=provider)
    tell_coordinator(case)
    return invite_provider(case=case, by=by)


@transaction.atomic
def shut_provider_out(*, by: Person, case: Case) -> None:
    """Close the local provider's page: links, sessions and part end. A new link opens it again.

    Raises:
        NotYours: by somebody who does not own the case.
        Refused: nobody has a page.
    """
    require(case, by, Part.COORDINATOR)
    provider = LocalProvider.objects.select_for_update().get(case=case)
    close_page(case=case, provider=provider, by=by)


def close_page(*, case: Case, provider: LocalProvider, by: Person | None) -> None:
    """End the part, the links and the sessions of a local provider; `by` None: by itself.

    Raises:
        Refused: nobody has a page.
    """
    if provider.person is None:
        raise Refused(_("Nobody has been invited yet."), code="no-provider")
    end_parts(case=case, role=Part.LOCAL_PROVIDER, by=by)
    accounts.shut_guest_out(by=by, person=provider.person, case_id=case.pk)
    audit.record("provider-shut-out", by=by, case_id=case.pk, target=provider)


def _settle(case: Case, state: ItemState, *, anew: bool = False) -> None:
    """Note it on the checklist; what a coordinator has settled against a doubt stays so, until
    something comes `anew`."""
    rows = ChecklistItem.objects.filter(case=case, key=CONFIRMED)
    if state == ItemState.ANSWERED and not anew:
        rows = rows.exclude(state=ItemState.ARRIVED)
    rows.update(state=state)
    needs.answers(case)


def _end(case: Case, provider: LocalProvider, by: Person) -> None:
    end_parts(case=case, role=Part.LOCAL_PROVIDER, by=by)
    if provider.person is not None:
        accounts.end_links(person=provider.person, case_id=case.pk)
