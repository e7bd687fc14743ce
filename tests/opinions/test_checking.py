"""The checks of a report: what they must find, and the careful texts in which they find nothing."""

import re
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.demo.reports import BY_SPECIALTY
from secondopinion.opinions.checking import doses, left_over, naming, plainness, sex, sides
from secondopinion.opinions.checking.examine import examine
from secondopinion.opinions.checking.found import Facts, Source
from secondopinion.translation.checks.languages import codes, language
from tests.opinions.clean_reports import CLEAN, OTHERS, TODAY, Clean, boy, girl

RIGHT = (
    Source("Hydronephrosis of the right kidney. Mass of the right temporal lobe.", "en"),
    Source("Dolor en la rodilla derecha.", "es"),
)
TEXTS = Path(__file__).parents[1] / "translation" / "texts"


def quoted(text: str, facts: Facts | None = None, field: str = "findings") -> list[tuple[str, str]]:
    """Return which check doubts which words of a text."""
    found = examine({field: text}, facts or Facts(), TODAY)
    assert all(text[each.start : each.end] == each.quoted for each in found)
    return [(each.check, each.quoted) for each in found]


@pytest.mark.parametrize("clean", CLEAN, ids=lambda each: each.name)
def test_a_careful_report_is_not_doubted(clean: Clean) -> None:
    assert [(each.check, each.field, each.quoted)
            for each in examine(clean.texts, clean.facts, TODAY)] == []  # fmt: skip


@pytest.mark.parametrize("written", BY_SPECIALTY.values(), ids=BY_SPECIALTY)
def test_the_reports_of_the_demonstration_are_not_doubted(written: object) -> None:
    texts = {**written.body, **{f"answer_{n}": a for n, a in enumerate(written.answers)}}  # type: ignore[attr-defined]
    for facts in (girl("Noor", date(2018, 1, 1), 20.0), boy("Noor", date(2018, 1, 1), 20.0)):
        assert examine(texts, facts, TODAY) == []


def test_letters_of_clinics_hold_no_placeholder_and_no_wrong_dose() -> None:
    """Letters in six languages that were written for other tests."""
    files = sorted(TEXTS.glob("*/*.txt"))
    assert len(files) > 100
    for path in files:
        texts = {"history": path.read_text()}
        assert left_over.check(texts) + doses.check(texts, None) == [], path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The left kidney is dilated.", "left kidney"),
        ("A tumour of the left temporal lobe, 12 mm.", "left temporal"),
        ("There is fluid in the knee on the left.", "knee on the left"),
        ("Hay una hinchazón de la rodilla izquierda.", "rodilla izquierda"),
        ("توسع في الكلية اليسرى.", "الكلية اليسرى"),
        ("左肾积水。", "左肾"),
        ("Der Befund ist eine Hydronephrose der linken Niere.", "linken Niere"),
    ],
)
def test_a_side_that_nobody_sent_is_doubted(text: str, words: str) -> None:
    found = sides.check({"findings": text}, RIGHT)
    assert [each.quoted for each in found] == [words]


@pytest.mark.parametrize(
    "text",
    [
        "The right kidney is dilated.",
        "The left kidney is normal.",
        "No stone in the left kidney.",
        "The right kidney is dilated, the left kidney less so.",
        "Both kidneys are dilated.",
        "Both lungs are small.",
        "The kidney was left in place.",
        "The left hip hurts.",  # of hips nothing was sent
        "El riñón izquierdo es normal.",
    ],
)
def test_a_side_that_may_be_said_is_not_doubted(text: str) -> None:
    assert sides.check({"findings": text}, RIGHT) == []


def test_a_forearm_is_no_arm_and_a_list_goes_on_with_its_part() -> None:
    arm, forearm = "Bras gauche : fistule perméable.", "Avant-bras gauche : fistule perméable."
    measured = [Source("Tension artérielle prise au bras droit, 98/60 mmHg, sans œdème.", "fr")]
    texts = {"history": "Le patient va bien et il prend ses médicaments tous les jours."}
    assert sides.check(texts | {"findings": arm}, measured) != []
    assert sides.check(texts | {"findings": forearm}, measured) == []
    listed = "Testes: right 1.1 mL, in the scrotum; left 0.9 mL, in the inguinal canal."
    report = {"findings": "A tumour of the left testis."}
    assert sides.check(report, [Source(listed, "en")]) == []
    assert sides.check(report, [Source(listed.partition(";")[0], "en")]) != []


def test_a_letter_is_not_doubted_beside_its_own_translations() -> None:
    """Each letter as a report, in six languages, held against itself in the others; and with left
    and right exchanged, wherever one side alone is named."""
    letters = [path.parent for path in TEXTS.glob("*/en.txt")]
    exchanged = {"left": "right", "right": "left"}
    found = 0
    for letter in letters:
        texts = {path.stem: path.read_text() for path in letter.glob("*.txt")}
        for code, other in product(texts, texts):
            sent = [Source(texts[other], other)]
            assert sides.check({"findings": texts[code]}, sent) == [], (letter.name, code, other)
        swapped = re.sub(r"\b(left|right)\b", lambda each: exchanged[each.group()], texts["en"])
        found += bool(sides.check({"findings": swapped}, [Source(texts["es"], "es")]))
    assert found >= 5


def test_the_sex_of_nobody_in_these_letters_is_doubted() -> None:
    for path in TEXTS.glob("*/*.txt"):
        texts = {"history": path.read_text()}
        assert [] in (sex.check(texts, "F"), sex.check(texts, "M")), path


def test_where_both_sides_were_sent_none_is_doubted() -> None:
    sent = (*RIGHT, Source("The left kidney was measured too: 7 cm.", "en"))
    assert sides.check({"findings": "The left kidney is dilated."}, sent) == []


@pytest.mark.parametrize("code", codes())
def test_every_language_names_parts_that_have_a_side(code: str) -> None:
    assert {"kidney", "lung", "eye", "knee", "temporal"} <= set(language(code).body)


@given(st.sampled_from(["left", "right"]), st.sampled_from(["kidney", "lung", "eye", "elbow"]))
def test_a_side_is_doubted_only_when_it_is_the_other(side: str, part: str) -> None:
    for sent in ("left", "right"):
        found = sides.check(
            {"a": f"A lesion of the {side} {part}."}, [Source(f"lesion, {sent} {part}", "en")]
        )
        assert bool(found) == (side != sent)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He has seizures.", ["He"]),
        ("Your son can swim.", ["son"]),
        ("This 5-year-old male was seen in May.", ["year-old male"]),
        ("The scan shows his tumour.", ["his"]),
        ("El niño fue operado de la rodilla.", ["niño"]),
        ("La familia cuenta que él camina solo y que come bien todos los días.", ["él"]),
        ("حالة ابنكم مستقرة.", ["ابنكم"]),
    ],
)
def test_words_of_a_boy_about_a_girl_are_doubted(text: str, words: list[str]) -> None:
    assert [each.quoted for each in sex.check({"a": text}, "F")] == words
    assert sex.check({"a": text}, "M") == []
    assert sex.check({"a": text}, "O") == sex.check({"a": text}, "") == []


@pytest.mark.parametrize(
    "text",
    [
        "Her father is well; he works abroad.",
        "Dr. Rossi stopped it because he saw a rash.",
        "Boys and girls get this alike.",
        "His bundle and HER2 are no people; p.Arg175His neither.",
        "He or she may swim.",
        "The parents have an older son. Prof. Rossi saw her; he agrees.",
        "Her twin brother is healthy. He was born first.",
        "La lesión está en el hipocampo y de él parte una fina banda hacia el ventrículo.",
        "Los padres no son parientes y no perdieron ningún hijo.",
    ],
)
def test_words_about_others_are_not_doubted(text: str) -> None:
    assert [each.quoted for each in sex.check({"a": text}, "F")] == []


@pytest.mark.parametrize(
    ("text", "kg", "words"),
    [
        ("Paracetamol 500 mg every 6 hours.", 10.0, "500 mg"),
        ("Paracetamol 150 mg/kg for fever.", None, "150 mg/kg"),
        ("Amoxicillin 900 mg/kg/day in two doses.", None, "900 mg/kg/day"),
        ("Levetiracetam 2,500 mg twice a day.", 20.0, "2,500 mg"),
        ("Levetiracetam 0.025 g twice daily.", 20.0, "0.025 g"),
        ("Digoxin 250 mcg twice a day.", 20.0, "250 mcg"),
        ("Ceftriaxone 10 g once daily.", None, "10 g"),
        ("Give 3000 mg of ibuprofen.", None, "3000 mg"),
        ("Prednisolone 20 mg/kg a day.", None, "20 mg/kg a day"),
        ("Se le da paracetamol 1500 mg cada 6 horas, por la fiebre.", 20.0, "1500 mg"),
        ("باراسيتامول 2400 ملغ كل 6 ساعات.", 16.0, "2400 ملغ"),
        ("Gentamicin 75 mg/kg once daily.", 12.0, "75 mg/kg"),
        ("Hydroxyurea 200 mg/kg daily.", 30.0, "200 mg/kg"),
        ("Gentamicin 70 mg/kg once daily, with a trough below 1 mg/L.", None, "70 mg/kg"),
        ("We gave 100 mg/kg twice a day, which is usual for levetiracetam.", None, "100 mg/kg"),
    ],
)
def test_a_dose_outside_its_range_is_doubted(text: str, kg: float | None, words: str) -> None:
    assert [each.quoted for each in doses.check({"plan_text": text}, kg)] == [words]


@pytest.mark.parametrize(
    ("text", "kg"),
    [
        ("Paracetamol 500 mg every 6 hours.", None),  # without a weight nothing is said by kg
        ("Paracetamol 500 mg every 6 hours.", 40.0),
        ("Paracetamol 15 mg/kg, at most 1 g.", 10.0),
        ("Amoxicillin 250 mg/5 ml, 9 ml twice a day.", 10.0),
        ("The level of valproate was 800 mg/L.", 10.0),
        ("Levetiracetam is raised by 5 mg/kg each week.", 10.0),
        ("Prednisolone 60 mg/m2 a day.", 10.0),
        ("Midazolam 5 mg/kg/h would be an infusion.", 10.0),
        ("Vincristine 900 mg is no dose that we know a range of.", 10.0),
        ("Ibuprofen 400 mg three times a day.", 90.0),
        ("Levetiracetam 250 mg tablets are too strong.", 3.0),
        ("Amoxicillin 1,000 mg twice a day.", 30.0),
        ("Gentamicin was given at a birth weight of 1200 g.", 1.2),
        ("After prednisolone the protein fell to 0.2 g/day.", 20.0),
        ("Dexamethasone 4 mg every 6 hours against the swelling of the brain.", 16.0),
    ],
)
def test_a_dose_that_may_be_right_is_not_doubted(text: str, kg: float | None) -> None:
    assert doses.check({"plan_text": text}, kg) == []


@settings(deadline=None)
@given(
    st.sampled_from(sorted(doses.ranges())),
    st.floats(3, 60),
    st.floats(0, 1),
    st.sampled_from(["mg", "g", "mcg"]),
)
def test_what_a_source_states_is_never_doubted_and_ten_times_more_always(
    name: str, kg: float, share: float, unit: str
) -> None:
    stated = doses.ranges()[name]
    low, high = stated.dose or stated.day or (0, 0)
    by_kg = low + (high - low) * share
    most = min(filter(None, (stated.most, stated.most_day)), default=1e9)
    size = {"mg": 1.0, "g": 1000.0, "mcg": 0.001}[unit]
    often = "" if stated.dose else " once daily"
    amount = min(by_kg * kg, most)
    text = f"{name} {amount / size:.6f} {unit}{often}"
    assert doses.check({"a": text}, kg) == [], text
    text = f"{name} {high * 10 * kg / size:.6f} {unit}{often}"
    assert len(doses.check({"a": text}, kg)) == 1, text


@given(st.sampled_from(sorted(doses.ranges())))
def test_every_range_names_its_source_and_is_one(name: str) -> None:
    stated = doses.ranges()[name]
    assert len(stated.source) > 10
    assert stated.dose or stated.day
    for span in filter(None, (stated.dose, stated.day)):
        assert 0 < span[0] < span[1]


def test_a_weight_stands_only_for_a_while() -> None:
    born = TODAY - timedelta(days=200)
    for days, stands in ((30, True), (90, False)):
        facts = Facts(born=born, weight_kg=7.0, weighed_on=TODAY - timedelta(days=days))
        assert bool(facts.weight_on(TODAY)) is stands
    assert Facts(weight_kg=7.0).weight_on(TODAY) is None


@pytest.mark.parametrize(
    "text",
    ["XXX", "TODO", "tbd", "Why???", "Dose: ____ mg", "[...]", "[…]", "[insert dose here]",
     "[name]", "<name of the drug>", "<...>", "{{ child }}", "Lorem ipsum dolor", "[ ]"],
)  # fmt: skip
def test_what_was_left_to_be_written_is_doubted(text: str) -> None:
    assert [check for check, _words in quoted(text)] == ["placeholder"]


@pytest.mark.parametrize(
    "text",
    ["47,XXX in all cells", "47, XXX", "the XXX syndrome", "<5 mm and >3 mm", "p<0.05, x>2",
     "[18F]FDG", "see [3]", "Why? How?", "todo el cuerpo", "TBC", "46,XX", "e.g. ... and so on",
     "<https://example.org/a>"],
)  # fmt: skip
def test_what_only_looks_like_it_is_not_doubted(text: str) -> None:
    assert quoted(text) == []


KNOWN = Facts(
    names=("Камила Фернандес", "Camila Fernández"), people=("María López", "Dr. Mei Tanaka"),
    others=OTHERS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The patient Ahmed Hassan was seen.", "Ahmed Hassan"),
        ("In summary, Ahmed should go on.", "Ahmed"),
        ("Maria Ivanova has a tumour.", "Maria Ivanova"),
        ("Muhammad Al-Ali should swim.", "Muhammad Al-Ali"),
        ("حالة محمد العلي مستقرة.", "محمد العلي"),
        ("王小明的病情稳定。", "王小明"),
        ("We advise Camila Rodríguez to go on.", "Camila Rodríguez"),
        ("A girl called Sofia came in.", "Sofia"),
        ("the child, Sofia Rossi, came in.", "Sofia Rossi"),
        ("Patient: Elena Petrova\nNormal.", "Elena Petrova"),
    ],
)
def test_a_name_of_somebody_else_is_doubted(text: str, words: str) -> None:
    assert quoted(text, KNOWN) == [("other-name", words)]


@pytest.mark.parametrize(
    "text",
    [
        "The patient Camila Fernández was seen.",
        "Camila should go on. Kamila Fernandes is her name in the letter.",
        "The mother, María López, agrees. Camila López may be another spelling.",
        "Dr. Hassan wrote the letter. White matter is normal.",
        "Will she walk? Hope remains. Down syndrome was ruled out in April.",
        "Patient: Camila Fernández",
        "Camila's Mother and Camila's MRI were seen.",
        "Wilson disease, Brown-Séquard syndrome",
    ],
)
def test_names_of_the_case_and_plain_words_are_not_doubted(text: str) -> None:
    assert quoted(text, KNOWN) == []


def test_authors_may_be_cited() -> None:
    assert quoted("Hassan A, White O (2019). Brown M, Wilson L.", KNOWN, "references") == []


def test_another_child_is_found_among_a_thousand() -> None:
    others = (*(f"Child{number} Family{number}" for number in range(1000)), "Ahmed Hassan")
    found = naming.check({"a": "Ahmad Hasan may swim."}, Facts(names=("Noor",), others=others))
    assert [each.quoted for each in found] == ["Ahmad Hasan"]


HARD = (
    "Interdisciplinary neuropsychological rehabilitation necessitates comprehensive consideration "
    "of the electroencephalographic abnormalities. "
) * 3


def test_a_hard_summary_is_doubted_by_its_longest_sentence() -> None:
    [doubt] = plainness.check_summary({"summary": HARD + "It is fine."})
    assert doubt.quoted.startswith("Interdisciplinary")
    assert doubt.quoted.endswith("abnormalities.")
    assert plainness.check_summary({"summary": "Your child is well. " * 8}) == []


@pytest.mark.parametrize("text", ["see above", "-", "N/A", " as above. ", "..."])
def test_an_answer_that_only_points_elsewhere_is_doubted(text: str) -> None:
    assert ("answer", text.strip()) in quoted(text, field="answer_1")


def test_an_answer_is_read_in_the_language_of_the_report() -> None:
    texts = {"answer_1": "Ver arriba.", "findings": "La niña tiene una masa en el abdomen."}
    assert [each.field for each in examine(texts, Facts(), TODAY)] == ["answer_1"]


@pytest.mark.parametrize("text", ["Yes.", "No", "None.", "نعم", "是", "Sí, con un adulto."])
def test_a_short_answer_is_an_answer(text: str) -> None:
    assert quoted(text, field="answer_1") == []


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=300), st.sampled_from(["F", "M", "O", ""]))
def test_nothing_that_is_typed_breaks_a_check(text: str, of: str) -> None:
    facts = Facts(names=("Noor",), others=OTHERS, sex=of, sources=RIGHT, born=date(2020, 1, 1),
                  weight_kg=12.0, weighed_on=TODAY)  # fmt: skip
    for doubt in examine({"answer_1": text, "summary": text}, facts, TODAY):
        assert text[doubt.start : doubt.end] == doubt.quoted


def test_a_doubt_keeps_its_key_while_its_words_stand() -> None:
    [before] = examine({"tests": "TODO"}, Facts(), TODAY)
    [after] = examine({"tests": "First this, then TODO"}, Facts(), TODAY)
    [other] = examine({"plan_text": "TODO"}, Facts(), TODAY)
    assert before.key == after.key != other.key
