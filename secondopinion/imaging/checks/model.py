"""Images as the checks see them: a study's headers, light enough for 20,000 in memory."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from secondopinion.imaging.checks.roles import role_of

# Attributes that tell images at one place apart, by tag (PS3.6): the first that does so is used.
MARKS = (
    "00180086", "00180081", "00189082", "00200100", "00209128", "00189087", "00189089", "00180082",
    "00181060", "00541300", "00080008", "00181210", "00200012", "00080032", "00209056",
)  # fmt: skip
# Macros of enhanced multi-frame objects that hold what a plane needs (PS3.3, C.7.6.16).
MACROS = (
    "00209113", "00209116", "00289110", "00189114", "00189117", "00189118", "00209111", "00189226",
)  # fmt: skip

type Head = dict[str, Any]


def values(head: Head, tag: str) -> list[Any]:
    """Return the values of a tag of DICOM JSON (PS3.18, F)."""
    found = head.get(tag)
    inner = found.get("Value") if isinstance(found, dict) else None
    return inner if isinstance(inner, list) else []


def first(head: Head, tag: str) -> Any:
    """Return the first value of a tag, or None."""
    return next(iter(values(head, tag)), None)


def text(head: Head, tag: str) -> str:
    """Return the first value of a tag as text."""
    value = first(head, tag)
    return "" if value is None or isinstance(value, dict) else str(value).replace("\0", "").strip()


def number(head: Head, tag: str) -> float | None:
    """Return the first value of a tag as a finite number, or None."""
    try:
        value = float(first(head, tag))
    except (TypeError, ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def whole(head: Head, tag: str) -> int | None:
    """Return the first value of a tag as a whole number, or None."""
    value = number(head, tag)
    return None if value is None or abs(value) >= 2**31 else int(value)


def numbers(head: Head, tag: str, count: int) -> tuple[float, ...] | None:
    """Return exactly `count` finite numbers of a tag, or None."""
    found = values(head, tag)
    try:
        row = tuple(float(each) for each in found)
    except (TypeError, ValueError, OverflowError):
        return None
    return row if len(row) == count and all(map(math.isfinite, row)) else None


@dataclass(frozen=True, slots=True)
class Patient:
    """Whose images these are, as the headers say; the name has up to three component groups."""

    name: tuple[str, ...]
    birth_date: str  # YYYYMMDD as written, or nothing
    sex: str
    id: str

    @property
    def shown_name(self) -> str:
        """The name as one text."""
        return "=".join(self.name).strip("=")


@dataclass(frozen=True, slots=True)
class Plane:
    """One plane of pixels: place and spacing in mm (PS3.3, C.7.6.2); `marks` as in `MARKS`."""

    image: str
    number: int
    orientation: tuple[float, ...] | None
    place: tuple[float, ...] | None
    spacing: tuple[float, ...] | None
    thickness: float | None
    marks: tuple[str, ...]


@dataclass(slots=True)
class Image:
    """One instance. `pixels` is what the sandbox measured (see `imaging.measuring`), or None."""

    uid: str
    series: str
    study: str
    file: str
    length: int  # bytes of the file
    sop_class: str
    syntax: str
    modality: str
    number: int | None
    rows: int
    columns: int
    frames: int
    image_type: tuple[str, ...]
    patient: Patient
    planes: tuple[Plane, ...]
    head: dict[str, Any]  # single values that the checks of quality ask for
    digest: str = ""
    pixels: dict[str, Any] | None = None


@dataclass(slots=True)
class Series:
    """One series with its images in the order of their numbers."""

    uid: str
    study: str
    number: int | None
    modality: str
    description: str
    body_part: str
    role: str
    contrast: str
    images: list[Image] = field(default_factory=list)

    @property
    def planes(self) -> list[Plane]:
        """The planes of all its images."""
        return [plane for image in self.images for plane in image.planes]


@dataclass(slots=True)
class Study:
    """One study with its series."""

    uid: str
    date: str
    description: str
    series: list[Series] = field(default_factory=list)

    @property
    def images(self) -> list[Image]:
        """The images of all its series."""
        return [image for series in self.series for image in series.images]


# Kept of each header beside what stands in Image: tag to name.
_KEPT = {
    "0020000E": "series_uid", "00080021": "series_date", "00080020": "study_date",
    "00081030": "study_description", "0008103E": "series_description", "00200011": "series_number",
    "00180015": "body_part", "00180010": "contrast", "00281050": "center",
    "00282110": "lossy", "00282112": "lossy_ratio", "00282114": "lossy_method",
    "00280301": "burned_in", "00281053": "slope", "00080064": "conversion", "00280002": "samples",
    "00280100": "bits", "00280101": "bits_stored", "00280103": "signed", "00280004": "colours",
    "00181120": "tilt", "00201002": "in_acquisition", "00200012": "acquisition",
    "00540081": "slices", "00540101": "time_slices", "00201209": "in_series",
    "00200105": "time_points", "00181312": "phase_direction", "00180023": "acquisition_type",
    "00181030": "protocol", "00180020": "sequence", "00420010": "title", "00080070": "maker",
}  # fmt: skip


def image_of(head: Head, *, syntax: str, file: str, length: int, digest: str = "") -> Image:
    """Return an image from its headers as DICOM JSON; odd values become None or nothing."""
    uid = text(head, "00080018")
    kept = {name: _plain(first(head, tag)) for tag, name in _KEPT.items() if tag in head}
    return Image(
        uid=uid,
        series=text(head, "0020000E"),
        study=text(head, "0020000D"),
        file=file,
        length=length,
        sop_class=text(head, "00080016"),
        syntax=syntax,
        modality=text(head, "00080060").upper(),
        number=whole(head, "00200013"),
        rows=max(0, whole(head, "00280010") or 0),
        columns=max(0, whole(head, "00280011") or 0),
        frames=max(1, whole(head, "00280008") or 1),
        image_type=tuple(str(each).upper() for each in values(head, "00080008")),
        patient=_patient(head),
        planes=_planes(head, uid),
        head=kept,
        digest=digest,
    )


def studies_of(images: list[Image]) -> list[Study]:
    """Return images sorted into studies and series, each in the order of its numbers."""
    by_series: dict[tuple[str, str], list[Image]] = defaultdict(list)
    for image in images:
        by_series[image.study, image.series].append(image)
    studies: dict[str, Study] = {}
    for (study_uid, _series_uid), rows in by_series.items():
        rows.sort(key=lambda each: (each.number is None, each.number or 0, each.uid))
        head = rows[0].head
        study = studies.setdefault(
            study_uid,
            Study(study_uid, str(head.get("study_date") or ""),
                  str(head.get("study_description") or "")),
        )  # fmt: skip
        study.series.append(series_of(rows))
    for study in studies.values():
        study.series.sort(key=lambda each: (each.number is None, each.number or 0, each.uid))
    return sorted(studies.values(), key=lambda each: (each.date, each.uid))


def series_of(rows: list[Image]) -> Series:
    """Return one series of its images, at least one."""
    head = rows[0].head
    described = str(head.get("series_description") or "")
    found = head.get("series_number")
    return Series(
        uid=rows[0].series,
        study=rows[0].study,
        number=int(found) if isinstance(found, int | float) else None,
        modality=rows[0].modality,
        description=described,
        body_part=str(head.get("body_part") or ""),
        role=role_of(
            sop_class=rows[0].sop_class, modality=rows[0].modality, image_type=rows[0].image_type,
            description=f"{described} {head.get('protocol') or ''} {head.get('title') or ''}",
            count=len(rows), has_pixels=any(each.rows and each.columns for each in rows),
        ),
        contrast=next((str(each.head["contrast"]) for each in rows if each.head.get("contrast")),
                      ""),
        images=rows,
    )  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").strip()[:200]
    return value if isinstance(value, int | float) else None


def _patient(head: Head) -> Patient:
    name = first(head, "00100010")
    groups = name if isinstance(name, dict) else {"Alphabetic": str(name or "")}
    return Patient(
        tuple(
            str(groups.get(kind) or "").replace("\0", "").strip(" ^")
            for kind in ("Alphabetic", "Ideographic", "Phonetic")
        ),
        text(head, "00100030").replace(".", "").replace("-", "")[:8],
        text(head, "00100040")[:1].upper(),
        text(head, "00100020"),
    )


def _planes(head: Head, uid: str) -> tuple[Plane, ...]:
    per_frame = values(head, "52009230")
    if not per_frame:
        return (_plane(head, uid, whole(head, "00200013") or 0),)
    shared = first(head, "52009229")
    common = head | _flat(shared if isinstance(shared, dict) else {})
    return tuple(
        _plane(common | _flat(each if isinstance(each, dict) else {}), uid, place)
        for place, each in enumerate(per_frame, 1)
    )


def _flat(groups: Head) -> Head:
    """Return the attributes inside the macros of a functional group as one flat header."""
    found: Head = {}
    for macro in MACROS:
        inner = first(groups, macro)
        if isinstance(inner, dict):
            found |= inner
    return found


def _plane(head: Head, uid: str, place: int) -> Plane:
    spacing = numbers(head, "00280030", 2)
    return Plane(
        image=uid,
        number=place,
        orientation=numbers(head, "00200037", 6),
        place=numbers(head, "00200032", 3),
        spacing=spacing if spacing and min(spacing) > 0 else None,
        thickness=number(head, "00180050"),
        marks=tuple("\\".join(map(str, values(head, tag))) for tag in MARKS),
    )
