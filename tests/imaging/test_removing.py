"""Images taken out of a case: shown nowhere, lost nowhere, and back again."""

import pytest

from secondopinion.accounts.models import Person
from secondopinion.arrivals.actions import receive_file
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions
from secondopinion.cases.models import Case
from secondopinion.conversations.queries import posts
from secondopinion.core import jobs, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.findings.queries import doubts
from secondopinion.imaging import queries, removing
from secondopinion.imaging.models import Instance, Series
from secondopinion.program.models import Program
from tests.interop.test_beside_orthanc import made
from tests.pacs.test_fetching import zipped
from tests.web.conftest import draft, person, sign_in

CHILD = {
    "PatientName": "FERNANDEZ^CAMILA", "PatientBirthDate": "20170514", "PatientSex": "F",
    "StudyDate": "20250114",
}  # fmt: skip
OTHER = {"PatientName": "OTHER^BOY", "PatientBirthDate": "20010101", "PatientID": "X"}


@pytest.fixture
def sent(hospital: Program) -> tuple[Person, Case, list[bytes]]:
    """A draft with two series of the child and one of somebody else."""
    maria = person("maria@familia.example")
    case = draft(maria)
    study, _series, _uid, first = made(**CHILD)
    objects = [first, made(study, **CHILD)[3], made(**OTHER)[3]]
    receive_file(by=maria, case=case, name="disc.zip", source=zipped(*objects))
    jobs.run_all()
    return maria, case, objects


def of_other(case: Case) -> Series:
    """Return the series that is not the child's."""
    return Series.objects.get(study__case=case, study__patient_id="X")


def test_what_is_taken_out_is_nowhere_and_comes_back(
    sent: tuple[Person, Case, list[bytes]],
) -> None:
    maria, case, objects = sent
    other = of_other(case)
    assert doubts(case).exists()
    browser = sign_in(maria)
    page = f"/my/cases/{case.reference}/request/files/"
    change = f"/my/cases/{case.reference}/images/"
    assert "Take out" in browser.get(page).content.decode()
    browser.post(change, {"series": str(other.pk), "why": "other-child"})
    jobs.run_all()
    assert not doubts(case).exists(), "the findings follow"
    shown = browser.get(page).content.decode()
    assert "Put back" in shown
    assert "Another child’s" in shown
    assert queries.series_for_case(case).count() == 2
    root = f"/dicomweb/{case.reference}"
    for path in (f"/studies/{other.study.uid}/series", f"/studies/{other.study.uid}/metadata"):
        answer = browser.get(root + path)
        assert answer.status_code == 404 or answer.json() == []
    assert len(browser.get(f"{root}/studies").json()) == 1
    # Sealed, not gone; and back by a button, or by sending it again.
    [kept] = Instance.objects.filter(series=other).select_related("blob__space")
    assert vault.read(kept.blob) == objects[2]
    browser.post(change, {"series": str(other.pk), "back": "1"})
    jobs.run_all()
    assert doubts(case).exists()
    removing.remove(by=maria, case=case, series=other.pk, whole_study=False, why="mistake")
    receive_file(by=maria, case=case, name="again.dcm", source=objects[2])
    jobs.run_all()
    assert queries.series_for_case(case).count() == 3
    assert Instance.objects.filter(series__study__case=case).count() == 3
    verbs = [entry.verb for entry in entries_for(case.pk)]
    assert (verbs.count("images-removed"), verbs.count("images-restored")) == (2, 1)


def test_what_is_anothers_stays_out_when_its_disc_comes_again(
    sent: tuple[Person, Case, list[bytes]],
) -> None:
    maria, case, objects = sent
    other = of_other(case)
    removing.remove(by=maria, case=case, series=other.pk, whole_study=False, why="other-child")
    receive_file(by=maria, case=case, name="again.zip", source=zipped(*objects))
    jobs.run_all()
    assert queries.series_for_case(case).count() == 2
    removing.restore(by=maria, case=case, series=other.pk)
    assert queries.series_for_case(case).count() == 3


def test_a_whole_study_and_who_may(sent: tuple[Person, Case, list[bytes]]) -> None:
    maria, case, _objects = sent
    mine = queries.series_for_case(case).exclude(study__patient_id="X")
    [first, second] = mine

    def remove(by: Person, series: Series, why: str = "mistake") -> int:
        return removing.remove(
            by=by, case=case, series=series.pk, whole_study=True, why=why
        )  # fmt: skip

    assert remove(maria, first) == 2
    with pytest.raises(NotYours):
        remove(maria, second)  # it is out already
    removing.restore(by=maria, case=case, series=second.pk)
    assert [row.pk for row in mine.all()] == [second.pk]
    with pytest.raises(Refused, match="why"):
        remove(maria, second, why="")
    stranger = person("amina@usra.example")
    grace = person("grace@harbour.example", "coordinator")
    actions.submit(by=maria, case=case)  # and it is hers at once
    noah = person("noah@harbour.example", "coordinator")
    # After sending the family still may; the desk reads of it in the messages.
    assert remove(maria, second) == 1
    removing.restore(by=maria, case=case, series=second.pk)
    told = [each.text for each in posts(case, grace)]
    assert [each.split("(")[0].split(":")[0].strip() for each in told] == [
        "I have taken images out", "I have put images back",
    ]  # fmt: skip
    assert "Sent by mistake" in told[0]
    for outsider in (stranger, noah):
        with pytest.raises(NotYours):
            remove(outsider, second)
    actions.take(by=grace, case=case)
    browser = sign_in(grace)
    records = f"/desk/cases/{case.reference}/records/"
    assert "Put back" in browser.get(records).content.decode()
    browser.post(
        f"/desk/cases/{case.reference}/do/change-images/",
        {"series": str(of_other(case).pk), "why": "other-child"},
    )
    assert [row.pk for row in queries.series_for_case(case)] == [second.pk]
    with pytest.raises(NotYours):  # the desk has said that it is somebody else's
        removing.restore(by=maria, case=case, series=of_other(case).pk)
    what = sign_in(maria).get(f"/my/cases/{case.reference}/what-you-sent/").content.decode()
    assert "Take out" in what
    assert str(of_other(case).pk) not in what
    Case.objects.filter(pk=case.pk).update(state="reported")
    case.refresh_from_db()
    with pytest.raises(Conflict, match="stay"):
        remove(grace, second)
    assert "Take out" not in browser.get(records).content.decode()
