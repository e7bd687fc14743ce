"""Numbers of persons on pages: which are found, and which pages they tell to be another child's."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from secondopinion import cli
from secondopinion.accounts.models import Child, Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases.models import Case
from secondopinion.core import jobs
from secondopinion.findings.models import Finding, State
from secondopinion.findings.queries import doubts
from secondopinion.records.checks import identifiers
from secondopinion.records.checks.identifiers import OTHERS, OWN, Marks, Number
from secondopinion.records.models import Record

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Camila López  MRN 4471902  DOB 14/05/2017", ("hospital", "4471902")),
        ("Hospital number\n4471902\nWard 3", ("hospital", "4471902")),
        ("Expediente clínico núm. 0048812-3", ("hospital", "00488123")),
        ("CURP: FELC170514MDFRPM09", ("national", "FELC170514MDFRPM09")),
        ("NHS number 943 476 5919", ("national", "9434765919")),
        ("الرقم القومي: ٣١٧٠٥١٤٠١٠٢٣٤٥", ("national", "31705140102345")),
        ("رقم الملف: ٤٤٧١٩٠٢", ("hospital", "4471902")),
        ("姓名：王小明 病历号：００２３４５６７", ("hospital", "00234567")),
        ("身份证号：110101201705141234", ("national", "110101201705141234")),
        ("№ истории болезни 1234/2024", ("stay", "12342024")),
        ("СНИЛС 123-456-789 00", ("national", "12345678900")),
        ("आधार संख्या: १२३४ ५६७८ ९०१२", ("national", "123456789012")),
        ("שם: דנה כהן ת״ז 123456782 גיל 4", ("national", "123456782")),
        ("የካርድ ቁጥር፡ 12345", ("hospital", "12345")),
        ("T.C. Kimlik No: 12345678901", ("national", "12345678901")),
    ],
)
def test_a_number_of_a_person_is_found(text: str, expected: tuple[str, str]) -> None:
    assert identifiers.find(text, TODAY) == (Number(*expected),)


@pytest.mark.parametrize(
    "text",
    [
        "Sample ID: 99887766",
        "Lab no 8837261",
        "Tel. 0551 123 4567",
        "Invoice No: 2024-5567",
        "Phone: +34 600 123 456",
        "Patient ID: 12/03/2024",
        "MRN: 2024",
        "Hospital No 0000000",
        "Physician ID: 445566",
        "Mother's national ID: 29001010102345",
        "الام رقم الهوية 1234567890",
        "监护人身份证号：110101198505141234",
        "Date: 12/03/2024 ID 3344",
        "Номер телефона 8 495 1234567",
        "身份证号：110101198505141234",
        "Leukocytes 4471902 /L",
        "رقم العينة: ٩٩٨٨٧٧",
    ],
)
def test_other_numbers_are_nobodys(text: str) -> None:
    assert identifiers.find(text, TODAY) == ()


def test_a_national_number_says_when_its_owner_was_born() -> None:
    texts = ("身份证号：110101201705141234", "CURP: FELC170514MDFRPM09", "رقم قومي: 31705140102345")
    for text in texts:
        [number] = identifiers.find(text, TODAY)
        assert number.born == date(2017, 5, 14)


MINE, OTHER = Number("hospital", "4471902"), Number("hospital", "5580013")
STATE, ELSE = Number("national", "943476591"), Number("national", "811234567")
HOUSE = ("hospital infantil san rafael",)


@pytest.mark.parametrize(
    ("page", "severity"),
    [
        (Marks("c", 1, "", (OTHER,), ()), "blocker"),  # the number of a page that is another's
        (Marks("a", 2, "", (MINE,), HOUSE), None),
        (Marks("d", 1, "", (Number("hospital", "6690124"),), HOUSE), "warning"),
        (Marks("a", 2, "", (Number("hospital", "6690124"),), ()), "warning"),
        (Marks("d", 1, "", (Number("hospital", "6690124"),), ()), None),  # of another hospital
        (Marks("d", 1, OWN, (Number("hospital", "6690124"),), HOUSE), None),  # a second number
        (Marks("d", 1, "", (Number("hospital", "A-6690"),), HOUSE), None),  # of another form
        (Marks("d", 1, "", (ELSE,), ()), "blocker"),
        (Marks("d", 1, OWN, (ELSE,), ()), "warning"),
        (Marks("d", 1, "", (ELSE,), (), 0.3), None),  # digits that were read badly
        (Marks("d", 1, "", (Number("national", "943476597"),), (), 0.9), None),  # one misread
        (Marks("d", 1, "", (Number("national", "943476597"),), (), 1.0), "blocker"),
        (Marks("d", 1, "", (Number("stay", "2024771"),), HOUSE), None),
    ],
)
def test_which_pages_are_anothers_by_their_number(page: Marks, severity: str | None) -> None:
    known = [
        Marks("a", 1, OWN, (MINE, STATE, Number("stay", "2024660")), HOUSE),
        Marks("b", 1, OTHERS, (OTHER,), ()),
    ]
    found = identifiers.check([*known, page])
    assert [each.severity for _marks, each in found] == ([severity] if severity else [])


def test_a_number_on_both_childrens_pages_says_nothing() -> None:
    rows = [Marks("a", 1, OWN, (MINE,)), Marks("b", 1, OTHERS, (MINE,)), Marks("c", 1, "", (MINE,))]
    assert identifiers.check(rows) == []


LETTER = """{house}
Laboratory report
Patient: {name}   Date of birth: {born}
MRN: {number}   Sample ID: 77120934   Tel. 0551 123 4567
Haemoglobin 11.2 g/dL, platelets 230, white cells 7.1. The film shows nothing unusual.
"""
NAMELESS = """{house}
MRN: {number}   page two
Sodium 139 mmol/L, potassium 4.1 mmol/L, creatinine 40 umol/L. No further tests were asked for.
"""
HERE = {"house": "Hill Street Hospital"}
OURS = LETTER.format(**HERE, name="Ana Diaz", born="14 May 2017", number="4471902")
THEIRS = LETTER.format(**HERE, name="Tom Weber", born="2 June 2011", number="5580013")


def test_the_command_compares_the_pages_that_it_is_given(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    texts = {"own": OURS, "other": THEIRS, "loose": NAMELESS.format(**HERE, number="5580013"),
             "mine": NAMELESS.format(**HERE, number="4471902")}  # fmt: skip
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text)
    paths = [str(tmp_path / f"{name}.txt") for name in texts]
    given = ["records", "check", *paths, "--json", "--child", "Ana Diaz", "--born", "2017-05-14"]
    assert cli.main(given) == 1
    told = json.loads(capsys.readouterr().out)
    said = {
        (Path(each["where"]["file"]).stem, each["check"])
        for each in told["findings"] if each["code"] == "not-this-child"
    }  # fmt: skip
    assert said == {("other", "whose@2"), ("loose", identifiers.NAME)}
    assert {each["name"]: each["id"] for each in told["patients"]} == {
        "Ana Diaz": "4471902", "Tom Weber": "5580013",
    }  # fmt: skip


def test_a_page_that_comes_later_shows_whose_another_one_is(
    case: Case, maria: Person, settings: Any
) -> None:
    settings.UNDERSTAND_PAGES = True
    Child.objects.filter(pk=case.child_id).update(
        full_name="Ana Diaz", latin_name="", birth_date=date(2017, 5, 14)
    )

    def send(name: str, text: str) -> None:
        arrivals.receive_file(by=maria, case=case, name=name, source=text.encode())
        jobs.run_all()

    send("own.txt", OURS)
    send("loose.txt", NAMELESS.format(house="Elm Clinic", number="5580013"))
    assert not doubts(case).exists()  # each hospital has its own numbers
    send("other.txt", THEIRS)
    rows = {
        row.subject_id: (row.check_name, row.severity)
        for row in Finding.objects.filter(code="not-this-child", state=State.OPEN)
    }
    told = {record.title: rows.get(record.pk) for record in Record.objects.all()}
    assert told == {
        "own.txt": None, "loose.txt": ("identifiers", "blocker"), "other.txt": ("whose", "blocker"),
    }  # fmt: skip
    Record.objects.filter(title="loose.txt").update(removed_at=case.created_at)
    send("again.txt", OURS.replace("MRN: 4471902", "MRN: 4471902 "))
    assert {row.check_name for row in doubts(case)} == {"whose"}
