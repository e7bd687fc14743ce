"""The family's word on what a referral sends: kept as it was read, taken back before it goes."""

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_coordinator
from secondopinion.cases.models import Part
from secondopinion.cases.rules import not_limited
from secondopinion.core import clock, vault
from secondopinion.core.errors import Conflict
from secondopinion.referrals.models import Package, Referral, ReferralConsent, ReferralState
from secondopinion.referrals.tasks import make_package


@transaction.atomic
def keep(*, by: Person, referral: Referral, shown: list[str]) -> ReferralConsent:
    """Keep that a parent agrees to send what the lines `shown` say, and have the package made.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: by somebody who only sees, and decides nothing.
        Conflict: it has moved on.
    """
    require(referral.case, by, Part.FAMILY)
    not_limited(referral.case, by)
    held = ReferralConsent.objects.filter(referral=referral, ended_at=None).first()
    if held is not None:
        return held
    waits = Referral.objects.filter(pk=referral.pk, state=ReferralState.REQUESTED)
    if not waits.update(consented_at=clock.now()):
        raise Conflict(_("This referral has moved on. Nothing was changed."), code="state-changed")
    referral.refresh_from_db()
    made = ReferralConsent.objects.create(
        referral=referral, by=by, selection=referral.selection, shown=shown,
        language=get_language() or "en",
    )  # fmt: skip
    Package.objects.create(consent=made)
    make_package.enqueue(str(made.pk))
    tell_coordinator(referral.case)
    audit.record("referral-consented", by=by, case_id=referral.case_id, target=referral)
    return made


@transaction.atomic
def take_back(*, by: Person, referral: Referral) -> None:
    """Take the word back, as the family, while nothing has been sent; the package is destroyed.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: by somebody who only sees, and decides nothing.
        Conflict: it has been sent, or nobody had agreed.
    """
    require(referral.case, by, Part.FAMILY)
    not_limited(referral.case, by)
    waits = Referral.objects.filter(
        pk=referral.pk, state=ReferralState.REQUESTED, consented_at__isnull=False
    )
    if not waits.update(consented_at=None):
        raise Conflict(
            _("The documents have been sent already. Please write to us."), code="state-changed"
        )
    referral.refresh_from_db()
    end(referral)
    tell_coordinator(referral.case)
    audit.record("referral-consent-taken-back", by=by, case_id=referral.case_id, target=referral)


def end(referral: Referral) -> None:
    """End the consent in force, and destroy what was made from it."""
    held = ReferralConsent.objects.filter(referral=referral, ended_at=None)
    for package in Package.objects.filter(consent__in=held, blob__isnull=False):
        blob, package.blob = package.blob, None
        package.save(update_fields=["blob"])
        if blob is not None:
            vault.discard(blob)
    held.update(ended_at=clock.now())


def package_of(referral: Referral) -> Package | None:
    """Return the package of the consent in force."""
    rows = Package.objects.filter(consent__referral=referral, consent__ended_at=None)
    return rows.select_related("blob__space", "consent__by").first()
