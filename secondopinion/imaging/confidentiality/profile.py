"""What the profile does with each attribute (PS3.15, table E.1-1), from the table of
`dicom-anonymizer`, and what we add to it."""

from functools import cache

from dicomanonymizer.dicomfields_selector import dicom_anonymization_database_selector
from pydicom.datadict import dictionary_has_tag
from pydicom.uid import UID

EDITION = "2026c"
# The actions of the table. Where it leaves a choice by what the kind of object requires, the value
# that is always allowed is taken: a dummy, else an empty one.
REMOVE, EMPTY, DUMMY, UID_NEW, KEEP, SHIFT, CLEAN = "X", "Z", "D", "U", "K", "shifted", "cleaned"
_RESOLVED = {
    "D_TAGS": DUMMY, "Z_TAGS": EMPTY, "X_TAGS": REMOVE, "U_TAGS": UID_NEW, "Z_D_TAGS": DUMMY,
    "X_Z_TAGS": EMPTY, "X_D_TAGS": DUMMY, "X_Z_D_TAGS": DUMMY, "X_Z_U_STAR_TAGS": UID_NEW,
}  # fmt: skip
_CURVES, _OVERLAYS = 0x5000, 0x6000
_STRUCTURE = frozenset({0x00080005})  # the character set: without it no text can be read
# Retain Patient Characteristics (E.3.7): what the table keeps as it is.
CHARACTERISTICS = frozenset({
    0x00100040, 0x00101010, 0x00101020, 0x00101030, 0x00102160, 0x001021A0, 0x001021C0, 0x00102203,
})  # fmt: skip
# Dates that are never shifted: they tell who somebody is, not when an image was made (E.3.6).
_NEVER_SHIFTED = frozenset({0x00100030, 0x00100032, 0x00160077})
_TIMES = frozenset({"DA", "DT", "TM"})
_BY_KIND = {
    "PN": EMPTY, "DA": EMPTY, "DT": EMPTY, "TM": EMPTY, "UI": UID_NEW, "UR": REMOVE, "AE": REMOVE,
}  # fmt: skip
# Safe private attributes (E.3.10) without which Philips's pixels have no true values: creator and
# the last byte of the element.
SCALING = frozenset({
    ("Philips MR Imaging DD 001", 0x2005, 0x0D), ("Philips MR Imaging DD 001", 0x2005, 0x0E),
    ("Philips PET Private Group", 0x7053, 0x00), ("Philips PET Private Group", 0x7053, 0x09),
})  # fmt: skip


@cache
def table() -> dict[int, str]:
    """Return the action for each single attribute of the profile's table."""
    rows = dicom_anonymization_database_selector(f"dicomfields_{EDITION}")
    return {
        (tag[0] << 16) | tag[1]: action
        for name, action in _RESOLVED.items()
        for tag in rows[name]
        if len(tag) == 2
    }


def action_for(tag: int, vr: str, *, shift: bool, characteristics: bool) -> str:
    """Return what becomes of an attribute that is not private.

    Beyond the table: attributes that the dictionary does not know and whole groups of overlays and
    curves go, names of persons are emptied, dates and times are treated like those of the table,
    and numbers of objects are replaced wherever they stand.
    """
    group = tag >> 16
    if group <= 0x0002 or group & 0xFF00 in {_CURVES, _OVERLAYS} or not dictionary_has_tag(tag):
        return REMOVE
    if tag in _STRUCTURE or (characteristics and tag in CHARACTERISTICS):
        return KEEP
    if shift and vr in _TIMES and tag not in _NEVER_SHIFTED:
        return SHIFT
    return table().get(tag) or _BY_KIND.get(vr, KEEP)


def is_public_uid(value: str) -> bool:
    """Say whether a number names something of the standard, and so nobody's object."""
    return value.startswith("1.2.840.10008.") or UID(value).name != value
