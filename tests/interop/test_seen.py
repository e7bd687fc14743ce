"""Who sees images by DICOMweb is written down: every series, listings, thumbnails, downloads."""

import io

import pydicom
from django.test import Client

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.imaging.models import Series
from tests.arrivals.disc import slices
from tests.arrivals.test_bad_input import send, zipped


def seen(case: Case, verb: str) -> set[str]:
    return {str(row.target_id) for row in entries_for(case.pk) if row.verb == verb}


def test_every_series_that_is_read_is_written_down(case: Case, maria: Person) -> None:
    [one], [two] = slices(1), slices(1)
    send(case, maria, "disc.zip", zipped(one=one, two=two))
    both = {str(row.pk) for row in Series.objects.all()}
    assert len(both) == 2
    client = Client()
    client.force_login(maria)
    base = f"/dicomweb/{case.reference}"
    study = f"{base}/studies/{pydicom.dcmread(io.BytesIO(one)).StudyInstanceUID}"

    assert client.get(f"{base}/studies").status_code == 200
    assert seen(case, "images-listed") == {str(case.pk)}
    assert not seen(case, "images-opened")
    assert client.get(f"{study}/thumbnail").status_code == 200
    assert len(seen(case, "images-opened")) == 1
    assert client.get(f"{study}/metadata").status_code == 200
    assert seen(case, "images-opened") == both
    everything = client.get(study, headers={"accept": "multipart/related; type=application/dicom"})
    assert everything.status_code == 200
    assert seen(case, "images-downloaded") == both
