"""Search in the names of codes: what is typed, what comes first; and that the files are whole."""

import re
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.coding.codes import (
    DATA,
    HPO,
    ICD_10_CM,
    ICD_10_PCS,
    ORPHANET,
    SYSTEMS,
    System,
    code_of,
)
from secondopinion.coding.searching import search
from tests import codes, procedures


def found(system: System, typed: str, limit: int = 12) -> list[str]:
    return [hit.code.code for hit in search([system], typed, limit)]


@pytest.mark.parametrize(
    ("system", "typed", "first"),
    [
        (ICD_10_CM, "asthma", "J45"),
        (ICD_10_CM, "Fallot tetralogy", "Q21.3"),
        (ICD_10_CM, "tetral fal", "Q21.3"),
        (ICD_10_CM, "tetralgoy of falot", "Q21.3"),
        (ICD_10_CM, "c71", "C71"),
        (ICD_10_CM, "brain tumour", "C71"),
        (ICD_10_CM, "ANAEMIA", "D64.9"),
        (ORPHANET, "ORPHA:1945", "1945"),
        (ORPHANET, "centrotemporal spikes", "1945"),
        (HPO, "HP:0001250", "HP:0001250"),
        (HPO, "seizure", "HP:0001250"),
        (HPO, "oedema", "HP:0000969"),
        (HPO, "knée páin", "HP:0030839"),
        (HPO, "sezure", "HP:0001250"),
        (ICD_10_PCS, "laparoscopic appendectomy", "0DBJ4ZZ"),
        (ICD_10_PCS, "MRI of the brain", "B030ZZZ"),
        (ICD_10_PCS, "VP shunt", "00160J6"),
        (ICD_10_PCS, "fontan", "06100ZY"),
        (ICD_10_PCS, "00b00zx", "00B00ZX"),
        (ICD_10_PCS, "nephrectmy left", "0TB10ZZ"),
        (ICD_10_PCS, "bone marrow transplant", "30243G0"),
    ],
)
def test_what_is_meant_comes_first(system: System, typed: str, first: str) -> None:
    assert found(system, typed)[0] == first


def test_a_lay_word_says_that_it_is_one() -> None:
    [hit] = [each for each in search([HPO], "hay fever") if each.code.code == "HP:0003193"]
    assert (hit.by, hit.lay, hit.code.label) == ("Hay fever", True, "Allergic rhinitis")


def test_a_procedure_is_found_by_what_surgeons_call_it() -> None:
    hits = {hit.code.code: hit for hit in search([ICD_10_PCS], "tonsillectomy")}
    assert hits["0CTPXZZ"].code.label == "Resection of Tonsils, External Approach"
    assert (hits["0CTPXZZ"].by, hits["0CTPXZZ"].lay) == ("Tonsillectomy", False)
    assert {code[2:4] for code in hits} == {"BP", "TP"}
    [plain] = [hit for hit in search([ICD_10_PCS], "MRI brain") if hit.code.code == "B030ZZZ"]
    assert plain.by == ""


def test_what_is_ours_finds_what_it_names() -> None:
    names = tomllib.loads(procedures.OWN.read_text("utf-8"))["names"]
    for name, beginnings in names.items():
        hits = search([ICD_10_PCS], name, 40)
        begun = re.compile("|".join(beginnings))
        assert any(begun.match(hit.code.code) for hit in hits), name


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("focal epilepsy", "G40.1"),
        ("epilepsy", "G40.909"),
        ("rett", "F84.2"),
        ("cystic fibrosis", "E84"),
        ("congenital heart disease", "Q24.9"),
        ("familial focal epilepsy", "98820"),
        ("neuroblastoma", "635"),
    ],
)
def test_common_diseases_come_before_rare_ones_unless_one_is_named(typed: str, first: str) -> None:
    assert search([ORPHANET, ICD_10_CM], typed)[0].code.code == first


def test_systems_are_searched_together() -> None:
    keys = {hit.code.system.key for hit in search([ICD_10_CM, ORPHANET], "dravet")}
    assert keys == {"icd-10-cm", "orphanet"}


@pytest.mark.parametrize("typed", ["", " ", "%", "'\"*()", "صرع", "\x00", "zzzzzz", "zzzz AND OR"])
def test_what_no_name_has_finds_nothing(typed: str) -> None:
    assert found(HPO, typed) == []


@settings(deadline=None, max_examples=150)
@given(typed=st.text(max_size=300), limit=st.integers(-1, 30))
def test_any_text_is_searched(typed: str, limit: int) -> None:
    hits = search([*SYSTEMS.values()], typed, limit)
    assert len(hits) <= max(limit, 0)
    assert len({(hit.code.system.key, hit.code.code) for hit in hits}) == len(hits)


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_name_finds_its_code(data: st.DataObject) -> None:
    system = data.draw(st.sampled_from([HPO, ORPHANET, ICD_10_PCS]))
    with closing(sqlite3.connect(DATA / f"{system.key}.sqlite")) as file:
        last = file.execute("SELECT max(id) FROM code").fetchone()[0]
        row = data.draw(st.integers(1, last))
        code, label = file.execute("SELECT code, label FROM code WHERE id = ?", (row,)).fetchone()
    hits = search([system], label)
    assert code in {hit.code.code for hit in hits} or len(label.split()) > 8 or len(label) > 200


def test_only_codes_that_there_are() -> None:
    found = code_of("icd-10-cm", "G40.009")
    assert found
    assert found.label.startswith("Localization-related")
    for key, code in (("icd-10-cm", "G40.0091"), ("icd-10-cm", "g40.009"), ("snomed", "1"),
                      ("hpo", "HP:0000005"), ("orphanet", "")):  # fmt: skip
        assert code_of(key, code) is None


def test_the_files_hold_what_the_packages_carry(tmp_path: Path) -> None:
    codes.make(tmp_path)
    for key in SYSTEMS:
        held = []
        for folder in (DATA, tmp_path):
            with closing(sqlite3.connect(folder / f"{key}.sqlite")) as file:
                tables = ("meta", "code", "term", "word")
                held.append([file.execute(f"SELECT * FROM {each}").fetchall() for each in tables])
        assert held[0] == held[1], f"{key}: run python -m tests.codes"
