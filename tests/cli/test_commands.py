"""The command: what it says, and with which status it ends."""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from secondopinion.audit import actions as audit
from secondopinion.cli import main
from secondopinion.core import clock, master_key, triggers, vault
from secondopinion.core.refusals import WithoutWords
from secondopinion.opinions import actions as opinions
from secondopinion.opinions import coded
from secondopinion.opinions.body import field_names
from secondopinion.program.models import Program
from tests.opinions.walk import to_review


def test_the_audit_is_verified(hospital: Program, capsys: pytest.CaptureFixture[str]) -> None:
    audit.record("something-done", by=None)
    audit.seal()
    assert main(["audit", "verify"]) == 0
    assert "The chain holds" in capsys.readouterr().out
    with connection.cursor() as cursor:
        for each in triggers.removal(connection.vendor, "audit_entry"):
            cursor.execute(each)
        cursor.execute("UPDATE audit_entry SET verb = 'x' WHERE verb = 'something-done'")
    assert main(["audit", "verify"]) == 1
    assert "breaks" in capsys.readouterr().out
    assert main(["doctor"]) == 1
    assert "Triggers are missing" in capsys.readouterr().out


def test_a_report_is_verified(
    hospital: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, specialist = to_review()
    opinion = opinions.start_report(by=specialist, case=case)
    names = (each for each in field_names(case, opinion.body) if not each.startswith("declined_"))
    values = dict.fromkeys(names, "x") | dict.fromkeys(coded.FIELDS, "") | {
        "diagnosis": "agrees", "plan": "agrees", "urgency": "routine",
        "diagnosis_codes": "icd-10-cm G40.0",
    }  # fmt: skip
    opinion = opinions.save_draft(by=specialist, opinion=opinion, values=values, base_revision=None)
    report = opinions.sign(by=specialist, opinion=opinion, reauthenticated_at=clock.now())
    file = tmp_path / "report.pdf"
    file.write_bytes(vault.read(report.blob))
    assert main(["report", "verify", str(file)]) == 0
    assert report.code in capsys.readouterr().out
    file.write_bytes(file.read_bytes().replace(b"0", b"1", 1))
    assert main(["report", "verify", str(file)]) == 1


def test_the_doctor_says_what_is_mis_set(
    hospital: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    master_key.newest()
    master_key._path().chmod(0o644)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    for words in ("the newest file has your code", "https://", "chmod 600", "No worker",
                  "beside the data", "refuse to be changed", "Nobody is privacy"):  # fmt: skip
        assert words in said


def test_the_doctor_knows_what_https_and_mail_need(
    hospital: Program, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SITE_URL = "https://second-opinion.example.org"
    settings.SMTP_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "second-opinion@localhost"
    main(["doctor"])
    said = capsys.readouterr().out
    for words in ("Set BEHIND_PROXY=1", "MAIL_FROM is not set", "mail test"):
        assert words in said
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.DEFAULT_FROM_EMAIL = "second-opinion@example.org"
    main(["doctor"])
    said = capsys.readouterr().out
    assert "BEHIND_PROXY" not in said
    assert "MAIL_FROM" not in said


def test_the_doctor_proves_the_master_key_and_makes_none(
    hospital: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    path = master_key._path()
    main(["doctor"])
    assert "There is no master key yet" in capsys.readouterr().out
    assert not path.exists()
    vault.new_space()
    vault.new_space()
    main(["doctor"])
    assert "opens the oldest and the newest" in capsys.readouterr().out
    path.write_text(f"1 {'ab' * 32}\n")
    assert main(["doctor"]) == 1
    assert "does not open what is stored" in capsys.readouterr().out
    path.unlink()
    assert main(["doctor"]) == 1
    assert "put your copy there" in capsys.readouterr().out
    assert not path.exists()


@pytest.mark.django_db
def test_health_is_asked_on_the_machine_without_the_proxy(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/disclaimer/").status_code == 301
    assert client.get("/health/").content == b"ok"


def test_a_wrong_host_is_one_line_in_the_log_without_its_name(
    client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/health/", headers={"host": "stranger.example"}).status_code == 400
    [record] = [each for each in caplog.records if each.name == "django.security.DisallowedHost"]
    assert WithoutWords().filter(record)
    line = logging.Formatter("{name} {message}", style="{").format(record)
    assert line == "django.security.DisallowedHost a request was refused"
    [console] = [
        each for each in settings.LOGGING["handlers"].values() if "refused" in each["filters"]
    ]
    assert console["class"] == "logging.StreamHandler"
