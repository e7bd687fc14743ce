"""Medical words that stand in a report, in plain words for the family, in its language too."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parent / "data" / "meanings.toml"
MOST = 15  # words that are explained in one report
# Where a family finds them: what it reads first comes first.
_READ = ("summary", "diagnosis_text", "plan_text", "tests", "findings", "history")


@dataclass(frozen=True, slots=True)
class _Word:
    said: dict[str, dict[str, str]]  # by language: the word and its meaning
    sought: dict[str, re.Pattern[str]]  # by language


@cache
def _words() -> list[_Word]:
    rows = tomllib.loads(_DATA.read_text())["words"]
    return [
        _Word(
            {code: {part: of[part] for part in ("word", "meaning")} for code, of in row.items()},
            {code: _pattern(each["forms"]) for code, each in row.items()},
        )
        for row in rows
    ]  # fmt: skip


def _pattern(forms: list[str]) -> re.Pattern[str]:
    pieces = (re.escape(each).replace(r"\*", r"\w*") for each in forms)
    return re.compile(rf"(?<!\w)(?:{'|'.join(pieces)})(?!\w)", re.IGNORECASE)


def meanings(document: dict[str, Any], *languages: str) -> list[dict[str, dict[str, str]]]:
    """Return the words of a document that are explained, in the order in which they are read; each
    by language: its own, and those of `languages` that the product speaks."""
    own = document["language"]
    text = "\n".join([
        document.get("summary", ""),
        *(each.get("answer", "") for each in document.get("questions", ())),
        *(document.get(name, "") for name in _READ[1:]),
        *(each.get("text", "") for each in document.get("sections", ())),
        *(" ".join(map(str, each.values())) for each in document.get("options", ())),
        document.get("answer", ""),
    ])  # fmt: skip
    places = [
        (found.start(), number, word)
        for number, word in enumerate(_words())
        if own in word.sought and (found := word.sought[own].search(text))
    ]
    wanted = [own, *(code for code in languages if code != own)]
    return [
        {code: word.said[code] for code in wanted if code in word.said}
        for _at, _number, word in sorted(places, key=lambda each: each[:2])[:MOST]
    ]
