"""What a check of a translation says, and where."""

from dataclasses import dataclass, field
from typing import Any

from secondopinion.findings.found import gettext_noop

CHECK = "translation@16"


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one of the texts: characters from `start` to before `end`, its line from 1."""

    start: int
    end: int
    line: int
    text: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"start": self.start, "end": self.end, "line": self.line, "text": self.text}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that differs between an original and its translation.

    `confidence` is a share from 0 to 1; severities are those of a finding. A place is None where
    the thing stands in one of the texts only.
    """

    code: str
    severity: str
    confidence: float
    message: str
    advice: str
    original: Place | None
    translation: Place | None
    measured: dict[str, Any] = field(default_factory=dict)
    check: str = CHECK

    @property
    def alarm(self) -> bool:
        """Whether somebody has to look at it."""
        return self.severity != "info"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        where = {
            name: place.as_dict()
            for name, place in (("original", self.original), ("translation", self.translation))
            if place is not None
        }
        return {
            "code": self.code, "risk": "poorly-translated", "severity": self.severity,
            "confidence": self.confidence, "where": where, "measured": self.measured,
            "message": self.message, "advice": self.advice, "check": self.check,
        }  # fmt: skip


LOOK = gettext_noop("Compare the marked places in both texts and correct the translation.")
NONE = gettext_noop("Nothing has to be done.")

# Kept in English and translated where they are shown.
WORDS: dict[str, tuple[str, str, str]] = {
    # kind: code, message, advice
    "number-differs": (
        "translation-number",
        gettext_noop("A number in the translation is not the number in the original."), LOOK,
    ),
    "number-missing": (
        "translation-number",
        gettext_noop("A number of the original is missing in the translation."), LOOK,
    ),
    "number-added": (
        "translation-number",
        gettext_noop("The translation has a number that the original does not have."), LOOK,
    ),
    "number-copied": (
        "translation-number",
        gettext_noop(
            "A number was copied with its point or comma, which means something else in the other "
            "language."
        ), LOOK,
    ),
    "unit-differs": (
        "translation-unit",
        gettext_noop("A unit in the translation is not the unit in the original."), LOOK,
    ),
    "unit-missing": (
        "translation-unit",
        gettext_noop("A unit stands in one of the two texts only."), LOOK,
    ),
    "converted": (
        "translation-unit",
        gettext_noop("A value was converted to another unit, and the conversion is right."), NONE,
    ),
    "side-swapped": (
        "translation-laterality",
        gettext_noop("Left and right are swapped between the original and the translation."), LOOK,
    ),
    "side-missing": (
        "translation-laterality",
        gettext_noop("A side (left, right or both) stands in one of the two texts only."), LOOK,
    ),
    "negation-dropped": (
        "translation-negation",
        gettext_noop("The original says no or not; the translation does not seem to."), LOOK,
    ),
    "negation-added": (
        "translation-negation",
        gettext_noop("The translation says no or not; the original does not seem to."), LOOK,
    ),
    "negation-unsure": (
        "translation-negation",
        gettext_noop("One text may say no or not where the other does not."),
        gettext_noop("Compare the marked places; other words may say the same."),
    ),
    "contrary": (
        "translation-negation",
        gettext_noop("A word of the translation says the contrary of the original."), LOOK,
    ),
    "name-differs": (
        "translation-name",
        gettext_noop("A person in the translation has another name than in the original."), LOOK,
    ),
    "drug-differs": (
        "translation-drug",
        gettext_noop("A medicine in the translation is not the medicine in the original."), LOOK,
    ),
    "drug-missing": (
        "translation-drug",
        gettext_noop("A medicine stands in one of the two texts only."), LOOK,
    ),
    "date-differs": (
        "translation-date",
        gettext_noop("A date in the translation is not the date in the original."), LOOK,
    ),
    "date-missing": (
        "translation-date",
        gettext_noop("A date stands in one of the two texts only."), LOOK,
    ),
    "date-ambiguous": (
        "translation-date",
        gettext_noop("The day and the month of a date can be read either way."),
        gettext_noop("Write the month as a word."),
    ),
    "number-ambiguous": (
        "translation-number",
        gettext_noop("A number can be read in two ways: its mark parts thousands or decimals."),
        gettext_noop("Write it without a mark between thousands."),
    ),
    "line-missing": (
        "translation-line-missing",
        gettext_noop("A part of the original is missing in the translation."),
        gettext_noop("Translate the marked lines, or say why they are left out."),
    ),
    "line-added": (
        "translation-line-missing",
        gettext_noop("The translation has a part that the original does not have."),
        gettext_noop("If it is a note of the translator, mark it as one."),
    ),
    "term-differs": (
        "translation-term",
        gettext_noop("A word of the glossary has another translation than the agreed one."),
        gettext_noop("Use the agreed words, or keep yours where the sentence calls for them."),
    ),
    "not-translated": (
        "translation-missing",
        gettext_noop("A part was left in the language of the original."),
        gettext_noop("Translate the marked lines."),
    ),
    "empty": (
        "translation-missing",
        gettext_noop("There is no translation of this text."),
        gettext_noop("Have it translated."),
    ),
}  # fmt: skip
_INFO = {"converted", "date-ambiguous", "number-ambiguous", "line-added", "negation-unsure"}


def mismatch(
    kind: str,
    original: Place | None,
    translation: Place | None,
    confidence: float,
    /,
    **measured: Any,
) -> Mismatch:
    """Return a mismatch of a kind (a key of `WORDS`)."""
    code, message, advice = WORDS[kind]
    severity = "info" if kind in _INFO else "blocker" if kind == "empty" else "warning"
    return Mismatch(
        code=code, severity=severity, confidence=round(confidence, 2), message=message,
        advice=advice, original=original, translation=translation,
        measured={"kind": kind, **measured},
    )  # fmt: skip
