"""Pages of records when something comes between: a death, a new photo, somebody at the desk."""

import io
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case
from secondopinion.core import jobs, sandbox
from secondopinion.core.errors import Conflict
from secondopinion.findings import film
from secondopinion.findings.actions import replace
from secondopinion.findings.found import BLOCKER, Found
from secondopinion.findings.models import Finding
from secondopinion.findings.queries import limitations_for
from secondopinion.guardians import actions as guardians
from secondopinion.records import (
    actions,
    arranging,
    copies,
    judging,
    legibility,
    paging,
    retaking,
    tasks,
)
from secondopinion.records.checks import examine
from secondopinion.records.checks import legibility as legibility_check
from secondopinion.records.models import Page, Record
from tests.records.test_arranging import sent, sheet, tiff
from tests.records.test_retaking import again, photo
from tests.web.conftest import taken

THREE = tiff(sheet("One", [1, 2]), sheet("Two", [3, 4]), sheet("Three", [5, 6]))


@pytest.fixture
def desk(maria: Person) -> tuple[Case, Person]:
    return taken(maria)


@pytest.fixture
def waiting(
    desk: tuple[Case, Person], monkeypatch: pytest.MonkeyPatch
) -> tuple[Case, Person, Record]:
    """A long document that has come, and of which no page has been made."""
    case, grace = desk
    pages = [sheet(f"Page {number}", [number]).convert("RGB") for number in range(12)]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    with monkeypatch.context() as patched:
        patched.setattr(tasks, "make_pages", lambda record: False)
        record = sent(case, "long.pdf", out.getvalue())
    assert record.state == "reading"
    return case, grace, record


def dies(*_: object) -> None:
    """End as a process does that is killed."""
    raise KeyboardInterrupt


def test_a_death_between_two_pages_of_a_scan_loses_none(
    desk: tuple[Case, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[object] = []
    real = legibility.judge

    def once(page: Any) -> Any:
        judged.append(page)
        if len(judged) > 1:
            dies()
        return real(page)

    with monkeypatch.context() as patched:
        patched.setattr(legibility, "judge", once)
        with pytest.raises(KeyboardInterrupt):
            sent(desk[0], "scan.tif", THREE)
    record = Record.objects.get(title="scan.tif")
    tasks.read_pages.call(str(record.pk))
    assert record.pages.count() == 3


def test_a_death_before_the_checks_leaves_none_out(
    desk: tuple[Case, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _grace = desk
    sent(case, "scan.tif", THREE)
    with monkeypatch.context() as patched:
        patched.setattr(copies, "look_for", dies)
        with pytest.raises(KeyboardInterrupt):
            sent(case, "again.tif", THREE + b" ")
    record = Record.objects.get(title="again.tif")
    assert not Finding.objects.filter(subject_id=record.pk, code="duplicate").exists()
    tasks.read_pages.call(str(record.pk))
    assert Finding.objects.filter(subject_id=record.pk, code="duplicate").exists()


def test_a_picture_that_cannot_be_looked_at_for_film_is_a_record_all_the_same(
    desk: tuple[Case, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sandbox.run

    def run(function: Any, *args: Any, **how: Any) -> Any:
        if function is film.look:
            raise sandbox.Failed("memory")
        return real(function, *args, **how)

    monkeypatch.setattr(sandbox, "run", run)
    assert sent(desk[0], "photo.jpg", photo()).state == "read"
    assert not jobs.failed()


def test_a_page_that_is_sent_again_while_others_are_opened_costs_none(
    waiting: tuple[Case, Person, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _grace, record = waiting
    assert paging.make_pages(record)
    bad = record.pages.get(number=2)
    again(case, bad, photo())
    bad.refresh_from_db()
    assert bad.aside == "retaken"
    while paging.make_pages(record):
        pass
    own = record.pages.exclude(image=record.pages.get(number=2).image)
    assert sorted(own.values_list("of_file", flat=True)) == [*range(1, 13)]
    shown = record.pages.filter(aside="").values_list("of_file", flat=True)
    assert list(shown) == [1, 1, *range(3, 13)], "the photo is the first of its own file"


def test_a_document_is_not_taken_apart_while_pages_of_it_are_to_come(
    waiting: tuple[Case, Person, Record],
) -> None:
    case, grace, record = waiting
    letter = case.records.exclude(pk=record.pk).get()
    assert paging.make_pages(record)
    page = record.pages.get(number=3)
    for do in (
        lambda: arranging.split(by=grace, case=case, page=page.pk),
        lambda: arranging.join(by=grace, case=case, record=record.pk, into=letter.pk),
        lambda: arranging.join(by=grace, case=case, record=letter.pk, into=record.pk),
        lambda: arranging.set_copy_aside(by=grace, case=case, record=record.pk, kept=letter.pk),
    ):
        with pytest.raises(Conflict):
            do()
    arranging.turn(by=grace, case=case, pages=[page.pk], degrees=90)
    while paging.make_pages(record):
        pass
    arranging.split(by=grace, case=case, page=page.pk)


def test_a_photo_of_somebody_who_has_left_stays_a_document_of_its_own(
    desk: tuple[Case, Person], maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _grace = desk
    record = sent(case, "scan.tif", THREE)
    second = cases.invite_guardian(
        by=maria, case=case, full_name="J", email="jose@familia.example", kind="parent"
    )
    bad = record.pages.get(number=2)
    with monkeypatch.context() as patched:
        patched.setattr(retaking, "put_in_place", lambda photo: None)
        arrivals.receive_file(by=second, case=case, name="new.jpg", source=photo(), retakes=bad)
        jobs.run_all()
    guardians.leave(by=second, case=case)
    new = Record.objects.get(title="new.jpg")
    tasks.read_pages.call(str(new.pk))
    new.refresh_from_db()
    bad.refresh_from_db()
    assert (new.merged_into, bad.aside) == (None, "")


def test_a_page_that_the_desk_turns_while_it_is_read_stays_as_the_desk_turned_it(
    desk: tuple[Case, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, grace = desk
    record = sent(case, "photo.jpg", photo())
    page, real = record.pages.get(), judging._answer

    def meanwhile(*given: Any) -> dict[str, Any]:
        answer = real(*given)
        answer["turned"], answer["read"]["sure"] = 1, 99
        arranging.turn(by=grace, case=case, pages=[page.pk], degrees=180)
        return answer

    monkeypatch.setattr(judging, "_answer", meanwhile)
    judging.understand(record)
    wide = page.width
    page.refresh_from_db()
    assert (page.turn, page.width) == (180, wide)


def test_pages_are_laid_over_each_other_behind_the_step_and_not_in_it(
    desk: tuple[Case, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite a step keeps everybody else from writing for as long as it takes."""
    case, grace = desk
    record = sent(case, "scan.tif", THREE)
    looked: list[Record] = []
    monkeypatch.setattr(copies, "look_for", looked.append)
    page = record.pages.get(number=2)
    for _twice in (1, 2):
        arranging.turn(by=grace, case=case, pages=[page.pk], degrees=90)
    assert looked == []
    jobs.run_all()
    assert looked == [record], "once for both"


def test_what_checks_said_of_a_removed_record_limits_no_opinion(
    case: Case, maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = sent(case, "scan.tif", THREE)
    blurred = Found("unreadable", BLOCKER, "This page cannot be read.", where={"page": 1})
    told = {"case": case, "subject": record, "check": legibility_check.NAME}
    replace(**told, found=[blurred])
    assert limitations_for(case).exists()
    actions.remove(by=maria, record=record)
    assert not limitations_for(case).exists()
    Finding.objects.filter(subject_id=record.pk, code="unreadable").update(state="open")
    import_module("secondopinion.records.migrations.0004_findings_of_removed_records").fall_away(
        apps, None
    )
    assert not limitations_for(case).exists(), "nor what was left from before"
    # A job that had begun before, or dies and begins again, says nothing of it either.
    monkeypatch.setattr(examine, "page", lambda *_given: iter([(legibility_check.NAME, blurred)]))
    judging.judge(record)
    Page.objects.filter(record=record).delete()
    Record.objects.filter(pk=record.pk).update(state="reading")
    tasks.read_pages.call(str(record.pk))
    assert not limitations_for(case).exists()
    assert not record.pages.exists()
    monkeypatch.undo()
    sent(case, "scan.tif", THREE)
    assert record.pages.count() == 3, "sent again, it is read again"


def test_two_who_describe_a_record_at_once_both_count(desk: tuple[Case, Person]) -> None:
    case, grace = desk
    one = case.records.get()
    other = Record.objects.select_related("case").get(pk=one.pk)
    actions.describe(by=grace, record=one, language="es")
    actions.describe(by=grace, record=other, kind="laboratory")
    one.refresh_from_db()
    assert (one.language, one.kind) == ("es", "laboratory")
