"""What is doubtful in the draft of a report, held against what is known of its case."""

from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from secondopinion.accounts.models import Child, Person
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.imaging import queries as imaging
from secondopinion.opinions.body import texts_in
from secondopinion.opinions.checking.examine import examine
from secondopinion.opinions.checking.found import Doubt, Facts, Source
from secondopinion.opinions.models import Opinion
from secondopinion.program import queries as program
from secondopinion.records import queries as records
from secondopinion.records.models import Page
from secondopinion.translation import queries as translations

MOST_LETTERS = 400_000  # of what was sent; about 150 pages
ADDENDUM = "text"  # the one field of an addendum
MOST_CHILDREN = 1_000  # whose names are looked for, the latest first
_TOLD = ("diagnosis", "history", "medicines", "operations", "development")


def doubts_of(opinion: Opinion) -> list[Doubt]:
    """Return what is doubtful in a draft as it stands, each doubt once."""
    return _doubts(opinion.case, opinion.author_id, texts_of(opinion))


def doubts_in(case: Case, author: Person, text: str) -> list[Doubt]:
    """Return what is doubtful in the words of an addendum."""
    return _doubts(case, author.pk, {ADDENDUM: text})


def _doubts(case: Case, author: UUID, texts: Mapping[str, str]) -> list[Doubt]:
    return examine(texts, facts_of(case, author), timezone.localdate(clock.now()))


def texts_of(opinion: Opinion) -> dict[str, str]:
    """Return what its author wrote in a draft, by field, with the captions of its key images."""
    captions = opinion.key_images.values_list("caption", flat=True)
    return texts_in(opinion.case, opinion.body) | {
        f"caption_{number}": caption for number, caption in enumerate(captions, 1)
    }


def facts_of(case: Case, author: UUID) -> Facts:
    """Return what is known of the child, who has to do with the case, and what was sent."""
    child, request = case.child, case.request
    return Facts(
        names=_named([(child.full_name, child.latin_name)]),
        people=_people(case),
        others=_named(_other_children(case, author)),
        sex=child.sex,
        born=child.birth_date,
        weight_kg=float(request.weight_kg) if request.weight_kg else None,
        weighed_on=_weighed_on(case),
        sources=_all_of(_sources(case)),
    )


def _named(pairs: "list[tuple[str, str]] | QuerySet[Child, tuple[str, str]]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for pair in pairs for name in pair if name.strip()))


def _people(case: Case) -> tuple[str, ...]:
    rows = Person.objects.filter(
        Q(participations__case=case) | Q(guardianships__child=case.child_id)
    ).values_list("full_name", "latin_name")
    hospital, provider = program.program(), getattr(case, "local_provider", None)
    more = [(hospital.hospital, hospital.name)]
    if provider is not None:
        more.append((provider.full_name, provider.clinic))
    return _named([*rows, *more])


def _other_children(case: Case, author: UUID) -> "QuerySet[Child, tuple[str, str]]":
    """Return the names of the other children whose cases the author has had."""
    return (
        Child.objects.filter(
            case__participations__person=author,
            case__participations__role=Part.SPECIALIST,
        )
        .exclude(pk=case.child_id)
        .order_by("-created_at")
        .values_list("full_name", "latin_name")[:MOST_CHILDREN]
    )


def _weighed_on(case: Case) -> date | None:
    """Return the day on which the family sent the weight; nobody asks them when they measured."""
    return timezone.localdate(case.submitted_at) if case.submitted_at else None


def _sources(case: Case) -> Iterator[Source]:
    for name in _TOLD:
        yield Source(getattr(case.request, name), case.language)
    for question in case.questions.all():
        yield Source(question.text, case.language)
    for answer in case.information_requests.exclude(answer="").values_list("answer", flat=True):
        yield Source(answer)
    provider = getattr(case, "local_provider", None)
    if provider is not None and provider.correction:
        yield Source(provider.correction, provider.language)
    for series in imaging.series_for_case(case):
        yield Source(f"{series.body_part} {series.description}".replace("_", " "), "en")
    translated = translations.of_case(case).filter(subject_kind="record").exclude(text="")
    for text, language in translated.values_list("text", "language"):
        yield Source(text, language)
    readable = records.readable(case).order_by().values("pk")
    pages = (
        Page.objects.filter(record__in=readable, aside="")
        .exclude(text="")
        .order_by("record__created_at", "number")
    )
    for text, language in pages.values_list("text", "record__language"):
        yield Source(text, language)


def _all_of(sources: Iterator[Source]) -> tuple[Source, ...]:
    """Return the texts that say something, or none where they are too many to be read on a page:
    what only a part of them says is not what was sent."""
    kept, letters = [], 0
    for each in sources:
        if each.text.strip():
            letters += len(each.text)
            kept.append(each)
        if letters > MOST_LETTERS:
            return ()
    return tuple(kept)
