"""Words are found whatever their accents, and marked where they stand, turned pages too."""

import io
from typing import Any
from uuid import UUID

import pypdfium2 as pdfium
import pytest
import typst
from PIL import Image

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases.models import Case
from secondopinion.core import jobs
from secondopinion.findings.models import Finding
from secondopinion.records import boxes, indexing, marking, queries, searching, understanding
from secondopinion.records.models import Page, Reading, Record
from secondopinion.records.searching import Sought, sought
from tests.conftest import DOCUMENTS
from tests.records.files import word


def as_maria(case: Case) -> dict[str, Any]:
    """Return who searches: the family of the case."""
    return {"person": case.participations.get(role="family").person, "parts": {"family"}}


def search(case: Case, what: Sought) -> searching.Search:
    return searching.search(case, what, translations=False, **as_maria(case))


def texts(what: Sought, text: str) -> list[str]:
    return [text[start:end] for start, end in what.hits(text)]


@pytest.mark.parametrize(
    ("typed", "text", "hits"),
    [
        ("cafe", "El CAFÉ de la cafetería", ["CAFÉ", "cafe"]),
        ("café", "cafe\u0301 and cafe", ["cafe\u0301", "cafe"]),
        ("الهيموغلوبين", "ٱلْهيمــوغلوبين منخفض", ["ٱلْهيمــوغلوبين"]),
        ("احمد", "السيد أَحْمَدُ، إدارة", ["أَحْمَدُ"]),
        ("مستشفي", "مستشفى المدينة", ["مستشفى"]),
        ("levetiracetam 250", "Levetiracetam 250 mg", ["Levetiracetam", "250"]),
        ("levetiracetam 500", "Levetiracetam 250 mg", []),
        ("CT", "The doctor asked for a CT, a cct and (CT)", ["CT", "CT"]),
        ("9.8", "19.8 and 9.8 g/dL", ["9.8"]),
        ("癫痫", "诊断： 癫 痫 。", ["癫 痫"]),
        ("12", "١٢ رمضان", ["١٢"]),
        ('"anemia", ', "Anemia.", ["Anemia"]),
    ],
)
def test_words_are_found_as_one_reads_them(typed: str, text: str, hits: list[str]) -> None:
    what = sought(typed)
    assert what.all_in(text) == bool(hits)
    if hits:
        assert texts(what, text) == hits


@pytest.mark.parametrize("typed", ["", "  ", "a", "a b 1", "…", ". ,"])
def test_what_says_nothing_is_not_searched(typed: str) -> None:
    what = sought(typed)
    assert what.terms in {(), ("…",)}
    assert not what.all_in("a b 1 . ,")


def test_a_search_has_an_end() -> None:
    assert len(sought(" ".join(f"word{number}" for number in range(90))).terms) == 8
    assert sought("x" * 5000).terms == ("x" * 200,)
    assert sought("a.*b (").terms == ("a.*b",)
    assert texts(sought("a.*b"), "axxb a.*b") == ["a.*b"]


def test_a_hit_over_words_without_blanks_names_them_all() -> None:
    assert sought("癫痫").among(["诊断", "癫", "痫", "。"]) == [[1, 2]]
    assert sought("fever mg").among(["Fever,", "10", "mg", "fever"]) == [[0], [2], [3]]
    assert sought("fever").among([]) == []


def test_pages_are_told_with_what_stands_around() -> None:
    text = "x " * 100 + "a seizure\nin June, then a seizure in July " + "y " * 100 + "Seizure"
    [first, last] = searching._snippets(text, sought("seizure").hits(text))
    assert [piece for piece, hit in first if hit] == ["seizure", "seizure"]
    assert first[2] == (" in June, then a ", False)
    assert last[-1] == ("Seizure", True)
    assert searching.marked("no hit", sought("seizure")) == [("no hit", False)]


@pytest.mark.parametrize(
    ("quarters", "box"),
    [
        (0, (0.1, 0.2, 0.3, 0.25)), (1, (0.75, 0.1, 0.8, 0.3)), (2, (0.7, 0.75, 0.9, 0.8)),
        (3, (0.2, 0.7, 0.25, 0.9)), (4, (0.1, 0.2, 0.3, 0.25)), (-1, (0.2, 0.7, 0.25, 0.9)),
    ],
)  # fmt: skip
def test_boxes_turn_with_their_page(quarters: int, box: boxes.Box) -> None:
    assert boxes.turned((0.1, 0.2, 0.3, 0.25), quarters) == pytest.approx(box)


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def letter(degrees: float = 0) -> Image.Image:
    with Image.open(DOCUMENTS / "carta-de-alta-es.jpg") as picture:
        return picture.convert("L").rotate(degrees, expand=True, fillcolor=255)


def ink(picture: Image.Image, box: list[float]) -> float:
    """Return how much of a box of a picture is dark."""
    left, top, right, bottom = box
    wide, high = picture.size
    part = picture.crop((int(left * wide), int(top * high), int(right * wide), int(bottom * high)))
    return sum(part.histogram()[:110]) / (part.width * part.height)


def place_of(answer: dict[str, Any], text: str) -> list[float]:
    [found] = [place[2:] for place in answer["places"] if place[0].strip(".,;:") == text]
    return list(found)


@pytest.mark.parametrize("degrees", [90, 180, -6])
def test_words_that_were_read_stand_where_they_are_printed(degrees: int) -> None:
    picture = letter(degrees)
    answer = understanding.picture_page(png(picture), 0, ["es"])
    shown = picture.rotate(-90 * answer["turned"], expand=True)
    for text in ("convulsivas", "Guadalajara", "levetiracetam"):
        assert ink(shown, place_of(answer, text)) > 0.05, text
    left, top, right, bottom = place_of(answer, "Guadalajara")  # at the head of the letter
    assert top < 0.2
    assert right - left > bottom - top


SHEET = """
#set page(width: 400pt, height: 600pt, margin: 40pt)
#set text(size: 14pt)
The child drinks café with milk, and has a ferropenic anemia of 9.8 g/dL.
#place(bottom + right)[leucemia]
"""


def pdf(turned: int = 0, cropped: bool = False) -> bytes:
    out = io.BytesIO()
    with pdfium.PdfDocument(typst.compile(SHEET.encode(), format="pdf")) as document:
        document[0].set_rotation(turned)
        if cropped:
            document[0].set_cropbox(20, 10, 390, 590)
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("cropped", [False, True])
def test_words_of_a_pdf_stand_where_they_are_drawn(turned: int, cropped: bool) -> None:
    data = pdf(turned, cropped)
    answer = understanding.pdf_page(data, 0, [])
    assert answer["source"] == "digital"
    with pdfium.PdfDocument(data) as document:
        shown = document[0].render(scale=3, grayscale=True).to_pil()
    words = [place[0] for place in answer["places"]]
    assert {"café", "anemia", "leucemia"} <= set(words)
    for text in ("café", "anemia", "leucemia"):
        assert ink(shown, place_of(answer, text)) > 0.1, text
    left, top, right, bottom = boxes.turned(tuple(place_of(answer, "leucemia")), -turned // 90)
    assert left > 0.6
    assert top > 0.85
    assert right - left < 0.3
    assert bottom - top < 0.05


@pytest.fixture
def read(settings: Any) -> None:
    """Pages are read here."""
    settings.UNDERSTAND_PAGES = True


def send(case: Case, by: Person, name: str, data: bytes) -> Record:
    arrivals.receive_file(by=by, case=case, name=name, source=data)
    jobs.run_all()
    return Record.objects.get(case=case, title=name)


def page_with_reading(record: Record) -> Page:
    return queries.page_of(record, 1, words=True)


def shown_ink(page: Page, drawn: marking.Drawn) -> float:
    with Image.open(io.BytesIO(queries.picture_of(page))) as picture:
        box = [drawn.left, drawn.top, drawn.left + drawn.width, drawn.top + drawn.height]
        return ink(picture.convert("L"), [each / 100 for each in box])


@pytest.mark.parametrize(("sent", "turned"), [(90, 270), (180, 90)])
def test_a_hit_is_marked_on_the_page_as_the_desk_has_turned_it(
    case: Case, maria: Person, read: None, sent: int, turned: int
) -> None:
    record = send(case, maria, "letter.png", png(letter(sent)))
    page = page_with_reading(record)
    assert page.turn == sent
    assert (page.width < page.height) == (letter().width < letter().height)
    what = sought("convulsivas")
    [[drawn]] = marking.hits_on(page, what)
    assert shown_ink(page, drawn) > 0.05
    for turn in (0, 90, 180, 270, turned):
        page.turn = turn
        [[drawn]] = marking.hits_on(page, what)
        assert shown_ink(page, drawn) > 0.05, turn
        assert (drawn.width > drawn.height) == (turn in {sent, (sent + 180) % 360})


def test_pages_are_found_in_their_order_with_or_without_a_place(
    case: Case, maria: Person, read: None
) -> None:
    scan = send(case, maria, "letter.pdf", pdf())
    text = send(case, maria, "note.docx", word("Anemia and CAFÉ again."))
    send(case, maria, "other.txt", b"Nothing of the kind stands here.")
    found = search(case, sought("cafe anemia"))
    assert [row.record.pk for row in found.records] == [scan.pk, text.pk]
    assert [(row.pages[0].count, row.pages[0].placed) for row in found.records] == [
        (2, True), (2, False),
    ]  # fmt: skip
    assert (found.pages, found.more, found.wordless) == (2, 0, [])
    page = page_with_reading(text)
    assert marking.hits_on(page, sought("cafe")) == []


def test_a_page_read_by_an_earlier_version_has_no_marks(
    case: Case, maria: Person, read: None
) -> None:
    record = send(case, maria, "letter.pdf", pdf())
    reading = Reading.objects.get(page__record=record)
    assert reading.version == understanding.VERSION
    del reading.answer["places"]
    reading.answer["words"] = [["café", 90, 0.1, 0.1, 0.2, 0.2]]
    reading.save()
    assert marking.hits_on(page_with_reading(record), sought("cafe")) == []
    [row] = search(case, sought("cafe")).records
    assert not row.pages[0].placed


def test_what_is_not_shown_is_not_searched(case: Case, maria: Person) -> None:
    record = send(case, maria, "note.txt", b"A seizure in June.")
    what = sought("seizure")
    assert search(case, what).pages == 1
    Page.objects.filter(record=record).update(aside="copy")
    assert search(case, what).pages == 0
    page = record.pages.get()
    page.aside, page.text = "", ""
    page.save()
    indexing.keep([page])
    assert search(case, what).wordless == [("note.txt", record.pk, 1)]


def test_words_are_kept_as_they_are_compared(case: Case, maria: Person) -> None:
    record = send(case, maria, "note.txt", "El CAFÉ: 癫 痫, مستشفى ١٢".encode())
    assert record.pages.get().words.folded.endswith("el cafe: 癫痫, مستشفي 12")
    for typed, pages in (("café 癫痫", 1), ("100%", 0), ("a_e", 0), ("af", 0), ("cafe:", 1)):
        found = search(case, sought(typed))
        assert found.pages == pages, typed
        assert len(searching.pages_with(case, sought(typed), **as_maria(case))) == pages


def finding(record: Record, **where: Any) -> Finding:
    return Finding(
        pk=UUID(int=1), case=record.case, code="hard-to-read", subject_kind="record",
        subject_id=record.pk, where=where, message="A shadow lies on this page.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("turn", "read_turned", "drawn", "place"),
    [
        (0, 0, (10, 20, 30, 10), "at the top left"),
        (90, 0, (70, 10, 10, 30), "at the top right"),
        (180, 0, (60, 70, 30, 10), "at the bottom right"),
        (270, 0, (20, 60, 10, 30), "at the bottom left"),
        (180, 2, (10, 20, 30, 10), "at the top left"),
        (0, 1, (20, 60, 10, 30), "at the bottom left"),
    ],
)
def test_the_region_of_a_finding_turns_with_its_page(
    case: Case, maria: Person, turn: int, read_turned: int, drawn: tuple[float, ...], place: str
) -> None:
    record = send(case, maria, "note.txt", b"A seizure in June.")
    page = record.pages.get()
    page.turn = turn
    told = [
        finding(record, page=1), finding(record, page=2, region=[0, 0, 1, 1]),
        finding(record, page=1, region=[0.1, 0.2, 0.4, 0.3]),
    ]  # fmt: skip
    [whole, part] = marking.on_page(page, read_turned, told)
    assert (whole.number, whole.box) == (1, None)
    assert part.number == 2
    assert part.box is not None
    box = part.box
    assert (box.left, box.top, box.width, box.height) == pytest.approx(drawn)
    assert str(box.place) == place


def test_a_region_that_is_nearly_everything_says_so() -> None:
    assert str(marking.Drawn(0, 0, 95, 90).place) == "on nearly the whole page"
