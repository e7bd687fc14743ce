"""Images forwarded into a real Orthanc: once, byte for byte, each with what became of it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ItemState
from secondopinion.core import clock, jobs
from secondopinion.findings import actions as findings
from secondopinion.findings.queries import doubts
from secondopinion.pacs import actions, tasks
from secondopinion.pacs.models import Forward, Forwarded
from secondopinion.pacs.queries import Forwarding, forwarding, troubled_forwards
from secondopinion.program.models import Program
from tests.interop.servers import Peer, free_port
from tests.interop.test_beside_orthanc import made
from tests.pacs.conftest import described, owned
from tests.pacs.passing import Answer, passing
from tests.pacs.test_fetching import study_in, zipped

Named = Callable[..., None]
CHILD = {
    "PatientName": "FERNANDEZ^CAMILA", "PatientBirthDate": "20170514", "PatientSex": "F",
    "StudyDate": "20250114",
}  # fmt: skip
Objects = dict[tuple[str, str, str], bytes]


def send(case: Case, grace: Person, count: int, **changes: Any) -> Objects:
    """Send some images of a series into a case."""
    objects = {}
    study = series = ""
    for _number in range(count):
        study, series, uid, data = made(study, series, **{**CHILD, **changes})
        objects[study, series, uid] = data
    arrivals.receive_file(by=grace, case=case, name="a.zip", source=zipped(*objects.values()))
    jobs.run_all()
    return objects


def with_images(count: int) -> tuple[Case, Person, Objects]:
    """Return a case with some images, its coordinator, and the objects."""
    case, grace = owned()
    return case, grace, send(case, grace, count)


def completed(case: Case, grace: Person) -> None:
    """Mark the records of a case complete."""
    for item in case.checklist.exclude(state=ItemState.ARRIVED):
        cases.settle_item(by=grace, item=item, state=ItemState.ARRIVED)
    cases.complete(by=grace, case=case)


def forwarded(case: Case) -> Forwarding:
    """Let the clock's job and what it enqueues run; return how far the case is."""
    tasks.forward_all()
    jobs.run_all()
    case.refresh_from_db()
    return forwarding(case, "pacs")


def read_back(peer: Peer, uids: tuple[str, str, str]) -> bytes:
    """Return the answer that holds an object."""
    study, series, uid = uids
    path = f"/studies/{study}/series/{series}/instances/{uid}"
    return peer.ask("GET", path, Accept='multipart/related; type="application/dicom"')[2]


def test_what_is_complete_is_forwarded_once_and_byte_for_byte(
    hospital: Program, hospital_pacs: Peer, known: Named
) -> None:
    known("pacs", pacs=described(hospital_pacs.url))
    case, grace, objects = with_images(23)
    assert (forwarded(case).sent, forwarded(case).total) == (0, 23), "the desk is still collecting"
    completed(case, grace)
    assert forwarded(case).counts == {"stored": 23}
    for uids, data in objects.items():
        assert data in read_back(hospital_pacs, uids)
    # What comes later follows; what is there is not sent again.
    study, series, uid, data = made(*next(iter(objects))[:2], **CHILD)
    arrivals.receive_file(by=grace, case=case, name="late.dcm", source=data)
    jobs.run_all()
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert forwarded(case).sent == 24
    assert data in read_back(hospital_pacs, (study, series, uid))
    assert set(Forwarded.objects.values_list("tries", flat=True)) == {1}


def test_another_childs_images_are_held_back_until_somebody_has_looked(
    hospital: Program, hospital_pacs: Peer, known: Named
) -> None:
    known("pacs", pacs=described(hospital_pacs.url))
    case, grace = owned()
    completed(case, grace)
    objects = send(case, grace, 1, PatientName="OTHER^BOY", PatientBirthDate="20010101")
    found = forwarded(case)
    assert (found.sent, found.held) == (0, 1)
    for finding in doubts(case):
        findings.accept(finding=finding, by=grace, reason="A wrong label; the family confirmed.")
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert forwarded(case).sent == 1
    assert next(iter(objects.values())) in read_back(hospital_pacs, next(iter(objects)))


def test_what_came_from_the_pacs_does_not_go_back(
    hospital: Program, hospital_pacs: Peer, known: Named
) -> None:
    known("pacs", pacs=described(hospital_pacs.url))
    case, grace = owned()
    study, _objects = study_in(hospital_pacs, 2, StudyDate=CHILD["StudyDate"])
    actions.fetch(by=grace, case=case, server="pacs", studies=[study])
    jobs.run_all()
    completed(case, grace)
    assert (forwarded(case).total, Forwarded.objects.count()) == (0, 0)


def test_a_pacs_that_is_away_is_tried_again_with_growing_pauses(
    hospital: Program, hospital_pacs: Peer, known: Named
) -> None:
    known("pacs", pacs=described(f"http://127.0.0.1:{free_port()}/dicom-web"))
    case, grace, _objects = with_images(1)
    completed(case, grace)
    pauses = []
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _try in range(4):
            forwarded(case)
            row = Forward.objects.get()
            assert (row.code, row.next_at is not None) == ("no-answer", True)
            assert row.next_at
            pauses.append((row.next_at - clock.now()).total_seconds() / 60)
            traveller.move_to(row.next_at)
        assert pauses == [1, 5, 30, 120]
        assert [row.reference for row in troubled_forwards()] == [case.reference]
        known("pacs", pacs=described(hospital_pacs.url))
        assert forwarded(case).sent == 1
    row = Forward.objects.get()
    assert (row.code, row.tries, troubled_forwards().count()) == ("", 0, 0)


def test_warnings_and_refusals_are_kept_for_each_instance(
    hospital: Program, hospital_pacs: Peer, known: Named
) -> None:
    case, grace, objects = with_images(3)
    [warned, refused, _good] = [uid for _study, _series, uid in objects]

    def spoil(method: str, _path: str, answer: Answer) -> Answer | int:
        if method != "POST":
            return answer
        told = json.loads(answer[2])
        items = told["00081199"]["Value"]
        mine = {item["00081155"]["Value"][0]: item for item in items}
        if warned in mine:
            mine[warned]["00081196"] = {"vr": "US", "Value": [0xB000]}
        if refused in mine:
            items.remove(mine[refused])
            mine[refused]["00081197"] = {"vr": "US", "Value": [0x0122]}
            told["00081198"] = {"vr": "SQ", "Value": [mine[refused]]}
        return 409, answer[1], json.dumps(told).encode()

    with passing(hospital_pacs.url, spoil) as url:
        known("pacs", pacs=described(url))
        completed(case, grace)
        found = forwarded(case)
        assert found.counts == {"stored": 1, "warned": 1, "refused": 1}
        assert found.reasons == [("refused", 0x0122, 1), ("warned", 0xB000, 1)]
        with time_machine.travel(clock.now()) as traveller:
            for _try in range(8):
                traveller.shift(timedelta(days=2))
                forwarded(case)
        tries = dict(Forwarded.objects.values_list("instance__uid", "tries"))
        assert tries[refused] == 6, "then it is left to somebody to look"
        assert set(tries.values()) == {1, 6}
        assert troubled_forwards().get().refusals == 1
    known("pacs", pacs=described(hospital_pacs.url))
    actions.forward_again(by=grace, case=case)
    jobs.run_all()
    assert forwarding(case, "pacs").counts == {"stored": 2, "warned": 1}


def test_a_server_that_takes_only_little_at_once_gets_little(
    hospital: Program, hospital_pacs: Peer, known: Named
) -> None:
    case, grace, _objects = with_images(3)
    sizes = []

    def spoil(method: str, _path: str, answer: Answer) -> Answer | int:
        if method == "POST":
            sizes.append(len(json.loads(answer[2])["00081199"]["Value"]))
        return (413, {}, b"") if method == "POST" and sizes[-1] > 1 else answer

    with passing(hospital_pacs.url, spoil) as url:
        known("pacs", pacs=described(url))
        completed(case, grace)
        assert forwarded(case).counts == {"stored": 3}
    assert sizes == [3, 1, 1, 1]
