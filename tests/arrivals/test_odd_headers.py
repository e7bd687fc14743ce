"""Odd headers: what one object says of itself never loses the objects beside it."""

import io
from typing import Any

import pydicom
import pytest

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core import vault
from secondopinion.imaging.models import Instance
from secondopinion.interop.access import Caller
from secondopinion.interop.stow import Store
from tests.arrivals.disc import slices
from tests.arrivals.test_bad_input import send, zipped

pytestmark = pytest.mark.any_database

ODD: dict[str, dict[str, Any]] = {
    "frames below zero": {"NumberOfFrames": -3},
    "more frames than can be": {"NumberOfFrames": 2**31},
    "a number one beyond": {"InstanceNumber": 2**31},
    "a series number one beyond": {"SeriesNumber": 2**31},
    "a name with an end in it": {"PatientName": "Koval^Sol\0omiia"},
    "a long description": {"StudyDescription": "x" * 5000},
    "a long modality": {"Modality": "CT" * 200},
    "a place beyond": {"ImagePositionPatient": ["1e300", "1e300", "1e300"]},
    "a sex of many letters": {"PatientSex": "FEMALE"},
    "a long patient id": {"PatientID": "9" * 500},
}


def changed(data: bytes, values: dict[str, Any]) -> bytes:
    """Return an object with other values, whatever the standard says of them."""
    with pydicom.config.disable_value_validation():
        row = pydicom.dcmread(io.BytesIO(data))
        for name, value in values.items():
            setattr(row, name, value)
        out = io.BytesIO()
        row.save_as(out)
    return out.getvalue()


@pytest.mark.parametrize("which", ODD)
def test_an_odd_header_loses_no_sibling(which: str, case: Case, maria: Person) -> None:
    first, second = slices(2)
    outcomes = send(case, maria, "disc.zip", zipped(a=changed(first, ODD[which]), b=second))
    assert outcomes["b"] == ("image", "")
    assert outcomes["a"][0] in {"image", "refused"}


@pytest.mark.parametrize("which", ODD)
def test_an_odd_header_loses_no_sibling_that_is_pushed(
    which: str, case: Case, maria: Person
) -> None:
    first, second = slices(2)
    body = b"".join(
        b"--b\r\nContent-Type: application/dicom\r\n\r\n" + each + b"\r\n"
        for each in (changed(first, ODD[which]), second)
    )
    store = Store(
        Caller(maria, case), 'multipart/related; type="application/dicom"; boundary=b', "", "/x"
    )
    store.feed(body + b"--b--")
    status, _answer = store.finish()
    assert status in {200, 202}
    kept = pydicom.dcmread(io.BytesIO(second)).SOPInstanceUID
    assert Instance.objects.filter(uid=kept).exists()


@pytest.mark.parametrize("early", [1, 50, 131, 132, 500])
def test_an_object_that_begins_at_the_end_of_a_piece_is_kept_whole(
    early: int, case: Case, maria: Person
) -> None:
    """A CT slice is larger than what is kept of its head, and its pieces begin anywhere."""
    [slice_] = slices(1, rows=600, columns=600)
    head = b"--b\r\nContent-Type: application/dicom\r\n\r\n"
    body = head + slice_ + b"\r\n--b--"
    store = Store(
        Caller(maria, case), 'multipart/related; type="application/dicom"; boundary=b', "", "/x"
    )
    cut = len(head) + early
    store.feed(body[:cut])
    store.feed(body[cut:])
    status, _answer = store.finish()
    assert status == 200
    [row] = Instance.objects.select_related("blob__space")
    assert vault.read(row.blob) == slice_
