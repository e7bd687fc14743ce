"""Whether all pages of a document are there, by the numbers that are printed on them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from secondopinion.findings.found import WARNING, Found, gettext_noop
from secondopinion.records.checks.whose import labels
from secondopinion.translation.checks.folding import folded

NAME = "pages@1"
MOST_PAGES = 400
EDGE = 3  # lines at the head and the foot of a page in which a bare "3/7" is a number of pages

MISSING = gettext_noop("Pages of this document are missing.")
SEND = gettext_noop("Look for the pages that are missing, and send them too.")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A page's own number and how many pages its document has, as it says."""

    number: int
    of: int


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    found = []
    for form in labels()["pages"]["forms"]:
        parts = re.split(r"(\{n\}|\{of\}|\s+)", folded(form))
        ways = {"{n}": r"(?P<n>\d{1,3})", "{of}": r"(?P<of>\d{1,3})"}
        body = "".join(
            ways[each] if each in ways else r"[\s\u00a0]*" if each.isspace() else re.escape(each)
            for each in parts
        )
        found.append(re.compile(rf"(?<![^\W\d_]){body}(?!\d)"))
    return tuple(found)


def number_of(text: str) -> Numbered | None:
    """Return the number that is printed on a page, or None."""
    plain = folded(text[:20_000])
    for form in _forms():
        found = form.search(plain)
        if found:
            return _sound(int(found["n"]), int(found["of"]))
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    for line in [*lines[:EDGE], *lines[-EDGE:]] if len(lines) > EDGE else []:
        bare = re.fullmatch(r"[-–\s]*(\d{1,2})\s*/\s*(\d{1,2})[-–\s]*", line)
        if bare:
            return _sound(int(bare[1]), int(bare[2]))
    return None


def _sound(number: int, of: int) -> Numbered | None:
    return Numbered(number, of) if 1 <= number <= of <= MOST_PAGES and of > 1 else None


def check(
    numbered: Iterable[Numbered | None], elsewhere: Iterable[Numbered | None], where: dict[str, Any]
) -> list[Found]:
    """Return which pages of a document are missing. `elsewhere` are the pages of its case's other
    documents: a page that was sent as a file of its own is not missing."""
    here: dict[int, set[int]] = defaultdict(set)
    for each in filter(None, numbered):
        here[each.of].add(each.number)
    found = []
    for of, numbers in here.items():
        others = {each.number for each in elsewhere if each and each.of == of}
        missing = sorted(set(range(1, of + 1)) - numbers - others)
        if missing:
            found.append(
                Found("page-missing", WARNING, MISSING, SEND, where,
                      {"missing": missing[:50], "pages": of}, 0.9 if len(numbers) > 1 else 0.8)
            )  # fmt: skip
    return found
