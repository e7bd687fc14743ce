"""The number of a case: drawn again when another case has it, and given up on at some time."""

from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError

from secondopinion.accounts.models import Person
from secondopinion.cases import actions
from secondopinion.cases.actions import starting
from secondopinion.cases.models import Case, Request


def drawing(*numbers: str) -> Callable[[], str]:
    """Return what draws these numbers, one after the other."""
    left: Iterator[str] = iter(numbers)
    return lambda: next(left)


def test_a_number_that_is_taken_is_drawn_again(
    maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "case_reference", drawing(*["2026-AAAAA"] * 3, "2026-BBBBB"))
    first = starting.new_case(language="es")
    second = actions.start_draft(by=maria, language="es")
    assert (first.reference, second.reference) == ("2026-AAAAA", "2026-BBBBB")
    assert Request.objects.filter(case=second).exists()


def test_where_every_number_is_taken_nothing_is_left_behind(
    maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "case_reference", lambda: "2026-AAAAA")
    starting.new_case(language="es")
    with pytest.raises(IntegrityError):
        starting.new_case(language="es")
    assert Case.objects.count() == 1
