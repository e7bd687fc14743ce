"""Mistakes that keep every word but the one that counts: stages, contraries, days and months."""

import pytest

from secondopinion.translation.checks.compare import compare
from secondopinion.translation.checks.contraries import _known
from secondopinion.translation.checks.languages import codes, language


def told(original: str, translation: str, source: str, target: str) -> list[str]:
    """Return the kinds of what is told."""
    found = compare(original, translation, source, target).mismatches
    return [str(each.measured["kind"]) for each in found]


@pytest.mark.parametrize(
    ("right", "wrong", "target"),
    [
        ("Tumor en estadio II.", "Tumor en estadio IV.", "es"),
        ("Tumeur de stade 2.", "Tumeur de stade III.", "fr"),
        ("Опухоль II стадии.", "Опухоль III стадии.", "ru"),
        ("الورم في المرحلة الثانية.", "الورم في المرحلة الثالثة.", "ar"),
        ("肿瘤为Ⅱ期。", "肿瘤为Ⅲ期。", "zh"),
    ],
)
def test_another_stage_is_told_however_it_is_written(right: str, wrong: str, target: str) -> None:
    assert told("The tumour is stage II.", right, "en", target) == []
    assert told("The tumour is stage II.", wrong, "en", target) == ["number-differs"]


@pytest.mark.parametrize(
    ("original", "right", "wrong", "target"),
    [
        ("Start chemotherapy.", "Comenzar la quimioterapia.", "Suspender la quimioterapia.", "es"),
        ("Give it before meals.", "Le donner avant les repas.", "Le donner après les repas.", "fr"),
        ("Chronic otitis.", "Хронический отит.", "Острый отит.", "ru"),
        ("A benign tumour.", "ورم حميد.", "ورم خبيث.", "ar"),
        ("Consolidation of the upper lobe.", "上叶实变。", "下叶实变。", "zh"),
        ("He has hypotension.", "Tiene hipotensión.", "Tiene hipertensión.", "es"),
        ("Focal epilepsy.", "Epilepsia focal.", "Epilepsia generalizada.", "es"),
        ("The dose was increased.", "Дозу увеличили.", "Дозу снизили.", "ru"),
        ("Her gait improved.", "Sa marche s'est améliorée.", "Sa marche s'est aggravée.", "fr"),
    ],
)
def test_the_contrary_is_told(original: str, right: str, wrong: str, target: str) -> None:
    assert told(original, right, "en", target) == []
    assert told(original, wrong, "en", target) == ["contrary"]


def test_what_a_negation_says_in_another_way_is_no_contrary() -> None:
    assert "contrary" not in told("Discontinue the drug.", "No continuar el fármaco.", "en", "es")


def test_every_contrary_has_both_sides_in_each_of_its_languages() -> None:
    for code in codes():
        for name, sides in _known(language(code)).items():
            assert len(sides) > 1, (code, name)
            assert all(each.pattern != "(?!)" for each in sides.values()), (code, name)


@pytest.mark.parametrize(
    ("original", "translation", "source", "target", "kinds"),
    [
        ("Visit on 2 October 2026.", "Visita el 02/10/2026.", "en", "es", []),
        ("Visit on 2 October 2026.", "Visita el 10/02/2026.", "en", "es", ["date-differs"]),
        ("Visita el 02/10/2026.", "Визит 10.02.2026.", "es", "ru", ["date-differs"]),
        ("Visita el 02/10/2026.", "Visit on 10/02/2026.", "es", "en", ["date-ambiguous"]),
    ],
)
def test_day_and_month_exchanged_are_told_where_the_language_fixes_their_order(
    original: str, translation: str, source: str, target: str, kinds: list[str]
) -> None:
    assert told(original, translation, source, target) == kinds


@pytest.mark.parametrize(
    ("original", "translation", "source", "target"),
    [
        ("Tiene 23 años.", "She is twenty-three years old.", "es", "en"),
        ("Elle a vingt-cinq ans.", "She is 25 years old.", "fr", "en"),
        ("Ему тридцать два года.", "He is 32 years old.", "ru", "en"),
        ("10 mg cada 12 horas.", "10 mg twice daily.", "es", "en"),
        ("10 mg cada 8 horas.", "10 mg 3 times a day.", "es", "en"),
        ("10 mg every 12 hours.", "10 mg zweimal täglich.", "en", "de"),
        ("10 mg every 12 hours.", "10 mg مرتين يوميًا.", "en", "ar"),
        ("10 mg every 8 hours.", "10 mg,一天三次。", "en", "zh"),
        ("10 mg every 8 hours.", "10 мг три раза в сутки.", "en", "ru"),
        ("Dosis de 75 mg por metro cuadrado.", "Dose of 75 mg/m².", "es", "en"),
        ("Two litres a day for 34 days.", "لتران في اليوم لمدة أربعة وثلاثين يومًا.", "en", "ar"),
        ("A second- or third-degree block.", "إحصار من الدرجة الثانية أو الثالثة.", "en", "ar"),
    ],
)
def test_the_same_in_other_words_is_nothing(
    original: str, translation: str, source: str, target: str
) -> None:
    assert told(original, translation, source, target) == []
    assert told(translation, original, target, source) == []


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("10 mg cada 8 horas.", "10 mg twice daily."),
        ("10 mg cada 6 horas.", "10 mg every 4 hours."),
        ("10 mg cada 4 horas.", "10 mg every 6 hours."),
        ("10 mg cada 12 horas.", "10 mg every 2 hours."),
        ("10 mg cada 8 horas.", "10 mg every 3 days."),
        ("10 mg cada 8 horas.", "10 mg every three hours."),
        ("10 mg cada 12 horas.", "10 mg for two days."),
    ],
)
def test_a_rhythm_that_is_another_is_told(original: str, translation: str) -> None:
    assert told(original, translation, "es", "en") != []
    assert told(translation, original, "en", "es") != []
