"""Forms about guardians: a document, the other parent, the child's word, the patient's address."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secondopinion.guardians.models import Assent, GuardianDocument
from secondopinion.web.forms import FilePick, PlainForm


class DocumentForm(PlainForm):
    """A document that shows who decides."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=GuardianDocument.Kind.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=_("A photo or a PDF of the whole page"),
        help_text=_("At most 20 MB. Only our team sees it: no doctor, and nobody else of you."),
        widget=FilePick(attrs={"accept": "image/*,application/pdf"}),
    )


class ParentForm(PlainForm):
    """Who the other parent is."""

    full_name = forms.CharField(label=_("The other parent’s full name"), max_length=200)
    email = forms.CharField(
        label=_("The other parent’s e-mail address"),
        help_text=_("They get a mail with a link. It says nothing about the illness."),
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
    )
    language = forms.ChoiceField(label=_("The language they read"), choices=settings.LANGUAGES)


class AssentForm(PlainForm):
    """What the child says, in its own words."""

    answer = forms.ChoiceField(
        label=pgettext_lazy("to a child", "What do you say?"),
        choices=[
            (Assent.Answer.AGREES, pgettext_lazy("a child says", "Yes, that is fine with me.")),
            (Assent.Answer.DISAGREES, pgettext_lazy("a child says", "No, I do not want this.")),
            (Assent.Answer.CANNOT, _("The child cannot be asked (a parent answers)")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Anything you want to say"),
        help_text=_("Needed where the child cannot be asked: why?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )


class PatientForm(PlainForm):
    """The address of a patient who comes of age."""

    email = forms.CharField(
        label=_("The young person’s own e-mail address"),
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
    )
