"""Uploads that their sender, or our worker, did not finish: nothing is lost or misnamed by it."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions
from secondopinion.arrivals.models import ArrivedFile, Upload, UploadState
from secondopinion.arrivals.sorting import Sorter
from secondopinion.cases.models import Case
from secondopinion.cases.states import State
from secondopinion.core import clock, jobs
from secondopinion.core.staging import Staging
from tests.arrivals.disc import slices
from tests.arrivals.test_packs import begun, made, received
from tests.web.conftest import sign_in

LETTER = made([("DISC/letter.txt", b"She had two seizures.", None)])
LATER = actions.KEPT + timedelta(hours=2)


def sent(case: Case, by: Person, data: bytes, length: int, **about: str) -> Upload:
    """Begin an upload and send its first bytes; then everybody falls silent."""
    upload = begun(case, by, data, **about)
    assert upload.staged
    with Staging(upload.staged) as staging:
        staging.append(data[:length])
    return upload


def state(upload: Upload) -> str:
    upload.refresh_from_db()
    return upload.state


def test_what_is_wholly_here_is_taken_in_when_its_time_is_over(case: Case, maria: Person) -> None:
    """The last bytes came, the server died, and the browser was never opened again."""
    whole = sent(case, maria, LETTER, len(LETTER))
    half = sent(case, maria, LETTER, len(LETTER) - 1)
    with time_machine.travel(clock.now() + LATER, tick=False):
        jobs.REGISTRY["uploads-expire"].function()
        assert (state(whole), state(half)) == (UploadState.RECEIVED, UploadState.EXPIRED)
        jobs.run_all()
    assert [record.title for record in case.records.all()] == ["letter.txt"]


def test_one_that_cannot_be_taken_in_stops_no_other(case: Case, maria: Person) -> None:
    wrong = sent(case, maria, LETTER, len(LETTER), digest=hashlib.sha256(b"other").hexdigest())
    lost = sent(case, maria, LETTER, len(LETTER))
    assert lost.staged
    Staging(lost.staged)._path.unlink()
    busy = sent(case, maria, LETTER, len(LETTER))
    whole = sent(case, maria, LETTER, len(LETTER))
    assert busy.staged
    with time_machine.travel(clock.now() + LATER, tick=False):
        with Staging(busy.staged):
            assert actions.expire() == 1
        assert state(wrong) == UploadState.CANCELLED
        assert state(lost) == UploadState.EXPIRED
        assert state(whole) == UploadState.RECEIVED
        assert state(busy) == UploadState.RECEIVING, "another request has it in its hands"
        assert actions.expire() == 0
    assert state(busy) == UploadState.RECEIVED


def test_into_a_case_that_has_ended_nothing_more_is_taken(case: Case, maria: Person) -> None:
    whole = sent(case, maria, LETTER, len(LETTER))
    Case.objects.filter(pk=case.pk).update(state=State.WITHDRAWN)
    with time_machine.travel(clock.now() + LATER, tick=False):
        assert actions.expire() == 1
    assert state(whole) == UploadState.EXPIRED


def test_who_does_not_send_the_rest_keeps_what_is_wholly_here(case: Case, maria: Person) -> None:
    about = {"sending": "disc", "label": "DISC"}
    whole = sent(case, maria, LETTER, len(LETTER), **about)
    half = sent(case, maria, LETTER, 9, **about)
    assert actions.close_sending(by=maria, case=case, key="disc") == 1
    assert (state(whole), state(half)) == (UploadState.RECEIVED, UploadState.CANCELLED)


def test_after_a_death_what_came_for_the_first_time_is_no_duplicate(
    case: Case, maria: Person
) -> None:
    """The worker dies between taking files in and writing down what became of them."""
    files: list[tuple[str, bytes, Any]] = [
        (f"D/IM{number}", data, None) for number, data in enumerate(slices(3))
    ]
    images, letter = made(files), LETTER
    uploads = [received(begun(case, maria, data), data) for data in (images, letter)]

    class Died(Exception):
        pass

    class Dying(Sorter):
        def _flush_notes(self) -> None:
            if self.notes:
                raise Died

    for upload in uploads:
        with pytest.raises(Died):
            Dying(Upload.objects.get(pk=upload.pk)).run()
    jobs.run_all()
    outcomes = ArrivedFile.objects.filter(upload__case=case).values_list("name", "outcome")
    assert dict(outcomes) == {
        "D/IM0": "image", "D/IM1": "image", "D/IM2": "image", "DISC/letter.txt": "record",
    }  # fmt: skip


def test_what_is_half_here_is_said_before_it_is_sent_on(case: Case, maria: Person) -> None:
    about = {"sending": "disc", "label": "DISC", "files": 2, "sending_length": 400}
    received(begun(case, maria, LETTER, content_length=100, **about), LETTER)
    half = begun(case, maria, LETTER, content_length=300, **about)
    assert half.staged
    with Staging(half.staged) as staging:
        staging.append(LETTER[: len(LETTER) // 2])
    page = sign_in(maria).get(f"/my/cases/{case.reference}/request/files/").content.decode()
    assert "62%</bdi>" in page
