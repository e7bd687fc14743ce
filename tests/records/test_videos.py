"""Videos that families send: known at a glance, played by who has a part, without their place."""

import struct
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.core import jobs, kinds, sandbox, streams, vault
from secondopinion.core.errors import Refused
from secondopinion.findings.models import Finding
from secondopinion.records import arranging, queries, videos
from secondopinion.records.models import Kind, Record, RecordState
from tests.arrivals.test_bad_input import send
from tests.web.conftest import sign_in, taken

_PLACE = b"\xa9xyz\x00\x12\x15\xc7+25.2048+055.2708/"


def filmed(folder: Path, ending: str = "mp4") -> bytes:
    """Return a video of two seconds whose picture grows light."""
    import cv2
    import numpy as np

    path = folder / f"film.{ending}"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (160, 120))
    for number in range(20):
        writer.write(np.full((120, 160, 3), number * 12, np.uint8))
    writer.release()
    return path.read_bytes()


def box(kind: bytes, inner: bytes) -> bytes:
    """Return a box of ISO/IEC 14496-12."""
    return struct.pack(">I4s", len(inner) + 8, kind) + inner


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x1cftypisom", kinds.MP4), (b"\0\0\0\x18ftypmp42", kinds.MP4),
        (b"\0\0\0\x1cftyp3gp4", kinds.MP4), (b"\0\0\0\x14ftypqt  ", kinds.QUICKTIME),
        (b"\0\0\0\x08wide\0\0\0\0mdat", kinds.QUICKTIME),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04\x82\x84webm", kinds.WEBM),
        (b"\0\0\0\x18ftypheic", "image/heic"), (b"\0\0\0\x18ftypM4A ", kinds.UNKNOWN),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01\x82\x88matroska", kinds.UNKNOWN),
    ],
)  # fmt: skip
def test_a_video_is_told_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert kinds.kind_of("x.bin", head + bytes(200)) == kind


def test_a_video_comes_into_the_records_and_is_played(
    case: Case, maria: Person, tmp_path: Path
) -> None:
    data = filmed(tmp_path) + box(b"moov", box(b"udta", _PLACE))
    assert send(case, maria, "seizure.mp4", data)["seizure.mp4"] == ("record", "")
    jobs.run_all()
    row = Record.objects.select_related("blob__space", "opened__space").get()
    assert (row.kind, row.media_type, row.state) == (Kind.VIDEO, kinds.MP4, RecordState.READ)
    assert row.pages.count() == videos.STILLS
    for kind in (Kind.VIDEO, Kind.OTHER):
        Record.objects.update(kind=kind)
        assert not queries.unread(case).exists(), "nothing waits to be read on a still"
    assert not Finding.objects.filter(case=case).exists()
    assert vault.read(row.blob) == data, "the original is unaltered"
    assert row.opened is not None
    given = vault.read(row.opened)
    assert (len(given), b"+25.2048" in given) == (len(data), False)
    browser, address = sign_in(maria), f"/files/{case.reference}/records/{row.pk}/video"
    whole = browser.get(address)
    assert (whole.status_code, whole["Content-Type"]) == (200, "video/mp4")
    assert b"".join(whole) == data, "who sent it has what was sent"
    part = browser.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 10-19/{len(data)}")
    assert b"".join(part) == data[10:20]
    beyond = browser.get(address, headers={"Range": f"bytes={len(data)}-"})
    assert beyond.status_code == 416
    assert Client().get(address).status_code in {302, 404}
    opened = [each for each in entries_for(case.pk) if each.verb == "video-opened"]
    assert len(opened) == 1, "a part from the middle is no new opening"


def test_a_film_that_a_browser_recorded_has_stills_though_it_does_not_say_how_long_it_is() -> None:
    data = (Path(__file__).parent / "recorded.webm").read_bytes()
    assert kinds.kind_of("x.webm", data[:4096]) == kinds.WEBM
    assert len(videos.stills(data)) == videos.STILLS


def test_others_have_it_without_its_place(maria: Person, tmp_path: Path) -> None:
    case, coordinator = taken(maria)
    data = filmed(tmp_path, "mov") + box(b"moov", box(b"trak", box(b"meta", b"\0" * 4 + _PLACE)))
    send(case, maria, "IMG_0001.MOV", data)
    jobs.run_all()
    row = Record.objects.get(case=case, kind=Kind.VIDEO)
    desk = sign_in(coordinator)
    answer = desk.get(f"/files/{case.reference}/records/{row.pk}/video")
    assert answer["Content-Type"] == "video/mp4"
    assert b"+25.2048" not in b"".join(answer)
    for page in ("records", "records/pages"):
        shown = desk.get(f"/desk/cases/{case.reference}/{page}/").content.decode()
        assert f"/files/{case.reference}/records/{row.pk}/video" in shown
    send(case, maria, "note.txt", b"A letter")
    jobs.run_all()
    note = Record.objects.get(case=case, title="note.txt")
    with pytest.raises(Refused):
        arranging.join(by=coordinator, case=case, record=note.pk, into=row.pk)


@given(seed=st.binary(min_size=1, max_size=400))
def test_what_only_begins_like_a_video_is_never_more_than_refused(seed: bytes) -> None:
    data = b"\0\0\0\x14ftypisom\0\0\2\0isom" + seed
    assert len(videos.without_place(data)) in {0, len(data)}


def test_a_broken_one_and_a_very_long_one_are_said(
    case: Case, maria: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(case, maria, "broken.mp4", filmed(tmp_path)[:200])
    jobs.run_all()
    assert Record.objects.get().state == RecordState.UNREADABLE
    monkeypatch.setattr(videos, "MOST_BYTES", 100)
    send(case, maria, "long.mp4", filmed(tmp_path) + b"\0\0\0\x08free")
    jobs.run_all()
    said = Finding.objects.filter(code="unreadable-file").values_list("message", flat=True)
    assert {each.split(".")[0] for each in said} == {
        "We cannot open this file", "This video is too large for us",
    }  # fmt: skip


def test_stills_are_from_all_over_it(tmp_path: Path) -> None:
    _clean, pages = sandbox.run(videos.shown, filmed(tmp_path), memory_mb=2048)
    assert len({page["image"] for page in pages}) == videos.STILLS
    assert {(page["width"], page["height"]) for page in pages} == {(160, 120)}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (0, 100)), ("bytes=0-", (0, 100)), ("bytes=5-9", (5, 10)), ("bytes=90-300", (90, 100)),
        ("bytes=-10", (90, 100)), ("bytes=-300", (0, 100)), ("bytes=100-", (100, 100)),
        ("bytes=9-5", (9, 6)), ("bytes=0-1,4-5", (0, 100)), ("lines=1-2", (0, 100)),
        ("bytes=-", (0, 100)),
    ],
)  # fmt: skip
def test_which_bytes_are_wanted(header: str, expected: tuple[int, int]) -> None:
    assert streams.wanted(header, 100) == expected
