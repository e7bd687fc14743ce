"""Values read in the text of pages: what is found, what is left alone, and that nobody but a person
takes them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from secondopinion.audit.models import Entry
from secondopinion.core.errors import NotYours, Refused
from secondopinion.program.models import Program
from secondopinion.records import queries, valuing
from secondopinion.records.lab_reading import day_of, find
from secondopinion.records.laboratory import analytes
from secondopinion.records.models import LabValue, Page, PassedOver
from tests.web.conftest import Whole, sign_in, whole_case

# A line, and what it says: which, number, unit, range.
SAID = [
    ("Hemoglobina 9,8 g/dL (11,5 - 15,5)", "haemoglobin 9.8 g/dL 11.5 15.5"),
    ("Haemoglobin    98 g/L   L  110-140", "haemoglobin 98 g/L 110 140"),
    ("Hemoglobina\n9.8\ng/dL\n11-14\n", "haemoglobin 9.8 g/dL 11 14"),
    ("Hb 98 g/L (9.8 g/dL)", "haemoglobin 98 g/L - -"),
    ("الهيموغلوبين ٩٫٨ g/dL", "haemoglobin 9.8 g/dL - -"),
    ("والصفيحات 80 x10^9/L", "platelets 80 10⁹/L - -"),
    ("Гемоглобін 98 г/л", "haemoglobin 98 g/L - -"),
    ("白细胞 12.3 10^9/L", "white-cells 12.3 10⁹/L - -"),
    ("Leucocitos 12.300 /mm3 5.000-13.000", "white-cells 12300 /µL 5000 13000"),
    ("Plaquetas: 250 000 /µL", "platelets 250000 /µL - -"),
    ("Neutrophils 65 % 4.2 ×10⁹/L", "neutrophils 4.2 10⁹/L - -"),
    ("Glucosa 95 70-110 mg/dL", "glucose 95 mg/dL 70 110"),
    ("ALT (SGPT) 45 U/L <40", "alt 45 U/L - 40"),
    ("Bilirrubina total 1,2 mg/dL hasta 1,0", "bilirubin 1.2 mg/dL - 1.0"),
    ("Bilirubin, direct 0.3 mg/dL", "bilirubin-direct 0.3 mg/dL - -"),
    ("INR 1.1", "inr 1.1 – - -"),
    ("TSH 2.31 µIU/mL 0.5 - 5.0", "tsh 2.31 µIU/mL 0.5 5.0"),
    ("LDH 1.250 U/L", "ldh 1250 U/L - -"),
    ("LDH 1.250 U/L (1.000-2.000)", "ldh 1250 U/L 1000 2000"),
    ("الهيموغلوبين: 9.1 g/dL (المدى الطبيعي 14.0-11.0)", "haemoglobin 9.1 g/dL 11.0 14.0"),
    ("Hemoglobina 9,1 g/dL (14,0-11,0)", "haemoglobin 9.1 g/dL - -"),
    ("AFP 1,234.5 ng/mL", "afp 1234.5 ng/mL - -"),
    ("Ferritin 1,234 ng/mL (10.5-120.0)", "ferritin 1234 ng/mL 10.5 120.0"),
    ("Ferritin 1,234 ng/mL 10,5 - 120,0", "ferritin 1.234 ng/mL 10.5 120.0"),
    ("Ferritin 1,234 ng/mL H 10-120", "ferritin 1234 ng/mL 10 120"),
    ("Ferritina 1.234 ng/mL ↓ 10-120", "ferritin 1.234 ng/mL 10 120"),
]
# A line, the page's other words, language and country; what it says, and what it may say too.
IN_TWO_WAYS = [
    ("Ferritin 1,234 ng/mL", "", "", "", "1.234", "1234"),
    ("Ferritin 1,234 ng/mL 10-120", "", "en", "US", "1234", "1.234"),
    ("Ferritin 1,234 ng/mL", "", "de", "DE", "1.234", "1234"),
    ("Ferritina 1.234 ng/mL", "", "es", "ES", "1234", "1.234"),
    ("Ferritina 1.234 ng/mL", "", "es", "MX", "1.234", "1234"),
    ("Ferritina 1.234 ng/mL", "", "es", "", "1.234", "1234"),
    ("Ferritina 1.234 ng/mL", "Hb 9,8 g/dL\nCRP 12,5 mg/L", "es", "MX", "1234", None),
    ("Ferritin 1,234 ng/mL", "Hb 9.8 g/dL\nCRP 12.5 mg/L", "de", "DE", "1234", None),
    ("Ferritin 1,234 ng/mL 1,000-2,000", "", "", "", "1.234", "1234"),
    ("CK 25.000 U/L", "", "", "", "25.000", "25000"),
]
# What gives nothing: a limit, two days, another fluid or thing, no unit, no child's value.
SILENT = [
    "CRP <5 mg/L", "Hb was 12 g/dL in March and 9.8 g/dL now", "Sodium 138 137 140 mmol/L",
    "Creatinine, urine 45 mg/dL", "Hemoglobina glicosilada 5.4 %", "MCH 28 pg", "Hb 11 . 5 g/dL",
    "Hb 98 g/dL", "Hb 9.8", "Paracetamol 500 mg, K 20 mmol/L", "CK-MB 25 U/L",
    "Alkaline phosphatase 250 U/L", "Hb A1c 40 mmol/L", "",
]  # fmt: skip


@pytest.mark.parametrize(("line", "wanted"), SAID)
def test_a_line_says_one_value(line: str, wanted: str) -> None:
    [seen] = find(line)
    ends = ["-" if end is None else f"{end}" for end in (seen.low, seen.high)]
    assert " ".join([seen.analyte, f"{seen.value}", seen.unit, *ends]) == wanted
    assert seen.unit in analytes()[seen.analyte].units


@pytest.mark.parametrize(("line", "words", "language", "country", "wanted", "other"), IN_TWO_WAYS)
def test_a_number_that_can_be_read_in_two_ways_is_told_in_both(
    line: str, words: str, language: str, country: str, wanted: str, other: str | None
) -> None:
    seen = find(f"{words}\n{line}", language, country)[-1]
    assert (str(seen.value), seen.other and str(seen.other)) == (wanted, other)
    assert seen.other is None or seen.certainty < 0.5
    assert seen.other is None or seen.low is None or seen.low == 10


@pytest.mark.parametrize("line", SILENT)
def test_what_could_mean_another_thing_says_nothing(line: str) -> None:
    assert find(line) == []


def test_a_sentence_says_several_each_at_its_place() -> None:
    text = "Blood: Hb 9.8 g/dL, platelets 80 x10^9/L, CRP 45 mg/L, Na 138 mmol/L.\nHb 9.8 g/dL"
    found = find(text)
    assert [each.analyte for each in found] == ["haemoglobin", "platelets", "crp", "sodium"]
    assert text[found[1].start : found[1].end].startswith("platelets 80")


def test_the_day_of_the_sample_comes_before_that_of_the_letter() -> None:
    today, born = date(2026, 9, 1), date(2018, 1, 1)
    text = "Fecha de toma de muestra: 03/02/2026\nHb 9,8 g/dL\nFecha: 10/02/2026"
    assert day_of(text, "es", "MX", date(2026, 2, 10), today, born)[0] == date(2026, 2, 3)
    assert day_of("Hb 9,8 g/dL", "es", "MX", date(2026, 2, 10), today, born)[0] == date(2026, 2, 10)
    assert day_of("Hb 9,8 g/dL", "es", "MX", None, today, born) == (None, 0.0)


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case whose only page is a sheet of a laboratory."""
    case = whole_case()
    Page.objects.filter(record__case=case.case).update(
        text="Collected: 2026-01-05\nHaemoglobin 9.8 g/dL 11.5-15.5\nCRP 45 mg/L\nHb 9.8 g/dL"
    )
    return case


def _offered(whole: Whole) -> list[valuing.Offered]:
    rows = list(queries.with_pages(queries.for_case(whole.case)))
    return valuing.offered(whole.case, rows, list(valuing.values_of(whole.case)))


def test_what_is_read_is_offered_until_somebody_judges_it(whole: Whole) -> None:
    first, second = _offered(whole)
    assert (first.seen.value, first.day, second.seen.analyte) == (
        Decimal("9.8"), date(2026, 1, 5), "crp",
    )  # fmt: skip
    assert not LabValue.objects.exists()
    place = {"case": whole.case, "page": first.page.pk}
    with pytest.raises(Refused):
        valuing.accept_read(by=whole.specialist, start=first.seen.start, taken_on=None, **place)
    for _time in range(2):
        kept = valuing.accept_read(
            by=whole.specialist, start=first.seen.start, taken_on=first.day, **place
        )
    assert (kept.value, kept.low, kept.read_by) == (Decimal("9.8"), Decimal("11.5"), "values@2")
    assert LabValue.objects.count() == 1
    for _time in range(2):
        valuing.pass_over(by=whole.coordinator, start=second.seen.start, **place)
    assert PassedOver.objects.count() == 1
    assert _offered(whole) == []
    valuing.remove_value(by=whole.specialist, case=whole.case, value=kept.pk)
    assert _offered(whole) == []
    verbs = ["lab-value-accepted", "lab-value-passed-over"]
    assert Entry.objects.filter(verb__in=verbs).count() == 2
    for by, start in ((whole.family, first.seen.start), (whole.specialist, 7)):
        with pytest.raises(NotYours):
            valuing.accept_read(by=by, start=start, taken_on=first.day, **place)


def test_of_two_readings_a_person_says_which(whole: Whole) -> None:
    Page.objects.filter(record__case=whole.case).update(text="Ferritin 1,234 ng/mL")
    [first] = _offered(whole)
    assert first.seen.other is not None
    place = {"case": whole.case, "page": first.page.pk, "start": first.seen.start}
    for meant in (None, Decimal(12)):
        with pytest.raises(Refused) as refused:
            valuing.accept_read(
                by=whole.specialist, taken_on=date(2026, 1, 5), meant=meant, **place
            )
        assert refused.value.code == "two-ways"
    browser = sign_in(whole.specialist)
    address = f"/files/{whole.case.reference}/laboratory/"
    shown = browser.get(address).content.decode()
    assert "Two readings" in shown
    assert "Keep 1.234 ng/mL" in shown
    assert "Keep 1234 ng/mL" in shown
    assert 'name="keep"' not in shown  # no key keeps it by chance
    given = {"page": str(first.page.pk), "start": str(first.seen.start), "taken_on": "2026-01-05"}
    browser.post(f"{address}read/", given | {"meant": "x"})
    assert not LabValue.objects.exists()
    browser.post(f"{address}read/", given | {"meant": "1234"})
    assert LabValue.objects.get().value == 1234
    assert _offered(whole) == []


def test_pages_offer_and_show_what_was_kept(whole: Whole) -> None:
    browser = sign_in(whole.specialist)
    address = f"/files/{whole.case.reference}/laboratory/"
    shown = browser.get(address).content.decode()
    assert "Haemoglobin 9.8 g/dL 11.5-15.5" in shown
    first = _offered(whole)[0]
    given = {"page": str(first.page.pk), "start": str(first.seen.start), "keep": "1"}
    assert browser.post(f"{address}read/", given | {"taken_on": "2026-01-05"}).status_code == 302
    assert browser.post(f"{address}read/", {"page": "x", "start": "²"}).status_code == 404
    assert "read by the program, accepted by" in browser.get(address).content.decode()
    assert "Read on the pages: 1 value to look at" in browser.get(address).content.decode()
    review = browser.get(reverse("review", args=[whole.case.reference])).content.decode()
    assert "98 g/L" in review
    look = f"/records/{first.page.record_id}/pages/{first.page.number}/look/"
    assert review.count(look) >= 3  # the page itself, the table, the timeline
