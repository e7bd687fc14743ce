"""Forms of the settings by condition: the groups, and what each calls for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from secondopinion.program.models import ChecklistTemplate
from secondopinion.web.admin.forms import (
    DATE,
    SettingsForm,
    code,
    fields_of_medicine,
    groups_of_conditions,
)


class ConditionForm(SettingsForm):
    """A group of conditions."""

    texts_last = True
    by_language = {"names": (_("Name"), False)}
    key = forms.CharField(label=_("Key"), help_text=_("Like epilepsy"), widget=code())
    specialty = forms.ChoiceField(
        label=_("Field of medicine"), choices=lambda: fields_of_medicine()[1:]
    )
    source = forms.CharField(label=_("The guideline or page that it rests on"))
    url = forms.CharField(label=_("Its address"), required=False, widget=code())
    checked_on = forms.CharField(label=_("Checked on"), widget=forms.TextInput(attrs=DATE))


class ChecklistForm(SettingsForm):
    """A thing that a case calls for."""

    texts_last = True
    by_language = {"labels": (_("What it is"), False)}
    specialty = forms.ChoiceField(
        label=_("Field of medicine"), choices=fields_of_medicine, required=False
    )
    condition = forms.ChoiceField(
        label=_("Group of conditions"), choices=groups_of_conditions, required=False
    )
    key = forms.CharField(label=_("Key"), help_text=_("Like pathology-report"), widget=code())
    kind = forms.ChoiceField(
        label=_("Kind"), choices=ChecklistTemplate.Kind.choices, widget=forms.RadioSelect
    )
    months = forms.IntegerField(
        label=_("How old it may be, in months"), help_text=_("0 where its age does not matter"),
        initial=0, min_value=0,
    )  # fmt: skip
    required = forms.BooleanField(label=_("A case cannot go on without it"), required=False)
    replaces = forms.CharField(
        label=_("Stands instead of"), required=False, widget=code(), max_length=200,
        help_text=_(
            "Only with a condition: keys of the field’s list, with spaces between them. They leave "
            "the checklist while this condition is chosen."
        ),
    )  # fmt: skip
