"""Collects the strings to translate into the catalogues of every language, and compiles these."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import tools

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("es", "ar")


def collect(package: Path) -> None:
    """Bring the catalogues of a copy of the package up to date with its source."""
    with tempfile.TemporaryDirectory() as data:  # not in the package, which is the folder we are in
        environment = {
            **os.environ, "PYTHONPATH": str(package.parent), "DEMO": "1", "DATA_DIR": data,
        }  # fmt: skip
        subprocess.run(
            [
                sys.executable, "-m", "django", "makemessages",
                "--settings", "secondopinion.settings",
                *(part for language in LANGUAGES for part in ("--locale", language)),
                "--no-wrap", "--no-location", "--no-obsolete", "--verbosity", "0",
            ],
            cwd=package, check=True, env=environment,
        )  # fmt: skip
    for source in package.glob("locale/*/LC_MESSAGES/django.po"):
        kept = [line for line in source.open() if not line.startswith('"POT-Creation-Date')]
        source.write_text("".join(kept))


def main() -> None:
    """Collect and compile."""
    tools.ensure()
    package = ROOT / "secondopinion"
    collect(package)
    for source in package.glob("locale/*/LC_MESSAGES/django.po"):
        subprocess.run(["msgfmt", "-o", source.with_suffix(".mo"), source], check=True)


if __name__ == "__main__":
    main()
