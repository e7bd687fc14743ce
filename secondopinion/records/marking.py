"""What is drawn over the picture of a page: where a finding is, where a searched word stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.findings.models import Finding
from secondopinion.records.boxes import Box, turned
from secondopinion.records.checks.whose import patient_of
from secondopinion.records.indexing import comparable
from secondopinion.records.models import Page, Record
from secondopinion.records.searching import Sought

# Where a region lies: rows from the top, in each from the left of the picture.
_PLACES = (
    (_("at the top left"), _("at the top"), _("at the top right")),
    (_("in the middle of the left side"), _("in the middle"), _("in the middle of the right side")),
    (_("at the bottom left"), _("at the bottom"), _("at the bottom right")),
)
_NEARLY_ALL = 75  # per cent of a page
_EDGES = " .,;:·"
_BESIDE = 0.03  # of a page: room for the number of a mark, so that it does not hide the name
_ROOM = 0.2  # around a word, of its height


@dataclass(frozen=True, slots=True)
class Drawn:
    """A box as it is drawn over a picture, in per cent of its width and height."""

    left: float
    top: float
    width: float
    height: float

    @property
    def place(self) -> str | Promise:
        """Where on the page it lies, in words."""
        if self.width * self.height / 100 > _NEARLY_ALL:
            return _("on nearly the whole page")
        across, down = self.left + self.width / 2, self.top + self.height / 2
        return _PLACES[min(2, int(3 * down / 100))][min(2, int(3 * across / 100))]


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding about a page, with its number there; `box` where it tells a part of the page."""

    number: int
    finding: Finding
    box: Drawn | None


def on_page(
    page: Page, quarters: int, findings: Iterable[Finding], name: Box | None = None
) -> list[Mark]:
    """Return what findings say of a page. `quarters`: how it stood when it was read; `name`: where
    a patient's name stands on it, which those are about that doubt whose page it is."""
    rows = [
        row for row in findings
        if row.subject_id == page.record_id and row.where.get("page") == page.number
    ]  # fmt: skip
    return [
        Mark(number, row, _drawn(_as_shown(page, quarters, region)) if region else None)
        for number, row in enumerate(rows, 1)
        for region in [row.where.get("region") or (name if row.whose else None)]
    ]


def name_on(page: Page) -> Box | None:
    """Return where the name of a patient stands on a page, as it was read; None where it does not,
    or where that is not known."""
    places = page.reading.answer.get("places", []) if hasattr(page, "reading") else []
    words = [comparable(place[0]).strip(_EDGES) for place in places]
    for name in patient_of(page.text, ()).names if places else ():
        parts = [comparable(part).strip(_EDGES) for part in name.split()]
        for at in range(len(words)):
            if words[at : at + len(parts)] == parts:
                lefts, tops, rights, bottoms = zip(
                    *(place[2:] for place in places[at : at + len(parts)]), strict=True
                )
                return max(0.0, min(lefts) - _BESIDE), min(tops), max(rights), max(bottoms)
    return None


def mark_all(rows: Iterable[Record], findings: Iterable[Finding]) -> None:
    """Give the pages of records, as `queries.with_pages` read them, their `marks`."""
    told = list(findings)
    for record in rows:
        for page in record.pages.all():
            quarters = vars(page)["read_turned"] or 0
            vars(page)["marks"] = on_page(page, quarters, told)


def hits_on(page: Page, sought: Sought) -> list[list[Drawn]]:
    """Return for each hit on a page the boxes of its words, in the order in which they were read;
    nothing where it is not known where the words of the page stand."""
    answer = page.reading.answer if hasattr(page, "reading") else {}
    places = answer.get("places", [])
    return [
        [_around(page, _as_shown(page, answer["turned"], places[at][2:])) for at in hit]
        for hit in sought.among([place[0] for place in places])
    ]


def _around(page: Page, word: Box) -> Drawn:
    """Return a box with a little room around a word, so that its line does not hide the letters."""
    left, top, right, bottom = word
    across, down = page.width or 1, page.height or 1
    room = _ROOM * min((right - left) * across, (bottom - top) * down)
    wide, high = room / across, room / down
    return _drawn((left - wide, top - high, right + wide, bottom + high))


def _as_shown(page: Page, quarters: int, box: Iterable[float]) -> Box:
    """Return a box of the page as it was read (after `quarters` turns) on the page as it is shown:
    the desk may have turned it since, or nobody has turned it at all."""
    left, top, right, bottom = box
    return turned((left, top, right, bottom), page.turn // 90 - quarters)


def _drawn(box: Box) -> Drawn:
    left, top, right, bottom = (round(100 * each, 2) for each in box)
    return Drawn(left, top, round(right - left, 2), round(bottom - top, 2))
