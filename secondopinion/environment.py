"""Reads the environment; what is wrong in it is a sentence with the setting's name."""

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlparse

from django.core.exceptions import ImproperlyConfigured


def flag(name: str, *, default: bool = False) -> bool:
    """Return the environment's yes or no for `name`."""
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """Return the environment's whole number for `name`.

    Raises:
        ImproperlyConfigured: it is none.
    """
    text = os.environ.get(name, "").strip()
    try:
        return int(text) if text else default
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is {text}: write a whole number, like {default}."
        ) from None


def made(name: str, folder: Path) -> Path:
    """Return a folder of ours, made when it was not there.

    Raises:
        ImproperlyConfigured: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} cannot be used: {folder} cannot be made ({error.strerror})."
        ) from None
    return folder


def kept_secret(name: str, file: Path) -> str:
    """Return a secret of this installation, made when there was none.

    Raises:
        ImproperlyConfigured: it can be neither made nor read.
    """
    try:
        if not file.exists():
            fresh = file.with_suffix(f".{os.getpid()}")
            fresh.write_text(os.urandom(48).hex())
            fresh.chmod(0o600)
            with suppress(FileExistsError):  # the first process wins, the others read
                file.hardlink_to(fresh)
            fresh.unlink()
        return file.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} cannot be used: {file} ({error.strerror}). Is this the account of the service?"
        ) from None


def database(url: str) -> dict[str, object]:
    """Return Django's database entry for a ``sqlite:///path`` or ``postgres://…`` address.

    ``sqlite:///path?timeout=20`` says how many seconds a write waits for another one.

    Raises:
        ImproperlyConfigured: it is no such address.
    """
    try:
        parts = urlparse(url)
        port, wait = parts.port, int(dict(parse_qsl(parts.query)).get("timeout", "20"))
    except ValueError:
        parts = None
    if (
        parts is None
        or parts.scheme not in {"sqlite", "postgres", "postgresql"}
        or not parts.path.strip("/")
    ):
        raise ImproperlyConfigured(  # without the value: it may hold a password
            "DATABASE_URL is not the address of a database: write "
            "postgres://USER:PASSWORD@HOST:5432/NAME, or sqlite:////PATH/TO/FILE."
        )
    if parts.scheme.startswith("sqlite"):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": wait,
                # Compiled statements are kept: Python's own 128 are fewer than the pages have.
                "cached_statements": 512,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                ),
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.removeprefix("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": {"pool": False},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def tls(name: str) -> str:
    """Return how the way to a mail server is encrypted: starttls, implicit (port 465), or not ("").

    Raises:
        ImproperlyConfigured: it is none of these.
    """
    text = os.environ.get(name, "").strip().lower() or "1"
    if text == "implicit":
        return text
    if text in {"1", "true", "yes", "on", "starttls"}:
        return "starttls"
    if text in {"0", "false", "no", "off"}:
        return ""
    raise ImproperlyConfigured(f"{name} is {text}: write 1 (STARTTLS), implicit, or 0.")
