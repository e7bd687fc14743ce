"""What was written at home (the request, questions, answers) and its translations, text by text.

Rooms above add what they hold (`tells`) and who reads it (`reads`), so that this one need not know
them.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from secondopinion.cases.actions.request import STORY
from secondopinion.cases.models import Case, InformationRequest
from secondopinion.translation.checks.languages import short_code
from secondopinion.translation.models import WORDS, Method, Translation, TranslationState
from secondopinion.translation.queries import open_differences

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
    return list(Translation.objects.filter(case=case, subject_kind__in=WORDS))


# What is read of a translation to show it beside its original.
COLUMNS = (
    "state", "method", "language", "passages", "created_at", "made_by__full_name",
    "reviewed_by__full_name", "differing",
)  # fmt: skip


def of_home() -> QuerySet[Translation]:
    """Return the translations of what was written at home that were not withdrawn."""
    rows = Translation.objects.filter(subject_kind__in=WORDS)
    rows = rows.annotate(differing=open_differences("pk"))
    return rows.exclude(state=TranslationState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a text for a reader: its translation and by whom it is, or that there is
    none yet.

    `outdated`: the text was changed after it was translated. `on_its_way`: somebody is asked.
    `differing`: how many differences are open in the translation of which it is a part.
    """

    source: str
    on_its_way: bool
    text: str = ""
    language: str = ""
    how: str = ""
    people: tuple[str, ...] = ()
    outdated: bool = False
    differing: int = 0


@dataclass(slots=True)
class Told:
    """The translations of a case, for a reader of these languages."""

    languages: dict[str, str]  # in which the family and the local provider write
    reader: frozenset[str]
    finished: dict[str, tuple[dict[str, str], dict[str, Any]]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    said: set[tuple[object, ...]] = field(default_factory=set)

    def again(self, of: Beside) -> bool:
        """Say whether a page has said before by whom such a translation is, or why there is none:
        it says it whole once."""
        what = (of.source, of.on_its_way, of.how, of.people)
        before = what in self.said
        self.said.add(what)
        return before

    def beside(self, key: str, text: str, who: str = FAMILY) -> Beside | None:
        """Return what stands beside a text; None where the reader reads its language."""
        source = self.languages[who]
        if not text.strip() or source in self.reader:
            return None
        if key not in self.finished:
            return Beside(source, key in self.asked)
        passage, row = self.finished[key]
        people = (row["made_by__full_name"], row["reviewed_by__full_name"])
        return Beside(
            source, key in self.asked, passage["text"], row["language"],
            str(Method(row["method"]).label), tuple(filter(None, people)),
            outdated=passage["original"] != text, differing=row["differing"],
        )  # fmt: skip


def told(
    case: Case, reader: frozenset[str], rows: Iterable[dict[str, Any]] | None = None,
    states: Collection[str] = FINISHED,
) -> Told:  # fmt: skip
    """Return the translations of what was written at home into languages that a reader reads.

    `rows` are the `COLUMNS` of `of_home` that a page has read with something else (`lists.listed`);
    `states` are those in which a translation is shown.
    """
    made = Told({who: language_of(case, who) for who in (FAMILY, LOCAL_PROVIDER)}, reader)
    if rows is None:
        rows = of_home().filter(case=case).values(*COLUMNS)
    for row in sorted(rows, key=lambda each: each["created_at"]):
        if row["language"] not in reader:
            continue
        for passage in _passages(row["passages"]):
            if row["state"] in states:
                made.finished[passage["key"]] = (passage, row)
            elif row["state"] not in FINISHED:
                made.asked.add(passage["key"])
    return made


def _passages(kept: str | list[dict[str, str]]) -> list[dict[str, str]]:
    """Return passages; SQLite has them as text where they stand in a list of rows."""
    return json.loads(kept) if isinstance(kept, str) else kept


def reviewed(case: Case, language: str) -> Told:
    """Return the translations into one language that a reviewer has accepted: what may be
    printed."""
    return told(case, frozenset({short_code(language)}), states=(TranslationState.REVIEWED,))
