"""Keys of sites: made, used, revoked. A key opens one case, for one purpose, for some days."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.tokens import hash_of, new_token
from secondopinion.arrivals.actions import source_of
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.interop.models import SiteKey

MOST_DAYS = 90
_MAKERS = {str(Part.LOCAL_PROVIDER), str(Part.COORDINATOR)}
_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def make(
    *, by: Person, case: Case, label: str, days: int = 30, may_read: bool = False
) -> tuple[SiteKey, str]:
    """Make a key; return it and its token, which is not kept and can be shown only now.

    Raises:
        NotYours: neither the coordinator nor the local provider of the case.
        Refused: no label, or too long a time.
    """
    if not roles_of(case, by) & _MAKERS:
        raise NotYours
    source_of(case, by)
    if not label.strip():
        raise Refused(_("Say for which hospital or program the key is."), field="label")
    if not 1 <= days <= MOST_DAYS:
        raise Refused(_("A key is valid for 1 to 90 days."), field="days")
    token = new_token()
    key = SiteKey.objects.create(
        case=case, token_hash=hash_of(token), label=label.strip()[:100], made_by=by,
        may_read=may_read, expires_at=clock.now() + timedelta(days=days),
    )  # fmt: skip
    audit.record("site-key-made", by=by, case_id=case.pk, target=key,
                 detail={"days": days, "may_read": may_read})  # fmt: skip
    return key, token


@transaction.atomic
def revoke(*, by: Person, case: Case, key_id: str) -> None:
    """End a key at once. The coordinator may end every key, the local provider their own.

    Raises:
        NotYours: no such key of theirs.
    """
    roles = roles_of(case, by)
    if not roles & _MAKERS:
        raise NotYours
    mine = Q() if Part.COORDINATOR in roles else Q(made_by=by)
    key = SiteKey.objects.filter(mine, pk=key_id, case=case, revoked_at=None).first()
    if key is None:
        raise NotYours
    SiteKey.objects.filter(pk=key.pk).update(revoked_at=clock.now())
    audit.record("site-key-revoked", by=by, case_id=case.pk, target=key)


def keys_for(case: Case, person: Person) -> QuerySet[SiteKey]:
    """Return the keys that a person may see: the coordinator all, the local provider their own."""
    rows = SiteKey.objects.filter(case=case).select_related("made_by")
    return rows if Part.COORDINATOR in roles_of(case, person) else rows.filter(made_by=person)


def key_of(token: str, reference: str) -> SiteKey:
    """Return the live key of a token for a case.

    It lives as long as who made it has a part in the case that sends.

    Raises:
        NotYours: unknown, revoked, expired, or another case's.
    """
    key = (
        SiteKey.objects.select_related("case__vault", "case__child", "made_by")
        .filter(token_hash=hash_of(token), case__reference=reference, revoked_at=None)
        .filter(expires_at__gt=clock.now())
        .first()
    )
    if key is None or not roles_of(key.case, key.made_by) & {*_MAKERS, "desk"}:
        raise NotYours
    return key


def note_use(key: SiteKey) -> None:
    """Remember when a key was last used, to the minute."""
    now = clock.now()
    if key.used_at is None or now - key.used_at > _NOTED_EVERY:
        key.used_at = now
        SiteKey.objects.filter(pk=key.pk).update(used_at=now)
