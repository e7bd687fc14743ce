"""The base of every form: plain inputs, one kind of date, errors in plain words."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PlainForm(forms.Form):
    """A form whose fields are drawn by the house's own template."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        for each in self.fields.values():
            each.error_messages["required"] = _("Fill this in to go on.")
            if isinstance(each.widget, forms.TextInput | forms.Textarea):
                each.widget.attrs.setdefault("dir", "auto")


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
