"""How fast a report is built, signed and judged, and whether it holds what it must.

    python benchmarks/report.py            # everything; writes its results
    python benchmarks/report.py --quick    # a few of each; prints only
    DATABASE_URL=… python benchmarks/report.py --storm   # many editors on another database, added

On one core: 12 pages with 8 key images are typeset (Typst), signed (PAdES by pyHanko) and judged by
pyHanko, in seven languages; page-validation counts the rules of PDF/A-3a and PDF/UA-1 that the
signed files break. Debian's WeasyPrint, where it is, sets the same as PDF/A-3b, without signature.
Then: reports by two processes at once; the report of every case that is drawn by lot holds all its
records, series and findings; every changed byte and every attack is found; many editors at once.
"""

import argparse
import atexit
import io
import multiprocessing
import os
import platform
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from importlib.metadata import version as installed
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if __name__ == "__main__":
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="second-opinion-report-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"
if __name__ in {"__main__", "__mp_main__"}:  # the processes of `together` begin anew
    import django

    django.setup()

import numpy as np
import pypdfium2 as pdfium
from django.core.management import call_command
from django.db import OperationalError, connection
from PIL import Image

from benchmarks import legibility, report_cases
from secondopinion.core import clock, vault
from secondopinion.core.errors import Conflict
from secondopinion.opinions import actions, compose, fhir, signing, typeset, verifying, versions
from secondopinion.opinions.models import Opinion
from secondopinion.program import actions as program
from tests.archival import broken
from tests.opinions.attacks import ATTACKS, judged_by_signature, signed_bytes

RESULTS = ROOT / "benchmarks" / "results" / "report.md"
LANGUAGES = ("en", "es", "ar", "ru", "hi", "am", "zh")
PAGES, IMAGES, WORKERS = 12, 8, 2
WANTED = 1.0  # seconds, median, to build, sign and judge


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is done of each."""

    each: int
    together: int
    cases: int
    changes: int
    by_signature: int
    editors: int
    seconds: int


WHOLE, QUICK = Sizes(15, 200, 30, 1000, 1000, 20, 60), Sizes(3, 10, 2, 200, 30, 8, 4)


def pictures() -> dict[str, bytes]:
    """Return eight images as a viewer keeps them: 512 × 512, grey, with noise."""
    down, across = np.mgrid[:512, :512]
    made = {}
    for number in range(1, IMAGES + 1):
        noise = np.random.default_rng(number).normal(0, 6, (512, 512))
        grey = 120 + 80 * np.sin(down / (20 + number)) * np.cos(across / 35) + noise
        out = io.BytesIO()
        Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).save(out, "PNG")
        made[f"key-{number}.png"] = out.getvalue()
    return made


def _letter(code: str) -> str:
    paths = sorted(legibility.PARALLEL.glob(f"*/{code}.txt")) or [legibility.ALONE / f"{code}.txt"]
    return "\n\n".join(legibility.letter(path)[2] for path in paths[:4])


def twelve_pages(opinion: Opinion, code: str, images: dict[str, bytes]) -> dict[str, Any]:
    """Return a document whose author writes in a language, of twelve pages."""
    language = code if code in {"en", "es", "ar"} else "en"
    document = compose.document(opinion, "BENCHMARK000", clock.now(), language)
    document["key_images"] = [
        {"file": name, "caption": _letter(code)[:90].replace("\n", " "), "series": "MR T2",
         "window": "40 / 400"} for name in images
    ]  # fmt: skip
    letter, many, count = _letter(code), 40, 0
    while count != PAGES:  # as much text as twelve pages hold
        document["findings"] = letter_of(letter, many)
        count = len(pdfium.PdfDocument(typeset.pdf(document, images, clock.now())))
        many += (PAGES - count) * 8 if abs(PAGES - count) > 1 else 3 * (PAGES - count)
    return document


def another(
    document: dict[str, Any], images: dict[str, bytes], number: int
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return a report as long as a given one with other words and pictures: Typst remembers what it
    has set before, and no two reports are the same."""
    told = document["findings"].split("\n\n")
    turn = number % len(told)
    told = [f"{each} ({number})" for each in told[turn:] + told[:turn]]
    drawn = {}
    for name, data in images.items():
        grey = np.asarray(Image.open(io.BytesIO(data))).copy()
        grey[number % 512] ^= 1
        out = io.BytesIO()
        Image.fromarray(grey).save(out, "PNG")
        drawn[name] = out.getvalue()
    return document | {"findings": "\n\n".join(told), "code": f"BENCH{number:07}"}, drawn


def letter_of(letter: str, paragraphs: int) -> str:
    """Return as many paragraphs of a letter, from its beginning again when it ends."""
    told = [each for each in letter.split("\n") if each.strip()]
    return "\n\n".join(told[number % len(told)] for number in range(paragraphs))


def built(
    document: dict[str, Any], images: dict[str, bytes], opinion: Opinion
) -> tuple[bytes, list[float]]:
    """Build, sign and judge a report; return it, and how long each of the three took."""
    at, times = clock.now(), [time.perf_counter()]
    attached = {
        "report.json": document,
        "report.fhir.json": fhir.document(document, opinion.case.child, at),
    }
    pdf = typeset.pdf(document, images, at, attached)
    times.append(time.perf_counter())
    data = signing.sign(pdf, name="Dr. Mei", reason="Signature", at=at).data
    times.append(time.perf_counter())
    if not judged_by_signature(data, signing.trust_roots()):
        raise AssertionError("a signature does not hold")
    times.append(time.perf_counter())
    return data, [after - before for before, after in pairwise(times)]


def _peer_page(document: dict[str, Any], images: dict[str, bytes], folder: Path) -> Path:
    for name, data in images.items():
        (folder / name).write_bytes(data)
    body = [f"<h1>{document['reference']}</h1>"]
    for name in ("summary", "history", "findings", "tests", "disclaimer"):
        body += [f"<p>{each}</p>" for each in document[name].split("\n\n")]
    body += [
        f'<figure><img src="{each["file"]}" alt="{each["caption"]}"></figure>'
        for each in document["key_images"]
    ]
    page = folder / "page.html"
    page.write_text(f"<html lang='{document['language']}'><body>{''.join(body)}</body></html>")
    return page


_PEER = """
import sys, time
from weasyprint import HTML, __version__
took = []
for _ in range(int(sys.argv[2])):
    began = time.perf_counter()
    HTML(sys.argv[1]).write_pdf(sys.argv[1] + ".pdf", variant="pdf/a-3b")
    took.append(time.perf_counter() - began)
print(__version__, *took)
"""


def peer(document: dict[str, Any], images: dict[str, bytes], times: int) -> tuple[str, float]:
    """Return version and median seconds of Debian's WeasyPrint; "" where it is not there."""
    clean = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/tmp"}
    with tempfile.TemporaryDirectory() as folder:
        page = _peer_page(document, images, Path(folder))
        told = subprocess.run(
            ["/usr/bin/python3", "-c", _PEER, str(page), str(times)], env=clean,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if told.returncode:
        return "", 0.0
    version, *took = told.stdout.split()
    return version, statistics.median(map(float, took))


def _one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def by_language(opinion: Opinion, images: dict[str, bytes], times: int) -> list[str]:
    """Return the table of every language, and last the worst median."""
    lines = [
        "| Language | Pages, kB | Build, ms | Sign, ms | Judge, ms | All, median, ms | "
        "WeasyPrint (set only), ms | Ratio of setting | Rules broken |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    worst = 0.0
    everywhere = os.sched_getaffinity(0)
    for code in LANGUAGES:
        document = twelve_pages(opinion, code, images)
        others = [another(document, images, number) for number in range(times)]
        _one_core()
        runs = [built(*each, opinion) for each in others]
        _version, other = peer(document, images, times)
        os.sched_setaffinity(0, everywhere)
        data = runs[0][0]
        build, sign, judge = (
            statistics.median(part[number] for _data, part in runs) * 1000 for number in range(3)
        )
        whole = statistics.median(sum(part) for _data, part in runs)
        worst = max(worst, whole)
        lines.append(
            f"| {code} | {len(pdfium.PdfDocument(data))}, {len(data) // 1000} | {build:.0f} | "
            f"{sign:.0f} | {judge:.0f} | {whole * 1000:.0f} | "
            + (f"{other * 1000:.0f} | {other * 1000 / build:.1f}× |" if other else "not there | |")
            + f" {sum(len(broken(each)) for each, _part in runs)} |"
        )
    return [*lines, str(worst)]


def _many(given: tuple[dict[str, Any], dict[str, bytes], Any, int]) -> tuple[int, int, float]:
    given_document, given_images, child, count = given
    began, done = time.perf_counter(), 0
    for number in range(count):
        at = clock.now()
        document, images = another(given_document, given_images, number)
        attached = {"report.json": document, "f.json": fhir.document(document, child, at)}
        pdf = typeset.pdf(document, images, at, attached)
        data = signing.sign(pdf, name="Dr. Mei", reason="Signature", at=at).data
        done += judged_by_signature(data, signing.trust_roots())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    return done, peak, time.perf_counter() - began


def together(
    document: dict[str, Any], images: dict[str, bytes], opinion: Opinion, count: int
) -> str:
    """Build reports in two processes at once."""
    share = (document, images, opinion.case.child, count // WORKERS)
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        found = pool.map(_many, [share] * WORKERS, chunksize=1)
    done, slowest = sum(each[0] for each in found), max(each[2] for each in found)
    return (
        f"{done} of {count} reports by {WORKERS} processes without a failure, "
        f"{done / slowest:.1f} a second, {max(each[1] for each in found)} MB in each at most"
    )


def factual(count: int) -> tuple[str, bytes]:
    """Draw cases by lot; say how many things stand in their reports, and return one report."""
    held = asked = 0
    data = b""
    for number in range(count):
        opinion = report_cases.to_review(number, random.Random(number))
        report = report_cases.signed(opinion)
        data = vault.read(report.blob)
        words = "".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(data))
        words = "".join(words.split())
        wanted = report_cases.wanted(opinion.case)
        asked += len(wanted)
        held += sum("".join(each.split()) in words for each in wanted)
    return f"{held} of {asked} records, series and findings of {count} cases stand in them", data


def tampered(data: bytes, sizes: Sizes) -> str:
    """Change a signed report; say how many of the changes were found, and by whom."""
    chance, roots = random.Random(3), signing.trust_roots()

    def changed(place: int) -> bytes:
        other = bytearray(data)
        other[place] ^= chance.randrange(1, 256)
        return bytes(other)

    ours = sum(
        not verifying.verify_file([changed(chance.randrange(len(data)))]).holds
        for _each in range(sizes.changes)
    )
    covered = signed_bytes(data)
    alone = sum(
        not judged_by_signature(changed(chance.choice(chance.choice(covered))), roots)
        for _each in range(sizes.by_signature)
    )
    attacked = [attack(data) for attack in ATTACKS]
    seen = sum(
        not verifying.verify_file([each]).holds and not judged_by_signature(each, roots)
        for each in attacked
    )
    return (
        f"{ours} of {sizes.changes} changed bytes found by verification, {alone} of "
        f"{sizes.by_signature} by the signature alone, {seen} of {len(ATTACKS)} attacks by both"
    )


def storm(opinion: Opinion, editors: int, seconds: int) -> str:
    """Let many windows write into one report at once; every saving must be readable after it."""
    kept: dict[int, tuple[str, str]] = {}
    refused, late, lock, ends = 0, 0, threading.Lock(), time.monotonic() + seconds

    def edit(number: int) -> None:
        nonlocal refused, late
        name, count = f"option_{number % 4 + 1}_pros", 0
        while time.monotonic() < ends:
            seen = Opinion.objects.get(pk=opinion.pk).revision
            text = f"Editor {number} writes for the {count}th time."
            try:
                saved = actions.save_draft(
                    by=opinion.author, opinion=opinion, values={name: text}, base_revision=seen
                )
                with lock:
                    kept[saved.revision] = (name, text)
                count += 1
            except Conflict:
                with lock:
                    refused += 1
            except OperationalError:  # the database was not free in time; a page tries again
                with lock:
                    late += 1
        connection.close()

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(editors)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    after, there = Opinion.objects.get(pk=opinion.pk), 0
    for row in after.versions.all():
        name, text = kept.get(row.revision, ("", ""))
        there += bool(name) and row.changed.get(name) == text
    whole = versions.text_at(after, after.revision) == after.body
    return (
        f"{editors} editors for {seconds} s on {connection.vendor}: {len(kept)} savings, "
        f"{there} of them readable among the versions, {refused} refused as stale, {late} told to "
        f"try again, text {'is' if whole else 'IS NOT'} the sum of its versions"
    )


def main() -> None:
    """Measure, print, and write the results of a whole run."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--quick", action="store_true")
    given.add_argument("--storm", action="store_true")
    told = given.parse_args()
    quick, sizes = told.quick, QUICK if told.quick else WHOLE
    call_command("migrate", verbosity=0)
    program.set_up()
    if told.storm:
        opinion = report_cases.to_review(9999, random.Random(1))
        line = f"- {storm(opinion, sizes.editors, sizes.seconds)}."
        print(line)
        if not quick:
            with RESULTS.open("a") as results:
                results.write(f"\nAdded {time.strftime('%Y-%m-%d')}:\n\n{line}\n")
        return
    opinion, images = report_cases.to_review(9999, random.Random(1)), pictures()
    table = by_language(opinion, images, sizes.each)
    worst = float(table.pop())
    facts, data = factual(sizes.cases)
    lines = [
        *table, "",
        f"- {together(twelve_pages(opinion, 'en', images), images, opinion, sizes.together)}.",
        f"- {facts}.", f"- {tampered(data, sizes)}.",
        f"- {storm(opinion, sizes.editors, sizes.seconds)}.",
    ]  # fmt: skip
    print("\n".join(lines))
    version, _took = peer(twelve_pages(opinion, "en", images), images, 1)
    main_figure = (
        f"{PAGES} pages with {IMAGES} images built, signed and judged in {worst:.2f} s on one core "
        f"in the slowest of {len(LANGUAGES)} languages (wanted {WANTED})"
    )
    if not quick:
        RESULTS.write_text(
            f"# The signed report\n\n{time.strftime('%Y-%m-%d')}, {platform.machine()}, "
            f"{os.cpu_count()} cores shared with other work (load {os.getloadavg()[2]:.1f} over 15 "
            f"minutes), Python {platform.python_version()}, Django {django.__version__}, Typst "
            f"{installed('typst')}, pyHanko {installed('pyhanko')}, WeasyPrint "
            f"{version or 'not there'}, {connection.vendor}; median of {sizes.each}.\n\n"
            + "\n".join(lines) + f"\n\nMain figure: {main_figure}.\n"
        )  # fmt: skip
    print(main_figure)


if __name__ == "__main__":
    main()
