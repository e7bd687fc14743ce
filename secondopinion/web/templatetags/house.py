"""Tags and filters of the house's templates."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms, template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from secondopinion.core import clock
from secondopinion.outcomes.models import Answer
from secondopinion.program.models import Target
from secondopinion.program.queries import in_language
from secondopinion.web.uploader_texts import UPLOADER_TEXTS
from secondopinion.web.viewer_texts import VIEWER_TEXTS

register = template.Library()


@register.filter
def written_date(value: date | datetime | None) -> str:
    """Write a date out, as ``12 March 2026``, in the reader's zone and language."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return date_format(value, "j F Y")


@register.filter
def written_time(value: datetime | None) -> str:
    """Write an instant out, as ``12 March 2026, 14:05``, in the reader's zone."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{date_format(local, 'j F Y')}, {date_format(local, 'H:i')}"


@register.filter
def late(value: datetime | None) -> bool:
    """Say whether an instant has passed."""
    return value is not None and value < clock.now()


@register.filter
def spoken(texts: Mapping[str, str]) -> str:
    """Pick the reader's language out of texts by language."""
    return in_language(texts)


@register.filter
def translated(text: str) -> str:
    """Translate a sentence that is kept in English."""
    return gettext(text) if text else ""


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key, or nothing."""
    return mapping.get(key, "") if mapping else ""


@register.inclusion_tag("house/field.html")
def field(bound: forms.BoundField, *, optional: bool = False) -> dict[str, Any]:
    """Draw a field with its label, hint and error, tied together for screen readers."""
    widget = bound.field.widget
    group = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.MultiWidget)
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}-hint")
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
    widget.attrs.pop("aria-describedby", None)
    if described and not group:
        widget.attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        widget.attrs["aria-invalid"] = "true"
    return {
        "field": bound,
        "group": group,
        "own_id": isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple),
        "single_box": isinstance(widget, forms.CheckboxInput),
        "optional": optional or not bound.field.required,
        "described": " ".join(described),
    }


@register.filter
def is_date(value: Any) -> bool:
    """Say whether a value is a date to be written out."""
    return isinstance(value, date)


@register.simple_tag
def uploader_texts() -> str:
    """Return the uploader's words in the reader's language, as JSON for its ``data-texts``."""
    return json.dumps({key: str(text) for key, text in UPLOADER_TEXTS.items()}, ensure_ascii=False)


@register.simple_tag
def viewer_texts() -> str:
    """Return the viewer's words in the reader's language, as JSON for its ``data-texts``."""
    return json.dumps({key: str(text) for key, text in VIEWER_TEXTS.items()}, ensure_ascii=False)


@register.filter
def step_label(step: str) -> str:
    """Return the words for a step of the clocks."""
    return str(dict(Target.Step.choices).get(step, step))


@register.filter
def outcome_label(name: str) -> str:
    """Return the question of the questionnaire that a column answers."""
    return {
        "diagnosis_changed": gettext("Did the diagnosis change?"),
        "plan_changed": gettext("Did the treatment change?"),
        "helped": gettext("Did the opinion help you?"),
    }.get(name, name)


@register.filter
def answer_label(value: str) -> str:
    """Return the words for an answer of the questionnaire."""
    return str(dict(Answer.choices).get(value, value))


@register.filter
def unlocalised(value: float) -> str:
    """Write a number for a drawing, with a point in every language."""
    return f"{value:g}"


@register.filter
def local_time(value: datetime | None, zone: str) -> str:
    """Write the clock time that an instant (now, when there is none) has in a zone."""
    return date_format((value or clock.now()).astimezone(ZoneInfo(zone)), "H:i")
