"""Milliseconds of a search in one case with 5,000 pages.

    python benchmarks/records_search.py            # 5,000 pages, writes its results
    python benchmarks/records_search.py --quick    # 500 pages, prints only

The pages are lines of the letters under ``tests/translation`` drawn by lot, in six languages, 2,500
letters to a page. Three searches: a word of one page, words of some, a word of most. SQLite without
DATABASE_URL, else the database that it names, which must be empty. Beside it stands what a search
took before the words of pages were kept as they are compared: every text folded anew.
"""

import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="second-opinion-search-")
os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from secondopinion.accounts.models import Child, Person
from secondopinion.cases.models import Case
from secondopinion.core import clock, vault
from secondopinion.records import indexing, searching
from secondopinion.records.models import Page, Record, RecordState

TIMES, OF_RECORD, LETTERS = 7, 100, 2_500
SEARCHES = {"one page": "zebrafish", "some": "gentamicina ml", "most": "mg"}


def fill(count: int) -> Case:
    """Make a case with so many pages."""
    draw = random.Random(5)
    texts = (ROOT / "tests" / "translation" / "texts").glob("*/*.txt")
    lines = [line for path in sorted(texts) for line in path.read_text().splitlines()]
    person = Person.objects.create(email="maria@familia.example", full_name="Maria")
    case = Case.objects.create(
        child=Child.objects.create(full_name="Ana"), vault=vault.new_space(), country="MX"
    )
    for first in range(0, count, OF_RECORD):
        record = Record.objects.create(
            case=case, title=f"{first}.pdf", blob=vault.put(case.vault, str(first).encode()),
            media_type="application/pdf", source="family", sent_by=person, state=RecordState.READ,
        )  # fmt: skip
        pages = []
        for number in range(1, min(OF_RECORD, count - first) + 1):
            text = "zebrafish\n" if first + number == count // 2 else ""
            while len(text) < LETTERS:
                text += draw.choice(lines) + "\n"
            pages.append(Page(record=record, number=number, of_file=number, text=text))
        Page.objects.bulk_create(pages)
        indexing.keep(pages)
    return case


def took(do: Callable[[], int]) -> tuple[float, int]:
    """Return the median milliseconds of a search, and how many pages it found."""
    times, pages = [], 0
    for _time in range(TIMES):
        began = time.perf_counter()
        pages = do()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times), pages


def found(case: Case, what: searching.Sought) -> int:
    """Find pages as it is done now."""
    return searching.search(case, what, translations=True).pages


def unkept(case: Case, what: searching.Sought) -> int:
    """Find pages as it was done before."""
    rows = Page.objects.filter(record__case=case, aside="")
    return sum(what.all_in(page.text) for page in rows)


def main() -> None:
    """Measure, print, and write the results."""
    quick = "--quick" in sys.argv
    call_command("migrate", verbosity=0)
    count = 500 if quick else 5_000
    case = fill(count)
    rows = ["| Word of | pages found | ms | ms before |", "| --- | ---: | ---: | ---: |"]
    worst = 0.0
    for name, typed in SEARCHES.items():
        what = searching.sought(typed)
        now, pages = took(partial(found, case, what))
        before, same = took(partial(unkept, case, what))
        assert pages == same
        rows.append(f"| {name} | {pages:,} | {now:.0f} | {before:.0f} |")
        worst = max(worst, now)
    last = f"{connection.vendor}, {count:,} pages: a search takes at most {worst:.0f} ms"
    sys.stdout.write("\n".join([*rows, "", last]) + "\n")
    if quick:
        return
    path = ROOT / "benchmarks" / "results" / "records_search.md"
    title = "# Search in the records of a case\n"
    part = (
        f"\n## {connection.vendor}\n\n{platform.platform()}, {os.cpu_count()} cores (shared), "
        f"Python {platform.python_version()}, Django {django.__version__}; {clock.today()}. Made "
        f"by `python benchmarks/records_search.py`.\n\n{last}.\n\n" + "\n".join(rows) + "\n"
    )
    kept = path.read_text().removeprefix(title).split("\n## ")[1:] if path.exists() else []
    others = [f"\n## {each}" for each in kept if not each.startswith(connection.vendor)]
    path.write_text(title + "".join(sorted([part, *others], reverse=True)))


if __name__ == "__main__":
    main()
