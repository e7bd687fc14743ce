"""What a family answers: numbers as phones write them, countries in their order, words for them."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from secondopinion.program.models import Program
from tests.web.conftest import page, person, sign_in, start
from tests.web.test_request import ANSWERS


@pytest.mark.parametrize("weight", ["24.5", "24,5", "٢٤٫٥", "٢٤,٥", " 24.50 "])
def test_a_weight_is_read_as_phones_write_it(maria: Client, weight: str) -> None:
    case = start(maria)
    assert (
        maria.post(page(case, "child"), ANSWERS["child"] | {"weight_kg": weight}).status_code == 302
    )
    case.request.refresh_from_db()
    assert case.request.weight_kg == Decimal("24.5")


@pytest.mark.parametrize("weight", ["3000", "-1", "24.555", "nan", "heavy"])
def test_a_wrong_weight_is_told_in_one_sentence_with_an_example(maria: Client, weight: str) -> None:
    case = start(maria)
    values = ANSWERS["child"] | {"weight_kg": weight, "birth_date_year": "2099"}
    shown = maria.post(page(case, "child"), values).content.decode()
    assert shown.count("Write the weight in kilograms, for example 24.5.") == 2  # list and field
    assert "is in the future" in shown, "both are told at once"


def test_the_boxes_for_questions_do_not_multiply(maria: Client) -> None:
    case = start(maria)
    shown = maria.post(page(case, "questions"), {"question_1": ""}).content.decode()
    assert shown.count("<textarea") == 3
    assert "Fill this in to go on." in shown
    many = {f"question_{number}": "x" for number in range(1, 6)}
    shown = maria.post(page(case, "questions"), many | {"question_1": ""}).content.decode()
    assert shown.count("<textarea") == 6


@pytest.mark.parametrize(("year", "asked"), [("2017", False), ("2011", True)])
def test_a_young_person_is_asked_and_a_child_is_not(maria: Client, year: str, asked: bool) -> None:
    case = start(maria)
    maria.post(page(case, "child"), ANSWERS["child"] | {"birth_date_year": year})
    assert ('name="assent"' in maria.get(page(case, "consent")).content.decode()) is asked


def test_reasons_for_families_are_not_those_of_counsel(hospital: Program) -> None:
    for language, country, words in (
        ("ar", "SA", "ينصح اختصاصينا طبيبَكم"), ("es", "MX", "ambos reciben el informe"),
        ("en", "US", "our clinics see your child"),
    ):  # fmt: skip
        browser = sign_in(person(f"{language}@familia.example", language=language))
        case = start(browser, country)
        for address in (page(case, "emergency"), f"/my/cases/{case.reference}/may/"):
            shown = browser.get(address).content.decode()
            for secret in ("counsel", "Decision of the program", "Default of the program"):
                assert secret not in shown
        assert words in shown


def test_the_number_to_call_is_that_of_the_country(maria: Client) -> None:
    for country, number in (("SA", "997"), ("MX", "911"), ("NG", "")):
        case = start(maria, country)
        shown = maria.get(f"/my/cases/{case.reference}/request/stop/").content.decode()
        shown, _footer = shown.split("<footer")  # where the program's own number stands
        assert ("tel:" in shown) is bool(number)
        assert f"tel:{number}" in shown or not number


def test_arabic_countries_stand_where_a_reader_looks(hospital: Program) -> None:
    browser = sign_in(person("amina@usra.example", language="ar"))
    browser.cookies["zone"] = "Asia/Riyadh"
    shown = browser.get("/my/start/").content.decode()
    groups = re.split("<optgroup", shown)
    names = re.findall(r'<option value="(\w\w)"', groups[2])
    assert len(names) > 200
    order = [names.index(code) for code in ("JO", "AE", "PT", "TN", "SA", "QA", "MX", "YE")]
    assert order == sorted(order)
    assert re.findall(r'<option value="(\w\w)"', groups[1])[0] == "SA", "the device's country first"


def test_somebody_who_does_not_know_the_field_can_ask(maria: Client) -> None:
    assert "I do not know" in maria.get("/my/start/").content.decode()
    case = start(maria, specialty="something-else")
    assert "Yes, we may be able to help" in maria.get(page(case, "emergency")).content.decode()
