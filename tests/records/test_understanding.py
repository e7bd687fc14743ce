"""What a page is: read in its script, judged with its reason, dated, typed, and whose."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import secondopinion
from secondopinion import cli
from secondopinion.findings.found import BLOCKER, WARNING
from secondopinion.records import measuring, ocr, rapid, understanding
from secondopinion.records.checks import (
    complete,
    days,
    examine,
    forms,
    kinds,
    legibility,
    tongue,
    whose,
)
from tests.conftest import DOCUMENTS

TODAY = date(2026, 11, 25)
ASKED = examine.Asked(TODAY)
FONTS = Path(secondopinion.__file__).parent / "core" / "fonts"
PAGES = Path(__file__).parent / "pages"  # made for the tests, drawn with Noto Sans CJK (OFL)


def scan(name: str = "carta-de-alta-es.jpg") -> Image.Image:
    with Image.open(DOCUMENTS / name) as picture:
        return picture.convert("L")


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def understood(picture: Image.Image, *hints: str) -> examine.Page:
    answer = understanding.picture_page(png(picture), 0, list(hints))
    return examine.page_of(1, answer, ASKED)


@pytest.mark.parametrize(
    ("name", "turn", "hint", "language", "word"),
    [
        ("tahlil-ar.jpg", 180, "en", "ar", "الهيموغلوبين"),
        ("vypyska-uk.jpg", 90, "ru", "uk", "перегородки"),
    ],
)
def test_a_page_is_read_in_its_script_and_upright(
    name: str, turn: int, hint: str, language: str, word: str
) -> None:
    page = understood(scan(name).rotate(turn, expand=True), hint)
    assert (page.language, page.verdict.level) == (language, "good")
    assert word in page.text


def spoilt(name: str) -> Image.Image:
    page = np.asarray(scan())
    if name == "blur":
        return Image.fromarray(cv2.GaussianBlur(page, (0, 0), 7))
    if name == "low-contrast":
        grainy = page * 0.05 + np.random.default_rng(1).normal(0, 8, page.shape)
        return Image.fromarray(np.clip(grainy, 0, 255).astype(np.uint8))
    if name == "glare":
        grey, high, wide = page * 0.9, *page.shape
        rows, columns = np.mgrid[:high, :wide]
        away = np.hypot((rows / high - 0.22) / 0.16, (columns / wide - 0.35) / 0.3)
        return Image.fromarray(np.clip(grey + 300 * np.exp(-(away**4)), 0, 255).astype(np.uint8))
    return Image.fromarray(np.ascontiguousarray(page[:, : int(page.shape[1] * 0.5)]))


@pytest.mark.parametrize("reason", ["blur", "low-contrast", "glare", "cut-off"])
def test_a_page_that_cannot_be_read_says_why(reason: str) -> None:
    page = understood(spoilt(reason), "es")
    assert page.verdict.level != "good"
    assert reason in [each.code for each in page.verdict.reasons]
    codes = [found.code for _check, found in examine.page(page, ASKED, {"page": 1})]
    assert ("document-cut-off" if reason == "cut-off" else "hard-to-read") in codes or (
        "unreadable" in codes
    )


def test_an_empty_page_is_no_trouble() -> None:
    seen = measuring.Seen(np.full((1600, 1200), 250, np.uint8))
    assert legibility.judge(measuring.measure(seen)).level == "good"


def test_a_page_whose_letters_are_stains_is_not_taken_for_empty() -> None:
    page = drawn("Discharge summary", "Two calm nights, no fever.")
    blurred = cv2.GaussianBlur(np.asarray(page), (0, 0), 14)
    seen = measuring.Seen(np.asarray(blurred, np.uint8))
    verdict = legibility.judge(measuring.measure(seen))
    assert (verdict.level, verdict.reasons[0].code) == ("unreadable", "blur")


def drawn(*lines: str, name: str = "NotoSerif-Regular.ttf", size: int = 44) -> Image.Image:
    page = Image.new("L", (1500, 1000), 250)
    font = ImageFont.truetype(str(FONTS / name), size)
    for number, line in enumerate(lines):
        ImageDraw.Draw(page).text((90, 90 + 2 * size * number), line, font=font, fill=20)
    return page


@pytest.mark.parametrize(
    ("language", "font", "lines"),
    [
        ("uk", "NotoSerif-Regular.ttf",
         ("Дозвіл батьків на переливання крові", "Лікар пояснив мені, навіщо це потрібно.")),
        ("hi", "NotoSerifDevanagari-Regular.ttf",
         ("डॉ. सुनीता वर्मा, बाल रोग विशेषज्ञ", "पैरासिटामोल बुखार होने पर, खाने के बाद दें")),
    ],
)  # fmt: skip
def test_a_short_page_that_nobody_named_the_language_of_is_read_in_its_script(
    language: str, font: str, lines: tuple[str, ...]
) -> None:
    page = understood(drawn(*lines, name=font))
    assert (page.language, page.verdict.level) == (language, "good")


def test_a_text_layer_with_words_the_wrong_way_round_is_no_text() -> None:
    right = "حضرة الزميل المحترم أشكرك على تحويل هذه الطفلة ذات الثماني سنوات"
    wrong = "حضرة ليمزلا المحترم أشكرك ىلع ليوحت هذه ةلفطلا ذات ينامثلا سنوات"
    assert understanding.is_text(right)
    assert not understanding.is_text(wrong)
    assert understanding.is_text("הילדה הייתה אצלנו בגלל דלקת ריאות ושוחררה היום")


def row_of(*pieces: tuple[int, str], top: int) -> list[tuple[Any, str]]:
    return [
        (np.array([[left, top], [left + 10 * len(text), top + 20]]), text) for left, text in pieces
    ]


def test_columns_of_text_are_read_one_after_the_other_and_tables_by_their_rows() -> None:
    head = row_of((0, "A head that goes over the whole width of both of the columns"), top=0)
    text = [row_of((0, f"left column line {n}"), (350, f"right column line {n}"), top=40 * n)
            for n in range(1, 5)]  # fmt: skip
    told = [each[1] for row in rapid.in_columns([head, *text]) for each in row]
    assert told[1:] == [
        f"{side} column line {n}" for side in ("left", "right") for n in range(1, 5)
    ]
    table = [row_of((0, "Sodium"), (350, "139 mmol/L"), top=40 * n) for n in range(5)]
    assert rapid.in_columns(table) == table


@pytest.mark.parametrize(
    ("language", "country", "text", "expected"),
    [
        ("en", "", "Date: 12 March 2024\nborn 14 May 2017\nFollow-up 14 June 2024", "2024-03-12"),
        ("en", "US", "Report date: 03/04/2025", "2025-03-04"),
        ("en", "KE", "Report date: 03/04/2025", "2025-04-03"),
        ("ar", "SA", "التاريخ: ١٢ رمضان ١٤٤٥ هـ\nتاريخ الميلاد: ١٤/٠٥/٢٠١٧", "2024-03-22"),
        ("fa", "IR", "تاریخ: ۱۴۰۳/۰۲/۰۵ تاریخ تولد ۱۲ فروردین ۱۳۹۵", "2024-04-24"),
        ("am", "ET", "ቀን 12 መጋቢት 2016 የትውልድ ቀን 3 ሰኔ 2006", "2024-03-21"),
        ("am", "ET", "የተጻፈው መጋቢት 12 ቀን 2016 ዓ.ም", "2024-03-21"),
        ("am", "ET", "መጋቢት \u13722 ቀገ 2016", "2024-03-21"),  # as an engine reads it
        ("en", "IE", "Dictated 5 November 2024, typed 8/11/2024", "2024-11-05"),
        ("en", "PH", "First shot 17 April 2023, next due 17 April 2027", "2023-04-17"),
        ("th", "TH", "วันที่ 12 มีนาคม 2567 วันเกิด 3/4/2555", "2024-03-12"),
        ("zh", "CN", "报告日期：2024年3月12日 出生日期：2017年5月14日", "2024-03-12"),
        ("zh", "CN", "报告日期：2024年３月12日", "2024-03-12"),  # narrow and wide digits
        ("he", "IL", "תאריך: 12 במרץ 2024\nתאריך לידה: 9 בינואר 2015", "2024-03-12"),
        (
            "es",
            "CO",
            "El 5 de enero de 2024 operamos.\nPróxima ecografía el 12/02/2024",
            "2024-01-05",
        ),
        (
            "fr",
            "FR",
            "Le 5 janvier 2024, opérée. Prochaine échographie le 12/02/2024",
            "2024-01-05",
        ),
        ("en", "", "Operated on 5 January 2024. Next ultrasound on 12/02/2024", "2024-01-05"),
        ("uk", "UA", "дата народження 21.07.2020\n5 жовтня 2026 р.: дефект", "2026-10-05"),
    ],
)
def test_the_day_of_a_document(language: str, country: str, text: str, expected: str) -> None:
    found = days.find(text, language, country, TODAY)
    assert str(days.of_document(found, len(text), TODAY).day) == expected


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Informe de alta\nMotivo de ingreso: fiebre", "es", "discharge_letter"),
        ("检验报告单\n血红蛋白 112 g/L 参考范围 110-140", "zh", "laboratory"),
        ("تقرير العملية\nالجراح: د. سامي\nالتخدير: عام", "ar", "operation_note"),
        ("Сертификат прививок\nвакцина БЦЖ, доза 0,05, серия 12", "ru", "vaccination"),
        ("Nature of tissue: mass in formalin. Sections show a glial tumour.", "en", "pathology"),
        ("Result: c.2584C>T, p.(Arg862Ter), in neither parent", "en", "genetics"),
        ("2 mo  4.9 kg  57 cm\n6 mo  7.2 kg  65 cm\n12 mo  8.6 kg  73 cm", "en", "growth_record"),
        ("Na 132 136 - 145\nK 5.4 3.5 - 5.1\nUrea 9.8 2.5 - 6.0", "en", "laboratory"),
        ("የወላጅ ፈቃድ\nለልጄ ሕክምናው እንዲደረግ ፈቅጃለሁ\nፊርማ", "am", "consent"),
        ("Boarding pass. Flight to Lisbon, gate closes 20 minutes before", "en", "other"),
        ("Dear Ana, see you on Sunday at the lake", "en", "other"),
    ],
)
def test_the_kind_of_a_page(text: str, language: str, kind: str) -> None:
    assert kinds.kind_of(text, language).kind == kind


PROSE = "Xyz abcd efgh ijkl mnop qrst uvwx yzab cdef ghij klmn opqr stuv wxyz abcd efgh."


@pytest.mark.parametrize(
    ("text", "kind"),
    [  # in no language: their form alone
        (f"Abcdef 12.03.2025 - 18.03.2025\n{PROSE}", "discharge_letter"),
        (f"Abcdef: 12.03.2025 / ghij: 18.03.2025\n{PROSE}", ""),
        (f"Abcdef 12.03.2025 - 18.03.2026\n{PROSE}", ""),
        ("\n".join(f"{n}.03.2025 - {n + 3}.03.2025" for n in range(1, 8)), ""),
        (f"Abcd efgh:\nIjkl: 12.03.2025\nMnop: 18.03.2025\n{PROSE}", "discharge_letter"),
        (f"Abcd Efghij,\n{PROSE}\n{PROSE}", "clinic_letter"),
        (f"{PROSE}\nAbcd ________ efgh ________\nIjkl ____________", "consent"),
        ("1. Abcd 250 mg 1-0-1\n2. Efgh 5 ml 3x1\n3. Ijkl 100 mg 1-1-1", "prescription"),
        (PROSE, ""),
        ("", ""),
    ],
)
def test_the_form_of_a_page_speaks_for_a_kind(text: str, kind: str) -> None:
    told = forms.told_by(text, days.find(text, "de", "DE"))
    assert [each for each, weight in told.items() if weight] == ([kind] if kind else [])


def test_two_judges_tell_the_language_apart() -> None:
    texts = Path(__file__).parent.parent / "translation" / "texts" / "7-kidney"
    for path in texts.iterdir():
        assert tongue.identify(path.read_text()).language == path.stem
    # Where they differ over a page of few words, those of records decide.
    values = (DOCUMENTS / "laboratorio-junio-es.txt").read_text()
    assert tongue.identify(values).language == "es"


CHILD = whose.Child(("Camila Fernández López",), date(2017, 5, 14))


@pytest.mark.parametrize(
    ("text", "language", "severity"),
    [
        ("Paciente: Fernandes Camila - Nacida el 14 de mayo de 2017", "es", None),
        ("Пациент: Камила Фернандес, дата рождения 14.05.2017", "ru", None),
        ("Patient: Anna Kowalska, born 2 June 2011", "en", BLOCKER),
        ("Patient: Anna Kowalska", "en", WARNING),
        ("Paciente: Camila Fernández López - Nacida el 14 de mayo de 2016", "es", WARNING),
        ("Hemoglobina 11 g/dL", "es", None),
        # What an engine made of ٢٠١٨: digits of two scripts, and a year that nobody has.
        ("Camila Fernández López, تاريخ الميلاد: ١١18/٠6/١١", "ar", None),
        ("Camila Fernández López, تاريخ الميلاد: 1118/06/11", "ar", None),
    ],
)
def test_whose_a_page_is(text: str, language: str, severity: str | None) -> None:
    patient = whose.patient_of(text, days.find(text, language, "", TODAY))
    found = whose.check(text, patient, CHILD, {})
    assert [each.severity for each in found] == ([severity] if severity else [])


def test_what_pages_are_missing() -> None:
    printed = ("Página 1 de 4", "صفحة ٢ من ٤", "стр. 4 из 4")
    pages = [complete.number_of(text) for text in printed]
    [found] = complete.check(pages, [], {})
    assert found.measured == {"missing": [3], "pages": 4}
    assert not complete.check(pages, [complete.Numbered(3, 4)], {})


def test_the_command_says_it_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Discharge summary\nDate: 12 March 2024\nPatient: Anna Kowalska\nPage 2 of 3")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and nothing more")
    given = ["records", "check", str(letter), str(broken), "--json", "--child", "Camila López"]
    assert cli.main(given) == 1
    told = json.loads(capsys.readouterr().out)
    [page] = told["pages"]
    assert (page["type"], page["language"], page["date"]) == (
        "discharge_letter", "en", "2024-03-12",
    )  # fmt: skip
    codes = {each["code"]: each["where"] for each in told["findings"]}
    assert set(codes) == {"not-this-child", "page-missing", "unreadable-file"}
    assert codes["not-this-child"] == {"file": str(letter), "page": 1}
    assert cli.main(["records", "check", str(broken), "--json"]) == 2


class Misled(ocr.Reader):
    """A reader whose sample says that the page stands upside down, in a script it is not in."""

    def _best(self, *_given: object) -> tuple[str, bool]:
        return "rus", True


def test_words_that_were_read_upright_have_their_places_on_the_upright_page() -> None:
    seen = measuring.Seen(np.asarray(scan("vypyska-uk.jpg")))
    read = Misled().read(seen, ["en"])
    assert (read.model, read.turned) == ("eng", 0)  # what was read best, and as it stood
    assert read.place_of(read.words[0])[1] < 0.2


def test_japanese_is_read_though_it_came_upside_down() -> None:
    with Image.open(PAGES / "taiin-ja.png") as picture:
        page = understood(picture.rotate(180), "ja")
    assert (page.language, page.verdict.level) == ("ja", "good")
    assert "急性リンパ性白血病" in page.text
    assert page.text.index("退院時要約") < page.text.index("CT検査")


def test_a_blurred_page_is_read_by_the_second_engine_and_its_words_have_places() -> None:
    blurred = Image.fromarray(cv2.GaussianBlur(np.asarray(scan()), (0, 0), 3.0))
    answer = understanding.picture_page(png(blurred), 0, ["es"])
    assert answer["read"]["engine"] == rapid.ENGINE
    [place] = [each for each in answer["places"] if each[0].strip(":,.").lower() == "diagnóstico"][
        :1
    ]
    left, top, right, bottom = place[2:]
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1


def test_the_second_engine_is_not_believed_where_it_leaves_letters_out() -> None:
    part = np.asarray(scan("vypyska-uk.jpg"))[:900]
    even = measuring.Seen(part).even
    assert not rapid.shows(even, rapid.read(even))
