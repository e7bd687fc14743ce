"""What versions 9 and 10 of the checks were mended for, a class at a time: each good translation
raises no alarm, and the same error in it still does."""

import pytest

from tests.translation.test_checks import alarms

# source, target, original, translation, and a translation that is wrong with its code.
CASES = [
    # times that stand before their number, or behind an ordinal
    ("en", "zh", "Duct of 1.8 mm on day 4.", "生后第4天导管1.8 mm。", "生后第4周导管1.8 mm。",
     "translation-unit"),
    ("ru", "en", "Обследован на 5-й минуте.", "Seen at 5 minutes.", "Seen at 5 hours.",
     "translation-unit"),
    ("ar", "en", "لقاح الأسبوع 34.", "Vaccine of 34 weeks.", "Vaccine of 34 days.",
     "translation-unit"),
    # ordinals of any ending, and centiles, which are no per cent
    ("ru", "en", "Осмотрен на 15-м дне жизни.", "Examined on day 15 of life.",
     "Examined on day 16 of life.", "translation-number"),
    ("ru", "en", "Рост соответствует 4-му процентилю.", "Height is at the 4th centile.",
     "Height is at the 14th centile.", "translation-number"),
    ("ru", "en", "Снижение на 20 процентов.", "A fall by 20 %.", "A fall by 20 mg.",
     "translation-unit"),
    ("en", "ar", "Probe of 12 MHz.", "مجس 12 ميغاهرتز.", "مجس 12 ملغ.", "translation-unit"),
    ("en", "ar", "ESR 34 mm/h.", "سرعة الترسيب 34 ملم/ساعة.", "سرعة الترسيب 34 ملم.",
     "translation-unit"),
    ("en", "ar", "Extension lacks 10 degrees.", "ينقص المد 10 درجات.", "ينقص المد 10 ملم.",
     "translation-unit"),
    ("en", "zh", "Fever 38.2, at 04:00.", "体温38.2，04:00。", "体温38.2，05:00。",
     "translation-number"),
    # the same number with another unit beside it
    ("es", "en", "Durante 3 minutos, a 3 por segundo.", "For 3 minutes, 3 per second.",
     "For 3 hours, 3 per second.", "translation-unit"),
    # weeks and days of a pregnancy, years and months of a child
    ("fr", "en", "Sortie à 39 SA + 1 jour.", "Discharged at 39 + 1 weeks.",
     "Discharged at 39 + 4 weeks.", "translation-number"),
    ("en", "fr", "Boy, 3 y 2 m.", "Garçon, 3 ans 2 mois.", "Garçon, 3 ans 5 mois.",
     "translation-number"),
    # units made of a part and a thing
    ("en", "ar", "QTc 408 ms.", "QTc 408 مللي ثانية.", "QTc 408 ثانية.", "translation-unit"),
    ("en", "ar", "Impedance 5 kΩ.", "المعاوقة 5 كيلو أوم.", "المعاوقة 5 كغ.", "translation-unit"),
    ("fr", "en", "Neutrophiles 4,1 G/L.", "Neutrophils 4.1 × 10⁹/L.", "Neutrophils 1.4 × 10⁹/L.",
     "translation-number"),
    # hours by the clock, and how long something lasts
    ("en", "es", "Wet nappy at 11 pm.", "Pañal mojado a las 23 h.", "Pañal mojado a las 21 h.",
     "translation-number"),
    ("fr", "ru", "Holter : 23 h 10 min.", "Холтер: 23 ч 10 мин.", "Холтер: 23 ч 40 мин.",
     "translation-number"),
    ("ru", "en", "05:50: выпил 120 мл.", "05:50 drank 120 mL.", "05:05 drank 120 mL.",
     "translation-number"),
    ("ru", "en", "11.02, 08:10. Спала хорошо.", "11 Feb, 08:10. Slept well.",
     "12 Feb, 08:10. Slept well.", "translation-date"),
    # signs behind Chinese words, two words for one number in Arabic, names that hold number words
    ("en", "zh", "Z-score -1.4.", "Z评分-1.4。", "Z评分-4.1。", "translation-number"),
    ("en", "ar", "He died at 19.", "توفي في التاسعة عشرة.", "توفي في التاسعة.",
     "translation-number"),
    ("en", "zh", "Two doses of betamethasone.", "倍他米松2剂。", "倍他米松7剂。",
     "translation-number"),
    # medicines under a name for several, and what is no medicine
    ("en", "ru", "Co-trimoxazole 38 mg.", "Ко-тримоксазол 38 мг.", "Амоксициллин 38 мг.",
     "translation-drug"),
    ("es", "en", "Amoxicilina-clavulánico.", "Co-amoxiclav.", "Co-trimoxazole.",
     "translation-drug"),
    ("en", "zh", "Growth hormone is advised.", "建议用生长激素。", "建议用胰岛素。",
     "translation-drug"),
    ("es", "en", "Con la ventanilla abierta, ibuprofeno.", "Ibuprofen, with the window open.",
     "Paracetamol, with the window open.", "translation-drug"),
    # points that end no sentence
    ("en", "zh", "Neonatal Unit, St. Brannoc Hospital. Weight 3 kg.",
     "圣布兰诺克医院新生儿科。体重3 kg。", "圣布兰诺克医院新生儿科。体重8 kg。",
     "translation-number"),
    ("ru", "en", "Проф. Вим Остерлан. Вес 3 кг.", "Prof. Wim Osterlan. Weight 3 kg.",
     "Prof. Wim Osterlan. Weight 8 kg.", "translation-number"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "original", "good", "wrong", "code"), CASES)
def test_a_class_raises_no_alarm_and_its_errors_do(
    source: str, target: str, original: str, good: str, wrong: str, code: str
) -> None:
    assert [(each.code, each.measured) for each in alarms(original, good, source, target)] == []
    assert code in {each.code for each in alarms(original, wrong, source, target)}
