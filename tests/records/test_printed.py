"""Text layers of right-to-left scripts, as browsers print them."""

from pathlib import Path

from secondopinion.records import pdfs

# Printed by Chromium from a page of our own; it writes most words in the order of drawing.
PRINTED = Path(__file__).parent / "pages" / "printed-ar.pdf"
LINES = [
    "توجد كتلة بحجم 32 مم في نصف الكرة المخيخية الأيسر.",
    "لا علاج؛ يُخفض ديكساميثازون كل 8 ساعات خلال 10 أيام.",
]


def test_arabic_that_a_browser_printed_is_in_the_order_of_reading() -> None:
    data = PRINTED.read_bytes()
    assert pdfs.text_of(data).splitlines() == LINES
    text, words, picture = pdfs.drawn(data, 0, 100, 10**6, bool)
    assert (text.strip().splitlines(), picture) == (LINES, None)
    assert [word for word, _ in words] == " ".join(LINES).split()
