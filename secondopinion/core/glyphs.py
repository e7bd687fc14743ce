"""The fonts that ship, and what they can print. Free of Django: children of the sandbox use it."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent / "fonts"
# In this order the typesetter looks for a sign. Han is printed in the forms of the language that
# its passage is in; signs and letters of all others come from the first font that has them.
FACES = (
    "Noto Serif", "Noto Naskh Arabic", "Noto Serif Devanagari", "Noto Serif Ethiopic",
    "Noto Serif Bengali", "Noto Serif Gurmukhi", "Noto Serif Gujarati", "Noto Sans Oriya",
    "Noto Serif Tamil", "Noto Serif Telugu", "Noto Serif Kannada", "Noto Serif Malayalam",
    "Noto Serif Sinhala", "Noto Serif Thai", "Noto Serif Lao", "Noto Serif Khmer",
    "Noto Serif Myanmar", "Noto Serif Hebrew", "Noto Serif Armenian", "Noto Serif Georgian",
    "Noto Serif CJK SC", "Noto Sans Math", "Noto Sans Symbols", "Noto Sans Symbols 2",
)  # fmt: skip


def folders(added: str) -> tuple[str, ...]:
    """Return where fonts lie: ours, and the folder that an installation has added, or ""."""
    return (str(FONTS), *([added] if added else []))


@lru_cache(maxsize=2)
def printed_by(folders: Sequence[str]) -> frozenset[int]:
    """Return the characters that the fonts of some folders (a tuple) can print."""
    found: set[int] = set()
    for folder in folders:
        for path in sorted(Path(folder).glob("*.[to]tf")):
            with TTFont(path, lazy=True) as font:
                found |= set(font.getBestCmap())
    return frozenset(found)
