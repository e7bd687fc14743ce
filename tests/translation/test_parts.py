"""When a part in a translation opens it no more."""

import pytest

from secondopinion.accounts.models import Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core.errors import NotYours
from secondopinion.program.models import Program
from secondopinion.records import actions as record_actions
from secondopinion.records import queries as records
from secondopinion.staffing import actions as staffing
from secondopinion.translation import actions, queries
from secondopinion.translation.models import Translation
from tests.web.conftest import person, sign_in, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken_case(hospital: Program) -> tuple[Case, Person]:
    """A case whose records are collected, and its coordinator."""
    return taken(person("maria@familia.example"))


@pytest.fixture
def translator(hospital: Program) -> Person:
    """A translator."""
    return person("tom@harbour.example", "translator", name="Tom Weber")


@pytest.fixture
def asked(taken_case: tuple[Case, Person], translator: Person) -> Translation:
    """A translation of a record that nobody checks."""
    case, coordinator = taken_case
    record = records.for_case(case).get()
    return actions.ask(
        by=coordinator, case=case, subject=record, title=record.title,
        original="Peso 23,5 kg.", source_language="es", language="en", translator=translator,
    )  # fmt: skip


def address(row: Translation, more: str = "") -> str:
    """Return an address of a translation."""
    return f"/translations/{row.case.reference}/{row.pk}/{more}"


def test_who_has_handed_it_over_reads_it_no_more(asked: Translation, translator: Person) -> None:
    browser = sign_in(translator)
    saved = {"text": "Weight 23.5 kg.", "finish": "1"}
    assert browser.post(address(asked, "save/"), saved).status_code == 302
    assert browser.get(address(asked)).status_code == 404
    assert browser.get(address(asked, "pages/1")).status_code == 404


def test_who_translates_here_no_more_reads_nothing(asked: Translation, translator: Person) -> None:
    browser = sign_in(translator)
    assert browser.get(address(asked)).status_code == 200
    staffing.set_roles(by=None, person=translator, roles={"director"})
    assert browser.get(address(asked)).status_code == 404
    with pytest.raises(NotYours):
        actions.save(by=translator, translation=asked, text="x", base_revision=None)


def test_what_was_withdrawn_is_not_translated(
    asked: Translation, taken_case: tuple[Case, Person], translator: Person
) -> None:
    browser, case = sign_in(translator), taken_case[0]
    cases.withdraw(by=holders_of(case, Part.FAMILY).get(), case=case)
    assert not queries.queue(translator)
    assert browser.get(address(asked)).status_code == 404


def test_a_page_that_was_taken_out_is_seen_by_nobody(
    asked: Translation, taken_case: tuple[Case, Person], translator: Person
) -> None:
    browser, (case, coordinator) = sign_in(translator), taken_case
    assert browser.get(address(asked, "pages/1")).status_code == 200
    record_actions.take_out(by=coordinator, case=case, records=[asked.subject_id])
    assert browser.get(address(asked, "pages/1")).status_code == 404
