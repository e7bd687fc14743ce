"""Forms of the settings that are about families: who decides for a child, and prices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from secondopinion.program.models import Price
from secondopinion.web.admin.forms import CODE, DATE, SettingsForm, anywhere


class GuardianRuleForm(SettingsForm):
    """Who decides for a child in a country, and until when."""

    country = forms.ChoiceField(label=_("Country"), choices=anywhere, required=False)
    both_parents = forms.BooleanField(
        label=_("Both parents have to agree before a specialist starts"), required=False
    )
    parents_prove = forms.BooleanField(
        label=_("Parents show by a document that they are (others always do)"), required=False
    )
    assent_from = forms.IntegerField(label=_("The child is asked too, from this age on"))
    adult_from = forms.IntegerField(label=_("The patient alone decides, from this age on"))
    legal_basis = forms.CharField(
        label=_("Legal basis"), help_text=_("For staff only."), widget=forms.Textarea
    )
    checked_on = forms.CharField(label=_("Checked on"), widget=forms.TextInput(attrs=DATE))
    checked_by = forms.CharField(label=_("Checked by"), required=False)


class PriceForm(SettingsForm):
    """What a kind of case costs in a country."""

    kind = forms.ChoiceField(
        label=_("Kind of case"), choices=Price.Kind.choices, widget=forms.RadioSelect
    )
    country = forms.ChoiceField(label=_("Country"), choices=anywhere, required=False)
    amount = forms.CharField(
        label=_("Price"), help_text=_("0 when nothing is to be paid"),
        widget=forms.TextInput(attrs=CODE | {"inputmode": "decimal", "class": "w8"}),
    )  # fmt: skip
    currency = forms.CharField(
        label=_("Currency"), widget=forms.TextInput(attrs=CODE | {"class": "w4"})
    )
