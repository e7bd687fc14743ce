"""A fine picture that no engine reads: a hand is suspected, and the photo is not blamed."""

import io
from datetime import date

import cv2
import numpy as np
from PIL import Image

from secondopinion.records import understanding
from secondopinion.records.checks import examine, legibility


def scribbles() -> bytes:
    """Return a sharp picture of fourteen lines that look written, and are no letters."""
    rng = np.random.default_rng(5)
    page = np.full((1754, 1240), 250, np.uint8)
    for line in range(14):
        left = 100
        while left < 820:
            across = left + np.cumsum(rng.integers(4, 12, rng.integers(12, 27)))
            along = np.linspace(across[0], across[-1], 10 * len(across))
            height = np.interp(along, across, rng.normal(200 + 100 * line, 14, len(across)))
            height = cv2.GaussianBlur(height.reshape(1, -1), (0, 0), 3).ravel()
            stroke = np.stack([along, height], 1).astype(np.int32)
            cv2.polylines(page, [stroke], isClosed=False, color=40, thickness=2)
            left = int(across[-1]) + 30
    out = io.BytesIO()
    Image.fromarray(page).save(out, "PNG")
    return out.getvalue()


def test_a_hand_is_suspected_and_no_language_is_claimed() -> None:
    answer = understanding.picture_page(scribbles(), 0, ["es"])
    asked = examine.Asked(date(2026, 11, 28), scripts=frozenset({"Latn"}))
    page = examine.page_of(1, answer, asked)
    assert (page.verdict.level, [each.code for each in page.verdict.reasons]) == (
        legibility.HARD, ["handwriting"],
    )  # fmt: skip
    assert (page.language, page.script) == ("", "")
    [(_check, said)] = examine.page(page, asked, {})
    assert said.code == "hard-to-read"
    assert "by hand" in said.message
