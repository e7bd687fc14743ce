"""Where light or its lack has taken letters away: told by the letters around, not by white or black
alone."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from secondopinion.records import legibility as quickly
from secondopinion.records import measuring
from secondopinion.records.checks import legibility
from tests.conftest import DOCUMENTS


def white_page() -> NDArray[np.float64]:
    """Return a scan whose paper is white, as most scanners make it."""
    with Image.open(DOCUMENTS / "carta-de-alta-es.jpg") as picture:
        grey = np.asarray(picture.convert("L"), float)
    return np.clip(grey * 255 / np.percentile(grey, 60), 0, 255)


def text_of(page: NDArray[np.float64]) -> tuple[slice, slice]:
    """Return where the middle of the text is."""
    rows, columns = np.nonzero(page < 100)
    top, bottom = np.percentile(rows, [35, 65]).astype(int)
    left, right = np.percentile(columns, [25, 75]).astype(int)
    return slice(top, bottom), slice(left, right)


def measured(page: NDArray[np.float64]) -> dict[str, float]:
    return measuring.measure(measuring.Seen(np.clip(page, 0, 255).astype(np.uint8)))


def spot(page: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 in the middle of the text, falling softly to 0 around it."""
    rows, columns = text_of(page)
    down, across = np.mgrid[: page.shape[0], : page.shape[1]]
    high, wide = (rows.stop - rows.start) * 1.3, (columns.stop - columns.start) * 0.9
    away = np.hypot((down - (rows.start + rows.stop) / 2) / high,
                    (across - (columns.start + columns.stop) / 2) / wide)  # fmt: skip
    soft: NDArray[np.float64] = np.exp(-(away**4))
    return soft


def test_a_glare_on_white_paper_is_known_by_the_letters_that_fade() -> None:
    page = white_page()
    assert measured(page + 330 * spot(page))["glare"] > 0.1


def test_a_white_place_between_letters_is_no_glare() -> None:
    page = white_page()
    page[text_of(page)] = 255
    assert measured(page)["glare"] == 0


def test_a_shadow_that_hides_letters_costs_what_it_hides() -> None:
    page = white_page() * 0.9
    light = 1 - 0.97 * spot(page)
    found = measured(page * light)
    assert found["dark"] > 0.05
    read = {"sure": 95.0, "coverage": 0.95, "letters": 900}
    fine = legibility.judge(found | {"dark": 0.0}, read)
    assert legibility.judge(found, read).score < fine.score


def test_a_dark_picture_on_a_page_is_no_shadow() -> None:
    page = white_page() * 0.9
    page[text_of(page)] = 5
    assert measured(page)["dark"] == 0


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_cut_page_is_hard_to_read_and_the_worse_the_more_lines_are_cut(share: float) -> None:
    numbers = measured(white_page()) | {"cut": ["left"]}
    read = {"sure": 95.0, "coverage": 0.98, "letters": 900}
    verdict = legibility.judge(numbers | {"cut_lines": share}, read)
    assert verdict.level == "hard"
    assert verdict.score < legibility.judge(numbers | {"cut_lines": share / 2}, read).score


def test_a_shadow_that_hides_letters_is_the_first_reason_and_no_screen() -> None:
    page = white_page() * 0.9
    page[:, page.shape[1] // 2 :] *= 0.03
    rng = np.random.default_rng(3)
    found = measured(page + rng.normal(0, 2, page.shape)) | {"waves": 1165.0}
    assert found["dark"] > legibility.DARK
    read = {"sure": 96.0, "coverage": 1.0, "letters": 500}
    reasons = [each.code for each in legibility.judge(found, read).reasons]
    assert (reasons[0], "screen-photo" in reasons) == ("shadow", False)


def test_a_page_in_the_dark_is_hard_to_read_though_a_machine_reads_it() -> None:
    page = 10 + white_page() * 0.08
    read = {"sure": 94.0, "coverage": 0.98, "letters": 900}
    verdict = legibility.judge(measured(page), read)
    assert (verdict.level, verdict.reasons[0].code) == (legibility.HARD, "low-contrast")
    quick = {"short_side": 1240, "contrast": 20.0, "sharpness": 4.0}
    assert quickly.judge(quick) == ("hard", ["low-contrast"])
