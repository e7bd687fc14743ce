"""Whether the checks tell the pages that cannot be read, and leave those alone that can.

    python benchmarks/legibility.py            # every script and strength; writes its results
    python benchmarks/legibility.py --quick    # English, the strongest strength; prints only
    python benchmarks/legibility.py --scans FOLDER    # true scans, in FOLDER/LANGUAGE/

Pages are rendered from invented letters in the scripts whose fonts are here (`BENCH_FONTS` may
name a folder with `opentype/noto/NotoSansCJK-Regular.ttc`) and spoilt in eleven ways at three
strengths (``degraded.py``). A page counts as failing where the error of what is read, in letters,
is more than `HARM` above that of the same page unspoilt. That the same engine reads and is judged
by makes this kinder than life. False alarms are counted on unspoilt pages: many rendered ones, and
scans.
"""

import argparse
import itertools
import platform
import sys
import time
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import degraded
from secondopinion.records import measuring, ocr, pdfs
from secondopinion.records.checks import legibility

PARALLEL = ROOT / "tests" / "translation" / "texts"  # ten letters in six languages
ALONE = ROOT / "tests" / "records" / "texts"
DOCUMENTS = ROOT / "secondopinion" / "demo" / "files" / "documents"
RESULTS = ROOT / "benchmarks" / "results" / "legibility.md"
RESULTS_OF_SCANS = RESULTS.with_name("legibility_scans.md")
LONG_SIDE = 2400  # pixels of a true scan: larger ones are brought to what a phone takes of a page
WELL_READ = 60  # of 100: unspoilt scans that are read with less cannot say what was lost
LINES = 16  # of a page; a shorter letter is repeated
HARM = 0.2
WANTED_AREA, WANTED_ALARMS = 0.95, 0.03
SPOILT = "9-surgery"  # the letter that is spoilt, of the parallel ones
TUNED = {"Latn", "Cyrl", "Arab", "Hans"}  # limits were looked at on another letter (7-kidney)
RENDERINGS = 4  # unspoilt, of each letter that stands alone
SECONDS = 8.0  # of processor time that a page may take
SCANS = {"carta-de-alta-es.jpg": "es", "tahlil-ar.jpg": "ar", "patra-hi.jpg": "hi",
         "vypyska-uk.jpg": "uk", "debdabe-am.jpg": "am", "typewritten-page.png": "nl",
         "scanned-book-page.pdf": "en"}  # fmt: skip


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

    @property
    def told(self) -> bool:
        """Whether somebody is told of this page."""
        return self.level != legibility.GOOD


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
    read = reader.read(seen, [code], SECONDS)
    told = {"sure": read.sure, "coverage": read.coverage,
            "letters": sum(len(word.text) for word in read.words)}  # fmt: skip
    return read.text, legibility.judge(measuring.measure(seen), told)


def letter(path: Path) -> tuple[str, str, str]:
    """Return language, script and text of a letter, as much as one page holds."""
    script = degraded.SCRIPTS[path.stem]
    lines = degraded.drawable(path.read_text(), script).splitlines()
    return path.stem, script, "\n".join(itertools.islice(itertools.cycle(lines), LINES))


def chance(*words: Any) -> np.random.Generator:
    """Return the random numbers of one page: the same in every run, whatever runs before."""
    return np.random.default_rng(zlib.crc32(repr(words).encode()))


def row_of(script: str, way: str, strength: int, error: float, usual: float,
           verdict: legibility.Verdict) -> Row:  # fmt: skip
    """Return the row of a page whose unspoilt self is read with the error `usual`."""
    return Row(script, way, strength, error, error > usual + HARM, verdict.score, verdict.level)


def spoilt(path: Path, reader: ocr.Reader, strengths: tuple[int, ...]) -> Iterator[Row]:
    """Yield the rows of one letter, unspoilt and spoilt."""
    code, script, text = letter(path)
    page = degraded.render(text.splitlines(), script, chance(code, "page"))
    read, verdict = judged(page, code, reader)
    usual = error_of(text, read)
    yield row_of(script, "clean", 0, usual, usual, verdict)
    yield from spoilt_ways(page, code, script, text, usual, reader, strengths)


def spoilt_ways(page: degraded.Grey, code: str, script: str, text: str, usual: float,
                reader: ocr.Reader, strengths: tuple[int, ...]) -> Iterator[Row]:  # fmt: skip
    """Yield the rows of a page that is spoilt in every way, `usual` its error before."""
    for way, spoil in degraded.SPOILS.items():
        for strength in strengths:
            read, verdict = judged(spoil(page, strength, chance(code, way, strength)), code, reader)
            yield row_of(script, way, strength, error_of(text, read), usual, verdict)


def of_scan(path: Path, reader: ocr.Reader) -> Iterator[Row]:
    """Yield the rows of a true scan; the truth is what is read of it before it is spoilt."""
    code = path.parent.name
    page = scan(path)
    if (shrink := LONG_SIDE / max(page.shape)) < 1:
        page = cv2.resize(page, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    text, verdict = judged(page, code, reader)
    script, sure = degraded.SCRIPTS[code], verdict.numbers["sure"]
    print(f"{code}/{path.name}: {verdict.level}, read {sure:.0f} % sure", file=sys.stderr)
    yield row_of(script, "clean", 0, 0.0, 0.0, verdict)
    if sure >= WELL_READ:
        yield from spoilt_ways(page, code, script, text, 0.0, reader, (0, 1, 2))


def unspoilt(reader: ocr.Reader) -> Iterator[Row]:
    """Yield the rows of rendered pages that nothing was done to, and of the scans."""
    parallel = [path for path in sorted(PARALLEL.glob("*/*.txt")) if path.parent.name != SPOILT]
    for number, path in enumerate([*parallel, *sorted(ALONE.glob("*.txt")) * RENDERINGS]):
        code, script, text = letter(path)
        if not degraded.fonts_of(script):
            continue
        page = degraded.render(text.splitlines(), script, chance(code, "unspoilt", number))
        read, verdict = judged(page, code, reader)
        error = error_of(text, read)
        yield row_of(script, "clean", 0, error, error, verdict)
    for name, code in SCANS.items():
        _read, verdict = judged(scan(DOCUMENTS / name), code, reader)
        yield row_of("scans", "clean", 0, 0.0, 0.0, verdict)


def scan(path: Path) -> degraded.Grey:
    """Return the picture of a scan of the demonstration; people can read all of them."""
    if path.suffix == ".pdf":
        _text, _words, picture = pdfs.drawn(
            path.read_bytes(), 0, 200, 12_000_000, lambda _text: False
        )
        return np.asarray(picture.convert("L"))
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"))


def line_of(name: str, rows: list[Row], *, errors: bool) -> str:
    """Return one line of a table: how many fail, how well they are told, what is told wrongly."""
    bad = [row for row in rows if row.fails]
    good = [row for row in rows if not row.fails]
    roc = area(rows)
    mean = [f"{np.mean([row.error for row in rows if row.strength == strength]):.2f}"
            for strength in sorted({row.strength for row in rows})] if errors else []  # fmt: skip
    cells = [name, str(len(rows)), *([", ".join(mean)] if errors else []), str(len(bad)),
             "" if roc is None else f"{roc:.3f}", f"{sum(row.told for row in bad)}/{len(bad)}",
             f"{sum(row.told for row in good)}/{len(good)}"]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def table(title: str, rows: list[Row], key: str, *, errors: bool = False) -> list[str]:
    """Return a table by way of spoiling or by script, the worst area first."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    areas = {name: area(group) for name, group in groups.items()}
    worst = sorted(areas, key=lambda name: 2.0 if (roc := areas[name]) is None else roc)
    middle = "Mean error by strength | " if errors else ""
    return [
        f"| {title} | Pages | {middle}Fail | Area under ROC | Failing told | Others told |",
        f"| --- | ---: | {'--- | ' if errors else ''}---: | ---: | ---: | ---: |",
        *(line_of(name, groups[name], errors=errors) for name in worst),
        "",
    ]


def report(rows: list[Row], clean: list[Row]) -> tuple[list[str], str]:
    """Return the tables, and the main figure."""
    lines = table("Spoilt by", rows, "way", errors=True) + table("Script", rows, "script")
    for row in [row for row in rows if row.fails and not row.told]:
        lines += [f"Not told: {row.script}, {row.way}, strength {row.strength + 1} of 3, "
                  f"error {row.error:.2f}, score {row.score:.2f}.", ""]  # fmt: skip
    unseen = [row for row in rows if row.script not in TUNED]
    if unseen:
        roc = area(unseen)
        lines += [f"Scripts at which no limit was looked at ({', '.join(sorted({row.script for
                  row in unseen}))}): area {roc or 0:.3f}."]  # fmt: skip
    told = [row for row in clean if row.told]
    if len(clean) > len(told) + 1:
        lines += ["", *table("Unspoilt, by script", clean, "script")]
    alarms = len(told) / len(clean)
    met = (area(rows) or 0) >= WANTED_AREA and alarms <= WANTED_ALARMS
    return lines, (
        f"area under ROC {area(rows) or 0:.3f} (wanted {WANTED_AREA}), false alarms on unspoilt "
        f"pages {alarms:.3f} (wanted {WANTED_ALARMS}; {len(told)} of {len(clean)}): "
        f"{'both met' if met else 'not both met'}"
    )


def by_others(folder: Path) -> None:
    """Measure true scans, print, and write the results; what they are is added by hand."""
    reader = ocr.Reader()
    rows = [row for path in sorted(folder.glob("*/*")) for row in of_scan(path, reader)]
    lines, main_figure = report(rows, [row for row in rows if row.way == "clean"])
    print("\n".join(lines))
    RESULTS_OF_SCANS.write_text(
        "# Legibility of true scans\n\n" + made_on() + f" Spoilt scans fail where more than {HARM}"
        " of the letters are read otherwise than before.\n\n" + "\n".join(lines)
        + f"\nMain figure: {main_figure}.\n"
    )  # fmt: skip
    print(main_figure)


def made_on() -> str:
    """Return the day, the machine and the versions."""
    return (
        f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, one core of 2 shared with other work, "
        f"Python {platform.python_version()}, {engine()}, {legibility.NAME}, "
        f"{time.process_time() / 60:.0f} minutes of processor time."
    )


def main() -> None:
    """Measure, print, and write the results of a whole run."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--quick", action="store_true")
    given.add_argument("--scans", type=Path)
    options = given.parse_args()
    if options.scans:
        by_others(options.scans)
        return
    quick = options.quick
    reader, rows = ocr.Reader(), list[Row]()
    chosen = [PARALLEL / SPOILT / f"{code}.txt" for code in ("en", "ru", "ar", "zh")]
    chosen += sorted(ALONE.glob("*.txt"))
    for path in chosen[:1] if quick else chosen:
        if degraded.fonts_of(degraded.SCRIPTS[path.stem]):
            rows += spoilt(path, reader, (2,) if quick else (0, 1, 2))
            print(f"{path.stem}: {len(rows)} pages", file=sys.stderr)
    clean = [row for row in rows if row.way == "clean"]
    if not quick:
        clean += unspoilt(reader)
    lines, main_figure = report(rows, clean)
    print("\n".join(lines))
    if not quick:
        RESULTS.write_text(
            "# Legibility\n\n"
            + made_on() + " Rendered pages of invented letters; a page fails where the error in "
            f"letters is more than {HARM} above that of the unspoilt page. The engine whose "
            "reading makes the verdict also says what is harmful: on photographs, and for people’s "
            "eyes, expect less. “Told” is “hard to read” or worse; a page cut at an edge is told "
            "whatever is lost. Limits were looked at on another letter in four of the scripts; "
            "that a shadow can hide letters from every engine was learnt from the spoilt English "
            "page itself.\n\n"
            + "\n".join(lines) + f"\nMain figure: {main_figure}.\n"
        )  # fmt: skip
    print(main_figure)


def engine() -> str:
    """Return the engine with its version."""
    import tesserocr

    return str(tesserocr.tesseract_version()).splitlines()[0]


if __name__ == "__main__":
    main()
