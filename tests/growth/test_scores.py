"""Z-scores and centiles: against what WHO and CDC print, and what must hold for every child."""

import hashlib
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from secondopinion.growth.references import (
    DAYS_IN_MONTH,
    LMS,
    Measure,
    Reference,
    lms,
    span,
    tables,
)
from secondopinion.growth.scores import (
    Score,
    corrected,
    is_straight,
    score,
    value_at,
    z_of,
    z_of_centile,
)

WHO, CDC = Reference.WHO, Reference.CDC
MONTH = DAYS_IN_MONTH

# SHA-256 of the L, M and S of WHO's spreadsheets of 2006 and 2007, as an independent conversion of
# the original files gives them (pedgrowth-data-who2006 and -who2007 1.0.0, `SOURCES.json`).
DIGESTS = {
    ("weight", "F", 0): "6f8b2e4c1a9544ea3d40b67ad30577a65dadefcccad819e1d78af7473880b09a",
    ("weight", "M", 0): "0f4ca54b5cb91a9131b7391a8d7f7cfd6081ba56216d3fe596ca268efaca9312",
    ("height", "F", 0): "e194f3bf4f7480a85e50836f9f67fab3c6a649b7728821dfe8b221f81ee1a629",
    ("height", "M", 0): "fbf60b1103a0c9907594768316abc5eb78c64855facae5fb37bc93fcdc29917d",
    ("bmi", "F", 0): "62d994d408738ca1aecbe9245e7c2e2e64018b446437604cfa19f87657a66080",
    ("bmi", "M", 0): "714e165caca35dd048ece729abc8ba78006f0352929143b9b280f158bfc723b8",
    ("head", "F", 0): "fd33a6fe4d205319199bc66f371b9b25d2477786ad1d910b6b7609bbb32c6242",
    ("head", "M", 0): "6a4a9a35536d629e6065a2ca0f7c3d9d30d5d6efe3fc5dc46907f20e9412327e",
    ("weight", "F", 1): "e2f1ac12b1a9ed43255776e70c10bba518dda90836e6109aa1fa83256f44fa7a",
    ("weight", "M", 1): "d971f74acd6d5a121f3c2438017cc80bf177137a7dd9ce4991033ec6991e3519",
    ("height", "F", 1): "48c75242a7391e541f98f0e41f6709b47e35d778aba9415df4256dbc23eeb822",
    ("height", "M", 1): "d20df82ce25d4e8cdd6a1895eb2ea197f66f502b5dda860cce55f5686a33be45",
    ("bmi", "F", 1): "2fba3a380ef796c8be55c9c3c2bf7b8d86e7f22f58246dc242a1272e4db94684",
    ("bmi", "M", 1): "9b47d1b4d9c5e1223f3293e205caf9c6ba2bae9bed5350dfded28b3bf697ea87",
}


def digest(measure: str, sex: str, part: int) -> str:
    """Return the digest of a table in the form that the independent conversion has."""
    table = tables(WHO, Measure(measure), sex)[part]
    factor = 1 / DAYS_IN_MONTH if table.unit == "days" else 1.0
    lines = ["sex,index,l,m,s,sigma"]
    for number, row in enumerate(table.rows):
        numbers = ",".join(map(repr, row))
        lines.append(f",{(table.first + number) * factor!r},{numbers},")
    return hashlib.sha256(("\n".join(lines) + "\n").encode()).hexdigest()


@pytest.mark.parametrize(("measure", "sex", "part"), DIGESTS)
def test_the_numbers_are_those_of_the_original_files(measure: str, sex: str, part: int) -> None:
    assert digest(measure, sex, part) == DIGESTS[measure, sex, part]


# Sex, age in months, deviations, and the value in the printed tables of WHO.
PRINTED_BY_WHO = [
    (Measure.WEIGHT, "M", 0, 0, 3.3), (Measure.WEIGHT, "M", 0, -3, 2.1),
    (Measure.WEIGHT, "M", 0, 3, 5.0), (Measure.WEIGHT, "M", 12, -2, 7.7),
    (Measure.WEIGHT, "M", 12, 0, 9.6), (Measure.WEIGHT, "M", 12, 2, 12.0),
    (Measure.WEIGHT, "F", 24, 0, 11.5), (Measure.WEIGHT, "F", 24, -2, 9.0),
    (Measure.WEIGHT, "F", 60, 0, 18.2), (Measure.WEIGHT, "M", 60, 2, 24.2),
    (Measure.HEIGHT, "M", 12, 0, 75.7), (Measure.HEIGHT, "F", 12, -2, 68.9),
    (Measure.HEIGHT, "M", 60, 0, 110.0), (Measure.HEIGHT, "M", 60, -2, 100.7),
    (Measure.HEIGHT, "F", 120, 0, 138.6), (Measure.HEIGHT, "M", 228, 0, 176.5),
    (Measure.HEIGHT, "F", 228, -2, 150.1), (Measure.BMI, "F", 228, 0, 21.4),
    (Measure.BMI, "M", 228, 1, 25.4), (Measure.BMI, "M", 120, 2, 21.4),
    (Measure.WEIGHT, "M", 120, 0, 31.2), (Measure.WEIGHT, "F", 120, 0, 31.9),
    (Measure.HEAD, "M", 0, 0, 34.5), (Measure.HEAD, "F", 12, 0, 44.9),
    (Measure.HEAD, "M", 60, 2, 53.7),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "sex", "months", "z", "printed"), PRINTED_BY_WHO)
def test_the_printed_tables_of_who(
    measure: Measure, sex: str, months: int, z: float, printed: float
) -> None:
    days = round(months * MONTH) if months <= 60 else months * MONTH
    found = lms(WHO, measure, sex, days)
    assert found is not None
    assert value_at(z, found) == pytest.approx(printed, abs=0.051)


# Sex, age in months, centile, and the value in CDC's own data files, which print both.
PRINTED_BY_CDC = [
    (Measure.WEIGHT, "M", 24.5, 10, 11.11490406),
    (Measure.WEIGHT, "M", 24.5, 95, 15.27629562),
    (Measure.WEIGHT, "F", 72.5, 3, 16.01186303),
    (Measure.WEIGHT, "F", 72.5, 97, 28.92161906),
    (Measure.WEIGHT, "M", 120.5, 10, 26.20745042),
    (Measure.WEIGHT, "M", 120.5, 95, 46.15753154),
    (Measure.WEIGHT, "F", 239.5, 3, 45.04509979),
    (Measure.WEIGHT, "F", 239.5, 97, 89.02866893),
    (Measure.HEIGHT, "M", 36.5, 10, 90.49788649),
    (Measure.HEIGHT, "M", 36.5, 95, 101.9323762),
    (Measure.HEIGHT, "F", 96.5, 3, 117.2736916),
    (Measure.HEIGHT, "F", 96.5, 97, 139.411004),
    (Measure.HEIGHT, "M", 180.5, 10, 159.7529343),
    (Measure.HEIGHT, "M", 180.5, 95, 182.4428851),
    (Measure.BMI, "M", 60.5, 10, 14.13780261),
    (Measure.BMI, "M", 60.5, 95, 17.93892524),
    (Measure.BMI, "F", 144.5, 3, 14.4941525),
    (Measure.BMI, "F", 144.5, 97, 27.15596389),
    (Measure.BMI, "M", 228.5, 10, 19.40765581),
    (Measure.BMI, "M", 228.5, 95, 29.72674204),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "sex", "months", "centile", "printed"), PRINTED_BY_CDC)
def test_the_printed_centiles_of_cdc(
    measure: Measure, sex: str, months: float, centile: float, printed: float
) -> None:
    found = lms(CDC, measure, sex, months * MONTH)
    assert found is not None
    assert value_at(z_of_centile(centile), found) == pytest.approx(printed, rel=1e-6)
    assert z_of(printed, found) == pytest.approx(z_of_centile(centile), abs=1e-5)


def known() -> list[tuple[Reference, Measure, str, float, float]]:
    """Return every reference, measure and sex, with the ages in days that it describes."""
    return [
        (reference, measure, sex, *found)
        for reference in Reference
        for measure in Measure
        for sex in "FM"
        if (found := span(reference, measure, sex))
    ]


@given(st.data())
def test_what_holds_for_every_child(data: st.DataObject) -> None:
    reference, measure, sex, begins, ends = data.draw(st.sampled_from(known()))
    days = data.draw(st.integers(math.ceil(begins), math.floor(ends)))
    found = lms(reference, measure, sex, days)
    assume(found is not None)
    assert found is not None
    straight = is_straight(reference, measure)
    # The median has no deviation, and the way back leads back.
    assert z_of(found.median, found, straight=straight) == pytest.approx(0, abs=1e-9)
    z = data.draw(st.floats(-6, 6))
    value = value_at(z, found)
    assume(0.01 * found.median < value < 100 * found.median)
    if not straight or abs(z) <= 3:
        assert z_of(value, found, straight=straight) == pytest.approx(z, abs=1e-6)
    # Who weighs or measures more stands higher.
    more = value * data.draw(st.floats(1.001, 1.5))
    low, high = (
        score(measure, sex=sex, days=days, value=each, reference=reference)
        for each in (value, more)
    )
    assert low is not None
    assert high is not None
    assert low.z < high.z
    assert 0 <= low.centile <= high.centile <= 100


def test_between_two_months_in_proportion() -> None:
    below, above = (lms(WHO, Measure.HEIGHT, "F", month * MONTH) for month in (100, 101))
    between = lms(WHO, Measure.HEIGHT, "F", 100.5 * MONTH)
    assert below is not None
    assert above is not None
    assert between is not None
    assert between.median == pytest.approx((below.median + above.median) / 2)


def test_the_references_of_who_join_without_a_gap() -> None:
    for days in range(1850, 1865):
        assert lms(WHO, Measure.WEIGHT, "F", days), days


def test_far_out_who_goes_on_in_straight_lines() -> None:
    found = LMS(-0.3, 10.0, 0.12)
    edge, inner = value_at(3, found), value_at(2, found)
    assert z_of(edge + 2 * (edge - inner), found, straight=True) == pytest.approx(5)
    low, above = value_at(-3, found), value_at(-2, found)
    assert z_of(low - (above - low), found, straight=True) == pytest.approx(-4)


@pytest.mark.parametrize(
    ("reference", "measure", "sex", "years"),
    [
        (WHO, Measure.WEIGHT, "F", 10.5),  # to 10 years
        (WHO, Measure.HEIGHT, "M", 19.5),
        (WHO, Measure.HEAD, "M", 6),
        (CDC, Measure.WEIGHT, "F", 1.5),
        (CDC, Measure.HEAD, "F", 3),
        (WHO, Measure.WEIGHT, "O", 3),  # no reference without the sex
        (WHO, Measure.WEIGHT, "F", -0.1),  # before term
    ],
)
def test_where_no_reference_reaches_nothing_is_said(
    reference: Reference, measure: Measure, sex: str, years: float
) -> None:
    days = round(years * 365.25)
    assert score(measure, sex=sex, days=days, value=30, reference=reference) is None


def test_a_number_that_no_child_has_is_marked() -> None:
    said = score(Measure.WEIGHT, sex="F", days=3000, value=245, reference=WHO)
    assert isinstance(said, Score)
    assert not said.likely
    usual = score(Measure.WEIGHT, sex="F", days=3000, value=24.5, reference=WHO)
    assert usual is not None
    assert usual.likely


@pytest.mark.parametrize(
    ("days", "weeks", "age"),
    [
        (100, None, 100), (100, 40, 100), (100, 37, 100), (100, 36, 72), (100, 24, -12),
        (730, 30, 660), (731, 30, 731), (4000, 25, 4000),
    ],
)  # fmt: skip
def test_who_was_born_early_counts_from_term_to_24_months(
    days: int, weeks: int | None, age: int
) -> None:
    assert corrected(days, weeks) == age
