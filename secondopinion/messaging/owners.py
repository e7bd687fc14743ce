"""The mails that tell coordinators of the cases that they own, or owned."""

from django.utils.translation import gettext_lazy as _

from secondopinion.messaging.template import Template

OF_OWNERS: dict[str, Template] = {
    "case-news": Template(
        _("Something new in %(reference)s"), (_("The page of the case says what is new."),)
    ),
    "case-taken-over": Template(
        _("A colleague has taken over %(reference)s"),
        (_("The case is not among yours any more. Its page says who has it now, and why."),),
    ),
    "case-joined": Template(
        _("A colleague has joined %(reference)s with another request"),
        (_("The other request goes on, and this one has ended. Its page says who did this."),),
    ),
    "soon-late": Template(
        _("Time is running out: %(reference)s"),
        (_("Something in this case is due soon, or late. Its page says what."),),
        _("Sign in to read it."),
        at_once=True,
    ),
}
