"""Writes the state diagram of a case from the workflow table into the docs, or compares it."""

import os
import sys
import tempfile
from pathlib import Path

import django

PLACE = Path(__file__).resolve().parent.parent / "docs" / "concepts.md"
BEGIN, END = "<!-- the diagram is generated: make diagrams -->", "<!-- end of the diagram -->"


def drawn() -> str:
    """Return the diagram in Mermaid."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secondopinion.settings")
    os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="second-opinion-diagram-"))
    django.setup()
    from secondopinion.cases.states import ENDED
    from secondopinion.cases.workflow import TRANSITIONS

    lines = ["stateDiagram-v2", "    [*] --> draft"]
    for row in TRANSITIONS.values():
        lines += [
            f"    {source} --> {row.target}: {row.action}"
            for source in sorted(str(each.value) for each in row.sources)
        ]
    lines += [f"    {each} --> [*]" for each in sorted(str(each.value) for each in ENDED)]
    return "```mermaid\n" + "\n".join(lines) + "\n```"


def main() -> int:
    """Write the diagram, or with ``--check`` say whether it is up to date."""
    text = PLACE.read_text()
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    wanted = f"{before}{BEGIN}\n\n{drawn()}\n\n{END}{after}"
    if "--check" in sys.argv:
        return 0 if text == wanted else 1
    PLACE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
