"""Judges from a page's measures whether it can be read; every verdict has its reasons.

The limits are careful on purpose: sharpness alone is a weak sign (it rises as resolution falls), so
a page is called unreadable only where two signs agree. What the words say comes in a later part.
"""

from typing import Any

SOFT, BLURRED = 60.0, 18.0  # variance of the Laplacian at 1600 pixels
PALE, FAINT = 70.0, 25.0  # grey levels between paper and ink
PLAIN = 120.0  # grey levels between paper and ink of an ordinary page
BLANK = 4.0  # grey levels: nothing is on the page, so nothing is hard to read
SMALL, TINY = 700, 400  # pixels of the shorter side


def judge(page: dict[str, Any]) -> tuple[str, list[str]]:
    """Return ``good``, ``hard`` or ``unreadable``, and the reasons."""
    if not page["short_side"] or page["contrast"] < BLANK:
        return "good", []
    grave, light = [], []
    # Edges of pale letters are flat, however sharp they are.
    sharpness = page["sharpness"] * max(1.0, PLAIN / page["contrast"]) ** 2
    for reason, value, soft, hard in (
        ("blur", sharpness, SOFT, BLURRED),
        ("low-contrast", page["contrast"], PALE, FAINT),
        ("low-resolution", page["short_side"], SMALL, TINY),
    ):
        if value < hard:
            grave.append(reason)
        elif value < soft:
            light.append(reason)
    reasons = grave + light
    if len(grave) >= 2 or (grave and light):
        return "unreadable", reasons
    return ("hard", reasons) if reasons else ("good", [])
