"""What is to be said of single files: damaged, packed unsafely, or carrying a program."""

from secondopinion.findings.found import WARNING, Found, gettext_noop
from secondopinion.imaging.checks.model import Series

NAME = "files@1"
MOST_LISTED = 200

DAMAGED = gettext_noop("This image file is damaged and cannot be opened.")
SEND_AGAIN = gettext_noop("Send them once more. If that does not help, ask for a new disc.")
UNPACKED = gettext_noop("This file was packed in an unsafe way and was not opened.")
SEND_PLAIN = gettext_noop("Send the files themselves, without packing them.")
PROGRAM = gettext_noop("A program hides in this image file. The program was not run.")
TELL = gettext_noop("Tell the hospital that made the disc, and do not open the file yourself.")


def unreadable(path: str, reason: str) -> Found:
    """Return what is said of a file that cannot be opened."""
    return Found("unreadable-file", WARNING, DAMAGED, SEND_AGAIN, {"file": path},
                 {"reason": reason})  # fmt: skip


def packed_unsafely(path: str, reason: str) -> Found:
    """Return what is said of a file that was not unpacked."""
    return Found("unsafe-file", WARNING, UNPACKED, SEND_PLAIN, {"file": path}, {"reason": reason})


def carries_program(path: str) -> Found:
    """Return what is said of an image whose first bytes are a program's."""
    return Found("unsafe-file", WARNING, PROGRAM, TELL, {"file": path}, {})


def programs_in(series: Series) -> list[Found]:
    """Return what is said of the images of a series whose first bytes are a program's."""
    rows = [row.uid for row in series.images if (row.pixels or {}).get("program")]
    where = {"study": series.study, "series": series.uid, "instances": rows[:MOST_LISTED]}
    return (
        [Found("unsafe-file", WARNING, PROGRAM, TELL, where, {"images": len(rows)})] if rows else []
    )
