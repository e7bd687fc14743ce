"""Bytes, queries and milliseconds of the ten most used pages, with 1 case and with 1,000.

    python benchmarks/pages.py            # 1 and 1,000 cases, writes benchmarks/results/pages.md
    python benchmarks/pages.py --quick    # 1 and 100 cases, prints only

Bytes are what a first visit sends over the wire, gzipped, style sheets and scripts included.
Milliseconds are the median of 15 answers by Django's own test client in this process.
"""

import gzip
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.mkdtemp(prefix="second-opinion-pages-")
os.environ.update(
    DATA_DIR=FOLDER, DJANGO_SETTINGS_MODULE="secondopinion.settings", DEMO="1",
    SITE_URL="http://testserver",
)  # fmt: skip

import django

django.setup()

from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from secondopinion.accounts.models import Child, Person
from secondopinion.cases.models import Case, Participation, Request
from secondopinion.core import clock, vault
from secondopinion.demo import seed

MOST_QUERIES, MOST_BYTES, TIMES = 12, 60_000, 15


def grow(count: int) -> None:
    """Add cases until there are so many that the desk and one family see."""
    coordinator = Person.objects.get(email="grace.okafor@harbour.example")
    model = Case.objects.filter(state="collecting").select_related("specialty").get()
    for number in range(Case.objects.count(), count):
        case = Case.objects.create(
            child=Child.objects.create(full_name=f"Child {number}", birth_date="2017-05-14"),
            vault=vault.new_space(), country="MX", specialty=model.specialty, state="collecting",
            submitted_at=clock.now(), accepted_at=clock.now(), coordinator=coordinator,
            delivery_mode="family_and_provider", due_at=clock.now(),
        )  # fmt: skip
        Request.objects.create(case=case)
        Participation.objects.create(case=case, person=coordinator, role="coordinator")


def addresses() -> list[tuple[str, str, str]]:
    """Return the pages: name, who reads it, address."""
    reference = dict(Case.objects.values_list("state", "reference").order_by("-created_at"))
    maria, draft = "maria.fernandez@familia.example", "elena.torres@familia.example"
    grace, mei = "grace.okafor@harbour.example", "mei.tanaka@harbour.example"
    closed = Case.objects.get(participations__person__email=maria).reference
    drafted = Case.objects.get(participations__person__email=draft).reference
    return [
        ("public: start", "", "/"),
        ("public: sign in", "", "/sign-in/"),
        ("family: a question", draft, f"/my/cases/{drafted}/request/story/"),
        ("family: records and images", draft, f"/my/cases/{drafted}/request/files/"),
        ("family: check answers", draft, f"/my/cases/{drafted}/request/check/"),
        ("family: case", maria, f"/my/cases/{closed}/"),
        ("family: report", maria, f"/my/cases/{closed}/reports/1/"),
        ("desk: worklist", grace, "/desk/"),
        *(
            (f"desk: case, {part}", grace, f"/desk/cases/{closed}/{path}")
            for part, path in (
                ("to do now", ""),
                ("request", "request/"),
                ("people", "people/"),
                ("records", "records/"),
                ("messages", "messages/"),
                ("report and after", "after/"),
            )
        ),
        ("desk: case, specialist", grace, f"/desk/cases/{reference['ready']}/specialist/"),
        ("specialist: review", mei, f"/expert/cases/{reference['in_review']}/"),
        ("specialist: signed", mei, f"/expert/cases/{closed}/"),
        ("director: figures", "helen.brooks@harbour.example", "/director/"),
    ]


def measure(who: str, address: str) -> tuple[int, int, float]:
    """Return bytes of a first visit, queries, and the median of the milliseconds."""
    client = Client(headers={"accept-encoding": "gzip"})
    if who:
        client.post(f"/demo/as/{who}/")
    client.get(address)
    counts = []  # what a process remembers for ten seconds may end in one of the three
    for _look in range(3):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
            counts.append(len(queries.captured_queries))
    count = min(counts)
    assert answer.status_code == 200, (address, answer.status_code)
    body = answer.content
    size = len(body)
    page = (
        gzip.decompress(body).decode() if answer.headers.get("Content-Encoding") else body.decode()
    )
    for name in set(re.findall(r'(?:href|src)="/static/([^"]+)"', page)):
        path = finders.find(name)
        assert path, name
        size += len(gzip.compress(Path(path).read_bytes(), 6))
    spans = []
    for _time in range(TIMES):
        start = time.perf_counter()
        client.get(address)
        spans.append((time.perf_counter() - start) * 1000)
    return size, count, statistics.median(spans)


def main() -> int:
    """Measure, print, and write the table."""
    quick = "--quick" in sys.argv
    call_command("migrate", verbosity=0)
    seed.ensure()
    found: dict[str, list[tuple[int, int, float]]] = {}
    many = 100 if quick else 1000
    for count in (0, many):
        grow(count)
        for name, who, address in addresses():
            found.setdefault(name, []).append(measure(who, address))
    lines = [
        "# Pages: bytes, queries, milliseconds",
        "",
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"Django {django.__version__}, SQLite; {clock.today()}. Made by `make bench-pages`.",
        "",
        "| Page | kB, first visit | Queries, few cases | "
        f"Queries, {many} cases | ms, few | ms, {many} |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    heavy, slow = [], []
    for name, (few, lots) in found.items():
        lines.append(
            f"| {name} | {few[0] / 1000:.1f} | {few[1]} | {lots[1]} | "
            f"{few[2]:.0f} | {lots[2]:.0f} |"
        )
        if name.startswith(("family", "public")) and few[0] > MOST_BYTES:
            heavy.append(name)
        if max(few[1], lots[1]) > MOST_QUERIES:
            slow.append(name)
    lines += [
        "",
        f"Family pages above {MOST_BYTES // 1000} kB: {', '.join(heavy) or 'none'}. "
        f"Pages above {MOST_QUERIES} queries: {', '.join(slow) or 'none'}.",
    ]
    text = "\n".join(lines)
    sys.stdout.write(text + "\n")
    if not quick:
        (ROOT / "benchmarks" / "results" / "pages.md").write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
