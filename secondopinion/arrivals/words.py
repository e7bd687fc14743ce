"""What people are told about a file that came, by code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "empty": _("This file is empty (0 bytes). Please send it again."),
    "executable": _("This is a program, not a document or an image. It was not opened."),
    "unknown": _(
        "We cannot read this kind of file. Please send a PDF, a photo, a video, or the images."
    ),
    "office": _(
        "This is a table, slides, or a file of an older Office or Outlook. We cannot open it. "
        "Please save it as a PDF and send that."
    ),
    "mail-picture": _("This small picture belongs to the text of the mail. It is not needed."),
    "litter": _("This file belongs to the disc or the computer. It is not needed."),
    "duplicate": _("You have sent this one before. We keep one copy."),
    "unsafe-name": _("This file has an unsafe name inside the zip. It was not unpacked."),
    "encrypted": _("This file is locked with a password. Please send it without one."),
    "packed-oddly": _("This file is packed in a way that we cannot open. Send it without the zip."),
    "zip-bomb": _(
        "This zip grows far too large when it is unpacked. It was not unpacked. Please send the "
        "files themselves."
    ),
    "too-many-files": _("There are too many files in this zip. Please send the files themselves."),
    "broken-zip": _("This zip is damaged. Please pack it again, or send the files themselves."),
    "broken-document": _(
        "This document is damaged and cannot be opened. Please open it where it was written, save "
        "it as a PDF, and send that."
    ),
    "nested-zip": _(
        "This is a zip inside a zip inside a zip. Please unpack it and send the files."
    ),
    "broken-disc": _(
        "This copy of a disc is damaged. Please send the folder of the disc itself, or ask for a "
        "new disc."
    ),
    "nothing-inside": _(
        "No files could be found in this. Please send the folder or the files themselves."
    ),
    "broken-pack": _("This part was damaged on its way. Please send the same folder again."),
    "damaged": _("This file was damaged on its way. Please send it again."),
    "unreadable-dicom": _("This image file is damaged and cannot be opened."),
    "conflict": _("Another image has the same number. Both are kept."),
    "not-sent": _("The other server lists this image and did not send it."),
    "malicious": _(
        "Our virus scanner found something in this file. It was not opened. Please ask whoever "
        "gave it to you for a clean copy."
    ),
    "too-large-to-scan": _(
        "This file is too large for our virus scanner, so it was not opened. Please write to us, "
        "and we will help you send it."
    ),
    "image-too-large": _(
        "This image file is too large to be opened here. It is kept. Please write to us, and we "
        "will look at it together."
    ),
}


def say(code: str) -> str | Promise:
    """Return the sentence for a code."""
    return WORDS.get(code, "")
