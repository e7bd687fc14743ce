"""The DICOM JSON that was made once at arrival (PS3.18, annex F)."""

import json
import zlib
from typing import Any, cast

from secondopinion.imaging.models import Instance


def json_of(instance: Instance) -> dict[str, Any]:
    """Return the headers of an instance by tag (eight hex digits)."""
    return cast("dict[str, Any]", json.loads(zlib.decompress(bytes(instance.metadata))))


def first(headers: dict[str, Any], tag: str) -> Any:
    """Return the first value of a tag, or None."""
    values = headers.get(tag, {}).get("Value") or [None]
    return values[0]


def value_of(instance: Instance, tag: str) -> Any:
    """Return the first value of a tag of an instance, or None."""
    return first(json_of(instance), tag)
