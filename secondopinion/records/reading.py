"""Reads documents into pages. Runs inside the sandbox: plain values in and out, nothing of Django.

A page is a dict: ``image`` (JPEG bytes or empty), ``width`` and ``height`` in pixels, ``text``,
and the measures ``sharpness`` (variance of the Laplacian at a common size, grey levels squared),
``contrast`` (grey levels between the darkest 0.5 % and the 95th centile) and ``short_side``
(pixels before any scaling; 0 for what was never a picture).
"""

import io
from typing import Any

LONGEST_SIDE = 1600  # pixels of the picture that is shown
MOST_PIXELS = 120_000_000
SMALLEST_SIDE = 64  # a truncated HEIC opens as 16 x 16

PageData = dict[str, Any]


def _page(picture: Any, text: str = "", *, photographed: bool = True) -> PageData:
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
    }


def pdf_length(data: bytes) -> int:
    """Return the number of pages; -1 for a PDF that wants a password."""
    import pypdfium2 as pdfium

    try:
        with pdfium.PdfDocument(data) as document:
            return len(document)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            return -1
        raise


def pdf_pages(data: bytes, first: int, count: int) -> list[PageData]:
    """Return `count` pages of a PDF from the page `first` (from 0) on."""
    import pypdfium2 as pdfium

    pages = []
    with pdfium.PdfDocument(data) as document:
        for number in range(first, min(first + count, len(document))):
            page = document[number]
            longest = max(page.get_size()) or 1
            bitmap = page.render(scale=min(4.0, LONGEST_SIDE / longest))
            text = page.get_textpage().get_text_bounded()
            # A page with a text layer was typeset, not photographed.
            pages.append(_page(bitmap.to_pil(), text, photographed=not text.strip()))
    return pages


def picture_pages(data: bytes) -> list[PageData]:
    """Return the pages of a photo or scan: one, or each page of a TIFF."""
    import pillow_heif
    from PIL import Image, ImageOps, ImageSequence

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    pillow_heif.register_heif_opener()
    pages = []
    with Image.open(io.BytesIO(data)) as picture:
        if picture.size[0] * picture.size[1] > MOST_PIXELS:
            raise ValueError("too many pixels")
        if min(picture.size) < SMALLEST_SIDE:
            raise ValueError("too few pixels")
        for number, frame in enumerate(ImageSequence.Iterator(picture)):
            if number == 200:
                break
            pages.append(_page(ImageOps.exif_transpose(frame)))
    return pages


def word_pages(data: bytes) -> list[PageData]:
    """Return the text of a Word document as one page without a picture."""
    import docx

    document = docx.Document(io.BytesIO(data))
    lines = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        lines += ["\t".join(cell.text for cell in row.cells) for row in table.rows]
    return [_text_page("\n".join(lines))]


def text_pages(data: bytes) -> list[PageData]:
    """Return a plain text as one page without a picture."""
    return [_text_page(data[:1_000_000].decode(errors="replace"))]


def _text_page(text: str) -> PageData:
    return {
        "image": b"", "width": 0, "height": 0, "text": text,
        "sharpness": 0.0, "contrast": 255.0, "short_side": 0,
    }  # fmt: skip
