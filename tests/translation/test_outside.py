"""A machine outside drafts only where a family agrees; what goes wrong is said plainly.

The machine is a real HTTP server on this computer that answers as LibreTranslate does.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.core import jobs
from secondopinion.core.errors import NotYours, Refused
from secondopinion.records import queries as records
from secondopinion.translation import actions, consenting, outside, queries, withdrawing
from secondopinion.translation.models import Method, Translation, TranslationState
from tests.web.conftest import Whole, person, sign_in, whole_case

ORIGINAL = "Peso 23,5 kg.\n\nNo hay fiebre."


class Machine(BaseHTTPRequestHandler):
    """Turns each line into capitals, or does what a test says."""

    asked: ClassVar[list[dict[str, Any]]] = []
    status: ClassVar[int] = 200
    answer: ClassVar[bytes] = b""

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(said)
        made = {"translatedText": [line.upper() for line in said["q"]]}
        body = self.answer or json.dumps(made).encode()
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def machine(settings: Any) -> Iterator[type[Machine]]:
    """A machine that the operator has set."""
    Machine.asked, Machine.status, Machine.answer = [], 200, b""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Machine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.TRANSLATION_URL = f"http://127.0.0.1:{server.server_port}/translate"
    settings.TRANSLATION_KEY, settings.TRANSLATION_NAME = "a key", "Example Translate"
    yield Machine
    server.shutdown()
    server.server_close()


def test_lines_stay_lines_and_the_key_goes_along(machine: type[Machine]) -> None:
    text = "\n".join(f"zeile {number}" for number in range(120)) + "\n\nende"
    assert outside.translate(text, "de", "en") == text.upper()
    assert [len(each["q"]) for each in machine.asked] == [50, 50, 21]
    assert {each["api_key"] for each in machine.asked} == {"a key"}
    assert (machine.asked[0]["source"], machine.asked[0]["target"]) == ("de", "en")


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (200, b"<html>", "answer"), (200, b'{"translatedText": ["one"]}', "answer"),
        (200, b'{"translatedText": [1, 2]}', "answer"), (200, b"[]", "answer"),
        (403, b"", "not-let-in"), (400, b"", "languages"), (429, b"", "busy"), (500, b"", "away"),
        (302, b"", "away"),
    ],
)  # fmt: skip
def test_what_goes_wrong_has_a_name(
    machine: type[Machine], status: int, answer: bytes, code: str
) -> None:
    machine.status, machine.answer = status, answer
    with pytest.raises(outside.Trouble) as trouble:
        outside.translate("uno\ndos", "es", "en")
    assert trouble.value.code == code
    assert len(machine.asked) == 1  # nothing is followed anywhere


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://192.0.2.1/translate", "insecure"), ("ftp://127.0.0.1/", "insecure"),
        ("http://127.0.0.1:9/translate", "away"),
    ],
)  # fmt: skip
def test_nothing_is_sent_in_the_open(settings: Any, url: str, code: str) -> None:
    settings.TRANSLATION_URL = url
    with pytest.raises(outside.Trouble) as trouble:
        outside.translate("uno", "es", "en")
    assert trouble.value.code == code


@pytest.fixture
def whole(hospital: Any) -> Whole:
    """A case taken to its end."""
    return whole_case()


@pytest.fixture
def translator(hospital: Any) -> Person:
    """A translator."""
    return person("tom@harbour.example", "translator", name="Tom Weber")


def asked(whole: Whole, translator: Person) -> Translation:
    """Ask for a translation that a machine drafts; its job waits."""
    record = records.for_case(whole.case).get()
    return actions.ask(
        by=whole.coordinator, case=whole.case, subject=record, title=record.title,
        original=ORIGINAL, source_language="es", language="en", translator=translator, machine=True,
    )  # fmt: skip


def ask(whole: Whole, translator: Person) -> Translation:
    """Ask for a translation that a machine drafts, and let the job run."""
    row = asked(whole, translator)
    jobs.run_all()
    row.refresh_from_db()
    return row


def verbs(whole: Whole) -> list[str]:
    return [entry.verb for entry in entries_for(whole.case.pk)]


def test_nothing_leaves_without_the_family(
    whole: Whole, translator: Person, machine: type[Machine]
) -> None:
    with pytest.raises(Refused) as refused:
        ask(whole, translator)
    assert refused.value.code == "no-engine"
    for stranger in (whole.coordinator, translator, whole.provider):
        with pytest.raises(NotYours):
            consenting.agree(by=stranger, case=whole.case, language="en")
    assert machine.asked == []


def test_a_family_agrees_and_a_machine_drafts(
    whole: Whole, translator: Person, machine: type[Machine]
) -> None:
    for _twice in (1, 2):
        consenting.agree(by=whole.family, case=whole.case, language="es")
    row = ask(whole, translator)
    assert (row.text, row.method) == (ORIGINAL.upper(), Method.MACHINE)
    assert (row.engine, row.state) == ("outside: Example Translate", TranslationState.DRAFT)
    done = verbs(whole)
    assert done.count("outside-translation-agreed") == 1
    assert done.count("translation-sent-outside") == 1
    assert machine.asked[0]["q"] == ["Peso 23,5 kg.", "No hay fiebre."]


def test_what_is_put_back_is_drafted_then(
    whole: Whole, translator: Person, machine: type[Machine]
) -> None:
    consenting.agree(by=whole.family, case=whole.case, language="es")
    row = asked(whole, translator)
    withdrawing.withdraw(by=whole.coordinator, translation=row)
    jobs.run_all()
    assert machine.asked == [], "nobody translates it any more"
    withdrawing.put_back(by=whole.coordinator, translation=row)
    jobs.run_all()
    row.refresh_from_db()
    assert (row.text, row.state) == (ORIGINAL.upper(), TranslationState.DRAFT)


def test_what_is_taken_back_in_time_stops_the_job(
    whole: Whole, translator: Person, machine: type[Machine]
) -> None:
    consenting.agree(by=whole.family, case=whole.case, language="es")
    row = asked(whole, translator)
    consenting.take_back(by=whole.family, case=whole.case)
    jobs.run_all()
    row.refresh_from_db()
    assert (row.trouble, row.text, row.state) == ("not-agreed", "", TranslationState.REQUESTED)
    assert machine.asked == []
    shown = sign_in(translator).get(f"/translations/{row.case.reference}/{row.pk}/")
    assert "The family has not agreed" in shown.content.decode()
    assert not queries.outside_agreed(whole.case)
    assert verbs(whole).count("outside-translation-ended") == 1


def test_of_a_withdrawn_request_nothing_leaves(
    whole: Whole, translator: Person, machine: type[Machine]
) -> None:
    consenting.agree(by=whole.family, case=whole.case, language="es")
    asked(whole, translator)
    cases.withdraw(by=whole.family, case=whole.case)
    jobs.run_all()
    assert machine.asked == []
    assert "translation-sent-outside" not in verbs(whole)


def test_a_key_that_is_refused_is_told_to_the_translator(
    whole: Whole, translator: Person, machine: type[Machine]
) -> None:
    consenting.agree(by=whole.family, case=whole.case, language="es")
    machine.status = 403
    row = ask(whole, translator)
    assert row.trouble == "not-let-in"
    shown = sign_in(translator).get(f"/translations/{row.case.reference}/{row.pk}/")
    assert "does not accept our key" in shown.content.decode()


def test_the_family_agrees_and_takes_back_on_its_page(
    whole: Whole, machine: type[Machine], settings: Any
) -> None:
    browser = sign_in(whole.family)
    page = f"/my/cases/{whole.case.reference}/what-you-sent/"
    ended = whole.case.state
    for agree, told in (("1", "You have agreed"), ("0", "I agree")):
        answer = browser.post(page + "machine/", {"agree": agree}, follow=True)
        assert queries.outside_agreed(whole.case) == (agree == "1")
        assert (told in answer.content.decode()) == (ended not in {"closed", "withdrawn"})
    settings.TRANSLATION_URL = ""
    assert "Example Translate" not in browser.get(page).content.decode()
