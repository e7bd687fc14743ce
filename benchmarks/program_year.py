"""A simulated year of a program, by the real actions under a fake clock, in four ways to choose.

    python benchmarks/program_year.py            # four ways to choose, writes program_year.md
    python benchmarks/program_year.py --quick    # a smaller one, prints only

The year is the same for every way: arrivals, what is missing, how families and experts answer are
drawn once for each case and each pair of case and expert. Published figures are cited in the table
of what is drawn; everything else there is an assumption and says so.

Each act begins as a page does: the person is read with their roles. A coordinator who found nothing
ready looks again once something has come. The database is a file in memory where there is such a
place, and a day is one transaction. What is remembered of the settings for ten seconds stays.
"""

import argparse
import gc
import heapq
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112 - a file system in memory
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="second-opinion-year-", dir=MEMORY))
os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"

import django

from benchmarks.program_year_told import WAYS, told

django.setup()

import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import person_with_roles
from secondopinion.audit import actions as audit
from secondopinion.audit.models import Entry
from secondopinion.cases import actions, clocks, forecasting, workflow
from secondopinion.cases.models import Case, ClockSpan, ItemState
from secondopinion.cases.rules import NEEDED_CONSENTS
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.experts import actions as experts
from secondopinion.experts import facts, rules
from secondopinion.experts.known import Known
from secondopinion.experts.matching import ranked
from secondopinion.experts.models import ExpertProfile, Offer, OfferState
from secondopinion.experts.queue import plan
from secondopinion.program import actions as program_actions
from secondopinion.program import queries as program
from secondopinion.program.models import Specialty

BEGIN = datetime(2027, 1, 4, 13, tzinfo=UTC)
# Months in which more and fewer families write: an assumption.
SEASON = (1.0, 1.0, 1.05, 1.0, 1.0, 0.9, 0.8, 0.75, 1.1, 1.2, 1.15, 1.05)
AT_WORK = (State.IN_REVIEW, State.MORE_NEEDED)  # what of an expert's cases takes a place
FIELDS = ("brain-and-nerves", "cancer-and-blood", "heart", "bones-and-joints")
KNOWN = {
    "brain-and-nerves": ("Epilepsia", "Autism", "Migraine"),
    "cancer-and-blood": ("Leukaemia", "Anaemia", "Neuroblastoma"),
    "heart": ("Ventricular septal defect", "Cardiomyopathy", "Arrhythmia"),
    "bones-and-joints": ("Scoliosis", "Osteosarcoma", "Arthritis"),
}


def lognormal(dice: random.Random, median: float, spread: float) -> float:
    """Draw hours or days around a median."""
    return median * math.exp(dice.gauss(0, spread))


class Year:
    """One year, chosen for in one way."""

    def __init__(self, way: str, cases: int, people: int, seed: int = 7) -> None:
        self.way, self.count, self.seed = way, cases, seed
        self.heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self.number = 0
        program.KEPT = 10**9
        self.grace = self._person("grace@harbour.example", "coordinator")
        self.dice = {}
        self.staff = [self._expert(number) for number in range(people)]
        self.specialties = {each.key: each for each in Specialty.objects.all()}
        self.over = 0
        self.ready = Case.objects.filter(state=State.READY).order_by("state_since")
        self.quiet = False  # nothing was ready when the coordinator looked last, or came since
        self.asked: dict[UUID, datetime] = {}  # when each expert was offered a case last

    def _person(self, email: str, role: str) -> Person:
        made = accounts.ensure_person(email=email, full_name=email.partition("@")[0])
        accounts.grant_role(by=None, person=made, role=role)
        return made

    def _expert(self, number: int) -> ExpertProfile:
        dice = random.Random(f"{self.seed} expert {number}")
        field = FIELDS[number % len(FIELDS)]
        made = self._person(
            f"expert{dice.randrange(10**6):06}.{number}@harbour.example", "specialist"
        )
        keen = dice.random() < 0.5
        self.dice[made.pk] = {
            "hours": lognormal(dice, 5.3 if keen else 40.0, 0.4),
            "accepts": dice.uniform(0.7, 0.95) if keen else dice.uniform(0.45, 0.8),
            "days": dice.uniform(3, 9),
        }
        return experts.describe(
            by=None, person=made, title="Pediatric specialist",
            specialties=[Specialty.objects.get(key=field)],
            conditions=dice.sample(KNOWN[field], 2), languages=dice.sample(["en", "es", "ar"], 2),
            capacity=dice.randint(2, 4),
        )  # fmt: skip

    def by(self, person: Person) -> Person:
        """Return a person as a page knows them: read just now, with their roles."""
        found = person_with_roles(person.pk)
        assert found is not None
        return found

    def at(self, when: datetime, do: Callable[[], None]) -> None:
        """Have something done at an instant."""
        self.number += 1
        heapq.heappush(self.heap, (when, self.number, do))

    def run(self) -> dict[str, Any]:
        """Live through the year and say how it went."""
        when, year = BEGIN, timedelta(days=365)
        dice = random.Random(f"{self.seed} arrivals")
        for number in range(self.count):
            gap = timedelta(hours=24 * 365 / self.count * dice.expovariate(1.0))
            when += gap / SEASON[when.month - 1]
            self.at(when, partial(self.arrive, number))
        for day in range(400):
            for hour in (13, 15, 17, 19, 21):
                self.at((BEGIN + timedelta(days=day)).replace(hour=hour, minute=30), self.round)
        before, started, used = Entry.objects.count(), time.perf_counter(), time.process_time()
        gc.collect()
        gc.freeze()  # what is there from the start is not looked through again and again
        with time_machine.travel(BEGIN, tick=False) as traveller:
            while self.heap and self.heap[0][0] < BEGIN + year:
                day = self.heap[0][0].date()
                with transaction.atomic():
                    while self.heap and self.heap[0][0].date() == day:
                        instant, _number, do = heapq.heappop(self.heap)
                        traveller.move_to(instant)
                        self.quiet = self.quiet and do == self.round
                        do()
                    actions.foresee()
                    audit.seal(lately=True)
            gc.unfreeze()
            wall, cpu = time.perf_counter() - started, time.process_time() - used
            return self.figures() | {
                "events": Entry.objects.count() - before, "wall": wall, "cpu": cpu,
            }  # fmt: skip

    def arrive(self, number: int) -> None:
        """Have a family write and send its request."""
        dice = random.Random(f"{self.seed} case {number}")
        field = dice.choice(FIELDS)
        made = accounts.ensure_person(
            email=f"family{number}@familia.example", full_name=f"Parent {number}",
            language=dice.choice(["en", "es", "ar"]),
        )  # fmt: skip
        by = self.by(made)
        case = actions.start_draft(by=by, language=by.language)
        actions.save_start(by=by, case=case, country="MX", specialty=self.specialties[field])
        actions.save_emergency(by=by, case=case, emergency=False)
        born = date(2010, 1, 1) + timedelta(days=dice.randrange(5000))
        actions.save_child(
            by=by, case=case, full_name=f"Child {number}", latin_name="", birth_date=born, sex="F"
        )
        actions.save_guardian(
            by=by, case=case, full_name=f"Parent {number}", latin_name="", phone="", kind="parent"
        )
        actions.save_provider(
            by=by, case=case, full_name=f"Dr. {number}", clinic="Clinic", phone="", language="en",
            email=f"clinic{number}@clinic.example",
        )  # fmt: skip
        actions.save_story(by=by, case=case, diagnosis=dice.choice(KNOWN[field]), history="")
        actions.save_questions(by=by, case=case, texts=["Is it right?", "What now?"])
        actions.give_consents(
            by=by, case=case, kinds=[*NEEDED_CONSENTS, "assent"],
            disclaimer=program.disclaimer("en"),
        )  # fmt: skip
        actions.submit(by=by, case=case)
        self.at(
            clock.now() + timedelta(hours=dice.uniform(1, 20)), lambda: self.take(case, by, dice)
        )

    def take(self, case: Case, by: Person, dice: random.Random) -> None:
        """Take the case, and ask for what is missing."""
        grace = self.by(self.grace)
        case.refresh_from_db()
        actions.take(by=grace, case=case)
        items = list(case.checklist.all())
        missing = [
            each for each in items if dice.random() < (0.22 if each.kind == "images" else 0.1)
        ]
        for item in items:
            if item not in missing:
                actions.settle_item(by=grace, item=item, state=ItemState.ARRIVED)
        asked = [
            actions.ask(by=grace, case=case, text="Please send it.", item=item) for item in missing
        ]
        if asked and dice.random() < 0.04:
            days = lognormal(dice, 6, 0.5)
            self.at(clock.now() + timedelta(days=days), lambda: self.give_up(case, by))
            return
        wait = lognormal(dice, 5, 0.7) if asked else dice.uniform(0.2, 1.5)

        def come() -> None:
            grace, family = self.by(self.grace), self.by(by)
            for row in asked:
                actions.answer(by=family, information_request=row, text="Here it is.")
            for item in missing:
                actions.settle_item(by=grace, item=item, state=ItemState.ARRIVED)
            case.refresh_from_db()
            actions.complete(by=grace, case=case)

        self.at(clock.now() + timedelta(days=wait), come)

    def give_up(self, case: Case, by: Person) -> None:
        """Have a family withdraw."""
        case.refresh_from_db()
        actions.withdraw(by=self.by(by), case=case)

    def round(self) -> None:
        """Do what the coordinator does every two hours: offer what is ready."""
        if self.quiet or not program.calendar().works_on(clock.today()):
            return
        self.quiet = not self.ready.exists()
        if self.quiet:
            return
        if self.way == "optimiser":
            for each in plan().proposals:
                self.offer(each.case, each.known)
            return
        waiting = list(self.ready.select_related("child", "request", "local_provider"))
        before = facts.offered_before([each.pk for each in waiting])
        known = facts.gather()
        for case in waiting:
            free = [
                each for each in known
                if case.specialty_id in each.specialties and each.expert.pk not in before[case.pk]
                and not rules.obstacles(each, case)
            ]  # fmt: skip
            if free:
                self.offer(case, self.choose(case, free))

    def choose(self, case: Case, free: list[Known]) -> Known:
        """Choose one of those who can be offered a case, by one of the simpler ways."""
        if self.way == "matching":
            return ranked(case, free)[0].known
        if self.way == "least loaded":
            free.sort(key=lambda each: each.load / each.expert.capacity)
        else:  # in turn: whoever has not been asked for the longest time
            free.sort(key=lambda each: self.asked.get(each.expert.pk, BEGIN))
        return free[0]

    def offer(self, case: Case, known: Known) -> None:
        """Offer, and let the expert answer when this expert would answer this case."""
        expert, diagnosis = known.expert, case.request.diagnosis
        mine = self.dice[expert.person_id]
        dice = random.Random(
            f"{self.seed} {diagnosis} {case.child.full_name} {expert.person.email}"
        )
        knows = diagnosis in expert.conditions
        made = experts.offer(by=self.by(self.grace), case=case, expert=expert)
        self.asked[expert.pk] = clock.now()
        accepts = mine["accepts"] + (0.05 if knows else -0.1) - 0.05 * known.load
        hours = lognormal(dice, mine["hours"], 0.8)
        will, days = dice.random() < accepts, lognormal(dice, mine["days"], 0.4)
        self.at(clock.now() + timedelta(hours=hours), lambda: self.answer(made, will, days))
        half = made.created_at + (made.answer_by - made.created_at) / 2
        self.at(half + timedelta(minutes=5), experts.remind_of_offers)
        self.at(made.answer_by + timedelta(minutes=5), experts.lapse_offers)
        known.load, known.this_week = known.load + 1, known.this_week + 1

    def answer(self, offer: Offer, will: bool, days: float) -> None:
        """Answer an offer that is still open."""
        expert = offer.expert
        offer = Offer.objects.select_related("case").get(pk=offer.pk)
        if offer.state != OfferState.OPEN:
            return
        by, offer.expert = self.by(expert.person), expert
        if not will:
            experts.decline(by=by, offer=offer, reason="no_time")
            return
        case = experts.accept(by=by, offer=offer)
        held = Q(state=OfferState.OPEN) | Q(state=OfferState.ACCEPTED, case__state__in=AT_WORK)
        load = Offer.objects.filter(held, expert=offer.expert).count()
        self.over += load > offer.expert.capacity
        self.at(clock.now() + timedelta(days=days), lambda: self.sign(case, by))

    def sign(self, case: Case, by: Person) -> None:
        """Sign and deliver: the steps of the workflow, without typesetting a report."""
        workflow.advance(case, "sign", by=self.by(by), stamps={"reported_at": clock.now()})
        workflow.advance(case, "deliver", by=self.by(self.grace))
        self.at(
            clock.now() + timedelta(days=30),
            lambda: actions.close(by=self.by(self.grace), case=case),
        )

    def figures(self) -> dict[str, Any]:
        """Return what became of the year."""
        accepted = Offer.objects.filter(state=OfferState.ACCEPTED).select_related("case")
        spans = ClockSpan.objects.filter(step="expert").order_by("-began_at")
        ready = dict(spans.values_list("case_id", "began_at"))
        found = [(each.answered_at - ready[each.case_id]) / timedelta(hours=1) for each in accepted]
        reported = Case.objects.filter(reported_at__isnull=False)
        days = [(each.reported_at - each.submitted_at) / timedelta(days=1) for each in reported]
        # Who is still waited for counts with the time so far: nothing is gained by never asking.
        open_ = Case.objects.filter(state__in=[State.READY, State.OFFERED])
        found += [(clock.now() - ready[each.pk]) / timedelta(hours=1) for each in open_]
        read = clocks.readings_of(Case.objects.prefetch_related("clock_spans"))
        late = Counter(each.step for readings in read for each in readings if each.late)
        taken = Counter(each.expert_id for each in accepted)
        loads = [taken[each.pk] / each.capacity for each in self.staff]
        return {
            "cases": Case.objects.count(), "offers": Offer.objects.count(),
            "mean": statistics.fmean(found),
            "median": statistics.median(found), "p90": statistics.quantiles(found, n=10)[-1],
            "days": statistics.median(days), "days90": statistics.quantiles(days, n=10)[-1],
            "late_expert": late["expert"], "late_report": late["report"], "over": self.over,
            "spread": statistics.pstdev(loads) / statistics.fmean(loads), "reported": len(days),
            "told": [
                [(each.share, each.told, each.true) for each in forecasting.calibration(since)[""]]
                for since in (BEGIN, clock.now() - timedelta(days=182))
            ],
        }  # fmt: skip


def child(folder: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start a part in a process and a database of its own."""
    return subprocess.Popen(
        [sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"DATA_DIR": folder},
    )  # fmt: skip


def twenty_million() -> float:
    """Return the seconds that 20 million additions take: machines differ, and change."""
    started, total = time.perf_counter(), 0
    for number in range(20_000_000):
        total += number
    return time.perf_counter() - started


def main() -> int:
    """Run the year in each way, one after the other: two at once slow each other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--part", default="")
    given = parser.parse_args()
    year = (60, 12) if given.quick else (300, 28)  # cases, experts
    if given.part:
        sys.stdout.write(json.dumps(Year(given.part, *year).run()) + "\n")
        return 0
    call_command("migrate", verbosity=0)
    program_actions.set_up()
    connection.close()
    more, years, additions = ["--quick"] if given.quick else [], [], [twenty_million()]
    with tempfile.TemporaryDirectory(prefix="second-opinion-year-", dir=MEMORY) as folder:
        for way in WAYS:
            place = f"{folder}/{way}"
            shutil.copytree(os.environ["DATA_DIR"], place)
            running = child(place, "--part", way, *more)
            written, _nothing = running.communicate()
            if running.returncode:
                return running.returncode
            years.append(json.loads(written.splitlines()[-1]))
    additions.append(twenty_million())
    text = told(years, additions)
    sys.stdout.write(text + "\n")
    if not given.quick:
        (ROOT / "benchmarks" / "results" / "program_year.md").write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
