"""Studies fetched from a real Orthanc: byte for byte, nothing twice, whatever breaks."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from pydicom.uid import generate_uid

from secondopinion.arrivals.actions import receive_file
from secondopinion.arrivals.models import ArrivedFile
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.core import clock, jobs, vault
from secondopinion.core.errors import NotYours, Refused
from secondopinion.findings.models import Finding
from secondopinion.imaging.models import Instance
from secondopinion.pacs import actions
from secondopinion.pacs.client import Trouble
from secondopinion.pacs.models import Fetch
from secondopinion.pacs.queries import fetches
from secondopinion.pacs.searching import Wanted
from secondopinion.pacs.servers import server_of
from secondopinion.program.models import Program
from tests.interop.servers import Peer, free_port
from tests.interop.test_beside_orthanc import made
from tests.pacs.conftest import described, owned
from tests.pacs.passing import Answer, passing
from tests.web.conftest import person

Named = Callable[..., None]


def study_in(archive: Peer, *sizes: int, **changes: Any) -> tuple[str, dict[str, bytes]]:
    """Put a study with series of these sizes into an archive; return its UID and its objects."""
    study, objects = generate_uid(), {}
    changes = {"PatientName": "FERNANDEZ^CAMILA", "PatientBirthDate": "20170514",
               "PatientSex": "F", "PatientID": f"P{study[-8:]}", **changes}  # fmt: skip
    for size in sizes:
        series = generate_uid()
        for _each in range(size):
            _study, _series, uid, data = made(study, series, **changes)
            objects[uid] = data
    assert archive.store(list(objects.values()))[0] == 200
    return study, objects


def zipped(*objects: bytes) -> bytes:
    """Return a zip with these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for number, data in enumerate(objects):
            pack.writestr(f"{number}.dcm", data)
    return out.getvalue()


def here(case: Case) -> dict[str, bytes]:
    """Return what is in a case: the objects by their UIDs."""
    rows = Instance.objects.filter(series__study__case=case).select_related("blob__space")
    return {row.uid: vault.read(row.blob) for row in rows}


def ended(row: Fetch) -> Fetch:
    """Return a fetch with its counts."""
    return fetches(row.case).get(pk=row.pk)


def test_a_study_comes_byte_for_byte_and_once(
    hospital: Program, archive: Peer, known: Named
) -> None:
    case, grace = owned()
    known(archive=described(archive.url))
    study, objects = study_in(archive, 9, 4)
    study_in(archive, 1, PatientBirthDate="20100101")
    found, more = actions.search(
        by=grace, case=case, server=server_of("archive"),
        wanted=Wanted(name="Camila Fernández", since=date(2004, 1, 1)),
    )  # fmt: skip
    assert not more
    match = next(each for each in found if each.uid == study)
    assert (match.images, match.series, match.modalities, match.doubts) == (13, 2, "CT", [])
    assert found.index(match) < len(found) - 1, "those of another birth date come last"
    assert found[-1].doubts
    [row] = actions.fetch(by=grace, case=case, server="archive", studies=[study, study])
    jobs.run_all()
    row = ended(row)
    assert (row.state, row.expected, row.taken, row.refused) == ("done", 13, 13, 0)
    assert here(case) == objects
    # Once more, and one instance that the family has sent too: nothing is there twice.
    actions.fetch(by=grace, case=case, server="archive", studies=[study])
    jobs.run_all()
    assert Fetch.objects.count() == 1
    assert here(case) == objects
    assert ended(row).settled == 13
    verbs = [entry.verb for entry in entries_for(case.pk)]
    for verb in ("images-searched", "fetch-begun", "images-added", "fetch-ended"):
        assert verb in verbs


def test_it_goes_through_the_same_arrival_as_everything_else(
    hospital: Program, archive: Peer, known: Named
) -> None:
    case, grace = owned()
    known(archive=described(archive.url))
    study, objects = study_in(archive, 3, PatientName="OTHER^BOY", PatientBirthDate="20010101")
    [first, second, _third] = objects
    other = objects[second][:-400] + bytes(200) + objects[second][-200:]
    receive_file(by=grace, case=case, name="a.zip", source=zipped(objects[first], other))
    jobs.run_all()
    [row] = actions.fetch(by=grace, case=case, server="archive", studies=[study])
    jobs.run_all()
    row = ended(row)
    assert (row.state, row.taken, row.doubled, row.aside) == ("done", 2, 1, 1)
    assert Instance.objects.filter(uid=second).count() == 2
    codes = set(Finding.objects.filter(case=case).values_list("code", flat=True))
    assert {"not-this-child", "conflict"} <= codes


def test_who_may_and_what_must_be_asked(hospital: Program, archive: Peer, known: Named) -> None:
    case, grace = owned()
    maria = person("maria@familia.example")
    known(archive=described(archive.url))
    server = server_of("archive")
    for wanted in (Wanted(), Wanted(birth_date=date(2017, 5, 14)), Wanted(patient_id="*")):
        with pytest.raises(Refused, match="number"):
            actions.search(by=grace, case=case, server=server, wanted=wanted)
    colleague = person("other@harbour.example", "coordinator")
    for who in (maria, colleague):
        with pytest.raises(NotYours):
            actions.search(by=who, case=case, server=server, wanted=Wanted(name="a"))
        with pytest.raises(NotYours):
            actions.fetch(by=who, case=case, server="archive", studies=["1.2"])
    for server_name, study in (("nowhere", "1.2"), ("archive", "1.2/../x")):
        with pytest.raises(NotYours):
            actions.fetch(by=grace, case=case, server=server_name, studies=[study])


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"url": "http://127.0.0.1:{free}/dicom-web"}, "no-answer"), ({"password": "x"}, "not-let-in"),
     ({"url": "{root}/nothing"}, "not-there"), ({"url": "{root}/../app/explorer.html#"}, "odd")],
)  # fmt: skip
def test_what_a_server_does_not_do_is_said(
    hospital: Program, archive: Peer, known: Named, changes: dict[str, str], code: str
) -> None:
    case, grace = owned()
    filled = {
        key: value.format(free=free_port(), root=archive.url) for key, value in changes.items()
    }
    known(archive=described(**{"url": archive.url, **filled}))
    with pytest.raises(Trouble, match=code):
        actions.search(by=grace, case=case, server=server_of("archive"), wanted=Wanted(name="x"))
    [row] = actions.fetch(by=grace, case=case, server="archive", studies=["1.2.3"])
    jobs.run_all()
    row = ended(row)
    assert code in row.code
    assert row.trouble
    assert (row.state == "failed") == (code == "not-let-in"), "the others are tried again"
    assert (row.next_at is None) == (code == "not-let-in")


def test_a_series_that_breaks_off_and_an_instance_that_never_comes(
    hospital: Program, archive: Peer, known: Named
) -> None:
    case, grace = owned()
    study, objects = study_in(archive, 6)
    lost = ""
    asked: list[str] = []

    def spoil(_method: str, path: str, answer: Answer) -> Answer | int:
        nonlocal lost
        asked.append(path)
        if re.search(r"/series/[\d.]+$", path):  # in whatever order the archive sends them
            half = len(answer[2]) // 2
            lost = next(uid for uid in objects if uid.encode() not in answer[2][:half])
            return half
        return (500, {}, b"") if f"/instances/{lost}" in path else answer

    with passing(archive.url, spoil) as url:
        known(archive=described(url))
        [row] = actions.fetch(by=grace, case=case, server="archive", studies=[study])
        jobs.run_all()
        row = ended(row)
        assert (row.state, row.code, row.taken, row.expected) == ("under-way", "not-all", 5, 6)
        assert row.next_at
        singly = {path for path in asked if "/instances/" in path}
        assert 1 < len(singly) < 6, "what came before it broke off is not asked for again"
        with time_machine.travel(clock.now()) as traveller:
            for _try in range(6):
                traveller.shift(timedelta(hours=1))
                jobs.run_all()
        row = ended(row)
        assert (row.state, row.code, row.taken, row.refused) == ("partly", "not-all", 5, 1)
        assert here(case) == {uid: data for uid, data in objects.items() if uid != lost}
        assert ArrivedFile.objects.get(upload=row.upload, code="not-sent").name == lost
    known(archive=described(archive.url))
    actions.again(by=grace, fetch=row)
    jobs.run_all()
    assert (ended(row).state, ended(row).refused) == ("done", 0)
    assert here(case) == objects


def test_what_is_stopped_stays_as_it_is_until_it_is_asked_for_again(
    hospital: Program, archive: Peer, known: Named
) -> None:
    case, grace = owned()
    known(archive=described(archive.url))
    [row] = actions.fetch(by=grace, case=case, server="archive", studies=["1.2.3"])
    actions.stop(by=grace, fetch=row)
    jobs.run_all()
    assert (ended(row).state, ended(row).code) == ("failed", "stopped")
    for server, code in ((described(archive.url), "no-images"), (None, "unknown-server")):
        known(**({"archive": server} if server else {}))
        actions.again(by=grace, fetch=Fetch.objects.get())
        jobs.run_all()
        assert (ended(row).state, ended(row).code) == ("failed", code)
