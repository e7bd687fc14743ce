"""What good translations say in other words raises no alarm, and the same error still does."""

import pytest

from tests.translation.test_checks import DOCUMENTS, alarms, text_of

# source, target, original, translation, and a translation that is wrong with its code.
CASES = [
    ("en", "ru", "The left colon was spared.", "Левые отделы не затронуты.",
     "Правые отделы не затронуты.", "translation-laterality"),
    ("en", "ru", "She must not receive live vaccines.", "Живые вакцины противопоказаны.",
     "Живые вакцины можно вводить.", "translation-negation"),
    ("en", "zh", "The effect was of little benefit.", "效果不大。", "左侧效果不大。",
     "translation-laterality"),
    ("en", "ru", "Cetirizine at most once in 24 hours.", "Цетиризин не чаще одного раза в 24 часа.",
     "Цетиризин не чаще одного раза в 48 часов.", "translation-number"),
    ("en", "es", "No nuts in any form; milk need not be avoided.",
     "Nada de nueces en ninguna forma; la leche no tiene que evitarse.",
     "Nueces en cualquier forma; la leche puede tomarse.", "translation-negation"),
    ("es", "en", "Nunca ha tenido crisis y no toma medicamentos.",
     "He has never had a seizure and takes no medicine.",
     "He has had a seizure and takes medicine.", "translation-negation"),
    ("en", "fr", "Feeding: not by tube any more.", "Alimentation : plus par sonde.",
     "Alimentation : par sonde.", "translation-negation"),
    ("ru", "en", "Ни мать, ни отец не хотят решать.", "Neither parent wishes to decide.",
     "The parents wish to decide.", "translation-negation"),
    ("ar", "en", "الوالدان ليسا قريبين.", "The parents are not related.",
     "The parents are related.", "translation-negation"),
    ("zh", "en", "月经尚未来潮。", "Periods have not begun yet.", "Periods have begun.",
     "translation-negation"),
    ("en", "fr", "She is right-handed.", "Elle est droitière.", "Elle est gauchère.",
     "translation-laterality"),
    ("fr", "en", "Le rachis est droit.", "The spine is straight.", "The left spine is straight.",
     "translation-laterality"),
    ("zh", "fr", "双下肢等长。", "Les jambes sont de même longueur.",
     "La jambe gauche est de même longueur.", "translation-laterality"),
    ("en", "fr", "In hospital for about 10 days.", "Hospitalisé une dizaine de jours.",
     "Hospitalisé une vingtaine de jours.", "translation-number"),
    ("en", "zh", "3 kg lost since May.", "自5月以来体重减轻3 kg。", "自5月以来体重减轻8 kg。",
     "translation-number"),
    ("en", "ar", "Cortisol 85 nmol/L.", "الكورتيزول 85 نانومول/ل.", "الكورتيزول 85 ملغ/ل.",
     "translation-unit"),
    ("en", "fr", "Caffeine 10 mg was stopped.", "La caféine 10 mg a été arrêtée.",
     "Le furosémide 10 mg a été arrêté.", "translation-drug"),
    ("fr", "en", "On n'a montré cela à personne.", "Nobody has been shown this.",
     "Everybody has been shown this.", "translation-negation"),
    ("en", "zh", "She is not allergic to eggs.", "她对鸡蛋不过敏。", "她对鸡蛋过敏。",
     "translation-negation"),
    ("en", "es", "If she does not eat, call us.", "Si no come, llámenos.", "Si come, llámenos.",
     "translation-negation"),
    ("en", "ru", "Nobody at home smokes.", "Дома никто не курит.", "Дома курят.",
     "translation-negation"),
    ("es", "en", "No ha tenido crisis ni ha perdido peso.",
     "She has had no seizures and has not lost weight.",
     "She has had seizures and has lost weight.", "translation-negation"),
    ("en", "es", "Nothing by mouth from 06:00.", "En ayunas desde las 06:00.",
     "En ayunas desde las 08:00.", "translation-number"),
    ("en", "zh", "14 to 15 March 2026, seizures at 01:20.",
     "2026年3月14日至15日，发作时间：01:20。",
     "2026年3月14日至16日，发作时间：01:20。", "translation-date"),
    ("es", "en", "Temp. 37,1 °C, pulso 94.", "Temperature 37.1 °C, pulse 94.",
     "Temperature 31.7 °C, pulse 94.", "translation-number"),
    ("en", "fr", "Captopril 3 mg three times a day.", "Captopril 3 mg trois fois par jour.",
     "Captopril 3 g trois fois par jour.", "translation-unit"),
    ("en", "zh", "Pulse 24 per minute.", "脉搏每分钟24次。", "脉搏每分钟42次。",
     "translation-number"),
    ("zh", "en", "血糖从未低于2.9 mmol/L。", "Glucose was never under 2.9 mmol/L.",
     "Glucose was under 2.9 mmol/L.", "translation-negation"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "original", "good", "wrong", "code"), CASES)
def test_other_words_are_no_error_and_errors_still_are(
    source: str, target: str, original: str, good: str, wrong: str, code: str
) -> None:
    assert not alarms(original, good, source, target)
    assert code in {each.code for each in alarms(original, wrong, source, target)}


def test_units_are_no_words_that_were_left_untranslated() -> None:
    line = "钠118 mmol/L，钾8.1 mmol/L，葡萄糖2.3 mmol/L，pH 7.24。"
    original = "Sodium 118 mmol/L, potassium 8.1 mmol/L, glucose 2.3 mmol/L, pH 7.24."
    assert not alarms(original, line, "en", "zh")


def test_a_word_for_units_that_only_counts_is_not_missing() -> None:
    assert not alarms("She has 6 exchanges a day.", "Ей положено 6 единиц в день.", "en", "ru")


def test_a_number_in_the_name_of_a_substance_is_none() -> None:
    assert not alarms("25-OH vitamin D 31 nmol/L.", "فيتامين د 31 نانومول/ل.", "en", "ar")


def test_a_denial_by_other_words_is_not_lost() -> None:
    original = "Redness that has not gone after 30 minutes: use the other mask."
    translation = "Si la rojez sigue a los 30 minutos: usar la otra mascarilla."
    assert not alarms(original, translation, "en", "es")


def test_an_ordinary_word_is_no_medicine_because_it_sounds_like_one() -> None:
    assert not alarms("Fontanela hundida.", "Родничок запавший.", "es", "ru")


def test_a_unit_that_is_not_known_is_not_called_missing() -> None:
    assert not alarms("Titer 14 mg/L.", "滴度 14 某某/升。", "en", "zh")


@pytest.mark.parametrize(
    "document", [name for name in DOCUMENTS if name.startswith(("11-", "13-"))]
)
@pytest.mark.parametrize(("source", "target"), [("en", "ru"), ("zh", "en"), ("fr", "ar")])
def test_letters_that_were_mended_for_stay_quiet(document: str, source: str, target: str) -> None:
    assert not alarms(text_of(document, source), text_of(document, target), source, target)
