"""Forms with files: sealed while they come, bounded, and whole on the other side."""

import asyncio
import io
import os
from typing import Any

import pytest
from django.core.exceptions import RequestAborted
from django.test import Client, override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.core import vault
from secondopinion.core.sealed import PIECE, SealedSpool
from secondopinion.web import asgi, sealing
from tests.web.conftest import page, start

SECRET = b"She had two seizures in August. "


@settings(max_examples=40)
@given(st.lists(st.integers(0, 3 * PIECE), max_size=4), st.data())
def test_a_sealed_file_reads_like_any_other(sizes: list[int], data: st.DataObject) -> None:
    pieces = [os.urandom(size) for size in sizes]
    whole = b"".join(pieces)
    with SealedSpool() as spool:
        for piece in pieces:
            spool.write(piece)
        assert spool.length == len(whole)
        spool.seek(0)
        assert spool.read() == whole
        for _try in range(4):
            at = data.draw(st.integers(0, len(whole) + 5))
            spool.seek(at)
            got = b""
            while len(got) < 100 and (piece := spool.read(100 - len(got))):
                got += piece
            assert got == whole[at : at + 100]
            assert spool.tell() == at + len(got)


def test_no_plain_text_is_in_the_file_beneath() -> None:
    with SealedSpool() as spool:
        spool.write(SECRET * 10_000)
        spool._file.seek(0)
        beneath = spool._file.read()
        assert len(beneath) > 4 * PIECE
        assert SECRET[:12] not in beneath


def test_a_form_with_files_leaves_no_plain_text(
    maria: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What rests of a file of the form is looked into when it is closed."""
    case = start(maria)
    beneath: list[bytes] = []
    close = SealedSpool.close

    def look(self: SealedSpool) -> None:
        if not self.closed:
            self._file.seek(0)
            beneath.append(self._file.read())
        close(self)

    monkeypatch.setattr(SealedSpool, "close", look)
    file = io.BytesIO(SECRET * 90_000)
    file.name = "letter.txt"
    answer = maria.post(f"/my/cases/{case.reference}/files/add/", {"files": file})
    assert answer.status_code == 302
    assert answer["Location"] == page(case, "files")
    upload = case.uploads.get()
    assert upload.blob
    assert vault.read(upload.blob) == SECRET * 90_000
    assert any(len(each) > 2_000_000 for each in beneath)
    assert all(SECRET[:12] not in each for each in beneath)


def asked(path: str, body: list[bytes], *, cut: bool = False) -> list[dict[str, Any]]:
    """Send a body to the application by itself and return what it answers."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in body]
    messages.append(
        {"type": "http.disconnect"} if cut else {"type": "http.request", "more_body": False}
    )
    sent: list[dict[str, Any]] = []

    async def receive() -> Any:
        if messages:
            return messages.pop(0)
        await asyncio.sleep(30)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "scheme": "http",
        "query_string": b"", "headers": [(b"host", b"testserver")], "server": ("testserver", 80),
        "client": ("127.0.0.1", 1), "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    asyncio.run(asgi.application(scope, receive, send))
    return sent


@override_settings(FORM_MAX_BYTES=1000)
def test_a_stranger_cannot_fill_the_disk() -> None:
    sent = asked("/verify/", [b"x" * 600] * 3)
    assert sent[0]["status"] == 413
    assert sent[1]["body"]


def test_a_body_that_is_cut_off_is_forgotten() -> None:
    assert asked("/verify/", [b"x" * 600], cut=True) == []


def test_files_are_large_only_where_files_are_sent() -> None:
    small = sealing.most_of("/verify/")
    assert sealing.most_of("/sign-in/") == small
    assert sealing.most_of("/my/cases/2026-ABCDE/files/add/") > small


def test_a_cut_body_is_told_to_django() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    with pytest.raises(RequestAborted):
        asyncio.run(sealing.SealedASGIHandler().read_body(receive))
