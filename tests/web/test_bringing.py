"""The owner of a case brings in what came by post: papers and a disc."""

import io
from pathlib import Path

import pydicom
from django.urls import reverse

from secondopinion.core import jobs
from secondopinion.imaging.models import Series
from secondopinion.records.models import Record
from tests.web.conftest import Whole, letter, person, sign_in

DISC = Path(pydicom.__file__).parent / "data" / "test_files" / "CT_small.dcm"


def test_the_owner_of_a_case_brings_in_papers_and_a_disc(whole: Whole) -> None:
    case, anna = (whole.case, whole.coordinator)
    browser = sign_in(anna)
    bring = reverse("desk-bring", args=[case.reference])
    assert (
        bring in browser.get(reverse("desk-case-records", args=[case.reference])).content.decode()
    )
    assert "data-uploader" in browser.get(bring).content.decode()
    sent = [io.BytesIO(letter() + b"posted"), io.BytesIO(DISC.read_bytes())]
    answer = browser.post(reverse("files-add", args=[case.reference]), {"files": sent})
    assert answer["Location"] == bring, "without a place to go back to it is the owner's page"
    jobs.run_all()
    posted = Record.objects.get(case=case, sent_by=anna)
    assert posted.source == "coordinator"
    assert Series.objects.filter(study__case=case).count() == 1
    assert str(posted.title) in browser.get(bring).content.decode()


def test_nobody_else_of_the_desk_brings_anything_in(whole: Whole) -> None:
    case, _anna = (whole.case, whole.coordinator)
    browser = sign_in(person("tom@harbour.example", "coordinator"))
    bring = reverse("desk-bring", args=[case.reference])
    assert (
        bring
        not in browser.get(reverse("desk-case-records", args=[case.reference])).content.decode()
    )
    assert "data-uploader" not in browser.get(bring).content.decode()
    for name in ("files-add", "files-known", "files-list", "files-phone"):
        assert browser.post(reverse(name, args=[case.reference])).status_code == 404
