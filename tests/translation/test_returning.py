"""Who signs off over open differences is asked first; what was handed over can be taken back until
somebody begins with it, and nobody else's work is shown."""

import re

import pytest
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case, InformationRequest
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.opinions.models import Opinion
from secondopinion.program.models import Program
from secondopinion.records import queries as records
from secondopinion.translation import actions, returning
from secondopinion.translation.models import Method, Translation, TranslationState
from tests.translation.test_work_queue import BAD, GOOD, ORIGINAL, address, written
from tests.web.conftest import Whole, person, sign_in, whole_case


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case taken to its end."""
    return whole_case()


@pytest.fixture
def people(hospital: Program) -> tuple[Person, Person]:
    """A translator and a reviewer."""
    return (
        person("tom@harbour.example", "translator", name="Tom Weber"),
        person("rosa@harbour.example", "translation_reviewer", name="Rosa Díaz"),
    )


def asked(whole: Whole, translator: Person, reviewer: Person | None) -> Translation:
    """Ask for the translation of the record of a case."""
    record = records.for_case(whole.case).get()
    return actions.ask(
        by=whole.coordinator, case=whole.case, subject=record, title=record.title,
        original=ORIGINAL, source_language="es", language="en", translator=translator,
        reviewer=reviewer,
    )  # fmt: skip


def text_of(page: str) -> str:
    """Return the words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_sign_off_over_open_differences_is_asked_for_told_and_taken_back(
    whole: Whole, people: tuple[Person, Person]
) -> None:
    translator, reviewer = people
    row = written(asked(whole, translator, reviewer), translator, BAD)
    browser = sign_in(reviewer)
    page = browser.post(address(row, "do/sign-off/")).content.decode()
    assert "Sign it off as it is?" in page
    row.refresh_from_db()
    assert row.state == TranslationState.WRITTEN
    page = browser.post(address(row, "do/sign-off/"), {"sure": "1"}, follow=True).content.decode()
    row.refresh_from_db()
    assert row.state == TranslationState.REVIEWED
    desk = sign_in(whole.coordinator).get(f"/desk/cases/{whole.case.reference}/records/")
    assert "1 difference open" in desk.content.decode()
    reader = sign_in(whole.specialist)
    for where in (f"/expert/cases/{whole.case.reference}/", address(row)):
        assert "1 difference open" in text_of(reader.get(where).content.decode())
    assert "Take the sign-off back" in page
    assert browser.get(address(row)).status_code == 404, "its text is closed to them meanwhile"
    assert browser.post(address(row, "take-back/"), follow=True).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.method, row.reviewed_by) == (
        TranslationState.WRITTEN, Method.PERSON, None,
    )  # fmt: skip
    assert "translation-reopened" in {entry.verb for entry in entries_for(whole.case.pk)}
    actions.send_back(by=reviewer, translation=row, note="Left.")


@pytest.mark.parametrize("checked", [True, False])
def test_a_hand_over_is_taken_back_until_somebody_begins_with_it(
    whole: Whole, people: tuple[Person, Person], *, checked: bool
) -> None:
    translator, reviewer = people
    row = written(asked(whole, translator, reviewer if checked else None), translator, GOOD)
    browser = sign_in(translator)
    page = browser.get("/translations/").content.decode()
    assert row.name in page
    assert "Take it back" in page
    assert "take-back" not in sign_in(reviewer).get("/translations/").content.decode()
    for other in (reviewer, whole.coordinator, whole.specialist):
        with pytest.raises(NotYours):
            returning.take_back(by=other, translation_id=row.pk)
    page = browser.post(address(row, "take-back/"), follow=True).content.decode()
    assert "Translation, line by line" in page
    row.refresh_from_db()
    assert row.state == TranslationState.DRAFT
    row = actions.finish(by=translator, translation=row)
    if checked:
        sign_in(reviewer).get(address(row))
    else:
        audit.record("case-opened", by=whole.specialist, case_id=row.case_id, target=whole.case)
    assert "Somebody has begun with it" in browser.get("/translations/").content.decode()
    with pytest.raises(Conflict):
        returning.take_back(by=translator, translation_id=row.pk)


def test_what_was_handed_over_is_listed_only_as_long_as_its_case_goes_on(
    whole: Whole, people: tuple[Person, Person]
) -> None:
    translator, _reviewer = people
    row = written(asked(whole, translator, None), translator, GOOD)
    Case.objects.filter(pk=row.case_id).update(state="closed")
    assert not returning.done_by(translator)
    with pytest.raises(NotYours):
        returning.take_back(by=translator, translation_id=row.pk)


def test_what_a_specialist_does_not_read_is_said_at_the_record_and_asked_for(
    whole: Whole, people: tuple[Person, Person]
) -> None:
    record = records.for_case(whole.case).get()
    record.language = "ar"
    record.save()
    Case.objects.filter(pk=whole.case.pk).update(state="in_review")
    Opinion.objects.filter(case=whole.case).update(state="draft")
    browser, where = sign_in(whole.specialist), f"/expert/cases/{whole.case.reference}/"
    page = browser.get(where).content.decode()
    assert "Not translated" in page
    assert "This is in Arabic, and nobody has been asked to translate it." in page
    wish = re.search(r'name="text" value="([^"]+)"', page)
    assert wish is not None
    browser.post(f"{where}ask/", {"text": wish[1]})
    made = InformationRequest.objects.filter(case=whole.case).latest("created_at")
    assert made.held
    assert record.title in made.text
    assert (
        "You have asked the coordinator for its translation." in browser.get(where).content.decode()
    )
    found = browser.post(
        reverse("search", args=[whole.case.reference]), {"words": "xyzzy"}, follow=True
    )
    assert f"{record.title}" in text_of(found.content.decode())
    assert "This document is in another language." in text_of(found.content.decode())
    asked(whole, people[0], None)
    assert "A translation from Arabic has been asked for." in browser.get(where).content.decode()


def test_a_translator_reads_how_long_by_whom_and_due_when_and_no_name_of_the_child(
    whole: Whole, people: tuple[Person, Person]
) -> None:
    translator, _reviewer = people
    row = asked(whole, translator, None)
    Case.objects.filter(pk=row.case_id).update(due_at=clock.now(), state="in_review")
    browser = sign_in(translator)
    page = text_of(browser.get("/translations/").content.decode())
    assert f"{row.length} " in page
    assert whole.coordinator.full_name in page
    assert "The due time is that of the whole case" in page
    page = browser.get(address(row)).content.decode()
    assert f"{row.length} words" in page
    assert whole.case.child.full_name not in page, "a translator sees one text alone"
    page = sign_in(whole.coordinator).get(address(row)).content.decode()
    assert whole.case.child.full_name in page
    actions.save(by=translator, translation=row, text=GOOD, base_revision=None)
    assert "a name that they do not know" in browser.get(address(row)).content.decode()
