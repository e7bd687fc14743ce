"""The whole queue at once: 10,000 ready cases among 2,000 experts, planned from the database on.

    python benchmarks/expert_queue.py            # prints, and writes expert_queue.md
    python benchmarks/expert_queue.py --quick    # 1,000 and 200, prints only

The rows are made for the purpose; what is measured is the plan: reading, points, HiGHS. The time
of the processor is said beside that of the wall, for machines that others use too.
"""

import os
import platform
import random
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="second-opinion-queue-")
os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"

import django

django.setup()

from django.core.management import call_command
from django.db import transaction

from secondopinion.accounts.models import Child, Person
from secondopinion.cases.models import Case, ClockSpan, Request
from secondopinion.core import clock, vault
from secondopinion.experts.models import ExpertProfile
from secondopinion.experts.queue import plan
from secondopinion.program import actions as program_actions
from secondopinion.program.models import Specialty

WORDS = (
    "Epilepsia", "Autism", "Migraine", "Leukaemia", "Anaemia", "Neuroblastoma", "Cardiomyopathy",
    "Ventricular septal defect", "Arrhythmia", "Scoliosis", "Osteosarcoma", "Arthritis",
)  # fmt: skip


@transaction.atomic
def fill(cases: int, people: int) -> None:
    """Make experts and ready cases."""
    program_actions.set_up()
    dice, fields = random.Random(3), list(Specialty.objects.all())
    staff = Person.objects.bulk_create(
        Person(email=f"e{number}@harbour.example", full_name=f"Expert {number}")
        for number in range(people)
    )
    for each in staff:
        each.staff_roles.create(role="specialist")
    profiles = ExpertProfile.objects.bulk_create(
        ExpertProfile(
            person=each, title="x", capacity=dice.randint(1, 5),
            languages=dice.sample(["en", "es", "ar"], 2),
            conditions=dice.sample(WORDS, 4),
            youngest=dice.choice([0, 0, 2]), not_in=dice.sample(["MX", "AE", "IN", "UA", "ET"], 1),
        ) for each in staff
    )  # fmt: skip
    through = ExpertProfile.specialties.through
    through.objects.bulk_create(
        through(expertprofile=each, specialty=field)
        for each in profiles for field in dice.sample(fields, dice.randint(1, 2))
    )  # fmt: skip
    now, grace = clock.now(), Person.objects.create(email="g@harbour.example")
    space = [vault.new_space() for _number in range(cases)]
    children = Child.objects.bulk_create(
        Child(full_name=f"Child {number}", birth_date=date(2012 + number % 12, 1, 1))
        for number in range(cases)
    )
    rows = Case.objects.bulk_create(
        Case(
            reference=f"2027-Q{number:05}",
            child=children[number], vault=space[number],
            country=dice.choice(["MX", "AE", "IN", "UA"]),
            specialty=dice.choice(fields), state="ready", submitted_at=now, accepted_at=now,
            coordinator=grace, delivery_mode="family_and_provider",
            language=dice.choice(["en", "es", "ar"]),
        ) for number in range(cases)
    )  # fmt: skip
    Request.objects.bulk_create(
        Request(
            case=each, diagnosis=dice.choice(WORDS), history="Since last year, more every month."
        )
        for each in rows
    )
    ClockSpan.objects.bulk_create(
        ClockSpan(case=each, step="report", due_at=now + timedelta(days=dice.uniform(-5, 10)))
        for each in rows
    )


def measure() -> tuple[float, float, int]:
    """Return seconds by the wall and of the processor for a plan, and the cases that it gives."""
    started, used = time.perf_counter(), time.process_time()
    found = plan()
    load: dict[Any, int] = {}
    for each in found.proposals:
        load[each.known.expert.pk] = load.get(each.known.expert.pk, 0) + 1
        if load[each.known.expert.pk] > each.known.expert.capacity:
            raise AssertionError("an expert is over capacity")
    return time.perf_counter() - started, time.process_time() - used, len(found.proposals)


def main() -> int:
    """Make the queue, plan it, and say how long that took."""
    quick = "--quick" in sys.argv
    cases, people = (1000, 200) if quick else (10_000, 2000)
    call_command("migrate", verbosity=0)
    fill(cases, people)
    wall, cpu, given = measure()
    text = "\n".join([
        "# The whole queue at once",
        "",
        f"{platform.platform()}, {os.cpu_count()} cores shared with others, Python "
        f"{platform.python_version()}, SQLite; {datetime.now(UTC):%Y-%m-%d}. Made by "
        "`python benchmarks/expert_queue.py`.",
        "",
        f"{cases:,} ready cases, {people:,} experts: {given:,} proposals, nobody over capacity, in "
        f"{wall:.1f} s by the wall, {cpu:.1f} s of the processor.",
    ])  # fmt: skip
    sys.stdout.write(text + "\n")
    if not quick:
        (ROOT / "benchmarks" / "results" / "expert_queue.md").write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
