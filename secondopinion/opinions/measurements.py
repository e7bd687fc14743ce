"""Measurements on images: kept as they are made, each author's own, drawn into key images."""

import math
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.imaging import pixels, rulers
from secondopinion.imaging.drawing import Mark
from secondopinion.imaging.models import Instance
from secondopinion.opinions.models import Measurement

MOST = 2000  # of one author in one case


def measurements_of(case: Case, person: Person) -> QuerySet[Measurement]:
    """Return everybody's measurements on the images of a case, for its specialists.

    Raises:
        NotYours: to somebody who is not one.
    """
    require(case, person, Part.SPECIALIST)
    return Measurement.objects.filter(case=case).select_related("author")


def _checked(instance: Instance, frame: int, tool: str, points: Any) -> list[rulers.Point]:
    wrong = Refused(_("This measurement is not on the image."), code="measurement-invalid")
    if tool not in rulers.POINTS or not 1 <= frame <= instance.frames:
        raise wrong
    try:
        made = [(float(column), float(row)) for column, row in points]
    except (TypeError, ValueError):
        raise wrong from None
    inside = all(
        math.isfinite(value) and 0 <= value <= size  # as the viewer asks
        for point in made
        for value, size in zip(point, (instance.columns, instance.rows), strict=True)
    )
    if len(made) != rulers.POINTS[tool] or not inside:
        raise wrong
    return made


@transaction.atomic
def keep_measurement(
    *, by: Person, case: Case, key: UUID, instance: Instance, frame: int, tool: str, points: Any
) -> Measurement:
    """Keep a measurement under the key that its maker gave it; once more with the same key
    changes it.

    Raises:
        NotYours: by somebody who is not a specialist of the case, or another's measurement.
        Refused: points that are not on the image, values that cannot be read, or too many.
    """
    require(case, by, Part.SPECIALIST)
    made = _checked(instance, frame, tool, points)
    try:
        values = rulers.measure(instance, frame, tool, made)
    except pixels.Undecodable:
        raise Refused(_("This image cannot be shown here."), code="undecodable") from None
    found = Measurement.objects.select_for_update().filter(pk=key).first()
    if found is not None and (found.case_id != case.pk or found.author_id != by.pk):
        raise NotYours
    if found is None and Measurement.objects.filter(case=case, author=by).count() >= MOST:
        raise Refused(_("There are too many measurements."), code="too-many")
    row, new = Measurement.objects.update_or_create(
        pk=key,
        defaults={
            "case": case, "author": by, "study_uid": instance.series.study.uid,
            "series_uid": instance.series.uid, "instance_uid": instance.uid, "frame": frame,
            "tool": tool, "points": made, "values": values, "changed_at": clock.now(),
        },
    )  # fmt: skip
    verb = "measurement-made" if new else "measurement-changed"
    audit.record(verb, by=by, case_id=case.pk, target=row, detail={"tool": tool})
    return row


@transaction.atomic
def remove_measurement(*, by: Person, case: Case, key: UUID) -> None:
    """Remove one's own measurement.

    Raises:
        NotYours: there is none, or it is another's.
    """
    require(case, by, Part.SPECIALIST)
    row = Measurement.objects.select_for_update().filter(pk=key, case=case, author=by).first()
    if row is None:
        raise NotYours
    audit.record(
        "measurement-removed", by=by, case_id=case.pk, target=row,
        detail={"tool": row.tool, "points": row.points},
    )  # fmt: skip
    row.delete()


def label(tool: str, values: dict[str, Any]) -> str:
    """Return what a measurement says in a picture, in numbers and units alone."""
    unit = values.get("unit", "")
    if tool == Measurement.Tool.LENGTH:
        return f"{values['length']:.1f} {unit}"
    if tool == Measurement.Tool.ANGLE:
        return f"{values['angle']:.1f}°"
    of_values = values.get("value_unit", "")
    if tool == Measurement.Tool.PROBE:
        return f"{values['value']:g} {of_values}".strip() if "value" in values else ""
    lines = [f"{values['area']:.1f} {unit}²"]
    if "mean" in values:
        lines.append(f"{values['mean']:.1f} ± {values['deviation']:.1f} {of_values}".strip())
    return "\n".join(lines)


def marks_on(case: Case, person: Person, instance: Instance, frame: int) -> list[Mark]:
    """Return what a person measured on a frame, to be drawn on it."""
    rows = Measurement.objects.filter(
        case=case, author=person, instance_uid=instance.uid, frame=frame
    )
    return [
        Mark(row.tool, [(x, y) for x, y in row.points], label(row.tool, row.values)) for row in rows
    ]
