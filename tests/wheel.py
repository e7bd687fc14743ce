"""Compares the wheel in ``dist/`` with the package: templates, fonts, words, pictures."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Name what is missing and what does not belong; 0 when there is nothing of the kind."""
    newest = max((ROOT / "dist").glob("*.whl"), key=lambda path: path.stat().st_mtime)
    with zipfile.ZipFile(newest) as wheel:
        packed = {name for name in wheel.namelist() if name.startswith("secondopinion/")}
    listed = subprocess.run(
        ["git", "ls-files", "-z", "secondopinion"], cwd=ROOT, check=True, capture_output=True
    )
    tracked = set(listed.stdout.decode().rstrip("\0").split("\0"))
    for name in sorted(tracked - packed):
        sys.stdout.write(f"not in the wheel: {name}\n")
    for name in sorted(packed - tracked):
        sys.stdout.write(f"only in the wheel: {name}\n")
    sys.stdout.write(f"{newest.name}: {len(packed)} files\n")
    return int(packed != tracked)


if __name__ == "__main__":
    sys.exit(main())
