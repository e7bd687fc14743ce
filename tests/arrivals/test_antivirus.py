"""What comes is held until ClamAV's daemon has looked at it: a real one that knows one."""

import hashlib
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions, queries
from secondopinion.arrivals.models import Upload
from secondopinion.audit.models import Entry
from secondopinion.cases.models import Case
from secondopinion.cli import doctor
from secondopinion.core import antivirus, clock, jobs, vault
from secondopinion.core.models import Blob
from secondopinion.records.models import Record

# What every scanner knows and what harms nobody (eicar.org), in two parts: this file is no virus.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT = 1024 * 1024  # the largest that this daemon takes


@pytest.fixture(scope="module")
def daemon() -> Iterator[str]:
    """The socket of a running daemon."""
    program = shutil.which("clamd")
    assert program, "these tests need ClamAV's daemon: apt-get install clamav-daemon"
    with tempfile.TemporaryDirectory(prefix="clamd-") as made:  # a socket's path has to be short
        folder = Path(made)
        (folder / "list").mkdir()
        (folder / "list" / "one.hdb").write_text(
            f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test-Signature\n"
        )
        place = folder / "socket"
        (folder / "conf").write_text(
            f"Foreground yes\nLocalSocket {place}\nDatabaseDirectory {folder}/list\n"
            f"StreamMaxLength {LIMIT}\nLogFile {folder}/log\n"
        )
        process = subprocess.Popen(
            [program, "-c", str(folder / "conf")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 60
        while not place.exists():
            assert process.poll() is None
            assert time.monotonic() < end, "the daemon does not come up"
            time.sleep(0.1)
        yield str(place)
        process.terminate()
        process.wait(30)


def come(case: Case, by: Person, name: str, data: bytes) -> Upload:
    """Have a file sent and sorted."""
    upload = actions.receive_file(by=by, case=case, name=name, source=data)
    jobs.run_all()
    upload.refresh_from_db()
    return upload


def test_what_is_malicious_is_kept_out_and_its_siblings_are_taken(
    case: Case, maria: Person, settings: Settings, daemon: str
) -> None:
    settings.CLAMD = daemon
    pack = BytesIO()
    with zipfile.ZipFile(pack, "w") as made:
        made.writestr("notes.txt", "A letter of the clinic, about her headaches. " * 5)
        made.writestr("bad.txt", EICAR)
    upload = come(case, maria, "all.zip", pack.getvalue())
    became = {each.name: (each.outcome, each.code) for each in upload.files.all()}
    assert became["notes.txt"][0] == "record"
    assert became["bad.txt"] == ("refused", "malicious")
    assert not Blob.objects.filter(digest=hashlib.sha256(EICAR).hexdigest()).exists()
    assert Record.objects.count() == 1
    [entry] = Entry.objects.filter(verb="file-not-taken")
    assert entry.detail == {"code": "malicious"}


def test_a_file_alone_rests_as_it_came_and_is_nobodys_record(
    case: Case, maria: Person, settings: Settings, daemon: str
) -> None:
    settings.CLAMD = daemon
    upload = come(case, maria, "letter.txt", EICAR)
    assert [each.code for each in upload.files.all()] == ["malicious"]
    assert upload.blob
    assert vault.read(upload.blob) == EICAR
    assert not Record.objects.exists()
    # The empty one and the one that is too large for it are said too.
    large = come(case, maria, "large.txt", b"word " * (LIMIT // 4))
    assert [each.code for each in large.files.all()] == ["too-large-to-scan"]


def test_while_the_daemon_is_away_files_wait(
    case: Case, maria: Person, settings: Settings, daemon: str
) -> None:
    settings.CLAMD = daemon + "-that-is-not-there"
    assert not antivirus.answers()
    assert any(found.bad and "ClamAV" in found.sentence for found in doctor.examine())
    upload = come(case, maria, "letter.txt", b"A letter of the clinic. " * 9)
    assert upload.state == "received"
    assert queries.waiting(case) == 1
    settings.CLAMD = daemon
    assert antivirus.answers()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        jobs.run_all()
    upload.refresh_from_db()
    assert upload.state == "sorted"
    assert Record.objects.count() == 1


@pytest.mark.parametrize("place", ["127.0.0.1:1", "/nowhere"])
def test_who_cannot_be_reached_is_away(settings: Settings, place: str) -> None:
    settings.CLAMD = place
    with pytest.raises(antivirus.Away):
        antivirus.found_in([b"anything"])
