"""What an examination says: a sentence, and whether it must be mended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence, and whether it must be mended (bad) or only known."""

    sentence: str
    bad: bool = False
    fine: bool = False

    @property
    def sign(self) -> str:
        """The mark in front of the sentence."""
        return "ok     " if self.fine else "MEND   " if self.bad else "note   "


def fine(sentence: str) -> Found:
    """Return a sentence about something that is as it should be."""
    return Found(sentence, fine=True)
