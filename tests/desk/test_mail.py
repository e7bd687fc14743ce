"""Mail that comes in: a reply of who was written to, and nothing else; mails that come back."""

import io
import sys
from email.message import EmailMessage
from smtplib import SMTPServerDisconnected
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMessage as Outgoing

from secondopinion.accounts.models import Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case
from secondopinion.cli.main import main
from secondopinion.core import jobs
from secondopinion.desk import mail_reading
from secondopinion.desk.mailing import MOST, Outcome, notice_undelivered, receive
from secondopinion.messaging import delivery
from secondopinion.messaging.models import Message, MessageState
from secondopinion.messaging.replies import address_for, message_at
from secondopinion.program.models import Program
from tests.web.conftest import DOCUMENTS, person, sign_in, taken


@pytest.fixture(autouse=True)
def mailbox(settings: Any) -> None:
    """Take replies in."""
    settings.MAIL_REPLIES = "replies@harbour.example"


@pytest.fixture
def mother(hospital: Program) -> Person:
    """A mother."""
    return person("maria@familia.example", name="María López")


@pytest.fixture
def sent(mother: Person) -> Message:
    """A mail that a mother got, of a case that has a coordinator."""
    taken(mother)
    return Message.objects.filter(to=mother).latest("created_at")


def reply(
    sent: Message, text: str = "Thank you.\n\nOn 3 May we wrote:\n> old", **heads: str
) -> bytes:
    """Return an answer to a mail, as a mail server hands it over."""
    made = EmailMessage()
    made["From"] = heads.pop("From", "María <maria@familia.example>")
    made["To"] = heads.pop("To", address_for(sent))
    made["Message-ID"] = heads.pop("id", "<one@familia.example>")
    for name, value in heads.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return bytes(made)


def said(sent: Message) -> list[str]:
    """Return what stands in the threads of the case."""
    return list(Case.objects.get(pk=sent.case_id).posts.values_list("text", flat=True))


def test_a_reply_becomes_a_message_once_and_what_is_quoted_stays_out(sent: Message) -> None:
    raw = reply(sent, "Here is the letter.\nThank you.\n\nOn Monday the team wrote:\n> You have")
    assert receive(raw).outcome == Outcome.TAKEN
    assert receive(raw).outcome == Outcome.TWICE
    assert said(sent) == ["Here is the letter.\nThank you."]
    assert Case.objects.get(pk=sent.case_id).needs.filter(why="message").exists()


def test_what_is_clipped_to_a_reply_goes_where_uploads_go(sent: Message) -> None:
    made = EmailMessage()
    made["From"], made["To"] = "maria@familia.example", address_for(sent).upper()
    made.set_content("<p>See the <b>scan</b>.</p><script>x()</script>", subtype="html")
    picture = (DOCUMENTS / "carta-de-alta-es.jpg").read_bytes()
    made.add_attachment(picture, maintype="image", subtype="jpeg", filename="page.jpg")
    assert receive(bytes(made)).outcome == Outcome.TAKEN, "mail servers change the case"
    assert said(sent) == ["See the scan."]
    jobs.run_all()
    case = Case.objects.get(pk=sent.case_id)
    assert case.records.filter(title__contains="page").exists()


@pytest.mark.parametrize("case", ["forged", "old", "another", "nobody", "ended", "empty"])
def test_what_is_not_right_is_refused_with_a_sentence_and_nothing_is_kept(
    sent: Message, mother: Person, case: str
) -> None:
    right = address_for(sent)
    raw = reply(sent)
    if case == "forged":
        spoilt = right.replace("+", "+a", 1) if "+a" not in right else right.replace("+a", "+b", 1)
        raw = reply(sent, To=spoilt)
    elif case == "old":
        Message.objects.filter(pk=sent.pk).update(created_at="2020-01-01T00:00Z")
    elif case == "another":
        raw = reply(sent, From="somebody@else.example")
    elif case == "nobody":
        raw = reply(sent, To="replies@harbour.example")
    elif case == "ended":
        cases.withdraw(by=mother, case=Case.objects.get(pk=sent.case_id))
    else:
        raw = reply(sent, "> only what was quoted")
    found = receive(raw)
    assert found.outcome == Outcome.REFUSED
    assert found.words
    assert said(sent) == []


def test_machines_are_not_answered_and_too_many_mails_are_refused(sent: Message) -> None:
    for heads in (
        {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return_Path": "<>"},
        {"List_Id": "x"},
    ):  # fmt: skip
        assert receive(reply(sent, **heads)).outcome == Outcome.DROPPED
    assert said(sent) == []
    before = len(outbox.outbox)
    for number in range(MOST + 3):
        found = receive(reply(sent, id=f"<{number}@x>"))
        assert (found.outcome == Outcome.TAKEN) == (number < MOST)
    assert len(said(sent)) == MOST
    assert len(outbox.outbox) == before, "no mail answers a mail"


def test_the_mail_server_gets_its_status(sent: Message, capsys: pytest.CaptureFixture[str]) -> None:
    def pipe(raw: bytes) -> int:
        with patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw))):
            return main(["mail", "receive"])

    assert pipe(reply(sent)) == 0
    assert pipe(reply(sent, From="somebody@else.example")) == 77
    assert "nothing of it was kept" in capsys.readouterr().out
    assert pipe(b"\xff\x00 not a mail") == 77


def test_a_mail_that_comes_back_comes_to_the_coordinator(sent: Message) -> None:
    report = (
        f"From: mailer@x.example\nTo: second-opinion@localhost\nAuto-Submitted: auto-replied\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        "Final-Recipient: rfc822; maria@familia.example\nAction: failed\nStatus: 5.1.1\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: <{sent.pk}@localhost>\n"
        "Subject: You have a message\n\nx\n--b--\n"
    ).encode()
    assert receive(report).outcome == Outcome.RETURNED
    case = Case.objects.select_related("coordinator").get(pk=sent.case_id)
    assert case.needs.filter(why="undelivered").exists()
    desk = sign_in(case.coordinator)
    assert "maria@familia.example" in desk.get(f"/desk/cases/{case.reference}/").content.decode()
    desk.post(f"/desk/cases/{case.reference}/do/seen-to-mail/")
    assert not case.needs.filter(why="undelivered").exists()
    assert notice_undelivered() == 0
    assert receive(report.replace(b"Action: failed", b"Action: delayed")).outcome == Outcome.DROPPED


def test_a_server_that_takes_no_mail_is_told_to_the_coordinator(mother: Person) -> None:
    case, _grace = taken(mother)
    message = Message.objects.filter(to=mother, case_id=case.pk).latest("created_at")
    Message.objects.filter(pk=message.pk).update(state=MessageState.QUEUED, tries=0)
    gone = patch.object(Outgoing, "send", side_effect=SMTPServerDisconnected("gone"))
    for number in range(jobs.MOST_TRIES):
        assert notice_undelivered() == 0, f"after {number} tries it is tried again"
        with gone, pytest.raises(SMTPServerDisconnected):
            delivery.send(str(message.pk))
    assert notice_undelivered() == 1
    assert notice_undelivered() == 0


def test_an_address_to_answer_is_given_only_where_replies_are_taken(
    sent: Message, settings: Any
) -> None:
    assert message_at(address_for(sent)) == sent
    assert len(address_for(sent).partition("@")[0]) <= 64, "RFC 5321, 4.5.3.1.1"
    assert message_at("replies+@harbour.example") is None
    settings.MAIL_REPLIES = ""
    assert address_for(sent) == ""


def test_a_number_that_is_none_in_a_mail_that_came_back_breaks_nothing() -> None:
    raw = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{'-' * 36}@x>\n\n--b--\n"
    )
    assert mail_reading.read(raw.encode()).not_delivered is None
