"""The whole queue: the optimum, places, hard rules, and its page."""

from itertools import permutations
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.cases import actions as cases_actions
from secondopinion.experts import actions as experts
from secondopinion.experts.models import Offer
from secondopinion.experts.queue import plan
from secondopinion.experts.solving import FORBIDDEN, Block, best
from secondopinion.program.models import Program
from tests.experts.ready import coordinator, ready
from tests.experts.test_matching import profile
from tests.web.conftest import person, sign_in


def whole(worth: np.ndarray) -> list[Block]:
    """Return one block of everything."""
    rows, columns = worth.shape
    return [Block(np.arange(rows, dtype=np.int32), np.arange(columns, dtype=np.int32), worth)]


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_no_other_assignment_is_worth_more(data: st.DataObject) -> None:
    """Against every assignment there is, for small tables."""
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    cells = st.one_of(st.integers(1, 200), st.just(int(FORBIDDEN)))
    worth = np.array(
        [[data.draw(cells) for _column in range(columns)] for _row in range(rows)],
        dtype=np.float32,
    )
    free = np.array([data.draw(st.integers(0, 2)) for _column in range(columns)], dtype=np.int32)
    given_to = best(whole(worth), rows, free, [np.zeros(each) for each in free])
    used = np.bincount(given_to[given_to >= 0], minlength=columns)
    assert (used <= free).all()
    reached = sum(worth[row, column] for row, column in enumerate(given_to) if column >= 0)
    slots = [column for column in range(columns) for _place in range(free[column])]
    slots += [-1] * rows
    most = max(
        sum(max(0.0, worth[row, column]) if column >= 0 else 0.0
            for row, column in zip(range(rows), order, strict=False))
        for order in permutations(slots, rows)
    )  # fmt: skip
    assert reached == pytest.approx(most, abs=1.0)


@pytest.mark.django_db
def test_cases_are_shared_out_by_places_and_rules(hospital: Program) -> None:
    cases = [ready(f"family{number}@familia.example") for number in range(4)]
    profile("one@harbour.example", capacity=2)
    tied = profile("tied@harbour.example", capacity=5)
    experts.add_tie(by=None, expert=tied, kind="treated", name="Camila Fernández")
    barred = profile("barred@harbour.example", capacity=5, not_in=["MX"])
    found = plan()
    assert [each.known.expert.person.email for each in found.proposals] == [
        "one@harbour.example"
    ] * 2
    assert len(found.waiting) == 2
    experts.describe(by=None, person=barred.person, not_in=[])
    found = plan()
    assert len(found.proposals) == len(cases)
    loads = [each.known.expert.person.email for each in found.proposals]
    assert loads.count("one@harbour.example") <= 2
    assert "tied@harbour.example" not in loads


@pytest.mark.django_db
def test_the_coordinator_accepts_a_part_of_the_plan(hospital: Program) -> None:
    cases = [ready(f"family{number}@familia.example") for number in range(3)]
    someone = profile("mei@harbour.example", capacity=5)
    cases_actions.set_pace(by=coordinator(), case=cases[0], urgency="soon", reason="She is worse.")
    browser = sign_in(coordinator())
    page = browser.get("/desk/assign/").content.decode()
    assert all(f"{case.pk}:{someone.pk}" in page for case in cases)
    pairs = [f"{case.pk}:{someone.pk}" for case in cases[:2]]
    assert browser.post("/desk/assign/", {"pair": pairs}).status_code == 302
    made = Offer.objects.filter(state="open", onward=True).order_by("case__urgency")
    assert [each.urgency for each in made] == ["soon", "usual"], "each as its case is"
    tom = person("tom@harbour.example", "coordinator", name="Tom Lind")
    late = [ready(f"late{number}@familia.example") for number in range(2)]
    cases_actions.hand_over(by=coordinator(), case=late[0], to=tom, note="I am away.")
    pairs = [f"{case.pk}:{someone.pk}" for case in late]
    shown = browser.post("/desk/assign/", {"pair": pairs}, follow=True)
    assert (shown.status_code, late[1].offers.count()) == (200, 1)
    assert "Tom Lind" in shown.content.decode(), "who has the other one now is said"
    for nothing in (f"{uuid4()}:{someone.pk}", "nonsense"):
        pairs = [f"{cases[2].pk}:{someone.pk}", nothing]
        assert browser.post("/desk/assign/", {"pair": pairs}).status_code == 404
    assert not cases[2].offers.exists(), "nothing is offered before all is known"
    stranger = sign_in(tom)
    answer = stranger.post("/desk/assign/", {"pair": f"{cases[2].pk}:{someone.pk}"})
    assert answer.status_code == 404, "a colleague's case is not theirs to offer"
    assert browser.post("/desk/assign/", {"pair": "nonsense"}).status_code == 404
