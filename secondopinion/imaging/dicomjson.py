"""Makes DICOM JSON (PS3.18, annex F) of data sets as real scanners write them. Runs inside the
sandbox.

pydicom's own way drops every tag whose value breaks a rule, and numbers of more than 16 characters
break one: exactly those that say where an image lies. Here only what cannot be read is dropped.
"""

import json
import math
from typing import Any

DEEPEST = 24  # sequences inside sequences; what lies deeper is left out
BULK = 1 << 16  # bytes (base64) from which a value is left out
_WORTH_KNOWING = 4096  # bytes of a value


class Teller:
    """Tells many data sets as DICOM JSON. The images of a series differ in few elements: the text
    of what is the same, byte for byte and read the same way, is made once.

    Where bulk data lie is said as ``bulkdata/TAG`` or, within a sequence, ``bulkdata/TAG/1/TAG``,
    relative to the instance.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], str] = {}

    def text(self, dataset: Any) -> str:
        """Return a data set as JSON text."""
        reading = (*dataset.original_encoding, str(dataset.original_character_set))
        members = []
        for tag in dataset.keys():  # noqa: SIM118 - a data set yields its elements
            told = self._told(dataset, tag, reading)
            if told:
                members.append(f'"{tag:08X}":{told}')
        return "{" + ",".join(members) + "}"

    def _told(self, dataset: Any, tag: Any, reading: tuple[Any, ...]) -> str:
        raw, key = dataset.get_item(tag), None
        if raw.is_raw and _stands_alone(tag, raw.VR) and len(raw.value or b"") <= _WORTH_KNOWING:
            key = (tag, raw.VR, raw.value, reading)
            if key in self._known:
                return self._known[key]
        row = _row(dataset, tag, 0)
        if row is None:
            return ""
        rows = {f"{tag:08X}": row}
        _address(rows, "bulkdata/")
        text = json.dumps(row, separators=(",", ":"))
        if key is not None:
            self._known[key] = text
        return text


def _stands_alone(tag: Any, vr: str | None) -> bool:
    """Say whether an element is read without looking at others of its data set: at who made it
    private, or at whether pixels are signed."""
    from pydicom.datadict import dictionary_has_tag, dictionary_VR

    if tag.is_private or vr in {"UN", "OB", "OW"}:
        return False
    return vr is not None or (dictionary_has_tag(tag) and " or " not in dictionary_VR(tag))


def _address(rows: dict[str, Any], prefix: str) -> None:
    for tag, element in rows.items():
        if "BulkDataURI" in element:
            element["BulkDataURI"] = f"{prefix}{tag}"
        elif element["vr"] == "SQ":
            for number, item in enumerate(element.get("Value", []), 1):
                _address(item, f"{prefix}{tag}/{number}/")


def _rows_of(dataset: Any, depth: int) -> dict[str, Any]:
    """Return an item by tag (eight hex digits); long values as an empty
    ``BulkDataURI``."""
    rows = {key: _row(dataset, key, depth) for key in dataset.keys()}  # noqa: SIM118
    return {f"{key:08X}": row for key, row in rows.items() if row is not None}


def _row(dataset: Any, key: Any, depth: int) -> dict[str, Any] | None:
    try:
        element = dataset[key]
        if element.VR != "SQ":
            return _finite(element.to_json_dict(lambda _element: "", BULK))
        if depth >= DEEPEST:
            return None
        return {"vr": "SQ", "Value": [_rows_of(item, depth + 1) for item in element.value]}
    except Exception:  # noqa: BLE001 - one odd value is not to cost the others
        return None


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Return an element without numbers that JSON does not have."""
    values = row.get("Value")
    if isinstance(values, list) and any(
        isinstance(each, float) and not math.isfinite(each) for each in values
    ):
        return {"vr": row["vr"]}
    return row
