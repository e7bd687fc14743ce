"""What was changed in a copy, series by series and tag by tag; no values, and nobody's numbers."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from pydicom.datadict import dictionary_description, dictionary_has_tag

from secondopinion.imaging.confidentiality import profile
from secondopinion.imaging.confidentiality.planning import SeriesPlan

METHOD = f"DICOM PS3.15 {profile.EDITION}, Basic Application Level Confidentiality Profile"
_MOST_NAMED = 20  # files of a series in which something is covered
NOTICES = {
    "face": "A face can be made out of these slices.",
    "capture": "These are screenshots or scanned pages.",
    "philips-scaling": "Private numbers scale these pixels of Philips: without them the values are "
    "not the scanner's.",
    "text-declared": "The headers say that text is in the pixels; none was found.",
}


@dataclass(slots=True)
class _Series:
    told: dict[str, Any]
    tags: Counter[tuple[int, str]] = field(default_factory=Counter)
    notices: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Report:
    """Grows by each answer of the sandbox."""

    options: dict[str, bool]
    _series: dict[tuple[str, str], _Series] = field(default_factory=dict)
    _left_out: Counter[str] = field(default_factory=Counter)

    def leave_out(self, reason: str) -> None:
        """Note an object that is not in the copy."""
        self._left_out[reason] += 1

    def add(self, plan: SeriesPlan, answer: dict[str, Any], covered: str = "") -> None:
        """Note a copy of an object; `covered` is its path where something in it is covered."""
        text = plan.said_of_text()
        row = self._series.get((plan.study, plan.uid))
        if row is None:
            told = {
                "study": answer["study"], "series": answer["series"],
                "modality": answer["modality"], "number": plan.number, "instances": 0,
                "text": text | {"files": []},
            }  # fmt: skip
            row = self._series[plan.study, plan.uid] = _Series(told)
            row.notices |= {"face"} if plan.face else set()
            row.notices |= {"capture"} if plan.capture else set()
            row.notices |= {"text-declared"} if text["certainty"] == 0 else set()
        row.told["instances"] += 1
        if covered and len(row.told["text"]["files"]) < _MOST_NAMED:
            row.told["text"]["files"].append(covered)
        row.notices.update(answer["notices"])
        for tag, action, count in answer["tags"]:
            row.tags[tag, action] += count

    @property
    def made(self) -> int:
        """Return how many objects are in the copy."""
        return sum(row.told["instances"] for row in self._series.values())

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "version": "1",
            "tool": f"secondopinion {version('secondopinion')}",
            "method": METHOD,
            "options": dict(self.options),
            "instances": self.made,
            "series": [
                row.told | {"notices": sorted(row.notices), "tags": _rows(row.tags)}
                for row in self._series.values()
            ],
            "left_out": dict(sorted(self._left_out.items())),
        }


def _rows(tags: Counter[tuple[int, str]]) -> list[dict[str, Any]]:
    """Return a row for each public tag and action; private ones together, by group and action."""
    rows = []
    private: dict[tuple[int, str], int] = defaultdict(int)
    for (tag, action), count in sorted(tags.items()):
        group = tag >> 16
        if group % 2:
            private[group, action] += count
            continue
        name = dictionary_description(tag) if dictionary_has_tag(tag) else ""
        rows.append({"tag": f"({group:04X},{tag & 0xFFFF:04X})", "name": name, "action": action,
                     "count": count})  # fmt: skip
    rows += [
        {"tag": f"({group:04X},xxxx)", "name": "Private attributes", "action": action,
         "count": count}
        for (group, action), count in private.items()
    ]  # fmt: skip
    return rows


def as_lines(report: dict[str, Any]) -> Iterator[str]:
    """Yield a report as text."""
    yield f"Copies without names: {report['instances']} objects. {report['method']}."
    for row in report["series"]:
        text = row["text"]
        yield ""
        yield (
            f"Series {row['number'] or '?'} {row['modality']} ({row['series']}): "
            f"{row['instances']} objects"
        )
        yield (
            f"  text: {text['regions']} regions covered in {text['images']} objects; sure to "
            f"{text['certainty']:.0%} that none is left"
        )
        if text["files"]:
            yield f"  LOOK: is it text, or a part of the body? {', '.join(text['files'])}"
        for notice in row["notices"]:
            yield f"  LOOK: {NOTICES[notice]}"
        for each in row["tags"]:
            yield f"  {each['tag']}  {each['action']:8} {each['count']:>7}  {each['name']}"
    for reason, count in report["left_out"].items():
        yield f"Left out: {count} ({reason})"
