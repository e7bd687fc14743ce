"""Learns from errors put into parallel letters when two sentences deny different things.

    python benchmarks/train_negations.py home_assistant_frontend-….whl homeassistant-….whl [--curve]

Writes ``secondopinion/translation/data/negations.json``, which `translation.checks.polarity` reads;
scikit-learn, numpy and polib are needed here only. It learns from letters up to
`train_meanings.LAST`, sentence by sentence: each as it is, and once with each negation lost that
can be lost. Each letter is read with meanings learnt from the other letters (and from pages, see
``train_meanings.py``), so that the trees do not take for granted that all words are known. The
limit for an alarm is the likelihood that `MOST_FALSE` sentences a page do not reach, counted on the
letters of `USUAL`, each judged by trees that have not seen it; what `MOST_TOLD` sentences a page
reach in letters from `TRUSTED` on is pointed at without an alarm. ``--curve`` prints how well fewer
letters teach.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="second-opinion-train-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"

from benchmarks import train_meanings
from benchmarks.injected_errors import spoilt
from secondopinion.translation.checks import meanings, polarity
from secondopinion.translation.checks.align import align
from secondopinion.translation.checks.languages import language
from secondopinion.translation.checks.negations import Negations
from secondopinion.translation.checks.reading import View, read

LANGUAGES = ("en", "es", "fr", "ru", "ar", "zh")
PAIRS = [pair for code in LANGUAGES[1:] for pair in ((code, "en"), ("en", code))]
BESIDE_ENGLISH = [
    ("es", "ar"),
    ("ar", "fr"),
    ("fr", "ru"),
    ("ru", "es"),
    ("zh", "ru"),
    ("ar", "zh"),
]
FOLDS = 5
TRUSTED = 35  # the first letter on which what is told is counted
USUAL = range(35, 55)  # where alarms are: later ones deny in every line, on purpose
MOST_FALSE = 0.1  # alarms a page; other kinds of error have theirs
MOST_TOLD = 1.0  # places a page that are pointed at without an alarm, those with one included
CURVE = (0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
GROUPS = ((1, 34), (35, 44), (45, 54), (55, 74), (35, 74))
SIZES = (15, 30, 45)  # letters to learn from, besides all

type Row = tuple[int, bool, int, list[float]]  # letter, with English, whether spoilt, numbers


def numbers(original: View, translation: View, at: int | None) -> Iterator[list[float]]:
    """Return what the trees see of the sentences of a line and of its translation.

    `at` is the place in the translation where an error was put in; then only the sentence that
    holds it is of interest.
    """
    judged = Negations(original, translation)
    for pair in align(original, translation):
        if not pair.original or not pair.translation:
            continue
        places = [translation.place(each.start, each.end) for each in pair.translation]
        if at is None or places[0].start <= at < places[-1].end:
            yield judged.numbers(pair)


def rows(given: tuple[Path, Path]) -> list[Row]:
    """Return all sentences of a letter, untouched and spoilt, read with a table of meanings."""
    folder, meanings.TABLE = given
    return list(_rows(folder))


def _rows(folder: Path) -> Iterator[Row]:
    letter = int(folder.name.split("-")[0])
    texts = {code: (folder / f"{code}.txt").read_text().splitlines() for code in LANGUAGES}
    views: dict[tuple[str, str], View] = {}

    def view(text: str, code: str) -> View:
        if (text, code) not in views:
            views[text, code] = read(text, language(code))
        return views[text, code]

    for source, target in PAIRS + BESIDE_ENGLISH:
        for original, translation in zip(texts[source], texts[target], strict=True):
            ours = view(original, source)
            for found in numbers(ours, view(translation, target), None):
                yield letter, "en" in (source, target), 0, found
            for error in spoilt(translation, target):
                if error.kind == "negation":
                    at = _differ(translation, error.text)
                    for found in numbers(ours, view(error.text, target), at):
                        yield letter, "en" in (source, target), 1, found


def _differ(one: str, other: str) -> int:
    """Return where two texts begin to differ."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def model() -> HistGradientBoostingClassifier:
    """Return what learns: shallow trees, each from some of the numbers."""
    return HistGradientBoostingClassifier(
        max_iter=250, max_depth=4, learning_rate=0.06, min_samples_leaf=40, l2_regularization=10,
        max_features=0.3, random_state=0,
    )  # fmt: skip


def all_rows(wheels: list[Path]) -> list[Row]:
    """Return the sentences of all letters, each read with what letters of other folds taught."""
    found = train_meanings.pages(wheels)
    folders = train_meanings.letters()
    with tempfile.TemporaryDirectory() as place, ProcessPoolExecutor() as pool:
        tables = []
        for fold in range(FOLDS):
            tables.append(Path(place) / f"{fold}.json")
            without = {number for number in folders if number % FOLDS == fold}
            tables[-1].write_text(train_meanings.written(train_meanings.learnt(found, without)))
        wanted = [(path, tables[number % FOLDS]) for number, path in folders.items()]
        return [row for each in pool.map(rows, wanted) for row in each]


def limit(sure: np.ndarray, a_page: float, pages: int) -> float:
    """Return the likelihood that so many of some untouched sentences a page reach."""
    return float(np.sort(sure)[::-1][round(a_page * pages)])


def in_turns(
    group: np.ndarray, label: np.ndarray, data: np.ndarray, size: int | None = None
) -> np.ndarray:
    """Return how sure trees are of each sentence whose letter they have not seen.

    With a `size` they have seen so many letters only, drawn by lot.
    """
    sure = np.zeros(len(label))
    drawn = np.random.default_rng(0).permutation(np.unique(group))
    for fold in range(FOLDS):
        out = group % FOLDS == fold
        seen = [letter for letter in drawn if letter % FOLDS != fold][:size]
        these = np.isin(group, seen)
        sure[out] = model().fit(data[these], label[these]).predict_proba(data[out])[:, 1]
    return sure


def main() -> None:
    """Learn, print how well letters that were not seen are judged, and write the trees."""
    curve = "--curve" in sys.argv
    found = all_rows([Path(each) for each in sys.argv[1:] if each != "--curve"])
    group, english, label = (np.array([row[at] for row in found]) for at in (0, 1, 2))
    data = np.array([row[3] for row in found])
    told = "| Learnt from | Letters | negations lost | " + " | ".join(f"{n} a page" for n in CURVE)
    sys.stdout.write(told + " |\n| --- | --- |" + " ---: |" * (len(CURVE) + 1) + "\n")
    for size in (*(SIZES if curve else ()), None):
        sure = in_turns(group, label, data, size)
        for first, last in GROUPS:
            these = english & (group >= first) & (group <= last)
            pages = len(PAIRS) * len(set(group[these]))
            lost, kept = sure[these & (label == 1)], sure[these & (label == 0)]
            recall = " | ".join(f"{(lost > limit(kept, n, pages)).mean():.3f}" for n in CURVE)
            sys.stdout.write(f"| {size or 'all'} | {first}–{last} | {len(lost)} | {recall} |\n")
    usual = english & np.isin(group, USUAL)
    trusted = english & (group >= TRUSTED)
    alarming, telling = (
        limit(sure[these & (label == 0)], most, len(PAIRS) * len(set(group[these])))
        for these, most in ((usual, MOST_FALSE), (trusted, MOST_TOLD))
    )
    for name, least in (("alarm", alarming), ("told", telling)):
        shares = ", ".join(
            f"{first}–{last} {(sure[these & (label == 1)] > least).mean():.3f}"
            for first, last in GROUPS
            for these in [english & (group >= first) & (group <= last)]
        )
        sys.stdout.write(f"{name}: limit {least:.4f}; lost negations found of {shares}\n")
    learnt = model().fit(data, label)
    trees = [[_node(node) for node in each[0].nodes] for each in learnt._predictors]  # noqa: SLF001  no public way to the trees
    start = round(float(np.ravel(learnt._baseline_prediction)[0]), 5)  # noqa: SLF001  nor to this
    written = {"alarming": round(alarming, 4), "telling": round(telling, 4), "start": start,
               "trees": trees}  # fmt: skip
    polarity.MODEL.write_text(json.dumps(written, separators=(",", ":")) + "\n")
    again = [polarity.likelihood(each) for each in data[:200].tolist()]
    np.testing.assert_allclose(again, learnt.predict_proba(data[:200])[:, 1], atol=1e-3)


def _node(node: np.void) -> list[float]:
    if node["is_leaf"]:
        return [round(float(node["value"]), 5)]
    return [int(node["feature_idx"]), round(float(node["num_threshold"]), 5), int(node["left"]),
            int(node["right"])]  # fmt: skip


if __name__ == "__main__":
    main()
