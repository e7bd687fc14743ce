"""Who gets which of many, at best: numbers in, numbers out (HiGHS solves the linear programme).

The columns of a transportation problem with whole places are whole at its optimum, so that no case
is divided. Of twenty million pairs few can matter: the best of each case come first, and the
prices of the places then say which others are missing (column generation, to the optimum).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
Places = NDArray[np.int32]

FORBIDDEN = np.float32(-1e6)
_FIRST, _MORE, _ROUNDS = 6, 3, 6  # columns of a case at first and in a round; rounds
_GUESSES, _STEP, _SHRINKS = 40, 16.0, 0.9  # rounds; points by which prices move, less each time
_GAIN = 0.5  # points that a column has to promise: no case could be better off by more


@dataclass(frozen=True, slots=True)
class Block:
    """Rows and columns that have to do with each other, and the points of each pair."""

    rows: Places
    columns: Places
    worth: Numbers  # `FORBIDDEN`: never


def best(
    blocks: Sequence[Block], rows: int, free: Places, crowding: Sequence[NDArray[np.float64]]
) -> Places:
    """Return for each row the column that it gets, or -1.

    A row stands in one block, a column in any number. `free` is how many rows a column takes,
    `crowding` what its first, second, … costs; costs rise, so that what one column gets is fair
    among its like. What is worth nothing is not given.
    """
    given = np.full(rows, -1, dtype=np.int32)
    places = int(free.sum())
    if not places:
        return given
    solver = _start(rows, free, crowding)
    seen = [np.zeros(each.worth.shape, dtype=bool) for each in blocks]
    prices = _guess(blocks, free, crowding)
    gains = np.zeros(rows, dtype=np.float32)
    pairs: list[tuple[Places, Places]] = []
    for turn in range(_ROUNDS):
        most, least = (_MORE, _GAIN) if turn else (_FIRST, float(-_STEP))
        found = [
            _promising(block, known, gains, prices, most, least)
            for block, known in zip(blocks, seen, strict=True)
        ]
        at, to, cost = (np.concatenate([each[part] for each in found]) for part in range(3))
        if not len(at):
            break
        pairs.append((at, to))
        _add(solver, at, rows + to, cost)
        solver.run()
        duals = np.asarray(solver.getSolution().row_dual, dtype=np.float32)
        gains, prices = -duals[:rows], duals[rows:]
    if pairs:
        chosen = np.asarray(solver.getSolution().col_value)[places:] > 0.5
        at, to = (np.concatenate([pair[part] for pair in pairs]) for part in range(2))
        given[at[chosen]] = to[chosen]
    return given


def _guess(
    blocks: Sequence[Block], free: Places, crowding: Sequence[NDArray[np.float64]]
) -> Numbers:
    """Return about what a place in each column costs: raised while more rows want it than it takes.

    It decides which pairs are looked at first, and nothing else.
    """
    lowest = np.array([each[0] if len(each) else -FORBIDDEN for each in crowding], dtype=np.float32)
    tops = np.sort(np.concatenate([each.worth.max(axis=1, initial=0) for each in blocks]))
    places, step = int(free.sum()), np.float32(_STEP)
    # Whoever is worth less than the last who finds a place has none in the end.
    start = tops[-places] - step if places < len(tops) else np.float32(0)
    prices = np.maximum(lowest, start).astype(np.float32)
    for _turn in range(_GUESSES):
        demand = np.zeros(len(free))
        for each in blocks:
            if not each.worth.size:
                continue
            left = each.worth - prices[each.columns]
            wanted = left.argmax(axis=1)
            wanted = wanted[left[np.arange(len(left)), wanted] > 0]
            demand += np.bincount(each.columns[wanted], minlength=len(free))
        moved = np.clip((demand - free) / np.maximum(free, 1), -1, 1)
        prices = np.maximum(prices + step * moved.astype(np.float32), lowest)
        step *= np.float32(_SHRINKS)
    return prices


def _promising(
    block: Block, seen: NDArray[np.bool_], gains: Numbers, prices: Numbers, most: int, least: float
) -> tuple[Places, Places, NDArray[np.float64]]:
    """Return the best pairs of each row that promise more than `least` points beyond what it has,
    and what they cost. They count as seen then."""
    if not seen.size:
        none = np.zeros(0, dtype=np.int32)
        return none, none, none.astype(np.float64)
    left = block.worth - gains[block.rows, None] - prices[block.columns]
    left[seen] = FORBIDDEN
    most = min(most, left.shape[1])
    to = np.argpartition(left, -most, axis=1)[:, -most:]
    at = np.broadcast_to(np.arange(len(left))[:, None], to.shape)
    good = np.take_along_axis(left, to, axis=1) > least
    at, to = at[good], to[good]
    seen[at, to] = True
    return block.rows[at], block.columns[to], -block.worth[at, to].astype(np.float64)


def _start(rows: int, free: Places, crowding: Sequence[NDArray[np.float64]]) -> highspy.Highs:
    """Return a programme with its rows (each case once; no more than places) and the places."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    count, columns = int(free.sum()), len(free)
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = count, rows + columns
    programme.col_cost_ = np.concatenate([np.asarray(each, dtype=np.float64) for each in crowding])
    programme.col_lower_, programme.col_upper_ = np.zeros(count), np.ones(count)
    none, endless = np.zeros(columns), np.full(columns, highspy.kHighsInf)
    programme.row_lower_ = np.concatenate([np.full(rows, -highspy.kHighsInf), none])
    programme.row_upper_ = np.concatenate([np.ones(rows), endless])
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_ = np.arange(count + 1, dtype=np.int32)
    programme.a_matrix_.index_ = (rows + np.repeat(np.arange(columns), free)).astype(np.int32)
    programme.a_matrix_.value_ = np.ones(count)
    solver.passModel(programme)
    return solver


def _add(solver: highspy.Highs, at: Places, to: Places, cost: NDArray[np.float64]) -> None:
    count = len(at)
    index = np.empty(2 * count, dtype=np.int32)
    index[0::2], index[1::2] = at, to
    value = np.tile(np.array([1.0, -1.0]), count)
    starts = 2 * np.arange(count, dtype=np.int32)
    solver.addCols(count, cost, np.zeros(count), np.ones(count), 2 * count, starts, index, value)
