"""Reads of translations; a translator and a reviewer see those in which they have a live part."""

from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import staff_roles
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import NotYours
from secondopinion.findings.models import Finding, Severity
from secondopinion.findings.models import State as FindingState
from secondopinion.program import queries as program
from secondopinion.translation import closing
from secondopinion.translation.checks.compare import Comparison, Unsupported, compare
from secondopinion.translation.checks.languages import short_code
from secondopinion.translation.checks.terms import Term, standing_in
from secondopinion.translation.models import (
    WORDS,
    OutsideConsent,
    Translation,
    TranslationPart,
    TranslationState,
)

# Who of a case reads its translations; what they may do besides is decided in the actions.
READERS = {"desk", Part.COORDINATOR, Part.SPECIALIST, Part.SECOND_READER}
# Who still sees one that was withdrawn, or whose record is closed.
_DESK = {"desk", Part.COORDINATOR}
# Who may hold a part in a translation; a coordinator may translate what was written at home.
DOERS = {
    TranslationPart.Kind.TRANSLATOR: {Role.TRANSLATOR, Role.COORDINATOR},
    TranslationPart.Kind.REVIEWER: {Role.TRANSLATION_REVIEWER},
}
# What nobody translates any more: it ended without a report.
OVER = (State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.JOINED)


def open_differences(of: str) -> Coalesce:
    """Return how many differences of a translation, whose key is in a column, are open."""
    rows = Finding.objects.filter(
        subject_kind="translation", state=FindingState.OPEN, subject_id=OuterRef(of)
    ).exclude(severity=Severity.INFO)
    many = rows.order_by().values("subject_id").annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(many), 0)


def _live() -> Q:
    return Q(until__isnull=True) | Q(until__gt=clock.now())


def _rows() -> QuerySet[Translation]:
    """Return translations that know whether somebody is asked to check them (`to_check`), and
    whether what they are of is `closed`."""
    asked = TranslationPart.objects.filter(
        _live(), translation=OuterRef("pk"), kind=TranslationPart.Kind.REVIEWER
    )
    return Translation.objects.annotate(
        to_check=Exists(asked),
        closed=ExpressionWrapper(closing.closed(), output_field=BooleanField()),
    )


def parts_in(translation: Translation, person: Person) -> set[str]:
    """Return the parts that a person has in a translation now, those in its case included.

    Its own parts open nothing without their role, or once its case has ended without a report. Of
    what is withdrawn, or closed, only the desk sees something.
    """
    found = roles_of(translation.case, person) & READERS
    withdrawn = translation.state == TranslationState.WITHDRAWN
    if withdrawn or closing.is_closed(translation.subject_id):
        return found & _DESK
    if translation.case.state in OVER:
        return found
    own = TranslationPart.objects.filter(_live(), translation=translation, person=person)
    held = staff_roles(person)
    return found | {
        kind
        for kind in own.values_list("kind", flat=True)
        if held & DOERS[TranslationPart.Kind(kind)]
    }


def translation_for(person: Person, reference: str, translation_id: UUID) -> Translation:
    """Return a translation in which a person has a part.

    Raises:
        NotYours: there is none, or it is not theirs; the two look the same.
    """
    found = (
        _rows()
        .filter(pk=translation_id, case__reference=reference)
        .select_related("case__child", "made_by", "reviewed_by", "asked_by")
        .first()
    )
    if found is None or not parts_in(found, person):
        raise NotYours
    return found


def queue(person: Person) -> QuerySet[Translation]:
    """Return the translations that wait for a person: to be written, to be checked, or, as the
    coordinator of the case, to be given to a translator."""
    parts = TranslationPart.objects.filter(_live(), person=person)
    live_translator = TranslationPart.objects.filter(
        _live(), translation=OuterRef("pk"), kind=TranslationPart.Kind.TRANSLATOR
    )
    to_write = Q(
        pk__in=parts.filter(kind=TranslationPart.Kind.TRANSLATOR).values("translation"),
        state__in=[TranslationState.REQUESTED, TranslationState.DRAFT],
    )
    to_check = Q(
        pk__in=parts.filter(kind=TranslationPart.Kind.REVIEWER).values("translation"),
        state=TranslationState.WRITTEN,
    )
    to_give = Q(
        ~Exists(live_translator), subject_kind__in=WORDS, case__coordinator=person,
        state__in=[TranslationState.REQUESTED, TranslationState.DRAFT],
    )  # fmt: skip
    rows = _rows().filter(to_write | to_check | to_give).exclude(closing.closed())
    return rows.exclude(case__state__in=OVER).select_related("case", "asked_by")


def every_of_case(case: Case) -> QuerySet[Translation]:
    """Return the translations of a case, for the desk: withdrawn and closed ones too."""
    rows = _rows().filter(case=case).annotate(differing=open_differences("pk"))
    return rows.select_related("made_by", "reviewed_by")


def of_case(case: Case) -> QuerySet[Translation]:
    """Return the translations of a case that were neither withdrawn nor closed."""
    rows = every_of_case(case).exclude(state=TranslationState.WITHDRAWN)
    return rows.exclude(closing.closed())


def of_home(case: Case) -> QuerySet[Translation]:
    """Return the translations of what was written at home, withdrawn ones too, with who has a part
    in them."""
    rows = every_of_case(case).filter(subject_kind__in=WORDS)
    return rows.prefetch_related("parts__person")


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


def under_way() -> Exists:
    """Return whether somebody is asked to translate each row of records."""
    rows = Translation.objects.filter(subject_id=OuterRef("pk"))
    return Exists(rows.filter(state__in=[TranslationState.REQUESTED, TranslationState.DRAFT]))


def agreed_words(translation: Translation) -> list[Term]:
    """Return the program's glossary for the two languages of a translation."""
    source, target = short_code(translation.source_language), short_code(translation.language)
    return [Term(row.term, row.translation) for row in program.glossary(source, target)]


def lines_with_terms(
    translation: Translation, original: str, agreed: list[Term]
) -> list[tuple[int, str, list[Term]]]:
    """Return the lines of an original in which words of the glossary stand, with these words."""
    return standing_in(original, agreed, short_code(translation.source_language))


def comparisons(translation: Translation) -> dict[str, Comparison | None]:
    """Compare each text of a translation with its original, by its key; None where one of them is
    empty or the checks do not know a language."""
    agreed = agreed_words(translation)
    return {
        key: _compared(translation, original, text, agreed)
        for key, original, text in translation.texts
    }


def _compared(
    translation: Translation, original: str, text: str, agreed: list[Term]
) -> Comparison | None:
    if not original.strip() or not text.strip():
        return None
    try:
        return compare(original, text, translation.source_language, translation.language, agreed)
    except Unsupported:
        return None
