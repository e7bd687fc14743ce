"""What mails say, by key: no name of a child, no illness, no clinical word."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Template:
    """A mail: `%(code)s`, `%(reference)s` and `%(hospital)s` may stand in its texts."""

    subject: str | Promise
    lines: tuple[str | Promise, ...]
    link: bool = True


TEMPLATES: dict[str, Template] = {
    "sign-in-code": Template(
        _("Your code to sign in: %(code)s"),
        (
            _("Type this code on the page where you asked for it: %(code)s"),
            _("It works for 15 minutes. If you did not ask for it, you can ignore this mail."),
        ),
        link=False,
    ),
    "request-received": Template(
        _("We have your request %(reference)s"),
        (
            _("Thank you. Your request has arrived, and nothing is lost."),
            _("A member of our team will look at it and write to you."),
        ),
    ),
    "something-is-missing": Template(
        _("We need something from you for %(reference)s"),
        (
            _("Our team has asked you for something. Your page says what it is."),
            _("We go on as soon as we have it."),
        ),
    ),
    "message-waiting": Template(
        _("You have a message about %(reference)s"),
        (_("There is something new for you. Sign in to read it."),),
    ),
    "offer-waiting": Template(
        _("A case is offered to you: %(reference)s"),
        (_("Please accept or decline it on its page."),),
    ),
    "offer-lapsed": Template(
        _("No answer to an offer: %(reference)s"),
        (_("The offer has lapsed. The case is ready to be offered to somebody else."),),
    ),
    "provider-invited": Template(
        _("A family asks for your help with %(reference)s"),
        (
            _("A family has named you as the clinician who treats their child at home."),
            _(
                "They have asked %(hospital)s for a written second opinion, and agreed that we "
                "write to you."
            ),
            _("The link below opens one page, once. You need no account."),
        ),
    ),
    "provider-link": Template(
        _("Your new link for %(reference)s"),
        (_("The link below opens one page, once. Former links no longer work."),),
    ),
    "report-ready": Template(
        _("Your document for %(reference)s is ready"),
        (_("It is on your page. Sign in to read it."),),
    ),
    "answer-ready": Template(
        _("There is an answer for you: %(reference)s"),
        (_("Sign in to read it."),),
    ),
    "referral-changed": Template(
        _("There is news about %(reference)s"),
        (_("Sign in to see what has changed."),),
    ),
    "case-closed": Template(
        _("Request %(reference)s is closed"),
        (_("Everything stays on your page, to read and to download."),),
    ),
    "case-declined": Template(
        _("About your request %(reference)s"),
        (_("We cannot help with this request. Your page says why, and what you can do instead."),),
    ),
}  # fmt: skip
