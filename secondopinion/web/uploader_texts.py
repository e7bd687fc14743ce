"""The uploader's words: the island shows them, this house translates them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UPLOADER_TEXTS: dict[str, str | Promise] = {
    "drop": _("Drop a folder or files here"),
    "drop_hint": _("Any number of files. A whole disc is fine."),
    "send": _("Send photos and files"),
    "send_hint": _("Any number of files: photos, videos, PDF, Word, or a zip of the CD."),
    "choose_photos": _("Choose photos or files"),
    "take_photo": _("Take a photo"),
    "choose_folder": _("Choose a folder"),
    "choose_files": _("Choose files"),
    "reading": _("Looking through the files…"),
    "nothing": _("There were no files in what you chose."),
    "job": _("Sending {name}"),
    "progress": _("{sent} of {total} · files: {files} of {all}"),
    "time_left": _("About {time} left"),
    "measuring": _("Working out the time left…"),
    "keep": _(
        "Keep this page open. If it is closed, or the device sleeps, what has arrived is kept: "
        "choose the same folder or files again, here or on another device, and sending goes on."
    ),
    "pause": _("Pause"),
    "resume": _("Continue"),
    "cancel": _("Cancel"),
    "cancel_question": _("Stop sending {name}? What has not arrived yet is removed."),
    "cancel_yes": _("Stop sending"),
    "cancel_no": _("Keep sending"),
    "paused": _("Paused. What has arrived is kept."),
    "waiting": _(
        "Waiting for the network. What has arrived is kept, and sending goes on by itself."
    ),
    "signed_out": _(
        "You have been signed out. What has arrived is kept. Sign in again in "
        "another tab, then choose Continue."
    ),
    "unreadable": _(
        "A file could not be read: {name}. What has arrived is kept. Choose the "
        "folder again to go on."
    ),
    "no_space": _(
        "There is no room left on the server. What has arrived is kept. Try again later."
    ),
    "refused": _("The server did not take {name}. {reason}"),
    "arrived": _("Everything in {name} has arrived."),
    "cancelled": _("Sending {name} was stopped."),
    "checking": _(
        "We are checking what has arrived. You need not wait: go on, and look again later."
    ),
    "checked": _(
        "What you sent has been checked. Below is what we have, and which files we could not use."
    ),
    "check_failed": _("What you sent has arrived. The checks are still running; look again later."),
    "live": _("{percent} sent"),
}
