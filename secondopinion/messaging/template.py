"""What a mail is made of, and the mails about somebody's own account."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Template:
    """A mail: `%(code)s`, `%(reference)s` and `%(hospital)s` may stand in its texts.

    `sign_in` is said to whoever has an account, before the address of the page. What goes out
    `at_once` waits neither for the end of quiet hours nor for the message of the day. Who gets one
    that does not say that they can write back (`writes`) has no page on which they could.
    """

    subject: str | Promise
    lines: tuple[str | Promise, ...]
    sign_in: str | Promise = ""
    link: bool = True
    at_once: bool = False
    writes: bool = True


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
    "one-account-kept": Template(
        _("Are two accounts here yours?"),
        (
            _("Our team at %(hospital)s was asked to make one account of two. This one stays."),
            _(
                "Another mail has gone to the other address. If both are yours, sign in with this "
                "address and type both codes on the page below. The code of this mail:"
            ),
            "%(code)s",
            _(
                "Give it to nobody: our team does not ask for it. If it was not you, do nothing, "
                "and nothing changes."
            ),
        ),
        _("Sign in with this e-mail address. You need no password: we send you a code."),
        at_once=True,
    ),
    "one-account-other": Template(
        _("Are two accounts here yours?"),
        (
            _("Our team at %(hospital)s was asked to make one account of two. This one closes."),
            _(
                "Whoever types the code below in the other account can open everything that you "
                "can open here. If both accounts are yours, sign in with your other address and "
                "type it there. The code of this mail:"
            ),
            "%(code)s",
            _(
                "Give it to nobody: our team does not ask for it. If it was not you, do nothing, "
                "and nothing changes."
            ),
        ),
        link=False,
        at_once=True,
    ),
    "accounts-joined": Template(
        _("Your two accounts are one now"),
        (
            _(
                "Both codes were typed at %(hospital)s. From now on you sign in with the address "
                "that you have kept, and we write to it alone."
            ),
            _("Was it not you? Call us now: within 30 days our team can undo it."),
        ),
        link=False,
        at_once=True,
    ),
    "accounts-separated": Template(
        _("Your accounts are two again"),
        (
            _(
                "Our team at %(hospital)s has undone that two accounts are one. You sign in with "
                "each address as before."
            ),
        ),
        link=False,
        at_once=True,
    ),
    "account-closed": Template(
        _("This address does not sign in any more"),
        (
            _(
                "Somebody has asked for a code to sign in at %(hospital)s with this address. Its "
                "account was made one with another one of yours."
            ),
            _("Sign in with your other address. If you cannot, call us."),
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
