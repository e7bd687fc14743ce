"""Reads the letters of a page with Tesseract, and with RapidOCR where that is in doubt. Runs inside
the sandbox.

The page's light is evened, its lines are laid level, and its letters brought to the size that the
engine was trained on. The language is tried first that the case speaks; where that reads badly,
every script that this installation can read is tried on a few lines, upright and upside down. A
model that does not know a script gives itself less than 65 %, one that does more than 80.
"""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from secondopinion.records import engines, rapid
from secondopinion.records.boxes import Box, Word
from secondopinion.records.checks import scripts, tongue
from secondopinion.records.measuring import Grey, Seen, ink_of, letters_in, skew, upright

ENGINE = "tesseract"
VERSION = f"4-{rapid.VERSION}"  # 4: samples of letters alone, no single letters for words
LETTER = 22  # pixels: the height of a letter at which Tesseract reads well
MOST_PIXELS = 9_000_000
SURE, READ = 60, 64  # of 100: a word that counts, a page that needs no second try
SPECK = 0.45  # of a letter's height: what is lower is grain, or a point
SMALL_PAGE = 500  # letters; a page with so few is its own sample
SAMPLE_LINES, SAMPLE_LETTERS = 6, 40  # how high and how wide a sample is, in letters' heights
DOUBTED, UNCOVERED = 88, 0.93  # below one of these RapidOCR is asked: it takes three times as long
FEWEST = 12  # letters; on a page with fewer no script is looked for
FOUND = 80  # a sample that is read so well ends the search
SLOWEST = 10  # times the processor time, on a machine that is busy with other things
os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # its threads wait for each other


@dataclass(frozen=True, slots=True)
class Level:
    """A page as it is read: `turned` clockwise quarter turns, then laid level. `ways` and `start`
    lead from a pixel back to its place on the page that was only turned, in shares of it."""

    picture: Grey
    turned: int
    ways: NDArray[np.float64]
    start: NDArray[np.float64]

    def flipped(self) -> "Level":
        """Return the page upside down."""
        high, wide = self.picture.shape
        start = 1 - self.start - self.ways @ np.array([wide, high])
        picture = np.ascontiguousarray(self.picture[::-1, ::-1])
        return Level(picture, (self.turned + 2) % 4, self.ways, start)


@dataclass(slots=True)
class Read:
    """What was read: `model` is the engine's language; `level` the page as the engine saw it."""

    model: str = ""
    engine: str = ENGINE
    words: list[Word] = field(default_factory=list)
    level: Level | None = None
    coverage: float = 0.0

    @property
    def turned(self) -> int:
        """Clockwise quarter turns after which the page stands upright."""
        return self.level.turned if self.level else 0

    def place_of(self, word: Word) -> Box:
        """Return where a word stands on the page that was only turned."""
        left, top, width, height = word.box
        if self.level is None:
            raise ValueError("no page was read")
        corners = [[left, left + width, left, left + width], [top, top, top + height, top + height]]
        across, down = self.level.ways @ np.array(corners) + self.level.start[:, None]
        return float(across.min()), float(down.min()), float(across.max()), float(down.max())

    @property
    def sure(self) -> float:
        """The engine's confidence, from 0 to 100, long words counting more."""
        letters = [len(word.text) for word in self.words]
        if not letters:
            return 0.0
        return float(np.average([word.sure for word in self.words], weights=letters))

    @property
    def text(self) -> str:
        """The words in their lines."""
        lines: dict[int, list[str]] = {}
        for word in self.words:
            lines.setdefault(word.line, []).append(word.text)
        return "\n".join(" ".join(each) for each in lines.values())


class Reader:
    """Reads pages; keeps the engines that it has loaded."""

    def __init__(self, folder: str = "") -> None:
        """Take the languages that are shipped, and those of a folder."""
        self.folder = folder
        self.engines: dict[str, Any] = {}
        self.known = engines.models(folder)

    def close(self) -> None:
        """End the engines."""
        for engine in self.engines.values():
            engine.End()
        self.engines = {}

    def read(self, seen: Seen, hints: Iterable[str], seconds: float = 20.0) -> Read:
        """Read a page that was made ready; `hints` are codes of languages, the likeliest first.

        At most about `seconds` of processor time are spent; what was read until then counts.
        """
        ends = time.process_time() + seconds
        level = _level(seen)
        hints = list(hints)
        if hints and hints[0].partition("-")[0] in rapid.FIRST:
            read = self._second(seen, level, Read())
            if read.sure >= READ:
                return read
        wanted = [model for model in map(scripts.model_of, hints) if model in self.known]
        tried = self._recognise(level, (wanted or ["eng"])[0], ends)
        if tried.sure < READ and len(seen.boxes) >= FEWEST:
            model, flipped = self._best(level.picture, wanted, ends)
            if model and (flipped or model != tried.model):
                other = self._recognise(level.flipped() if flipped else level, model, ends)
                # The level goes along: words of an upright page have no place on a flipped one.
                tried = max(tried, other, key=lambda each: each.sure * min(40, len(each.words)))
        tried = self._in_its_language(tried, ends)
        level = tried.level or level
        if len(seen.boxes) >= FEWEST and _doubtful(tried) and time.process_time() < ends:
            return self._second(seen, level, tried)
        return tried

    def _second(self, seen: Seen, level: Level, tried: Read) -> Read:
        """Read with RapidOCR; return the better one of both."""
        piece, flipped = _either_way(level)
        if level.turned % 2 and rapid.upended(piece):  # a few characters were taken for columns
            level = _level(seen, sideways=False)
            piece, flipped = _either_way(level)
        if flipped:
            level = level.flipped()
        if not rapid.shows(_sample(level.picture), piece):
            return tried
        words = rapid.read(level.picture)
        if not rapid.shows(level.picture, words):
            return tried
        read = Read(engine=rapid.ENGINE, words=words, level=level)
        read.coverage = coverage(level.picture, words)
        return (
            read if _worth(words) * read.coverage > _worth(tried.words) * tried.coverage else tried
        )

    def _in_its_language(self, read: Read, ends: float) -> Read:
        """Read again where the words are of another language of the same script."""
        if read.level is None or read.sure < 50 or time.process_time() > ends:
            return read
        found = tongue.identify(read.text)
        model = scripts.model_of(found.language)
        if read.model == "ara" and self._is_persian(read.level.picture, ends):
            return self._recognise(read.level, "fas", ends)
        if not found.certainty > 0.6 or model == read.model or model not in self.known:
            return read
        again = self._recognise(read.level, model, ends)
        return again if again.sure >= read.sure - 2 else read

    def _is_persian(self, picture: Grey, ends: float) -> bool:
        """Say whether a piece of a page that was read as Arabic holds letters that Arabic has not:
        its model takes them for others."""
        if "fas" not in self.known:
            return False
        text = self._words_of(_sample(picture), "fas", ends).text
        own = sum(text.count(letter) for letter in "پچژگ")
        return own > 2 and tongue.identify(text).language in {"fa", "ur"}

    def _best(self, picture: Grey, wanted: list[str], ends: float) -> tuple[str, bool]:
        """Return the model that reads some lines best, and whether upside down."""
        sample = _sample(picture)
        best, most = ("", False), 0.0
        for model, flipped in _tries(wanted, self.known):
            if time.process_time() > ends:
                break
            piece = np.ascontiguousarray(sample[::-1, ::-1]) if flipped else sample
            read = self._words_of(piece, model, ends)
            score = read.sure * _worded(read) * min(1.0, sum(map(len, read.text.split())) / 20)
            if score > most:
                best, most = (model, flipped), score
            if score > FOUND:
                break
        return best if most >= READ else ("", False)

    def _engine(self, model: str) -> Any:
        if model not in self.engines:
            import tesserocr

            self.engines[model] = tesserocr.PyTessBaseAPI(
                path=engines.folders(self.folder)[model], lang=model, psm=tesserocr.PSM.AUTO
            )
        return self.engines[model]

    def _recognise(self, level: Level, model: str, ends: float) -> Read:
        read = self._words_of(level.picture, model, ends)
        read.level = level
        return read

    def _words_of(self, picture: Grey, model: str, ends: float) -> Read:
        engine = self._engine(model)
        high, wide = picture.shape
        engine.SetImageBytes(picture.tobytes(), wide, high, 1, wide)
        left = max(0.2, ends - time.process_time()) * SLOWEST
        read = Read(model)
        if engine.Recognize(int(left * 1000)):
            read.words = list(_words(engine.GetTSVText(0)))
        engine.Clear()
        read.coverage = coverage(picture, read.words)
        return read


def _worded(read: Read) -> float:
    """Return the share of letters in words of several: an engine that does not know a script falls
    apart into single letters, some of which it is sure of. Chinese has no words to fall apart."""
    letters = [sum(map(str.isalpha, word.text)) for word in read.words]
    if read.model in {"chi_sim", "jpn"} or not sum(letters):
        return 1.0
    return min(1.0, sum(each for each in letters if each > 1) / (0.8 * sum(letters)))


def _doubtful(read: Read) -> bool:
    """Say whether another engine may read this better: Chinese characters, or letters in doubt that
    are not plainly of a script which it does not know."""
    if read.model in {"chi_sim", "jpn"}:
        return True
    if read.sure >= READ and set(scripts.shares(read.text)) - {"Latn"}:
        return False
    return read.sure < DOUBTED or read.coverage < UNCOVERED


def _either_way(level: Level) -> tuple[list[Word], bool]:
    """Return what RapidOCR reads of a piece of the page, and whether upside down."""
    sample = _sample(level.picture)
    upright_, over = rapid.read(sample), rapid.read(np.ascontiguousarray(sample[::-1, ::-1]))
    flipped = _worth(over) > _worth(upright_)
    return (over if flipped else upright_), flipped


def _worth(words: list[Word]) -> float:
    """Return how much was read, and how surely."""
    return sum(len(word.text) * max(0.0, word.sure - 50) for word in words)


def _tries(wanted: list[str], known: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Return models and whether upside down: what is expected first, then each script's first."""
    expected = list(dict.fromkeys([*wanted[:2], "eng"]))
    others = [each for each in scripts.FIRST if each in known and each not in expected]
    for models_ in (expected, others):
        for flipped in (False, True):
            for model in models_:
                yield model, flipped


def _words(table: str) -> Iterator[Word]:
    """Return the words of the engine's table (tab-separated; level 5 is a word)."""
    before: tuple[str, ...]
    line, before = 0, ("",)
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip():
            continue
        place = (*cells[1:5],)
        line, before = line + (place != before), place
        left, top, width, height = map(int, cells[6:10])
        yield Word(cells[11].strip(), float(cells[10]), (left, top, width, height), line)


def _level(seen: Seen, *, sideways: bool = True) -> Level:
    """Return the page with even light, level lines and letters of the right size; where it lies
    `sideways` it may be turned."""
    picture, turned = seen.even, 0
    if sideways and not upright(seen):
        picture, turned = np.ascontiguousarray(np.rot90(picture, -1)), 1
        seen = Seen(picture)
    tilt = skew(seen)
    letter = seen.letter or LETTER
    scale = min(3.0, max(0.4, LETTER / letter))
    scale = min(scale, (MOST_PIXELS / picture.size) ** 0.5)
    if 0.7 < scale < 1.4:
        scale = 1.0
    high, wide = picture.shape
    shares = np.diag([1 / wide, 1 / high])
    if abs(tilt) < 0.3 and scale == 1.0:
        return Level(picture, turned, shares, np.zeros(2))
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), tilt, scale)
    corner = abs(np.sin(np.radians(tilt)))
    size = (int((wide + high * corner) * scale), int((high + wide * corner) * scale))
    turn[0, 2] += (size[0] - wide) / 2
    turn[1, 2] += (size[1] - high) / 2
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    level = cv2.warpAffine(picture, turn, size, flags=way, borderValue=255)
    back = np.asarray(shares @ cv2.invertAffineTransform(turn), np.float64)
    return Level(np.asarray(level, np.uint8), turned, back[:, :2], back[:, 2])


def _sample(picture: Grey) -> Grey:
    """Return the piece of a page with the most letters, some lines high and some words wide; of a
    page with few letters all that is written. What lies around a photographed page is no letter."""
    mask = np.zeros_like(picture)
    boxes = letters_in(ink_of(picture))
    boxes = boxes[boxes[:, 3] >= LETTER * SPECK]
    for left, top, width, height in boxes:
        mask[top : top + height, left : left + width] = 1
    if not len(boxes):
        return picture
    rows, columns = mask.sum(axis=1), mask.sum(axis=0)
    if len(boxes) <= SMALL_PAGE:
        (top, high), (left, wide) = _written(rows), _written(columns)
    else:
        top, high = _densest(rows, SAMPLE_LINES * LETTER * 2)
        left, wide = _densest(mask[top : top + high].sum(axis=0), SAMPLE_LETTERS * LETTER)
    return np.ascontiguousarray(picture[top : top + high, left : left + wide])


def _written(ink: NDArray[np.integer]) -> tuple[int, int]:
    """Return where what is written begins, with a margin, and how far it goes."""
    [places] = np.nonzero(ink)
    first, last = max(0, int(places[0]) - LETTER), min(len(ink), int(places[-1]) + LETTER)
    return first, last - first


def _densest(ink: NDArray[np.integer], length: int) -> tuple[int, int]:
    """Return where the stretch of at most that length with the most ink begins, and its length."""
    length = min(len(ink), length)
    return int(np.convolve(ink, np.ones(length), "valid").argmax()), length


def coverage(picture: Grey, words: list[Word]) -> float:
    """Return the share of the ink that looks like text inside words that the engine is sure of."""
    ink = ink_of(picture)
    mask: NDArray[np.uint8] = np.zeros_like(ink)
    for left, top, width, height in letters_in(ink):
        place = np.s_[top : top + height, left : left + width]
        mask[place] = ink[place]
    total = int(np.count_nonzero(mask))
    if not total:
        return 0.0
    inside = np.zeros_like(ink)
    for word in words:
        if word.sure >= SURE:
            left, top, width, height = word.box
            inside[max(0, top - 1) : top + height + 1, max(0, left - 1) : left + width + 1] = 255
    return float(np.count_nonzero(mask & inside) / total)
