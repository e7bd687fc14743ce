"""Pages of records rendered from known texts, and what spoils them, in three strengths each."""

import io
import os
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from secondopinion.records.checks import scripts

HOUSE = ROOT / "secondopinion" / "core" / "fonts"
SYSTEM = Path("/usr/share/fonts")
MORE = Path(os.environ.get("BENCH_FONTS", SYSTEM))  # where Noto's CJK lies, if not in the system
FONTS = {
    "Latn": [HOUSE / "NotoSerif-Regular.ttf", SYSTEM / "truetype/dejavu/DejaVuSans.ttf"],
    "Cyrl": [HOUSE / "NotoSerif-Regular.ttf", SYSTEM / "truetype/dejavu/DejaVuSans.ttf"],
    "Arab": [HOUSE / "NotoNaskhArabic-Regular.ttf"],
    "Deva": [HOUSE / "NotoSerifDevanagari-Regular.ttf"],
    "Ethi": [HOUSE / "NotoSerifEthiopic-Regular.ttf"],
    "Hebr": [SYSTEM / "truetype/dejavu/DejaVuSans.ttf"],
    "Hans": [MORE / "opentype/noto/NotoSansCJK-Regular.ttc"],
}
SCRIPTS = {"en": "Latn", "es": "Latn", "fr": "Latn", "pt": "Latn", "de": "Latn", "tr": "Latn",
           "ru": "Cyrl", "uk": "Cyrl", "ar": "Arab", "fa": "Arab", "zh": "Hans", "hi": "Deva",
           "am": "Ethi", "he": "Hebr", "ja": "Jpan"}  # fmt: skip
WHOLE = {"Latn", "Cyrl", "Hans"}  # their fonts draw Latin letters and signs too

type Grey = NDArray[np.uint8]
type Spoil = Callable[[Grey, int, np.random.Generator], Grey]


def fonts_of(script: str) -> list[Path]:
    """Return the fonts of a script that are on this machine."""
    return [path for path in FONTS[script] if path.exists()]


def drawable(text: str, script: str) -> str:
    """Return a text without the words that hold letters or signs which the script's fonts lack."""
    if script in WHOLE:
        return text

    def known(char: str) -> bool:
        kind = unicodedata.category(char)
        return scripts.script_of(char) == script or kind == "Nd" or kind[0] == "P"

    lines = (line.split(" ") for line in text.splitlines())
    kept = (" ".join(word for word in line if all(map(known, word))) for line in lines)
    return "\n".join(line for line in kept if line)


def render(lines: list[str], script: str, rng: np.random.Generator, width: int = 1240) -> Grey:
    """Return a page with the lines of a text, at about 150 dots an inch."""
    fonts = fonts_of(script)
    size = int(rng.integers(24, 34))
    font = ImageFont.truetype(str(fonts[int(rng.integers(len(fonts)))]), size)
    margin, gap = int(rng.integers(60, 110)), int(size * 1.7)
    wrapped = [piece for line in lines for piece in _wrap(line, font, width - 2 * margin)]
    page = Image.new("L", (width, 2 * margin + gap * len(wrapped)), int(rng.integers(222, 243)))
    draw = ImageDraw.Draw(page)
    for row, piece in enumerate(wrapped):
        right = script in {"Arab", "Hebr"}
        draw.text(
            (width - margin if right else margin, margin + row * gap), piece,
            fill=int(rng.integers(20, 50)), font=font, anchor="ra" if right else "la",
        )  # fmt: skip
    noisy = np.asarray(page, np.float32) + rng.normal(0, 2, (page.height, page.width))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _wrap(line: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    words = line.split(" ") if " " in line else list(line)
    glue = " " if " " in line else ""
    rows, row = [], ""
    for word in words:
        longer = f"{row}{glue}{word}" if row else word
        if font.getlength(longer) > width and row:
            rows.append(row)
            row = word
        else:
            row = longer
    return [*rows, row]


def _clip(values: NDArray[np.floating]) -> Grey:
    return np.clip(values, 0, 255).astype(np.uint8)


def motion(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    length = (7, 13, 23)[strength]
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D((length / 2, length / 2), float(rng.uniform(0, 180)), 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    return _clip(cv2.filter2D(page.astype(np.float32), -1, kernel / kernel.sum()))


def defocus(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    return cv2.GaussianBlur(page, (0, 0), (1.6, 3.2, 5.5)[strength])


def low_light(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    gain = (0.35, 0.16, 0.07)[strength]
    return _clip(page * gain + rng.normal(0, 9, page.shape))


def jpeg(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    out = io.BytesIO()
    Image.fromarray(page).save(out, "JPEG", quality=(25, 10, 3)[strength])
    return np.asarray(Image.open(out), np.uint8)


def few_dots(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    part = (100, 72, 42)[strength] / 150
    return cv2.resize(page, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)


def skew(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    angle = (3, 8, 15)[strength] * (1 if rng.random() < 0.5 else -1)
    return np.asarray(
        Image.fromarray(page).rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=230)
    )


def shadow(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    least = (0.45, 0.2, 0.06)[strength]
    across = np.linspace(0, 1, page.shape[1])[None, :]
    edge = float(rng.uniform(0.35, 0.6))
    light = least + (1 - least) / (1 + np.exp(-(across - edge) * 18))
    return _clip(page * light + rng.normal(0, 4, page.shape))


def glare(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    high, wide = page.shape
    size = (0.16, 0.3, 0.5)[strength]
    rows, columns = np.mgrid[:high, :wide]
    middle = (high * rng.uniform(0.35, 0.65), wide * rng.uniform(0.3, 0.7))
    away = np.hypot((rows - middle[0]) / high, (columns - middle[1]) / wide) / size
    return _clip(page + 330 * np.exp(-(away**4)))


def crop(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    part = (0.14, 0.24, 0.42)[strength]
    cut = int(page.shape[1] * part)
    return np.ascontiguousarray(page[:, cut:] if rng.random() < 0.5 else page[:, :-cut])


def fax(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    part = (0.66, 0.5, 0.36)[strength]
    small = cv2.resize(page, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
    noisy = small + rng.normal(0, (25, 45, 70)[strength], small.shape)
    return np.where(noisy < 140, 0, 255).astype(np.uint8)


def screen(page: Grey, strength: int, rng: np.random.Generator) -> Grey:
    rows, columns = np.mgrid[: page.shape[0], : page.shape[1]]
    angle = float(rng.uniform(0.1, 0.5))
    wave = np.sin((columns * np.cos(angle) + rows * np.sin(angle)) * 2 * np.pi / 4.6)
    wave += np.sin((rows * np.cos(angle) - columns * np.sin(angle)) * 2 * np.pi / 5.2)
    soft = cv2.GaussianBlur(page, (0, 0), (1.2, 2.0, 3.4)[strength]).astype(np.float32)
    return _clip(soft * 0.8 + wave * (10, 22, 40)[strength] + 20)


SPOILS: dict[str, Spoil] = {
    "motion": motion, "defocus": defocus, "low light": low_light, "JPEG": jpeg,
    "few dots": few_dots, "skew": skew, "shadow": shadow, "glare": glare, "crop": crop,
    "fax": fax, "screen": screen,
}  # fmt: skip
