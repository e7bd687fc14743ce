"""A quick walk over the top of a DICOM header (PS3.5, section 7), for the path that acknowledges.

It reads the few attributes that the index needs, without recursion and without copying what it
passes over; what it does not fully understand it leaves to pydicom in the sandbox. Tests hold it to
pydicom's answers. Plain values in and out, nothing of Django.
"""

import math
import struct
from collections.abc import Iterator
from typing import Any

from secondopinion.imaging.headers import DEFLATED, NATIVE, frames_in, identified, summary

IMPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
_MOST_ELEMENTS = 20_000
_DEEPEST = 60
_LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR",
                   b"UT", b"UV"})  # fmt: skip
_SHORT = frozenset({b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO",
                    b"LT", b"PN", b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL",
                    b"US"})  # fmt: skip
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_PIXELS = 0x7FE00010
_ENCODINGS = {"": "ascii", "ISO_IR 6": "ascii", "ISO_IR 100": "latin-1", "ISO_IR 192": "utf-8"}

# What is kept of the top level: the tag, its keyword, and whether it is text or a short integer.
_WANTED = {
    0x00080005: ("SpecificCharacterSet", "t"), 0x00080008: ("ImageType", "t"),
    0x00080016: ("SOPClassUID", "t"), 0x00080018: ("SOPInstanceUID", "t"),
    0x00080020: ("StudyDate", "t"), 0x00080060: ("Modality", "t"),
    0x00081030: ("StudyDescription", "t"), 0x0008103E: ("SeriesDescription", "t"),
    0x00100010: ("PatientName", "t"), 0x00100020: ("PatientID", "t"),
    0x00100030: ("PatientBirthDate", "t"), 0x00100040: ("PatientSex", "t"),
    0x00180015: ("BodyPartExamined", "t"), 0x00180050: ("SliceThickness", "t"),
    0x0020000D: ("StudyInstanceUID", "t"), 0x0020000E: ("SeriesInstanceUID", "t"),
    0x00200011: ("SeriesNumber", "t"), 0x00200013: ("InstanceNumber", "t"),
    0x00200032: ("ImagePositionPatient", "t"), 0x00200037: ("ImageOrientationPatient", "t"),
    0x00280002: ("SamplesPerPixel", "n"), 0x00280008: ("NumberOfFrames", "t"),
    0x00280010: ("Rows", "n"), 0x00280011: ("Columns", "n"), 0x00280100: ("BitsAllocated", "n"),
    0x00282110: ("LossyImageCompression", "t"),
}  # fmt: skip


class NotUnderstood(Exception):
    """The quick walk does not decide this one; pydicom does."""


_FIRST, _MOST = 32 * 1024, 512 * 1024  # bytes of an object that are looked at first, and at most


class Beginning:
    """The first bytes of an object as it comes in: views of its pieces, copied when they are read.

    Most headers end within 32 KiB; where one does not, half a megabyte is looked at.
    """

    def __init__(self) -> None:
        self._pieces: list[memoryview] = []
        self._left = _MOST

    def add(self, piece: bytes | memoryview) -> None:
        """Take the next bytes of the object; what is behind the first half megabyte is let go."""
        if self._left:
            self._pieces.append(memoryview(piece)[: self._left])
            self._left -= len(self._pieces[-1])

    def _bytes(self, most: int) -> bytes:
        found = bytearray()
        for piece in self._pieces:
            found += piece[: most - len(found)]
        return bytes(found)

    def walk(self, length: int) -> dict[str, Any]:
        """Return what `walk` does, of an object of this size; raises as it does."""
        try:
            return walk(self._bytes(_FIRST), length)
        except NotUnderstood:
            if self._left >= _MOST - _FIRST:
                raise  # that was all there is
        return walk(self._bytes(_MOST), length)

    def named(self) -> tuple[str, str]:
        """Return what `named` does."""
        return named(self._bytes(_FIRST))


def named(head: bytes | bytearray) -> tuple[str, str]:
    """Return the class and the UID that the file's meta information gives, empty where it gives
    none."""
    found = {0x0002: "", 0x0003: ""}
    try:
        for element, value, _end in _meta_elements(head):
            if element in found:
                found[element] = value.rstrip(b"\0 ").decode("ascii")
    except (struct.error, NotUnderstood, UnicodeDecodeError):
        return "", ""
    return found[0x0002], found[0x0003]


def walk(head: bytes | bytearray, length: int) -> dict[str, Any]:
    """Return the index's values of an object whose first bytes are `head` and whose size `length`.

    Raises:
        NotUnderstood: another syntax, another character set, damage, or more header than `head`.
    """
    try:
        return _walk(head, length)
    except (struct.error, IndexError, ValueError, KeyError, OverflowError) as error:
        raise NotUnderstood from error


# How pixels are shown: numbers of two bytes, and texts of numbers.
_SHOWN = {
    0x00280002: ("00280002", "n"), 0x00280004: ("00280004", "t"), 0x00280030: ("00280030", "d"),
    0x00181164: ("00181164", "d"), 0x00280100: ("00280100", "n"), 0x00280101: ("00280101", "n"),
    0x00280103: ("00280103", "n"), 0x00281050: ("00281050", "d"), 0x00281051: ("00281051", "d"),
    0x00281052: ("00281052", "d"), 0x00281053: ("00281053", "d"),
}  # fmt: skip


def display(head: bytes, length: int) -> dict[str, Any]:
    """Return what says how pixels are shown, as the DICOM JSON of an object has it, by tag.

    Raises:
        NotUnderstood: as `walk`.
    """
    try:
        syntax, at = _meta(head)
        if syntax == DEFLATED:
            raise NotUnderstood
        found, _pixels = _top(head, at, length, _SHOWN, explicit=syntax != IMPLICIT)
        shown: dict[str, Any] = {}
        for tag, kind in _SHOWN.values():
            value = found.get(tag)
            if isinstance(value, bytes):
                texts = value.decode("ascii").rstrip("\0 ").split("\\")
                values = [float(each) for each in texts if each] if kind == "d" else texts
                shown[tag] = {"Value": values}
            elif value is not None:
                shown[tag] = {"Value": [value]}
    except (struct.error, IndexError, ValueError) as error:
        raise NotUnderstood from error
    return shown


def _walk(head: bytes | bytearray, length: int) -> dict[str, Any]:
    if head[128:132] != b"DICM":
        raise NotUnderstood
    syntax, at = _meta(head)
    if syntax in {BIG_ENDIAN, DEFLATED} or not syntax.startswith("1.2.840.10008.1.2"):
        raise NotUnderstood
    found, pixels = _top(head, at, length, _WANTED, explicit=syntax != IMPLICIT)
    values = _Values(found)
    answer = summary(values, syntax) | {
        "frames": 0, "pixel_offset": None, "frame_length": 0, "header_length": pixels or length,
    }  # fmt: skip
    if not identified(answer):
        raise NotUnderstood
    if answer["rows"] and answer["columns"] and pixels is not None:
        _place_pixels(answer, values, pixels, length, NATIVE.get(syntax))
    return answer


def _place_pixels(
    answer: dict[str, Any], values: "_Values", pixels: int, length: int, native: int | None
) -> None:
    """Say where the uncompressed pixels lie; `pixels` is where their element begins."""
    if length <= pixels + 8:
        return
    answer["frames"] = frames_in(values)
    if not native:
        return
    samples, bits = values.get("SamplesPerPixel") or 1, values.get("BitsAllocated") or 16
    frame = answer["rows"] * answer["columns"] * samples * bits // 8
    offset = pixels + native
    if bits % 8 == 0 and offset + frame * answer["frames"] <= length:
        answer["pixel_offset"], answer["frame_length"] = offset, frame


def _meta(head: bytes | bytearray) -> tuple[str, int]:
    """Return the transfer syntax and where the data set begins."""
    syntax, end = "", 132
    for element, value, after in _meta_elements(head):
        end = after
        if element == 0x0010:
            syntax = value.rstrip(b"\0 ").decode("ascii")
    return syntax, end


def _meta_elements(head: bytes | bytearray) -> Iterator[tuple[int, bytes, int]]:
    """Yield element, value and where it ends, for each of group 2 (PS3.10, section 7.1)."""
    at = 132
    unpack = struct.Struct("<HH2sH").unpack_from
    while True:
        group, element, vr, size = unpack(head, at)
        if group != 2:
            return
        at += 8
        if vr in _LONG:
            [size] = struct.unpack_from("<I", head, at)
            at += 4
        elif vr not in _SHORT:
            raise NotUnderstood
        yield element, bytes(head[at : at + size]), at + size
        at += size


_HEAD = struct.Struct("<HH2sH").unpack_from
_IMPLICIT_HEAD = struct.Struct("<HHI").unpack_from
_LONG_SIZE = struct.Struct("<I").unpack_from


def _explicit_element(head: bytes | bytearray, at: int) -> tuple[int, int, int, bytes]:
    """Return tag, size, where the value begins, and the VR (PS3.5, section 7.1.2)."""
    group, element, vr, size = _HEAD(head, at)
    if vr in _LONG:
        return group << 16 | element, _LONG_SIZE(head, at + 8)[0], at + 12, vr
    if vr not in _SHORT:
        raise NotUnderstood
    return group << 16 | element, size, at + 8, vr


def _implicit_element(head: bytes | bytearray, at: int) -> tuple[int, int, int, bytes]:
    """Return the same of an element without a VR, which may be a sequence (section 7.1.3)."""
    group, element, size = _IMPLICIT_HEAD(head, at)
    return group << 16 | element, size, at + 8, b"UN"


def _top(
    head: bytes | bytearray,
    at: int,
    length: int,
    wanted: dict[int, tuple[str, str]],
    *,
    explicit: bool,
) -> tuple[dict[str, bytes | int], int | None]:
    """Return the wanted values of the top level, raw, and where the pixel element begins."""
    found: dict[str, bytes | int] = {}
    read = _explicit_element if explicit else _implicit_element
    before = count = 0
    while at < length:
        start = at
        tag, size, at, vr = read(head, at)
        count += 1
        if tag <= before or count > _MOST_ELEMENTS:
            raise NotUnderstood  # out of order: pydicom decides which of two counts
        before = tag
        if tag >= _PIXELS:
            return found, start if tag == _PIXELS else None
        if size == _UNDEFINED:
            if vr not in {b"SQ", b"UN"}:
                raise NotUnderstood
            at = _over_items(head, at, explicit=vr == b"SQ")
            continue
        if tag in wanted:
            name, kind = wanted[tag]
            found[name] = _value(bytes(head[at : at + size]), size, kind)
        at += size
    if at > length:
        raise NotUnderstood
    return found, None


def _value(raw: bytes, size: int, kind: str) -> bytes | int:
    if len(raw) != size or (kind == "n" and size != 2):
        raise NotUnderstood
    return raw[0] | raw[1] << 8 if kind == "n" else raw


def _over_items(head: bytes | bytearray, at: int, *, explicit: bool) -> int:
    """Return where a sequence of undefined length ends (PS3.5, section 7.5), without recursion.

    The open items and sequences of undefined length are on a stack of their kinds.
    """
    open_ones, count = [_SEQUENCE_END], 0
    while open_ones:
        count += 1
        if count > _MOST_ELEMENTS or len(open_ones) > _DEEPEST:
            raise NotUnderstood
        group, element, size = struct.unpack_from("<HHI", head, at)
        tag = group << 16 | element
        if open_ones[-1] == _SEQUENCE_END:
            at += 8
            if tag == _SEQUENCE_END:
                open_ones.pop()
            elif tag != _ITEM:
                raise NotUnderstood
            elif size == _UNDEFINED:
                open_ones.append(_ITEM_END)
            else:
                at += size
            continue
        if tag == _ITEM_END:
            open_ones.pop()
            at += 8
            continue
        at, size, nested = _inner(head, at, size, explicit=explicit)
        if size == _UNDEFINED:
            if not nested:
                raise NotUnderstood
            open_ones.append(_SEQUENCE_END)
        else:
            at += size
    return at


def _inner(head: bytes | bytearray, at: int, size: int, *, explicit: bool) -> tuple[int, int, bool]:
    """Return where the value of an element begins, its size, and whether it may be a sequence."""
    if not explicit:
        return at + 8, size, True
    vr, size = struct.unpack_from("<2sH", head, at + 4)
    if vr in _LONG:
        [size] = struct.unpack_from("<I", head, at + 8)
        return at + 12, size, vr == b"SQ"
    if vr not in _SHORT:
        raise NotUnderstood
    return at + 8, size, False


class _Values:
    """The wanted values, decoded as they are asked for, by keyword like a data set's."""

    def __init__(self, found: dict[str, bytes | int]) -> None:
        self.found = found
        named = self._bytes("SpecificCharacterSet").decode("ascii").strip(" \0")
        self.encoding = _ENCODINGS.get(named, "")
        if not self.encoding:
            raise NotUnderstood

    def _bytes(self, name: str) -> bytes:
        value = self.found.get(name, b"")
        return value if isinstance(value, bytes) else b""

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value as pydicom would: a text, a number, a list of texts, or `default`."""
        value = self.found.get(name)
        if value is None:
            return default
        if isinstance(value, int):
            return value
        text = value.decode(self.encoding).rstrip("\0 ")
        if name in _LISTS:
            return [each.strip() for each in text.split("\\")] if text else default
        if name == "PatientName":
            text = text.rstrip("=")
        if "\\" in text:
            raise NotUnderstood
        if name in _NUMBERS:
            number = float(text) if text.strip() else math.nan
            return number if math.isfinite(number) else default
        return text


_LISTS = frozenset({"ImageType", "ImagePositionPatient", "ImageOrientationPatient"})
_NUMBERS = frozenset({"SliceThickness", "SeriesNumber", "InstanceNumber", "NumberOfFrames"})
