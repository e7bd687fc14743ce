"""The child's story on the review screen: the drawn timeline, growth on centiles, doses."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise

import pytest
from django.test import Client
from django.utils.translation import override

from secondopinion.accounts.models import Child
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases import actions
from secondopinion.cases.measuring import Measured, measurements
from secondopinion.cases.models import Case, Request
from secondopinion.core import jobs
from secondopinion.core.errors import Refused
from secondopinion.imaging.models import Series, Study
from secondopinion.program.models import Program
from secondopinion.records.models import Kind, Record
from secondopinion.translation.told import Told
from secondopinion.web.expert import growth
from secondopinion.web.expert.doses import doses
from secondopinion.web.expert.story import SLOT, WIDTH, Event, events_of, story
from tests.web.conftest import Whole, draft, page, person, sign_in, start
from tests.web.test_request import ANSWERS

BORN = date(2017, 5, 14)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Words are compared in English, whatever was read before."""
    with override("en"):
        yield


def child(
    sex: str = "F", born: date = BORN, *, weeks: int | None = None, medicines: str = "",
    measured_on: date | None = date(2026, 5, 14), **measures: str | list[dict[str, str]],
) -> Case:  # fmt: skip
    """Return a case that is not kept anywhere, with what the family told of growth."""
    request = Request(
        gestation_weeks=weeks, medicines=medicines, measured_on=measured_on,
        measured_before=measures.pop("before", []),
    )  # fmt: skip
    for name, value in measures.items():
        setattr(request, name, Decimal(str(value)))
    case = Case(child=Child(birth_date=born, sex=sex))
    case.request = request
    return case


def many(count: int) -> list[Event]:
    """Return events spread over three years, a few to each day."""
    lanes = ("letters", "laboratory", "images")
    return [
        Event(
            date(2023, 1, 1) + timedelta(days=n * 1000 // count), lanes[n % 3], f"No {n}", f"#r{n}"
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 200])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_points_never_lie_over_each_other_and_none_is_lost(count: int, language: str) -> None:
    with override(language):
        drawn = story(many(count))
        assert (drawn.starts > WIDTH / 2) == (language == "ar")
    assert sum(point.count for lane in drawn.lanes for point in lane.points) == count
    assert drawn.count == count
    for lane in drawn.lanes:
        places = sorted(float(point.x) for point in lane.points)
        assert all(b - a >= SLOT - 0.1 for a, b in pairwise(places))
        assert 0 < places[0] <= places[-1] < WIDTH
    ticks = sorted(float(x) for x, _label in drawn.ticks)
    assert all(b - a > 40 for a, b in pairwise(ticks))


def test_nothing_dated_is_no_drawing_and_what_has_no_date_is_said() -> None:
    assert not story([]).lanes
    drawn = story([Event(None, "letters", "Letter", "#record-1")])
    assert not drawn.lanes
    assert [each.label for each in drawn.undated] == ["Letter"]


def test_a_group_leads_to_its_month_in_the_list_and_one_point_to_its_record() -> None:
    drawn = story(many(200))
    months = {anchor for anchor, _month, _events in drawn.months}
    for lane in drawn.lanes:
        for point in lane.points:
            assert (point.href.removeprefix("#") in months) == (point.count > 1)
    alone = story([Event(date(2024, 3, 9), "letters", "Letter", "#record-1")]).lanes[0].points[0]
    assert alone.href == "#record-1"
    assert alone.label == "9 March 2024: Letter"


def test_operations_stand_on_the_day_that_is_read_from_the_text(hospital: Program) -> None:
    case = draft(person("maria@familia.example"))
    actions.save_story(
        by=case.participations.get().person, case=case, page="story-2",
        operations="Appendix removed on 12 March 2023.\nTonsils, a long time ago.",
    )  # fmt: skip
    case = Case.objects.select_related("child", "request").get(pk=case.pk)
    found = [each for each in events_of(case, [], [], []) if each.lane == "operations"]
    assert [each.day for each in found] == [date(2023, 3, 12)]
    assert "date read from the text" in found[0].label


def test_diagnoses_and_stays_have_lanes_of_their_own(hospital: Program) -> None:
    case = draft(person("maria@familia.example"))
    actions.save_story(
        by=case.participations.get().person, case=case, page="story",
        diagnosis="Epilepsy since 4 May 2024.",
        history="She was admitted to hospital on 2 June 2024.\n"
        "The clinic diagnosed rolandic epilepsy on 9 June 2024.\nShe fell on 1 July 2024.",
    )  # fmt: skip
    case = Case.objects.select_related("child", "request").get(pk=case.pk)
    letter = Record(kind=Kind.DISCHARGE_LETTER, title="Alta", dated=date(2024, 6, 5))
    lanes = {each.day: each.lane for each in events_of(case, [letter], [], []) if each.day}
    assert lanes[date(2024, 5, 4)] == "diagnoses"
    assert lanes[date(2024, 6, 2)] == "stays"
    assert lanes[date(2024, 6, 5)] == "stays"
    assert lanes[date(2024, 6, 9)] == "diagnoses"
    assert lanes[date(2024, 7, 1)] == "told"


def test_what_is_dated_before_the_birth_says_so() -> None:
    study = Study(uid="1.2", date=date(2013, 7, 17), description="Head")
    series = Series(study=study, uid="1.2.3", modality="MR")
    found = next(each for each in events_of(child(), [], [series], []) if each.lane == "images")
    assert found.label == "MR Head, 1 series (before the birth)"
    assert "1.2.3" in found.look


def test_every_record_is_a_link_to_where_it_stands(whole: Whole) -> None:
    arrivals.receive_file(
        by=whole.family, case=whole.case, name="note.txt", source=BytesIO(b"An operation note.")
    )
    jobs.run_all()
    dated = Record.objects.get(title="note.txt")
    Record.objects.filter(pk=dated.pk).update(dated="2024-02-03", kind=Kind.OPERATION_NOTE)
    text = sign_in(whole.specialist).get(f"/expert/cases/{whole.case.reference}/").content.decode()
    for record in whole.case.records.all():
        assert f'href="#record-{record.pk}"' in text
        assert f'id="record-{record.pk}"' in text
    named = set(re.findall(r'id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= named


def test_what_the_chart_says() -> None:
    (weight,) = growth.charts(child(weight_kg="24.5"))
    assert weight.title == "Weight is at the 19th centile"
    assert weight.drawing is not None
    assert [each.label for each in weight.drawing.names] == ["3", "15", "50", "85", "97"]
    assert len(weight.drawing.points) == 1
    (row,) = weight.rows
    assert (row.value, row.age, row.told) == ("24.5", "9 y 0 m", True)
    assert [each and each.centile for each in row.standings] == ["19", "16"]


def test_a_child_who_falls_through_the_centiles() -> None:
    before = [{"on": "2024-05-14", "weight_kg": "22.6", "height_cm": ""}]
    (weight,) = growth.charts(child(weight_kg="21.0", before=before))
    assert weight.title == "Weight fell from the 53rd to the 3rd centile"


def test_weight_and_height_of_one_day_make_a_body_mass_index() -> None:
    found = {each.key: each for each in growth.charts(child(weight_kg="24.5", height_cm="131"))}
    assert list(found) == ["weight", "height", "bmi"]
    assert found["bmi"].rows[0].value == "14.28"


def test_who_was_born_early_is_compared_with_its_corrected_age() -> None:
    born, told = date(2026, 1, 1), {"weight_kg": "5.0", "measured_on": date(2026, 5, 1)}
    early = growth.charts(child("M", born, weeks=30, **told))[0]  # type: ignore[arg-type]
    term = growth.charts(child("M", born, weeks=40, **told))[0]  # type: ignore[arg-type]
    assert (early.rows[0].age, early.rows[0].corrected) == ("4 m", "50 d")
    assert term.rows[0].corrected == ""
    assert early.title == "Weight is at the 37th centile"
    assert term.title == "Weight is below the 1st centile"


@pytest.mark.parametrize(
    ("case", "title"),
    [
        (child("O", weight_kg="20"), "Weight: no reference describes a child of this age and sex"),
        (
            child(born=date(2016, 5, 14), head_cm="52"),
            "Head circumference: no reference describes a child of this age and sex",
        ),
    ],
)
def test_where_no_reference_exists_it_is_said(case: Case, title: str) -> None:
    (chart,) = growth.charts(case)
    assert chart.title == title
    assert chart.drawing is None
    assert chart.rows


def test_nothing_told_is_no_chart() -> None:
    assert growth.charts(child()) == []
    assert growth.charts(child(born=None, weight_kg="20")) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("medicines", "said"),
    [
        ("Levetiracetam 250 mg cada 12 horas", [("Levetiracetam 250 mg", "10 mg/kg")]),
        (
            "Clobazam 2,5 mg, Vitamin D 10 µg",
            [("Clobazam 2,5 mg", "0.1 mg/kg"), ("Vitamin D 10 µg", "0.4 µg/kg")],
        ),
        ("Paracetamol 250 mg/5 ml", []),
        ("Valproate 20 mg/kg", []),
        ("Ibuprofen 5-10 mg", []),
        ("Amoxicillin 1,000 mg", []),
        ("none", []),
    ],
)
def test_doses_by_weight_where_they_are_certain(
    medicines: str, said: list[tuple[str, str]]
) -> None:
    reader = Told({"family": "en", "local_provider": "en"}, frozenset({"en"}))
    found = doses(child(weight_kg="25", medicines=medicines), reader)
    assert ([(each.written, each.per_kg) for each in found[1]] if found else []) == said
    assert doses(child(medicines=medicines), reader) is None


@pytest.mark.parametrize(
    ("translated", "beside"), [("Levetiracetam 250 mg", "Levetiracetam 250 mg"), ("520 mg", "")]
)
def test_a_dose_stands_beside_its_translation_where_the_amounts_agree(
    translated: str, beside: str
) -> None:
    medicines = "ليفيتيراسيتام 250 mg"
    passage = {"key": "medicines", "original": medicines, "text": translated}
    row = {"method": "person", "language": "en", "made_by__full_name": "Tom Weber",
           "reviewed_by__full_name": None, "differing": 0}  # fmt: skip
    reader = Told({"family": "ar", "local_provider": "ar"}, frozenset({"en"}),
                  {"medicines": (passage, row)})  # fmt: skip
    found = doses(child(weight_kg="25", medicines=medicines), reader)
    assert found is not None
    assert found[1] == [(medicines, "10 mg/kg", beside)]


def test_a_family_may_tell_when_and_what_was_measured_before(
    maria: Client, hospital: Program
) -> None:
    case = start(maria)
    told = ANSWERS["child"] | {
        "weight_kg": "24,5", "measured_on_day": "3", "measured_on_month": "2",
        "measured_on_year": "2026", "gestation_weeks": "٣٢", "head_cm": "51,5",
        "before_1_on_day": "14", "before_1_on_month": "5", "before_1_on_year": "2019",
        "before_1_weight_kg": "11.2",
    }  # fmt: skip
    assert maria.post(page(case, "child"), told).status_code == 302
    case = Case.objects.select_related("request").get(pk=case.pk)
    assert case.request.gestation_weeks == 32
    assert measurements(case) == [
        Measured(date(2019, 5, 14), Decimal("11.2")),
        Measured(date(2026, 2, 3), Decimal("24.50"), None, Decimal("51.5")),
    ]
    shown = maria.get(page(case, "child")).content.decode()
    assert 'name="before_1_weight_kg" value="11.2"' in shown
    assert '<details class="form" open>' in shown


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"before_1_weight_kg": "11"}, "before_1_on"),
        ({"measured_on_day": "1", "measured_on_month": "1", "measured_on_year": "2016"},
         "measured_on"),
        ({"gestation_weeks": "4"}, "gestation_weeks"),
        ({"head_cm": "big"}, "head_cm"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field(
    maria: Client, hospital: Program, values: dict[str, str], wrong: str
) -> None:
    case = start(maria)
    answer = maria.post(page(case, "child"), ANSWERS["child"] | values)
    assert answer.status_code == 200
    assert f'id="id_{wrong}-error"' in answer.content.decode()


def test_no_measurement_lies_before_the_birth(hospital: Program) -> None:
    family = person("maria@familia.example")
    case = draft(family)
    with pytest.raises(Refused):
        actions.save_child(
            by=family, case=case, full_name="Camila", latin_name="", birth_date=BORN, sex="F",
            measured_before=[Measured(date(2016, 1, 1), Decimal(3))],
        )  # fmt: skip
