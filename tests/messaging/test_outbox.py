"""Mail: in the reader's language, without a word about health, sent once, safe in its head."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.core import clock, jobs
from secondopinion.core.errors import Refused
from secondopinion.demo import outbox
from secondopinion.messaging import delivery, gateways
from secondopinion.messaging.actions import notify
from secondopinion.messaging.models import Message
from secondopinion.messaging.templates import TEMPLATES
from secondopinion.program import queries as program


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_mail_goes_out_once(template: str, maria: Person) -> None:
    message = notify(to=maria, template=template, case_reference="2026-ABCDE", link="/my/")
    jobs.run_all()
    delivery.send(str(message.pk))
    [sent] = mail.outbox
    assert sent.to == ["maria@familia.example"]
    assert "%(" not in sent.subject + sent.body
    assert Message.objects.get().state == "sent"


def test_who_works_here_is_not_told_how_a_family_reaches_the_office(maria: Person) -> None:
    colleague = accounts.ensure_person(email="grace@harbour.example", full_name="Grace")
    accounts.grant_role(by=None, person=colleague, role="coordinator")
    for to in (maria, colleague):
        notify(to=to, template="message-waiting", case_reference="2026-ABCDE", link="/x/")
    told = {each.to: each.body for each in Message.objects.select_related("to")}
    phone = program.program().phone
    assert phone in told[maria]
    assert phone not in told[colleague]
    assert told[colleague].endswith(program.program().hospital), "who writes is told"


def test_a_mail_of_an_action_that_failed_is_not_sent(maria: Person) -> None:
    assert not Message.objects.exists()
    assert jobs.run_all() == 0


def test_a_line_break_in_a_reference_stays_out_of_the_head(maria: Person) -> None:
    notify(to=maria, template="message-waiting", case_reference="2026\r\nBcc: all@example.org")
    jobs.run_all()
    assert "\n" not in mail.outbox[0].subject


@pytest.mark.parametrize(
    "email", ["a@b.example\nBcc: c@d.example", "a@b.example\r", "nobody", "", "x" * 250 + "@b.org"]
)
def test_what_is_no_address_is_refused(email: str, maria: Person) -> None:
    with pytest.raises(Refused):
        accounts.ensure_person(email=email)


def to_guest(maria: Person) -> Message:
    """Write to a local provider, who gets a one-time link."""
    doctor = accounts.make_guest(email="doctor@clinic.example", full_name="Doctor")
    assert not doctor.may_sign_in
    return notify(to=doctor, template="provider-invited", case_id=uuid4(), link="/x/")


def test_a_mail_that_was_sent_leaves_no_link_behind(maria: Person) -> None:
    message = to_guest(maria)
    assert "/link/" in message.body
    assert "/link/" in message.link
    jobs.run_all()
    message.refresh_from_db()
    assert (message.state, message.body, message.link) == ("sent", "", "")
    assert "/link/" in mail.outbox[0].body
    delivery.send(str(message.pk))
    assert len(mail.outbox) == 1


def test_a_death_between_sending_and_forgetting_sends_the_same_mail_again(
    maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = to_guest(maria)

    def handed_over_and_dead(message: Message, address: str) -> None:
        real(message, address)
        raise KeyboardInterrupt  # what ends a process stops a job anywhere

    real = gateways.send
    monkeypatch.setattr(gateways, "send", handed_over_and_dead)
    with pytest.raises(KeyboardInterrupt):
        delivery.send(str(message.pk))
    monkeypatch.setattr(gateways, "send", real)
    delivery.send(str(message.pk))
    first, second = mail.outbox
    assert first.body == second.body
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    message.refresh_from_db()
    assert message.body == ""


def test_what_never_will_be_sent_is_forgotten(
    maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreachable, refused = to_guest(maria), to_guest(maria)

    def fails(message: Message, address: str) -> None:
        if message.pk == refused.pk:
            raise gateways.Undeliverable
        raise ConnectionError

    monkeypatch.setattr(gateways, "send", fails)
    delivery.send(str(refused.pk))
    for _again in range(jobs.MOST_TRIES):
        with pytest.raises(ConnectionError):
            delivery.send(str(unreachable.pk))
    for each in (unreachable, refused):
        each.refresh_from_db()
        assert each.state == "failed"
    assert refused.body == ""
    assert "/link/" in unreachable.body, "an operator can have it tried again"
    assert delivery.forget_unsent() == 0
    with time_machine.travel(clock.now() + timedelta(days=accounts.LINK_DAYS, minutes=1)):
        assert delivery.forget_unsent() == 1
        monkeypatch.undo()
        delivery.send(str(unreachable.pk))
    assert not mail.outbox, "an empty mail is of no use"


def test_what_was_sent_before_is_forgotten_with_the_new_version(maria: Person) -> None:
    sent, waits = to_guest(maria), to_guest(maria)
    Message.objects.filter(pk=sent.pk).update(state="sent")
    import_module("secondopinion.messaging.migrations.0003_words_go_once_sent").forget(apps, None)
    assert Message.objects.get(pk=sent.pk).body == ""
    assert "/link/" in Message.objects.get(pk=waits.pk).body


def test_the_demonstration_shows_what_went_out(tmp_path: Path) -> None:
    text = "Estimada familia:\n\nhttps://house.example/link/abc/\n" + "ع" * 80
    for subject in ("Primero", "Último: تقرير"):
        files = EmailBackend(file_path=str(tmp_path / "mail"), alias="default")
        files.send_messages([EmailMessage(
            subject=subject, body=text, to=["maria@familia.example"],
            headers={"Content-Language": "es"},
        )])  # fmt: skip
    shown = outbox.latest()
    assert {each.subject for each in shown} == {"Primero", "Último: تقرير"}
    assert {(each.to, each.language, each.body.strip()) for each in shown} == {
        ("maria@familia.example", "es", text.strip())
    }
