"""Opens PDFs: pages, attachments, locks, forms. Runs inside the sandbox: plain values in and out.

PDFium is built without JavaScript and without XFA, and reads nothing outside the file.
"""

import io
from collections.abc import Callable
from typing import Any

from secondopinion.records import directions, reading
from secondopinion.records.boxes import Box

WARM = (*reading.WARM, "pypdfium2")  # see `sandbox.run`
MOST_LETTERS, _FINE = 40_000, 100_000  # whose places are read; of how many parts a page's side is
MOST_ATTACHED, MOST_ATTACHED_BYTES = 100, 96 * 1024**2
_MARKS = (b"/JavaScript", b"/JS ", b"/JS(", b"/JS<", b"/Launch")


class Locked(ValueError):
    """The PDF wants a password, or another one."""


def _open(data: bytes, password: str | None = None) -> Any:
    import pypdfium2 as pdfium

    try:
        return pdfium.PdfDocument(data, password=password)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Locked from None
        raise


def inspect(data: bytes) -> dict[str, Any]:
    """Return ``pages`` (how many), ``locked``, ``xfa`` (a form that only Adobe's program shows),
    ``active`` (it holds a program), ``attached`` (how many files)."""
    import pypdfium2.raw as pdfium_c

    try:
        document = _open(data)
    except Locked:
        return {"pages": 0, "locked": True, "xfa": False, "active": False, "attached": 0}
    with document:
        scripts = pdfium_c.FPDFDoc_GetJavaScriptActionCount(document)
        return {
            "pages": len(document),
            "locked": False,
            "xfa": document.get_formtype() == pdfium_c.FORMTYPE_XFA_FULL,
            "active": scripts > 0 or any(mark in data for mark in _MARKS),
            "attached": document.count_attachments(),
        }


def unlocked(data: bytes, password: str) -> bytes:
    """Return the PDF without its lock; b"" where the password is another one."""
    import pypdfium2.raw as pdfium_c

    try:
        with _open(data, password) as document:
            out = io.BytesIO()
            document.save(out, flags=pdfium_c.FPDF_REMOVE_SECURITY)
    except Locked:
        return b""
    return out.getvalue()


def attached(data: bytes) -> list[tuple[str, bytes]]:
    """Return name and content of the files in a PDF (a portfolio, or what was clipped to it)."""
    found: list[tuple[str, bytes]] = []
    with _open(data) as document:
        left = MOST_ATTACHED_BYTES
        for number in range(min(document.count_attachments(), MOST_ATTACHED)):
            each = document.get_attachment(number)
            content = bytes(each.get_data())
            left -= len(content)
            if left < 0:
                break
            found.append((each.get_name(), content))
    return found


def pages(data: bytes, first: int, count: int) -> list[reading.PageData]:
    """Return `count` pages from the page `first` (from 0) on, with what was filled into forms."""
    made = []
    with _open(data) as document:
        document.init_forms()
        for number in range(first, min(first + count, len(document))):
            page = document[number]
            if _too_large(page):
                made.append(reading.text_page(""))
                continue
            longest = max(page.get_size()) or 1
            bitmap = page.render(scale=min(4.0, reading.LONGEST_SIDE / longest))
            text = _words_of(page, page.get_textpage())
            # A page with a text layer was typeset, not photographed.
            made.append(reading.page(bitmap.to_pil(), text, photographed=not text.strip()))
    return made


def drawn(
    data: bytes, number: int, dpi: int, most_pixels: int, enough: Callable[[str], bool]
) -> tuple[str, list[tuple[str, Box]], Any]:
    """Return the text layer of the page `number` (from 0), its words with their places where the
    text is enough, else the page's grey picture as Pillow has it; for a page that is too large
    neither."""
    with _open(data) as document:
        document.init_forms()
        page = document[number]
        layer = page.get_textpage()
        text = _words_of(page, layer).replace("\r\n", "\n").replace("\x00", "")
        if enough(text):
            return text, _places(page, layer, text), None
        if _too_large(page):
            return text, [], None
        wide, high = page.get_size()
        scale = min(dpi / 72, (most_pixels / max(1.0, wide * high)) ** 0.5)
        return text, [], page.render(scale=scale, grayscale=True).to_pil()


def _words_of(page: Any, layer: Any) -> str:
    """Return the text layer; lines with words of right-to-left scripts as they are read."""
    text = str(layer.get_text_bounded())
    if not directions.RIGHT_TO_LEFT.search(text):
        return text
    leftwards = directions.is_mostly_leftwards(text)
    lines, done = _lines(page, layer)
    read = [
        " ".join(word.text for word in directions.as_read(line, leftwards=leftwards))
        for line in lines
    ]
    return "\r\n".join(read) + layer.get_text_range(done, -1)


def _lines(page: Any, layer: Any) -> tuple[list[list[directions.Letters]], int]:
    """Return the lines of a text layer, each with the letters of its words and their places on the
    page as shown; and how many letters were looked at."""
    lines: list[list[directions.Letters]] = [[([], [])]]
    most = min(layer.count_chars(), MOST_LETTERS)
    for place in range(most):
        letter = layer.get_text_range(place, 1)
        if letter.strip():
            letters, boxes = lines[-1][-1]
            letters.append(letter)
            boxes.append(_shown_at(page, layer.get_charbox(place)))
        elif letter == "\n":
            lines.append([([], [])])
        elif lines[-1][-1][0]:
            lines[-1].append(([], []))
    return lines, most


def _places(page: Any, layer: Any, text: str) -> list[tuple[str, Box]]:
    """Return the words of a text layer with their places on the page as it is shown."""
    leftwards = directions.is_mostly_leftwards(text)
    lines, _done = _lines(page, layer)
    return [
        (word.text, word.box)
        for line in lines
        for word in directions.as_read(line, leftwards=leftwards)
        if word.box[2] > word.box[0] and word.box[3] > word.box[1]
    ]


def _shown_at(page: Any, box: tuple[float, float, float, float]) -> Box:
    """Return a box of the page's own space, which starts at the bottom and knows nothing of how
    the page is cropped and turned, as shares of the page that is shown."""
    import ctypes

    import pypdfium2.raw as pdfium_c

    left, bottom, right, top = box
    across, down = [], []
    for x, y in ((left, bottom), (right, top)):
        one, other = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, x, y, one, other)
        across.append(one.value / _FINE)
        down.append(other.value / _FINE)
    return min(across), min(down), max(across), max(down)


def _too_large(page: Any) -> bool:
    """Say whether a picture on the page is larger than PDFium would draw: it would leave it out."""
    import pypdfium2.raw as pdfium_c

    for each in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        wide, high = each.get_px_size()
        if wide * high > reading.MOST_PIXELS:
            return True
    return False


def text_of(data: bytes) -> str:
    """Return the text layer, its pages behind each other; "" when it has none.

    Raises:
        Locked: it wants a password.
    """
    with _open(data) as document:
        numbers = range(min(len(document), reading.MOST_PAGES))
        pages = [document[number] for number in numbers]
        texts = [_words_of(page, page.get_textpage()) for page in pages]
    return "\n".join(text.replace("\r\n", "\n").strip("\n") for text in texts)
