"""What was written at home (the request, questions, answers) and its translations, text by text.

Rooms above add what they hold (`tells`) and who reads it (`reads`), so that this one need not know
them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import F

from secondopinion.cases.actions.request import STORY
from secondopinion.cases.models import Case, InformationRequest
from secondopinion.translation.checks.languages import short_code
from secondopinion.translation.models import WORDS, Translation, TranslationState

FAMILY, LOCAL_PROVIDER = "family", "local_provider"  # the kinds of subject: who wrote it
FINISHED = (TranslationState.WRITTEN, TranslationState.REVIEWED)


class Said(NamedTuple):
    """A text that was written at home: its key in its case, by whom, and in which language."""

    key: str
    text: str
    who: str  # FAMILY or LOCAL_PROVIDER
    language: str


class Reading(NamedTuple):
    """The languages that somebody reads, and into which of them is translated for them."""

    languages: frozenset[str]
    into: str


SOURCES: list[Callable[[Case], Iterable[Said]]] = []
READERS: list[Callable[[Case], Iterable[Reading]]] = []


def tells[F: Callable[[Case], Iterable[Said]]](source: F) -> F:
    """Have what a room holds of texts written at home translated too."""
    SOURCES.append(source)
    return source


def reads[F: Callable[[Case], Iterable[Reading]]](source: F) -> F:
    """Have a room say which languages those read who review a case, or are asked to."""
    READERS.append(source)
    return source


def language_of(case: Case, who: str) -> str:
    """Return the short code of the language in which the family, or the local provider, writes."""
    provider = getattr(case, "local_provider", None) if who == LOCAL_PROVIDER else None
    return short_code(provider.language if provider else case.language)


@tells
def _request(case: Case) -> Iterator[Said]:
    language = language_of(case, FAMILY)
    for name in STORY:
        yield Said(name, getattr(case.request, name), FAMILY, language)
    for row in case.questions.all():
        yield Said(f"question-{row.number}", row.text, FAMILY, language)


@tells
def _answers(case: Case) -> Iterator[Said]:
    """Yield what was answered by who was asked; what the desk typed is in the desk's language."""
    rows = InformationRequest.objects.filter(
        case=case, dropped_at=None, answered_by__participations__case=case,
        answered_by__participations__role=F("to"),
    ).distinct()  # fmt: skip
    for row in rows:
        yield Said(f"answer-{row.pk.hex}", row.answer, row.to, language_of(case, row.to))


@tells
def _correction(case: Case) -> Iterator[Said]:
    provider = getattr(case, "local_provider", None)
    if provider is not None:
        language = language_of(case, LOCAL_PROVIDER)
        yield Said("correction", provider.correction, LOCAL_PROVIDER, language)


def said_in(case: Case) -> list[Said]:
    """Return every text of a case that was written at home and is not empty."""
    return [each for source in SOURCES for each in source(case) if each.text.strip()]


def readings_of(case: Case) -> list[Reading]:
    """Return what those read who review a case, or are asked to."""
    return [each for source in READERS for each in source(case)]


def every_translation(case: Case) -> list[Translation]:
    """Return the translations of what was written at home, withdrawn ones too, the oldest first."""
    rows = Translation.objects.filter(case=case, subject_kind__in=WORDS)
    return list(rows.select_related("made_by", "reviewed_by"))


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a text for a reader: its translation, or that there is none yet.

    `outdated`: the text was changed after it was translated. `on_its_way`: somebody is asked.
    """

    language: str
    text: str = ""
    row: Translation | None = None
    outdated: bool = False
    on_its_way: bool = False


@dataclass(slots=True)
class Told:
    """The translations of a case, for a reader of these languages."""

    languages: dict[str, str]  # in which the family and the local provider write
    reader: frozenset[str]
    finished: dict[str, tuple[str, str, Translation]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def beside(self, key: str, text: str, who: str = FAMILY) -> Beside | None:
        """Return what stands beside a text; None where the reader reads its language."""
        language = self.languages[who]
        if not text.strip() or language in self.reader:
            return None
        original, made, row = self.finished.get(key, ("", "", None))
        return Beside(
            language, made, row, outdated=row is not None and original != text,
            on_its_way=key in self.asked,
        )  # fmt: skip


def told(case: Case, reader: frozenset[str]) -> Told:
    """Return the translations of what was written at home into languages that a reader reads."""
    made = Told({who: language_of(case, who) for who in (FAMILY, LOCAL_PROVIDER)}, reader)
    for row in every_translation(case):
        if row.language not in reader or row.state == TranslationState.WITHDRAWN:
            continue
        for key, original, text in row.texts:
            if row.state in FINISHED:
                made.finished[key] = (original, text, row)
            else:
                made.asked.add(key)
    return made


def reviewed(case: Case, language: str) -> Told:
    """Return the translations into one language that a reviewer has accepted: what may be
    printed."""
    found = told(case, frozenset({short_code(language)}))
    found.finished = {
        key: each for key, each in found.finished.items()
        if each[2].state == TranslationState.REVIEWED
    }  # fmt: skip
    return found
