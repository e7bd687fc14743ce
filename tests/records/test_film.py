"""A photograph of a film among the records is said; papers are not."""

import io
import zipfile

import pydicom

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases.models import Case
from secondopinion.core import jobs
from secondopinion.findings.models import Finding
from tests.conftest import DOCUMENTS, MR_HEAD
from tests.imaging.injections import film_jpeg


def test_a_film_is_told_from_a_paper(case: Case, maria: Person) -> None:
    with zipfile.ZipFile(MR_HEAD) as pack:
        named = sorted(each for each in pack.namelist() if each.endswith(".dcm"))[180:192]
        rows = [pydicom.dcmread(io.BytesIO(pack.read(each))) for each in named]
    paper = DOCUMENTS / "carta-de-alta-es.jpg"
    for name, data in (("paper.jpg", paper.read_bytes()), ("film.jpg", film_jpeg(rows))):
        arrivals.receive_file(by=maria, case=case, name=name, source=data)
    jobs.run_all()
    [finding] = Finding.objects.filter(code="film-photograph")
    assert "original DICOM" in finding.advice
