"""The desk puts pages in order: atomic, audited, undone as a whole; files stay as they came."""

import io
from datetime import date
from uuid import UUID

import pytest
from django.urls import reverse
from PIL import Image, ImageDraw, ImageFont

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.audit.models import Entry
from secondopinion.cases.models import Case
from secondopinion.core import jobs, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.glyphs import FONTS
from secondopinion.findings.actions import replace
from secondopinion.findings.found import BLOCKER, WARNING, Found
from secondopinion.findings.models import Finding
from secondopinion.records import arranging, judging, queries
from secondopinion.records.models import Page, Rearrangement, Record
from tests.conftest import DOCUMENTS
from tests.web.conftest import sign_in, taken


@pytest.fixture
def desk(maria: Person) -> tuple[Case, Person]:
    return taken(maria)


def sheet(title: str, values: list[int]) -> Image.Image:
    """Return a sheet of results."""
    font = ImageFont.truetype(FONTS / "NotoSerif-Regular.ttf", 30)
    made = Image.new("L", (900, 1270), 250)
    pen = ImageDraw.Draw(made)
    pen.text((200, 60), title, 20, font=font)
    for row, value in enumerate(values):
        pen.text((80, 160 + row * 70), f"Result {row * 37 % 11}   {value} mg/dL", 20, font=font)
    return made


def tiff(*pages: Image.Image) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    return out.getvalue()


THREE = tiff(sheet("First", [*range(14)]), Image.new("L", (900, 1270), 250), sheet("Last", [9] * 3))


def sent(case: Case, name: str, data: bytes) -> Record:
    sender = case.participations.get(role="family").person
    arrivals.receive_file(by=sender, case=case, name=name, source=data)
    jobs.run_all()
    return Record.objects.get(title=name, part_of=None)


def state(case: Case) -> list[tuple[object, ...]]:
    """Return how everything stands, to be compared."""
    pages = Page.objects.filter(record__case=case).order_by("pk")
    return [
        *pages.values_list("record_id", "number", "turn", "aside", "width", "height"),
        *Record.objects.filter(case=case, merged_into=None).order_by("pk").values_list("pk"),
    ]


def ids(record: Record) -> list[UUID]:
    return list(record.pages.order_by("number").values_list("pk", flat=True))


def test_every_step_is_undone_as_a_whole(desk: tuple[Case, Person]) -> None:
    case, anna = desk
    record, other = sent(case, "scan.tif", THREE), sent(case, "b.tif", tiff(sheet("B", [7, 8])))
    one, blank, last = ids(record)
    who = {"by": anna, "case": case}
    before, steps = [], []
    for step in (
        lambda: arranging.turn(**who, pages=[one, last], degrees=90),
        lambda: arranging.move(**who, pages=[last], places=-1),
        lambda: arranging.set_aside(**who, pages=[blank], why="blank"),
        lambda: arranging.split(**who, page=last),
        lambda: arranging.join(**who, record=other.pk, into=record.pk),
        lambda: arranging.accept(**who, record=record.pk, values={"kind": "laboratory"}),
    ):
        before.append(state(case))
        steps.append(step())
        assert state(case) != before[-1] or step is None or steps[-1].verb == "accept"
    assert [queries.pages_of(row) for row in queries.for_case(case)] == [1, 2, 1]
    assert {each.of_file for each in Page.objects.filter(record__blob=record.blob)} == {1, 2, 3}
    with pytest.raises(Conflict):  # what it touched has changed since
        arranging.undo(**who, step=steps[0].pk)
    for step, as_it_was in zip(reversed(steps), reversed(before), strict=True):
        arranging.undo(**who, step=step.pk)
        assert state(case) == as_it_was
    record.refresh_from_db()
    assert (record.kind, record.accepted_at) == ("other", None)
    assert vault.read(record.blob) == THREE
    of_case = Entry.objects.filter(case_id=case.pk)
    assert of_case.filter(verb="records-arranged").count() == 6
    undone = of_case.filter(verb="records-arranged-back").values_list("detail__verb", flat=True)
    assert sorted(undone) == sorted(step.verb for step in steps)


def test_what_is_no_date_is_said_and_what_was_typed_stands(desk: tuple[Case, Person]) -> None:
    case, anna = desk
    record = sent(case, "scan.tif", THREE)
    browser, here = sign_in(anna), f"/desk/cases/{case.reference}/records/pages/do/"
    typed = {"verb": "accept", "record": str(record.pk), "kind": "pathology",
             "dated": "2026-02-30", "language": "Spanish"}  # fmt: skip
    for wrong, said in (
        ({}, "“2026-02-30” is not a date"), ({"dated": "30.2.2026"}, "“30.2.2026” is not a date"),
        ({"dated": "2026-02-03", "language": "Nothinglish"}, "the language “Nothinglish”"),
    ):  # fmt: skip
        answer = browser.post(here, typed | wrong)
        page = answer.content.decode()
        assert answer.status_code == 400
        assert said in page
        for value in ((typed | wrong)["dated"], (typed | wrong)["language"]):
            assert f'value="{value}"' in page, "what was typed stands"
        assert '<option value="pathology" selected' in page
        assert "QueryDict" not in page, "the box of the search is empty"
        record.refresh_from_db()
        assert record.accepted_at is None
    assert browser.post(here, typed | {"dated": "2026-02-03"}).status_code == 302
    record.refresh_from_db()
    assert (record.kind, record.dated, record.language) == ("pathology", date(2026, 2, 3), "es")


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/desk/team/shifts/", {"first": "2026-02-30", "last": "2026-03-01", "kind": "away"}),
        ("/desk/many/", {"verb": "put-off", "until": "2026-02-30"}),
        ("/desk/cases/{case}/guardians/do/order/",
         {"effect": "kept_out", "basis": "A court", "until": "2026-13-01"}),
        ("/desk/cases/{case}/do/describe-record/", {"dated": "2026-02-30", "record": "{record}"}),
    ],
)  # fmt: skip
def test_no_form_of_the_desk_breaks_on_a_day_that_is_none(
    desk: tuple[Case, Person], address: str, typed: dict[str, str]
) -> None:
    case, anna = desk
    record = str(case.records.first().pk)
    given = {name: value.replace("{record}", record) for name, value in typed.items()}
    answer = sign_in(anna).post(address.replace("{case}", case.reference), given)
    assert answer.status_code == 400
    assert "is not a date" in answer.content.decode()


def test_a_turned_page_is_shown_turned(desk: tuple[Case, Person]) -> None:
    case, anna = desk
    page = sent(case, "scan.tif", THREE).pages.get(number=1)
    flat = queries.picture_of(page)
    arranging.turn(by=anna, case=case, pages=[page.pk], degrees=90)
    page.refresh_from_db()
    with (
        Image.open(io.BytesIO(queries.picture_of(page))) as shown,
        Image.open(io.BytesIO(flat)) as was,
    ):
        assert shown.size == was.size[::-1] == (page.width, page.height)


def test_only_the_coordinator_and_only_pages_of_the_case(desk: tuple[Case, Person]) -> None:
    case, anna = desk
    page = sent(case, "scan.tif", THREE).pages.get(number=1)
    mother = case.participations.get(role="family").person
    with pytest.raises(NotYours):
        arranging.turn(by=mother, case=case, pages=[page.pk], degrees=90)
    with pytest.raises(NotYours):
        arranging.turn(by=anna, case=case, pages=[page.pk, case.pk], degrees=90)
    with pytest.raises(Refused):
        arranging.split(by=anna, case=case, page=page.pk)
    assert not Rearrangement.objects.exists()


def test_a_second_scan_of_a_page_is_offered_and_another_page_is_not(
    desk: tuple[Case, Person],
) -> None:
    case, anna = desk
    letter = (DOCUMENTS / "carta-de-alta-es.jpg").read_bytes()
    first, out = sent(case, "letter.jpg", letter), io.BytesIO()
    with Image.open(io.BytesIO(letter)) as picture:
        picture.rotate(1.5, fillcolor="white").resize((1100, 1560)).save(out, "JPEG", quality=40)
    sent(case, "tahlil.jpg", (DOCUMENTS / "tahlil-ar.jpg").read_bytes())
    assert not Finding.objects.filter(code="duplicate").exists()
    second = sent(case, "again.jpg", out.getvalue())
    finding = Finding.objects.get(code="duplicate")
    assert (finding.subject_id, finding.where) == (second.pk, {"record": str(first.pk)})
    assert queries.for_case(case).count() == 4, "nothing is merged in silence"
    step = arranging.set_copy_aside(by=anna, case=case, record=second.pk, kept=first.pk)
    jobs.run_all()
    finding.refresh_from_db()
    assert (finding.state, queries.for_case(case).count()) == ("fixed", 3)
    arranging.undo(by=anna, case=case, step=step.pk)
    assert queries.for_case(case).count() == 4

    # With the buttons: the filter stays, and what is set aside is listed there until it is back.
    browser, here = sign_in(anna), f"/desk/cases/{case.reference}/records/pages/"
    jobs.run_all()
    copies = browser.get(here, {"show": "copy"}).content.decode()
    assert reverse("page-look", args=[case.reference, first.pk, 1]) in copies, "the other is named"
    given = {"verb": "copy", "record": second.pk, "kept": first.pk, "show": "copy"}
    assert "?show=copy" in browser.post(f"{here}do/", given).url
    assert "again.jpg" not in browser.get(f"/desk/cases/{case.reference}/records/").content.decode()
    aside = browser.get(here, {"show": "aside"}).content.decode()
    assert f'id="at-{second.pk}"' in aside
    assert "Show again" in aside
    back = {"verb": "bring-back", "page": ids(second), "show": "aside"}
    assert browser.post(f"{here}do/", back).status_code == 302
    assert second in queries.for_case(case)


def test_what_may_be_another_childs_is_not_described_and_a_kind_is_set_alone(
    desk: tuple[Case, Person],
) -> None:
    case, anna = desk
    record, other = sent(case, "scan.tif", THREE), sent(case, "b.tif", tiff(sheet("B", [7, 8])))
    Record.objects.filter(pk=record.pk).update(suggested={"dated": ["2026-10-03", 0.4]})
    browser, here = sign_in(anna), f"/desk/cases/{case.reference}/records/pages/"
    given = {"verb": "kind", "record": record.pk, "kind": "pathology", "dated": "2026-10-03"}
    assert browser.post(f"{here}do/", given).url.endswith(f"#at-{record.pk}")
    record.refresh_from_db()
    assert (record.kind, record.dated, record.accepted_at) == ("pathology", None, None)

    step = Rearrangement.objects.get(verb="kind")
    answer = browser.post(f"{here}do/", {"verb": "undo", "step": step.pk, "at": ids(other)[0]})
    assert answer.url.endswith(f"#at-{ids(other)[0]}"), "the cursor stays"
    assert "Undone: The kind is set." in browser.get(here).content.decode()

    found = [Found("not-this-child", BLOCKER, "The name is another.", "", {"page": 1})]
    replace(case=case, subject=record, check="whose@1", found=found)
    shown = browser.get(here, {"show": "whose"}).content.decode()
    assert "Locked away" in shown
    assert 'data-key="a"' not in shown, "no key accepts it"
    refused = browser.post(f"{here}do/", given | {"verb": "accept"},
                           headers={"accept": "application/json"})  # fmt: skip
    assert refused.json()["code"] == "locked-away"
    look = reverse("page-look", args=[case.reference, record.pk, 1])
    page = browser.get(look).content.decode()
    assert "Locked away" in page
    assert "It is this child’s" in page, "it is settled where it is looked at"


def test_what_the_family_says_goes_with_the_pages(
    desk: tuple[Case, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, anna = desk
    record = sent(case, "scan.tif", THREE)
    found = [Found("not-this-child", WARNING, "The name is another.", "", {"page": 1})]

    def judge(of: Record) -> None:
        replace(case=case, subject=of, check="whose@1", found=found)

    monkeypatch.setattr(judging, "judge", judge)
    judge(record)
    Finding.objects.filter(subject_id=record.pk).update(told="not-ours")
    second = record.pages.get(number=2)
    arranging.split(by=anna, case=case, page=second.pk)
    second.refresh_from_db()
    assert second.record_id != record.pk
    assert set(queries.locked_away().filter(case=case)) == {record.pk, second.record_id}


def test_what_nobody_has_said_of_a_record_is_a_guess() -> None:
    suggested = {"kind": ["laboratory", 0.9], "dated": ["2026-10-03", 0.4]}
    record = Record(suggested=suggested, language="es")
    assert record.guessed == ["kind", "dated"]
    assert ("3 October 2026", 40) in record.suggestions
    assert Record(suggested=suggested, kind="laboratory", dated=date(2026, 10, 5)).guessed == []
