"""What is large is read from the vault piece by piece, and byte for byte, not into memory."""

import io
import tracemalloc

import pydicom
import pytest
from django.test import Client

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core import vault
from secondopinion.core.models import Blob
from secondopinion.imaging.models import Instance
from tests.arrivals.disc import slices
from tests.arrivals.test_bad_input import send

FRAME, FRAMES = 512 * 512 * 2, 48
MOST = 6 * 1024**2  # bytes in memory while 24 MB are read


def film() -> bytes:
    """Return an object of 24 MB, each of whose frames is another one."""
    made = pydicom.dcmread(io.BytesIO(next(slices(1, rows=512, columns=512))))
    made.NumberOfFrames = FRAMES
    made.PixelData = b"".join(
        number.to_bytes(2, "little") * (FRAME // 2) for number in range(FRAMES)
    )
    file = io.BytesIO()
    made.save_as(file)
    return file.getvalue()


@pytest.mark.parametrize("wanted", ["object", "pixels"])
def test_a_large_object_is_never_whole_in_memory(wanted: str, case: Case, maria: Person) -> None:
    data = film()
    send(case, maria, "film.dcm", data)
    row = Instance.objects.select_related("series__study").get()
    assert row.pixel_offset
    address = (
        f"/dicomweb/{case.reference}/studies/{row.series.study.uid}/series/{row.series.uid}"
        f"/instances/{row.uid}"
    )
    kind, expected = "application/dicom", data
    if wanted == "pixels":
        address += "/bulkdata/7FE00010"
        kind, expected = "application/octet-stream", data[row.pixel_offset :][: FRAME * FRAMES]
    client = Client()
    client.force_login(maria)
    client.get(address, headers={"Accept": kind})  # what is made once is there
    tracemalloc.start()
    answer = client.get(address, headers={"Accept": kind})
    at = 0
    for piece in answer:
        assert piece == expected[at : at + len(piece)]
        at += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert int(answer["Content-Length"]) == at == len(expected)
    assert peak < MOST


def test_a_series_says_beforehand_how_long_it_is(case: Case, maria: Person) -> None:
    files = list(slices(3))
    for number, data in enumerate(files):
        send(case, maria, f"{number}.dcm", data)
    series = Instance.objects.select_related("series__study").first()
    assert series
    client = Client()
    client.force_login(maria)
    answer = client.get(
        f"/dicomweb/{case.reference}/studies/{series.series.study.uid}/series/{series.series.uid}"
    )
    body = b"".join(answer)
    assert len(body) == int(answer["Content-Length"])
    assert all(data in body for data in files)


def test_pieces_are_the_bytes_from_a_place_on(case: Case) -> None:
    data = bytes(range(256)) * 10_000
    for begin, length in ((0, None), (5, 70_000), (65_536, 1_500_000), (0, 0), (2_559_999, 90)):
        blob = vault.put(case.vault, data)
        end = len(data) if length is None else begin + length
        assert b"".join(vault.pieces(blob, begin, length)) == data[begin:end]
    empty = vault.put(case.vault, b"")
    assert b"".join(vault.pieces(empty)) == b""


def test_what_cannot_be_read_is_an_error_and_no_stump(case: Case, maria: Person) -> None:
    data = film()
    send(case, maria, "film.dcm", data)
    row = Instance.objects.select_related("series__study").get()
    blob = Blob.objects.select_related("space").get(pk=row.blob_id)
    with vault.storage().open(vault.name_of(blob.space, blob.digest), "r+b") as file:
        file.seek(vault.HEADER + 100)
        file.write(b"damaged")
    client = Client(raise_request_exception=False)
    client.force_login(maria)
    answer = client.get(
        f"/dicomweb/{case.reference}/studies/{row.series.study.uid}/series/{row.series.uid}"
        f"/instances/{row.uid}", headers={"Accept": "application/dicom"},
    )  # fmt: skip
    assert answer.status_code == 500
