"""The scanner's words: the island on the phone shows them, this house translates them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCANNER_TEXTS: dict[str, str | Promise] = {
    "take": _("Take a photo of a page"),
    "reading": _("Looking at the photo…"),
    "drag": _(
        "The part inside the yellow line is kept. Drag its corners if it cuts something off."
    ),
    "corner": _("Corner {n} of 4"),
    "blur": _("This photo is blurred. Hold the phone still, and take it again."),
    "glare": _("A light shines on the paper. Tilt the phone or move the paper, and take it again."),
    "dark": _("This photo is dark. Go to a lighter place, and take it again."),
    "use": _("Use this page"),
    "whole": _("Use the whole photo"),
    "again": _("Take it again"),
    "pages": _("Pages"),
    "page": _("Page {n}"),
    "up": _("Earlier"),
    "down": _("Later"),
    "turn": _("Turn"),
    "remove": _("Remove"),
    "send": _("Send as one document. Pages: {n}"),
    "unsent": _("These pages are not sent yet. Pages: {n}"),
    "send_now": _("Send them now"),
    "drop": _("Do not send them"),
    "sending": _("Sending…"),
    "sent": _("It has arrived. You can photograph the next document."),
    "failed": _("It could not be sent. The photos are still here: try again."),
    "unreadable": _("This photo cannot be shown here. It is sent as it is."),
    "not_kept": _("This photo could not be sent, and it is not kept here. Choose it again."),
    "name": _("Scan"),
}
