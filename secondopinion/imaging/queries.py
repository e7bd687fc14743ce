"""Reads of images; the case has been looked up for the reader before."""

from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum

from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours
from secondopinion.imaging.checks import identity
from secondopinion.imaging.models import Instance, Series, Study


def studies_for_case(case: Case) -> QuerySet[Study]:
    """Return the studies of a case by date, with the numbers of their series and images."""
    here = Q(series__removed_at=None)
    return (
        Study.objects.filter(case=case)
        .annotate(
            series_count=Count("series", distinct=True, filter=here),
            instance_count=Count(
                "series__instances", distinct=True,
                filter=here & Q(series__instances__aside=False),
            ),
        )
        .filter(series_count__gt=0)
    )  # fmt: skip


def series_for_case(case: Case) -> QuerySet[Series]:
    """Return the series of a case with the number of their images."""
    return (
        Series.objects.filter(study__case=case, removed_at=None)
        .select_related("study")
        .annotate(instance_count=Count("instances", filter=Q(instances__aside=False)))
        .order_by("study__date", "number", "uid")
    )


def removed_series(case: Case) -> QuerySet[Series]:
    """Return the series that were taken out of a case, with the number of their images."""
    return (
        Series.objects.filter(study__case=case, removed_at__isnull=False)
        .select_related("study", "removed_by")
        .annotate(instance_count=Count("instances", filter=Q(instances__aside=False)))
        .order_by("removed_at", "number", "uid")
    )


def series_with_images(case: Case) -> list[Series]:
    """Return the series of a case that a viewer can show."""
    return [row for row in series_for_case(case) if images_of(row)]


def child_of(case: Case) -> identity.Child:
    """Return the child of a case as images are compared with it."""
    child = case.child
    names = tuple(name for name in (child.full_name, child.latin_name) if name)
    return identity.Child(names, child.birth_date, child.sex)


def marks_of(study: Study, child: identity.Child) -> list[str]:
    """Return how a study says that it is another's than the child's (`identity.marks`)."""
    name = tuple(study.patient_name.split("="))
    return identity.marks(name, study.patient_birth_date, child)


def series_of_study(case: Case, study: str, patient: str = "") -> QuerySet[Series]:
    """Return the series of one study of one patient; see `shown`."""
    return series_for_case(case).filter(study__in=_studies(case, study, "", patient))


def _studies(case: Case, study: str, series: str, patient: str) -> list[UUID]:
    """Return the studies that an address means: one patient's, never two patients' at once.

    Of two patients under one number it is the one that is named or that has the series, else the
    one that came first.
    """
    rows = list(
        Study.objects.filter(case=case, uid=study)
        .filter(Exists(Series.objects.filter(study=OuterRef("pk"), removed_at=None)))
        .order_by("created_at", "pk")
        .values_list("pk", "patient_id")
    )
    if patient:
        return [pk for pk, patient_id in rows if patient_id == patient]
    if len(rows) > 1 and series:
        having = set(
            Series.objects.filter(
                study__in=[pk for pk, _id in rows], uid=series, removed_at=None
            ).values_list("study_id", flat=True)
        )
        rows = [row for row in rows if row[0] in having]
    return [pk for pk, _id in rows[:1]]


def shown(
    case: Case, *, study: str = "", series: str = "", instance: str = "", patient: str = ""
) -> QuerySet[Instance]:
    """Return instances of a case by UIDs, in the order in which a viewer shows them.

    Of two with the same UID and different bytes it is the one that came first, if it is whole.
    """
    found = Instance.objects.filter(aside=False, series__removed_at=None)
    if study:
        found = found.filter(series__study__in=_studies(case, study, series, patient))
    else:
        found = found.filter(series__study__case=case)
    if series:
        found = found.filter(series__uid=series)
    if instance:
        found = found.filter(uid=instance)
    return found.order_by("series__number", "series__uid", "position", "number", "uid")


def instances(
    case: Case, *, study: str, series: str = "", instance: str = "", patient: str = ""
) -> QuerySet[Instance]:
    """Return `shown` with what is needed to read the objects."""
    found = shown(case, study=study, series=series, instance=instance, patient=patient)
    return found.select_related("series__study", "blob__space")


def objects(
    case: Case, *, study: str, series: str = "", instance: str = "", patient: str = ""
) -> list[Instance]:
    """Return `instances` without their headers, made with few objects: for reading many."""
    found = shown(case, study=study, series=series, instance=instance, patient=patient)
    rows = list(found.select_related("blob").defer("metadata"))
    parents = Series.objects.filter(pk__in={row.series_id for row in rows})
    by_pk = {row.pk: row for row in parents.select_related("study")}
    for row in rows:
        row.series = by_pk[row.series_id]
        row.blob.space = case.vault
    return rows


def first_instances(series: list[UUID]) -> list[Instance]:
    """Return one instance of each series, the first by its number in the index."""
    firsts = (
        Instance.objects.filter(series=OuterRef("pk"), aside=False).order_by("pk").values("pk")[:1]
    )
    pks = Series.objects.filter(pk__in=series).annotate(first=Subquery(firsts))
    return list(
        Instance.objects.filter(pk__in=[row.first for row in pks if row.first]).select_related(
            "series__study", "blob__space"
        )
    )


def instance_of(case: Case, *, study: str, series: str, instance: str) -> Instance:
    """Return one instance; of two with the same UID and different bytes, the one that is shown.

    Raises:
        NotYours: there is none.
    """
    row = instances(case, study=study, series=series, instance=instance).first()
    if row is None:
        raise NotYours
    return row


def series_with_frames(case: Case) -> list[Series]:
    """Return the series of a case that hold pictures, each with the number of its `frames`."""
    rows = series_for_case(case).annotate(
        frames=Sum("instances__frames", filter=Q(instances__aside=False))
    )
    return [row for row in rows if row.frames]


def conflicts(case: Case) -> QuerySet[Instance]:
    """Return what was set aside: another object is shown under the same UID."""
    found = Instance.objects.filter(
        series__study__case=case, series__removed_at=None, aside=True
    )  # fmt: skip
    return found.select_related("series__study", "blob__space")


def images_of(row: Series) -> int:
    """Return the number that `series_for_case` counted for a row."""
    return int(getattr(row, "instance_count", 0))


def middle_of(row: Series) -> tuple[str, int] | None:
    """Return the instance and the frame, from 1, in the middle of a series as it is looked at."""
    found = (
        Instance.objects.filter(series=row, aside=False, frames__gt=0)
        .order_by("position", "number", "uid")
        .values_list("uid", "frames")
    )
    frames = [(uid, number) for uid, count in found for number in range(1, count + 1)]
    return frames[len(frames) // 2] if frames else None
