"""Tags and filters of the house's templates."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms, template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language_bidi, gettext, ngettext, pgettext

from secondopinion.accounts.models import Person
from secondopinion.accounts.rules import age_on
from secondopinion.cases.models import Case
from secondopinion.core import amounts, clock, dates, languages, zones
from secondopinion.findings.models import Finding
from secondopinion.imaging.naming import modality_name
from secondopinion.opinions.models import KeyImage
from secondopinion.opinions.versions import Sitting
from secondopinion.program.models import DeliveryRule, Price, Target
from secondopinion.program.queries import in_language, price_of, reason_for
from secondopinion.records.models import Record
from secondopinion.records.queries import place_of
from secondopinion.translation.told import FAMILY, Told
from secondopinion.web.uploader_texts import UPLOADER_TEXTS
from secondopinion.web.viewer_texts import VIEWER_TEXTS

register = template.Library()

# Ranges, and words with a number in them: Ki-67, CD3+, 10⁹/L.
_LATIN = "A-Za-z0-9µμ⁰¹²³⁴-⁹"
_INSIDE = rf"[{_LATIN}.,:/–−‐\-%×^*+_>]*"
_WHOLE = re.compile(
    r"[0-9][0-9.,:/%]*(?:\s?[-\u2010-\u2012–−×/]\s?[0-9](?:[0-9.,:/%]*[0-9%])?)+(?![A-Za-zµμ^*])|"
    r"\+[0-9]+(?: [0-9]+)+|"
    rf"(?:[0-9]|[A-Za-zµμ×+−-]{_INSIDE}[0-9⁰¹²³⁴-⁹])(?:{_INSIDE}[{_LATIN}%+])?"
)
_PLAIN = re.compile(r"[0-9][0-9.,]*")
_LEFTWARDS = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")


@register.filter
def written_date(value: date | datetime | None) -> str:
    """Write a date out, as ``12 March 2026``, in the reader's zone and language."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return dates.written(value)


@register.filter
def written_time(value: datetime | None) -> str:
    """Write an instant out, as ``12 March 2026, 14:05``, in the reader's zone."""
    return "" if value is None else _day_and_time(timezone.localtime(value))


@register.filter
def zone_words(person: Person) -> str:
    """Say in which zone times are shown to somebody: by its city, or UTC."""
    if not zones.tells(person.timezone):
        return zones.UNKNOWN
    return gettext("time in %(city)s") % {"city": zones.city_of(person.timezone)}


def _day_and_time(local: datetime) -> str:
    # Translators: a day and a time of day, "12 March 2026, 14:05"; Arabic has its own comma.
    return pgettext("date and time", "%(day)s, %(time)s") % {
        "day": dates.written(local), "time": date_format(local, "H:i"),
    }  # fmt: skip


@register.filter
def age(birth_date: date | None) -> str:
    """Return how old a child is today: in years, in the first two years in months."""
    if birth_date is None:
        return ""
    today = clock.today()
    years = age_on(birth_date, today)
    if years >= 2:
        return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
    months = (today.year - birth_date.year) * 12 + today.month - birth_date.month
    months -= today.day < birth_date.day
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}


@register.filter
def reason(rule: DeliveryRule) -> str:
    """Say to a family why a rule of delivery is as it is."""
    return reason_for(rule)


@register.simple_tag(takes_context=True)
def price_here(context: Mapping[str, Any]) -> str:
    """Return what a second opinion costs in the country of the page's case, or in `country`; ""
    where nothing is to be paid."""
    case = context.get("case")
    country = case.country if case else context.get("country", "")
    amount, currency = price_of(Price.Kind.OPINION, str(country))
    return amounts.written(amount, currency) if amount else ""


@register.filter
def clock_time(value: datetime) -> str:
    """Write the time of day of an instant, in the reader's zone."""
    return date_format(timezone.localtime(value), "H:i")


register.filter("language_name", languages.language_name)
register.filter("enumerated", languages.enumerated)
register.filter("money", amounts.written)
register.filter("city", zones.city_of)
register.filter("modality_name", modality_name)


@register.filter
def answered(rows: list[Any]) -> bool:
    """Say whether something that was asked has been answered."""
    return any(row.answered_at for row in rows or ())


@register.filter
def late(value: datetime | None) -> bool:
    """Say whether an instant has passed."""
    return value is not None and value < clock.now()


@register.filter
def spoken(texts: Mapping[str, str]) -> str:
    """Pick the reader's language out of texts by language."""
    return in_language(texts)


@register.filter
def letter_title(body: Mapping[str, Any]) -> str:
    """Return what a signed letter is called, in the reader's language where it is in it."""
    return in_language({each["language"]: each["title"] for each in body["parts"]})


@register.filter
def place(finding: Finding) -> str:
    """Return what a finding is about, in words; the name of a document has its own direction."""
    return place_of(finding, isolate="\u2068\u2069")


@register.filter
def measured(value: Decimal | None) -> str:
    """Write a measured number as it was told, without noughts behind it: 24.50 is 24.5."""
    return "–" if value is None else str(number_format(Decimal(f"{value.normalize():f}")))


@register.simple_tag
def comma() -> str:
    """Return what stands between items of a list, with its space."""
    # Translators: between items of a list; Arabic has its own comma.
    return pgettext("between items of a list", ", ")


@register.simple_tag
def arrow() -> str:
    """Return the arrow from what stands first to what stands next, in the reader's direction."""
    return "←" if get_language_bidi() else "→"


@register.filter
def translated(text: str) -> str:
    """Translate a sentence that is kept in English."""
    return gettext(text) if text else ""


@register.filter
def has_one_of(sitting: Sitting, revisions: set[int]) -> bool:
    """Say whether one of these revisions was saved in a sitting."""
    return any(each.revision in (revisions or ()) for each in sitting.savings)


@register.filter
def direction(text: str | Iterable[tuple[str, Any]]) -> str:
    """Return the direction of a text, or of its pieces, by most of its letters: a name at its
    beginning turns none.

    Where it has no letters, the browser decides.
    """
    letters = text if isinstance(text, str) else "".join(piece for piece, _mark in text or ())
    ways = Counter(unicodedata.bidirectional(each) for each in letters)
    leftwards = ways["R"] + ways["AL"]
    if not leftwards + ways["L"]:
        return "auto"
    return "rtl" if leftwards > ways["L"] else "ltr"


@register.filter
def isolated(text: str) -> str:
    """Keep ranges such as 20–40, and words with numbers such as Ki-67 and 10⁹/L, in their order
    where the text runs from right to left: between marks that are not seen (U+2066, U+2069)."""
    return whole(text) if text and _LEFTWARDS.search(text) else text or ""


@register.filter
def whole(text: str) -> str:
    """Do as `isolated` does, for a piece of a text that may run from right to left."""
    return _WHOLE.sub(_apart, text)


def _apart(found: re.Match[str]) -> str:
    word = found.group()
    return word if _PLAIN.fullmatch(word) else f"\u2066{word}\u2069"


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key, or nothing."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def as_json(value: Any) -> str:
    """Write a value as JSON, for an attribute that a script reads."""
    return json.dumps(value)


@register.inclusion_tag("house/languages.html")
def language_list(case: Case, records: Iterable[Record] = ()) -> dict[str, Any]:
    """Draw the list that inputs of a page take languages from: those of the case and its records
    first, the ones used most at the top, then those of the program, then all."""
    used = Counter(each.language for each in records if each.language)
    used[case.language] += 1
    names = languages.every_language()
    first = [code for code, _count in used.most_common()] + list(dict(settings.LANGUAGES))
    return {"names": [names[code] for code in dict.fromkeys([*first, *names]) if code in names]}


@register.inclusion_tag("house/beside.html")
def beside(told: Told | None, key: str, text: str, who: str = FAMILY) -> dict[str, Any]:
    """Draw what stands beside a text written at home: its translation, or that there is none yet.

    Nothing where the page knows of no translations, or its reader reads the language.
    """
    of = told.beside(key, text, who) if told else None
    return {"of": of, "again": told is not None and of is not None and told.again(of)}


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


@register.inclusion_tag("house/pick.html")
def pick(name: str, field_id: str, *, many: bool = False, **attrs: str | bool) -> dict[str, Any]:
    """Draw where files are chosen; `attrs` are further attributes of the input."""
    return {"name": name, "many": many, "attrs": {"id": field_id, **attrs}}


@register.filter
def first_input(bound: forms.BoundField) -> str:
    """Return the id of what is typed into or chosen first, for a link that leads there."""
    parts = forms.RadioSelect | forms.CheckboxSelectMultiple | forms.MultiWidget
    return f"{bound.auto_id}_0" if isinstance(bound.field.widget, parts) else bound.auto_id


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
def as_look(row: KeyImage) -> str:
    """Return which image a key image is and how it was windowed, for the viewer to open it so."""
    look = {
        "study": row.study_uid, "series": row.series_uid, "instance": row.instance_uid,
        "frame": row.frame, "center": row.window_center, "width": row.window_width,
    }  # fmt: skip
    return json.dumps(look)


@register.filter
def image_of(place: int, places: int) -> str:
    """Return which image of its series one is, as the viewer says it."""
    return gettext("Image {n} of {m}").format(n=place, m=places)


@register.filter
def step_label(step: str) -> str:
    """Return the words for a step of the clocks."""
    return str(dict(Target.Step.choices).get(step, step))


@register.filter
def outcome_label(name: str) -> str:
    """Return the question of the questionnaire that a column answers."""
    return {
        "changed": gettext("What changed after our advice?"),
        "satisfied": gettext("Are you satisfied with our help?"),
        "recommends": gettext("Would you recommend us to another family?"),
    }.get(name, name)


@register.filter
def unlocalised(value: float) -> str:
    """Write a number for a drawing, with a point in every language."""
    return f"{value:g}"


@register.filter
def time_in(value: datetime, zone: str) -> str:
    """Write the day and the clock time that an instant has in a zone."""
    return _day_and_time(value.astimezone(ZoneInfo(zone)))


@register.filter
def local_time(value: datetime | None, zone: str) -> str:
    """Write the clock time that an instant (now, when there is none) has in a zone."""
    return date_format((value or clock.now()).astimezone(ZoneInfo(zone)), "H:i")
