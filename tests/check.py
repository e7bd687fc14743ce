"""Checks without running the product: format, lint, types, layers, templates, translations,
migrations, sizes, and the built front end."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests import messages, tools

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 400


def command(*arguments: str, folder: Path = ROOT) -> bool:
    """Run a command and say whether it was content."""
    return subprocess.run(arguments, cwd=folder, check=False).returncode == 0


def python(*arguments: str) -> bool:
    """Run a module of this environment."""
    return command(sys.executable, "-m", *arguments)


def layers() -> bool:
    """Check that the arrows run one way."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.stdout.write(done.stdout)
    return done.returncode == 0


def translations() -> bool:
    """Check that every language is complete, and that its compiled catalogue is of its source."""
    good = True
    for source in sorted(ROOT.glob("secondopinion/locale/*/LC_MESSAGES/django.po")):
        done = subprocess.run(
            ["msgfmt", "--check", "--statistics", "-o", "/dev/null", str(source)],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        words = done.stderr.strip()
        complete = done.returncode == 0 and "untranslated" not in words and "fuzzy" not in words
        with tempfile.NamedTemporaryFile(suffix=".mo") as made:
            subprocess.run(["msgfmt", "-o", made.name, str(source)], check=True)
            compiled = source.with_suffix(".mo")
            same = compiled.exists() and compiled.read_bytes() == Path(made.name).read_bytes()
        if turned := turned_numbers(source):
            sys.stdout.write(f"{source.parent.parent.name}: numbers that would turn: {turned}\n")
            good = False
        if not (complete and same):
            sys.stdout.write(
                f"{source.parent.parent.name}: {words}{'' if same else '; compile it'}\n"
            )
            good = False
    return good and collected()


def turned_numbers(catalogue: Path) -> list[str]:
    """Return texts in Arabic in which the parts of a number with hyphens would change places.

    After an Arabic letter "2026-11" is shown as "11-2026" (Unicode bidirectional algorithm, rules
    W2 and W4), unless a left-to-right mark stands before it.
    """
    texts = re.findall(r'^msgstr ((?:".*"\n)+)', catalogue.read_text(), re.MULTILINE)
    return [text for text in texts if re.search(r"[\u0600-\u06ff][^\u200e<>A-Za-z]*\d-\d", text)]


def collected() -> bool:
    """Check that every string of the source is in the catalogues."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "secondopinion"
        shutil.copytree(
            ROOT / "secondopinion", copy, ignore=shutil.ignore_patterns("files", "islands")
        )
        messages.collect(copy)
        good = True
        for source in sorted(copy.glob("locale/*/LC_MESSAGES/django.po")):
            committed = ROOT / source.relative_to(folder)
            missing = ids(source) - ids(committed)
            if missing:
                sys.stdout.write(f"not in {committed.parent.parent.name}: {sorted(missing)[:5]}\n")
                good = False
        return good


def ids(catalogue: Path) -> set[str]:
    """Return the message ids of a catalogue, as they are written in it."""
    return set(re.findall(r'^msgid ((?:".*"\n)+)', catalogue.read_text(), re.MULTILINE))


def migrations() -> bool:
    """Check that no migration is missing."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATA_DIR": folder}
        return (
            subprocess.run(
                [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run",
                 "--settings", "secondopinion.settings"],
                cwd=ROOT, env=environment, check=False, stdout=subprocess.DEVNULL,
            ).returncode == 0
        )  # fmt: skip


def sizes() -> bool:
    """Check that no file grew too long."""
    long = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for folder in ("secondopinion", "tests", "benchmarks")
        for path in sorted((ROOT / folder).glob("**/*.py"))
        if "migrations" not in path.parts
        and (count := len(path.read_text().splitlines())) > MOST_LINES
    ]
    sys.stdout.write("".join(f"{each}\n" for each in long))
    return not long


def diagram() -> bool:
    """Check that the state diagram in the docs is the one of the workflow table."""
    return python("tests.diagram", "--check")


def decisions() -> bool:
    """Check that every decision has a number of its own, and in its title the same."""
    good, seen = True, set[int]()
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        number = int(path.name[:4])
        if number in seen or not path.read_text().startswith(f"# {number}. "):
            sys.stdout.write(f"{path.name}: its number is there twice, or not in its title\n")
            good = False
        seen.add(number)
    return good


def front_end() -> bool:
    """Check that the built islands match their source, where Node.js is there."""
    if shutil.which("npm") is None:
        sys.stdout.write("Node.js is not here: the built islands were not compared.\n")
        return True
    folder = ROOT / "frontend"
    installed = (folder / "node_modules").is_dir() or command(
        "npm", "ci", "--no-audit", "--no-fund", "--silent", folder=folder
    )
    return installed and command("npm", "run", "--silent", "check", folder=folder)


CHECKS: dict[str, Callable[[], bool]] = {
    "format": lambda: python("ruff", "format", "--check", "-q", "."),
    "lint": lambda: python("ruff", "check", "-q", "."),
    "types": lambda: python("mypy", "--no-error-summary"),
    "layers": layers,
    "sizes": sizes,
    "migrations": migrations,
    "diagram": diagram,
    "decisions": decisions,
    "translations": translations,
    "front end": front_end,
}


def main() -> int:
    """Run every check, also behind one that failed."""
    tools.ensure()
    os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="second-opinion-check-"))
    failed = []
    for name, check in CHECKS.items():
        good = check()
        sys.stdout.write(f"{'ok  ' if good else 'FAIL'} {name}\n")
        sys.stdout.flush()
        if not good:
            failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
