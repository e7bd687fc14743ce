"""The base of every form: plain inputs, one kind of date, errors in plain words."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from secondopinion.core.errors import Refused
from secondopinion.core.ids import western
from secondopinion.core.languages import code_of, language_name


class PlainForm(forms.Form):
    """A form whose fields are drawn by the house's own template."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        for each in self.fields.values():
            make_plain(each)


def make_plain(field: forms.Field) -> None:
    """Give a field the house's words and the direction of what is written in it."""
    if isinstance(field, forms.BooleanField):
        field.error_messages["required"] = _("Tick this box to go on.")
    elif isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        field.error_messages["required"] = _("Choose one to go on.")
        field.error_messages["invalid_choice"] = _("Choose one of these to go on.")
    else:
        field.error_messages["required"] = _("Fill this in to go on.")
    if (
        isinstance(field, forms.IntegerField)
        and not isinstance(field, forms.DecimalField)
        and "min_value" not in field.error_messages  # it has no sentence of its own
    ):
        words = _numbers_of(field)
        field.error_messages |= dict.fromkeys(("invalid", "min_value", "max_value"), words)
    if isinstance(field.widget, forms.TextInput | forms.Textarea):
        field.widget.attrs.setdefault("dir", "auto")


def _numbers_of(field: forms.IntegerField) -> str:
    """Say which whole numbers a field takes."""
    limits = (field.min_value, field.max_value)
    least, most = (each() if callable(each) else each for each in limits)
    if least is not None and most is not None:
        return gettext("Write a whole number from %(least)s to %(most)s.") % {
            "least": least, "most": most,
        }  # fmt: skip
    if least is not None:
        return gettext("Write a whole number of %(least)s or more.") % {"least": least}
    return gettext("Write a whole number.")


def labels_of(field: forms.ChoiceField) -> dict[str, Any]:
    """Return the words of every choice by its value, of those in groups too."""
    found: dict[str, Any] = {}
    for value, label in list(field.widget.choices):
        rows = label if isinstance(label, list | tuple) else [(value, label)]
        found |= {str(each): words for each, words in rows}
    return found


class CodeField(forms.CharField):
    """A code that somebody types off a mail, an app or a paper, in the digits of any script."""

    def to_python(self, value: Any) -> str:
        return western(super().to_python(value) or "")


class MeasureField(forms.DecimalField):
    """A measure such as a weight, as phones write it: 24.5, 24,5 and ٢٤٫٥ are the same.

    Whatever is wrong with it is told in one sentence, with an example.
    """

    _SIGNS = str.maketrans({"٫": ".", "،": ".", ",": ".", "٬": "", " ": "", "\u00a0": ""})

    def __init__(self, *, wrong: str | Promise, **kwargs: Any) -> None:
        super().__init__(
            required=False, min_value=0, max_digits=5, localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w4", "dir": "ltr"}),
            **kwargs,
        )  # fmt: skip
        self.wrong = wrong

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs say int
        text = str(value or "").translate(self._SIGNS)
        try:
            return Decimal(text) if text else None
        except InvalidOperation:
            raise forms.ValidationError(str(self.wrong), code="invalid") from None

    def clean(self, value: Any) -> Decimal | None:
        try:
            found: Decimal | None = super().clean(value)
        except forms.ValidationError:
            raise forms.ValidationError(str(self.wrong), code="invalid") from None
        return found


class DateParts(forms.MultiWidget):
    """Day, month and year as three small boxes: no calendar to page through."""

    template_name = "house/date_parts.html"

    def __init__(self) -> None:
        number = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(
            widgets={
                "day": forms.TextInput(attrs={**number, "maxlength": 2, "class": "w2"}),
                "month": forms.TextInput(attrs={**number, "maxlength": 2, "class": "w2"}),
                "year": forms.TextInput(attrs={**number, "maxlength": 4, "class": "w4"}),
            }
        )

    def decompress(self, value: date | None) -> list[str]:
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        labels = (_("Day"), _("Month"), _("Year"))
        for part, label in zip(context["widget"]["subwidgets"], labels, strict=True):
            part["label"] = label
        return context


class LanguagesField(forms.CharField):
    """Languages that somebody speaks or reads, one on each line: by their names or codes."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("One on each line, by its name, such as Japanese."))
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str | None) else "\n".join(map(language_name, value))

    def clean(self, value: Any) -> list[str]:
        try:
            codes = [code_of(line) for line in super().clean(value).splitlines()]
        except Refused as refused:
            raise forms.ValidationError(str(refused.message), code="invalid") from None
        return list(dict.fromkeys(code.partition("_")[0] for code in codes if code))


class FilePick(forms.FileInput):
    """Chooses a file, with a button in the page's language; see `house/pick.html`."""

    template_name = "house/pick.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return context | {"name": name, "many": False, "attrs": context["widget"]["attrs"]}


class DateField(forms.MultiValueField):
    """A date typed as three numbers."""

    widget = DateParts

    def __init__(self, **kwargs: Any) -> None:
        numbers = [forms.CharField(required=False) for _part in range(3)]
        super().__init__(fields=numbers, require_all_fields=False, **kwargs)
        self.error_messages["invalid"] = _("This is not a date. Write it like 27 3 2017.")

    def compress(self, data_list: list[str]) -> date | None:
        parts = [part.strip() for part in data_list or []]
        if not any(parts):
            return None
        try:
            day, month, year = (int(part) for part in parts)
            return date(year, month, day)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


def day_in(text: str, field: str) -> date | None:
    """Return the day that a plain box of a form holds; None where it is empty.

    Raises:
        Refused: what stands there is no day, as 2026-02-30 is none.
    """
    try:
        found = parse_date(text.strip()) if text.strip() else None
    except ValueError:  # well formed, and no such day
        found = None
    if found is None and text.strip():
        raise Refused(
            _("“%(text)s” is not a date. Write it like 2026-11-25.") % {"text": text.strip()[:40]},
            code="date", field=field,
        )  # fmt: skip
    return found


def moment_in(text: str, field: str) -> datetime | None:
    """Return day and time as a plain box of a form holds them; None where it is empty.

    Raises:
        Refused: what stands there is no time.
    """
    try:
        found = parse_datetime(text.strip()) if text.strip() else None
    except ValueError:
        found = None
    if found is None and text.strip():
        raise Refused(_("This is not a time."), code="time", field=field)
    return found


def files_of(request: HttpRequest) -> list[tuple[str, Any]]:
    """Return the files that were sent with a message, each with its name."""
    return [(each.name or "file", each) for each in request.FILES.getlist("files")]
