"""Colours on a page: contrast by WCAG 2.2, and what is made of a hospital's two for light and dark.

The grounds are those of `web/static/house/house.css`; a test compares them.
"""

import re

WHITE, BLACK = "#ffffff", "#000000"
LIGHT_GROUNDS = ("#ffffff", "#f3f6f8", "#fff4d6", "#fdeceb")
DARK_GROUNDS = ("#11181f", "#1a242d", "#3a2d0c", "#3d1715")
DARK_INK = "#06222a"  # the words on a button in the dark scheme
LEAST = 4.5  # of a text on its ground: WCAG 2.2, 1.4.3

_COLOUR = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """Say whether a text is a colour such as ``#005a70``."""
    return _COLOUR.fullmatch(text) is not None


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """Return `colour` with a `share` (0 to 1) of `other` in it."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def weakest(colour: str) -> float:
    """Return the least contrast that a colour has with any light ground."""
    return min(contrast(colour, ground) for ground in LIGHT_GROUNDS)


def for_dark(colour: str) -> str:
    """Return the colour with as much white in it as the dark grounds call for."""
    for step in range(21):
        lighter = mixed(colour, WHITE, step / 20)
        if min(contrast(lighter, ground) for ground in (*DARK_GROUNDS, DARK_INK)) >= LEAST:
            return lighter
    return WHITE
