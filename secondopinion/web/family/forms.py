"""The pages of the request: what each asks, one thing at a time."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries import countries

from secondopinion.accounts.models import GuardianKind, Sex
from secondopinion.program import queries as program
from secondopinion.program.models import Specialty
from secondopinion.web.forms import DateField, PlainForm

QUESTIONS = 3  # boxes shown; a filled last one brings another


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
            country.choices = [("", _("Choose a country")), *countries]
        if isinstance(specialty, forms.ModelChoiceField):
            specialty.queryset = program.specialties()


class EmergencyForm(PlainForm):
    """Is the child in danger now."""

    emergency = forms.ChoiceField(
        label=_("Is one of these true for your child right now?"),
        help_text=_(
            "Trouble breathing · a seizure that does not stop · cannot be woken · heavy bleeding · "
            "blue or grey lips · thoughts of ending their life"
        ),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        widget=forms.RadioSelect,
    )


class ChildForm(PlainForm):
    """Who the child is."""

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
    weight_kg = forms.DecimalField(
        label=_("Weight in kilograms"), required=False, min_value=0, max_value=300,
        max_digits=5, decimal_places=2, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w4", "dir": "ltr"}),
    )  # fmt: skip
    height_cm = forms.DecimalField(
        label=_("Height in centimetres"), required=False, min_value=0, max_value=250,
        max_digits=5, decimal_places=1, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w4", "dir": "ltr"}),
    )  # fmt: skip


class YouForm(PlainForm):
    """Who asks."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Your phone number"), max_length=40, required=False,
        help_text=_("With the country’s code, for example +52 33 1234 5678."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("You are the child’s"), choices=GuardianKind.choices, widget=forms.RadioSelect
    )
    may_decide = forms.BooleanField(
        label=_("I have the right to decide about this child’s medical care.")
    )


class ProviderForm(PlainForm):
    """Who treats the child at home."""

    full_name = forms.CharField(label=_("Name of the doctor"), max_length=200)
    clinic = forms.CharField(label=_("Clinic or hospital"), max_length=200, required=False)
    email = forms.CharField(
        label=_("Their e-mail address"), max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "dir": "ltr"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Their phone number"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("In which language shall we write to them?"), choices=settings.LANGUAGES
    )


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
            self.fields[f"question_{number}"] = forms.CharField(
                label=_("Question %(number)s") % {"number": number},
                widget=_text(2),
                required=number == 1,
                max_length=2000,
            )


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
        help_text=_("For children from 12 years on."),
    )
