"""Identifiers: sortable primary keys, case references and short codes that people can read out."""

import os
import secrets
import time
import unicodedata
from datetime import UTC, datetime, timedelta
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U


def new_id() -> UUID:
    """Return a version 7 UUID (RFC 9562, sections 5.7 and 6.2, method 3): 48 bits of milliseconds,
    12 of parts of them, so that what is made one after the other is sorted so, then random."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    parts = rest * 4096 // 1_000_000
    chance = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | parts << 64 | 0x2 << 62 | chance)


def earlier_id(of: UUID, by: timedelta) -> UUID:
    """Return what comes before every id made since that long before the id `of`."""
    milliseconds = (of.int >> 80) - by // timedelta(milliseconds=1)
    return UUID(int=max(0, milliseconds) << 80)


def short_code(length: int) -> str:
    """Return `length` random Crockford base32 characters (5 bits each)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def number_code(length: int) -> str:
    """Return `length` random digits: what every keyboard has, whatever its letters."""
    return "".join(secrets.choice("0123456789") for _ in range(length))


def case_reference() -> str:
    """Return a new case reference such as ``2026-7K4MQ``: it says the year and nothing else."""
    return f"{datetime.now(UTC).year}-{short_code(5)}"


def western(text: str) -> str:
    """Return a text with the digits of every script (٣, ۳, ३) as 0 to 9."""
    return "".join(str(unicodedata.decimal(ch, ch)) for ch in text)


def normalise_code(text: str) -> str:
    """Return a typed code as it is stored: upper case, no spaces or dashes, digits of every script
    as 0 to 9, O I L read as 0 1 1."""
    kept = "".join(ch for ch in western(text).upper() if ch.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))
