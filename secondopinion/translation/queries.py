"""Reads of translations; a translator and a reviewer see those in which they have a live part."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.core import clock
from secondopinion.core.errors import NotYours
from secondopinion.program import queries as program
from secondopinion.translation.checks.compare import Comparison, Unsupported, compare
from secondopinion.translation.checks.languages import short_code
from secondopinion.translation.checks.terms import Term, standing_in
from secondopinion.translation.models import (
    OutsideConsent,
    Translation,
    TranslationPart,
    TranslationState,
)

# Who of a case reads its translations; what they may do besides is decided in the actions.
READERS = {"desk", Part.COORDINATOR, Part.SPECIALIST, Part.SECOND_READER}
_ALIKE = 0.75  # share of letters from which on an earlier sentence is offered


def _live() -> Q:
    return Q(until__isnull=True) | Q(until__gt=clock.now())


def parts_in(translation: Translation, person: Person) -> set[str]:
    """Return the parts that a person has in a translation now, those in its case included."""
    own = TranslationPart.objects.filter(_live(), translation=translation, person=person)
    found = set(own.values_list("kind", flat=True))
    return found | (roles_of(translation.case, person) & READERS)


def translation_for(person: Person, reference: str, translation_id: UUID) -> Translation:
    """Return a translation in which a person has a part.

    Raises:
        NotYours: there is none, or it is not theirs; the two look the same.
    """
    found = (
        Translation.objects.filter(pk=translation_id, case__reference=reference)
        .select_related("case", "made_by", "reviewed_by")
        .first()
    )
    if found is None or not parts_in(found, person):
        raise NotYours
    return found


def queue(person: Person) -> QuerySet[Translation]:
    """Return the translations that wait for a person: to be written, or to be checked."""
    parts = TranslationPart.objects.filter(_live(), person=person)
    to_write = Q(
        pk__in=parts.filter(kind=TranslationPart.Kind.TRANSLATOR).values("translation"),
        state__in=[TranslationState.REQUESTED, TranslationState.DRAFT],
    )
    to_check = Q(
        pk__in=parts.filter(kind=TranslationPart.Kind.REVIEWER).values("translation"),
        state=TranslationState.WRITTEN,
    )
    return Translation.objects.filter(to_write | to_check).select_related("case")


def of_case(case: Case) -> QuerySet[Translation]:
    """Return the translations of a case that were not withdrawn."""
    return (
        Translation.objects.filter(case=case)
        .exclude(state=TranslationState.WITHDRAWN)
        .select_related("made_by", "reviewed_by")
    )


def outside_agreed(case: Case) -> bool:
    """Say whether the family agrees that texts of a case go to a machine outside the hospital."""
    return OutsideConsent.objects.filter(case=case, withdrawn_at__isnull=True).exists()


def made_of(case: Case) -> dict[UUID, Translation]:
    """Return the newest finished translation of each record, by the record."""
    done = of_case(case).filter(state__in=[TranslationState.WRITTEN, TranslationState.REVIEWED])
    return {row.subject_id: row for row in done}


def newest(column: str) -> Subquery:
    """Return a column of the newest finished translation, for each row of records."""
    done = Translation.objects.filter(
        subject_id=OuterRef("pk"),
        state__in=[TranslationState.WRITTEN, TranslationState.REVIEWED],
    )
    return Subquery(done.order_by("-created_at").values(column)[:1])


def agreed_words(translation: Translation) -> list[Term]:
    """Return the program's glossary for the two languages of a translation."""
    source, target = short_code(translation.source_language), short_code(translation.language)
    return [Term(row.term, row.translation) for row in program.glossary(source, target)]


def lines_with_terms(translation: Translation) -> list[tuple[int, str, list[Term]]]:
    """Return the lines of the original in which words of the glossary stand, with these words."""
    source = short_code(translation.source_language)
    return standing_in(translation.original, agreed_words(translation), source)


def comparison(translation: Translation) -> Comparison | None:
    """Compare a translation with its original; None where the checks do not know a language."""
    if not translation.original.strip() or not translation.text.strip():
        return None
    try:
        return compare(
            translation.original, translation.text, translation.source_language,
            translation.language, agreed_words(translation),
        )  # fmt: skip
    except Unsupported:
        return None


def remembered(translation: Translation) -> list[tuple[str, str]]:
    """Return sentences of this original that are known from checked translations of this case."""
    known: dict[str, str] = {}
    earlier = of_case(translation.case).filter(
        state=TranslationState.REVIEWED, source_language=translation.source_language,
        language=translation.language,
    )  # fmt: skip
    for row in earlier.exclude(pk=translation.pk)[:20]:
        done = comparison(row)
        for pair in done.pairs if done else ():
            if len(pair.original) == len(pair.translation) == 1:
                one, other = pair.original[0], pair.translation[0]
                place = done.original.place(one.start, one.end)  # type: ignore[union-attr]
                known[place.text] = done.translation.place(other.start, other.end).text  # type: ignore[union-attr]
    return [
        (line, known[best])
        for line in translation.original.splitlines()
        if len(line.strip()) > 5 and (best := _nearest(line.strip(), known)) is not None
    ]


def _nearest(line: str, known: Iterable[str]) -> str | None:
    rated = [(SequenceMatcher(None, line, each).ratio(), each) for each in known]
    best = max(rated, default=(0.0, ""))
    return best[1] if best[0] >= _ALIKE else None
