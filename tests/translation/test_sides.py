"""Left and right are told from words that only look like them; swapped sides raise alarms."""

import pytest

from secondopinion.translation.checks.languages import language
from secondopinion.translation.checks.sides import find_sides
from tests.translation.test_checks import alarms

# Language, folded text, and its sides: those that are sure.
SIDES = [
    ("en", "she left the ward at noon.", []),
    ("en", "he had left half of the porridge.", []),
    ("en", "there are nine strips left.", []),
    ("en", "give it right away.", []),
    ("en", "the girl left right after the examination.", []),
    ("en", "make sure it is the right insulin.", []),
    ("en", "pain in the left ear, the right one is clear.", ["left"]),
    ("en", "a small bleed on the left.", ["left"]),
    ("en", "is there a lesion on the right?", ["right"]),
    ("en", "flow is left to right only.", ["left", "right"]),
    ("en", "hearing: right > left.", ["right", "left"]),
    ("en", "left upper inner thigh.", ["left"]),
    ("en", "right-sided pain.", ["right"]),
    ("fr", "il n'a pas le droit d'y aller.", []),
    ("fr", "asseyez-la bien droite.", []),
    ("fr", "allez tout droit.", []),
    ("fr", "œdeme du bras droit.", ["right"]),
    ("fr", "douleur a droite.", ["right"]),
    ("es", "tiene derecho a una copia.", []),
    ("es", "dolor en la rodilla derecha.", ["right"]),
    ("es", "duele a la derecha.", ["right"]),
    ("ar", "المريضه: يسري بن حدو.", []),
    ("ar", "قدم يسري.", ["left"]),
    ("ar", "في الاذن اليمني.", ["right"]),
    ("zh", "3岁左右发病。", []),
    ("zh", "左侧少量出血。", ["left"]),
    ("ru", "вы имеете право на копию.", []),
    ("ru", "боль в левом ухе.", ["left"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "sides"), SIDES)
def test_a_side_is_told_from_another_word(code: str, text: str, sides: list[str]) -> None:
    assert [cue.kind for cue in find_sides(text, language(code)) if cue.sure] == sides


@pytest.mark.parametrize(
    ("original", "translation", "swapped"),
    [
        ("Le dio el alta y se fue; dolor en el oído derecho.",
         "She left the ward; pain in the right ear.",
         "She left the ward; pain in the left ear."),
        ("Tímpano derecho normal; izquierdo no visible.", "Right drum normal; left not seen.",
         "Left drum normal; left not seen."),
        ("Asimetría, más a la izquierda.", "Asymmetry, more so left.", "Asymmetry, more so right."),
    ],
)  # fmt: skip
def test_what_may_be_a_side_is_held_against_a_side_to_spare(
    original: str, translation: str, swapped: str
) -> None:
    assert not alarms(original, translation, "es", "en")
    codes = {each.code for each in alarms(original, swapped, "es", "en")}
    assert codes == {"translation-laterality"}


def test_a_side_that_is_only_compared_with_may_be_left_out() -> None:
    original = "A little earlier on the left."
    assert not alarms(original, "تبدأ في اليسار قبل اليمين بقليل.", "en", "ar")


def test_either_eye_is_both() -> None:
    assert not alarms("No retinopathy in either eye.",
                      "Pas de rétinopathie, ni à droite ni à gauche.", "en", "fr")  # fmt: skip
