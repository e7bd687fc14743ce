"""Machines that draft translations: Apertium, offline, where it is installed; else one outside the
hospital, where the operator has set one and the family has agreed (`outside`).

A draft says that a machine made it until a translator has gone through it.
"""

import shutil
import subprocess

from secondopinion.translation import outside

# Apertium names languages by three letters and only translates pairs that are installed.
_CODES = {"en": "eng", "es": "spa", "fr": "fra", "pt": "por", "de": "deu", "ru": "rus", "ar": "ara"}
_SECONDS = 120
_OUTSIDE = "outside:"


class NoEngine(Exception):
    """No engine for this pair of languages, or it failed."""


def available(source: str, target: str, *, outside_agreed: bool) -> str:
    """Return the name of an engine for a pair of languages; "" when there is none."""
    return _offline(source, target) or (
        f"{_OUTSIDE} {outside.name()}" if outside_agreed and outside.name() else ""
    )


def is_there(*, outside_agreed: bool) -> bool:
    """Say whether there is any machine that texts may be given to."""
    return shutil.which("apertium") is not None or (outside_agreed and bool(outside.name()))


def is_outside(engine: str) -> bool:
    """Say whether an engine is outside the hospital."""
    return engine.startswith(_OUTSIDE)


def _offline(source: str, target: str) -> str:
    program = shutil.which("apertium")
    if program is None:
        return ""
    pairs = subprocess.run([program, "-l"], capture_output=True, text=True, check=False, timeout=10)
    names = set(pairs.stdout.split())
    wanted = {f"{source}-{target}", f"{_CODES.get(source, '')}-{_CODES.get(target, '')}"}
    return f"apertium {min(wanted & names)}" if wanted & names else ""


def draft(engine: str, text: str) -> str:
    """Return what an engine makes of a text, line by line.

    Raises:
        NoEngine: it is not there any more, took too long, or failed.
    """
    program = shutil.which("apertium")
    if program is None:
        raise NoEngine("apertium is not installed")
    try:
        done = subprocess.run(
            [program, "-u", engine.rpartition(" ")[2]], input=text, capture_output=True, text=True,
            check=False, timeout=_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NoEngine("it took too long") from None
    if done.returncode:
        raise NoEngine(f"it ended with {done.returncode}")
    return done.stdout.strip("\n")
