"""Forms of the settings by country and by kind of case: guardianship, prices, targets."""

from django import forms
from django.utils.translation import gettext_lazy as _

from secondopinion.program.models import Price, Target, Urgency
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


class PaceForm(SettingsForm):
    """How many business days a step may take in cases of one kind, or of one urgency."""

    step = forms.ChoiceField(label=_("Step"), choices=Target.Step.choices)
    kind = forms.ChoiceField(
        label=_("Kind of case"), required=False,
        choices=lambda: [("", _("Every kind of case")), *Price.Kind.choices],
    )  # fmt: skip
    urgency = forms.ChoiceField(
        label=_("How soon"), required=False,
        choices=lambda: [("", _("However urgent")), *Urgency.choices],
    )  # fmt: skip
    days = forms.CharField(
        label=_("Business days"),
        widget=forms.TextInput(attrs=CODE | {"inputmode": "decimal", "class": "w4"}),
    )


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
