"""The form of a template of reports: its names, whose cases it is for, and every section."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.program.queries import DEFAULT_REPORT, conditions, in_language, specialties
from secondopinion.program.reports import ALWAYS, BASE, NO_STARTER
from secondopinion.web.admin.forms import CODE, SettingsForm
from secondopinion.web.forms import make_plain

NEW = "_new"  # the section that is added; no key of one is like this
_TEXTS: dict[str, tuple[str | Promise, bool]] = {
    "titles": (_("Title"), False),
    "hints": (_("What a good one contains"), True),
    "starters": (_("Lines to begin with"), True),
}


def _fields_of_medicine() -> list[tuple[str, str]]:
    return [(row.key, in_language(row.names)) for row in specialties()]


def _groups() -> list[tuple[str, str]]:
    return [(row.key, in_language(row.names)) for row in conditions()]


class ReportForm(SettingsForm):
    """A template; saved with other words or sections, it is its next version."""

    texts_last = True
    by_language = {"names": (_("Name of the template"), False)}
    key = forms.CharField(
        label=_("Key"), help_text=_("Like cardiology"), widget=forms.TextInput(attrs=CODE)
    )
    specialties = forms.MultipleChoiceField(
        label=_("For cases of these fields"), choices=_fields_of_medicine, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    conditions = forms.MultipleChoiceField(
        label=_("For cases of these groups of conditions"), choices=_groups, required=False,
        help_text=_("They come before the fields."), widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = self._known()
        self.known = list(self.initial.get("sections", ()))
        for code, _name in self.languages:
            self.fields[f"names-{code}"].required = True
        if self.initial.get("key"):
            self.fields["key"].disabled = True
        if self.initial.get("key") == DEFAULT_REPORT:
            del self.fields["specialties"], self.fields["conditions"]
        for place, key in enumerate([*self.known, NEW], 1):
            self._add_section(key, place)
        for each in self.fields.values():
            make_plain(each)

    def _add_section(self, key: str, place: int) -> None:
        added = key == NEW
        if added:
            self.fields[f"{NEW}.key"] = forms.CharField(
                label=_("Key"), required=False, help_text=_("Like bone-marrow"),
                widget=forms.TextInput(attrs=CODE),
            )  # fmt: skip
        self.fields[f"{key}.place"] = forms.IntegerField(
            label=_("Place"), min_value=1, max_value=99, initial=place,
            widget=forms.NumberInput(attrs={"class": "w4", "dir": "ltr"}),
        )  # fmt: skip
        self.fields[f"{key}.required"] = forms.BooleanField(
            label=_("It has to be written before signing"), required=False, disabled=key in ALWAYS
        )
        self.fields[f"{key}.code"] = forms.CharField(
            label=_("LOINC code"), required=False, max_length=10,
            help_text=_("Of a section of documents, like 18834-2, for other hospitals’ systems"),
            widget=forms.TextInput(attrs=CODE),
        )  # fmt: skip
        for name, (label, long) in _TEXTS.items():
            if name == "starters" and key in NO_STARTER:
                continue
            for code, _language in self.languages:
                made = self._text(label, code, long)
                made.required = name == "titles" and not added
                if long:
                    made.widget.attrs["rows"] = 2
                self.fields[f"{key}.{name}-{code}"] = made
        if key not in BASE and not added:
            self.fields[f"{key}.withdrawn"] = forms.BooleanField(
                label=_("Withdraw this section"), required=False
            )

    @classmethod
    def flat(cls, value: dict[str, Any]) -> dict[str, Any]:
        """Return a template as the form shows it; `sections` are the keys in their order."""
        shown = super().flat({name: each for name, each in value.items() if name != "sections"})
        for each in value["sections"]:
            key = each["key"]
            shown[f"{key}.required"] = each["required"]
            shown[f"{key}.code"] = each.get("code", "")
            for name in _TEXTS:
                shown |= {f"{key}.{name}-{code}": words for code, words in each[name].items()}
        return shown | {"sections": [each["key"] for each in value["sections"]]}

    def value(self) -> dict[str, Any]:
        """Return what was filled in as a template without its version."""
        data = self.cleaned_data
        keys = [key for key in self.known if not data.get(f"{key}.withdrawn")]
        if data[f"{NEW}.key"] or any(data[f"{NEW}.titles-{code}"] for code, _n in self.languages):
            keys.append(NEW)
        keys.sort(key=lambda key: (data[f"{key}.place"], key == NEW))
        return {
            "key": data["key"],
            "names": self._by_language("names"),
            "specialties": data.get("specialties", []),
            "conditions": data.get("conditions", []),
            "sections": [self._section(key) for key in keys],
        }

    def _by_language(self, name: str) -> dict[str, str]:
        words = {code: self.cleaned_data.get(f"{name}-{code}", "") for code, _n in self.languages}
        return {code: each.replace("\r\n", "\n") for code, each in words.items() if each}

    def _section(self, key: str) -> dict[str, Any]:
        return {
            "key": self.cleaned_data[f"{NEW}.key"] if key == NEW else key,
            "required": self.cleaned_data[f"{key}.required"],
            **({"code": code} if (code := self.cleaned_data[f"{key}.code"]) else {}),
        } | {name: self._by_language(f"{key}.{name}") for name in _TEXTS}

    def head(self) -> Iterator[BoundField]:
        """Yield the fields of the template itself."""
        yield from (each for each in self if "." not in each.name)

    def parts(self) -> list[dict[str, Any]]:
        """Return the sections as the page shows them: each with its fields, the new one last."""
        made = []
        for key in [*self.known, NEW]:
            rows = [each for each in self if each.name.startswith(f"{key}.")]
            titles = {
                code: self.initial.get(f"{key}.titles-{code}", "") for code, _n in self.languages
            }
            made.append({
                "key": key, "title": in_language(titles), "fields": rows, "new": key == NEW,
                "base": key in BASE, "required": self.initial.get(f"{key}.required", False),
                "wrong": any(each.errors for each in rows),
            })  # fmt: skip
        return made
