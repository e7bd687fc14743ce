"""A whole copy of a damaged image takes its place; the damaged one is kept, and set aside."""

from django.db import transaction

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.imaging.checks.disk import is_damaged
from secondopinion.imaging.models import Instance, Study

_SAME = ("sop_class", "rows", "columns", "frames", "bits")


@transaction.atomic
def mend(case: Case) -> int:
    """Show whole copies instead of the damaged images under whose numbers they came; return how
    many. Originals stay as they came; what is no picture of the same measures stays a conflict."""
    copies = (
        Instance.objects.filter(series__study__case=case, series__removed_at=None, aside=True)
        .select_related("measurement", "series")
        .defer("metadata")
        .order_by("created_at")
    )
    whole = [row for row in copies if _numbers(row) and not is_damaged(_numbers(row))]
    studies = {row.series.study_id for row in whole}
    list(Study.objects.select_for_update().filter(pk__in=studies).order_by("pk"))  # see `index`
    mended = 0
    for row in whole:
        shown = (
            Instance.objects.filter(series=row.series_id, uid=row.uid, aside=False)
            .select_related("measurement")
            .defer("metadata")
            .get()
        )
        alike = all(getattr(shown, name) == getattr(row, name) for name in _SAME)
        if alike and is_damaged(_numbers(shown)):
            Instance.objects.filter(pk=shown.pk).update(aside=True)  # one is shown at a time
            Instance.objects.filter(pk=row.pk).update(aside=False)
            audit.record("image-mended", by=None, case_id=case.pk, target=row)
            mended += 1
    return mended


def _numbers(row: Instance) -> dict[str, object]:
    return getattr(getattr(row, "measurement", None), "numbers", {})
