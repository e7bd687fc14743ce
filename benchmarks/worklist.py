"""The worklist with 200,000 cases: what its page costs the server, beside a plain query.

    python benchmarks/worklist.py            # 200,000 cases; writes benchmarks/results/worklist.md
    python benchmarks/worklist.py --quick    # 5,000 cases, prints only
    python benchmarks/worklist.py --cases=40000         # another number of them
    DATABASE_URL=postgres://… python benchmarks/worklist.py     # the same on PostgreSQL, added

Half of the cases are under way (a program has far fewer: this is the hard case), 20 coordinators
have them. A page is what Django's own test client gets: middleware, session, template and all;
the median and the slowest of 15, and the median of what the process itself computed (SQLite does so
in it, PostgreSQL beside it). The plain query is what the page asked before: the needs reckoned
from the tables for every open case, sorted by a column without an index.
"""

import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.update(
    DATA_DIR=tempfile.mkdtemp(prefix="second-opinion-worklist-"), SITE_URL="http://testserver",
    DJANGO_SETTINGS_MODULE="secondopinion.settings",
)  # fmt: skip

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Exists, F, Min, OuterRef, Q

from secondopinion.accounts.models import Child, Person
from secondopinion.cases.models import Case, CaseWord, ChecklistItem, Need, Participation
from secondopinion.cases.queries import visible_to
from secondopinion.cases.states import DESK_NEXT, STATE_NEEDS
from secondopinion.cases.words import words_in
from secondopinion.conversations.models import Post
from secondopinion.core import clock, hiding, vault
from secondopinion.core.models import VaultSpace
from secondopinion.followup.models import FollowUpQuestion
from secondopinion.program import actions as program
from secondopinion.program.models import Specialty
from tests.web.conftest import person, sign_in

TIMES, COORDINATORS, BATCH, MOST_MS = 15, 20, 5_000, 150
GIVEN = ["Camila", "Amina", "Omar", "Olena", "Mei", "João", "Zeynep", "Ravi", "Layla", "Ana"]
FAMILY = ["Fernández", "Okafor", "Haddad", "Коваль", "Tanaka", "Silva", "Yılmaz", "Sharma"]
HEAD = "# The worklist with many cases\n\nMade by `benchmarks/worklist.py`.\n\n"
RESULTS = ROOT / "benchmarks" / "results" / "worklist.md"


def fill(count: int) -> list[Person]:
    """Write so many cases into the tables, half of them under way."""
    chance, now = random.Random(7), clock.now()
    team = [person(f"desk{n}@harbour.example", "coordinator") for n in range(COORDINATORS)]
    fields, states = list(Specialty.objects.all()), list(DESK_NEXT)
    space = vault.new_space()
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        children, spaces, cases, needs, words, posts = [], [], [], [], [], []
        for number in range(start, start + size):
            name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)} {number}"
            child = Child(full_name=name, birth_date="2017-05-14", sex="F", country="MX")
            own = VaultSpace(wrapped_key=space.wrapped_key, master_version=space.master_version)
            under_way = chance.random() < 0.5
            state = chance.choice(states) if under_way else "closed"
            owner = None if state == "submitted" else chance.choice(team)
            due = now + timedelta(hours=chance.uniform(-30, 200))
            case = Case(
                reference=f"2026-{number:07d}", child=child, vault=own, state=state,
                country=chance.choice(["MX", "NG", "UA", "EG", "IN"]), coordinator=owner,
                language=chance.choice(["es", "en", "ar"]), specialty=chance.choice(fields),
                submitted_at=now - timedelta(days=20), delivery_mode="family_and_provider",
                accepted_at=None if owner is None else now - timedelta(days=19),
                due_at=due if under_way else None,
                ended_at=None if under_way else now - timedelta(hours=chance.uniform(1, 9000)),
            )  # fmt: skip
            whys = [STATE_NEEDS[state]] if state in STATE_NEEDS else []
            if under_way and chance.random() < 0.1:
                whys.append("message")
                posts.append(Post(case=case, thread="family", author=team[0], text="?"))
            if whys:
                case.act_by = due
                needs += [Need(case=case, why=why, due_at=due) for why in whys]
            found = {word for text in (case.reference, name) for word in words_in(text)}
            words += [CaseWord(case=case, word=word) for word in sorted(found)]
            children.append(child)
            spaces.append(own)
            cases.append(case)
        for model, rows in ((Child, children), (VaultSpace, spaces), (Case, cases), (Need, needs),
                            (CaseWord, words), (Post, posts)):  # fmt: skip
            model.objects.bulk_create(rows, batch_size=1000)
        Participation.objects.bulk_create(
            (Participation(case=each, person=each.coordinator, role="coordinator")
             for each in cases if each.coordinator and not each.ended_at), batch_size=1000,
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return team


def timed(job: Callable[[], object], times: int = TIMES) -> tuple[float, float, float]:
    """Return the median and the slowest of some runs, and the median of the processor's time in
    this process, in milliseconds: others on the machine lengthen the first two alone."""
    job()
    spans, busy = [], []
    for _time in range(times):
        start, used = time.perf_counter(), time.process_time()
        job()
        spans.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - used) * 1000)
    return statistics.median(spans), max(spans), statistics.median(busy)


def plain(who: Person) -> object:
    """Ask for the first page and the counts as if nothing were kept: from the tables themselves."""
    posts = Post.objects.filter(~Q(author=who), case=OuterRef("pk"))
    items = ChecklistItem.objects.filter(case=OuterRef("pk"), state="answered")
    asked = FollowUpQuestion.objects.filter(case=OuterRef("pk"), state="asked")
    rows = visible_to(who).exclude(state__in=["draft", "expired"]).annotate(
        unread=Exists(posts), answered=Exists(items), asked=Exists(asked),
        first=Min("clock_spans__due_at"),
    )  # fmt: skip
    counts = rows.order_by().aggregate(
        mine=Count("pk", filter=Q(coordinator=who)),
        late=Count("pk", filter=Q(due_at__lt=clock.now())),
        news=Count("pk", filter=Q(unread=True) | Q(answered=True) | Q(asked=True)),
    )  # fmt: skip
    mine = rows.filter(coordinator=who, ended_at=None)
    return counts, list(mine.order_by(F("due_at").asc(nulls_last=True), "state_since")[:50])


def prepare() -> str:
    """Set up an empty database of this benchmark's own; return what it is called in the table."""
    if connection.vendor == "postgresql":
        name = urlsplit(os.environ["DATABASE_URL"]).path.strip("/")
        if "bench" not in name:
            raise SystemExit("DATABASE_URL must name a database of this benchmark's own: bench…")
    call_command("migrate", verbosity=0)
    if Case.objects.exists():
        raise SystemExit("The database is not empty: make it anew.")
    program.set_up()
    with connection.cursor() as cursor:
        asks = (
            "SHOW server_version"
            if connection.vendor == "postgresql"
            else "SELECT sqlite_version()"
        )
        cursor.execute(asks)
        version = cursor.fetchone()[0]
    return f"{'PostgreSQL' if connection.vendor == 'postgresql' else 'SQLite'} {version.split()[0]}"


def main() -> int:
    """Measure, print, and write the table."""
    quick = "--quick" in sys.argv
    given = [each.partition("=")[2] for each in sys.argv if each.startswith("--cases=")]
    count = int(given[0]) if given else 5_000 if quick else 200_000
    base = prepare()
    team = fill(count)
    browser = sign_in(team[0])
    field = Specialty.objects.first()
    pages = [
        ("needs you", "/desk/"),
        ("all of mine", "/desk/?view=mine"),
        ("all open cases", "/desk/?view=open"),
        ("all open cases, page 20", "/desk/?view=open&page=20"),
        ("late", "/desk/?view=late"),
        ("something new", "/desk/?view=news"),
        ("waiting on the family", "/desk/?view=waiting"),
        ("ended", "/desk/?view=ended"),
        ("open, one field and one language", f"/desk/?view=open&field={field.pk}&language=ar"),
        ("search: a common name", f"/desk/?view=open&s={hiding.hide('camila')}"),
        ("search: a common name, in other views", f"/desk/?view=put-off&s={hiding.hide('camila')}"),
        ("search: two beginnings", f"/desk/?view=open&s={hiding.hide('cam fern')}"),
        ("search: a case number", f"/desk/?view=open&s={hiding.hide('2026-0000123')}"),
        ("kept fresh (every 15 s)", "/desk/changes/"),
    ]
    peer, _slow, _busy = timed(lambda: plain(team[0]), 1 if not quick else 3)
    lines = [
        f"## {base}",
        "",
        f"{count:,} cases, {Case.objects.filter(ended_at=None).count():,} of them under way, "
        f"{Need.objects.count():,} needs, {COORDINATORS} coordinators; "
        f"{platform.platform()}, {os.cpu_count()} cores shared with others (load "
        f"{os.getloadavg()[0]:.0f}), Python "
        f"{platform.python_version()}, Django {django.__version__}; {clock.today()}.",
        "",
        "| Page | ms, median | ms, slowest of 15 | ms of processor, median | times faster than the "
        "plain query |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    worst = most_busy = 0.0
    for name, address in pages:
        assert browser.get(address).status_code == 200, address
        median, slowest, busy = timed(lambda address=address: browser.get(address))
        worst, most_busy = max(worst, median), max(most_busy, busy)
        lines.append(
            f"| {name} | {median:.0f} | {slowest:.0f} | {busy:.0f} | {peer / median:.0f} |"
        )
    lines.append(f"| *plain query: counts and 50 rows, no page* | {peer:.0f} | | | 1 |")
    text = "\n".join(lines)
    verdict = (
        f"slowest view, median: {worst:.0f} ms of {MOST_MS}, of which the process computed at most "
        f"{most_busy:.0f} ms ({base}, {count:,} cases)"
    )
    sys.stdout.write(f"{text}\n\n{verdict}\n")
    if not quick:
        _write(base, f"{text}\n\n{verdict}\n")
    return 0


def _write(base: str, text: str) -> None:
    """Put what was found on one database in the place of what was found on it before."""
    head, *parts = (RESULTS.read_text() if RESULTS.exists() else HEAD).split("## ")
    mine = base.partition(" ")[0]
    kept = ["## " + part.strip() + "\n" for part in parts if not part.startswith(mine)]
    RESULTS.write_text(head + "\n".join([*kept, text]))


if __name__ == "__main__":
    sys.exit(main())
