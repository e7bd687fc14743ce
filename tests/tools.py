"""What the tests need from the system: installed where that is allowed, named where not."""

import os
import shutil
import subprocess
import sys

# Command that must be there, and Debian's package that brings it.
NEEDED = {
    "chromium": "chromium",
    "msgfmt": "gettext",
    "pdftotext": "poppler-utils",
    "Orthanc": "orthanc orthanc-dicomweb",
    "dcmdjpeg": "dcmtk",
    "softhsm2-util": "softhsm2",
    "clamd": "clamav-daemon",
    "eatmydata": "eatmydata",
}


def missing() -> dict[str, str]:
    """Return the commands that are not there, each with its package."""
    return {name: package for name, package in NEEDED.items() if shutil.which(name) is None}


def ensure() -> None:
    """Install what is missing by apt as root, or end with one line that says what to install."""
    packages = sorted({each for found in missing().values() for each in found.split()})
    if not packages:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        ):
            subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
    if missing():
        sys.exit(
            f"Please install: {' '.join(packages)} (Debian: apt-get install {' '.join(packages)})"
        )
