"""Text layers of right-to-left scripts, as browsers print them."""

from pathlib import Path

from secondopinion.records import lab_reading, pdfs

# Printed by Chromium from a page of our own; it writes most words in the order of drawing.
PRINTED = Path(__file__).parent / "pages" / "printed-ar.pdf"
LINES = [
    "توجد كتلة بحجم 32 مم في نصف الكرة المخيخية الأيسر.",
    "لا علاج؛ يُخفض ديكساميثازون كل 8 ساعات خلال 10 أيام.",
]

# Chromium's print of lines as families' laboratories write them: as Unicode draws them, and with
# what is Latin kept in its own direction; and of a table.
MIXED, KEPT, TABLE = (
    Path(__file__).parent / "pages" / f"printed-ar-{name}.pdf"
    for name in ("mixed", "kept", "table")
)
MIXED_LINES = [
    "مؤشر التكاثر Ki-67",
    "مؤشر التكاثر Ki-67 15%",
    "عدد الصفيحات 80 ×10⁹/L",
    "عدد الصفيحات 80 10^9/l",
    "عدد الصفيحات 250 x10^9/L (150-450)",
    "الكريات البيضاء 4.5 10³/µL",
    "الهيموغلوبين 11.5 g/dL (11.0–14.0)",
    "مستضد CD3+ و HER2/neu سلبي و BRAF p.V600E",
    "طفرة c.1521_1523delCTT (p.Phe508del)",
    "مساحة الجسم 1.2 m²",
    "كرياتينين 45 µmol/L",
    "درجة 3/5 في اليمين",
    "هاتف: +966 11 222 3333",
    "المجال الطبيعي 11.0-14.0 g/dL",
    "الطبيعي 150-450 والقيمة 80",
    "نسبة CD4/CD8 هي 1.2",
    "د. أحمد Ahmed Ali، استشاري",
    "(الكبد) طبيعي: 12 سم",
    "وزن 12.5 kg وطول 95 cm",
    "جرعة 10 mg/kg/day لمدة 5 أيام",
    "تاريخ 12/05/2024 الساعة 10:30",
]


def test_arabic_that_a_browser_printed_is_in_the_order_of_reading() -> None:
    data = PRINTED.read_bytes()
    assert pdfs.text_of(data).splitlines() == LINES
    text, words, picture = pdfs.drawn(data, 0, 100, 10**6, bool)
    assert (text.strip().splitlines(), picture) == (LINES, None)
    assert [word for word, _ in words] == " ".join(LINES).split()


def test_latin_and_numbers_at_the_end_of_arabic_lines_stay_whole() -> None:
    for printed in (MIXED, KEPT):
        data = printed.read_bytes()
        assert pdfs.text_of(data).splitlines() == MIXED_LINES, printed.name
        _text, words, _picture = pdfs.drawn(data, 0, 100, 10**6, bool)
        assert [word for word, _ in words] == " ".join(MIXED_LINES).split()


def test_an_arabic_table_is_read_row_by_row() -> None:
    text = pdfs.text_of(TABLE.read_bytes())
    assert "الصفيحات 80 10^9/L 150-450" in text.splitlines()
    said = [f"{each.analyte} {each.value} {each.unit} {each.low}-{each.high}"
            for each in lab_reading.find(text)]  # fmt: skip
    assert said == [
        "haemoglobin 9.8 g/dL 11.0-14.0", "platelets 80 10⁹/L 150-450", "crp 45 mg/L 0-5",
    ]  # fmt: skip
