"""The family's request: started, saved page by page, submitted."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts import rules as people
from secondopinion.accounts.models import Child, Person
from secondopinion.audit import actions as audit
from secondopinion.cases import changes, measuring, owners, rules, saving, words, workflow
from secondopinion.cases.actions.parts import give_first_part, give_owner, require
from secondopinion.cases.actions.provider import write_to_provider
from secondopinion.cases.actions.starting import new_case
from secondopinion.cases.actions.telling import tell
from secondopinion.cases.measuring import Measured
from secondopinion.cases.models import (
    Case,
    ChecklistItem,
    Consent,
    ItemState,
    LocalProvider,
    Part,
    Question,
    Request,
)
from secondopinion.cases.queries import live_parts, roles_of
from secondopinion.cases.saving import Saver
from secondopinion.cases.states import State
from secondopinion.core import clock, zones
from secondopinion.core.errors import Conflict, Refused
from secondopinion.core.prepared import prepared
from secondopinion.program import queries as program
from secondopinion.program.models import Disclaimer, Residence, Specialty

MOST_QUESTIONS = 10
_CHANGED_ELSEWHERE = _("This page was changed elsewhere. Save it, and you see both versions.")
_OF_EVERY_PAGE = ("typed", "saved_pages", "revision", "changed", "savings", "touched_at")
STORY = (
    "diagnosis", "history", "medicines", "allergies", "operations", "family_history",
    "immunisations", "development",
)  # fmt: skip


@transaction.atomic
def start_draft(*, by: Person, language: str) -> Case:
    """Start a request, or go on with a draft of this person in which no child is named yet."""
    mine = live_parts().filter(person=by, role=Part.FAMILY, case__state=State.DRAFT)
    if drafts := list(mine.values_list("case", flat=True)):
        empty = Case.objects.select_for_update().filter(
            pk__in=drafts, state=State.DRAFT, child__full_name=""
        ).first()  # fmt: skip
        if empty is not None:
            return empty
    case = new_case(language=language)
    give_first_part(case=case, person=by, role=Part.FAMILY, by=by)
    audit.record("case-started", by=by, case_id=case.pk, target=case)
    return case


def _open_draft(case: Case, by: Person) -> Request:
    """Lock the request of a draft for a change by the family, or by who enters it for them.

    Raises:
        NotYours: somebody else's.
        Conflict: it has been submitted meanwhile.
    """
    require(case, by, Part.FAMILY, Part.ENTRY)
    return _locked(case)


@prepared
def _standing(case: UUID) -> QuerySet[Any]:
    """Return the request of a case with the state of that, under a lock."""
    # Both rows are locked: a draft that is being sent waits, or is waited for.
    rows = Request.objects.select_for_update().filter(case_id=case)
    # What a family wrote on other pages is long, and not asked for here.
    return rows.annotate(stands=F("case__state")).only(*_OF_EVERY_PAGE)


def _locked(case: Case) -> Request:
    """Lock the request of a draft.

    Raises:
        Conflict: it has been submitted meanwhile.
    """
    found = _standing(case.pk)[0]
    if found.stands != State.DRAFT:
        raise Conflict(
            _("The request has been sent already. To add something, write us a message."),
            code="already-sent",
        )
    request: Request = found
    return request


def _saved(request: Request, case: Case, by: Person, page: str, **columns: Any) -> Request:
    """Write a page's columns, forget its raw text, and count the revision."""
    columns["typed"] = {key: value for key, value in request.typed.items() if key != page}
    columns["saved_pages"] = [*(each for each in request.saved_pages if each != page), page]
    columns["revision"] = request.revision + 1
    columns["changed"] = {**request.changed, page: columns["revision"]}
    columns["touched_at"] = clock.now()
    Request.objects.filter(pk=request.pk).update(**columns)
    for name, value in columns.items():
        setattr(request, name, value)
    case.request = request
    audit.record("request-saved", by=by, case_id=case.pk, target=case, detail={"page": page})
    return request


def _unchanged(request: Request, page: str, base_revision: int | None, by: Saver | None) -> None:
    """See that nobody else has changed a page after it was read at `base_revision`.

    Raises:
        Conflict: somebody has.
    """
    revision, savings = int(request.changed.get(page, 0)), request.savings.get(page)
    if base_revision is not None and saving.is_elsewhere(revision, savings, base_revision, by):
        raise Conflict(_CHANGED_ELSEWHERE, code="changed-elsewhere")


def _note(request: Request, page: str, by: Saver | None) -> dict[str, Any]:
    """Return whose the last changes of each page are once this one is saved."""
    revision, kept = int(request.changed.get(page, 0)), request.savings.get(page)
    return {**request.savings, page: saving.noted(revision, kept, by, request.revision + 1)}


@transaction.atomic
def autosave(
    *, by: Person, case: Case, page: str, values: dict[str, list[str]], base_revision: int | None,
    saver: Saver | None = None,
) -> Request:  # fmt: skip
    """Keep the raw text of a page as it is being typed; only the fields that are named change.

    Raises:
        Conflict: the page has been saved in another tab or elsewhere since `base_revision`.
    """
    request = _open_draft(case, by)
    _unchanged(request, page, base_revision, saver)
    request.savings = _note(request, page, saver)
    request.typed = {**request.typed, page: {**request.typed.get(page, {}), **values}}
    request.revision += 1
    request.changed = {**request.changed, page: request.revision}
    request.touched_at = clock.now()
    request.save(update_fields=["typed", "changed", "savings", "revision", "touched_at"])
    return request


@transaction.atomic
def hold_page(
    *, by: Person, case: Case, page: str, base_revision: int | None, saver: Saver | None = None
) -> None:
    """Keep everybody else from changing a page until this transaction ends, which saves it.

    Raises:
        Conflict: the page has been changed since `base_revision`, in another tab or elsewhere.
    """
    request = _open_draft(case, by)
    _unchanged(request, page, base_revision, saver)
    Request.objects.filter(pk=request.pk).update(savings=_note(request, page, saver))


@transaction.atomic
def save_start(*, by: Person, case: Case, country: str, specialty: Specialty) -> Case:
    """Keep where the child lives and what the question is about."""
    parts = require(case, by, Part.FAMILY, Part.ENTRY)
    request = _locked(case)
    kept = case.residence if str(case.country) == country else ""
    case.country, case.specialty, case.residence = country, specialty, kept
    case.save(update_fields=["country", "specialty", "residence"])
    Child.objects.filter(pk=case.child_id).update(country=country)
    if (
        by.timezone == zones.UNKNOWN
        and (zone := zones.zone_of(country)) != zones.UNKNOWN
        and Part.FAMILY in parts
    ):
        accounts.describe(by=by, person=by, timezone=zone)
    _saved(request, case, by, "start")
    return case


@transaction.atomic
def save_residence(*, by: Person, case: Case, residence: str) -> Case:
    """Keep whether the child lives in the country, where a rule there depends on it."""
    request = _open_draft(case, by)
    case.residence = Residence(residence)
    case.save(update_fields=["residence"])
    _saved(request, case, by, "start")
    return case


@transaction.atomic
def save_emergency(*, by: Person, case: Case, emergency: bool) -> Case:
    """Keep whether the child is in danger now."""
    _saved(_open_draft(case, by), case, by, "emergency", emergency=emergency)
    return case


@transaction.atomic
def save_child(
    *,
    by: Person,
    case: Case,
    full_name: str,
    latin_name: str,
    birth_date: date,
    sex: str,
    weight_kg: Decimal | None = None,
    height_cm: Decimal | None = None,
    head_cm: Decimal | None = None,
    measured_on: date | None = None,
    measured_before: Sequence[Measured] = (),
    gestation_weeks: int | None = None,
) -> Case:
    """Keep who the child is, and how it grew.

    Raises:
        Refused: a birth date in the future, a patient of age, or a measurement before the birth
            or in the future.
    """
    request = _open_draft(case, by)
    people.check_birth_date(birth_date)
    for day in (measured_on, *(each.on for each in measured_before)):
        if day is not None:
            rules.check_measured_on(birth_date, day)
    said = {
        "full_name": full_name, "latin_name": latin_name, "birth_date": birth_date, "sex": sex,
    }  # fmt: skip
    Child.objects.filter(pk=case.child_id).update(**said)
    for name, value in said.items():
        setattr(case.child, name, value)
    _saved(
        request, case, by, "child", weight_kg=weight_kg, height_cm=height_cm, head_cm=head_cm,
        measured_on=measured_on, gestation_weeks=gestation_weeks,
        measured_before=measuring.kept(measured_before),
    )  # fmt: skip
    return case


@transaction.atomic
def save_guardian(
    *, by: Person, case: Case, full_name: str, latin_name: str, phone: str, kind: str
) -> Case:
    """Keep who asks, and on what ground this person decides for the child."""
    require(case, by, Part.FAMILY)
    request = _locked(case)
    accounts.describe(by=by, person=by, full_name=full_name, latin_name=latin_name, phone=phone)
    return _tied(request, by=by, case=case, person=by, kind=kind)


@transaction.atomic
def save_tie(*, by: Person, case: Case, person: Person, kind: str) -> Case:
    """Keep on what ground a person decides for the child; what they are called stays theirs."""
    return _tied(_open_draft(case, by), by=by, case=case, person=person, kind=kind)


def _tied(request: Request, *, by: Person, case: Case, person: Person, kind: str) -> Case:
    accounts.set_guardianship(by=by, child=case.child, person=person, kind=kind)
    _saved(request, case, by, "you")
    return case


@transaction.atomic
def save_provider(
    *, by: Person, case: Case, full_name: str, clinic: str, email: str, phone: str, language: str
) -> Case:
    """Keep who treats the child at home.

    Raises:
        Refused: the address is not one, or it is the family's own.
    """
    request = _open_draft(case, by)
    email = people.clean_email(email)
    rules.provider_is_not_family(case, email)
    LocalProvider.objects.update_or_create(
        case=case,
        defaults={
            "full_name": full_name,
            "clinic": clinic,
            "email": email,
            "phone": phone,
            "language": language,
        },
    )
    _saved(request, case, by, "provider")
    return case


@transaction.atomic
def save_story(*, by: Person, case: Case, page: str = "story", **texts: str) -> Case:
    """Keep parts of the child's story; the names are those of `STORY`."""
    unknown = set(texts) - set(STORY)
    if unknown:
        raise ValueError(unknown)
    _saved(_open_draft(case, by), case, by, page, **texts)
    return case


@transaction.atomic
def save_questions(*, by: Person, case: Case, texts: list[str]) -> Case:
    """Keep the family's questions, numbered from 1 in their order; empty ones are left out.

    Raises:
        Refused: more than the program can answer in one report.
    """
    request = _open_draft(case, by)
    kept = [text.strip() for text in texts if text.strip()]
    if len(kept) > MOST_QUESTIONS:
        raise Refused(
            _("Please choose your %(most)s most important questions.") % {"most": MOST_QUESTIONS},
            code="too-many-questions",
            field="questions",
        )
    Question.objects.filter(case=case).delete()
    Question.objects.bulk_create(
        Question(case=case, number=number, text=text) for number, text in enumerate(kept, 1)
    )
    _saved(request, case, by, "questions")
    return case


@transaction.atomic
def give_consents(
    *,
    by: Person,
    case: Case,
    kinds: list[str],
    disclaimer: Disclaimer,
    person: Person | None = None,
) -> Case:
    """Keep what a guardian agreed to, with the version and language of the words shown.

    What was agreed to before and is not among `kinds` is withdrawn, and stays on record. `person`
    is the guardian where somebody else enters what they said.

    Raises:
        Refused: by somebody who may not consent for the child.
    """
    request = _open_draft(case, by)
    person = person or by
    rules.may_consent(case, person)
    live = Consent.objects.filter(case=case, person=person, withdrawn_at__isnull=True)
    words, given, over = (disclaimer.version, disclaimer.language), set(), []
    for consent, kind, *read in live.values_list("pk", "kind", "version", "language"):
        if kind in kinds and tuple(read) == words:
            given.add(kind)
        else:
            over.append(consent)
    if over:
        live.filter(pk__in=over).update(withdrawn_at=clock.now())
    Consent.objects.bulk_create(
        Consent(
            case=case, person=person, kind=kind, version=disclaimer.version,
            language=disclaimer.language,
        )
        for kind in kinds if kind not in given
    )  # fmt: skip
    _saved(request, case, by, "consent")
    return case


@transaction.atomic
def submit(*, by: Person, case: Case) -> Case:
    """Send the request; sending it twice from two tabs sends it once and says so.

    Raises:
        Refused: something is missing, an emergency, or the program may not help here.
        Conflict: it has been sent already.
    """
    parts = roles_of(case, by)
    workflow.advance(case, "submit", by=by, parts=parts, stamps={"submitted_at": clock.now()})
    told = {"medicines"} if case.request.medicines.strip() else set()
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            case=case,
            key=row.key,
            kind=row.kind,
            labels=row.labels,
            required=row.required,
            months=row.months,
            position=position,
            state=ItemState.ARRIVED if row.key in told else ItemState.OPEN,
        )
        for position, row in enumerate(program.checklist_for(case.specialty_id))
    )
    changes.tell(case.pk)
    words.keep(case)
    if (owner := by if Part.ENTRY in parts else owners.next_owner(case)) is not None:
        give_owner(case=case, to=owner, by=by)
    write_to_provider(case=case, by=by)
    if Part.FAMILY in parts:
        tell(case, by, "request-received", "/my/cases")
    return case
