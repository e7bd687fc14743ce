"""Which records are closed to all who neither find out whose they are nor sent them: their
translations are closed with them."""

from uuid import UUID

from django.db.models import Q, QuerySet

from secondopinion.records.models import Record
from secondopinion.records.queries import locked_away
from secondopinion.translation.closing import closes


@closes
def closed_records() -> QuerySet[Record, UUID]:
    """Return the keys of records that are locked away or taken out; what was joined with another
    one is closed as that is."""
    locked = locked_away()
    return Record.objects.filter(
        Q(removed_at__isnull=False) | Q(pk__in=locked)
        | Q(merged_into__removed_at__isnull=False) | Q(merged_into__in=locked)
    ).values_list("pk", flat=True)  # fmt: skip
