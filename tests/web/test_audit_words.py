"""What the privacy officer reads: every verb of the audit has words, and no words are idle."""

import re
from pathlib import Path

from secondopinion.cases.workflow import TRANSITIONS
from secondopinion.referrals.workflow import STEPS
from secondopinion.web.oversight.words import WORDS, words_of

ROOM = Path(__file__).parents[2] / "secondopinion"


def verbs() -> set[str]:
    """Return every verb that the code writes down."""
    code = "\n".join(path.read_text() for path in sorted(ROOM.rglob("*.py")))
    written = set(re.findall(r'audit\.record\(\s*"([a-z-]+)"', code))
    written |= set(re.findall(r'"(images-[a-z]+)"', (ROOM / "interop" / "seen.py").read_text()))
    for either in re.findall(r'verb = "([a-z-]+)" if \w+ else "([a-z-]+)"', code):
        written |= set(either)
    written |= {f"case-{action}" for action in TRANSITIONS}
    return written | {f"referral-{action}" for action in STEPS}


def test_every_verb_has_words() -> None:
    assert verbs() == set(WORDS)


def test_words_are_sentences_and_an_old_verb_stays_as_it_is() -> None:
    assert words_of("case-submit") == "The request was sent"
    assert words_of("of-another-version") == "of-another-version"
