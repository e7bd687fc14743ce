"""How somebody wishes to be written to: by what, at which hours, at once or once a day."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.queries import staff_roles, waiting_address
from secondopinion.accounts.rules import clean_phone, from_abroad
from secondopinion.core import zones
from secondopinion.core.errors import Refused
from secondopinion.messaging.actions import choose_reach
from secondopinion.messaging.gateways import offered
from secondopinion.messaging.models import Channel, Reach
from secondopinion.web.access import PersonRequest, own_account
from secondopinion.web.forms import PlainForm

_TIME = {"type": "time", "dir": "ltr"}


class ReachForm(PlainForm):
    """How and when."""

    daily = forms.TypedChoiceField(
        label=gettext_lazy("How often do we write to you?"), coerce=lambda value: value == "daily",
        choices=[
            ("at-once", gettext_lazy("At once, whenever there is something new")),
            ("daily", gettext_lazy("Once a day, all in one mail")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The mail of the day comes at 8:00, or when your quiet hours end."),
    )  # fmt: skip
    quiet_from = forms.TimeField(
        label=gettext_lazy("Do not write to me from"), required=False,
        widget=forms.TimeInput(format="%H:%M", attrs=_TIME),
    )  # fmt: skip
    quiet_to = forms.TimeField(
        label=gettext_lazy("until"), required=False,
        widget=forms.TimeInput(format="%H:%M", attrs=_TIME),
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if channels := offered():
            self.fields["also_by"] = forms.ChoiceField(
                label=_("Shall we tell you on your phone too?"), required=False,
                choices=[("", _("No, a mail is enough")),
                         *((each, Channel(each).label) for each in channels)],
                widget=forms.RadioSelect,
                help_text=_(
                    "It says only that there is a message. None comes where you have one mail a "
                    "day."
                ),
            )  # fmt: skip
            self.fields["phone"] = forms.CharField(
                label=_("Your phone number"), max_length=40, required=False,
                help_text=_("Begin with + and the country’s code."),
                widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr", "autocomplete": "tel"}),
            )  # fmt: skip


@own_account
def reach(request: PersonRequest) -> HttpResponse:
    """Show and keep how a person is written to."""
    person = request.user
    kept = Reach.objects.filter(person=person).first() or Reach(person=person)
    start = {
        "daily": "daily" if kept.daily else "at-once", "quiet_from": kept.quiet_from,
        "quiet_to": kept.quiet_to, "also_by": kept.also_by, "phone": person.phone,
    }  # fmt: skip
    form = ReachForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            if (phone := clean_phone(given.pop("phone", person.phone))) != person.phone:
                accounts.describe(by=person, person=person, phone=from_abroad(phone))
            choose_reach(by=person, **({"also_by": ""} | given))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None,
                           str(refused.message))  # fmt: skip
        else:
            messages.success(request, _("It is kept."))
            return redirect("reach")
    context = {
        "form": form, "own_staff": bool(staff_roles(person)), "waits": waiting_address(person),
        "zone": person.timezone if person.timezone != zones.UNKNOWN else "",
    }  # fmt: skip
    return render(request, "account/reach.html", context)
