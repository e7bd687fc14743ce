"""Learns from errors put into parallel letters when two sentences deny different things.

    uv run --with scikit-learn python benchmarks/train_negations.py

Writes ``secondopinion/translation/data/negations.json``, which `translation.checks.polarity` reads;
scikit-learn is needed here only. It learns from letters 1 to 34 in all pairs of six languages,
sentence by sentence: each as it is, and once with each negation lost that can be lost. Later
letters are left out: ``translation_checks.py`` measures on them. The limit for an alarm is the
likelihood that `QUIET` of the untouched sentences do not reach, each letter judged by trees that
have not seen it; a page has about 17 sentences.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import permutations
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="second-opinion-train-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"

from benchmarks.injected_errors import spoilt
from secondopinion.translation.checks import polarity
from secondopinion.translation.checks.align import align
from secondopinion.translation.checks.languages import language
from secondopinion.translation.checks.negations import Negations
from secondopinion.translation.checks.reading import View, read

TEXTS = ROOT / "tests" / "translation" / "texts"
LANGUAGES = ("en", "es", "fr", "ru", "ar", "zh")
LAST = 34  # letters behind it are held out
QUIET = 0.998
FOLDS = 8

type Row = tuple[int, int, list[float]]  # letter, whether spoilt, numbers


def letters() -> list[Path]:
    """Return the folders of the letters to learn from."""
    return [path for path in TEXTS.iterdir() if int(path.name.split("-")[0]) <= LAST]


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
        if at is None or places[0].start <= at <= places[-1].end:
            yield judged.numbers(pair)


def rows(folder: Path) -> list[Row]:
    """Return all sentences of a letter in all pairs, untouched and spoilt."""
    return list(_rows(folder))


def _rows(folder: Path) -> Iterator[Row]:
    letter = int(folder.name.split("-")[0])
    texts = {code: (folder / f"{code}.txt").read_text().splitlines() for code in LANGUAGES}
    views: dict[tuple[str, str], View] = {}

    def view(text: str, code: str) -> View:
        if (text, code) not in views:
            views[text, code] = read(text, language(code))
        return views[text, code]

    for source, target in permutations(LANGUAGES, 2):
        for original, translation in zip(texts[source], texts[target], strict=True):
            ours = view(original, source)
            for found in numbers(ours, view(translation, target), None):
                yield letter, 0, found
            for error in spoilt(translation, target):
                if error.kind == "negation":
                    at = _differ(translation, error.text)
                    for found in numbers(ours, view(error.text, target), at):
                        yield letter, 1, found


def _differ(one: str, other: str) -> int:
    """Return where two texts begin to differ."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def model() -> HistGradientBoostingClassifier:
    """Return what learns: few and shallow trees."""
    return HistGradientBoostingClassifier(
        max_iter=100, max_depth=4, learning_rate=0.12, min_samples_leaf=30
    )


def main() -> None:
    """Learn, print how well letters that were not seen are judged, and write the trees."""
    with ProcessPoolExecutor() as pool:
        found = [row for each in pool.map(rows, letters()) for row in each]
    group, label = (np.array([row[at] for row in found]) for at in (0, 1))
    data = np.array([row[2] for row in found])
    sure = np.zeros(len(found))
    for train, test in GroupKFold(FOLDS).split(data, label, group):
        sure[test] = model().fit(data[train], label[train]).predict_proba(data[test])[:, 1]
    limit = float(np.quantile(sure[label == 0], QUIET))
    recall = float((sure[label == 1] > limit).mean())
    sys.stdout.write(f"{len(found)} sentences; recall {recall:.3f} with {1 - QUIET:.4f} false\n")
    learnt = model().fit(data, label)
    trees = [[_node(node) for node in each[0].nodes] for each in learnt._predictors]  # noqa: SLF001  no public way to the trees
    start = round(float(np.ravel(learnt._baseline_prediction)[0]), 5)  # noqa: SLF001  nor to this
    written = {"alarming": round(limit, 4), "start": start, "trees": trees}
    polarity.MODEL.write_text(json.dumps(written, separators=(",", ":")) + "\n")
    told = [polarity.likelihood(each) for each in data[:200].tolist()]
    np.testing.assert_allclose(told, learnt.predict_proba(data[:200])[:, 1], atol=1e-3)


def _node(node: np.void) -> list[float]:
    if node["is_leaf"]:
        return [round(float(node["value"]), 5)]
    return [int(node["feature_idx"]), round(float(node["num_threshold"]), 5), int(node["left"]),
            int(node["right"])]  # fmt: skip


if __name__ == "__main__":
    main()
