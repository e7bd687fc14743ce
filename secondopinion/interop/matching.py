"""Matching of QIDO-RS (PS3.18, section 8.3.4; PS3.4, C.2.2.2) on objects in DICOM JSON."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from pydicom.datadict import dictionary_VR, keyword_dict

_MOST = 5000  # results of one answer
_OTHER_KEYS = {"limit", "offset", "fuzzymatching", "includefield", "accept", "_"}
_RANGES = {"DA", "TM", "DT"}
_EXACT = {"UI"}


class BadQuery(Exception):
    """The query cannot be understood."""


@dataclass(slots=True)
class Query:
    """What is asked for: filters by path of tags, and the page."""

    filters: dict[tuple[str, ...], str] = field(default_factory=dict)
    include: set[tuple[str, ...]] = field(default_factory=set)
    everything: bool = False
    fuzzy: bool = False
    limit: int = _MOST
    offset: int = 0
    unknown: list[str] = field(default_factory=list)

    def take(self, tag: str) -> str:
        """Return a filter of the top level and forget it; empty when there is none."""
        return self.filters.pop((tag,), "")


def tag_of(name: str) -> str:
    """Return the eight hex digits of a tag or keyword, or nothing when it is unknown."""
    if re.fullmatch("[0-9A-Fa-f]{8}", name):
        return name.upper()
    number = keyword_dict.get(name)
    return "" if number is None else f"{number:08X}"


def _path(name: str) -> tuple[str, ...]:
    tags = tuple(tag_of(each) for each in name.split("."))
    return tags if all(tags) else ()


def parse(given: QueryDict) -> Query:
    """Read the parameters of a query.

    Raises:
        BadQuery: a limit or an offset that is no number.
    """
    query = Query(fuzzy=given.get("fuzzymatching", "").lower() == "true")
    for name, values in given.lists():
        if name in _OTHER_KEYS:
            continue
        path = _path(name)
        if not path:
            query.unknown.append(name)
        elif joined := "\\".join(filter(None, values)):
            query.filters[path] = joined
    for each in filter(None, ",".join(given.getlist("includefield")).split(",")):
        if each.lower() == "all":
            query.everything = True
        elif path := _path(each):
            query.include.add(path)
        else:
            query.unknown.append(each)
    _page(query, given)
    return query


def _page(query: Query, given: QueryDict) -> None:
    for name in ("limit", "offset"):
        text = given.get(name, "")
        if text and not (text.isdecimal() and len(text) < 10):
            raise BadQuery
        if text:
            setattr(query, name, int(text))
    query.limit = min(query.limit, _MOST)


def fits(row: dict[str, Any], query: Query) -> bool:
    """Say whether an object fits every filter."""
    return all(
        any(_fits(element, wanted, fuzzy=query.fuzzy) for element in _elements(row, path))
        for path, wanted in query.filters.items()
        if wanted != "*"
    )


def _elements(row: dict[str, Any], path: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    element = row.get(path[0])
    if element is None:
        return
    if len(path) == 1:
        yield element
        return
    for item in element.get("Value", []):
        yield from _elements(item, path[1:])


def _fits(element: dict[str, Any], wanted: str, *, fuzzy: bool) -> bool:
    vr, values = element.get("vr", ""), element.get("Value") or []
    if vr in _RANGES:
        return any(_in_range(str(each), wanted) for each in values)
    if vr in _EXACT:
        return bool(set(re.split(r"[,\\]", wanted)) & {str(each) for each in values})
    if vr == "PN":
        return any(_is_name(each, wanted, fuzzy=fuzzy) for each in values)
    choices = [_pattern(each) for each in re.split(r"[,\\]" if vr == "CS" else r"\\", wanted)]
    return any(choice.fullmatch(_plain(each)) for choice in choices for each in values)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).strip()


@lru_cache(256)
def _pattern(wanted: str) -> re.Pattern[str]:
    text = re.escape(wanted.strip()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(text, re.DOTALL)


def _in_range(value: str, wanted: str) -> bool:
    low, dash, high = wanted.partition("-")
    if not dash:
        return value.startswith(wanted)
    value = value.strip()
    return bool(value) and (not low or value >= low) and (not high or value[: len(high)] <= high)


def _folded(text: str) -> str:
    """Return a name without case, accents and marks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each)).strip(" ^")


def _is_name(value: Any, wanted: str, *, fuzzy: bool) -> bool:
    groups = value.values() if isinstance(value, dict) else [value]
    names = [_folded(str(each)) for each in groups if each]
    asked = _folded(wanted)
    pattern = _pattern(asked)
    if any(pattern.fullmatch(each) for each in names):
        return True
    if not fuzzy:
        return False
    words = [each for each in re.split(r"[\s^*?]+", asked) if each]
    return any(
        all(any(part.startswith(word) for part in re.split(r"[\s^]+", name)) for word in words)
        for name in names
    )


def vr_of(tag: str) -> str:
    """Return the VR of a public tag, UN for others."""
    try:
        return dictionary_VR(int(tag, 16)).split(" ")[0]
    except KeyError:
        return "UN"
