"""What one language denies and the other affirms raises no alarm, and hides none."""

import pytest

from secondopinion.translation.checks.compare import compare


def alarms(original: str, translation: str, source: str, target: str) -> list[str]:
    """Return the codes of the alarms."""
    found = compare(original, translation, source, target).mismatches
    return [each.code for each in found if each.alarm]


@pytest.mark.parametrize(
    ("original", "translation", "target"),
    [
        ("Adenoids large, but the airway is not obstructed.",
         "Adenoides grandes, pero con la vía aérea permeable.", "es"),
        ("Sats not below 95%.", "La saturación se mantiene en 95% o más.", "es"),
        ("Ears: right drum normal; left not seen for wax.",
         "Oídos: tímpano derecho normal; el izquierdo, tapado por cerumen.", "es"),
        ("Dictated by Dr Philip Osei, not yet countersigned.",
         "Dictado por el Dr. Philip Osei, pendiente de segunda firma.", "es"),
        ("No chest pain, no fainting, no palpitations.", "无胸痛、晕厥、心悸。", "zh"),
        ("No chest pain, no fainting, no palpitations.",
         "Болей в груди, обмороков, сердцебиений нет.", "ru"),
        ("We were right not to call the ambulance, weren't we?",
         "Hicimos bien en no llamar a la ambulancia, ¿verdad?", "es"),
        ("Catheter out on day 2, not later.", "导尿管最迟第2天拔除。", "zh"),
        ("Levobupivacaine 0.25%, 14 mL to wounds.", "0.25%左布比卡因14 mL伤口浸润。", "zh"),
        ("Left the department 07:25 with uncle.", "غادر القسم في 07:25 مع عمه.", "ar"),
        ("Elise Moreau-Finch, 10 years old.", "埃莉斯·莫罗-芬奇，10岁。", "zh"),
    ],
)  # fmt: skip
def test_said_in_another_way_is_no_alarm(original: str, translation: str, target: str) -> None:
    assert alarms(original, translation, "en", target) == []
    assert alarms(translation, original, target, "en") == []


@pytest.mark.parametrize(
    ("original", "translation", "target"),
    [
        # The airway is excused; the lost "no" is not.
        ("The airway is not obstructed. There is no abscess.",
         "Vía aérea permeable. Hay un absceso.", "es"),
        ("The airway is not obstructed.", "La vía aérea está obstruida.", "es"),
        ("No chest pain, no fainting, no palpitations.",
         "Dolor torácico, síncope, palpitaciones.", "es"),
        ("Sats not below 95%.", "Saturación por debajo de 95%.", "es"),
    ],
)  # fmt: skip
def test_a_lost_negation_stays_an_alarm(original: str, translation: str, target: str) -> None:
    assert "translation-negation" in alarms(original, translation, "en", target)


def test_a_list_that_one_word_denies_is_as_long_as_one_denied_thing_by_thing() -> None:
    original = "There has been no fever, no mouth ulcers, no joint pain and no rash."
    assert alarms(original, "Pas de fièvre, d'aphtes, de douleurs articulaires ni d'éruption.",
                  "en", "fr") == []  # fmt: skip


def test_an_apostrophe_shortens_nothing() -> None:
    original = "Terminal ileum normal, no Meckel's. Left inguinal ring open, right closed."
    translation = "Íleon normal, sin Meckel. Anillo inguinal izquierdo abierto, derecho cerrado."
    found = compare(original, translation, "en", "es")
    assert len(found.original.segments) == len(found.translation.segments) == 2
