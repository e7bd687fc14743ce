"""What waits until a sender has fallen silent: the DICOM JSON of what was pushed, its checks."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, Max, OuterRef

from secondopinion.core import clock
from secondopinion.imaging import metadata
from secondopinion.imaging.models import Instance, Series

SILENCE = timedelta(seconds=15)  # after the last object of a series
_AT_ONCE = 50  # series


def describe_pushed() -> set[UUID]:
    """Describe the series whose senders are silent; return their cases. Safe to repeat."""
    waiting = Instance.objects.filter(series=OuterRef("pk"), settled=False)
    rows = (
        Series.objects.filter(Exists(waiting))
        .select_related("study")
        .annotate(latest=Max("instances__created_at"))
        .filter(latest__lte=clock.now() - SILENCE)
    )[:_AT_ONCE]
    cases = set()
    for series in rows:
        instances = Instance.objects.filter(series=series, settled=False, metadata=b"")
        metadata.describe(
            instances.select_related("blob__space", "series__study").iterator(chunk_size=500)
        )
        # What came since the series was read stays to be described.
        Instance.objects.filter(series=series, settled=False, created_at__lte=series.latest).update(
            settled=True
        )
        cases.add(series.study.case_id)
    return cases
