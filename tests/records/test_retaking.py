"""A page that cannot be read is sent again: the new photo stands in its place."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases.models import Case
from secondopinion.core import jobs
from secondopinion.core.errors import NotYours
from secondopinion.findings.actions import replace
from secondopinion.findings.found import WARNING, Found
from secondopinion.records import arranging, queries
from secondopinion.records.models import Page, Rearrangement, Record
from tests.records import files
from tests.records.test_arranging import sent, sheet, state, tiff
from tests.web.conftest import sign_in, taken

SCAN = tiff(sheet("One", [1, 2]), sheet("Two", [3, 4]), sheet("Three", [5, 6]))


@pytest.fixture
def desk(maria: Person) -> tuple[Case, Person]:
    return taken(maria)


def photo(number: int = 7) -> bytes:
    out = io.BytesIO()
    sheet("Again", [number, 8, 9]).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def again(case: Case, page: Page, data: bytes, name: str = "again.jpg") -> Record:
    """Send something instead of a page, as its family does."""
    sender = case.participations.get(role="family").person
    arrivals.receive_file(by=sender, case=case, name=name, source=data, retakes=page)
    jobs.run_all()
    return Record.objects.get(title=name)


def listed(case: Case) -> set[str]:
    """Return the titles of the documents that are shown, but for the letter of every case."""
    return {record.title for record in queries.for_case(case)} - {"letter.png"}


def test_the_new_photo_stands_in_the_place_of_the_page(desk: tuple[Case, Person]) -> None:
    case, anna = desk
    record = sent(case, "scan.tif", SCAN)
    first, bad, last = record.pages.all()
    before = state(case)
    new = again(case, bad, photo())
    [page] = Page.objects.filter(record=record).exclude(pk__in=[first.pk, bad.pk, last.pk])
    shown = record.pages.filter(aside="")
    assert [each.pk for each in shown] == [first.pk, page.pk, last.pk]
    assert list(shown.values_list("number", flat=True)) == [1, 2, 3]
    bad.refresh_from_db()
    assert (bad.aside, bad.number) == ("retaken", 4), "it is kept, and shown no more"
    assert new.merged_into == record
    assert listed(case) == {"scan.tif"}
    step = Rearrangement.objects.get()
    assert (step.verb, step.by) == ("retake", new.sent_by)
    arranging.undo(by=anna, case=case, step=step.pk)
    undone = state(case)
    assert [row for row in undone if row in before] == before, "the scan is as it came"
    assert listed(case) == {"scan.tif", "again.jpg"}


def test_what_is_no_single_page_stays_a_document_of_its_own(desk: tuple[Case, Person]) -> None:
    case, _anna = desk
    record = sent(case, "scan.tif", SCAN)
    bad = record.pages.all()[1]
    again(case, bad, tiff(sheet("A", [1]), sheet("B", [2])), "two.tif")
    bad.refresh_from_db()
    assert (bad.aside, listed(case)) == ("", {"scan.tif", "two.tif"})


def test_what_cannot_take_the_place_of_a_page_is_refused(desk: tuple[Case, Person]) -> None:
    case, _anna = desk
    maria = case.participations.get(role="family").person
    maria.language = "en"
    maria.save()
    data = photo()
    sent(case, "here.jpg", data)
    bad = sent(case, "scan.tif", SCAN).pages.all()[1]
    browser = sign_in(maria)
    address = reverse("my-again", args=[case.reference, bad.record_id, bad.number])
    for content, told in (
        (SCAN, "This file has several pages."),
        (files.locked(files.pdf(), "x"), "We cannot open this file."),
        (b"Some words.", "We cannot open this file."),
        (data, "We have this very file already"),
    ):
        answer = browser.post(address, {"photo": io.BytesIO(content)})
        assert answer.status_code == 400
        assert told in answer.content.decode()
    assert listed(case) == {"here.jpg", "scan.tif"}
    assert browser.post(address, {"photo": io.BytesIO(two_in_one())}).status_code == 302
    jobs.run_all()
    bad.refresh_from_db()
    assert bad.aside == "retaken"


def two_in_one() -> bytes:
    """Return a photo as some phones make them: behind it the same once more, for its screen."""
    out, behind = io.BytesIO(), sheet("Again", [3]).convert("RGB")
    sheet("Again", [1, 8, 9]).convert("RGB").save(out, "MPO", save_all=True, append_images=[behind])
    return out.getvalue()


def test_a_page_is_replaced_once_and_the_newer_photo_can_be_again(
    desk: tuple[Case, Person],
) -> None:
    case, _anna = desk
    record = sent(case, "scan.tif", SCAN)
    bad = record.pages.all()[0]
    again(case, bad, photo(1))
    again(case, bad, photo(2), "late.jpg")  # of a page that is not shown any more
    assert listed(case) == {"scan.tif", "late.jpg"}
    page = record.pages.get(number=1)
    again(case, page, photo(3), "third.jpg")
    page.refresh_from_db()
    assert page.aside == "retaken"
    assert record.pages.filter(aside="").count() == 3


def test_nobody_without_a_part_sends_a_page(desk: tuple[Case, Person], hospital: object) -> None:
    case, _anna = desk
    page = sent(case, "scan.tif", SCAN).pages.all()[0]
    stranger = Person.objects.create(email="stranger@usra.example")
    with pytest.raises(NotYours):
        arrivals.receive_file(by=stranger, case=case, name="a.jpg", source=photo(), retakes=page)


def test_pages_are_waited_for_until_they_are_read(
    desk: tuple[Case, Person], settings: object
) -> None:
    case, _anna = desk
    scan = sent(case, "scan.tif", tiff(Image.new("L", (900, 1270), 250), sheet("Two", [3, 4])))
    assert queries.unread(case).count() == 0, "where nothing is read, nothing is waited for"
    settings.UNDERSTAND_PAGES = True  # type: ignore[attr-defined]
    assert queries.unread(case).get(record=scan).number == 2, "a blank page is not read"


def test_the_desk_asks_for_one_page_and_its_new_photo_is_the_answer(
    desk: tuple[Case, Person],
) -> None:
    case, anna = desk
    record = sent(case, "scan.tif", SCAN)
    bad = record.pages.all()[1]
    replace(
        case=case, subject=record, check="legibility@4",
        found=[Found("unreadable", WARNING, "Too blurred to read.", where={"page": 2})],
    )  # fmt: skip
    browser, here = sign_in(anna), reverse("desk-case", args=[case.reference])
    about = f"?record={record.pk}&amp;page=2#ask"
    listed_at = reverse("desk-case-records", args=[case.reference])
    assert f"{here}{about}" in browser.get(listed_at).content.decode()
    large = browser.get(reverse("page-look", args=[case.reference, record.pk, 2]))
    assert f"{here}{about}" in large.content.decode()
    form = browser.get(here, {"record": record.pk, "page": 2}).content.decode()
    assert "We cannot read this well enough: \u2068scan.tif\u2069, page 2." in form
    asked = {"record": record.pk, "page": 2, "item": "", "to": "family", "text": "{item}, please"}
    browser.post(reverse("desk-act", args=[case.reference, "ask"]), asked)
    row = case.information_requests.get()
    assert (row.page, row.text) == (bad.pk, "\u2068scan.tif\u2069, página 2, please")
    family = sign_in(case.participations.get(role="family").person)
    send = reverse("my-again", args=[case.reference, record.pk, 2])
    assert send in family.get(reverse("my-case", args=[case.reference])).content.decode()
    assert send in family.get(reverse("my-answer", args=[case.reference, row.pk])).content.decode()
    family.post(send, {"photo": SimpleUploadedFile("new.jpg", photo())})
    jobs.run_all()
    row.refresh_from_db()
    case.refresh_from_db()
    assert (row.answered_at is not None, case.state) == (True, "collecting")
    bad.refresh_from_db()
    assert bad.aside == "retaken"


def test_the_desk_asks_whose_a_document_is_by_its_name(desk: tuple[Case, Person]) -> None:
    case, anna = desk
    Case.objects.filter(pk=case.pk).update(language="es")
    record = sent(case, "consulta.tif", SCAN)
    replace(
        case=case, subject=record, check="whose@1",
        found=[Found("not-this-child", WARNING, "Another child's name.", where={"page": 1})],
    )  # fmt: skip
    browser, here = sign_in(anna), reverse("desk-case", args=[case.reference])
    for place in ("desk-case-records", "desk-pages"):
        text = browser.get(reverse(place, args=[case.reference])).content.decode()
        assert f"{here}?record={record.pk}#ask" in text
    form = browser.get(here, {"record": record.pk}).content.decode()
    assert "de quién es este documento: \u2068consulta.tif\u2069" in form
    assert "written report" not in form.partition("<textarea")[2].partition("</textarea>")[0]
    assert browser.get(here, {"record": case.pk}).status_code == 404, "another case's"
    Case.objects.filter(pk=case.pk).update(state="ready")
    written = browser.get(
        reverse("desk-case-messages", args=[case.reference]), {"record": record.pk}
    )
    assert "de quién es este documento: \u2068consulta.tif\u2069" in written.content.decode()
