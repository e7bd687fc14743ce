"""Checks of how a series was made and kept, from its headers: thickness, matrix, compression,
captures and photographs."""

from statistics import median

from secondopinion.findings.film import ASK_ORIGINAL, FILM
from secondopinion.findings.found import INFO, WARNING, Found, gettext_noop
from secondopinion.imaging.checks.model import Image, Series
from secondopinion.imaging.checks.roles import CAPTURE, VOLUME

NAME = "quality@2"
MOST_LISTED = 200
THICK = 5.0  # mm; beyond it small things between slices can be missed
RATIO = 10.0  # beyond it fine detail suffers (European Society of Radiology 2011: 8–15 for CT)

# The smallest matrix that a modality is made with today, and the widest pixel in mm.
MATRIX = {"CT": (256, 1.6), "MR": (128, 2.5), "CR": (1000, 0.3), "DX": (1000, 0.3),
          "MG": (1500, 0.15), "US": (320, None), "XA": (400, None)}  # fmt: skip
# Echo-planar and functional images are coarse by their nature.
_COARSE = {"DIFFUSION", "ADC", "FA", "TRACEW", "PERFUSION", "FMRI", "MOSAIC", "ASL", "EPI", "PHASE",
           "FIELD_MAP", "T2*", "CBF", "TTP", "MTT", "MIP", "PHASE MAP", "SPECTROSCOPY"}  # fmt: skip
LOSSY_SYNTAXES = {
    "1.2.840.10008.1.2.4.50": "ISO_10918_1", "1.2.840.10008.1.2.4.51": "ISO_10918_1",
    "1.2.840.10008.1.2.4.81": "ISO_14495_1", "1.2.840.10008.1.2.4.203": "ISO_15444_15",
    "1.2.840.10008.1.2.4.112": "ISO_18181_1",
}  # fmt: skip
_PHOTOGRAPHS = {"DF": "film", "SI": "scan", "SD": "scan", "DV": "video"}  # PS3.3, C.8.6.1
_FILM_CLASSES = ("1.2.840.10008.5.1.4.1.1.77.1.4", "1.2.840.10008.5.1.4.1.1.1.29",
                 "1.2.840.10008.5.1.4.1.1.1.30")  # fmt: skip

THICK_WORDS = gettext_noop("The slices of this series are thick. Small things may not show.")
ASK_THIN = gettext_noop("Ask the hospital that made the images if there are thinner slices.")
SMALL = gettext_noop("These images are small. Fine detail may not show.")
ASK_FULL = gettext_noop("Ask the hospital for the images in their full size, on a DICOM disc.")
LOSSY = gettext_noop("These images were compressed, and fine detail was lost.")
SLIGHTLY = gettext_noop("These images were compressed a little.")
CAPTURES = gettext_noop("These are screenshots, not the images themselves.")
INFORMATION = gettext_noop("You need not do anything. The specialist will be told.")


def check(series: Series, thickest_mm: float | None = None) -> list[Found]:
    """Return what is to be said of the making of a series; `thickest_mm` is what the question
    bears."""
    found = _film(series)
    if series.role == CAPTURE and not found:
        found.append(Found("secondary-capture", WARNING, CAPTURES, ASK_ORIGINAL,
                           _where(series, series.images), {"images": len(series.images)},
                           0.95))  # fmt: skip
    if series.role in {VOLUME, CAPTURE}:
        found += _lossy(series)
    if series.role == VOLUME:
        found += _thick(series, thickest_mm or THICK)
        found += _small(series)
    return found


def _where(series: Series, images: list[Image]) -> dict[str, object]:
    return {"study": series.study, "series": series.uid,
            "instances": [row.uid for row in images][:MOST_LISTED]}  # fmt: skip


def _film(series: Series) -> list[Found]:
    rows = [
        row for row in series.images
        if row.rows
        and (
            (row.head.get("conversion") in _PHOTOGRAPHS and not _scanned(row))
            or row.sop_class in _FILM_CLASSES
            or (row.modality in {"XC", "FILM", "FID"})
        )
    ]  # fmt: skip
    if not rows:
        return []
    return [Found("film-photograph", WARNING, FILM, ASK_ORIGINAL, _where(series, rows),
                  {"images": len(rows)}, 0.9)]  # fmt: skip


def _scanned(row: Image) -> bool:
    """Say whether an image is a scanner's own: there the attribute has no place (PS3.3, A.3.3 and
    A.4.3), and some systems leave one all the same."""
    return row.modality in {"CT", "MR", "PT"} and row.image_type[:2] == ("ORIGINAL", "PRIMARY")


def _lossy(series: Series) -> list[Found]:
    rows = [row for row in series.images if is_lossy(row)]
    if not rows:
        return []
    ratios = [each for each in map(ratio_of, rows) if each]
    worst = max(ratios, default=0.0)
    slight = 0 < worst <= RATIO
    return [
        Found(
            "lossy-compression", INFO if slight else WARNING, SLIGHTLY if slight else LOSSY,
            INFORMATION if slight else ASK_ORIGINAL, _where(series, rows),
            {"images": len(rows)} | ({"ratio": round(worst, 1)} if worst else {}), 0.95,
        )
    ]  # fmt: skip


def is_lossy(row: Image) -> bool:
    """Say whether an image was ever compressed with loss (PS3.3, C.7.6.1.1.5)."""
    return str(row.head.get("lossy") or "") == "01" or row.syntax in LOSSY_SYNTAXES


def ratio_of(row: Image) -> float:
    """Return how many times smaller an image was made: as declared, else as measured; 0 where
    neither says."""
    try:
        declared = float(row.head.get("lossy_ratio") or 0)
    except (TypeError, ValueError):
        declared = 0.0
    if declared > 1:
        return declared
    if row.syntax not in LOSSY_SYNTAXES or not row.length:
        return 0.0
    samples, bits = row.head.get("samples") or 1, row.head.get("bits_stored") or 8
    whole = row.rows * row.columns * row.frames * int(samples) * int(bits) / 8
    packed = (row.pixels or {}).get("bytes") or row.length
    return float(max(1.0, whole / packed))


def _thick(series: Series, limit: float) -> list[Found]:
    known = [each.thickness for each in series.planes if each.thickness and each.thickness > 0]
    if series.modality not in {"CT", "MR", "PT", "NM"} or not known:
        return []
    usual = median(known)
    bearable = max(limit, 5.0) if series.modality in {"PT", "NM"} else limit
    if usual <= bearable + 0.05:
        return []
    return [Found("thick-slices", WARNING, THICK_WORDS, ASK_THIN, _where(series, []),
                  {"thickness_mm": round(usual, 3), "limit_mm": bearable}, 1.0)]  # fmt: skip


def _small(series: Series) -> list[Found]:
    least, widest = MATRIX.get(series.modality, (0, None))
    if not least or _is_coarse(series):
        return []
    rows = [
        row for row in series.images
        if row.rows and (min(row.rows, row.columns) < least or _pixel(row) > (widest or 1e9))
    ]  # fmt: skip
    if not rows or len(rows) * 2 < len(series.images):
        return []
    return [
        Found(
            "small-matrix", WARNING, SMALL, ASK_FULL, _where(series, rows),
            {"rows": rows[0].rows, "columns": rows[0].columns}
            | ({"pixel_mm": round(_pixel(rows[0]), 3)} if _pixel(rows[0]) else {}), 0.9,
        )
    ]  # fmt: skip


def _pixel(row: Image) -> float:
    spacing = row.planes[0].spacing if row.planes else None
    return max(spacing) if spacing else 0.0


def _is_coarse(series: Series) -> bool:
    said = {each for row in series.images for each in row.image_type}
    sequence = str(series.images[0].head.get("sequence") or "")
    words = series.description.upper()
    return (
        bool(said & _COARSE)
        or sequence.startswith("EP")
        or any(each in words for each in ("DWI", "DTI", "DIFF", "FMRI", "BOLD", "PERF", "FMAP",
                                          "FIELD", "EPI", "REST"))
    )  # fmt: skip
