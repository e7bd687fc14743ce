"""Judges PDF files by a program that others wrote, for the standards that they claim."""

import io
import re
from typing import Any

import page
import pikepdf
from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen

PROFILES = ("3a", "ua1")  # PDF/A-3a, PDF/UA-1
_WIDTH = re.compile(r"font object (\d+) 0 has rendered CID \d+ width .* CIDFontType0C program")
_LENGTH = re.compile(r"a stream /Length does not match its raw content length")
_STREAM = re.compile(rb"/Length (\d+)\b(?:(?!endobj).){0,4000}?\bstream\r?\n", re.DOTALL)
_END = re.compile(rb"\r?\nendstream\b")


def broken(data: bytes, profiles: tuple[str, ...] = PROFILES) -> list[str]:
    """Return the rules of PDF/A-3a and PDF/UA-1 that a file breaks, each with its message.

    They are those of page-validation, which agrees with all files of veraPDF's corpus. Of fonts
    with several dictionaries it takes the width of a letter from the wrong one: there fontTools is
    asked too, for all letters of the font. It takes a last byte that is a carriage return for a
    part of the line's end behind it: there every stream is measured again.
    """
    return [
        f"{profile} {failure.rule_id}: {failure.message}"
        for profile in profiles
        for failure in page.validate_pdf_bytes(data, profile=profile).failures
        if not ((font := _WIDTH.match(failure.message)) and _widths_hold(data, int(font[1])))
        and not (_LENGTH.match(failure.message) and _lengths_hold(data))
    ]


def _lengths_hold(data: bytes) -> bool:
    """Say whether every stream ends where its length says."""
    at, found = 0, 0
    while stream := _STREAM.search(data, at):
        at, found = stream.end() + int(stream[1]), found + 1
        if not _END.match(data, at):
            return False
    return found > 0


def _widths_hold(data: bytes, number: int) -> bool:
    """Say whether a font's widths as the PDF tells them are those of its own program."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        [font] = pdf.get_object(number, 0).DescendantFonts
        told = dict(_told(list(font.W)))
        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(font.FontDescriptor.FontFile3.read_bytes()), None)
    letters = fonts[fonts.fontNames[0]].CharStrings
    for name in letters.charStrings:
        letter = letters[name]
        letter.draw(NullPen())
        if told[0 if name == ".notdef" else int(name.removeprefix("cid"))] != letter.width:
            return False
    return True


def _told(rows: list[Any]) -> Any:
    """Yield each letter of /W with its width: first, last, width; or first and a list of widths."""
    while rows:
        first, second = int(rows.pop(0)), rows.pop(0)
        if isinstance(second, pikepdf.Array):
            yield from enumerate((float(each) for each in second), first)
        else:
            width = float(rows.pop(0))
            yield from ((each, width) for each in range(first, int(second) + 1))
