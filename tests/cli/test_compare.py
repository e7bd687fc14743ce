"""The command that compares a translation with its original."""

import io
import json
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from docx.document import Document

from secondopinion.cli import main

TEXTS = Path(__file__).parents[1] / "translation" / "texts" / "2-pneumonia"


def word(path: Path, text: str) -> Path:
    """Write a Word document with a table at its end."""
    made: Document = docx.Document()
    *lines, last = text.strip().split("\n")
    for line in lines:
        made.add_paragraph(line)
    made.add_table(1, 1).rows[0].cells[0].text = last
    data = io.BytesIO()
    made.save(data)
    path.write_bytes(data.getvalue())
    return path


def test_a_good_translation_is_status_nought(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["records", "compare", str(TEXTS / "es.txt"), str(TEXTS / "ar.txt")])
    assert status == 0
    assert "Spanish to Arabic" in capsys.readouterr().out


def test_an_error_in_a_word_file_is_shown_in_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = word(tmp_path / "bad.docx", (TEXTS / "en.txt").read_text().replace("800 mg", "80 mg"))
    status = main(["records", "compare", str(TEXTS / "es.txt"), str(bad), "--json"])
    report = json.loads(capsys.readouterr().out)
    assert status == 1
    alarms = [each for each in report["findings"] if each["severity"] != "info"]
    assert [each["code"] for each in alarms] == ["translation-number"]
    found = alarms[0]
    assert found["where"]["translation"]["text"] == "80 mg"
    assert found["where"]["original"] == {
        "start": found["where"]["original"]["start"], "end": found["where"]["original"]["end"],
        "line": 12, "text": "800 mg", "file": str(TEXTS / "es.txt"),
    }  # fmt: skip
    assert found["check"].startswith("translation@")
    assert [each["kind"] for each in report["files"]] == ["text", "docx"]


def test_text_of_a_pdf_is_read(tmp_path: Path) -> None:
    import typst

    for code in ("en", "es"):
        lines = (TEXTS / f"{code}.txt").read_text().strip().split("\n")
        source = "\\\n".join(line.replace("@", "") for line in lines)
        (tmp_path / f"{code}.typ").write_text(source)
        (tmp_path / f"{code}.pdf").write_bytes(typst.compile(str(tmp_path / f"{code}.typ")))
    one, other = (str(tmp_path / f"{code}.pdf") for code in ("es", "en"))
    assert main(["records", "compare", one, other, "--from", "es", "--to", "en"]) == 0


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"%PDF-1.7 broken", b"PK\x03\x04 broken"])
def test_what_cannot_be_read_is_status_two(
    data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(data)
    assert main(["records", "compare", str(TEXTS / "es.txt"), str(tmp_path / "file")]) == 2
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_a_file_that_is_not_there_is_status_two(tmp_path: Path) -> None:
    assert main(["records", "compare", str(TEXTS / "es.txt"), str(tmp_path / "none")]) == 2


def test_what_cannot_be_compared_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    assert main(["records", "compare", str(TEXTS / "es.txt"), str(empty)]) == 2
    assert "is empty" in capsys.readouterr().err
    assert main(["records", "compare", str(TEXTS / "es.txt"), str(TEXTS / "es.txt")]) == 2
    assert "the same text" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    both = [str(TEXTS / "es.txt"), str(TEXTS.parent / "9-surgery" / "en.txt")]
    command = [sys.executable, "-m", "secondopinion", "records", "compare", *both]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert (run.stderr.read(), run.wait()) == (b"", 141)
