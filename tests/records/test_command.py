"""`records check` on files that hold others, and on those that cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest

from secondopinion import cli
from tests.records import files
from tests.records.test_formats import HUGE, SCRIPT, XFA

LETTER = b"Discharge summary\nDate: 12 March 2024\nAdmitted 5 March with croup, went home well."
CLIP = files.pdf(
    b"<< /Type /Filespec /F (letter.txt) /EF << /F 5 0 R >> >>",
    files.stream(LETTER, b"/Type /EmbeddedFile"),
    root=b"/Names << /EmbeddedFiles << /Names [(letter.txt) 4 0 R] >> >>",
)  # fmt: skip


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """What the command says of a file: its exit status, the kinds of the pages by file, why others
    have none, and the codes of what was found."""

    def run(
        name: str, data: bytes, *more: str
    ) -> tuple[int, dict[str, str], dict[str, str], list[str]]:
        path = tmp_path / name
        path.write_bytes(data)
        status = cli.main(["records", "check", str(path), "--json", *more])
        answer = json.loads(capsys.readouterr().out)
        short = len(str(tmp_path)) + 1
        pages = {row["file"][short:]: row["type"] for row in answer["pages"]}
        empty = {row["path"][short:]: row["reason"] for row in answer["files"] if row["reason"]}
        return status, pages, empty, [row["code"] for row in answer["findings"]]

    return run


def test_what_is_clipped_to_a_file_is_a_file_of_its_own(told: Any) -> None:
    status, pages, empty, codes = told("a.pdf", CLIP)
    assert (status, empty, codes) == (0, {}, [])
    assert pages["a.pdf/letter.txt"] == "discharge_letter"
    mail = files.mail("<p>Please find the letter attached.</p>", {"l.txt": LETTER, "a.pdf": CLIP})
    _status, pages, empty, codes = told("b.eml", mail)
    assert {*pages} == {"b.eml", "b.eml/l.txt", "b.eml/a.pdf", "b.eml/a.pdf/letter.txt"}
    assert pages["b.eml/l.txt"] == "discharge_letter"


def test_a_zip_is_opened_and_what_is_not_taken_out_is_said(told: Any) -> None:
    packed = files.zipped(
        {"in/l.txt": LETTER, "../../evil.txt": LETTER, "Thumbs.db": b"x", "more.zip":
         files.zipped({"m.txt": LETTER})}
    )  # fmt: skip
    status, pages, empty, codes = told("z.zip", packed)
    assert status == 1
    assert pages == {
        "z.zip/in/l.txt": "discharge_letter", "z.zip/more.zip/m.txt": "discharge_letter",
    }  # fmt: skip
    assert empty == {"z.zip/../../evil.txt": "unsafe-name", "z.zip/Thumbs.db": "litter"}
    assert codes == ["unreadable-file"]
    bomb = files.zipped({"b.txt": bytes(30_000_000)})
    assert told("bomb.zip", bomb)[:3] == (2, {}, {"bomb.zip/b.txt": "zip-bomb"})


def test_a_lock_and_a_form_are_named_and_the_word_opens_the_lock(
    told: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    locked = files.locked(CLIP, "sécret")
    assert told("a.pdf", locked)[2] == {"a.pdf": "locked"}
    assert told("a.pdf", locked, "--password", "other")[2] == {"a.pdf": "locked"}
    _status, pages, empty, _codes = told("a.pdf", locked, "--password", "sécret")
    assert (empty, pages["a.pdf/letter.txt"]) == ({}, "discharge_letter")
    assert told("x.pdf", XFA)[0::2][1] == {"x.pdf": "form"}
    assert cli.main(["records", "check", str(tmp_path / "x.pdf")]) == 2
    assert "print it into a new PDF" in capsys.readouterr().out.replace("\n", " ")


def test_a_page_that_cannot_be_drawn_is_not_called_good(
    told: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _pages, _empty, codes = told("h.pdf", HUGE)
    assert (status, codes) == (1, ["unreadable"])
    cli.main(["records", "check", str(tmp_path / "h.pdf"), "--json"])
    [page] = json.loads(capsys.readouterr().out)["pages"]
    assert (page["legibility"], page["legibility_score"]) == ("unreadable", 0.0)
    assert told("s.pdf", SCRIPT)[3] == ["unsafe-file"]
