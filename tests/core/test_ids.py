"""Identifiers are of version 7, and sort as they were made."""

from datetime import UTC, datetime, timedelta

from secondopinion.core import clock
from secondopinion.core.ids import earlier_id, new_id


def test_identifiers_sort_as_they_were_made() -> None:
    made = [new_id() for _ in range(2000)]
    assert made == sorted(made), "also within a millisecond"
    assert len(set(made)) == len(made)
    assert {(each.version, each.variant) for each in made} == {(7, made[0].variant)}
    assert "RFC 4122" in made[0].variant


def test_an_identifier_tells_its_millisecond() -> None:
    made = new_id()
    told = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
    assert abs(clock.now() - told) < timedelta(seconds=5)
    assert earlier_id(made, timedelta(seconds=1)) < made
