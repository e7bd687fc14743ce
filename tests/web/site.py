"""A site of its own for tests in a browser: a fresh database, the real server, people signed in.

Run as a script it fills the database and prints whom the pages belong to, as JSON.
"""

import fcntl
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

from tests import prepared

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds for the server to answer


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running server and what is in its database."""

    folder: Path
    url: str = ""
    facts: dict[str, Any] | None = None
    process: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    fresh: bool = False  # its people have signed in just now, not earlier in this run
    filled_by: ClassVar[str] = "tests.web.site"
    database: ClassVar[str] = ""  # what its address says behind the path

    def work(self) -> None:
        """Start a worker, which sorts and reads what arrives."""
        self.worker = subprocess.Popen(
            [sys.executable, "-m", "secondopinion", "worker"], cwd=ROOT, env=self.environment
        )

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a query finds in the site's database."""
        with closing(sqlite3.connect(self.folder / "site.sqlite3", timeout=20)) as database:
            return database.execute(query, values).fetchall()

    def __enter__(self) -> Self:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = self.environment = {
            **os.environ, "DATA_DIR": str(self.folder), "SITE_URL": self.url, "DEMO": "0",
            "DATABASE_URL": f"sqlite:///{self.folder}/site.sqlite3{self.database}", "DEBUG": "0",
            "DJANGO_SETTINGS_MODULE": "secondopinion.settings", "PYTHONPATH": str(ROOT),
            "VAULT_DIR": str(self.folder / "vault"),
        }  # fmt: skip
        environment.pop("TEST_DATABASE_URL", None)
        run = os.environ.get("DATA_DIR")  # `tests.__main__` gives each run a folder of its own
        if run and not self.fresh:
            place = filled(self.filled_by, environment, Path(run, f"filled-by-{self.filled_by}"))
            shutil.copytree(place, self.folder, dirs_exist_ok=True)
        else:
            filled(self.filled_by, environment, self.folder)
        self.facts = json.loads((self.folder / "facts.json").read_text())
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1",
                "--port", str(port), "--no-log", "secondopinion.web.asgi:application",
            ],
            cwd=ROOT, env=environment,
        )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.url}/health/", timeout=2).read()
            except OSError:
                time.sleep(0.2)
            else:
                return self
        self.__exit__()
        raise TimeoutError("the server does not answer")

    def __exit__(self, *_: object) -> None:
        for process in (self.process, self.worker):
            if process is not None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:  # it waits for a browser that was cut off
                    process.kill()
                    process.wait(10)


def filled(by: str, environment: dict[str, str], place: Path) -> Path:
    """Have a folder filled by a module, unless it is; return the folder."""
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "facts.json").exists():
            prepared.copy_to(place, "site.sqlite3")
            more = {
                "DATA_DIR": str(place), "DATABASE_URL": f"sqlite:///{place}/site.sqlite3",
                "VAULT_DIR": str(place / "vault"),
            }  # fmt: skip
            made = subprocess.run(
                [sys.executable, "-m", by], cwd=ROOT, env=environment | more, check=True,
                stdout=subprocess.PIPE,
            )  # fmt: skip
            (place / "facts.json").write_bytes(made.stdout.splitlines()[-1])
    return place


def fill() -> dict[str, Any]:
    """Fill the database by the real actions; return addresses and session keys."""
    from secondopinion.cases import actions
    from secondopinion.cases.models import InformationRequest
    from secondopinion.core import clock, sealing
    from secondopinion.findings.actions import replace
    from secondopinion.findings.found import WARNING, Found
    from secondopinion.followup import actions as followup
    from secondopinion.messaging.models import Message
    from secondopinion.program import actions as program_actions
    from secondopinion.records import queries as records
    from tests.web.conftest import draft, expert, person, sign_in, submitted, whole_case

    hospital = program_actions.set_up()
    whole = whole_case()
    followup.pass_to_expert(by=whole.coordinator, question=whole.case.follow_up_questions.get())
    waiting_family = person("amina@usra.example", name="أمينة الحسن")
    waiting = submitted(waiting_family)
    actions.take(by=whole.coordinator, case=waiting)
    asked = actions.ask(by=whole.coordinator, case=waiting, text="Please send the EEG report.")
    drafting = person("olena@rodyna.example", name="Олена Коваль")
    begun = draft(drafting, child="Соломія Коваль")
    fresh = person("lucia@familia.example", name="Lucía Gómez")
    invited = Message.objects.filter(case_id=waiting.pk, template="provider-invited").get()
    link = next(word for word in invited.body.split() if "/link/" in word)
    outsider = expert("daniel@harbour.example")
    actions.open_in_emergency(
        by=outsider, reference=whole.case.reference, reauthenticated_at=clock.now(),
        reason="The family called: a long seizure, and the clinic asks for the MRI.",
    )  # fmt: skip
    people = {
        "outsider": outsider,
        "family": whole.family, "waiting": waiting_family, "drafting": drafting, "fresh": fresh,
        "provider": whole.provider, "coordinator": whole.coordinator,
        "specialist": whole.specialist, "referrals": whole.referral_coordinator,
        "director": person("helen@harbour.example", "director"),
        "privacy": person("paul@harbour.example", "privacy", "administrator"),
    }  # fmt: skip
    replace(
        case=whole.case, subject=records.for_case(whole.case).get(), check="legibility@3",
        found=[Found("hard-to-read", WARNING, "This page is hard to read.",
                     where={"page": 1, "region": [0.1, 0.05, 0.6, 0.3]})],
    )  # fmt: skip
    sessions = {name: sign_in(who).session.session_key for name, who in people.items()}
    searching = sign_in(whole.specialist).session
    searching["searches"] = [
        ["SEARCHED", whole.case.reference, sealing.seal_text(whole.case.vault, "linzen")]
    ]
    searching.save()
    sessions["searching"] = searching.session_key
    assert InformationRequest.objects.filter(answered_at=None).exists()
    return {
        "hospital": hospital.hospital, "sessions": sessions, "reference": whole.case.reference,
        "record": str(whole.ids["record"]),
        "waiting": waiting.reference, "asked": str(asked.pk), "draft": begun.reference,
        "link": "/" + link.split("/", 3)[3], "code": whole.report.code,
    }  # fmt: skip


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(fill()))
