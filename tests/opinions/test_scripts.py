"""Reports in scripts of Asia: set with the fonts that ship, read back from the PDF, each passage in
its language."""

import io
import unicodedata
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from secondopinion.core import clock
from secondopinion.core.glyphs import FACES, FONTS, folders, printed_by
from secondopinion.opinions import compose, typeset
from secondopinion.opinions.models import Opinion
from tests.archival import broken
from tests.opinions.test_report import text_of

# Language, and what a family may have written in it.
PASSAGES = {
    "hi": "बच्चे को तीन महीने से बुखार और दौरे आते हैं।",
    "bn": "শিশুটির তিন মাস ধরে জ্বর এবং খিঁচুনি হচ্ছে।",
    "ta": "குழந்தைக்கு மூன்று மாதங்களாக காய்ச்சல் மற்றும் வலிப்பு உள்ளது.",
    "te": "పిల్లవాడికి మూడు నెలలుగా జ్వరం ఉంది.",
    "kn": "ಮಗುವಿಗೆ ಮೂರು ತಿಂಗಳಿನಿಂದ ಜ್ವರ ಇದೆ.",
    "ml": "കുട്ടിക്ക് മൂന്ന് മാസമായി പനിയുണ്ട്.",
    "gu": "બાળકને ત્રણ મહિનાથી તાવ આવે છે.",
    "pa": "ਬੱਚੇ ਨੂੰ ਤਿੰਨ ਮਹੀਨਿਆਂ ਤੋਂ ਬੁਖਾਰ ਹੈ।",
    "or": "ପିଲାଟିକୁ ତିନି ମାସ ହେଲା ଜ୍ୱର ହେଉଛି।",
    "si": "දරුවාට මාස තුනක සිට උණ තිබේ.",
    "zh": "孩子发烧三个月，并有抽搐。診斷：腦部腫瘤。",
    "ja": "子どもは三か月前から熱があり、けいれんがあります。検査は異常なし。",
    "ko": "아이가 세 달 전부터 열이 나고 경련이 있습니다.",
    "th": "เด็กมีไข้มาสามเดือนและมีอาการชัก",
    "lo": "ເດັກມີໄຂ້ສາມເດືອນ",
    "km": "កុមារមានគ្រុនក្តៅបីខែ",
    "my": "ကလေးမှာ အဖျားရှိသည်။",
    "he": "לילד יש חום כבר שלושה חודשים.",
    "hy": "Երեխան երեք ամիս ջերմություն ունի։",
    "ka": "ბავშვს სამი თვეა სიცხე აქვს.",
    "ur": "بچے کو تین مہینے سے بخار ہے۔",
}


# Readers of PDFs say a cluster of two glyphs twice here and there: the typesetter writes both so.
_TWICE = {"bn", "th", "km"}
_LEFTWARDS = {"he", "ur"}  # pdftotext gives lines with marks of direction


def _plain(text: str) -> str:
    """Return letters alone, one form of each: a reader of PDFs breaks lines and places spaces."""
    kept = unicodedata.normalize("NFKD", text)
    return "".join(char for char in kept if not char.isspace() and char not in "\u200b\u200c\u200d")


def _languages(data: bytes) -> set[str]:
    """Return every language that a PDF says for one of its parts."""
    reader = PdfFileReader(io.BytesIO(data))
    found: set[str] = set()
    seen: set[Any] = set()
    waiting: list[Any] = [reader.root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, generic.IndirectObject):
            if each.reference in seen:
                continue
            seen.add(each.reference)
            each = each.get_object()
        if isinstance(each, generic.DictionaryObject):
            if "/Lang" in each:
                found.add(str(each["/Lang"]))
            waiting += [each.raw_get(key) for key in each if key != "/Parent"]
        elif isinstance(each, generic.ArrayObject):
            waiting += [each.raw_get(place) for place in range(len(each))]
    return found


def _in_order(wanted: str, read: str) -> bool:
    """Say whether all letters of a passage follow each other, some of them perhaps twice."""
    start = read.find(wanted[:3])
    rest = iter(read[start : start + 2 * len(wanted)])
    return start >= 0 and all(letter in rest for letter in wanted)


@pytest.fixture(scope="module")
def sources() -> frozenset[int]:
    """What the fonts that ship can print, no others."""
    return printed_by(folders(""))


def test_the_fonts_that_ship_have_every_letter(sources: frozenset[int]) -> None:
    for code, text in PASSAGES.items():
        assert [char for char in text if not char.isspace() and ord(char) not in sources] == [], (
            code
        )
    # Common Han of the standards of Beijing, Taipei and Tokyo, and the syllables of Seoul's.
    for codec, lead, last in (
        ("gb2312", 0xB0, 0xF8),
        ("euc_jp", 0xB0, 0xF5),
        ("euc_kr", 0xB0, 0xC9),
    ):
        letters = [
            bytes([first, second]).decode(codec, "ignore")
            for first in range(lead, last) for second in range(0xA1, 0xFF)
        ]  # fmt: skip
        assert [each for each in letters if each and ord(each) not in sources] == [], codec
    assert len(FACES) == len({path.name.split("-")[0] for path in FONTS.glob("*.[to]tf")})


def test_a_report_holds_passages_in_all_of_them(opinion: Opinion, tmp_path: Path) -> None:
    """It is archival and accessible, as another program judges."""
    document = compose.document(opinion, "CODE", clock.now(), "en")
    document |= {
        "findings": "\n\n".join(PASSAGES.values()),
        "patient": "王小明",
        "unprinted": False,
    }
    data = typeset.pdf(document, {}, clock.now())
    assert broken(data) == []
    words = text_of(data, tmp_path)
    assert "[…]" not in words
    assert "王小明" in words
    read = _plain(words)
    for code, text in PASSAGES.items():
        if code in _TWICE:
            assert _in_order(_plain(text), read), code
        elif code not in _LEFTWARDS:
            assert _plain(text) in read, code
    assert set(PASSAGES) <= _languages(data)


@pytest.mark.parametrize("text", ["བྱིས་པ", "𠮷"])
def test_what_is_not_covered_is_marked(text: str, sources: frozenset[int]) -> None:
    marked: list[bool] = []
    assert typeset.printable(f"a {text}", lambda: marked.append(True)).startswith("a […]")
    assert marked


@pytest.mark.parametrize(
    ("language", "words", "leftwards"),
    [
        ("ar", "أمينة has had fever.", False),
        ("en", "أمينة has had fever.", False),
        ("en", "fever يؤخذ مساء كل يوم مع الطعام", True),
    ],
)
def test_a_name_at_the_beginning_turns_no_paragraph_of_the_document(
    opinion: Opinion, language: str, words: str, leftwards: bool
) -> None:
    document = compose.document(opinion, "X" * 12, clock.now(), language) | {"summary": words}
    page = pdfium.PdfDocument(typeset.pdf(document, {}, clock.now()))[0]
    text = page.get_textpage()
    found = text.search("fever")
    assert found
    left, _bottom, _right, _top = text.get_charbox(found.get_next()[0])
    assert (left > page.get_width() / 2) == leftwards
