"""Reads Latin, Chinese and Japanese letters with RapidOCR. Runs inside the sandbox.

Its models lie in its wheel: nothing is fetched. On blurred and shaded pages it reads what Tesseract
does not, and Chinese and Japanese better on any page. Letters of other scripts it leaves out, and
is sure of the rest: `shows` says how much of the ink became letters.
"""

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import cv2
import numpy as np

from secondopinion.records.boxes import Word
from secondopinion.records.checks import scripts
from secondopinion.records.measuring import Grey, ink_of, letters_in

ENGINE, VERSION = "rapidocr", "2"  # 2: columns of text one after the other
FIRST = {"zh", "ja"}  # languages that it reads before Tesseract does
LEAST_SHOWN = 0.35  # letters for each shape of ink; it drops nine in ten of a script it cannot read
STEEP = 2.5  # its 0.99 are few errors, its 0.8 a quarter of the letters (measured here)
LONG = 3  # letters of a word whose box shows how it lies
COLUMN_LINES, COLUMN_LETTERS = 3, 14  # of a column of text; cells of a table hold less
BESIDE = 0.5  # of a line's height: lines that lie so little apart stand beside each other

# Without this the engine looks for a graphics card and speaks on standard error.
os.environ.setdefault("ORT_LOGGING_LEVEL", "3")
# Unless told, its runtime counts its use under a number of the machine, and can upload that.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,  # the page is laid level and set upright before
            "Global.return_word_box": True,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def read(picture: Grey) -> list[Word]:
    """Return the words of a level page, in their lines from the top."""
    found = _engine()(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    if found.txts is None:
        return []
    pieces = found.word_results or [()] * len(found.txts)
    rows = _rows(list(zip(found.boxes, found.txts, found.scores, pieces, strict=True)))
    return [
        word for number, row in enumerate(rows, 1) for each in row for word in _words(each, number)
    ]


def _rows(lines: list[Any]) -> list[list[Any]]:
    """Put what stands at the same height into one row, from the left."""
    rows: list[tuple[float, list[Any]]] = []
    for line in sorted(lines, key=lambda each: float(each[0][:, 1].mean())):
        middle, high = float(line[0][:, 1].mean()), float(np.ptp(line[0][:, 1]))
        if rows and abs(rows[-1][0] - middle) < high * BESIDE:
            rows[-1][1].append(line)
        else:
            rows.append((middle, [line]))
    sorted_rows = [sorted(row, key=lambda each: float(each[0][:, 0].min())) for _, row in rows]
    return in_columns(sorted_rows)


def in_columns(rows: list[list[Any]]) -> list[list[Any]]:
    """Put two columns of text behind each other, where there are two; rows of a table stay."""
    edges = [
        (float(each[0][:, 0].min()), float(each[0][:, 0].max())) for row in rows for each in row
    ]
    if not edges:
        return rows
    first, last = min(left for left, _ in edges), max(right for _, right in edges)
    ways = [first + (last - first) * share / 100 for share in range(35, 66, 2)]
    middle = max(ways, key=lambda way: sum(right <= way or left >= way for left, right in edges))
    told: list[list[Any]] = []
    block: list[list[Any]] = []
    for row in rows:
        if any(each[0][:, 0].min() < middle < each[0][:, 0].max() for each in row):
            told += [*_parted(block, middle), row]
            block = []
        else:
            block.append(row)
    return told + _parted(block, middle)


def _parted(block: list[list[Any]], middle: float) -> list[list[Any]]:
    """Return rows that nothing crosses at `middle` as two columns, if both are columns of text."""
    left = [[each for each in row if each[0][:, 0].max() <= middle] for row in block]
    sides = [
        list(filter(None, left)),
        list(
            filter(None, ([each for each in row if each[0][:, 0].min() >= middle] for row in block))
        ),
    ]
    for side in sides:
        letters = sorted(sum(len(each[1]) for each in row) for row in side)
        if len(side) < COLUMN_LINES or letters[len(letters) // 2] < COLUMN_LETTERS:
            return block
    return [*sides[0], *sides[1]]


def _words(line: Any, number: int) -> Iterator[Word]:
    """Return the words of one line: boxes of words in Latin, of letters in Chinese are joined."""
    whole, text, score, pieces = line
    left = [piece for piece in pieces if str(piece[0]).strip()]
    joined = "".join(str(piece[0]).strip() for piece in left)
    fits = joined == "".join(text.split())
    for token in text.split():
        boxes, scores, length = [np.asarray(whole)], [float(score)], 0
        if fits:
            boxes, scores = [], []
            while length < len(token):
                piece = left.pop(0)
                boxes.append(np.asarray(piece[2]))
                scores.append(float(piece[1]))
                length += len(str(piece[0]).strip())
        corners = np.concatenate([each.reshape(-1, 2) for each in boxes])
        (x, y), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        box = int(x), int(y), int(right - x), int(bottom - y)
        yield Word(token, sure_of(min(float(score), float(np.mean(scores)))), box, number)


def sure_of(score: float) -> float:
    """Return the engine's own confidence (0 to 1) as one that Tesseract would give (0 to 100)."""
    return max(0.0, 100 - 100 * STEEP * (1 - score))


def shows(picture: Grey, words: list[Word]) -> bool:
    """Say whether the letters are as many as the ink has shapes: what it cannot read it drops."""
    letters = sum(bool(scripts.script_of(char)) for word in words for char in word.text)
    digits = sum(char.isdigit() for word in words for char in word.text)
    shapes = len(letters_in(ink_of(picture)))
    return letters > digits and letters + digits >= LEAST_SHOWN * shapes


def upended(words: list[Word]) -> bool:
    """Say whether most of what was read stands on its end: the engine reads lines that do."""
    long = [word for word in words if len(word.text) > LONG]
    return sum(word.box[3] > word.box[2] for word in long) > len(long) / 2
