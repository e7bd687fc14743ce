"""The pages of the request: what each asks, one thing at a time."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secondopinion.accounts.models import GuardianKind, Sex
from secondopinion.accounts.rules import check_birth_date, clean_email, clean_phone, from_abroad
from secondopinion.cases.rules import check_measured_on
from secondopinion.core.errors import Refused
from secondopinion.program import queries as program
from secondopinion.program.models import Residence, Specialty
from secondopinion.web.family import countries
from secondopinion.web.forms import DateField, MeasureField, PlainForm, make_plain

QUESTIONS = 3  # boxes shown; a filled last one brings another
EARLIER = ("before_1", "before_2")  # rows for earlier measurements
GESTATION = (22, 44)  # weeks
# On what grounds somebody begins a request, or is let in; a patient of age is let in elsewhere.
GUARDIANS = [each for each in GuardianKind.choices if each[0] != GuardianKind.SELF]


GROWTH = frozenset(
    {"measured_on", "head_cm", "gestation_weeks"}
    | {f"{row}_{part}" for row in EARLIER for part in ("on", "weight_kg", "height_cm")}
)


def _is_filled(value: Any) -> bool:
    return any(value) if isinstance(value, list) else value not in {None, ""}


def _told[T](rule: Callable[[T], T | None], value: T) -> T:
    """Apply a rule to what was written, and say at its field what the rule refuses."""
    try:
        found = rule(value)
    except Refused as refused:
        raise forms.ValidationError(str(refused.message), code=refused.code) from None
    return value if found is None else found


def _text(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SpecialtyField(forms.ModelChoiceField):
    """Chooses a field of medicine by the family's words for it."""

    def label_from_instance(self, obj: Specialty) -> str:
        return program.in_language(obj.names)


class StartForm(PlainForm):
    """Where, and about what."""

    country = forms.ChoiceField(label=_("Where does your child live?"))
    specialty = SpecialtyField(
        label=_("What is it about?"),
        queryset=Specialty.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country, specialty = self.fields["country"], self.fields["specialty"]
        if isinstance(country, forms.ChoiceField):
            country.choices = countries.choices()
        if isinstance(specialty, forms.ModelChoiceField):
            specialty.queryset = program.specialties()


class EmergencyForm(PlainForm):
    """Is the child in danger now."""

    emergency = forms.ChoiceField(
        label=_("Is one of these true for your child right now?"),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        widget=forms.RadioSelect,
    )


def _weight(label: str | Promise) -> MeasureField:
    wrong = _("Write the weight in kilograms, for example 24.5.")
    return MeasureField(label=label, max_value=300, decimal_places=2, wrong=wrong)


def _height(label: str | Promise) -> MeasureField:
    wrong = _("Write the height in centimetres, for example 121.")
    return MeasureField(label=label, max_value=250, decimal_places=1, wrong=wrong)


class ChildForm(PlainForm):
    """Who the child is, and how it grew; what fewer families know is asked behind one line."""

    full_name = forms.CharField(
        label=_("Your child’s name"), max_length=200,
        help_text=_("As it is written in your language."),
    )  # fmt: skip
    latin_name = forms.CharField(
        label=_("The name in Latin letters"), max_length=200, required=False,
        help_text=_("As in the passport, if your language is written in other letters."),
    )  # fmt: skip
    birth_date = DateField(label=_("Date of birth"), help_text=_("For example 27 3 2017"))
    sex = forms.ChoiceField(label=_("Girl or boy"), choices=Sex.choices, widget=forms.RadioSelect)
    weight_kg = _weight(_("Weight in kilograms"))
    height_cm = _height(_("Height in centimetres"))
    measured_on = DateField(
        label=_("When was this measured?"), required=False, help_text=_("For example 27 3 2025")
    )
    head_cm = MeasureField(
        label=_("Size around the head, in centimetres"), max_value=80, decimal_places=1,
        wrong=_("Write the size around the head in centimetres, for example 45.5."),
    )  # fmt: skip
    gestation_weeks = MeasureField(
        label=_("In which week of pregnancy was your child born?"), max_value=GESTATION[1],
        decimal_places=0, wrong=_("Write the number of weeks, for example 40."),
        help_text=_("Most children are born in week 37 to 42."),
    )  # fmt: skip

    before_1_on = DateField(label=_("Measured earlier: the day"), required=False)
    before_1_weight_kg = _weight(_("Measured earlier: weight in kilograms"))
    before_1_height_cm = _height(_("Measured earlier: height in centimetres"))
    before_2_on = DateField(label=_("Measured before that: the day"), required=False)
    before_2_weight_kg = _weight(_("Measured before that: weight in kilograms"))
    before_2_height_cm = _height(_("Measured before that: height in centimetres"))

    @property
    def main(self) -> list[forms.BoundField]:
        """What every family is asked."""
        return [field for field in self if field.name not in GROWTH]

    @property
    def growth(self) -> list[forms.BoundField]:
        """What helps where a family knows it."""
        return [field for field in self if field.name in GROWTH]

    @property
    def growth_is_open(self) -> bool:
        """Whether something is written there, or wrong."""
        return any(field.errors or _is_filled(field.value()) for field in self.growth)

    def clean_birth_date(self) -> date | None:
        born: date | None = self.cleaned_data["birth_date"]
        return _told(check_birth_date, born) if born else born

    def clean_gestation_weeks(self) -> int | None:
        weeks = self.cleaned_data["gestation_weeks"]
        if weeks is not None and weeks < GESTATION[0]:
            field = self.fields["gestation_weeks"]
            raise forms.ValidationError(str(getattr(field, "wrong", "")), code="invalid")
        return None if weeks is None else int(weeks)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        for row in EARLIER:
            measured = values.get(f"{row}_weight_kg") or values.get(f"{row}_height_cm")
            if measured and f"{row}_on" in values and values[f"{row}_on"] is None:
                self.add_error(
                    f"{row}_on", _("Write the day too, so that we know how old your child was.")
                )
        born = values.get("birth_date")
        for name in ("measured_on", *(f"{row}_on" for row in EARLIER)):
            day = values.get(name)
            if born and day:
                try:
                    check_measured_on(born, day)
                except Refused as refused:
                    self.add_error(name, str(refused.message))
        return values


class YouForm(PlainForm):
    """Who asks."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Your phone number"), max_length=40, required=False,
        help_text=_("Begin with + and the country’s code."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("You are the child’s"), choices=GUARDIANS, widget=forms.RadioSelect
    )
    may_decide = forms.BooleanField(
        label=_("I have the right to decide about this child’s medical care.")
    )

    def clean_phone(self) -> str:
        return str(_told(from_abroad, self.cleaned_data["phone"]))


class ProviderForm(PlainForm):
    """Who treats the child at home."""

    full_name = forms.CharField(label=_("Name of the doctor"), max_length=200)
    clinic = forms.CharField(label=_("Clinic or hospital"), max_length=200, required=False)
    email = forms.CharField(
        label=_("Their e-mail address"), max_length=254,
        help_text=_(
            "Only by a link in a mail can they confirm that they treat your child, so no request "
            "can be sent without it. If you do not know it, ask at the reception of the clinic: "
            "the address of their office is enough."
        ),
        widget=forms.TextInput(attrs={"type": "email", "dir": "ltr"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Their phone number"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("In which language shall we write to them?"), choices=settings.LANGUAGES
    )

    def clean_email(self) -> str:
        return str(_told(clean_email, self.cleaned_data["email"]))

    def clean_phone(self) -> str:
        return str(_told(clean_phone, self.cleaned_data["phone"]))


class GuardianForm(PlainForm):
    """Who else decides for the child."""

    full_name = forms.CharField(label=_("Their name"), max_length=200)
    email = forms.CharField(
        label=_("Their own e-mail address"), max_length=254,
        help_text=_("Look at it twice: who reads mail there can open everything here."),
        widget=forms.TextInput(attrs={"type": "email", "dir": "ltr"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("They are the child’s"), choices=GUARDIANS, widget=forms.RadioSelect
    )

    def clean_email(self) -> str:
        return str(_told(clean_email, self.cleaned_data["email"]))


class StoryForm(PlainForm):
    """What the child has."""

    diagnosis = forms.CharField(
        label=_("What do the doctors say that your child has?"), widget=_text(2),
        help_text=_("In your own words. If nobody knows yet, write that."),
    )  # fmt: skip
    history = forms.CharField(
        label=_("What happened, and when did it begin?"), widget=_text(6), required=False
    )
    medicines = forms.CharField(
        label=_("Which medicines does your child take, and how much?"), widget=_text(),
        required=False, help_text=_("Write “none” if there are none."),
    )  # fmt: skip
    allergies = forms.CharField(
        label=_("Is your child allergic to anything?"), widget=_text(2), required=False
    )


class MoreStoryForm(PlainForm):
    """What came before."""

    operations = forms.CharField(
        label=_("Operations and stays in hospital"), widget=_text(3), required=False
    )
    family_history = forms.CharField(
        label=_("Illnesses in the family"), widget=_text(3), required=False
    )
    immunisations = forms.CharField(label=_("Vaccinations"), widget=_text(2), required=False)
    development = forms.CharField(
        label=_("Walking, talking, school"), widget=_text(3), required=False,
        help_text=_("How your child learned to walk and talk, and how school goes."),
    )  # fmt: skip


class QuestionsForm(PlainForm):
    """What the family wants to know."""

    def __init__(self, *args: Any, boxes: int = QUESTIONS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, boxes + 1):
            field = forms.CharField(
                label=_("Question %(number)s") % {"number": number},
                widget=_text(2),
                required=number == 1,
                max_length=2000,
            )
            make_plain(field)
            self.fields[f"question_{number}"] = field


class ConsentForm(PlainForm):
    """What a guardian agrees to."""

    review = forms.BooleanField(
        label=_("The hospital’s team and specialist may read what I send, to write the opinion.")
    )
    contact_provider = forms.BooleanField(
        label=_(
            "The hospital may write to our local provider, ask for records, and send the report."
        )
    )
    disclaimer = forms.BooleanField(label=_("I have read and understood the disclaimer above."))
    assent = forms.BooleanField(
        label=pgettext_lazy("young person", "My child has been asked and agrees."),
        required=False,
    )

    def __init__(self, *args: Any, asks_child: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_child:
            del self.fields["assent"]


class ResidenceForm(PlainForm):
    """Whether the child lives in the country: asked where a rule depends on it."""

    residence = forms.ChoiceField(
        label=_("Does your child live there?"),
        choices=[
            (Residence.RESIDENT, _("Yes, my child lives there")),
            (Residence.VISITOR, _("No, we are there for a time only")),
        ],
        widget=forms.RadioSelect,
    )
