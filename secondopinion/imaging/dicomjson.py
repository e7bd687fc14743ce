"""Makes DICOM JSON (PS3.18, annex F) of data sets as real scanners write them. Runs inside the
sandbox.

pydicom's own way drops every tag whose value breaks a rule, and numbers of more than 16 characters
break one: exactly those that say where an image lies. Here only what cannot be read is dropped.
"""

import math
from typing import Any

DEEPEST = 24  # sequences inside sequences; what lies deeper is left out


def rows_of(dataset: Any, bulk: int, depth: int = 0) -> dict[str, Any]:
    """Return a data set by tag (eight hex digits); values of `bulk` bytes of base64 and more as an
    empty ``BulkDataURI``."""
    found: dict[str, Any] = {}
    for key in dataset.keys():  # noqa: SIM118 - a data set yields its elements, read one by one
        try:
            element = dataset[key]
            if element.VR == "SQ":
                if depth >= DEEPEST:
                    continue
                inner = [rows_of(item, bulk, depth + 1) for item in element.value]
                row = {"vr": "SQ", "Value": inner}
            else:
                row = element.to_json_dict(lambda _element: "", bulk)
        except Exception:  # noqa: BLE001, S112 - one odd value is not to cost the others
            continue
        found[f"{key:08X}"] = _finite(row)
    return found


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Return an element without numbers that JSON does not have."""
    values = row.get("Value")
    if isinstance(values, list) and any(
        isinstance(each, float) and not math.isfinite(each) for each in values
    ):
        return {"vr": row["vr"]}
    return row
