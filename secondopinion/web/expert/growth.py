"""How the child grew, against the published references: charts and their tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from babel import Locale
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from secondopinion.cases.measuring import Measured, measurements
from secondopinion.cases.models import Case
from secondopinion.core import dates
from secondopinion.growth import scores
from secondopinion.growth.references import Measure, Reference
from secondopinion.growth.scores import Score
from secondopinion.web.expert.centiles import CENTILES, Dot, Drawing, drawing
from secondopinion.web.templatetags.house import comma

SPACE = 0.67  # deviations between two of the classic centile lines: a change that means something

_WORDS: dict[Measure, tuple[str | Promise, str | Promise]] = {
    Measure.WEIGHT: (gettext_lazy("Weight"), gettext_lazy("kg")),
    Measure.HEIGHT: (gettext_lazy("Height"), gettext_lazy("cm")),
    Measure.BMI: (gettext_lazy("Body mass index"), gettext_lazy("kg/m²")),
    Measure.HEAD: (gettext_lazy("Head circumference"), gettext_lazy("cm")),
}
_NAMES: dict[Reference, str | Promise] = {
    Reference.WHO: gettext_lazy("WHO"), Reference.CDC: gettext_lazy("CDC"),
}  # fmt: skip
_ORDINALS: dict[str, str | Promise] = {
    "one": pgettext_lazy("ordinal like 1", "%(n)sst"),
    "two": pgettext_lazy("ordinal like 2", "%(n)snd"),
    "few": pgettext_lazy("ordinal like 3", "%(n)srd"),
    "other": pgettext_lazy("ordinal like 4", "%(n)sth"),
}


class Standing(NamedTuple):
    """Where a value stands by one reference, as it is read."""

    centile: str
    z: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table beneath a chart."""

    on: date
    told: bool
    age: str
    corrected: str
    value: str
    standings: list[Standing | None]
    likely: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One measure: what its chart says, its drawing, its table."""

    key: str
    title: str
    described: str
    unit: str | Promise
    references: list[str | Promise]
    rows: list[Row]
    drawing: Drawing | None


class _Point(NamedTuple):
    """One value of one measure at an age in days."""

    measured: Measured
    days: int  # corrected, where that applies
    age: int  # from birth
    value: float
    scores: dict[Reference, Score | None]


def charts(case: Case) -> list[Chart]:
    """Return a chart of every measure that was told, each with the points of all its days."""
    born, weeks = case.child.birth_date, case.request.gestation_weeks
    if born is None:
        return []
    rows = [each for each in measurements(case) if each.on >= born]
    found = []
    for measure in Measure:
        points = list(_points(rows, measure, case.child.sex, born, weeks))
        if points:
            found.append(_chart(measure, case.child.sex, points))
    return found


def _points(
    rows: Sequence[Measured], measure: Measure, sex: str, born: date, weeks: int | None
) -> Iterator[_Point]:
    for row in rows:
        value = _value(row, measure)
        if not value:
            continue
        age = (row.on - born).days
        days = scores.corrected(age, weeks)
        standing = {
            each: scores.score(measure, sex=sex, days=days, value=value, reference=each)
            for each in Reference
        }
        yield _Point(row, days, age, value, standing)


def _value(row: Measured, measure: Measure) -> float | None:
    if measure == Measure.BMI:
        if not row.weight_kg or not row.height_cm:
            return None
        return float(row.weight_kg) / (float(row.height_cm) / 100) ** 2
    found: Decimal | None = {
        Measure.WEIGHT: row.weight_kg, Measure.HEIGHT: row.height_cm, Measure.HEAD: row.head_cm,
    }[measure]  # fmt: skip
    return float(found) if found else None


def _chart(measure: Measure, sex: str, points: list[_Point]) -> Chart:
    last = points[-1]
    reference = next((each for each in Reference if last.scores[each]), None)
    shown = [each for each in Reference if any(point.scores[each] for point in points)]
    label, unit = _WORDS[measure]
    drawn = [each for each in points if reference and each.scores[reference]]
    if reference is None:
        words = _("%(measure)s: no reference describes a child of this age and sex")
        title, described, picture = words % {"measure": label}, "", None
    else:
        title = _title(str(label), [each.scores[reference] for each in drawn])
        words = _("The curves are the centiles %(centiles)s of the %(reference)s reference.")
        centiles = comma().join(map(str, CENTILES))
        described = words % {"centiles": centiles, "reference": _NAMES[reference]}
        dots = [Dot(each.days, each.value, _point_words(each, measure)) for each in drawn]
        picture = drawing(measure, sex, reference, dots)
    return Chart(
        measure.value, title, described, unit, [_NAMES[each] for each in shown],
        [_row(each, shown) for each in points], picture,
    )  # fmt: skip


def _title(label: str, found: Sequence[Score | None]) -> str:
    known = [each for each in found if each]
    first, last = known[0], known[-1]
    words = {"measure": label, "centile": ordinal(last.centile), "from": ordinal(first.centile)}
    if last.centile < 1:
        return _("%(measure)s is below the 1st centile") % words
    if last.centile > 99:
        return _("%(measure)s is above the 99th centile") % words
    if last.z - first.z <= -SPACE and first.centile <= 99:
        return _("%(measure)s fell from the %(from)s to the %(centile)s centile") % words
    if last.z - first.z >= SPACE and first.centile >= 1:
        return _("%(measure)s rose from the %(from)s to the %(centile)s centile") % words
    return _("%(measure)s is at the %(centile)s centile") % words


def ordinal(centile: float) -> str:
    """Write a centile as a place in a row, as the reader's language does: "12th"."""
    number = min(max(round(centile), 1), 99)
    form = Locale.parse(get_language() or "en", sep="-").ordinal_form(number)
    return str(_ORDINALS.get(form, _ORDINALS["other"])) % {"n": number_format(number)}


def _row(point: _Point, shown: Sequence[Reference]) -> Row:
    found = [point.scores[each] for each in shown]
    day = point.measured.on
    return Row(
        on=day,
        told=point.measured.told,
        age=age_words(day - timedelta(days=point.age), day),
        corrected=(
            "" if point.days == point.age else age_words(day - timedelta(days=point.days), day)
        ),
        value=_number(point.value),
        standings=[_standing(each) if each else None for each in found],
        likely=all(each.likely for each in found if each),
    )


def _number(value: float) -> str:
    return str(number_format(Decimal(f"{value:.4g}")))


def _standing(found: Score) -> Standing:
    centile = found.centile
    if centile < 0.1:
        words = f"<{number_format(Decimal('0.1'))}"
    elif centile > 99.9:
        words = f">{number_format(Decimal('99.9'))}"
    else:
        places = 1 if centile < 1 or centile > 99 else 0
        words = number_format(Decimal(f"{centile:.{places}f}"))
    return Standing(words, number_format(Decimal(f"{found.z:.2f}")).replace("-", "−"))


def age_words(since: date, day: date) -> str:
    """Write the time between two days: in years and months, in the first two months in days."""
    days = (day - since).days
    if days < 0:
        return _("%(days)s days before term") % {"days": -days}
    if days < 61:
        return pgettext("age", "%(days)s d") % {"days": days}
    whole = 12 * (day.year - since.year) + day.month - since.month - (day.day < since.day)
    years, months = divmod(whole, 12)
    if not years:
        return pgettext("age", "%(months)s m") % {"months": months}
    return pgettext("age", "%(years)s y %(months)s m") % {"years": years, "months": months}


def _point_words(point: _Point, measure: Measure) -> str:
    day = dates.written(point.measured.on)
    return f"{day}: {_number(point.value)} {_WORDS[measure][1]}"
