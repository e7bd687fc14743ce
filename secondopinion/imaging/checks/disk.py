"""Checks of a disk or a case as a whole: its directory, doubles, age, what is called for."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from secondopinion.findings.found import INFO, WARNING, Found, gettext_noop
from secondopinion.imaging.checks.identity import day
from secondopinion.imaging.checks.model import Image, Series, Study
from secondopinion.imaging.checks.roles import VOLUME

DIRECTORY, DOUBLES, AGE, WANTED = "directory@1", "doubles@1", "age@1", "wanted@1"
MOST_LISTED = 200
OLD = 730  # days between the images and the opinion

LACKING = gettext_noop("The list on the disc names images that are not among those that came.")
SEND_ALL = gettext_noop(
    "Send all folders of the disc. If you have, ask the hospital for a new disc."
)
CONFLICT = gettext_noop("Two different images carry the same number. Both are kept.")
SAME = gettext_noop("Some images came more than once. One copy is kept.")
INFORMATION = gettext_noop("You need not do anything. The specialist will be told.")
OLD_WORDS = gettext_noop("These images are more than two years old.")
NEWER = gettext_noop("If there are newer images, please send them too.")
OTHER_KIND = gettext_noop("No images of the kind that the question calls for have come yet.")
OTHER_PART = gettext_noop("No images of the part of the body in question have come yet.")
NO_CONTRAST = gettext_noop("No images with contrast medium have come yet.")
SEND_THEM = gettext_noop("If such images were made, send them. If not, tell us so.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a case calls for: kinds of images and parts of the body (any of them; none means any),
    contrast, and the thickest slices in mm that serve the question (None: the usual limit)."""

    modalities: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    contrast: bool = False
    thickest_mm: float | None = None


def missing_from_disk(listed: Iterable[tuple[str, str, str]], present: set[str]) -> list[Found]:
    """Compare what a DICOMDIR lists (study, series, instance UIDs) with what came, by UID: its
    paths often match no folder."""
    lacking: dict[str, list[str]] = defaultdict(list)
    total = 0
    for study, _series, instance in listed:
        total += 1
        if instance not in present:
            lacking[study].append(instance)
    return [
        Found("missing-from-disk", WARNING, LACKING, SEND_ALL,
              {"study": study, "instances": instances[:MOST_LISTED]},
              {"missing": len(instances), "listed": total}, 0.95)
        for study, instances in lacking.items()
    ]  # fmt: skip


def is_damaged(measured: Mapping[str, object] | None) -> bool:
    """Say whether what the sandbox measured of an image says that its file is damaged."""
    return bool(measured) and (measured or {}).get("error") in {"truncated", "damaged"}


def doubles(images: Iterable[Image]) -> list[Found]:
    """Return instances that came twice, and UIDs that stand for different bytes: a damaged file
    and its whole copy are one image."""
    contents: dict[str, list[Image]] = defaultdict(list)
    for row in images:
        contents[row.uid].append(row)
    twice = [uid for uid, rows in contents.items() if len(rows) > len({row.digest for row in rows})]
    at_odds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for uid, rows in contents.items():
        whole = {row.digest for row in rows if not is_damaged(row.pixels)}
        if len(whole or {row.digest for row in rows}) > 1:
            at_odds[rows[-1].study, rows[-1].series].append(uid)
    found = [
        Found("conflict", WARNING, CONFLICT, INFORMATION,
              {"study": study, "series": uid, "instances": rows[:MOST_LISTED]},
              {"instances": len(rows)})
        for (study, uid), rows in at_odds.items()
    ]  # fmt: skip
    if twice:
        where = {"instances": twice[:MOST_LISTED]}
        found.append(Found("duplicate", INFO, SAME, INFORMATION, where, {"instances": len(twice)}))
    return found


def age(study: Study, today: date) -> list[Found]:
    """Return whether a study is too old to show how the child is now."""
    made = day(study.date)
    days = (today - made).days if made else 0
    if days <= OLD or not any(series.role == VOLUME for series in study.series):
        return []
    return [Found("too-old", WARNING, OLD_WORDS, NEWER, {"study": study.uid}, {"days": days})]


# What stations call parts of the body (PS3.16, annex L, and habit); words of descriptions beside.
_PARTS = {
    "head": ("HEAD", "BRAIN", "SKULL", "CRANI", "CEREBR", "NEURO", "SCHADEL", "SCHÄDEL", "CABEZA",
             "ENCEF", "KOPF", "ГОЛОВ", "МОЗГ", "ORBIT", "SELLA", "PITUIT"),
    "spine": ("SPINE", "CSPINE", "LSPINE", "TSPINE", "COLUMN", "VERTEB", "WIRBEL"),
    "chest": ("CHEST", "THORAX", "LUNG", "TORAX", "HEART", "CARDIAC"),
    "abdomen": ("ABDOM", "LIVER", "KIDNEY", "RENAL", "PELVIS", "HIGADO", "HÍGADO"),
    "limb": ("EXTREM", "KNEE", "ELBOW", "HIP", "ANKLE", "FOOT", "HAND", "WRIST", "SHOULDER", "LEG",
             "ARM", "FEMUR", "TIBIA", "BONE", "JOINT"),
}  # fmt: skip
_CONTRAST = ("CONTRAST", "+C", "GADO", " GD", "_GD", "POST GD", "POSTCONTRAST", "CONTRASTE", " KM",
             "+KM", "GBCA", "C+", "МКМ")  # fmt: skip
_NOTHING = {"", "NONE", "NO", "N", "NO CONTRAST"}


def parts_of(series: Series, study: Study) -> set[str]:
    """Return the parts of the body that the headers of a series name; nothing where they do not."""
    return parts_named(f"{series.body_part} {series.description} {study.description}")


def parts_named(text: str) -> set[str]:
    """Return the parts of the body that a text names."""
    said = re.sub(r"[^\w+]|_", " ", text.upper())
    return {
        part for part, words in _PARTS.items()
        if any(re.search(rf"\b{word}", said) for word in words)
    }  # fmt: skip


def with_contrast(series: Series) -> bool:
    """Say whether a series was made with contrast medium, as its headers say."""
    said = f" {series.description.upper()} "
    declared = series.contrast.strip().upper() not in _NOTHING
    return declared or any(word in said for word in _CONTRAST)


def wanted(studies: list[Study], wanted: Wanted) -> list[Found]:
    """Return what the question calls for and none of the images is. Headers that name no part of
    the body are given the benefit of the doubt."""
    pairs = [(series, study) for study in studies for series in study.series
             if series.role == VOLUME]  # fmt: skip
    if not pairs:
        return []
    fitting = [each for each in pairs if not wanted.modalities or each[0].modality in
               wanted.modalities]  # fmt: skip
    kinds = {"present": sorted({series.modality for series, _study in pairs})}
    if not fitting:
        return [Found("modality-missing", WARNING, OTHER_KIND, SEND_THEM, {},
                      kinds | {"wanted": list(wanted.modalities)}, 0.9)]  # fmt: skip
    found = []
    if wanted.body:
        parts = [parts_of(*each) for each in fitting]
        if all(part and not part & set(wanted.body) for part in parts):
            found.append(Found("body-part-missing", WARNING, OTHER_PART, SEND_THEM, {},
                               {"present": sorted(set().union(*parts)),
                                "wanted": list(wanted.body)}, 0.8))  # fmt: skip
    if wanted.contrast and not any(with_contrast(series) for series, _study in fitting):
        found.append(Found("contrast-missing", WARNING, NO_CONTRAST, SEND_THEM, {}, kinds, 0.7))
    return found
