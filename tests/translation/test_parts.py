"""When a part in a translation opens it no more."""

import pytest

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.findings import actions as findings
from secondopinion.findings.found import BLOCKER, Found
from secondopinion.findings.models import Finding
from secondopinion.program.models import Program
from secondopinion.records import actions as record_actions
from secondopinion.records import arranging
from secondopinion.records import queries as records
from secondopinion.records.models import Page, Record
from secondopinion.staffing import actions as staffing
from secondopinion.translation import actions, queries, withdrawing
from secondopinion.translation.drafting import draft_by_machine
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


def readers(asked: Translation, translator: Person, coordinator: Person) -> tuple[int, int]:
    """Return what the translator and the desk are answered."""
    statuses = [sign_in(by).get(address(asked)).status_code for by in (translator, coordinator)]
    return statuses[0], statuses[1]


def locked(asked: Translation, page: int = 1) -> Finding:
    """Have a page of the record found to be another child's."""
    found = Found("not-this-child", BLOCKER, "The name is not the child’s.", "", {"page": page})
    record = Record.objects.get(pk=asked.subject_id)
    [row] = findings.replace(case=asked.case, subject=record, check="whose@1", found=[found])
    return row


def test_a_record_of_another_child_is_neither_sent_nor_read_until_that_is_settled(
    asked: Translation, taken_case: tuple[Case, Person], translator: Person
) -> None:
    case, coordinator = taken_case
    record = Record.objects.get(pk=asked.subject_id)
    actions.save(by=translator, translation=asked, text="Weight 23.5 kg.", base_revision=None)
    finding = locked(asked)
    assert not queries.queue(translator)
    assert readers(asked, translator, coordinator) == (404, 200)
    with pytest.raises(NotYours):
        actions.save(by=translator, translation=asked, text="x", base_revision=None)
    with pytest.raises(Refused) as refused:
        actions.ask(
            by=coordinator, case=case, subject=record, title="x", original="x",
            source_language="es", language="en", translator=translator,
        )  # fmt: skip
    assert refused.value.code == "locked-away"
    desk = sign_in(coordinator)
    page = desk.get(f"/desk/cases/{case.reference}/records/translate/").content.decode()
    assert f'<option value="{record.pk}"' not in page
    assert record.title in page, "it is said why it is not in the list"
    findings.clear(finding=finding, by=coordinator, reason="An old spelling of the name.")
    assert [row.pk for row in queries.queue(translator)] == [asked.pk]
    assert readers(asked, translator, coordinator) == (200, 200)


def test_what_a_machine_was_to_draft_stays_here_when_its_record_is_locked(
    asked: Translation,
) -> None:
    Translation.objects.filter(pk=asked.pk).update(engine="outside: X")
    locked(asked)
    draft_by_machine(str(asked.pk))
    asked.refresh_from_db()
    assert (asked.text, asked.trouble, asked.state) == ("", "", "requested")


def test_a_record_that_is_taken_out_ends_its_translation_and_may_bring_it_back(
    asked: Translation, taken_case: tuple[Case, Person], translator: Person
) -> None:
    browser, (case, coordinator) = sign_in(translator), taken_case
    assert browser.get(address(asked, "pages/1")).status_code == 200
    record_actions.take_out(by=coordinator, case=case, records=[asked.subject_id])
    assert browser.get(address(asked, "pages/1")).status_code == 404
    assert readers(asked, translator, coordinator) == (404, 200)
    assert not queries.queue(translator)
    assert "translation-withdrawn" in {entry.verb for entry in entries_for(case.pk)}
    with pytest.raises(Conflict):
        withdrawing.put_back(by=coordinator, translation=asked)
    Record.objects.filter(pk=asked.subject_id).update(removed_at=None)  # it was sent again
    withdrawing.put_back(by=coordinator, translation=asked)
    assert readers(asked, translator, coordinator) == (200, 200)


def test_when_the_page_of_another_child_leaves_its_words_do_not_come_back(
    asked: Translation, taken_case: tuple[Case, Person], translator: Person
) -> None:
    case, coordinator = taken_case
    first = Page.objects.get(record=asked.subject_id)
    other = Page.objects.create(record=first.record, number=2, of_file=2, text="Otro niño.")
    finding = locked(asked, 2)
    arranging.split(by=coordinator, case=case, page=other.pk)
    finding.refresh_from_db()
    findings.fall_away(case=case, kind="record", subjects=[asked.subject_id])
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert readers(asked, translator, coordinator) == (404, 200)
    with pytest.raises(Conflict):
        withdrawing.put_back(by=coordinator, translation=asked)
