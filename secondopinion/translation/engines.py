"""Machines that draft translations. One is there: Apertium, offline, where it is installed.

A draft says that a machine made it until a translator has gone through it.
"""

import shutil
import subprocess

# Apertium names languages by three letters and only translates pairs that are installed.
_CODES = {"en": "eng", "es": "spa", "fr": "fra", "pt": "por", "de": "deu", "ru": "rus", "ar": "ara"}
_SECONDS = 120


class NoEngine(Exception):
    """No engine for this pair of languages, or it failed."""


def available(source: str, target: str) -> str:
    """Return the name of an engine for a pair of languages; "" when there is none."""
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
