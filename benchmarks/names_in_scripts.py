"""The table of names in two scripts, for `benchmarks/imaging_findings.py`."""

import random
from collections import Counter
from itertools import product

from secondopinion.findings import names
from secondopinion.findings.names import DIFFERENT, LIKE
from tests.imaging import scripts


def table() -> list[str]:
    """Compare names across scripts: of one child, and of two who share neither a word nor a
    character."""
    pairs = [(script, *pair) for script, rows in scripts.BY_SCRIPT.items() for pair in rows]
    lines = [
        "| Names in two scripts | one child: called another’s | the same | nothing said | "
        "another child: found | nothing said | called the same |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    total: list[Counter[str]] = [Counter(), Counter()]
    chance = random.Random(1)
    for script, rows in scripts.BY_SCRIPT.items():
        one = Counter(names.compare((ours,), (theirs,)) for ours, theirs in rows)
        strangers = [
            (ours, other) for (ours, theirs), (_kind, written, other) in product(rows, pairs)
            if not _words_of(theirs) & _words_of(other) and not set(ours) & set(written) - {" "}
        ]  # fmt: skip
        two = Counter(
            names.compare((ours,), (other,)) for ours, other in chance.sample(strangers, 200)
        )
        lines.append(_row(script, one, two))
        total = [total[0] + one, total[1] + two]
    return [*lines, _row("all", *total)]


def _words_of(name: str) -> set[str]:
    return set(name.lower().replace("^", " ").split())


def _row(script: str, one: Counter[str], two: Counter[str]) -> str:
    alarms, found = one[LIKE] + one[DIFFERENT], two[LIKE] + two[DIFFERENT]
    return (
        f"| {script} | {alarms}/{one.total()} | {one[names.SAME]} | {one[names.UNKNOWN]} | "
        f"{found}/{two.total()} ({found / two.total():.3f}) | {two[names.UNKNOWN]} | "
        f"{two[names.SAME]} |"
    )
