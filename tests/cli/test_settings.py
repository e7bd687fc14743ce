"""What is wrong in the environment is one sentence with the setting's name, and status 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from secondopinion import environment


def run(folder: Path, verb: str, **wrong: str) -> subprocess.CompletedProcess[str]:
    """Run the command with settings that are wrong."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    kept |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "secondopinion.settings"} | wrong
    return subprocess.run(
        [sys.executable, "-m", "secondopinion", verb],
        env=kept, check=False, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "name", "value", "words"),
    [
        ("migrate", "DATA_DIR", "/proc/nowhere", "cannot be made"),
        ("doctor", "SMTP_PORT", "abc", "write a whole number"),
        ("worker", "DATABASE_URL", "nonsense", "is not the address"),
        ("migrate", "DATABASE_URL", "postgres://ada:secret@127.0.0.1:1/none", "refused"),
        ("serve", "PORT", "abc", "write a number"),
    ],
)
def test_a_wrong_setting_is_a_sentence(
    tmp_path: Path, verb: str, name: str, value: str, words: str
) -> None:
    said = run(tmp_path, verb, **{name: value})
    assert said.returncode == 2
    assert name in said.stderr
    assert words in said.stderr
    assert "Traceback" not in said.stderr
    assert "secret" not in said.stderr


def test_the_doctor_tells_why_the_database_is_not_there(tmp_path: Path) -> None:
    said = run(tmp_path, "doctor", DATABASE_URL="postgres://ada:secret@127.0.0.1:1/none")
    assert said.returncode == 1
    assert "Connection refused" in said.stdout
    assert "secret" not in said.stdout


@pytest.mark.parametrize(
    ("given", "means"),
    [("", "starttls"), ("1", "starttls"), ("Implicit", "implicit"), ("0", ""), ("off", "")],
)
def test_the_way_to_the_mail_server_is_encrypted_as_set(
    monkeypatch: pytest.MonkeyPatch, given: str, means: str
) -> None:
    monkeypatch.setenv("SMTP_TLS", given)
    assert environment.tls("SMTP_TLS") == means


def test_another_way_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_TLS", "ssl3")
    with pytest.raises(ImproperlyConfigured, match="SMTP_TLS"):
        environment.tls("SMTP_TLS")


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "mysql://h/n", "postgres://h:port/n", "postgres://h", "sqlite:///x?timeout=x"],
)
def test_what_is_no_address_of_a_database_is_refused(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.database(address)
