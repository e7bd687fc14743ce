"""What people are told of another server and of what it said, by code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TROUBLE: dict[str, str | Promise] = {
    "no-answer": _("The server does not answer."),
    "certificate": _("The server’s certificate is not one that is trusted here."),
    "not-let-in": _("The server does not let us in. The operator must check user and password."),
    "not-there": _("The server does not have it at this address."),
    "too-large": _("It is larger than is taken."),
    "busy": _("The server is too busy now."),
    "full": _("The server has no room left."),
    "server-error": _("Something broke on the server."),
    "odd-answer": _("The server’s answer is not understood."),
    "broke-off": _("The connection broke off."),
    "no-images": _("The server lists no images in this study."),
    "not-all": _("The server lists images that it does not send."),
    "unknown-server": _("This server is not in the settings any more."),
    "case-ended": _("The case has ended."),
    "stopped": _("Somebody stopped it."),
}

# Statuses of storing, the first digits telling (PS3.18, Annex I; PS3.4, Table B.2-1; PS3.7, Annex
# C): warnings, then failures.
_STATUS: tuple[tuple[str, str | Promise], ...] = (
    ("B000", _("kept, and some values were changed")),
    ("B006", _("kept, and some values were left out")),
    ("B007", _("kept, and does not fit its kind")),
    ("B", _("kept, with a warning")),
    ("A7", _("the server has no room for it")),
    ("A9", _("it does not fit its kind")),
    ("C122", _("its compression is not taken")),
    ("C", _("it was not understood")),
    ("0110", _("something broke while it was stored")),
    ("0111", _("it was there already")),
    ("0122", _("its kind is not taken")),
    ("0124", _("we are not allowed to store it")),
    ("0000", _("nothing was said about it")),
    ("", _("it was refused")),
)


def say(code: str) -> str | Promise:
    """Return the sentence for a trouble."""
    return TROUBLE.get(code, "")


def say_status(status: int) -> str | Promise:
    """Return some words for a status of storing."""
    digits = f"{status:04X}"
    return next(words for start, words in _STATUS if digits.startswith(start))
