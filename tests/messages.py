"""Collects the strings to translate into the catalogues of every language."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("es", "ar")


def collect() -> None:
    """Bring the catalogues up to date with the source."""
    subprocess.run(
        [
            sys.executable, "-m", "django", "makemessages", "--settings", "secondopinion.settings",
            *(part for language in LANGUAGES for part in ("--locale", language)),
            "--no-wrap", "--no-location", "--no-obsolete", "--verbosity", "0",
        ],
        cwd=ROOT / "secondopinion", check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


if __name__ == "__main__":
    collect()
