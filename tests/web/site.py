"""A site of its own for tests in a browser: a fresh database, the real server, people signed in.

Run as a script it fills the database and prints whom the pages belong to, as JSON.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
PATIENCE = 40  # seconds for the server to answer


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

    def __enter__(self) -> Self:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ, "DATA_DIR": str(self.folder), "SITE_URL": self.url, "DEMO": "0",
            "DATABASE_URL": f"sqlite:///{self.folder}/site.sqlite3", "DEBUG": "0",
            "DJANGO_SETTINGS_MODULE": "secondopinion.settings", "PYTHONPATH": str(ROOT),
            "VAULT_DIR": str(self.folder / "vault"),
        }  # fmt: skip
        environment.pop("TEST_DATABASE_URL", None)
        made = subprocess.run(
            [sys.executable, "-m", "tests.web.site"], cwd=ROOT, env=environment, check=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        self.facts = json.loads(made.stdout.splitlines()[-1])
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
        raise TimeoutError("the server does not answer")

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)


def fill() -> dict[str, Any]:
    """Fill the database by the real actions; return addresses and session keys."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)

    from secondopinion.cases import actions
    from secondopinion.cases.models import InformationRequest
    from secondopinion.messaging.models import Message
    from secondopinion.program import actions as program_actions
    from tests.web.conftest import draft, person, sign_in, submitted, whole_case

    hospital = program_actions.set_up()
    whole = whole_case()
    waiting_family = person("amina@usra.example", name="أمينة الحسن")
    waiting = submitted(waiting_family)
    actions.take(by=whole.coordinator, case=waiting)
    asked = actions.ask(by=whole.coordinator, case=waiting, text="Please send the EEG report.")
    drafting = person("olena@rodyna.example", name="Олена Коваль")
    begun = draft(drafting, child="Соломія Коваль")
    fresh = person("lucia@familia.example", name="Lucía Gómez")
    invited = Message.objects.filter(case_id=waiting.pk, template="provider-invited").get()
    link = next(word for word in invited.body.split() if "/link/" in word)
    people = {
        "family": whole.family, "waiting": waiting_family, "drafting": drafting, "fresh": fresh,
        "provider": whole.provider, "coordinator": whole.coordinator,
        "specialist": whole.specialist, "referrals": whole.referral_coordinator,
        "director": person("helen@harbour.example", "director"),
        "privacy": person("paul@harbour.example", "privacy", "administrator"),
    }  # fmt: skip
    sessions = {name: sign_in(who).session.session_key for name, who in people.items()}
    assert InformationRequest.objects.filter(answered_at=None).exists()
    return {
        "hospital": hospital.hospital, "sessions": sessions, "reference": whole.case.reference,
        "waiting": waiting.reference, "asked": str(asked.pk), "draft": begun.reference,
        "link": "/" + link.split("/", 3)[3], "code": whole.report.code,
    }  # fmt: skip


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(fill()))
