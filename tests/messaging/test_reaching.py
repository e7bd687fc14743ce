"""How and when people are written to: quiet hours on their clock, once a day, texts by a gateway.

The gateway is a real HTTP server on this computer.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.accounts.models import Person
from secondopinion.cases.states import Why
from secondopinion.core import jobs
from secondopinion.core.errors import Refused
from secondopinion.desk import mailing
from secondopinion.messaging.actions import choose_reach, notify
from secondopinion.messaging.delivery import note_failed
from secondopinion.messaging.models import Channel, Message, MessageState, Reach
from secondopinion.messaging.queries import waiting
from secondopinion.messaging.reaching import after_quiet, next_digest
from tests.web.conftest import person, sign_in, taken

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: int = 27) -> datetime:
    """Return an instant of that day."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "hours", "expected"),
    [
        (at(12), "UTC", (None, None), at(12)),
        (at(12), "UTC", (time(21), time(7)), at(12)),
        (at(22), "UTC", (time(21), time(7)), at(7, day=28)),
        (at(3), "UTC", (time(21), time(7)), at(7)),
        (at(7), "UTC", (time(21), time(7)), at(7)),
        (at(13), "UTC", (time(12), time(14)), at(14)),
        (at(14), "UTC", (time(12), time(14)), at(14)),
        (at(20), "Asia/Kolkata", (time(21), time(7)), at(1, 30, day=28)),
        (at(4), "America/Mexico_City", (time(21), time(7)), at(13)),
        # Cairo’s clock goes forward on 24 April 2026 at midnight, Madrid’s back on 25 October.
        (datetime(2026, 4, 23, 21, 30, tzinfo=UTC), "Africa/Cairo", (time(22), time(7)),
         datetime(2026, 4, 24, 4, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), "Europe/Madrid", (time(22), time(7)),
         datetime(2026, 10, 25, 6, 0, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "UTC", (time(21), time(7)),
         datetime(2027, 1, 1, 7, 0, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_nobody_is_written_to_in_their_quiet_hours(
    now: datetime, zone: str, hours: tuple[time | None, time | None], expected: datetime
) -> None:
    assert after_quiet(now, zone, *hours) == expected


@given(
    minutes=st.integers(0, 2 * 365 * 24 * 60),
    zone=st.sampled_from(["UTC", "Africa/Cairo", "America/Mexico_City", "Asia/Kolkata",
                          "Europe/Madrid"]),
    first=st.times(), last=st.times(),
)  # fmt: skip
def test_quiet_hours_put_off_by_a_day_at_most(
    minutes: int, zone: str, first: time, last: time
) -> None:
    now = NOON + timedelta(minutes=minutes)
    due = after_quiet(now, zone, first, last)
    assert now <= due <= now + timedelta(hours=26)
    assert now < next_digest(now, zone, last) <= now + timedelta(hours=26)


def wishes(who: Person, **more: Any) -> None:
    """Keep what a person has chosen."""
    choose_reach(by=who, **({"also_by": "", "quiet_from": None, "quiet_to": None,
                             "daily": False} | more))  # fmt: skip


def told(who: Person, template: str = "message-waiting", reference: str = "2026-ABCDE") -> Message:
    """Write to somebody about a case."""
    return notify(to=who, template=template, case_id=uuid4(), case_reference=reference,
                  link="/my/")  # fmt: skip


def test_a_mail_waits_for_the_morning_and_a_code_does_not(maria: Person) -> None:
    wishes(maria, quiet_from=time(21), quiet_to=time(7))
    with time_machine.travel(at(22), tick=False):
        told(maria)
        notify(to=maria, template="sign-in-code", code="123 456")
        told(maria, "case-declined")
        jobs.run_all()
        assert len(mail.outbox) == 2
    with time_machine.travel(at(7, 1, day=28), tick=False):
        jobs.run_all()
        assert len(mail.outbox) == 3


def test_the_desk_is_told_until_when_a_mail_waits(maria: Person) -> None:
    wishes(maria, quiet_from=time(21), quiet_to=time(7))
    with time_machine.travel(at(22), tick=False):
        first, _other = told(maria), told(maria)
        assert first.case_id is not None
        [who] = waiting(first.case_id)
        assert (who, who.at) == (maria, at(7, day=28))
    with time_machine.travel(at(7, 1, day=28), tick=False):
        assert not waiting(first.case_id)


def test_everything_of_a_day_comes_in_one_mail(maria: Person) -> None:
    wishes(maria, daily=True)
    with time_machine.travel(NOON, tick=False):
        for reference in ("2026-AAAAA", "2026-BBBBB", "2026-BBBBB"):
            told(maria, reference=reference)
        jobs.run_all()
        assert not mail.outbox
    with time_machine.travel(at(8, 1, day=28), tick=False):
        jobs.run_all()
        jobs.run_all()
    [sent] = mail.outbox
    assert sent.body.count("2026-AAAAA") == sent.body.count("2026-BBBBB") == 1
    carried = Message.objects.exclude(template="daily")
    assert {each.state for each in carried} == {MessageState.SENT}
    note_failed(Message.objects.get(template="daily"))
    assert {each.state for each in carried.all()} == {MessageState.FAILED}, (
        "and so each case is told"
    )


class Gateway(BaseHTTPRequestHandler):
    """Takes texts, or answers as a test says."""

    asked: ClassVar[list[tuple[dict[str, Any], str]]] = []
    answers: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((said, self.headers["Authorization"]))
        self.send_response(self.answers.pop(0) if self.answers else 202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def gateway(settings: Any) -> Iterator[type[Gateway]]:
    """A gateway that the operator has set, for both kinds of texts."""
    Gateway.asked, Gateway.answers = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_URL = settings.WHATSAPP_URL = f"http://127.0.0.1:{server.server_port}/texts"
    settings.SMS_KEY = settings.WHATSAPP_KEY = "a key"
    yield Gateway
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP])
def test_a_text_says_only_that_there_is_a_message(
    channel: str, maria: Person, gateway: type[Gateway]
) -> None:
    maria.phone = "+52 33 5550-0100"
    maria.save()
    wishes(maria, also_by=channel)
    told(maria)
    jobs.run_all()
    [(said, key)] = gateway.asked
    assert (said["to"], said["channel"], key) == ("+523355500100", channel, "Bearer a key")
    assert "2026-ABCDE" not in said["text"]
    assert len(mail.outbox) == 1, "the mail goes out too"


def later(minutes: int) -> None:
    """Let jobs that were put off run, some minutes from now."""
    with (
        time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes), tick=False),
        suppress(ConnectionError),
    ):
        jobs.run_all()


def test_a_busy_gateway_is_asked_again_and_a_refusal_reaches_the_coordinator(
    hospital: Any, gateway: type[Gateway]
) -> None:
    mother = person("maria@familia.example")
    case, grace = taken(mother)
    jobs.run_all()
    mother.refresh_from_db()
    mother.phone = "+52 33 5550 0100"
    mother.save()
    wishes(mother, also_by="sms")
    gateway.answers = [503, 429]
    text = notify(to=mother, template="message-waiting", case_id=case.pk, link="/my/")
    for minutes in (0, 1, 5):
        later(minutes)
    assert len(gateway.asked) == 3
    assert len({said["id"] for said, _key in gateway.asked}) == 1, "the gateway can tell"
    assert mailing.undelivered(case) == []
    gateway.answers = [400]
    notify(to=mother, template="message-waiting", case_id=case.pk, link="/my/")
    later(10)
    [failed] = mailing.undelivered(case)
    assert (failed.channel, failed.tries) == ("sms", 1), "a refusal is not tried again"
    mailing.notice_undelivered()
    assert case.needs.filter(why=Why.UNDELIVERED).exists()
    assert "SMS" in sign_in(grace).get(f"/desk/cases/{case.reference}/").content.decode()
    assert text.channel == "mail"


def test_what_is_not_set_is_not_offered(maria: Person, settings: Any) -> None:
    with pytest.raises(Refused):
        wishes(maria, also_by="sms")
    settings.SMS_URL = "https://gateway.example/"
    with pytest.raises(Refused):
        wishes(maria, also_by="sms")  # no number
    with pytest.raises(Refused):
        wishes(maria, quiet_from=time(21))


def test_the_page_keeps_what_one_wishes(maria: Person, gateway: type[Gateway]) -> None:
    browser = sign_in(maria)
    assert browser.get("/account/messages/").status_code == 200
    given = {"daily": "at-once", "quiet_from": "21:00", "quiet_to": "07:00", "also_by": "whatsapp"}
    assert browser.post("/account/messages/", given).status_code == 200, "no number is known"
    assert not Reach.objects.exists()
    answer = browser.post("/account/messages/", given | {"phone": "+52 33 5550 0100"})
    assert answer.status_code == 302
    maria.refresh_from_db()
    assert (maria.reach.also_by, maria.reach.quiet_from) == ("whatsapp", time(21))
