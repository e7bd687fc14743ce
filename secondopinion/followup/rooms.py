"""Where a video call is held: a room in a system outside, made by its address alone.

Jitsi opens a room for whoever comes to its address, so that a name which nobody guesses is the key
(`VIDEO_ROOMS`). Another system fits when its rooms have addresses too; what it is told is the name.
"""

import secrets
import string

from django.conf import settings

_LETTERS = string.ascii_lowercase + string.digits
_LENGTH = 32  # letters by lot: 165 bits


def offered() -> bool:
    """Say whether there are video calls here."""
    return "{room}" in settings.VIDEO_ROOMS


def new_room() -> str:
    """Return the address of a fresh room; its name is made by lot and says nothing."""
    name = "".join(secrets.choice(_LETTERS) for _each in range(_LENGTH))
    return str(settings.VIDEO_ROOMS).replace("{room}", name)
