"""Reads of images; the case has been looked up for the reader before."""

from django.db.models import Count, QuerySet

from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours
from secondopinion.imaging.models import Instance, Series, Study


def studies_for_case(case: Case) -> QuerySet[Study]:
    """Return the studies of a case by date, with the numbers of their series and images."""
    return Study.objects.filter(case=case).annotate(
        series_count=Count("series", distinct=True),
        instance_count=Count("series__instances", distinct=True),
    )


def series_for_case(case: Case) -> QuerySet[Series]:
    """Return the series of a case with the number of their images."""
    return (
        Series.objects.filter(study__case=case)
        .select_related("study")
        .annotate(instance_count=Count("instances"))
        .order_by("study__date", "number", "uid")
    )


def series_with_images(case: Case) -> list[Series]:
    """Return the series of a case that a viewer can show."""
    return [row for row in series_for_case(case) if images_of(row)]


def instances(
    case: Case, *, study: str, series: str = "", instance: str = ""
) -> QuerySet[Instance]:
    """Return instances of a case by UIDs, in the order in which a viewer shows them."""
    found = Instance.objects.filter(series__study__case=case, series__study__uid=study)
    if series:
        found = found.filter(series__uid=series)
    if instance:
        found = found.filter(uid=instance)
    return found.select_related("series__study", "blob__space").order_by(
        "series__number", "series__uid", "position", "number", "uid"
    )


def instance_of(case: Case, *, study: str, series: str, instance: str) -> Instance:
    """Return one instance; of two with the same UID and different bytes, the one that came first.

    Raises:
        NotYours: there is none.
    """
    found = instances(case, study=study, series=series, instance=instance)
    row = found.order_by("created_at").first()
    if row is None:
        raise NotYours
    return row


def images_of(row: Series) -> int:
    """Return the number that `series_for_case` counted for a row."""
    return int(getattr(row, "instance_count", 0))
