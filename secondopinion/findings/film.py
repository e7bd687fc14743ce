"""Tells photographs of films and screens from papers, for records and images alike. `look` runs
inside the sandbox; nothing here needs Django."""

import io
import warnings
from typing import Any

import numpy as np

from secondopinion.findings.found import WARNING, Found, gettext_noop

WARM = ("PIL.Image", "pillow_heif")  # see `sandbox.run`
CHECK = "film@1"
MOST_PIXELS = 256 * 1024**2
# A film or a screen: dark around, grey within, little colour, no paper. Night photographs look
# alike, so that the family is asked, not told.
DARK, GREY, PALE, COLOUR = 0.3, 0.12, 0.12, 0.22

FILM = gettext_noop("This is a photograph or a scan of a film or a screen, not the image itself.")
ASK_ORIGINAL = gettext_noop("Ask the hospital for the original DICOM disc, without compression.")


def found(where: dict[str, Any], looks: dict[str, Any] | None) -> Found | None:
    """Return the finding that a picture (see `look`) seems to be of a film or a screen, or None."""
    if not looks or "error" in looks or not is_film(looks):
        return None
    shares = {name: looks[name] for name in ("dark", "grey", "pale", "colour")}
    return Found("film-photograph", WARNING, FILM, ASK_ORIGINAL, where, shares, 0.7)


def is_film(looks: dict[str, Any]) -> bool:
    """Say whether the shares of a picture are those of a film or a screen."""
    return bool(
        looks["dark"] >= DARK
        and looks["grey"] >= GREY
        and looks["pale"] <= PALE
        and looks["colour"] <= COLOUR
    )


def look_all(files: list[bytes]) -> list[dict[str, Any]]:
    """Measure many pictures in one child."""
    return [look(data) for data in files]


def look(data: bytes) -> dict[str, Any]:
    """Return the shares of a picture (JPEG, PNG, HEIC, TIFF) that are dark, grey, as pale as paper,
    and its median colourfulness (0 to 1); ``error`` when it cannot be opened."""
    from PIL import Image
    from pillow_heif import register_heif_opener

    register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture: Any = Image.open(io.BytesIO(data))
            if picture.width * picture.height > MOST_PIXELS:
                return {"error": "too-large"}
            picture.draft("RGB", (512, 512))
            picture = picture.convert("RGB")
            picture.thumbnail((512, 512))
        except Exception:  # noqa: BLE001 - damage shows in more ways than Pillow names
            return {"error": "damaged"}
    array = np.asarray(picture, dtype=np.float32)
    light = array.mean(axis=2)
    strong = array.max(axis=2)
    colour = (strong - array.min(axis=2)) / np.maximum(strong, 1)
    grey = (light > 60) & (light < 200)
    return {
        "dark": round(float((light <= 60).mean()), 4),
        "grey": round(float(grey.mean()), 4),
        "pale": round(float((light >= 200).mean()), 4),
        "colour": round(float(np.median(colour[grey])) if grey.any() else 0.0, 4),
    }
