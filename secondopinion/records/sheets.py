"""Prints the blocks of a written document on plain pages. Runs inside the sandbox."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

from secondopinion.core import glyphs
from secondopinion.records import reading, written

WARM = (*reading.WARM, *written.WARM, "typst", "fontTools.ttLib")  # see `sandbox.run`
MOST_LINES, LINE = 2_500, 80  # that are printed, about fifty pages, and the letters of a line
MOST_REST, REST = 400, 20_000  # pages of words for the rest of a longer document, and their letters
SHEET = Path(__file__).resolve().parent / "typst" / "sheet.typ"
_PPI = 137.0  # A4 as long as the longest side of a page that is shown


def written_pages(kind: str, data: bytes, folders: tuple[str, ...]) -> list[reading.PageData]:
    """Return the pages of a written document: its words printed, then the pictures in it.

    `folders` hold the fonts. Words that none of them can print, and those behind the first fifty
    pages, stand on pages without a picture.
    """
    found = written.blocks(kind, data)
    pages = _printed(found, folders)
    pictures = [block["picture"] for block in found if "picture" in block]
    for picture in pictures[: written.MOST_PICTURES]:
        # A drawing that is no photo (EMF, SVG), or a line of a logo, is not a page.
        with contextlib.suppress(ValueError, OSError):
            pages += reading.picture_pages(picture)
    return pages


def _printed(found: list[written.Block], folders: tuple[str, ...]) -> list[reading.PageData]:
    import typst
    from PIL import Image

    words = written.text_of(found)
    if not words.strip():
        return []
    known = glyphs.printed_by(folders)
    if any(ord(char) > 32 and ord(char) not in known for char in words):
        return _rest(words)
    shown = _cut(found)
    rest = _rest(written.text_of(found[len(shown) :]))
    if not shown:
        return rest
    sys_inputs = {
        "data": json.dumps(shown, ensure_ascii=False), "faces": json.dumps(glyphs.FACES),
    }  # fmt: skip
    more: dict[str, Any] = {
        "font_paths": [*folders], "ignore_system_fonts": True, "sys_inputs": sys_inputs,
    }  # fmt: skip
    source = SHEET.read_bytes()
    made = typst.compile(source, format="png", ppi=_PPI, **more)
    places = json.loads(typst.query(source, "<block>", field="value", **more))
    texts: dict[int, list[str]] = {}
    for number, page in places:
        texts.setdefault(page, []).append(written.text_of([found[number]]))
    pages = []
    for number, png in enumerate(made if isinstance(made, list) else [made], 1):
        with Image.open(io.BytesIO(png)) as picture:
            told = "\n".join(texts.get(number, []))
            pages.append(reading.page(picture, told, photographed=False))
    return pages + rest


def _cut(found: list[written.Block]) -> list[written.Block]:
    """Return the first blocks, which are printed, their pictures left empty."""
    kept, left = [], MOST_LINES
    for block in found:
        if "picture" in block:
            kept.append({"text": ""})
            continue
        left -= sum(1 + len(line) // LINE for line in written.text_of([block]).split("\n"))
        if left < 0:
            break
        kept.append(block)
    return kept


def _rest(words: str) -> list[reading.PageData]:
    """Return words that are not printed on pages without pictures, parted between lines."""
    most = max(REST, 1 + len(words) // MOST_REST)
    parts: list[list[str]] = []
    size = most
    for line in words.split("\n") if words.strip() else []:
        if size + len(line) >= most:
            parts.append([])
            size = 0
        parts[-1].append(line)
        size += len(line) + 1
    return [reading.text_page("\n".join(part)) for part in parts]
