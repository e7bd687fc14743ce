"""`secondopinion imaging check`: what it prints, with which status it ends, what it never does."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pydicom
import pytest

from secondopinion.cli import main
from secondopinion.findings.codes import RISK_OF
from tests.conftest import DOCUMENTS, MR_HEAD
from tests.imaging import injections
from tests.imaging.test_disk import image, zipped


def slices(count: int = 8) -> dict[str, bytes]:
    with zipfile.ZipFile(MR_HEAD) as pack:
        named = sorted(each for each in pack.namelist() if each.endswith(".dcm"))[190 : 190 + count]
        rows = [pydicom.dcmread(io.BytesIO(pack.read(each))) for each in named]
    for number, row in enumerate(rows, 1):
        row.InstanceNumber, row.StudyDate = number, "20260901"
    return {f"IM{number:03}": injections.written(row) for number, row in enumerate(rows)}


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["imaging", "check", *arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def codes(said: dict[str, Any]) -> set[str]:
    return {each["code"] for each in said["findings"]}


def test_a_clean_disk_is_fine_however_it_is_packed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = slices() | {"viewer.exe": b"MZ" + bytes(500), "autorun.inf": b"[autorun]"}
    (tmp_path / "folder").mkdir()
    for name, data in files.items():
        (tmp_path / "folder" / name).write_bytes(data)
    (tmp_path / "disk.zip").write_bytes(zipped(files))
    (tmp_path / "disk.iso").write_bytes(image(files))
    (tmp_path / "twice.zip").write_bytes(zipped({"disk.iso": image(files)}))
    answers = []
    for name in ("folder", "disk.zip", "disk.iso", "twice.zip"):
        status, said = check(capsys, str(tmp_path / name))
        assert status == 0
        assert said["findings"] == []
        assert {each["reason"] for each in said["files"]} == {"", "litter"}
        answers.append(said["studies"])
    assert answers[1:] == answers[:1] * 3
    [series] = answers[0][0]["series"]
    assert series["role"] == "volume"
    assert series["instances"] == 8
    assert series["spacing_mm"] == pytest.approx(0.667, abs=0.001)
    assert series["thickness_mm"] == [0.667]
    assert series["tilt_degrees"] == pytest.approx(0, abs=0.1)


def test_the_json_is_as_agreed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = slices()
    del files["IM003"]
    files["broken"] = b"\0" * 128 + b"DICM" + bytes(range(200))
    (tmp_path / "disk.zip").write_bytes(zipped(files))
    status, said = check(
        capsys, str(tmp_path / "disk.zip"), "--child", "María López", "--born", "2017-04-14",
        "--sex", "M",
    )  # fmt: skip
    assert status == 1
    assert set(said) == {"version", "tool", "patients", "studies", "findings", "files"}
    assert said["version"] == "1"
    assert said["patients"] == [
        {"name": "Jane_Doe", "birth_date": "1966-01-01", "sex": "F", "id": "02"}
    ]
    assert {"missing-slices", "not-this-child", "unreadable-file"} <= codes(said)
    for each in said["findings"]:
        assert set(each) == {"code", "risk", "severity", "confidence", "where", "measured",
                             "message", "advice", "check"}  # fmt: skip
        assert each["risk"] == RISK_OF[each["code"]]
        assert set(each["where"]) <= {"study", "series", "instances", "file", "page", "region"}
        assert "@" in each["check"]
    [gap] = [each for each in said["findings"] if each["code"] == "missing-slices"]
    assert gap["measured"]["missing"] == 1
    assert len(gap["where"]["instances"]) == 2
    kinds = {each["path"]: (each["kind"], each["reason"]) for each in said["files"]}
    assert kinds["IM000"] == ("dicom", "")
    assert kinds["broken"] == ("dicom", "not-dicom")


def test_a_year_of_birth_that_is_another_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "disk.zip").write_bytes(zipped(slices()))
    status, said = check(capsys, str(tmp_path / "disk.zip"), "--born", "2010-01-01")
    assert status == 1
    assert "not-this-child" in codes(said)
    with pytest.raises(SystemExit) as ended:
        main(["imaging", "check", str(tmp_path), "--born", "1.5.2019"])
    assert ended.value.code == 2
    assert "write YYYY-MM-DD" in capsys.readouterr().err


def test_a_record_that_is_not_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["records", "check", str(tmp_path / "missing.pdf")]) == 2
    assert "missing.pdf cannot be read: No such file or directory" in capsys.readouterr().err


def test_the_table_names_series_and_instances(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = slices()
    del files["IM003"]
    (tmp_path / "disk.zip").write_bytes(zipped(files))
    assert main(["imaging", "check", str(tmp_path / "disk.zip")]) == 1
    out = capsys.readouterr()
    for words in ("Jane_Doe", "volume", "384×274", "[missing-slices]", "IM002", "by geometry@"):
        assert words in out.out
    assert "images" in out.err


def test_what_cannot_be_read_at_all_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(capsys, str(tmp_path / "nothing"))[0] == 2
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4")
    assert check(capsys, str(tmp_path / "letter.pdf"))[0] == 2
    assert check(capsys, str(DOCUMENTS))[0] == 2


def test_a_photograph_of_a_film_is_told_from_papers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [pydicom.dcmread(io.BytesIO(data)) for data in slices(12).values()]
    (tmp_path / "film.jpg").write_bytes(injections.film_jpeg(rows))
    status, said = check(capsys, str(tmp_path))
    assert status == 1
    assert [(each["code"], each["where"]["file"]) for each in said["findings"]] == [
        ("film-photograph", "film.jpg")
    ]


def test_a_program_in_front_of_an_image_is_said_and_the_image_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = slices()
    files["IM000"] = b"MZ" + files["IM000"][2:]
    (tmp_path / "disk.zip").write_bytes(zipped(files))
    _status, said = check(capsys, str(tmp_path / "disk.zip"))
    assert codes(said) == {"unsafe-file"}
    assert said["studies"][0]["series"][0]["instances"] == 8


def test_it_needs_no_settings_and_writes_nothing(tmp_path: Path) -> None:
    """In a folder where nothing can be written, without any variable."""
    (tmp_path / "disk.zip").write_bytes(zipped(slices(5)))
    before = sorted(tmp_path.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "secondopinion", "imaging", "check", "disk.zip", "--json"],
        cwd=tmp_path, capture_output=True, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]),
             "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["studies"]) == 1
    assert sorted(tmp_path.rglob("*")) == before
