"""What is said of a page that cannot be read well, and what to do: plain words, one main reason."""

from secondopinion.findings.found import gettext_noop

# Kept in English and translated where they are shown.
HARD = gettext_noop("This page is hard to read.")
BY_HAND = gettext_noop(
    "Our machines cannot read this page. It may be written by hand, or in letters unknown to them."
)
SAY_UNREADABLE = {
    "blur": gettext_noop("This page is too blurred to read."),
    "low-contrast": gettext_noop("The letters on this page are too pale or too dark to read."),
    "text-too-small": gettext_noop("The letters on this page are too small to read."),
    "low-resolution": gettext_noop("The picture of this page is too small to read."),
    "noise": gettext_noop("The picture of this page is too grainy to read."),
    "skew": gettext_noop("This page stands too crooked to be read."),
    "shadow": gettext_noop("A shadow hides a part of this page."),
    "glare": gettext_noop("A bright spot of light hides a part of this page."),
    "cut-off": gettext_noop("A part of this page is cut off, and the rest cannot be read."),
    "compression": gettext_noop(
        "The picture of this page was made so small that it cannot be read."
    ),
    "screen-photo": gettext_noop("This is a photo of a screen, and it cannot be read."),
    "handwriting": BY_HAND,
}
SAY_HARD = {
    "blur": gettext_noop("This page is blurred and hard to read."),
    "low-contrast": gettext_noop("The letters on this page are pale or dark, and hard to read."),
    "text-too-small": gettext_noop("The letters on this page are very small and hard to read."),
    "low-resolution": gettext_noop("The picture of this page is small and hard to read."),
    "noise": gettext_noop("The picture of this page is grainy and hard to read."),
    "skew": gettext_noop("This page stands crooked and is hard to read."),
    "shadow": gettext_noop("A shadow lies on this page and makes it hard to read."),
    "glare": gettext_noop("A bright spot of light on this page makes it hard to read."),
    "compression": gettext_noop("The picture of this page lost details and is hard to read."),
    "screen-photo": gettext_noop("This is a photo of a screen, and it is hard to read."),
    "handwriting": BY_HAND,
}
DAYLIGHT = gettext_noop("Take the picture again in daylight, and hold the phone still.")
CLOSER = gettext_noop("Take the picture again from closer, so that the page fills it.")
ORIGINAL = gettext_noop("Send the file as you got it, or take a new picture of the paper.")
TYPED = gettext_noop("If there is a printed copy, send it too.")
WHOLE = gettext_noop("Take the picture again so that all four corners of the page are on it.")
CUT = gettext_noop("A part of this page is cut off.")
ADVICE = {
    "blur": DAYLIGHT,
    "low-contrast": DAYLIGHT,
    "text-too-small": CLOSER,
    "low-resolution": CLOSER,
    "noise": DAYLIGHT,
    "skew": gettext_noop("Lay the page straight and take the picture again."),
    "shadow": gettext_noop("Take the picture again where no shadow falls on the page."),
    "glare": gettext_noop("Take the picture again without flash, and away from lamps."),
    "cut-off": WHOLE,
    "compression": ORIGINAL,
    "screen-photo": gettext_noop(
        "Send the file itself, or print the page and take a picture of it."
    ),
    "handwriting": TYPED,
}

# Of a file.
LOCKED = gettext_noop("This PDF is locked with a password.")
LOCKED_IN_ZIP = gettext_noop("This file is locked with a password. Please send it without one.")
UNLOCK = gettext_noop("Type its password beside it, or send it without one.")
FORM = gettext_noop(
    "This PDF is a form that only the program it was made with can show. Open it there, print it "
    "into a new PDF, and send that."
)
ACTIVE = gettext_noop(
    "This file holds a small program. It was not run: only pictures of the pages are shown."
)
HIDDEN = gettext_noop(
    "Another file is hidden behind this one. Only pictures of its pages are shown."
)
NOT_SHOWN = gettext_noop("A page cannot be shown: it is damaged, or far too large.")
EMPTY = gettext_noop("This file is empty (0 bytes). Please send it again.")
BROKEN = gettext_noop(
    "We cannot open this file. Please send it again, or send a photo of each page."
)
LARGE_VIDEO = gettext_noop(
    "This video is too large for us. Please send a shorter part of it: about two minutes are "
    "enough."
)
LONG = gettext_noop("This document is very long. We read the first 500 pages and keep all of it.")
RETAKE = gettext_noop(
    "Lay the page flat in good light, hold the phone straight above it, and send a new photo."
)
