"""Laboratory values: one unit in another, what is refused, the table and the plot."""

from datetime import date
from decimal import Decimal

import pytest

from secondopinion.core.errors import NotYours, Refused
from secondopinion.findings.actions import replace
from secondopinion.findings.found import BLOCKER, Found
from secondopinion.program.models import Program
from secondopinion.records.laboratory import analytes, shortened
from secondopinion.records.models import LabValue, Page
from secondopinion.records.valuing import add_value, remove_value, values_of
from secondopinion.web.lab_values import series_of
from tests.web.conftest import Whole, person, sign_in, whole_case

# Numbers that laboratories print beside each other in both units.
KNOWN = [
    ("glucose", "100", "mg/dL", "mmol/L", "5.55"),
    ("glucose", "5.5", "mmol/L", "mg/dL", "99.1"),
    ("creatinine", "1.0", "mg/dL", "µmol/L", "88.4"),
    ("bilirubin", "1.2", "mg/dL", "µmol/L", "20.5"),
    ("haemoglobin", "11.5", "g/dL", "g/L", "115"),
    ("haemoglobin", "11.5", "g/dL", "mmol/L", "7.14"),
    ("calcium", "10", "mg/dL", "mmol/L", "2.5"),
    ("urea-nitrogen", "20", "mg/dL", "mmol/L", "7.14"),
    ("platelets", "250000", "/µL", "10⁹/L", "250"),
    ("cholesterol", "200", "mg/dL", "mmol/L", "5.17"),
    ("free-t4", "1.0", "ng/dL", "pmol/L", "12.9"),
    ("crp", "1.5", "mg/dL", "mg/L", "15"),
]


@pytest.mark.parametrize(("key", "value", "unit", "other", "wanted"), KNOWN)
def test_a_number_in_another_unit(key: str, value: str, unit: str, other: str, wanted: str) -> None:
    found = {name: number for number, name in analytes()[key].others(Decimal(value), unit)}
    assert found[other] == wanted


def test_names_are_there_in_every_language_and_no_power_of_ten_is_printed() -> None:
    for each in analytes().values():
        assert set(each.names) == {"en", "es", "ar"}
        assert each.units[each.base] == 1
    assert [shortened(Decimal(each)) for each in ("0", "1234567", "0.000123", "12.30")] == [
        "0", "1234567", "0.000123", "12.3",
    ]  # fmt: skip


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case in its follow-up, with everybody who has a part in it."""
    return whole_case()


def add(whole: Whole, **given: object) -> LabValue:
    """Type a value in, as the specialist."""
    page = Page.objects.filter(record__case=whole.case).first()
    assert page is not None
    told = {
        "by": whole.specialist, "case": whole.case, "analyte": "haemoglobin", "value": "11,5",
        "unit": "g/dL", "taken_on": date(2026, 1, 5), "page": page.pk, "low": "11.0",
        "high": "14.0",
    }  # fmt: skip
    return add_value(**(told | given))


REFUSED = [
    ({"value": "1.234.5"}, "number"), ({"value": "-1"}, "number"), ({"value": "NaN"}, "number"),
    ({"value": "1e99"}, "number"), ({"value": ""}, "number"), ({"unit": "mmol"}, "unit"),
    ({"analyte": "ghost"}, "unit"), ({"taken_on": None}, "day"),
    ({"taken_on": date(2010, 1, 1)}, "day"), ({"taken_on": date(2999, 1, 1)}, "day"),
    ({"low": "15"}, "range"),
]  # fmt: skip


def test_what_cannot_be_is_refused_and_others_write_nothing(whole: Whole) -> None:
    for given, code in REFUSED:
        with pytest.raises(Refused) as refused:
            add(whole, **given)
        assert refused.value.code == code, given
    with pytest.raises(NotYours):
        add(whole, by=whole.family)
    with pytest.raises(NotYours):
        add(whole, page=whole.case.pk)
    assert not values_of(whole.case).exists()


FERRITIN = {"analyte": "ferritin", "unit": "ng/mL", "low": "", "high": ""}
# What is typed in beside which words of the page, and what that is; None where nobody can know.
TYPED = [
    ("1,234", "", None), ("1.234", "", None), ("1,2340", "", "1.234"), ("1234", "", "1234"),
    ("1.234,5", "", "1234.5"), ("1,234,567", "", "1234567"), ("١٢٫٥", "", "12.5"),
    ("1,234", "Hb 9.8 g/dL, CRP 12.5 mg/L", "1234"), ("1,234", "Hb 9,8 g/dL, CRP 12,5", "1.234"),
    ("1,234", "Hb 9,8 g/dL, CRP 12.5 mg/L", None), ("1,234", "12.05.2026, version 1.2.3", None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "words", "wanted"), TYPED)
def test_a_mark_that_parts_thousands_or_decimals_is_never_guessed(
    whole: Whole, value: str, words: str, wanted: str | None
) -> None:
    Page.objects.filter(record__case=whole.case).update(text=words)
    if wanted is None:
        with pytest.raises(Refused) as refused:
            add(whole, **FERRITIN, value=value)
        assert refused.value.code == "two-ways"
        assert "1.2340" in str(refused.value.message)
    else:
        assert add(whole, **FERRITIN, value=value).value == Decimal(wanted)


def test_what_a_child_cannot_have_and_the_range_tell_a_mark(whole: Whole) -> None:
    ldh = {"analyte": "ldh", "unit": "U/L", "low": "", "high": ""}
    assert add(whole, **ldh, value="1.250").value == Decimal(1250)
    ranged = FERRITIN | {"low": "10,5", "high": "120,0"}
    assert add(whole, **ranged, value="1,234").value == Decimal("1.234")
    with pytest.raises(Refused):
        add(whole, **FERRITIN | {"low": "1,234"}, value="2000")


def test_days_in_two_units_are_one_table_and_one_line(whole: Whole) -> None:
    add(whole)
    add(whole, value="98", unit="g/L", low="110", high="140", taken_on=date(2026, 3, 5))
    wrong = add(whole, value="1", taken_on=date(2026, 2, 5))
    remove_value(by=whole.coordinator, case=whole.case, value=wrong.pk)
    [found] = series_of(values_of(whole.case))
    assert [each.standing for each in found.values] == ["", "low"]
    assert found.values[1].others[0] == ("9.8", "g/dL")
    assert found.plot is not None
    assert [label for _x, _y, label in found.plot.points] == ["11.5 g/dL", "9.8 g/dL"]
    assert found.plot.band is not None


def test_the_page_takes_a_value_and_shows_where_it_stands(whole: Whole) -> None:
    address = f"/files/{whole.case.reference}/laboratory/"
    browser = sign_in(whole.specialist)
    page = Page.objects.filter(record__case=whole.case).get()
    given = {
        "what": "glucose mg/dL", "value": "x", "taken_on": "2026-01-05", "page": str(page.pk),
    }  # fmt: skip
    assert "Write the number" in browser.post(address, given).content.decode()
    assert browser.post(address, given | {"value": "100"}).status_code == 302
    shown = browser.get(address).content.decode()
    assert "5.55 mmol/L" in shown
    assert f"/records/{page.record_id}/pages/1/look/" in shown
    assert sign_in(whole.family).get(address).status_code == 404
    assert sign_in(person("nobody@harbour.example", "specialist")).get(address).status_code == 404


def test_values_of_what_may_be_another_childs_are_shown_to_nobody(whole: Whole) -> None:
    value = add(whole)
    assert list(values_of(whole.case)) == [value]
    replace(case=whole.case, subject=value.page.record, check="whose@1", found=[
        Found("not-this-child", BLOCKER, "This page names another child.", where={"page": 1})
    ])  # fmt: skip
    assert list(values_of(whole.case)) == []
    page = sign_in(whole.specialist).get(f"/files/{whole.case.reference}/laboratory/")
    assert "11.5" not in page.content.decode()
    replace(case=whole.case, subject=value.page.record, check="whose@1", found=[])
    assert list(values_of(whole.case)) == [value]
