"""Errors in translations are found where they are, and good translations are left alone."""

from itertools import permutations
from pathlib import Path
from textwrap import wrap

import pytest

from secondopinion.findings.codes import RISK_OF
from secondopinion.translation.checks.compare import Unsupported, compare
from secondopinion.translation.checks.found import WORDS, Mismatch
from secondopinion.translation.checks.languages import guess, language
from secondopinion.translation.checks.reading import read

TEXTS = Path(__file__).parent / "texts"
DOCUMENTS = sorted(path.name for path in TEXTS.iterdir() if path.is_dir())
LANGUAGES = ("en", "es", "fr", "ru", "ar", "zh")


def text_of(document: str, code: str) -> str:
    """Return one of the parallel texts."""
    return (TEXTS / document / f"{code}.txt").read_text().rstrip("\n")


def alarms(one: str, other: str, source: str, target: str) -> list[Mismatch]:
    """Return what somebody has to look at."""
    return [each for each in compare(one, other, source, target).mismatches if each.alarm]


def test_every_kind_has_a_code_of_the_findings() -> None:
    assert {RISK_OF[code] for code, _message, _advice in WORDS.values()} == {"poorly-translated"}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_parallel_texts_have_the_same_lines(document: str) -> None:
    assert len({text_of(document, code).count("\n") for code in LANGUAGES}) == 1


@pytest.mark.parametrize("document", DOCUMENTS[:4])
def test_languages_are_guessed(document: str) -> None:
    assert [guess(text_of(document, code)) for code in LANGUAGES] == list(LANGUAGES)


@pytest.mark.parametrize(("source", "target"), list(permutations(("en", "es", "ar"), 2)))
def test_good_translations_raise_no_alarm(source: str, target: str) -> None:
    for document in ("1-epilepsy", "2-pneumonia", "4-fracture"):
        assert not alarms(text_of(document, source), text_of(document, target), source, target)


SPOILT = [
    ("en", "23.5 kg", "25.3 kg", "translation-number", 3),
    ("en", "250 mg every", "250 g every", "translation-unit", 14),
    ("en", "left side", "right side", "translation-laterality", 6),
    ("en", "was no fever before the seizures and no", "was fever before the seizures and",
     "translation-negation", 7),
    ("en", "Diazepam", "Lorazepam", "translation-drug", 17),
    ("en", "14 June 2024", "14 July 2024", "translation-date", 19),
    ("es", "23,5 kg", "2,35 kg", "translation-number", 3),
    ("es", "hemisferio derecho", "hemisferio izquierdo", "translation-laterality", 12),
    ("es", "No hubo fiebre antes de las crisis ni", "Hubo fiebre antes de las crisis y",
    "translation-negation", 7),
    ("ar", "٢٥٠ ملغ", "٢٥٠ غ", "translation-unit", 14),
    ("ar", "الأيسر", "الأيمن", "translation-laterality", 6),
    ("ar", "تنفي", "تذكر", "translation-negation", 9),
    ("ar", "ديازيبام", "لورازيبام", "translation-drug", 17),
    ("ru", "12 марта", "12 мая", "translation-date", 2),
    ("zh", "首次发作在2023年11月3日，持续约4分钟", "首次发作在2023年11月3日，持续约40分钟",
     "translation-number", 5),
]  # fmt: skip


@pytest.mark.parametrize(("target", "right", "wrong", "code", "line"), SPOILT)
@pytest.mark.parametrize("source", ["en", "es", "fr"])
def test_an_error_is_found_where_it_is(
    source: str, target: str, right: str, wrong: str, code: str, line: int
) -> None:
    if source == target:
        source = "ru"
    good = text_of("1-epilepsy", target)
    assert right in good
    found = alarms(text_of("1-epilepsy", source), good.replace(right, wrong), source, target)
    assert [each.code for each in found] == [code]
    assert {place.line for place in (found[0].original, found[0].translation) if place} == {line}


@pytest.mark.parametrize("target", ["en", "es", "fr", "ru", "ar"])
def test_a_lost_line_is_found(target: str) -> None:
    source = "es" if target == "en" else "en"
    original = text_of("4-fracture", source)
    lines = text_of("4-fracture", target).split("\n")
    for at in (3, 9, 14):
        shorter = "\n".join(lines[:at] + lines[at + 1 :])
        found = alarms(original, shorter, source, target)
        assert [each.code for each in found] == ["translation-line-missing"]
        assert found[0].original
        assert found[0].original.line == at + 1


def test_what_was_not_translated_is_found() -> None:
    lines = text_of("1-epilepsy", "en").split("\n")
    lines[5] = text_of("1-epilepsy", "es").split("\n")[5]
    found = alarms(text_of("1-epilepsy", "es"), "\n".join(lines), "es", "en")
    assert "translation-missing" in {each.code for each in found}
    assert [each.code for each in alarms("Peso 12 kg", "", "es", "en")] == ["translation-missing"]


def test_harmless_conversions_are_said_and_raise_no_alarm() -> None:
    done = compare(
        "Glucosa 90 mg/dL. Leucocitos 12.500/mm³. Peso 3.250 g. Temperatura 38,5 °C.",
        "Glucose 5.0 mmol/L. White cells 12.5 ×10⁹/L. Weight 3.25 kg. Temperature 101.3 °F.",
        "es", "en",
    )  # fmt: skip
    assert {each.measured["kind"] for each in done.mismatches} == {"converted"}
    assert len(done.mismatches) == 4


def test_a_wrong_conversion_is_an_alarm() -> None:
    assert alarms("Glucosa 90 mg/dL.", "Glucose 9.0 mmol/L.", "es", "en")
    assert alarms("Peso 3.250 g.", "Weight 32.5 kg.", "es", "en")


def test_a_thousand_that_became_one_and_a_quarter_is_an_alarm() -> None:
    found = alarms("Calcium 1.250 mg täglich.", "Calcium 1.250 mg daily.", "de", "en")
    assert [each.measured["kind"] for each in found] == ["number-copied"]


@pytest.mark.parametrize(
    ("original", "translation", "to", "kinds"),
    [
        ("Ferritin 1,234 ng/mL.", "Ferritina 1,234 ng/mL.", "es", ["number-ambiguous"]),
        ("Ferritin 1,234 ng/mL.", "Ferritina 1.234 ng/mL.", "es", []),
        ("Weight 14.2 kg, height 95.5 cm, ferritin 1,234 ng/mL.",
         "Peso 14,2 kg, talla 95,5 cm, ferritina 1,234 ng/mL.", "es", ["number-copied"]),
        ("Weight 14.2 kg, height 95.5 cm, ferritin 1,234 ng/mL.",
         "Peso 14.2 kg, talla 95.5 cm, ferritina 1,234 ng/mL.", "es", []),
        ("Weight 14.2 kg, height 95.5 cm, ferritin 1,234 ng/mL.",
         "الوزن 14,2 كغ، الطول 95,5 سم، الفيريتين 1,234 ng/mL.", "ar", ["number-copied"]),
        ("Weight 14.2 kg, height 95.5 cm, ferritin 1,234 ng/mL.",
         "الوزن 14.2 كغ، الطول 95.5 سم، الفيريتين 1,234 ng/mL.", "ar", []),
    ],
)  # fmt: skip
def test_a_mark_is_read_as_the_other_numbers_of_its_text_are_written(
    original: str, translation: str, to: str, kinds: list[str]
) -> None:
    found = compare(original, translation, "en", to).mismatches
    assert [each.measured["kind"] for each in found] == kinds
    assert [each.alarm for each in found] == [kind == "number-copied" for kind in kinds]


def test_sides_that_change_places_are_found() -> None:
    found = alarms(
        "Right kidney 58 mm, left kidney 66 mm.", "Riñón izquierdo 58 mm, riñón derecho 66 mm.",
        "en", "es",
    )  # fmt: skip
    assert [each.code for each in found] == ["translation-laterality"]


def test_lines_of_a_narrow_page_are_joined() -> None:
    wide = (
        "The girl was seen in our clinic because of headache and vomiting that began 6 weeks ago."
    )
    narrow = (
        "La niña fue vista en nuestra consulta externa por una\ncefalea y vómitos que empezaron "
        "hace unas 6 semanas en\nsu casa."
    )
    assert not alarms(wide, narrow, "en", "es")


@pytest.mark.parametrize(("source", "target"), [("en", "ar"), ("es", "en"), ("fr", "ru")])
def test_lines_broken_at_the_edge_of_a_page_raise_no_alarm(source: str, target: str) -> None:
    for document in ("2-pneumonia", "27-coagulation", "31-emergency"):
        one, other = (
            "\n".join(
                part for line in text_of(document, code).split("\n") for part in wrap(line, 84)
            )
            for code in (source, target)
        )
        assert not alarms(one, other, source, target)


def test_lines_that_end_by_themselves_are_not_joined() -> None:
    table = "Hb 11.2 g/dL\nFerritin 6 µg/L\nTSH 3.1 mIU/L"
    assert [each.row for each in read(table, language("en")).segments] == [0, 1, 2]


def test_a_language_that_is_not_known_is_refused() -> None:
    with pytest.raises(Unsupported):
        compare("x 1", "y 1", "en", "tlh")


SAME = [
    ("Chest X-ray on 28/10: clear.", "Рентгенограмма 28.10: без изменений.", "en", "ru"),
    ("Chest X-ray on 28 October: clear.", "Рентгенограмма 28.10: без изменений.", "en", "ru"),
    ("Weight 8.2 kg (July: 7.1 kg).", "Вес 8,2 кг (в июле 7,1 кг).", "en", "ru"),
    ("Seen on March 5,2024.", "Vista el 5 de marzo de 2024.", "en", "es"),
    ("He has never tried pistachios.", "Фисташки он никогда не пробовал.", "en", "ru"),
    ("Folate and vitamin B12 are normal.", "叶酸及维生素B12正常。", "en", "zh"),
    ("At about 5:30 pm he ate half a biscuit.", "下午5:30左右，他吃了半块饼干。", "en", "zh"),
    ("Complication: grade 2 respiratory failure.", "并发症：呼吸衰竭2度。", "en", "zh"),
    ("One doctor said 25 kilos, another 30.", "一位医生说25公斤，另一位说30公斤。", "en", "zh"),
    ("Apgar 8 at 1 minute and 9 at 5 minutes.", "Apgar 8 al minuto y 9 a los 5 minutos.", "en",
     "es"),
    ("HbA1c 57 mmol/mol (7.4 %).", "HbA1c 57 مليمول/مول (7.4٪).", "en", "ar"),
    ("16p11.2 x1, a loss of 607 kb on chromosome 16.", "16p11.2x1，16号染色体缺失607 kb。", "en",
     "zh"),
    ("FSH rose from 3.1 to 12.4 IU/L.", "FSH由3.1升至12.4 IU/L。", "en", "zh"),
    ("White cells 18,700/µL.", "白细胞18 700/µL。", "en", "zh"),
    ("The left muscle is strong and the right is not.",
     "Le muscle gauche est fort, mais pas du droit.", "en", "fr"),
    ("The largest lymph node is right paratracheal.", "最大淋巴结位于右侧气管旁。", "en", "zh"),
    ("Benzylpenicillin 700,000 units every 4 h.", "بنزيل بنسلين 700000 وحدة كل 4 ساعات.", "en",
     "ar"),
    ("Echocardiogram on 11 August: LVEF 66 %.",
     "إيكو القلب في 11 أغسطس: الكسر القذفي للبطين الأيسر 66٪.", "en", "ar"),
]  # fmt: skip


@pytest.mark.parametrize(("original", "translation", "source", "target"), SAME)
def test_what_is_the_same_in_other_words_raises_no_alarm(
    original: str, translation: str, source: str, target: str
) -> None:
    assert not alarms(original, translation, source, target)
    assert not alarms(translation, original, target, source)


OTHER = [
    ("Chest X-ray on 28/10: clear.", "Рентгенограмма 28.11: без изменений.", "en", "ru"),
    ("Weight 8.2 kg (July: 7.1 kg).", "Вес 8,2 кг (в июле 1,7 кг).", "en", "ru"),
    ("At about 5:30 pm he ate half a biscuit.", "上午5:30左右，他吃了半块饼干。", "en", "zh"),
    ("One doctor said 25 kilos, another 30.", "一位医生说25公斤，另一位说300公斤。", "en", "zh"),
    ("Apgar 8 at 1 minute and 9 at 5 minutes.", "Apgar 8 a los 2 minutos y 9 a los 5.", "en", "es"),
    ("HbA1c 57 mmol/mol (7.4 %).", "HbA1c 57 مليمول/ل (7.4٪).", "en", "ar"),
    ("Echocardiogram: LVEF 66 %.", "إيكو القلب: الكسر القذفي للبطين الأيمن 66٪.", "en", "ar"),
]  # fmt: skip


@pytest.mark.parametrize(("original", "translation", "source", "target"), OTHER)
def test_what_only_looks_like_it_is_an_alarm(
    original: str, translation: str, source: str, target: str
) -> None:
    assert alarms(original, translation, source, target)


def test_a_sentence_put_otherwise_in_a_full_row_is_not_missing() -> None:
    original = "He is due his flu vaccine. Is it safe? He eats eggs without trouble.\nHe is well."
    said = "他该打流感疫苗了。安全吗？他吃鸡蛋没有问题。\n他很好。"
    assert not alarms(original, said, "en", "zh")
    found = alarms(original, "他该打流感疫苗了。安全吗？\n他很好。", "en", "zh")
    assert "translation-line-missing" in {each.code for each in found}


def test_a_lost_line_is_found_where_both_texts_have_as_many_rows_by_chance() -> None:
    original = (
        "Reason: focal seizures for a year, each of one\nto two minutes.\nAppendectomy on 12 March "
        "2023.\nWeight 27.5 kg.\nCarbamazepine 100 mg every 12 hours.\nMRI and a visit in 4 weeks "
        "are recommended.\nDr. Luis Mora"
    )
    said = (
        "Motivo: crisis focales desde hace un año, cada una de uno\na dos minutos.\nApendicectomía "
        "el 12 de marzo de\n2023.\nPeso 27,5 kg.\nCarbamazepina 100 mg cada 12 horas.\n"
        "Dr. Luis Mora"
    )
    [lost] = alarms(original, said, "en", "es")
    assert lost.original
    assert "recommended" in lost.original.text


def test_chinese_lines_that_a_page_broke_before_a_number_are_joined() -> None:
    text = (
        "尊敬的同道：我复查了埃洛伊丝·塔拉韦尔，二〇二六年十月出生，现七周龄，双下肢良好，今日体重\n"
        "4.62 kg。\n患儿为孤立性左侧马蹄内翻足，孕期超声诊断；右足正常。双下肢活动良好。"
    )
    rows = {each.row for each in read(text, language("zh")).segments}
    assert len(rows) == 2
