"""The page on which a coordinator searches, chooses, and sees how far it is."""

from collections.abc import Callable

import pytest

from secondopinion.audit.queries import entries_for
from secondopinion.cli.main import main
from secondopinion.core import jobs
from secondopinion.program.models import Program
from tests.interop.servers import Peer, free_port
from tests.pacs.conftest import described, owned
from tests.pacs.test_fetching import study_in
from tests.web.conftest import person, sign_in

Named = Callable[..., None]


def test_a_coordinator_searches_chooses_and_sees_what_came(
    hospital: Program, archive: Peer, known: Named, capsys: pytest.CaptureFixture[str]
) -> None:
    case, grace = owned()
    browser = sign_in(grace)
    page = f"/desk/cases/{case.reference}/records/servers/"
    known()
    assert browser.get(page).status_code == 404, "nothing is set up"
    known("archive", archive=described(archive.url))
    study, _objects = study_in(archive, 2, StudyDescription="Head", AccessionNumber="A77")
    assert "Fetch images from Clinic archive" in browser.get(
        f"/desk/cases/{case.reference}/records/"
    ).content.decode()  # fmt: skip
    given = {"server": "archive", "patient_id": "", "name": "", "accession": ""}
    shown = browser.get(page).content.decode()
    assert 'value="Camila Fernández"' in shown
    assert 'value="2017-05-14"' in shown
    assert "Give the patient" in browser.post(page, given).content.decode()
    shown = browser.post(page, {**given, "accession": "A77"}).content.decode()
    assert study in shown
    assert "FERNANDEZ CAMILA" in shown
    assert "secret" not in shown
    act = f"/desk/cases/{case.reference}/do/"
    answer = browser.post(f"{act}fetch-studies/", {"server": "archive", "study": [study]})
    assert (answer.status_code, answer["Location"]) == (302, page)
    jobs.run_all()
    shown = browser.get(page).content.decode()
    assert "2 of 2 images looked at" in shown
    assert "All here" in shown
    assert "once the records are marked complete" in shown
    # Who is on the team and does not own the case sees it, and cannot search.
    colleague = sign_in(person("other@harbour.example", "coordinator"))
    assert "Images are fetched into a case by its owner" in colleague.get(page).content.decode()
    assert colleague.post(page, {**given, "accession": "A77"}).status_code == 404
    # A server that does not answer is said, and nothing that was typed is in the audit.
    known(archive=described(f"http://127.0.0.1:{free_port()}"))
    shown = browser.post(page, {**given, "accession": "A77"}).content.decode()
    assert "does not answer" in shown
    assert 'value="A77"' in shown
    assert "A77" not in str([entry.detail for entry in entries_for(case.pk)])


def test_an_operator_tries_a_server(
    archive: Peer, known: Named, capsys: pytest.CaptureFixture[str]
) -> None:
    known(archive=described(archive.url), wrong=described(archive.url, password="x"))
    assert main(["dicomweb", "test", "archive"]) == 0
    assert "lets us in" in capsys.readouterr().out
    assert main(["dicomweb", "test", "wrong"]) == 2
    assert main(["dicomweb", "test", "nowhere"]) == 2
    told = capsys.readouterr().err
    assert "not-let-in" in told
    assert "does not name nowhere" in told
