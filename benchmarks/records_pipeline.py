"""How fast pages of records are pictured, judged and read, by the jobs of a real installation.

    python benchmarks/records_pipeline.py            # 30 pages, and OCRmyPDF; writes its results
    python benchmarks/records_pipeline.py --quick    # 6 pages; prints only

A run has a fresh SQLite database and two workers (`secondopinion worker`, processes of their own).
Pages are rendered from invented letters in five languages and spoilt so that people still read them
(``degraded.py``); a family sends each as a photo. Three things are measured: pages a minute until
nothing is left to do, with the processor time of all; the time from a photo's first byte here to
its first verdict, when it comes while a scan of many pages waits to be read and when many photos
come at once; and the memory of the workers and their children (proportional set size: what they
share is counted once).

OCRmyPDF with Tesseract, where both are installed as programs, reads the same pages as PDFs. It is
told the language of each, and ours the language of the family that sends them.
"""

import argparse
import atexit
import io
import itertools
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if __name__ == "__main__":
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="second-opinion-pipeline-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"

    import django

    django.setup()

from django.core.management import call_command
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from PIL import Image

from benchmarks import degraded, legibility
from benchmarks.watched import Memory, processor
from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case
from secondopinion.program import actions as program
from secondopinion.records import understanding
from secondopinion.records.models import Page

RESULTS = ROOT / "benchmarks" / "results" / "records_pipeline.md"
LANGUAGES = {"es": "spa", "ru": "rus", "ar": "ara", "en": "eng", "hi": "hin"}
WAYS = (("clean", 0), ("skew", 1), ("shadow", 1), ("JPEG", 1), ("low light", 0), ("defocus", 0))
PAGES, WAITING, LATE = 30, 50, 20  # sent at once; of a scan, waiting to be read; photos meanwhile
SCAN = 75  # pages of the scan: some are read before the last late photo comes
EVERY, LOOK = 2.0, 0.02  # seconds between late photos, and between two looks at the database
PATIENCE, WORKERS = 1800.0, 2
MEDIAN, MOST, MEMORY = 2.0, 5.0, 1500  # wanted: seconds, seconds (95th centile), MB
QUICK = (4, 4, 3, 6)


@dataclass(frozen=True, slots=True)
class Sent:
    """A page with what stands on it, and how it was spoilt."""

    name: str
    language: str
    way: str
    text: str
    photo: bytes


@dataclass(slots=True)
class Run:
    """What was measured; times in seconds, memory in MB."""

    minutes: float = 0.0
    processor: float = 0.0
    late: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    memory: int = 0
    texts: dict[str, str] = field(default_factory=dict)


def pages(count: int, kind: str = "page") -> list[Sent]:
    """Return pages in turn of each language, letter and way of spoiling."""
    letters = {
        code: sorted(legibility.PARALLEL.glob(f"*/{code}.txt"))
        or [legibility.ALONE / f"{code}.txt"]
        for code in LANGUAGES
    }
    made = []
    for number, code in zip(range(count), itertools.cycle(LANGUAGES), strict=False):
        round_ = number // len(LANGUAGES)
        _code, script, text = legibility.letter(letters[code][round_ % len(letters[code])])
        chance = legibility.chance(kind, number)
        page = degraded.render(text.splitlines(), script, chance)
        way, strength = WAYS[round_ % len(WAYS)]
        if way != "clean":
            page = degraded.SPOILS[way](page, strength, chance)
        out = io.BytesIO()
        Image.fromarray(page).save(out, "JPEG", quality=88)
        made.append(Sent(f"{kind}-{number}.jpg", code, way, text, out.getvalue()))
    return made


def scan_of(sent: list[Sent]) -> bytes:
    """Return one PDF with a picture on each page, as a scanner makes it."""
    first, *others = [Image.open(io.BytesIO(each.photo)) for each in sent]
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=others, resolution=150)
    return out.getvalue()


def until(done: Callable[[], bool]) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it did not come.
    """
    ends = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(LOOK)


def idle() -> bool:
    """Say whether no job waits or runs."""
    busy = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    return not DBTaskResult.objects.filter(status__in=busy).exists()


def pictured(name: str, count: int) -> bool:
    """Say whether all pages of a record have their picture and first verdict."""
    return Page.objects.filter(record__title=name).count() == count


def unread(name: str) -> int:
    """Return how many pages of a record wait to be read."""
    shown = Page.objects.filter(record__title=name, blank=False)
    return shown.exclude(reading__version=understanding.VERSION).count()


class Family:
    """Sends pages into a case of its own."""

    def __init__(self, name: str, language: str = "es") -> None:
        """Begin a case in the family's language."""
        self.person: Person = accounts.ensure_person(
            email=f"{name}@familia.example", full_name="María López", language=language
        )
        self.case: Case = cases.start_draft(by=self.person, language=language)

    def send(self, name: str, data: bytes) -> float:
        """Send a file; return when it began to come."""
        began = time.monotonic()
        arrivals.receive_file(by=self.person, case=self.case, name=name, source=data)
        return began


def verdicts(began: dict[str, float]) -> list[float]:
    """Wait for the first verdict on each of some photos; return how long each took."""
    took: dict[str, float] = {}

    def all_there() -> bool:
        there = Page.objects.filter(record__title__in=began.keys() - took)
        for title in there.values_list("record__title", flat=True):
            took[title] = time.monotonic() - began[title]
        return len(took) == len(began)

    until(all_there)
    return list(took.values())


def measure(sent: list[Sent], waiting: int, late: int, scan: int) -> Run:
    """Return what was measured: photos that come at once, then photos while a scan waits."""
    run, began = Run(), {}
    command = [sys.executable, "-m", "secondopinion", "worker"]
    started = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(WORKERS)
    ]
    pids = {each.pid for each in started}
    watched = Memory(pids)
    try:
        for warm in pages(WORKERS, "warm"):
            Family("warm").send(warm.name, warm.photo)
        until(idle)
        families, spent = {code: Family(code, code) for code in LANGUAGES}, processor(pids)
        for each in sent:
            began[each.name] = families[each.language].send(each.name, each.photo)
        run.together = verdicts(began)
        until(idle)
        run.minutes = (time.monotonic() - min(began.values())) / 60
        run.processor = processor(pids) - spent
        read = Page.objects.filter(record__title__in=began)
        run.texts = dict(read.values_list("record__title", "text"))
        print(f"{len(sent)} pages in {run.minutes:.2f} min", file=sys.stderr)
        _late(run, waiting, late, scan)
    finally:
        run.memory = watched.end()
        for child in started:
            child.kill()
            child.wait()
    return run


def _late(run: Run, waiting: int, late: int, scan: int) -> None:
    """Send photos one by one while pages of a scan wait to be read."""
    family, number = Family("late"), 0
    photos = pages(late, "late")
    while number < late:
        name = f"scan-{number}.pdf"
        family.send(name, scan_of(pages(scan, name)))
        until(partial(pictured, name, scan))
        while number < late and unread(name) >= waiting:
            each = photos[number]
            run.late += verdicts({each.name: family.send(each.name, each.photo)})
            number += 1
            time.sleep(EVERY)


@dataclass(slots=True)
class Peer:
    """What OCRmyPDF gave."""

    minutes: float
    processor: float
    memory: int
    version: str
    texts: dict[str, str]


def peer(sent: list[Sent]) -> Peer | None:
    """Return what OCRmyPDF reads of the pages, two at once; None where it is not installed."""
    program_, engine = shutil.which("ocrmypdf"), shutil.which("tesseract")
    if not program_ or not engine:
        return None
    told = subprocess.run([engine, "--list-langs"], capture_output=True, text=True, check=True)
    version = subprocess.run([program_, "--version"], capture_output=True, text=True, check=True)
    engine_version = subprocess.run([engine, "--version"], capture_output=True, text=True,
                                    check=True).stdout.splitlines()[0]  # fmt: skip
    found = Peer(0.0, 0.0, 0, f"OCRmyPDF {version.stdout.strip()}, {engine_version}", {})
    # A child that gets nothing of ours: neither modules nor settings.
    clean = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": os.environ.get("HOME", "/")}
    with tempfile.TemporaryDirectory() as folder:
        source, out, words = (Path(folder) / name for name in ("in.pdf", "out.pdf", "words.txt"))
        for code, model in LANGUAGES.items():
            own = [each for each in sent if each.language == code]
            if not own or model not in told.stdout.split():
                continue
            source.write_bytes(scan_of(own))
            began, spent = time.monotonic(), os.times()
            child = subprocess.Popen(
                [program_, "-l", model, "--jobs", "2", "--rotate-pages", "--deskew",
                 "--output-type", "pdf", "--sidecar", words, source, out],
                env=clean, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            watched = Memory({child.pid})
            status = child.wait()
            found.minutes += (time.monotonic() - began) / 60
            found.memory = max(found.memory, watched.end())
            now = os.times()
            found.processor += (now.children_user + now.children_system
                                - spent.children_user - spent.children_system)  # fmt: skip
            texts = words.read_text().split("\f") if status == 0 else []
            found.texts |= {each.name: text for each, text in zip(own, texts, strict=False)}
    return found


def errors(sent: list[Sent], texts: dict[str, str]) -> dict[str, float]:
    """Return the mean share of letters that were read wrongly, at most 1 a page, by language and
    by way of spoiling."""
    by: dict[str, list[float]] = defaultdict(list)
    for each in sent:
        if each.name in texts:
            error = min(1.0, legibility.error_of(each.text, texts[each.name]))
            for name in ("all", each.language, each.way):
                by[name].append(error)
    return {name: statistics.mean(found) for name, found in by.items()}


def centile(values: list[float]) -> float:
    """Return the 95th centile."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def report(sent: list[Sent], run: Run, other: Peer | None) -> list[str]:
    """Return the tables."""
    late, together = (f"{statistics.median(each):.2f}, {centile(each):.2f}"
                      for each in (run.late, run.together))  # fmt: skip
    lines = [
        "| | Pages a minute | Processor, s a page | First verdict while pages wait: median, 95th, "
        f"s | {len(sent)} photos at once: median, 95th, s | Peak memory, MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        f"| Ours, {WORKERS} workers | {len(sent) / run.minutes:.1f} | "
        f"{run.processor / len(sent):.2f} | {late} | {together} | {run.memory} |",
    ]
    tables = {"Ours": errors(sent, run.texts)}
    if other is not None:
        read = len(other.texts)
        lines.append(f"| {other.version}, 2 jobs | {read / other.minutes:.1f} | "
                     f"{other.processor / read:.2f} | | | {other.memory} |")  # fmt: skip
        tables["OCRmyPDF"] = errors(sent, other.texts)
    head = ["all", *LANGUAGES, *(way for way, _strength in WAYS)]
    lines += ["", f"| Mean character error | {' | '.join(head)} |",
              f"| --- |{' ---: |' * len(head)}"]  # fmt: skip
    for name, found in tables.items():
        cells = [f"{found[each]:.3f}" if each in found else "" for each in head]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Measure, print, and write the results of a whole run."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--quick", action="store_true")
    quick = given.parse_args().quick
    count, waiting, late, scan = QUICK if quick else (PAGES, WAITING, LATE, SCAN)
    call_command("migrate", verbosity=0)
    program.set_up()
    sent = pages(count)
    run = measure(sent, waiting, late, scan)
    other = None if quick else peer(sent)
    lines = report(sent, run, other)
    if other is None and not quick:
        lines.append("\nOCRmyPDF and Tesseract are not installed: nothing stands beside ours.")
    print("\n".join(lines))
    median, most = statistics.median(run.late), centile(run.late)
    met = median <= MEDIAN and most <= MOST and run.memory <= MEMORY
    main_figure = (
        f"{count / run.minutes:.1f} pages a minute on {os.cpu_count()} cores, "
        f"{run.processor / count:.2f} s of processor time a page, first verdict while "
        f"{waiting} pages wait {median:.2f} s (95th {most:.2f}; wanted {MEDIAN}, {MOST}), peak "
        f"{run.memory} MB (wanted {MEMORY}): {'met' if met else 'not all met'}"
    )
    if not quick:
        RESULTS.write_text(
            f"# Pages of records, from arrival to verdict\n\n{time.strftime('%Y-%m-%d')}, "
            f"{platform.machine()}, {os.cpu_count()} cores shared with other work (load "
            f"{os.getloadavg()[2]:.1f} over 15 minutes), Python {platform.python_version()}, "
            f"Django {django.__version__}, {legibility.engine()}, SQLite. {count} photos of "
            f"rendered pages in {len(LANGUAGES)} languages; {late} more came one by one while at "
            f"least {waiting} pages of a scan waited to be read. The peer is told each page’s "
            "language, ours that of the family.\n\n"
            + "\n".join(lines) + f"\n\nMain figure: {main_figure}.\n"
        )  # fmt: skip
    print(main_figure)


if __name__ == "__main__":
    main()
