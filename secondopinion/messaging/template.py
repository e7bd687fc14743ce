"""What a mail is made of, and the mails about somebody's own account."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Template:
    """A mail: `%(code)s`, `%(reference)s` and `%(hospital)s` may stand in its texts.

    `sign_in` is said to whoever has an account, before the address of the page. What goes out
    `at_once` waits neither for the end of quiet hours nor for the message of the day.
    """

    subject: str | Promise
    lines: tuple[str | Promise, ...]
    sign_in: str | Promise = ""
    link: bool = True
    at_once: bool = False


OF_ACCOUNTS: dict[str, Template] = {
    "sign-in-code": Template(
        _("Your code to sign in"),  # the code is in the text: subjects stand on locked screens
        (
            _("Type this code on the page where you asked for it: %(code)s"),
            _("It works for 15 minutes. If you did not ask for it, you can ignore this mail."),
        ),
        link=False,
        at_once=True,
    ),
    "sign-in-changed": Template(
        _("Your sign-in was changed"),
        (
            _("A way to sign in to your account was added or removed."),
            _("Was it not you? Sign in, look at the list, and end your other sessions there."),
        ),
        link=False,
        at_once=True,
    ),
    "address-code": Template(
        _("Confirm your e-mail address"),
        (
            _("Somebody asked %(hospital)s to write to this address from now on."),
            _("Was it you? Type this code on the page where you asked for it: %(code)s"),
            _("It works for one day. If it was not you, do nothing: nothing changes."),
        ),
        link=False,
        at_once=True,
    ),
    "address-code-by-team": Template(
        _("Confirm your e-mail address"),
        (
            _("You asked our team at %(hospital)s to write to this address from now on."),
            _("Tell our team this code, or type it on your page under “How we write to you”:"),
            "%(code)s",
            _("It works for one day. If you did not ask, do nothing: nothing changes."),
        ),
        link=False,
        at_once=True,
    ),
    "address-changed": Template(
        _("We write to another address now"),
        (
            _("Your e-mail address at %(hospital)s was changed. This is our last mail here."),
            _("Was it not you, and did you not ask our team? Call us now."),
        ),
        link=False,
        at_once=True,
    ),
    "factor-reset": Template(
        _("Your second factor was taken away"),
        (
            _("An administrator has taken away the second factor of your account."),
            _("At your next sign-in you set up a new one."),
            _("If you did not ask for this, call your administrator now."),
        ),
        link=False,
        at_once=True,
    ),
}
