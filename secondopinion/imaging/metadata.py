"""The DICOM JSON of an instance (PS3.18, annex F): made once, after arrival or when asked for."""

import json
import zlib
from collections.abc import Iterable
from typing import Any, cast

from secondopinion.core import vault
from secondopinion.imaging import children, headers
from secondopinion.imaging.models import Instance

_BATCH = 16 * 1024**2  # bytes of headers for one child


def json_of(instance: Instance) -> dict[str, Any]:
    """Return the headers of an instance by tag (eight hex digits)."""
    return cast("dict[str, Any]", json.loads(text_of(instance)))


def text_of(instance: Instance) -> bytes:
    """Return the DICOM JSON of an instance as UTF-8."""
    if not instance.metadata:
        describe([instance])
    return zlib.decompress(bytes(instance.metadata))


def describe(instances: Iterable[Instance]) -> None:
    """Make the DICOM JSON of those that have none yet, in the sandbox, and keep it."""
    batch: list[tuple[Instance, bytes]] = []
    size = 0
    for each in instances:
        if each.metadata:
            continue
        length = each.header_length or each.blob.length
        batch.append((each, vault.read_range(each.blob, 0, length)))
        size += length
        if size >= _BATCH:
            _describe(batch)
            batch, size = [], 0
    if batch:
        _describe(batch)


def _describe(batch: list[tuple[Instance, bytes]]) -> None:
    for (each, _head), made in zip(batch, _made([head for _each, head in batch]), strict=True):
        each.metadata = made or _least(each)
    Instance.objects.bulk_update([each for each, _head in batch], ["metadata"], 100)


def _made(heads: list[bytes]) -> list[bytes]:
    """Return the JSON of headers, empty where none can be made."""
    made = children.each(headers.describe_all, heads)
    return [each if isinstance(each, bytes) else b"" for each in made]


def _least(instance: Instance) -> bytes:
    """Return what the index knows, where the whole header cannot be told."""
    study = instance.series.study
    rows = {
        "00080016": instance.sop_class, "00080018": instance.uid, "0020000D": study.uid,
        "0020000E": instance.series.uid,
    }  # fmt: skip
    text = json.dumps({tag: {"vr": "UI", "Value": [value]} for tag, value in rows.items()})
    return zlib.compress(text.encode())


def first(headers: dict[str, Any], tag: str) -> Any:
    """Return the first value of a tag, or None."""
    values = headers.get(tag, {}).get("Value") or [None]
    return values[0]


def value_of(instance: Instance, tag: str) -> Any:
    """Return the first value of a tag of an instance, or None."""
    return first(json_of(instance), tag)
