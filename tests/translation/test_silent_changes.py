"""Changes that once passed in silence: another person, another sex, another length of time, a
negation that was added, another lobe; and what ordinary translations say in the same places."""

import pytest

from secondopinion.translation.checks.compare import compare


def told(original: str, translation: str, source: str, target: str) -> list[str]:
    """Return the kinds of what is told."""
    found = compare(original, translation, source, target).mismatches
    return [str(each.measured["kind"]) for each in found]


# source, target, original, a good translation, one that changes something, and what is told of it.
CASES = [
    ("es", "en", "Mateo Ríos tuvo fiebre.", "Mateo Ríos had fever.", "Marco Ríos had fever.",
     "name-differs"),
    ("es", "en", "Paciente: Valentina Soto Díaz", "Patient: Valentina Soto Díaz",
     "Patient: Valeria Soto Díaz", "name-differs"),
    ("es", "en", "Paciente: Valentina Soto Díaz", "Patient: Valentina Soto Diaz",
     "Patient: Valentina Rojas Díaz", "name-differs"),
    ("es", "ar", "Mateo fue evaluado.", "تم فحص ماتيو.", "تم فحص ماركو.", "name-differs"),
    ("ar", "en", "فحصنا الطفلة فاطمة اليوم.", "We examined Fatma today.",
     "We examined Khadija today.", "name-differs"),
    ("ru", "en", "Тимофей спит хорошо.", "Timofei sleeps well.", "Nikita sleeps well.",
     "name-differs"),
    ("es", "en", "Niña de 6 años.", "Girl aged 6 years.", "Boy aged 6 years.", "contrary"),
    ("ar", "fr", "بنت عمرها 6 سنوات.", "Fille de 6 ans.", "Garçon de 6 ans.", "contrary"),
    ("en", "zh", "A boy with fever.", "一名男孩发热。", "一名女孩发热。", "contrary"),
    ("es", "en", "Crisis: 2 a 3 por semana.", "Seizures: 2 to 3 a week.",
     "Seizures: 2 to 3 per month.", "unit-differs"),
    ("es", "en", "Desde hace un año.", "For a year.", "For one month.", "unit-differs"),
    ("es", "en", "Dura uno a dos minutos.", "It lasts one to two minutes.",
     "It lasts one to two hours.", "unit-differs"),
    ("ar", "en", "نوبتان في الشهر.", "Two seizures a month.", "Two seizures a week.",
     "unit-differs"),
    ("ar", "en", "نوبتان في شهر واحد.", "Two seizures in one month.",
     "Two seizures in one week.", "unit-differs"),
    ("ru", "en", "Приступы два раза в неделю.", "Seizures twice weekly.",
     "Seizures twice a month.", "unit-differs"),
    ("zh", "en", "每周发作两次。", "Seizures twice a week.", "Seizures twice a month.",
     "unit-differs"),
    ("es", "en", "Se recomienda resonancia magnética.", "MRI is recommended.",
     "MRI is not recommended.", "negation-added"),
    ("es", "en", "Epilepsia confirmada.", "Confirmed epilepsy.", "Epilepsy was ruled out.",
     "negation-added"),
    ("es", "en", "Se descarta tumor cerebral.", "A brain tumour is ruled out.", "A brain tumour.",
     "negation-dropped"),
    ("en", "ru", "Mild hearing loss.", "Тугоухость легкой степени.",
     "Тугоухость тяжелой степени.", "contrary"),
    ("es", "en", "Lesión del lóbulo temporal.", "Lesion of the temporal lobe.",
     "Lesion of the frontal lobe.", "contrary"),
    ("en", "zh", "Parietal lesion.", "顶叶病变。", "枕叶病变。", "contrary"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "original", "good", "wrong", "kind"), CASES)
def test_what_is_changed_is_told_and_what_is_right_is_not(
    source: str, target: str, original: str, good: str, wrong: str, kind: str
) -> None:
    assert told(original, good, source, target) == []
    assert kind in told(original, wrong, source, target)


@pytest.mark.parametrize(
    ("source", "target", "original", "good"),
    [
        ("es", "en", "Hospital San Juan.", "St John Hospital."),
        ("es", "en", "Control en quince días.", "Check-up in two weeks."),
        ("es", "en", "Cada doce horas.", "Twice a day."),
        ("es", "en", "Sus hijos están sanos.", "Their son and daughter are healthy."),
        ("es", "en", "Incapacidad temporal.", "Temporary leave."),
    ],
)
def test_what_is_said_in_other_words_is_no_change(
    source: str, target: str, original: str, good: str
) -> None:
    assert told(original, good, source, target) == []


def test_what_a_broken_line_carries_over_is_no_addition() -> None:
    original = (
        "El paciente tiene crisis focales desde la infancia y fue controlado en el hospital desde "
        "marzo de 2023. Las crisis ocurren sobre todo en sueño."
    )
    translation = (
        "The patient has had focal seizures since infancy and has been seen here since March\n"
        "2023. The seizures occur for the most part\nin sleep."
    )
    assert told(original, translation, "es", "en") == []
