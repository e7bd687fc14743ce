"""Words in a question that may mean danger right now: the page then begins with whom to call.

They are few and plain (`data/red_flags.toml`), and looked for in every language whatever the family
has chosen. They decide nothing: a false alarm costs a page of advice, and a danger told in other
words is missed. So every page on which one asks says that it is not watched.
"""

import re
import tomllib
from functools import cache
from importlib import resources

from secondopinion.core.folding import plain

# What may be written onto the front of an Arabic word: and, so, with, to, like, the.
_FRONT = {"ar": "(?:[وفبلك]?(?:ال)?)"}


@cache
def _patterns() -> list[re.Pattern[str]]:
    text = resources.files("secondopinion.followup").joinpath("data/red_flags.toml").read_text()
    return [
        re.compile(rf"(?<!\w){_FRONT.get(language, '')}(?:{'|'.join(map(_pattern, phrases))})")
        for language, phrases in tomllib.loads(text).items()
    ]


def _pattern(phrase: str) -> str:
    words = r"\s+".join(re.escape(word) for word in plain(phrase.rstrip("*")).split())
    return words if phrase.endswith("*") else rf"{words}(?!\w)"


def found(text: str) -> list[str]:
    """Return the words of a text that may mean danger, as they are written there, folded."""
    folded = plain(text)
    return [match[0] for pattern in _patterns() for match in pattern.finditer(folded)]
