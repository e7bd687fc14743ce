"""The style sheets: every pair of a text and its ground can be read, in light and in dark."""

import re
from pathlib import Path

import pytest

CSS = (
    Path(__file__).parents[2] / "secondopinion" / "web" / "static" / "house" / "house.css"
).read_text()

PAIRS = [
    ("ink", "paper"), ("ink", "quiet"), ("ink-2", "paper"), ("ink-2", "quiet"),
    ("action", "paper"), ("action", "quiet"), ("action-hover", "paper"), ("action-hover", "quiet"),
    ("on-action", "action"), ("on-action", "action-hover"),
    ("good", "paper"), ("good", "quiet"), ("stop", "paper"), ("stop", "stop-ground"),
    ("attention", "attention-ground"), ("ink", "attention-ground"), ("ink", "stop-ground"),
    ("action", "attention-ground"), ("action", "stop-ground"), ("ink-2", "attention-ground"),
    ("ink-2", "stop-ground"), ("paper", "stop"),
]  # fmt: skip


def tokens(text: str) -> dict[str, str]:
    """Return the colours that a block of the style sheet sets."""
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6})\b", text))


def light_and_dark() -> dict[str, dict[str, str]]:
    """Return the colours of both schemes; what dark does not change stays."""
    light_part, _at, rest = CSS.partition("@media (prefers-color-scheme: dark)")
    light = tokens(light_part)
    return {"light": light, "dark": light | tokens(rest.partition("}")[0])}


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(each * 2 for each in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_text_can_be_read_on_its_ground(scheme: str, text: str, ground: str) -> None:
    colours = light_and_dark()[scheme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_edge_of_what_can_be_filled_in_is_seen(scheme: str) -> None:
    colours = light_and_dark()[scheme]
    assert contrast(colours["ink-2"], colours["paper"]) >= 3


def test_nothing_is_placed_left_or_right() -> None:
    """A page in Arabic is mirrored by the browser alone: only logical properties are used."""
    physical = re.findall(
        r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)|(?:left|right)\s*:|"
        r"(?:text-align|float):\s*(?:left|right))",
        CSS,
    )
    assert not physical


def test_no_asset_comes_from_another_host() -> None:
    assert not re.findall(r"url\((?![\"']?(?:data:|\.|/static/))", CSS)
    assert "@import" not in CSS
