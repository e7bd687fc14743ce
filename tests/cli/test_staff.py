"""`secondopinion staff`, `program` and `mail`: what they do, and plain errors with status 2."""

import os
import smtplib
import tomllib
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import staff_roles
from secondopinion.audit.queries import latest
from secondopinion.cli import main
from secondopinion.cli.staff import ROLES
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program

ADMIN = "ada@harbour.example"


@pytest.fixture(autouse=True)
def umask() -> None:
    """The command narrows what others may read; put it back for the other tests."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def add(email: str, *more: str) -> int:
    """Add somebody."""
    return main(["staff", "add", email, "--name", "Ada Byron", *more])


def test_the_roles_of_the_parser_are_those_of_the_house() -> None:
    assert set(ROLES) == set(Role.values)


def test_somebody_is_added_granted_revoked_and_listed(
    hospital: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["staff", "list"]) == 0
    assert "Nobody works here yet" in capsys.readouterr().out
    assert add(ADMIN, "--role", "administrator", "--role", "director") == 0
    person = Person.objects.get(email=ADMIN)
    assert staff_roles(person) == {"administrator", "director"}
    assert main(["staff", "grant", ADMIN.upper(), "privacy"]) == 0
    assert main(["staff", "revoke", ADMIN, "director"]) == 0
    assert staff_roles(person) == {"administrator", "privacy"}
    assert main(["staff", "list"]) == 0
    said = capsys.readouterr().out
    assert f"{ADMIN}: privacy, administrator (Ada Byron, no second factor yet)" in said
    assert latest().filter(verb="role-ended").get().detail == {"role": "director"}


def test_a_specialist_is_described(hospital: Program) -> None:
    given = ["--role", "specialist", "--title", "Pediatric cardiologist", "--registration", "MA-7",
             "--field", "heart", "--reads", "en", "--capacity", "4"]  # fmt: skip
    assert add("sam@harbour.example", *given) == 0
    profile = Person.objects.get(email="sam@harbour.example").expert
    assert (profile.title, profile.registration, profile.capacity) == (
        "Pediatric cardiologist", "MA-7", 4,
    )  # fmt: skip
    assert [row.key for row in profile.specialties.all()] == ["heart"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["staff", "add", "notmail", "--name", "A", "--role", "coordinator"],
        ["staff", "add", "a@b.example", "--name", " "],
        ["staff", "add", "a@b.example", "--name", "A", "--language", "xx"],
        ["staff", "add", "a@b.example", "--name", "A", "--role", "specialist"],
        ["staff", "add", "a@b.example", "--name", "A", "--role", "specialist", "--title", "T",
         "--field", "nonsense"],
        ["staff", "grant", "nobody@harbour.example", "coordinator"],
        ["staff", "revoke", ADMIN, "administrator"],
        ["staff", "reset-factor", ADMIN],
        ["staff", "reset-factor", "nobody@harbour.example"],
        ["program", "import", "/nowhere/at/all.toml"],
        ["program", "logo", __file__],
        ["program", "import", __file__],
        ["mail", "test", "nobody"],
        ["restore", "/nowhere"],
        ["backup", "/proc/copy"],
        ["report", "verify", "/nowhere.pdf"],
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_plain_error(
    hospital: Program, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    add(ADMIN, "--role", "administrator")
    people = Person.objects.count()
    capsys.readouterr()
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert Person.objects.count() == people


def test_an_unknown_role_names_the_known_ones(
    hospital: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["staff", "grant", ADMIN, "nonsense"])
    assert ended.value.code == 2
    assert "referral_coordinator" in capsys.readouterr().err


def test_a_lost_factor_is_taken_away_and_told(hospital: Program) -> None:
    add(ADMIN, "--role", "administrator")
    person = Person.objects.get(email=ADMIN)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    assert main(["staff", "reset-factor", ADMIN]) == 0
    assert not Authenticator.objects.filter(user=person).exists()
    assert Message.objects.get(to=person).template == "factor-reset"
    assert latest().filter(verb="factor-reset", target_id=str(person.pk)).exists()


def test_the_settings_go_through_a_file(hospital: Program, tmp_path: Path) -> None:
    file = tmp_path / "program.toml"
    assert main(["program", "export", str(file)]) == 0
    document = tomllib.loads(file.read_text())
    assert document["identity"]["hospital"]["en"] == "Harbour Children's Hospital"
    file.write_text(file.read_text().replace("Harbour Children's Hospital", "St Mary"))
    assert main(["program", "import", str(file)]) == 0
    assert Program.objects.get().hospital == "St Mary"
    file.write_text("[look]\naction_colour = '#eeeeee'\nmark_colour = '#000000'\n")
    assert main(["program", "import", str(file)]) == 2


def test_a_mail_is_sent_at_once(
    hospital: Program, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["mail", "test", ADMIN]) == 0
    assert mail.outbox[0].to == [ADMIN]
    assert "/mail" in capsys.readouterr().out

    def refuses(address: str) -> None:
        raise smtplib.SMTPRecipientsRefused({address: (550, b"no")})

    monkeypatch.setattr("secondopinion.cli.verbs.send_test", refuses)
    assert main(["mail", "test", ADMIN]) == 2


def test_what_a_specialist_lacks_is_said_at_once_with_the_keys(
    hospital: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("sam@harbour.example", "--role", "specialist", "--field", "nonsense") == 2
    said = capsys.readouterr().err
    for words in ("--title", "nonsense", "heart"):
        assert words in said
    assert main(["staff", "fields"]) == 0
    assert "heart: " in capsys.readouterr().out
    main(["doctor"])
    assert "--role specialist --title … --field KEY" in capsys.readouterr().out


def test_a_server_without_starttls_is_told_what_to_set(
    hospital: Program, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(address: str) -> None:
        raise smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server.")

    monkeypatch.setattr("secondopinion.cli.verbs.send_test", refuses)
    assert main(["mail", "test", ADMIN]) == 2
    assert "SMTP_TLS=0" in capsys.readouterr().err
