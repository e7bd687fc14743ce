"""What images are called in words, and which images a finding is about."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secondopinion.core import dates
from secondopinion.core.languages import enumerated
from secondopinion.findings.models import Finding, State
from secondopinion.imaging.models import Instance, Series

_MODALITIES = {  # of DICOM (PS3.3, C.7.3.1.1.1), in the words of letters from hospitals
    "MR": gettext_lazy("MRI"), "CT": gettext_lazy("CT"), "CR": gettext_lazy("X-ray"),
    "DX": gettext_lazy("X-ray"), "RF": gettext_lazy("X-ray"), "XA": gettext_lazy("X-ray"),
    "MG": gettext_lazy("X-ray"), "US": gettext_lazy("Ultrasound"),
    "NM": gettext_lazy("Nuclear medicine"), "PT": gettext_lazy("PET"), "ECG": gettext_lazy("ECG"),
}  # fmt: skip
_MOST_NAMED = 3  # series in one sentence


def modality_name(code: str) -> str:
    """Return a family's word for how images were made, or the code where there is none."""
    return str(_MODALITIES.get(code, code))


def series_name(row: Series) -> str:
    """Return what a series is called, with its day: what its headers say stands as it is written
    there, in its own direction (U+2068, U+2069)."""
    return _dated([row], row.description or row.body_part or row.study.description)


def _dated(rows: Sequence[Series], said: str) -> str:
    made = " / ".join(dict.fromkeys(modality_name(row.modality) for row in rows if row.modality))
    name = " ".join(filter(None, (made, said and f"\u2068{said}\u2069"))) or _("Images")
    day = rows[0].study.date
    # Translators: images and their day, "MRI T1 HEAD, 10 September 2025".
    return _("%(images)s, %(day)s") % {"images": name, "day": dates.written(day)} if day else name


def named(findings: Iterable[Finding], series: Sequence[Series]) -> list[Finding]:
    """Return findings; those about images have a `title` that says which, and `images`, the series
    that they are led to. A series with an open one is marked as `doubted`.

    `series` are those of the case, each with its study.
    """
    rows = list(findings)
    of_images = _series_of_images(rows, series)
    for row in rows:
        about = _about(row, series, of_images)
        if not about:
            continue
        vars(row)["title"] = _called(about, series)
        vars(row)["images"] = about[0].pk
        if row.state == State.OPEN:
            for each in about:
                vars(each)["doubted"] = True
    return rows


def _about(
    row: Finding, series: Sequence[Series], of_images: dict[UUID, set[UUID]]
) -> list[Series]:
    """Return the series that a finding is about; none where it is about none that is here."""
    if row.subject_kind == "series":
        return [each for each in series if each.pk == row.subject_id]
    if row.subject_kind == "study":
        within = [each for each in series if each.study_id == row.subject_id]
    else:
        within = [each for each in series if row.where.get("study") in {None, each.study.uid}
                  and row.where.get("series") in {None, each.uid}]  # fmt: skip
    if places := of_images.get(row.pk):
        return [each for each in within if each.pk in places]
    return within if row.subject_kind == "study" or "study" in row.where else []


def _series_of_images(rows: list[Finding], series: Sequence[Series]) -> dict[UUID, set[UUID]]:
    """Return in which series the images lie that findings name beside no series. What a disc lists
    and did not bring lies in none."""
    wanted: dict[UUID, set[str]] = {
        row.pk: set(row.where["instances"]) for row in rows
        if "series" not in row.where and row.where.get("instances")
    }  # fmt: skip
    if not wanted:
        return {}
    here = list(
        Instance.objects.filter(
            series__in=[each.pk for each in series], uid__in=set().union(*wanted.values())
        ).values_list("uid", "series_id")
    )
    return {pk: {at for uid, at in here if uid in uids} for pk, uids in wanted.items()}


def _called(about: list[Series], series: Sequence[Series]) -> str:
    first = about[0]
    beside = [each for each in series if each.study_id == first.study_id]
    if len(about) > 1 and about == beside:
        return _dated(about, first.study.description or first.description)
    names = list(dict.fromkeys(series_name(each) for each in about))
    more = [_("… and more")] if len(names) > _MOST_NAMED else []
    return enumerated([*names[:_MOST_NAMED], *more])
