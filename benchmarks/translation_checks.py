"""How many errors in translated records the checks find, and how often they cry wolf.

    python benchmarks/translation_checks.py            # writes its results
    python benchmarks/translation_checks.py --quick    # Arabic and English only, prints only

The texts are 112 invented medical documents in six languages under ``tests/translation/texts``,
line by line the same. One error is put into a translation at a time (number, unit, left and right,
negation, medicine, date, lost line); it counts as found when an alarm of its own code, in its own
line, stands there that the clean translation does not have. What is reported first is about
documents `HELD_OUT`; on the others the checks were tuned. Of what can be injected most, each third
number and line is (`EACH`); a side is exchanged where the original names one. Lost negations that
are only pointed at, without an alarm, are counted apart. Trees were grown on documents up to
``train_meanings.LAST``: where that reaches into `HELD_OUT`, what is found there is too kind, and
``train_negations.py`` prints what trees find that have not seen them. Languages are told, not
guessed. The pages are line by line the same, which helps the checks: where both texts have as many
lines, the same line is taken to be the likelier match. So alarms on clean pages are counted once
more with the lines broken where a page of a PDF would break them, elsewhere in each language.

``--memory FILE.tmx …`` counts alarms on translations by other hands instead: translation memories
(TMX) with English on one side, 15 of their units to a page, every second page (the others were
looked at when the checks were last changed). Nothing is put into them, and what they get wrong
themselves counts as a false alarm.
"""

import argparse
import os
import platform
import re
import statistics
import sys
import tempfile
import textwrap
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="second-opinion-checks-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"

from benchmarks.injected_errors import KINDS, Injected, names_a_side, spoilt
from secondopinion.core import clock
from secondopinion.translation.checks.compare import compare
from secondopinion.translation.checks.found import CHECK, Mismatch

TEXTS = ROOT / "tests" / "translation" / "texts"
OTHERS = ("es", "fr", "ru", "ar", "zh")
PAIRS = [pair for code in OTHERS for pair in ((code, "en"), ("en", code))]
BESIDE_ENGLISH = [("es", "ar"), ("fr", "ru")]
HELD_OUT = {str(number) for number in range(107, 113)}
EACH = {"number": 3, "line-missing": 3}
TOLD = "negation, told or alarmed"
WANTED = {"number": 0.95, "unit": 0.95, "line-missing": 0.95, "laterality": 0.85, "negation": 0.85}
MOST_FALSE = 0.05  # alarms a page
OF_PAGE = 15  # units of a translation memory
PAGE = 84  # letters in a line of a page

# Chinese signs one by one, each with the mark behind it; whatever else stands together.
_SIGNS = re.compile(
    r"[\u3400-\u9fff“（《][，。；：、！？）》”]*|[^\s\u3400-\u9fff“（《]+[，。；：、！？）》”]*\s*|\s+"
)

Key = tuple[str, int, int]


def keys(found: list[Mismatch], *, told: bool = False) -> set[Key]:
    """Return what was found with the lines in both texts; what is only told on demand."""
    return {
        (
            each.code,
            each.original.line if each.original else 0,
            each.translation.line if each.translation else 0,
        )
        for each in found
        if each.alarm or told
    }


def caught(injected: Injected, found: set[Key], before: set[Key]) -> bool:
    """Say whether an injected error was found where it is, by its own code."""
    code = f"translation-{injected.kind}"
    line = injected.line + 1
    return any(
        key[0] == code and key not in before and line in key[1:]
        if injected.kind != "line-missing"
        else key[0] == code and key[1] == line
        for key in found
    )


def documents(quick: bool) -> list[Path]:
    """Return the folders of the documents."""
    found = sorted(path for path in TEXTS.iterdir() if path.is_dir())
    return [path for path in found if path.name.split("-")[0] in HELD_OUT] if quick else found


def measure(
    folder: Path, source: str, target: str, *, missed: list[str]
) -> tuple[dict[str, list[int]], list[str], list[float]]:
    """Return hits and tries by kind, false alarms on the clean page, and seconds of each check."""
    original = (folder / f"{source}.txt").read_text().rstrip("\n")
    translation = (folder / f"{target}.txt").read_text().rstrip("\n")
    began = time.perf_counter()
    clean = compare(original, translation, source, target).mismatches
    seconds = [time.perf_counter() - began]
    false = [
        f"{folder.name} {source}-{target}: {each.code} {each.measured}"
        for each in clean
        if each.alarm
    ]
    before, known = keys(clean), keys(clean, told=True)
    tally = {kind: [0, 0] for kind in (*KINDS, TOLD)}
    for injected in sampled(original, translation, source, target):
        began = time.perf_counter()
        found = compare(original, injected.text, source, target).mismatches
        seconds.append(time.perf_counter() - began)
        hit = caught(injected, keys(found), before)
        if injected.kind == "negation":
            tally[TOLD][0] += hit or caught(injected, keys(found, told=True), known)
            tally[TOLD][1] += 1
        tally[injected.kind][0] += hit
        tally[injected.kind][1] += 1
        if not hit:
            missed.append(
                f"{folder.name} {source}-{target} line {injected.line + 1} {injected.kind}: "
                f"{injected.done}"
            )
    return tally, false, seconds


def sampled(original: str, translation: str, source: str, target: str) -> Iterator[Injected]:
    """Return the errors of a page that are tried."""
    seen: Counter[str] = Counter()
    lines = original.split("\n")
    for injected in spoilt(translation, target):
        if injected.kind == "laterality" and not names_a_side(lines[injected.line], source):
            continue
        seen[injected.kind] += 1
        if seen[injected.kind] % EACH.get(injected.kind, 1) == 0:
            yield injected


def columns(text: str) -> int:
    """Return how wide a text is: a Chinese sign takes the room of two letters."""
    return len(text) + sum("\u2e80" <= char <= "\uffef" for char in text)


def wrapped(text: str, code: str) -> str:
    """Return a text with its lines broken where a page is full."""
    broken: list[str] = []
    for line in text.splitlines():
        if (
            code == "zh"
        ):  # between any two of its signs, and never inside a number or a foreign word
            row = ""
            for part in _SIGNS.findall(line):
                if columns(row + part.rstrip()) > PAGE:
                    broken, row = [*broken, row], ""
                row += part
            broken.append(row)
        else:
            broken += textwrap.wrap(line, PAGE, break_on_hyphens=False)
    return "\n".join(broken)


def alarms(page: tuple[Path, str, str, bool]) -> list[str]:
    """Return the alarms on a clean page, whose lines may be broken."""
    folder, source, target, narrow = page
    original, translation = (
        wrapped(text, code) if narrow else text
        for code in (source, target)
        for text in [(folder / f"{code}.txt").read_text()]
    )
    return [
        f"{folder.name} {source}-{target}: {each.code} {each.measured}"
        for each in compare(original, translation, source, target).mismatches
        if each.alarm
    ]


def clean(folders: list[Path], *, narrow: bool) -> tuple[str, list[str]]:
    """Count the alarms on clean pages in all pairs with English."""
    pages = [(folder, *pair, narrow) for pair in PAIRS for folder in folders]
    with ProcessPoolExecutor() as pool:
        found = [each for page in pool.map(alarms, pages) for each in page]
    each = len(found) / len(pages)
    return f"{len(found)} false alarms on {len(pages)} pages ({each:.3f} a page)", found


def memory_pages(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """Return the other language of a translation memory, and its pages: English, translation."""
    units = []
    code = ""
    for unit in etree.parse(path, etree.XMLParser(resolve_entities=False)).iter("tu"):
        texts = {}
        for each in unit.findall("tuv"):
            language = str(each.get("{http://www.w3.org/XML/1998/namespace}lang")).split("-")[0]
            texts[language] = " ".join("".join(each.find("seg").itertext()).split())
        other = set(texts) - {"en"}
        if "en" in texts and other and all(texts.values()):
            [code] = other
            units.append((texts["en"], texts[code]))
    pages = [units[at : at + OF_PAGE] for at in range(0, len(units), OF_PAGE)][1::2]
    return code, [
        ("\n".join(e for e, _t in page), "\n".join(t for _e, t in page)) for page in pages
    ]


def memory(path: Path) -> str:
    """Return what is alarmed in a translation memory, both ways, as a row of a table."""
    code, pages = memory_pages(path)
    count: Counter[str] = Counter()
    for english, other in pages:
        for one, two, source, target in (
            (english, other, "en", code), (other, english, code, "en"),
        ):  # fmt: skip
            found = compare(one, two, source, target).mismatches
            count.update(each.code for each in found if each.alarm)
    kinds = ", ".join(f"{name.removeprefix('translation-')} {n}" for name, n in count.most_common())
    per_page = count.total() / max(1, 2 * len(pages))
    return f"| en – {code} | {2 * len(pages)} | {per_page:.3f} | {kinds} |"


def share(hits: int, tries: int) -> str:
    """Write a share with what it is of."""
    return f"{hits / tries:.3f} ({hits}/{tries})" if tries else "–"


def table(results: dict[tuple[str, str], dict[str, list[int]]]) -> list[str]:
    """Return the recall by pair of languages and kind as a table."""
    kinds = (*KINDS, TOLD)
    lines = ["| From – to | " + " | ".join(kinds) + " |", "| --- |" + " ---: |" * len(kinds)]
    total: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for pair, tally in results.items():
        cells = []
        for kind in kinds:
            hits, tries = tally[kind]
            total[kind][0] += hits
            total[kind][1] += tries
            cells.append(share(hits, tries))
        lines.append(f"| {pair[0]} – {pair[1]} | " + " | ".join(cells) + " |")
    lines.append("| **all** | " + " | ".join(share(*total[kind]) for kind in kinds) + " |")
    return lines


def run(
    folders: list[Path], pairs: list[tuple[str, str]], missed: list[str]
) -> tuple[dict[tuple[str, str], dict[str, list[int]]], list[str], list[float]]:
    """Measure every document in every pair."""
    results: dict[tuple[str, str], dict[str, list[int]]] = {
        pair: {kind: [0, 0] for kind in (*KINDS, TOLD)} for pair in pairs
    }
    false: list[str] = []
    seconds: list[float] = []
    wanted = [(folder, *pair) for pair in pairs for folder in folders]
    with ProcessPoolExecutor() as pool:
        for (_folder, *pair), done in zip(wanted, pool.map(_measured, wanted), strict=True):
            one, alarms, times, lost = done
            for kind, (hits, tries) in one.items():
                results[pair[0], pair[1]][kind][0] += hits
                results[pair[0], pair[1]][kind][1] += tries
            false += alarms
            seconds += times
            missed += lost
    return results, false, seconds


def _measured(
    what: tuple[Path, str, str],
) -> tuple[dict[str, list[int]], list[str], list[float], list[str]]:
    missed: list[str] = []
    tally, false, seconds = measure(*what, missed=missed)
    return tally, false, seconds, missed


def summary(results: dict[tuple[str, str], dict[str, list[int]]], pages: int, false: int) -> str:
    """Return the main figures in one line, and which fall short."""
    total: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for tally in results.values():
        for kind, (hits, tries) in tally.items():
            total[kind][0] += hits
            total[kind][1] += tries
    recall = {k: total[k][0] / total[k][1] for k in (*KINDS, TOLD) if total[k][1]}
    short = [kind for kind, least in WANTED.items() if recall.get(kind, 1) < least]
    if false / pages > MOST_FALSE:
        short.append("false alarms")
    words = ", ".join(f"{kind} {value:.3f}" for kind, value in recall.items())
    return (
        f"recall {words}; false alarms {false / pages:.3f} a page ({false} on {pages}); "
        f"short of what is wanted: {', '.join(short) or 'nothing'}"
    )


def main() -> None:
    """Measure, print, and write the results."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--quick", action="store_true")
    wanted.add_argument("--show", action="store_true", help="print what was missed")
    wanted.add_argument("--tuning", action="store_true", help="only the documents tuned on")
    wanted.add_argument("--memory", nargs="+", type=Path, default=[], help="TMX files, see above")
    given = wanted.parse_args()
    if given.memory:
        rows = [memory(path) for path in given.memory]
        head = "| Languages | pages | alarms a page | of which |\n| --- | ---: | ---: | --- |\n"
        sys.stdout.write(head + "\n".join(rows) + "\n")
        return
    folders = documents(given.quick)
    tuning = [folder for folder in folders if folder.name.split("-")[0] not in HELD_OUT]
    held_out = [folder for folder in folders if folder.name.split("-")[0] in HELD_OUT]
    if given.tuning:
        held_out = tuning
    pairs = PAIRS[6:8] if given.quick else PAIRS
    missed: list[str] = []
    results, false, seconds = run(held_out, pairs, missed)
    lines = [f"Held out: {', '.join(folder.name for folder in held_out)}.", "", *table(results)]
    last = summary(results, len(held_out) * len(pairs), len(false))
    if not given.quick and not given.tuning:
        others, more, _times = run(held_out, BESIDE_ENGLISH, missed)
        lines += [
            "",
            "Without English on either side:",
            "",
            *table(others),
            "",
            summary(others, len(held_out) * len(BESIDE_ENGLISH), len(more)) + ".",
        ]
        narrow, broken = clean(held_out, narrow=True)
        lines += [
            "",
            f"With lines broken at {PAGE} letters: {narrow}.",
            "",
            f"Tuned on: {', '.join(folder.name for folder in tuning)}.",
            "",
            f"There, {clean(tuning, narrow=False)[0]}; with lines broken, "
            f"{clean(tuning, narrow=True)[0]}.",
        ]
        false_lines = [f"- {each}" for each in (*false, *more)]
        lines += ["", "False alarms on held-out pages:", "", *(false_lines or ["None."])]
        lines += ["", "With lines broken:", "", *(f"- {each}" for each in broken)]
    middle = statistics.median(seconds) * 1000
    lines += ["", f"One page takes {middle:.0f} ms to check (median of {len(seconds)})."]
    sys.stdout.write("\n".join(lines) + "\n")
    if given.show:
        sys.stdout.write("\n".join([*missed, *false]) + "\n")
    if not given.quick and not given.tuning:
        head = (
            f"# Checks of translations: recall and false alarms\n\n{platform.platform()}, "
            f"{os.cpu_count()} cores, Python {platform.python_version()}, check `{CHECK}`; "
            f"{clock.today()}. Made by `python benchmarks/translation_checks.py`.\n\n{last}.\n\n"
        )
        path = ROOT / "benchmarks" / "results" / "translation_checks.md"
        path.write_text(head + "\n".join(lines) + "\n")
    sys.stdout.write(last + "\n")


if __name__ == "__main__":
    main()
