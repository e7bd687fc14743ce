"""A hospital's logo: read in the sandbox and written anew, so that only its picture is kept."""

import io

from PIL import Image

LARGEST = 2 * 1024 * 1024  # bytes that are taken
SIDE = 480  # pixels of the longer side that is kept
_FORMATS = ("PNG", "JPEG", "WEBP")


def redrawn(data: bytes) -> bytes:
    """Return a picture as PNG of at most `SIDE` pixels, without anything that was hidden in it.

    Runs in the sandbox.

    Raises:
        ValueError: it is too small to be a logo, or has too many pixels.
    """
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        width, height = picture.size
        if min(width, height) < 16 or width * height > 40_000_000:
            raise ValueError
        plain = picture.convert("RGBA")
    plain.thumbnail((SIDE, SIDE))
    made = io.BytesIO()
    plain.save(made, "PNG", optimize=True)
    return made.getvalue()
