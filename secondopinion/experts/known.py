"""What is known of one expert before a case is offered: fields, places, and earlier offers."""

from dataclasses import dataclass, field
from datetime import date
from statistics import median
from uuid import UUID

from secondopinion.experts.models import ExpertProfile, Tie

# Without an answer of theirs yet, experts are taken to be as slow as a lapsed offer of two days,
# and to accept half: one good answer says more than none.
_UNKNOWN_HOURS, _UNKNOWN_OFFERS = 48.0, 2


@dataclass(slots=True)
class Known:
    """An expert, and what is known of them today."""

    expert: ExpertProfile
    specialties: frozenset[UUID] = frozenset()
    away: list[tuple[date, date]] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    load: int = 0  # cases under review, and offers that wait for an answer
    this_week: int = 0
    answered: int = 0
    accepted: int = 0
    waits: int = 0  # offers that were answered, or lapsed
    waited: float = 0.0  # hours until then, together
    reports: list[tuple[UUID | None, str, float]] = field(default_factory=list)

    @property
    def free(self) -> int:
        """How many places are free, at the same time and in this week."""
        places = max(0, self.expert.capacity - self.load)
        weekly = self.expert.weekly
        return min(places, max(0, weekly - self.this_week)) if weekly else places

    @property
    def answer_hours(self) -> float:
        """Hours that an offer waits for the answer, as far as is known: the mean, drawn inwards."""
        known = self.waited + _UNKNOWN_OFFERS * _UNKNOWN_HOURS
        return known / (self.waits + _UNKNOWN_OFFERS)

    @property
    def accepts(self) -> float:
        """The share of offers that are accepted, as far as is known, drawn inwards."""
        return (self.accepted + 1) / (self.answered + 2)

    @property
    def hours_to_accepted(self) -> float:
        """Hours to expect from an offer to somebody's acceptance: a declined one costs its time."""
        return self.answer_hours / self.accepts

    def similar(self, specialty: UUID | None, condition: str) -> list[float]:
        """Return the days that reports took in cases like this one: its group, else its field."""
        of_group = [days for _field, group, days in self.reports if group and group == condition]
        return of_group or [days for place, _group, days in self.reports if place == specialty]

    def days(self, specialty: UUID | None, condition: str) -> float | None:
        """Return the median of the days that such reports took; None without any."""
        found = self.similar(specialty, condition)
        return median(found) if found else None
