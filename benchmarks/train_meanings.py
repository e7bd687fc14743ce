"""Learns which words stand for one another from sentences with their translations.

    python benchmarks/train_meanings.py home_assistant_frontend-….whl homeassistant-….whl

Writes ``secondopinion/translation/data/meanings.json``, which `translation.checks.meanings` reads;
numpy and polib are needed here only. It learns from the words of pages: those of Home Assistant
(Apache 2.0; the wheels from the registry), of Django (BSD) and of this product; and from the
letters under ``tests/translation/texts`` up to `LAST`. Each word of one language is taken to come
from one of the other's in the same sentence (IBM's model 1: Brown et al., 1993), in both
directions; pairs that both directions hold likely are kept.
"""

import json
import os
import re
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import django
import numpy as np
import polib

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="second-opinion-train-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"

from secondopinion.translation.checks.folding import folded
from secondopinion.translation.checks.languages import language
from secondopinion.translation.checks.meanings import TABLE, stems

TEXTS = ROOT / "tests" / "translation" / "texts"
LAST = 74  # letters behind it are held out
# Language: its name in Home Assistant, and in Django.
CODES = {
    "es": ("es", "es"), "fr": ("fr", "fr"), "ru": ("ru", "ru"), "ar": ("ar", "ar"),
    "zh": ("zh-Hans", "zh_Hans"), "de": ("de", "de"), "pt": ("pt-BR", "pt_BR"), "tr": ("tr", "tr"),
    "hi": ("hi", "hi"),
}  # fmt: skip
ROUNDS = 6
LIKELY = 0.08  # the mean of both directions
OFTEN = 0.6  # times that a pair is expected to have stood for one another
MOST = 4  # meanings of a word
LETTERS_TWICE = 2  # they are about what the checks read
_SLOT = re.compile(r"%\([a-z_A-Z]+\)[sd]|%[sd]|\{[a-z_A-Z]*\}|</?[a-z0-9]+/?>")

type Pairs = list[tuple[str, str]]  # English, other language
type Table = dict[str, dict[str, str]]


def letters() -> dict[int, Path]:
    """Return the folders of the letters to learn from, by number."""
    numbered = {int(path.name.split("-")[0]): path for path in TEXTS.iterdir()}
    return {number: path for number, path in sorted(numbered.items()) if number <= LAST}


def _flat(given: dict[str, Any], name: str = "") -> Iterator[tuple[str, str]]:
    for key, value in given.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.{key}")
        elif isinstance(value, str):
            yield f"{name}.{key}", value


def _of_wheel(wheel: Path) -> dict[str, Pairs]:
    """Return the words of Home Assistant's pages."""
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    name = re.compile(
        r"hass_frontend/static/translations/(?:(.*)/)?([A-Za-z-]+)-[0-9a-f]{32}\.json"
        r"|homeassistant/components/(.*)/translations/([A-Za-z-]+)\.json"
    )
    with zipfile.ZipFile(wheel) as packed:
        for each in packed.namelist():
            if found := name.fullmatch(each):
                place, code = found[1] or found[3] or "", found[2] or found[4]
                texts[code].update(_flat(json.loads(packed.read(each)), place))
    return {
        code: [
            (english, texts[theirs][key])
            for key, english in texts["en"].items()
            if key in texts[theirs]
        ]
        for code, (theirs, _django) in CODES.items()
    }


def _of_catalogue(path: Path) -> Pairs:
    return [
        (each.msgid, each.msgstr or each.msgstr_plural[0])
        for each in polib.pofile(str(path))
        if each.translated() and not each.fuzzy
    ]


def pages(wheels: Sequence[Path]) -> dict[str, Pairs]:
    """Return sentences of pages with their translations, without what is put in later."""
    found: dict[str, Pairs] = {code: [] for code in CODES}
    for wheel in wheels:
        for code, pairs in _of_wheel(wheel).items():
            found[code] += pairs
    for code, (_theirs, name) in CODES.items():
        for root in (Path(django.__file__).parent, ROOT / "secondopinion"):
            for path in sorted(root.glob(f"**/locale/{name}/LC_MESSAGES/*.po")):
                found[code] += _of_catalogue(path)
    return {
        code: list(
            dict.fromkeys((_SLOT.sub(" ", a), _SLOT.sub(" ", b)) for a, b in pairs if a != b)
        )
        for code, pairs in found.items()
    }


def learnt(found: dict[str, Pairs], without: set[int]) -> Table:
    """Return the table: language, word, its meanings; letters `without` are left out."""
    table = {}
    for code, pairs in found.items():
        more = [
            pair
            for number, path in letters().items()
            if number not in without and (path / f"{code}.txt").exists()
            for pair in zip(
                *((path / f"{one}.txt").read_text().splitlines() for one in ("en", code)),
                strict=True,
            )
        ]
        table[code] = _words(pairs + more * LETTERS_TWICE, code)
    return table


def _words(pairs: Pairs, code: str) -> dict[str, str]:
    """Return the words of a language with what they mean."""
    known: tuple[dict[str, int], dict[str, int]] = ({}, {})
    rows: list[tuple[int, int, int]] = []
    for number, pair in enumerate(pairs):
        ours, theirs = (
            sorted({word for _at, word in stems(folded(text), language(name))})
            for text, name in zip(pair, ("en", code), strict=True)
        )
        left = [known[0].setdefault(word, len(known[0])) for word in ours]
        right = [known[1].setdefault(word, len(known[1])) for word in theirs]
        rows += [(number, one, other) for one in left for other in right]
    sentence, english, foreign = np.array(rows, dtype=np.int64).T
    kinds, kind = np.unique(english * len(known[1]) + foreign, return_inverse=True)
    one, other = np.divmod(kinds, len(known[1]))
    there, often = _likely(sentence * len(known[1]) + foreign, kind, one)
    back, seldom = _likely(sentence * len(known[0]) + english, kind, other)
    sure, times = np.sqrt(there * back), np.minimum(often, seldom)
    names = list(known[0]), list(known[1])
    found: dict[str, list[str]] = defaultdict(list)
    for at in np.argsort(-sure):
        if sure[at] < LIKELY:
            break
        if times[at] >= OFTEN and len(found[names[1][other[at]]]) < MOST:
            found[names[1][other[at]]].append(names[0][one[at]])
    return {word: " ".join(meant) for word, meant in sorted(found.items()) if meant}


def _likely(word: np.ndarray, kind: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how likely each kind of pair is for the word that it comes `of`, and how often it is
    expected; `word` tells which places share the word that has to come from somewhere."""
    _words, group = np.unique(word, return_inverse=True)
    share = np.ones(kind.max() + 1)
    for _round in range(ROUNDS):
        weight = share[kind]
        weight /= np.bincount(group, weight)[group]
        count = np.bincount(kind, weight)
        share = count / np.bincount(of, count)[of]
    return share, count


def written(table: Table) -> str:
    """Return a table as it is kept: a word a line."""
    return json.dumps(table, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def main() -> None:
    """Learn from everything and write the table."""
    table = learnt(pages([Path(each) for each in sys.argv[1:]]), set())
    TABLE.write_text(written(table))
    words = ", ".join(f"{code} {len(known)}" for code, known in table.items())
    sys.stdout.write(f"words known: {words}\n")


if __name__ == "__main__":
    main()
