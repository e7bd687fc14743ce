"""Reads documents into pages. Runs inside the sandbox: plain values in and out, nothing of Django.

A page is a dict: ``image`` (JPEG bytes or empty), ``width`` and ``height`` in pixels, ``text``,
``look`` (what it looks like, 256 bits in hex, for `looks`), ``blank`` (nothing is on it), and the
measures ``sharpness`` (variance of the Laplacian at a common size, grey levels squared),
``contrast`` (grey levels between the darkest 0.5 % and the 95th centile) and ``short_side``
(pixels before any scaling; 0 for what was never a picture).
"""

import io
from typing import Any

WARM = ("cv2", "numpy", "PIL.ImageOps", "pillow_heif")  # see `sandbox.run`
LONGEST_SIDE = 1600  # pixels of the picture that is shown
MOST_PAGES = 500  # of one file
MOST_PIXELS = 120_000_000
INK, LEAST_INK = 45, 0.0004  # grey levels darker than the paper; share of the page
# Of ink out of focus: the side at which it is measured, grey levels below the paper, share.
SOFT_SIDE, SOFT_INK, LEAST_SOFT = 700, 8, 0.008
SMALLEST_SIDE = 64  # a truncated HEIC opens as 16 x 16

PageData = dict[str, Any]


def page(picture: Any, text: str = "", *, photographed: bool = True) -> PageData:
    """Return a page from a picture: as it is shown, and as it measures."""
    import cv2
    import numpy as np

    picture = picture.convert("RGB")
    short = min(picture.size) if photographed else 0
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    grey = np.asarray(picture.convert("L"))
    low, high = np.percentile(grey, [0.5, 95])
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80, optimize=True)
    return {
        "image": buffer.getvalue(),
        "width": picture.size[0],
        "height": picture.size[1],
        "text": text,
        "sharpness": float(cv2.Laplacian(grey, cv2.CV_64F).var()),
        "contrast": float(high - low),
        "short_side": short,
        "look": _look(grey),
        "blank": not text.strip() and _is_blank(grey),
    }


def _look(grey: Any) -> str:
    """Return the difference hash: whether each of 16 x 16 places is lighter than its neighbour."""
    import cv2
    import numpy as np

    small = cv2.resize(grey, (17, 16), interpolation=cv2.INTER_AREA).astype(np.int16)
    return bytes(np.packbits(small[:, 1:] > small[:, :-1])).hex()


def _is_blank(grey: Any) -> bool:
    """Say whether next to no ink lies on the paper; what scanners leave at the edges is no ink.

    Ink that is out of focus is pale, but still darker than the paper around it.
    """
    import cv2
    import numpy as np

    high, wide = (side // 25 for side in grey.shape)
    inner = grey[high : -high or None, wide : -wide or None].astype(np.int16)
    paper = float(np.median(inner))
    if paper <= 120 or float((inner < paper - INK).mean()) >= LEAST_INK:
        return False
    scale = SOFT_SIDE / max(inner.shape)
    small = cv2.resize(inner, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = small.astype(np.float32)
    around = cv2.GaussianBlur(small, (0, 0), 40)
    soft = around - cv2.GaussianBlur(small, (0, 0), 2)
    return float((soft > SOFT_INK).mean()) < LEAST_SOFT


def _picture(data: bytes) -> Any:
    import pillow_heif
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    pillow_heif.register_heif_opener()
    return Image.open(io.BytesIO(data))


def _pages_of(picture: Any) -> int:
    """Return how many pages a picture has. What some phones put behind a photo, for brighter
    screens or as a preview, is no page."""
    return 1 if picture.format == "MPO" else min(int(getattr(picture, "n_frames", 1)), MOST_PAGES)


def count(data: bytes) -> int:
    """Return how many pages `picture_pages` makes of a photo or scan."""
    with _picture(data) as picture:
        return _pages_of(picture)


def picture_pages(data: bytes) -> list[PageData]:
    """Return the pages of a photo or scan: one, or each page of a TIFF."""
    from PIL import ImageOps

    pages = []
    with _picture(data) as picture:
        if picture.size[0] * picture.size[1] > MOST_PIXELS:
            raise ValueError("too many pixels")
        if min(picture.size) < SMALLEST_SIDE:
            raise ValueError("too few pixels")
        for number in range(_pages_of(picture)):
            picture.seek(number)
            pages.append(page(eight_bits(ImageOps.exif_transpose(picture))))
    return pages


def eight_bits(picture: Any) -> Any:
    """Return a picture with 16 bits a sample as one that can be shown."""
    from PIL import Image, ImageOps

    if picture.mode.startswith("I"):
        scale = 255 / max(1, picture.getextrema()[1])
        return ImageOps.autocontrast(
            picture.convert("I").point(lambda each: each * scale).convert("L")
        )
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")  # what is transparent is paper
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture


def photo(data: bytes) -> tuple[bytes, list[PageData]]:
    """Return what is given to others in a photo's place (see `without_place`), and its pages."""
    return without_place(data), picture_pages(data)


def without_place(data: bytes) -> bytes:
    """Return a photo as a JPEG that does not say where it was taken; b"" where it does not say."""
    import pillow_heif
    from PIL import ExifTags, Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    pillow_heif.register_heif_opener()
    with Image.open(io.BytesIO(data)) as picture:
        says = picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        if not says and b"GPS" not in picture.info.get("xmp", b""):
            return b""
        upright = eight_bits(ImageOps.exif_transpose(picture)).convert("RGB")
    clean, out = Image.new("RGB", upright.size), io.BytesIO()
    clean.paste(upright)
    clean.save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()


def text_page(text: str) -> PageData:
    """Return a page that has words and no picture."""
    return {
        "image": b"", "width": 0, "height": 0, "text": text, "sharpness": 0.0, "contrast": 255.0,
        "short_side": 0, "look": "", "blank": not text.strip(),
    }  # fmt: skip
