"""The child's story as it is drawn: lanes of dated points, each leading to where it comes from."""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from textwrap import shorten

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from secondopinion.cases.measuring import measurements
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.imaging.models import Series
from secondopinion.records.checks.days import find
from secondopinion.records.models import Kind, LabValue, Record
from secondopinion.web.lab_values import value_of
from secondopinion.web.templatetags.house import written_date

WIDTH = 320  # units of the drawing
EDGE = 14  # free at both ends
SLOT = 22  # units that one point takes; what falls into one is drawn as one with its number
LANE = 40  # units of height
TICK_WORDS = 18
SHORTEST = timedelta(days=365)  # what is drawn spans at least this
MOST_TICKS = 5
SURE = 0.8  # a day that a program reads out of what the family wrote
_SENTENCE = re.compile(r"[\n;]|(?<=[^\d\W]{2})[.؟?!](?:\s|$)")
_SHORTEST_SENTENCE = 4
# What a sentence of the history is about, by the beginnings of words in what families write.
_ABOUT = (
    ("diagnoses", re.compile(
        r"diagn|\bDx\b|диагно|діагно|تشخيص|شُخ|शिनाख्त|निदान|诊断|診断|tanı|teşhis", re.IGNORECASE)),
    ("stays", re.compile(
        r"hospital|hôpital|ospedale|krankenhaus|klinik|hastane|больниц|лікарн|مستشف|अस्पताल|医院|病院"
        r"|admitted|admission|discharged|ingres|internad|internação|aufgenommen|hospitalis",
        re.IGNORECASE)),
)  # fmt: skip
_LONGEST_LABEL = 90

_LANES: dict[str, str | Promise] = {
    "diagnoses": gettext_lazy("Diagnoses"),
    "stays": gettext_lazy("Hospital stays"),
    "operations": gettext_lazy("Operations"),
    "laboratory": gettext_lazy("Laboratory and tissue"),
    "images": gettext_lazy("Images"),
    "letters": gettext_lazy("Letters and other records"),
    "told": gettext_lazy("From the request"),
}
_LANE_OF: dict[str, str] = {
    Kind.DISCHARGE_LETTER: "stays",
    Kind.OPERATION_NOTE: "operations", Kind.LABORATORY: "laboratory", Kind.PATHOLOGY: "laboratory",
    Kind.GENETICS: "laboratory", Kind.IMAGING_REPORT: "images",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day, or that has no date, and the place on the page it is at."""

    day: date | None
    lane: str
    label: str
    href: str = ""
    look: str = ""  # what the viewer opens, as JSON


@dataclass(slots=True)
class Point:
    """One event, or several that stand too close to be told apart, as they are drawn."""

    x: str
    events: list[Event]
    label: str
    href: str
    look: str

    @property
    def count(self) -> int:
        return len(self.events)


@dataclass(frozen=True, slots=True)
class Lane:
    """What is of one kind, on one line."""

    label: str | Promise
    y: int
    points: list[Point]


@dataclass(frozen=True, slots=True)
class Story:
    """The drawing and the list beneath it."""

    lanes: list[Lane]
    ticks: list[tuple[str, str]]  # place and label
    months: list[tuple[str, str, list[Event]]]  # anchor, month, what happened in it
    undated: list[Event]
    width: int = WIDTH
    begins: int = EDGE
    ends: int = WIDTH - EDGE

    @property
    def axis(self) -> int:
        """Where the lanes end and the words of the ticks begin."""
        return LANE * len(self.lanes)

    @property
    def height(self) -> int:
        return self.axis + TICK_WORDS

    @property
    def starts(self) -> int:
        """Where a line begins for who reads it."""
        return WIDTH - 2 if get_language_bidi() else 2

    @property
    def count(self) -> int:
        """How many points have a date."""
        return sum(len(events) for _anchor, _month, events in self.months)


@dataclass(slots=True)
class _Scale:
    """Places days on the drawing, from right to left where the reader reads so."""

    first: date
    last: date
    mirrored: bool = field(default_factory=get_language_bidi)

    def x(self, place: float) -> str:
        """Return a coordinate for a distance from the first day."""
        return f"{WIDTH - EDGE - place if self.mirrored else EDGE + place:.1f}"

    def share(self, day: date) -> float:
        return (day - self.first) / (self.last - self.first)


def events_of(
    case: Case, rows: Sequence[Record], images: Sequence[Series], values: Sequence[LabValue]
) -> list[Event]:
    """Return everything that is known to have happened, as it was found: facts, records, images,
    laboratory values."""
    found = [
        Event(row.dated, _LANE_OF.get(row.kind, "letters"), _of_record(row), f"#{anchor(row)}")
        for row in rows
    ]
    by_study: dict[object, list[Series]] = defaultdict(list)
    for series in images:
        by_study[series.study_id].append(series)
    found += [_of_study(group) for group in by_study.values()]
    by_page: dict[tuple[date, object], list[LabValue]] = defaultdict(list)
    for value in values:
        by_page[value.taken_on, value.page_id].append(value)
    found += [_of_values(case, group) for group in by_page.values()]
    if case.child.birth_date:
        found.append(Event(case.child.birth_date, "told", _("Born"), "#asked"))
    found += [
        Event(each.on, "told", _("Measured"), "#growth") for each in measurements(case) if each.told
    ]
    found += _told(case)
    if case.submitted_at:
        day = timezone.localtime(case.submitted_at).date()
        found.append(Event(day, "told", _("The request was sent"), "#asked"))
    born = case.child.birth_date
    return [_doubted(each) if each.day and born and each.day < born else each for each in found]


def _doubted(event: Event) -> Event:
    return replace(event, label=_("%(what)s (before the birth)") % {"what": event.label})


def _told(case: Case) -> list[Event]:
    """Return what the family wrote of diagnoses, operations and stays, and what else with a day.

    The days are read by a program out of the text, and are said to be.
    """
    found = []
    for name, lane in (
        ("diagnosis", "diagnoses"), ("operations", "operations"), ("history", ""),
    ):  # fmt: skip
        for line in _SENTENCE.split(getattr(case.request, name)):
            text = line.strip()
            if len(text) < _SHORTEST_SENTENCE:
                continue
            days = {
                each.day
                for each in find(text, case.language, str(case.country), clock.today())
                if each.certainty >= SURE and _is_of_life(each.day, case)
            }
            if len(days) == 1:
                label = _("%(sentence)s (date read from the text)") % {"sentence": _short(text)}
                found.append(Event(days.pop(), lane or _about(text), label, "#asked"))
    return found


def _about(sentence: str) -> str:
    """Return the lane of a sentence of the history; what has none of its own is just told."""
    return next((lane for lane, words in _ABOUT if words.search(sentence)), "told")


def _is_of_life(day: date, case: Case) -> bool:
    born = case.child.birth_date
    return (born is None or day > born) and day <= clock.today()


def _short(text: str) -> str:
    return shorten(text, _LONGEST_LABEL, placeholder="…")


def anchor(row: Record) -> str:
    """Return the name of the place at which a record stands on the page."""
    return f"record-{row.pk}"


def _of_record(row: Record) -> str:
    return f"{row.get_kind_display()}: {row.title}"


def _of_study(group: list[Series]) -> Event:
    first = group[0]
    modalities = " ".join(sorted({row.modality for row in group if row.modality}))
    name = first.study.description or first.description
    count = ngettext("%(n)s series", "%(n)s series", len(group)) % {"n": len(group)}
    label = ", ".join(each for each in (f"{modalities} {name}".strip(), count) if each)
    look = json.dumps({"study": first.study.uid, "series": first.uid})
    return Event(first.study.date, "images", label, "#images", look)


def _of_values(case: Case, group: list[LabValue]) -> Event:
    """Return the values of one day on one page, those outside their range first."""
    shown = sorted(map(value_of, group), key=lambda each: (not each.standing, each.name))
    words = {"low": _("low"), "high": _("high"), "": ""}
    told = [
        f"{each.name} {each.text} {each.row.unit}"
        + (f" ({words[each.standing]})" if each.standing else "")
        for each in shown
    ]
    page = group[0].page
    place = reverse("page-look", args=[case.reference, page.record_id, page.number])
    return Event(group[0].taken_on, "laboratory", _short("; ".join(told)), place)


def story(events: Sequence[Event]) -> Story:
    """Draw events: a lane for each kind that there is, months in the list, undated ones apart."""
    dated = sorted(
        ((each.day, number, each) for number, each in enumerate(events) if each.day),
    )
    undated = [each for each in events if not each.day]
    months = [
        (_anchor(month), _month(month), [each for _day, _number, each in group])
        for month, group in groupby(dated, key=lambda row: row[0].replace(day=1))
    ]
    if not dated:
        return Story([], [], [], undated)
    scale = _scale([day for day, _number, _each in dated])
    lanes: list[Lane] = []
    for key, label in _LANES.items():
        own = [each for _day, _number, each in dated if each.lane == key]
        if own:
            lanes.append(Lane(label, LANE * len(lanes), _points(own, scale)))
    return Story(lanes, _ticks(scale), months, undated)


def _scale(days: Sequence[date]) -> _Scale:
    first, last = days[0], days[-1]
    short = SHORTEST - (last - first)
    return _Scale(first - short if short > timedelta(0) else first, last)


def _points(events: list[Event], scale: _Scale) -> list[Point]:
    """Draw events at their days; what would lie over the first of a group is counted with it."""
    groups: list[tuple[float, list[Event]]] = []
    for each in events:
        if each.day is None:
            continue
        place = scale.share(each.day) * (WIDTH - 2 * EDGE)
        if groups and place - groups[-1][0] < SLOT:
            groups[-1][1].append(each)
        else:
            groups.append((place, [each]))
    return [_point(scale.x(place), group) for place, group in groups]


def _point(x: str, group: list[Event]) -> Point:
    first, last = group[0], group[-1]
    if len(group) == 1:
        return Point(x, group, f"{written_date(first.day)}: {first.label}", first.href, first.look)
    begin, end = _month(first.day), _month(last.day)
    when = begin if begin == end else f"{begin} – {end}"
    label = ngettext("%(when)s: %(n)s entry", "%(when)s: %(n)s entries", len(group)) % {
        "when": when, "n": len(group),
    }  # fmt: skip
    return Point(x, group, label, f"#{_anchor(first.day)}", "")


def _ticks(scale: _Scale) -> list[tuple[str, str]]:
    """Return where years begin; within two years, where quarters do."""
    first, last = scale.first, scale.last
    if (last - first).days > 2 * 365:
        step = -(-(last.year - first.year) // MOST_TICKS)
        days = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1, step)]
        labels = [str(day.year) for day in days]
    else:
        quarters = [date(y, m, 1) for y in range(first.year, last.year + 1) for m in (1, 4, 7, 10)]
        days = [day for day in quarters if first <= day <= last]
        labels = [_short_month(day) for day in days]
    width = WIDTH - 2 * EDGE
    return [
        (scale.x(scale.share(day) * width), label) for day, label in zip(days, labels, strict=True)
    ]


def _anchor(day: date | None) -> str:
    return f"story-{day:%Y-%m}" if day else ""


def _month(day: date | None) -> str:
    # Translators: how a month of a year is written out, "March 2026".
    return date_format(day, pgettext("date format", "F Y")) if day else ""


def _short_month(day: date) -> str:
    # Translators: a month of a year, short, under a line of time: "Mar 2026".
    return date_format(day, pgettext("date format, short", "M Y"))
