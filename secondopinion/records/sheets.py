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
MOST_UNKNOWN = 0.02  # share of letters that no font prints on a page that is printed all the same
_NO_SIGN = "\ufffd"
# Bullets and ticks of the fonts Symbol and Wingdings, as Word writes them, and boxes of forms.
_SIGNS = {
    "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "▸", "\uf0fc": "✓", "\uf0a8": "□", "\uf06f": "□",
    "\uf0fe": "✓", "\u2610": "□", "\u2611": "✓", "\u2612": "×", "\x85": "…",
}  # fmt: skip
_PPI = 137.0  # A4 as long as the longest side of a page that is shown


def written_pages(kind: str, data: bytes, folders: tuple[str, ...]) -> list[reading.PageData]:
    """Return the pages of a written document: its words printed, then the pictures in it.

    `folders` hold the fonts. Words of which more than a few letters can be printed by none of
    them, and those behind the first fifty pages, stand on pages without a picture.
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
    unknown = {char for char in words if ord(char) > 32 and ord(char) not in known}
    if sum(map(words.count, unknown)) > MOST_UNKNOWN * len("".join(words.split())):
        return _rest(words)
    # A bullet of a font of symbols, or a face in a mail, costs no page its picture.
    signs = str.maketrans({char: _SIGNS.get(char, _NO_SIGN) for char in unknown})
    shown = _cut([_with_signs(block, signs) for block in found])
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


def _with_signs(block: written.Block, signs: dict[int, str]) -> written.Block:
    """Return a block as it is printed; its words are kept as they came."""
    if "rows" in block:
        rows = [[cell.translate(signs) for cell in row] for row in block["rows"]]
        return block | {"rows": rows}
    return block | {"text": block["text"].translate(signs)} if "text" in block else block


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
