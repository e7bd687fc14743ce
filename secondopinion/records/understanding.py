"""Reads one page whole: its picture is measured and read, its text told apart by language. Runs
inside the sandbox: plain values in and out, nothing of Django."""

import io
import re
from typing import Any

from secondopinion.records import boxes, measuring, ocr, pdfs, reading
from secondopinion.records.checks import scripts, tongue

WARM = (
    *pdfs.WARM,
    "tesserocr",
    "rapidocr",
    "secondopinion.records.checks.langid",
)  # see `sandbox.run`
VERSION = f"{measuring.VERSION}.{ocr.VERSION}"
READING_DPI = 220  # at which pages of PDFs are drawn for reading
DRAWN_PIXELS = 12_000_000  # of a page that is drawn
NONSENSE = 40  # of 100: what was read with less tells nothing, not even its language
FEWEST_LETTERS = 25  # of a text layer; with fewer a page is a scan
DIGITAL, READ, NONE = "digital", "ocr", "none"
_FROM_THE_RIGHT = re.compile(r"[\u0590-\u06ff]{3,}")
_LAST_LETTERS = "ةىםןץףך"
_readers: dict[str, ocr.Reader] = {}

type Answer = dict[str, Any]


def pdf_page(data: bytes, number: int, hints: list[str], folder: str = "") -> Answer:
    """Read the page `number` (from 0) of a PDF: its text layer where it has one, else a picture."""
    text, places, picture = pdfs.drawn(data, number, READING_DPI, DRAWN_PIXELS, is_text)
    if picture is None:
        return of_text(text) | {"places": [[word, 100, *boxes.short(box)] for word, box in places]}
    return _of_picture(picture, hints, folder)


def frames(data: bytes) -> int:
    """Return how many pages a picture has: those of a TIFF, else one."""
    import pillow_heif
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = reading.MOST_PIXELS
    pillow_heif.register_heif_opener()
    with Image.open(io.BytesIO(data)) as picture:
        many = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
        return min(int(many), reading.MOST_PAGES)


def picture_page(data: bytes, number: int, hints: list[str], folder: str = "") -> Answer:
    """Read a photo or scan; `number` (from 0) is the page of a TIFF."""
    import pillow_heif
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = reading.MOST_PIXELS
    pillow_heif.register_heif_opener()
    with Image.open(io.BytesIO(data)) as picture:
        if (
            picture.size[0] * picture.size[1] > reading.MOST_PIXELS
            or min(picture.size) < reading.SMALLEST_SIDE
        ):
            raise ValueError("too many pixels, or too few")
        if number:
            picture.seek(number)
        if picture.format == "JPEG":
            picture.draft("L", (3600, 3600))  # large photos are opened smaller, four times as fast
        quality = measuring.quality_of(getattr(picture, "quantization", {}))
        return _of_picture(ImageOps.exif_transpose(picture), hints, folder, quality)


def of_text(text: str) -> Answer:
    """Return what is known of a page that came as text: not where on the page its words stand."""
    return {"source": DIGITAL, "text": text, "picture": None, "read": None, "places": [],
            "turned": 0} | _tongue(text)  # fmt: skip


def _of_picture(picture: Any, hints: list[str], folder: str, quality: float = 100.0) -> Answer:
    import numpy as np

    grey = np.asarray(reading.eight_bits(picture).convert("L"))
    seen = measuring.Seen(grey)
    numbers = measuring.measure(seen) | {"quality": quality}
    if folder not in _readers:
        _readers[folder] = ocr.Reader(folder)
    read = _readers[folder].read(seen, hints)
    places = [
        [word.text, round(word.sure), *boxes.short(read.place_of(word))] for word in read.words
    ]
    letters = sum(len(word.text) for word in read.words)
    # Regions are of the page as it will be shown, as places are.
    numbers["regions"] = {
        name: boxes.short(boxes.turned(tuple(region), read.turned))
        for name, region in numbers["regions"].items()
    }
    told = {"sure": round(read.sure, 1), "coverage": round(read.coverage, 3), "letters": letters,
            "model": read.model, "engine": read.engine}  # fmt: skip
    return {"source": READ if letters else NONE, "text": read.text, "picture": numbers,
            "read": told, "places": places, "turned": read.turned} | _tongue(
        read.text if read.sure >= NONSENSE else ""
    )  # fmt: skip


def is_text(text: str) -> bool:
    """Say whether a text layer is one: long enough, and letters that some script knows."""
    letters = [each for each in text if each.isalnum()]
    known = sum(bool(scripts.script_of(each)) or each.isdigit() for each in letters)
    return len(letters) >= FEWEST_LETTERS and known >= 0.8 * len(letters) and not _backwards(text)


def _backwards(text: str) -> bool:
    """Say whether words of Arabic or Hebrew stand the wrong way round in a text layer, as some
    printing programs leave them: letters that only end a word begin several."""
    words = _FROM_THE_RIGHT.findall(text)
    wrong = sum(word[0] in _LAST_LETTERS for word in words)
    return wrong > 1 and wrong > 0.03 * len(words)


def _tongue(text: str) -> Answer:
    found = tongue.identify(text)
    return {"language": found.language, "script": found.script, "certainty": found.certainty,
            "others": list(found.others)}  # fmt: skip
