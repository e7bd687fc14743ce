"""The local provider: invited by a one-time link, confirms treating the child."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import give_part, require
from secondopinion.cases.models import Case, ChecklistItem, ItemState, LocalProvider, Part
from secondopinion.cases.states import ENDED
from secondopinion.core import clock
from secondopinion.core.errors import Refused
from secondopinion.core.ids import short_code
from secondopinion.messaging.actions import notify


@transaction.atomic
def invite_provider(*, case: Case, by: Person | None) -> LocalProvider:
    """Write to the local provider with a fresh one-time link; a former link ends.

    `by` is None when the provider asks for a new link on the page of a link that was used up.
    """
    if by is not None:
        require(case, by, Part.FAMILY, Part.COORDINATOR)
    provider = LocalProvider.objects.select_for_update().get(case=case)
    if case.state in ENDED:
        raise Refused(_("This case has ended."), code="ended")
    person = provider.person
    if person is None:
        person = accounts.make_guest(
            full_name=provider.full_name, email=provider.email, language=provider.language
        )
    give_part(case=case, person=person, role=Part.LOCAL_PROVIDER, by=by)
    token = accounts.make_link(person=person, purpose="local-provider", case_id=case.pk)
    provider.person = person
    provider.invited_at = clock.now()
    provider.save(update_fields=["person", "invited_at"])
    notify(
        to=person, template="provider-invited", case_id=case.pk,
        case_reference=case.reference, link=f"/link/{token}/",
    )  # fmt: skip
    audit.record("provider-invited", by=by, case_id=case.pk, target=provider)
    return provider


@transaction.atomic
def confirm_treating(*, by: Person, case: Case, correction: str = "") -> LocalProvider:
    """Confirm that the provider treats the child, with what should be corrected; gives a receipt.

    Confirming again changes the correction and keeps the receipt.
    """
    require(case, by, Part.LOCAL_PROVIDER)
    provider = LocalProvider.objects.select_for_update().get(case=case)
    provider.correction = correction.strip()
    if provider.confirmed_at is None:
        provider.confirmed_at = clock.now()
        provider.receipt = short_code(8)
    provider.save(update_fields=["correction", "confirmed_at", "receipt"])
    ChecklistItem.objects.filter(case=case, key="provider-confirmed").update(
        state=ItemState.ARRIVED
    )
    audit.record("provider-confirmed", by=by, case_id=case.pk, target=provider)
    return provider
