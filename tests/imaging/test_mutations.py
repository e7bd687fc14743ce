"""500 damaged files among whole ones: no crash, no lost sibling, memory bounded."""

import resource
import warnings
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondopinion.accounts.models import Person
from secondopinion.arrivals.models import ArrivedFile
from secondopinion.cases.models import Case
from secondopinion.imaging import children, headers, inspecting, measuring
from secondopinion.imaging.checks.examine import Asked, everything
from secondopinion.imaging.checks.model import Image
from tests.imaging import mutations
from tests.imaging.mutations import mutated, seed_file
from tests.imaging.test_images import send, slices

FILES, GROUP = 500, 50
MOST_GROWTH = 300 * 1024  # kB that this process may grow by


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip of 500 damaged files, with a whole one behind every 50."""
    path = tmp_path_factory.mktemp("damaged") / "disk.zip"
    whole = list(slices(190, 190 + FILES // GROUP).values())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(FILES):
            pack.writestr(f"damaged {number:05}.dcm", mutated(number)[1])
            if number % GROUP == GROUP - 1:
                pack.writestr(f"whole {number // GROUP:03}.dcm", whole[number // GROUP])
    return path


def test_damage_never_costs_a_sibling(damaged: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    disk = inspecting.inspect(damaged)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_GROWTH
    read = {row.file for row in disk.images}
    assert {f"whole {number:03}.dcm" for number in range(FILES // GROUP)} <= read
    told = {each.path for each in disk.files}
    assert len(told) == FILES + FILES // GROUP, "every file has an answer"
    for each in disk.files:
        assert each.path in read or each.reason or each.kind != "dicom"
    studies, said = everything(disk.images, Asked(date(2026, 11, 1)), disk.listed)
    assert studies
    assert "undecodable" in {found.code for _check, found in said}
    assert "unreadable-file" in {found.code for _check, found in disk.said}


def test_they_arrive_without_losing_their_siblings(case: Case, maria: Person) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files = {f"damaged {number:03}": mutated(number)[1] for number in range(40)}
    whole = slices(190, 196)
    send(case, maria, files | whole)
    outcomes = dict(ArrivedFile.objects.values_list("name", "outcome"))
    assert set(outcomes) == set(files) | set(whole)
    assert {outcomes[name] for name in whole} == {"image"}


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(number=st.integers(0, 10**9))
@pytest.mark.filterwarnings("ignore")
def test_the_parsers_answer(number: int) -> None:
    _name, data = mutated(number if number % 200 != 7 else number + 1)
    head = headers.parse(data)
    assert set(head) == {"error"} or head["instance"]
    measured = measuring.measure(data)
    assert measured is None or isinstance(measured, dict)


def test_a_bomb_is_told_and_costs_no_memory() -> None:
    import random

    data = next(
        each
        for each in (mutations.bomb(b"", random.Random(number)) for number in range(20))
        if len(each) > 400_000
    )
    assert children.each(headers.parse_all, [data]) == [{"error": "bomb"}]
    [head] = children.each(headers.parse_all, [seed_file("image_dfl.dcm")])
    assert head["syntax"] == "1.2.840.10008.1.2.1.99"


def test_one_that_brings_the_child_down_is_found_by_halving() -> None:
    whole = seed_file("CT_small.dcm")
    answers = children.each(mutations.crash_on_empty, [whole] * 5 + [b""] + [whole] * 4)
    assert [each.get("error") for each in answers] == [None] * 5 + ["crash"] + [None] * 4


def test_an_image_of_a_million_by_a_million_is_not_decoded() -> None:
    import io

    import pydicom

    row = pydicom.dcmread(io.BytesIO(seed_file("CT_small.dcm")))
    row.Rows = row.Columns = 30_000
    out = io.BytesIO()
    row.save_as(out)
    assert measuring.measure(out.getvalue()) == {"error": "too-large"}


def test_odd_headers_become_an_image_all_the_same() -> None:
    assert isinstance(
        inspecting.image_of({"00100010": {"vr": "PN", "Value": [None, 5]}, "00280030": {"vr": "DS"},
                             "00200032": {"vr": "DS", "Value": ["a", {}, []]}, "x": 5},
                            syntax="", file="", length=0),
        Image,
    )  # fmt: skip
