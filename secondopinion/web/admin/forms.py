"""Forms of the settings: a section's value, flattened and put together again."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from secondopinion.program.models import (
    DeclineKind,
    DeliveryMode,
    Residence,
    Target,
)
from secondopinion.program.queries import conditions, in_language, specialties
from secondopinion.web.forms import PlainForm

DAYS = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")),
    (4, _("Friday")), (5, _("Saturday")), (6, _("Sunday")),
]  # fmt: skip
CODE = {"dir": "ltr", "autocomplete": "off"}
DATE = {"dir": "ltr", "placeholder": "2026-11-25", "class": "w8"}


def code(**more: str) -> forms.TextInput:
    return forms.TextInput(attrs={**CODE, **more})


class SettingsForm(PlainForm):
    """A form of one section, or of one row; `by_language` asks for a text in each language."""

    by_language: ClassVar[dict[str, tuple[str | Promise, bool]]] = {}  # label; long or short
    texts_last = False  # the other fields say first what the texts are about

    revision = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(self.by_language.items())
        for name, (label, long) in names if self.texts_last else reversed(names):
            fresh = {f"{name}-{code}": self._text(label, code, long) for code, _n in self._known()}
            self.fields = {**self.fields, **fresh} if self.texts_last else {**fresh, **self.fields}

    @staticmethod
    def _known() -> list[tuple[str, str]]:
        return [(code, str(name)) for code, name in settings.LANGUAGES]

    def _text(self, label: str | Promise, code: str, long: bool) -> forms.CharField:
        attrs = {"dir": "auto", "lang": code}
        widget: forms.Widget = forms.Textarea(attrs=attrs) if long else forms.TextInput(attrs=attrs)
        made = forms.CharField(
            label=f"{label}: {dict(self._known())[code]}",
            required=code == "en",
            widget=widget,
        )
        made.error_messages["required"] = _("Fill this in to go on.")
        return made

    @classmethod
    def flat(cls, value: dict[str, Any]) -> dict[str, Any]:
        """Return a section's value as the form shows it."""
        shown: dict[str, Any] = {}
        for name, each in value.items():
            if name in cls.by_language:
                shown |= {f"{name}-{code}": words for code, words in each.items()}
            else:
                shown[name] = each
        return shown

    def value(self) -> dict[str, Any]:
        """Return what was filled in as a section's value."""
        made: dict[str, Any] = {name: {} for name in self.by_language}
        for name, each in self.cleaned_data.items():
            base, _hyphen, code = name.partition("-")
            if base in self.by_language:
                made[base] |= {code: each} if each else {}
            elif name != "revision":
                made[name] = each
        return made


class IdentityForm(SettingsForm):
    """Names and contact."""

    by_language = {
        "hospital": (_("Name of the hospital"), False),
        "name": (_("Name of the program"), False),
    }
    email = forms.CharField(label=_("E-mail address"), widget=code(type="email"))
    phone = forms.CharField(label=_("Phone"), widget=code(type="tel"))
    address = forms.CharField(label=_("Postal address"), required=False)


class LookForm(SettingsForm):
    """The two colours."""

    action_colour = forms.CharField(
        label=_("Colour of buttons and links"),
        help_text=_("Like #005a70. It has to be dark enough to be read on white."),
        widget=code(maxlength="7", **{"class": "w8"}),
    )
    mark_colour = forms.CharField(
        label=_("Colour of the band and of marks"), widget=code(maxlength="7", **{"class": "w8"})
    )


class LanguagesForm(SettingsForm):
    """The languages in which families are served."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )


class HoursForm(SettingsForm):
    """When the program works."""

    country = forms.ChoiceField(
        label=_("Country, for its public holidays"), choices=lambda: list(countries)
    )
    region = forms.CharField(
        label=_("State or region, for its public holidays"), required=False, widget=code()
    )
    timezone = forms.CharField(
        label=_("Time zone"), help_text=_("Like America/New_York"), widget=code()
    )
    opens = forms.CharField(label=_("Opens"), help_text="08:00", widget=code(**{"class": "w8"}))
    closes = forms.CharField(label=_("Closes"), help_text="17:00", widget=code(**{"class": "w8"}))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    closures = forms.CharField(
        label=_("Closed besides"),
        required=False,
        help_text=_("One closure on each line: its day, or its first and its last day, "
                    "like 2026-12-24 2027-01-01"),
        widget=forms.Textarea(attrs=CODE),
    )  # fmt: skip

    @classmethod
    def flat(cls, value: dict[str, Any]) -> dict[str, Any]:
        lines = (first if first == last else f"{first} {last}" for first, last in value["closures"])
        return super().flat(value) | {"closures": "\n".join(lines)}

    def value(self) -> dict[str, Any]:
        lines = [
            line.split() for line in self.cleaned_data["closures"].splitlines() if line.strip()
        ]
        return super().value() | {
            "closures": [line * 2 if len(line) == 1 else line for line in lines]
        }


class TargetsForm(SettingsForm):
    """How many business days each step may take."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for step, label in Target.Step.choices:
            widget = code(inputmode="decimal", **{"class": "w4"})
            self.fields[step] = forms.CharField(label=label, widget=widget)


def _points(label: Any, most: int = 100) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=most,
        widget=forms.NumberInput(attrs={"class": "w4", "dir": "ltr"}),
    )  # fmt: skip


class MatchingForm(SettingsForm):
    """Points of matching, and how long offers wait."""

    field = _points(_("Points: works in the field of the case"))
    condition = _points(_("Points: knows the condition (each of three at most)"))
    language = _points(_("Points: speaks the family’s language"))
    practice = _points(_("Points: has written reports on similar cases"))
    report = _points(_("Points: reports in time"))
    answer = _points(_("Points: accepts often, and answers offers quickly"))
    places = _points(_("Points: all places are free"))
    usual = _points(_("Business hours to answer an offer: as usual"), 90)
    soon = _points(_("Business hours to answer an offer: soon"), 90)
    urgent = _points(_("Business hours to answer an offer: urgent"), 90)
    moves = _points(_("How often an offer moves on to the next expert by itself"), 20)


class TermsForm(SettingsForm):
    """Price, tax and periods."""

    texts_last = True
    by_language = {
        "tax_exempt": (_("Why there is no tax, as the law asks for it on an invoice"), False),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax_exempt-en"].required = False

    fee_amount = forms.CharField(
        label=_("Price of a case"),
        help_text=_("0 when nothing is to be paid"),
        widget=code(inputmode="decimal", **{"class": "w8"}),
    )
    fee_currency = forms.CharField(label=_("Currency"), widget=code(**{"class": "w4"}))
    fee_waits = forms.BooleanField(
        label=_("A case waits for its fee before a specialist is asked (each can be let go on)"),
        required=False,
    )
    bank = forms.CharField(
        label=_("Where a fee can be transferred to"),
        help_text=_("Families and invoices have this as it is written here."),
        required=False,
        widget=forms.Textarea,
    )
    tax_number = forms.CharField(
        label=_("Tax number of the issuer"), required=False, widget=code(maxlength="60")
    )
    tax_rate = forms.CharField(
        label=_("Tax that prices hold, in percent"),
        help_text=_("0 when there is none, or when what the program does is exempt"),
        widget=code(inputmode="decimal", **{"class": "w8"}),
    )
    follow_up_days = forms.IntegerField(
        label=_("Days in which questions may be asked after the report")
    )
    follow_up_questions = forms.IntegerField(
        label=_("Questions that a family may ask after the report"),
        help_text=_("The local provider may ask as many. What is asked beyond goes to the team."),
    )
    draft_days = forms.IntegerField(label=_("Days after which an untouched draft expires"))


class SecondForm(SettingsForm):
    """Which reports need a second reader."""

    second_share = forms.IntegerField(
        label=_("Of every hundred reports, drawn by lot, so many"), help_text=_("0 for none")
    )
    second_first = forms.IntegerField(
        label=_("The first so many reports of a new author"), help_text=_("0 for none")
    )
    second_tumour = forms.BooleanField(
        label=_("A tumour is among the coded diagnoses"), required=False
    )
    second_operation = forms.BooleanField(label=_("An operation is advised"), required=False)
    second_differs = forms.BooleanField(
        label=_("The report differs from the doctors at home"), required=False
    )
    second_conditions = forms.MultipleChoiceField(
        label=_("The case belongs to one of these groups of conditions"),
        choices=lambda: groups_of_conditions()[1:],
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    second_blinded = forms.BooleanField(
        label=_("The second reader judges first, before they see the report"), required=False
    )


def fields_of_medicine() -> list[tuple[str, str | Promise]]:
    return [("", _("Every field")), *((row.key, in_language(row.names)) for row in specialties())]


def anywhere() -> list[tuple[str, str | Promise]]:
    return [("", _("Every other country")), *countries]


def _residences() -> list[tuple[str, str | Promise]]:
    return [("", _("lives there or not")), *Residence.choices]


class SpecialtyForm(SettingsForm):
    """A field of medicine."""

    texts_last = True
    by_language = {"names": (_("Name"), False)}
    key = forms.CharField(label=_("Key"), help_text=_("Like brain-and-nerves"), widget=code())


class RuleForm(SettingsForm):
    """Who may receive the opinion."""

    texts_last = True
    by_language = {"reasons": (_("Reason, for families"), False)}
    country = forms.ChoiceField(label=_("Country"), choices=anywhere, required=False)
    specialty = forms.ChoiceField(
        label=_("Field of medicine"), choices=fields_of_medicine, required=False
    )
    residence = forms.ChoiceField(
        label=_("The child"), choices=_residences, required=False,
        help_text=_("Families are asked this only where a rule depends on it."),
    )  # fmt: skip
    mode = forms.ChoiceField(
        label=_("The report goes"), choices=DeliveryMode.choices, widget=forms.RadioSelect
    )
    legal_basis = forms.CharField(
        label=_("Legal basis"), help_text=_("For staff only."), widget=forms.Textarea
    )
    checked_on = forms.CharField(label=_("Checked on"), widget=forms.TextInput(attrs=DATE))
    checked_by = forms.CharField(label=_("Checked by"), required=False)


def groups_of_conditions() -> list[tuple[str, str | Promise]]:
    return [
        ("", _("None: a whole field")),
        *((row.key, in_language(row.names)) for row in conditions()),
    ]


class TemplateForm(SettingsForm):
    """A message of the desk."""

    texts_last = True
    by_language = {"titles": (_("Title"), False), "bodies": (_("Text"), True)}
    key = forms.CharField(label=_("Key"), widget=code(), help_text=_("Like missing-record"))


class LetterForm(SettingsForm):
    """A letter that declines a request."""

    texts_last = True
    by_language = {
        "bodies": (_("Letter"), True), "alternatives": (_("What they can do instead"), True),
    }  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=DeclineKind.choices)


class GlossaryForm(SettingsForm):
    """A word and its agreed translation."""

    source = forms.CharField(
        label=_("From the language"), help_text=_("Its short code, like es"), widget=code(size="4")
    )
    target = forms.CharField(
        label=_("Into the language"), help_text=_("Its short code, like en"), widget=code(size="4")
    )
    term = forms.CharField(
        label=_("Word or phrase"),
        help_text=_("An asterisk at its end stands for any ending: fractur*"),
    )
    translation = forms.CharField(
        label=_("Its agreed translation"),
        help_text=_("Leave this empty where the word must not be translated."),
        required=False,
    )


class DisclaimerForm(SettingsForm):
    """A new version of the disclaimer."""

    texts_last = True
    by_language = {"text": (_("Text"), True)}
    version = forms.CharField(label=_("Version"), help_text=_("Like 2027-01"), widget=code())
    in_force_from = forms.CharField(label=_("In force from"), widget=forms.TextInput(attrs=DATE))


def refuse(form: forms.Form, field: str, sentence: str) -> None:
    """Put a refusal beside its field, or above the form where it has none."""
    form.add_error(field if field in form.fields else None, sentence)
