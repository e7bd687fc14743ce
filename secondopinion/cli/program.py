"""`secondopinion program`: the settings as a file, and the logo."""

import argparse
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import tomli_w

from secondopinion.core.errors import Refused

HEAD = (
    "# The settings of this program. Change them and run: secondopinion program import FILE\n"
    "# A section that is left out stays as it is; a list is replaced as a whole.\n\n"
)


def add_to(verbs: Any) -> None:
    """Add the verb and what it takes."""
    program = verbs.add_parser("program", help="export or import the settings, set the logo")
    what = program.add_subparsers(dest="what", required=True)
    for name, text in (
        ("export", "write every setting into a TOML file"),
        ("import", "change the settings that a TOML file names, all or nothing"),
        ("logo", "use a picture as the hospital's logo"),
    ):
        what.add_parser(name, help=text).add_argument("file", type=Path)


def run(given: argparse.Namespace) -> int:
    """Do what was asked for.

    Raises:
        Refused: with a sentence for the operator.
    """
    actions = import_module("secondopinion.program.actions")  # needs Django's applications
    try:
        if given.what == "export":
            sections = import_module("secondopinion.program.sections")
            document = {key: sections.SECTIONS[key].read() for key in sections.IN_FILES}
            given.file.write_text(HEAD + tomli_w.dumps(document, multiline_strings=True))
            said = f"Written: {given.file}"
        elif given.what == "logo":
            revision = actions.Program.objects.get().revision
            actions.set_logo(by=None, data=given.file.read_bytes(), revision=revision)
            said = "The logo is set."
        else:
            document = tomllib.loads(given.file.read_text(encoding="utf-8"))
            changed = actions.import_settings(by=None, document=document)
            said = f"Changed: {', '.join(changed)}" if changed else "Nothing differs."
    except OSError as error:
        raise Refused(f"{given.file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{given.file} is not TOML: {error}") from None
    sys.stdout.write(f"{said}\n")
    return 0
