"""Checks of pixels, from what the sandbox measured (`imaging.measuring`): what cannot be decoded,
is empty, clipped, noisy, ghosted, or carries text."""

from statistics import median
from typing import Any

from secondopinion.findings.found import INFO, WARNING, Found, gettext_noop
from secondopinion.imaging.checks.model import Image, Series
from secondopinion.imaging.checks.roles import CAPTURE, LOCALIZER, VOLUME

NAME = "pixels@2"
MOST_LISTED = 200

LEVELS = 3  # fewer distinct values are no picture
CLIPPED = {"CT": 0.003, "MR": 0.003, "PT": 0.003, "NM": 0.003, "CR": 0.02, "DX": 0.02, "XA": 0.02}
SPIKE = 40.0  # times more pixels at the highest value than just below it
MOST_CLIPPED = 0.2  # of the images of a series; fewer are a metal implant's
SNR = 3.0  # contrast of tissues to noise, MR
NOISE_HU = 90.0  # standard deviation, CT; sharp kernels and thin slices stay below
GHOST = 0.03  # of the signal, on both sides of the object
LETTERS = 5

BROKEN = gettext_noop("Some images cannot be opened here.")
BROKEN_FILE = gettext_noop("Some images are damaged: a part of the picture is missing in the file.")
SEND_AGAIN = gettext_noop("Send them once more. If that does not help, ask for a new disc.")
ASK_OTHER = gettext_noop(
    "Ask the hospital to export the images once more, in the ordinary DICOM format."
)
EMPTY = gettext_noop("Some images are empty: they show nothing at all.")
CLIP = gettext_noop("Bright parts of these images are cut off, and what was in them is lost.")
NOISE = gettext_noop("These images are very grainy.")
MOTION = gettext_noop("These images may be blurred by movement.")
TEXT = gettext_noop("Text is written into these images.")
ASK_BETTER = gettext_noop("Ask the hospital if there are better images of the same day.")
INFORMATION = gettext_noop("You need not do anything. The specialist will be told.")
ASK_ORIGINAL = gettext_noop("Ask the hospital for the original DICOM disc.")


def check(series: Series) -> list[Found]:
    """Return what the pixels of a series say; images that were not measured say nothing."""
    measured = [row for row in series.images if row.pixels]
    if not measured or series.role not in {VOLUME, LOCALIZER, CAPTURE}:
        return []
    found = _undecodable(series, measured)
    good = [row for row in measured if row.pixels and not row.pixels.get("error")]
    if series.role != LOCALIZER:
        found += _empty(series, good)
        found += _text(series, good)
    if series.role == VOLUME:
        found += _saturated(series, good)
        found += _noisy(series, good)
        found += _motion(series, good)
    return found


def _where(series: Series, images: list[Image]) -> dict[str, object]:
    return {"study": series.study, "series": series.uid,
            "instances": [row.uid for row in images][:MOST_LISTED]}  # fmt: skip


def _frames(row: Image) -> list[dict[str, Any]]:
    return list((row.pixels or {}).get("frames") or [])


def _worst(row: Image, name: str) -> float:
    return max((each[name] for each in _frames(row)), default=0.0)


def _undecodable(series: Series, rows: list[Image]) -> list[Found]:
    reasons: dict[str, list[Image]] = {}
    for row in rows:
        reason = (row.pixels or {}).get("error")
        if reason:
            reasons.setdefault(str(reason), []).append(row)
    return [
        Found(
            "undecodable", WARNING, BROKEN_FILE if reason == "truncated" else BROKEN,
            ASK_OTHER if reason in {"no-decoder", "too-large"} else SEND_AGAIN,
            _where(series, images) | {"reason": reason},
            {"images": len(images), "reason": reason, "syntaxes": sorted({row.syntax for row in
                                                                         images})},
        )
        for reason, images in reasons.items()
    ]  # fmt: skip


def _empty(series: Series, rows: list[Image]) -> list[Found]:
    spans = [_span(row) for row in rows]
    usual = median(spans) if spans else 0.0
    flat = [
        row for row, span in zip(rows, spans, strict=True)
        if min(row.rows, row.columns) > 1
        and (_worst(row, "levels") < LEVELS or (len(rows) >= 5 and span < 0.005 * usual))
    ]  # fmt: skip
    if not flat:
        return []
    # A few blank slices before and behind the body are how volumes are resampled.
    outer = len(flat) * 20 <= len(rows) and _at_the_ends(rows, {row.uid for row in flat})
    return [
        Found("empty-image", INFO if outer else WARNING, EMPTY,
              INFORMATION if outer else SEND_AGAIN, _where(series, flat),
              {"images": len(flat), "of": len(rows)}, 0.95)
    ]  # fmt: skip


def _at_the_ends(rows: list[Image], flat: set[str]) -> bool:
    full = [at for at, row in enumerate(rows) if row.uid not in flat]
    return bool(full) and full[-1] - full[0] + 1 == len(full)


def _span(row: Image) -> float:
    return max((each["high"] - each["low"] for each in _frames(row)), default=0.0)


def _saturated(series: Series, rows: list[Image]) -> list[Found]:
    limit = CLIPPED.get(series.modality)
    if limit is None:
        return []
    clipped = [
        row for row in rows
        if any(each["top"] >= limit and each["spike"] >= SPIKE and each["levels"] >= 16
               for each in _frames(row))
    ]  # fmt: skip
    if not clipped or len(clipped) < MOST_CLIPPED * len(rows):
        return []
    share = max(_worst(row, "top") for row in clipped)
    return [Found("saturated", WARNING, CLIP, ASK_ORIGINAL, _where(series, clipped),
                  {"images": len(clipped), "most_share": round(share, 4)}, 0.8)]  # fmt: skip


def _noisy(series: Series, rows: list[Image]) -> list[Found]:
    if series.modality not in {"CT", "MR"}:
        return []
    ratios = [
        each["contrast"] / each["noise"]
        for row in rows for each in _frames(row)
        if each["noise"] > 0 and each["levels"] > 16 and each["body"] > 0.05
    ]  # fmt: skip
    if not ratios or len(ratios) * 2 < len(rows):
        return []
    measured = {"contrast_to_noise": round(median(ratios), 2), "limit": SNR}
    grainy = median(ratios) < SNR
    if series.modality == "CT":  # its numbers have a unit
        spreads = [each["noise"] * _slope(row) for row in rows for each in _frames(row)]
        measured = {"noise_hu": round(median(spreads), 1), "limit_hu": NOISE_HU}
        grainy = median(spreads) > NOISE_HU
    if not grainy:
        return []
    return [Found("noisy", WARNING, NOISE, ASK_BETTER, _where(series, []), measured, 0.7)]


def _slope(row: Image) -> float:
    found = row.head.get("slope")
    return abs(float(found)) if isinstance(found, int | float) and found else 1.0


def _motion(series: Series, rows: list[Image]) -> list[Found]:
    """MR only, and only where the background was not cut out: ghosts lie beside the object in the
    direction of phase encoding (Mortamet 2009). Many slices must agree."""
    if series.modality != "MR":
        return []
    ghosts = [each["ghost"] for row in rows for each in _frames(row) if each["ghost"] >= 0]
    if len(ghosts) < 3 or median(ghosts) < GHOST:
        return []
    return [Found("motion", INFO, MOTION, ASK_BETTER, _where(series, []),
                  {"ghost_to_signal": round(median(ghosts), 4), "limit": GHOST}, 0.6)]  # fmt: skip


def _text(series: Series, rows: list[Image]) -> list[Found]:
    seen = [row for row in rows if _worst(row, "letters") >= LETTERS]
    told = {row.uid for row in seen}
    said = [
        row for row in series.images
        if str(row.head.get("burned_in") or "").upper() == "YES" and row.uid not in told
    ]  # fmt: skip
    if not seen and not said:
        return []
    most = max((_worst(row, "letters") for row in seen), default=0)
    measured = {"images": len(seen + said), "letters": int(most)}
    return [Found("burned-in-text", INFO, TEXT, INFORMATION, _where(series, seen + said), measured,
                  0.85 if seen else 0.95)]  # fmt: skip
