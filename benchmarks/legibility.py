"""Whether the checks tell the pages that cannot be read, and leave those alone that can.

    python benchmarks/legibility.py            # every script and strength; writes its results
    python benchmarks/legibility.py --quick    # English, the strongest strength; prints only

Pages are rendered from invented letters in up to seven scripts (those whose fonts are here) and
spoilt in eleven ways at three strengths (``degraded.py``). A page counts as failing where the error
of what is read, in letters, is more than `HARM` above that of the same page unspoilt. That the same
engine reads and is judged by makes this kinder than life; real scans are only among the clean ones.
"""

import argparse
import platform
import sys
import time
import unicodedata
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import degraded
from secondopinion.records import measuring, ocr
from secondopinion.records.checks import legibility

TEXTS = ROOT / "tests"
DOCUMENTS = ROOT / "secondopinion" / "demo" / "files" / "documents"
RESULTS = ROOT / "benchmarks" / "results" / "legibility.md"
LINES = 6  # of each letter: more only takes longer
HARM = 0.2
SCANS = {"carta-de-alta-es.jpg": "es", "tahlil-ar.jpg": "ar", "patra-hi.jpg": "hi",
         "vypyska-uk.jpg": "uk", "debdabe-am.jpg": "am", "typewritten-page.png": "nl"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One page: how it was spoilt, the error of what was read, and the verdict."""

    script: str
    way: str
    strength: int
    error: float
    fails: bool
    score: float
    level: str


def error_of(truth: str, read: str) -> float:
    """Return the share of letters that were read wrongly (edit distance), marks left out."""
    one, other = (
        [ord(each) for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum()]
        for text in (truth, read)
    )
    row = np.arange(len(other) + 1)
    letters = np.array(other)
    for at, letter in enumerate(one, 1):
        step = np.minimum(row[1:] + 1, row[:-1] + (letters != letter))
        row = np.concatenate([[at], step])
        row = np.minimum.accumulate(row - np.arange(len(row))) + np.arange(len(row))
    return float(row[-1] / max(1, len(one)))


def area(rows: list[Row]) -> float | None:
    """Return the area under the ROC curve of the score for pages that fail; None without both."""
    bad = [row.score for row in rows if row.fails]
    good = [row.score for row in rows if not row.fails]
    if not bad or not good:
        return None
    wins = sum((b < g) + 0.5 * (b == g) for b in bad for g in good)
    return wins / len(bad) / len(good)


def judged(page: degraded.Grey, code: str, reader: ocr.Reader) -> tuple[str, legibility.Verdict]:
    """Return what is read of a page and the verdict on it."""
    seen = measuring.Seen(page)
    read = reader.read(seen, [code], 8.0)
    told = {"sure": read.sure, "coverage": read.coverage,
            "letters": sum(len(word.text) for word in read.words)}  # fmt: skip
    return read.text, legibility.judge(measuring.measure(seen), told)


def letters(*, quick: bool) -> list[tuple[str, str]]:
    """Return languages with a text each; those come last whose thresholds were never looked at."""
    found = [("en", TEXTS / "translation/texts/9-surgery/en.txt")]
    if not quick:
        surgery = TEXTS / "translation" / "texts" / "9-surgery"
        found += [(code, surgery / f"{code}.txt") for code in ("es", "fr", "ru", "ar", "zh")]
        found += [(code, TEXTS / f"records/texts/{code}.txt") for code in ("hi", "he", "am")]
    return [
        (code, "\n".join(path.read_text().splitlines()[:LINES]))
        for code, path in found
        if degraded.fonts_of(degraded.SCRIPTS[code])
    ]


def rows_of(code: str, text: str, reader: ocr.Reader, strengths: tuple[int, ...]) -> list[Row]:
    """Return the rows of one letter, clean and spoilt."""
    script = degraded.SCRIPTS[code]
    rng = np.random.default_rng(zlib.crc32(f"{code} 9".encode()))
    page = degraded.render(text.splitlines(), script, rng)
    read, verdict = judged(page, code, reader)
    usual = error_of(text, read)
    rows = [Row(script, "clean", 0, usual, fails=False, score=verdict.score, level=verdict.level)]
    for way, spoil in degraded.SPOILS.items():
        for strength in strengths:
            read, verdict = judged(spoil(page, strength, rng), code, reader)
            error = error_of(text, read)
            rows.append(Row(script, way, strength, error, fails=error > usual + HARM,
                            score=verdict.score, level=verdict.level))  # fmt: skip
    return rows


def scans(reader: ocr.Reader) -> list[Row]:
    """Return the scans of the demonstration, all of which people can read."""
    rows = []
    for name, code in SCANS.items():
        with Image.open(DOCUMENTS / name) as picture:
            _read, verdict = judged(np.asarray(picture.convert("L")), code, reader)
        rows.append(Row("scan", "clean", 0, 0.0, fails=False, score=verdict.score,
                        level=verdict.level))  # fmt: skip
    return rows


def table(rows: list[Row]) -> list[str]:
    """Return the results by way of spoiling and by script."""
    lines = ["| Pages | Count | Fail | Area under ROC | Failing told | Alarms on the others |",
             "| --- | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.way].append(row)
    for row in rows:
        groups[row.script].append(row)
    for name, group in {**groups, "all": rows}.items():
        bad = [row for row in group if row.fails]
        good = [row for row in group if not row.fails]
        roc = area(group)
        told = f"{sum(row.level != 'good' for row in bad)}/{len(bad)}"
        alarms = f"{sum(row.level != 'good' for row in good)}/{len(good)}"
        lines.append(f"| {name} | {len(group)} | {len(bad)} | "
                     f"{'' if roc is None else f'{roc:.3f}'} | {told} | {alarms} |")  # fmt: skip
    return lines


def main() -> None:
    """Measure, print, and write the results of a whole run."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--quick", action="store_true")
    quick = given.parse_args().quick
    begun, reader, rows = time.process_time(), ocr.Reader(), []
    for code, text in letters(quick=quick):
        rows += rows_of(code, text, reader, (2,) if quick else (0, 1, 2))
        print(f"{code}: {len(rows)} pages", file=sys.stderr)
    if not quick:
        rows += scans(reader)
    lines = table(rows)
    print("\n".join(lines))
    clean = [row for row in rows if row.way == "clean"]
    false = sum(row.level != "good" for row in clean) / len(clean)
    main_figure = (f"area under ROC {area(rows) or 0:.3f}, false alarms on clean pages {false:.3f} "
                   f"({len(clean)} of them)")  # fmt: skip
    if not quick:
        RESULTS.write_text(
            "# Legibility\n\n"
            f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, 2 cores shared with other work, "
            f"Python {platform.python_version()}, Tesseract 5.5, "
            f"{time.process_time() - begun:.0f} s of processor time. Rendered pages of invented "
            "letters; a page fails where the error in letters is more than "
            f"{HARM} above that of the unspoilt page. Weights and limits were set on other "
            "renderings of other letters, seen by the same engine: on photographs expect less.\n\n"
            + "\n".join(lines) + f"\n\nMain figure: {main_figure}.\n"
        )  # fmt: skip
    print(main_figure)


if __name__ == "__main__":
    main()
