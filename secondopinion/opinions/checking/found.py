"""What a check doubts in a report, where, and the facts that it is held against."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise

Texts = Mapping[str, str]  # of the report, by field

# How long a weight stands for a child of an age; infants double theirs in months.
_HOLDS = ((1.0, timedelta(days=61)), (3.0, timedelta(days=183)), (19.0, timedelta(days=366)))
_YEAR = 365.25  # days


@dataclass(frozen=True, slots=True)
class Doubt:
    """Words of a report that may be wrong: characters `start` to before `end` of a field."""

    check: str
    field: str
    start: int
    end: int
    quoted: str
    sentence: str | Promise

    @property
    def key(self) -> str:
        """What stays the same while these words stand in this field."""
        words = f"{self.check}\0{self.field}\0{self.quoted}"
        return hashlib.sha256(words.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Source:
    """A text that the report rests on, and its language ("" where nobody said it)."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the child, who else may be named, and what was sent.

    `names` are the child's, in every spelling; `people` of the family, the local provider and who
    works on the case; `others` of children whose cases the same specialist has had.
    """

    names: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    sex: str = ""  # F, M, O or nothing
    born: date | None = None
    weight_kg: float | None = None
    weighed_on: date | None = None
    sources: tuple[Source, ...] = ()

    def weight_on(self, day: date) -> float | None:
        """Return the weight in kg if it still stands on a day, else None."""
        if not self.weight_kg or self.weighed_on is None or self.born is None:
            return None
        age = (self.weighed_on - self.born).days / _YEAR
        holds = next((holds for until, holds in _HOLDS if age < until), _HOLDS[-1][1])
        return self.weight_kg if day - self.weighed_on <= holds else None
