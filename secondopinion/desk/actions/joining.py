"""Joining two requests about the same child, and taking them apart again.

The joined request stays as it is, under its own key, and ends. What was sent into it is brought
into the kept one as if it had arrived there; its family gets a part there; its questions are added.
All of that is written down, so that taking them apart undoes it and nothing else.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Guardianship, Person
from secondopinion.arrivals.actions import along, take_along, take_images_along
from secondopinion.arrivals.carrying import images_key
from secondopinion.arrivals.models import ArrivedFile, Upload, UploadState
from secondopinion.audit import actions as audit
from secondopinion.cases import actions as cases
from secondopinion.cases import needs, words
from secondopinion.cases.actions.parts import end_parts, give_part, require
from secondopinion.cases.actions.request import MOST_QUESTIONS
from secondopinion.cases.actions.telling import tell, tell_coordinator
from secondopinion.cases.models import Case, Part, Question
from secondopinion.cases.queries import holders_of
from secondopinion.cases.rules import not_kept_out
from secondopinion.cases.states import State, Why
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk.actions.accounts import given_by_joining
from secondopinion.desk.models import Duplicate, Join
from secondopinion.desk.rules import require_team
from secondopinion.imaging import removing
from secondopinion.imaging.models import Instance, Series
from secondopinion.records import actions as records

OPEN_TO_MORE = frozenset({State.COLLECTING, State.WAITING_ON_FAMILY, State.READY})


@transaction.atomic
def join(
    *, by: Person, pair: Duplicate, kept: Case, people: Collection[UUID], questions: bool = True
) -> Join:
    """Join the other request of a pair with the one that is kept, which its coordinator leads.

    `people` are those of the other family who get a part in the kept one; nobody else does.

    Raises:
        NotYours: by somebody who does not lead the kept request.
        Refused: somebody of either family is kept away from the child by a court, or the kept
            request is with an expert already.
        Conflict: one of the two has moved on, images are being fetched, or a colleague has joined
            them meanwhile.
    """
    kept, joined = _locked(pair, kept)
    require(kept, by, Part.COORDINATOR)
    if kept.state not in OPEN_TO_MORE:
        raise Refused(
            _("The kept request is not taken yet, or is with an expert already."), code="kept-state"
        )
    under_way = Upload.objects.filter(kind=Upload.Kind.FETCHED, state=UploadState.RECEIVED)
    if under_way.filter(case__in=[joined, kept]).exists():
        raise Conflict(
            _("Images are being fetched from another server. Wait for them, or stop it first."),
            code="fetching",
        )
    done = Duplicate.objects.filter(pk=pair.pk, state=Duplicate.State.OPEN).update(
        state=Duplicate.State.JOINED, by=by, at=clock.now()
    )
    if not done:
        raise Conflict(_("A colleague has looked at this pair already."), code="pair-settled")
    moved: dict[str, Any] = {
        "people": [], "ties": [], "questions": [], "series": _series_in(kept),
    }  # fmt: skip
    for person in holders_of(kept, Part.FAMILY):
        not_kept_out(joined, person.reached_at, by=by)
    for person in holders_of(joined, Part.FAMILY).filter(pk__in=people):
        not_kept_out(kept, person.reached_at, by=by)
        _let_in(kept, joined, person, by, moved)
    _keep_out(kept, joined, by, moved)
    if questions:
        moved["questions"] = _add_questions(kept, joined)
    made = Join.objects.create(pair=pair, kept=kept, joined=joined, by=by, moved=moved)
    cases.join(by=by, case=joined)
    if joined.coordinator_id != by.pk:
        tell_coordinator(joined, "case-joined")
    _meet(pair)
    words.keep(kept)
    audit.record("requests-joined", by=by, case_id=kept.pk, target=made)
    audit.record("requests-joined", by=by, case_id=joined.pk, target=made)
    for upload in _sent_into(joined):
        take_along(by=by, upload=upload, case=kept)
    take_images_along(by=by, joined=joined, case=kept)
    _put_back(by, kept, joined)
    return made


def _put_back(by: Person, kept: Case, joined: Case) -> None:
    """Put the series back that left the kept request when the two were taken apart before: no file
    brings those of other servers again."""
    out = Join.objects.filter(kept=kept, joined=joined, undone_at__isnull=False)
    for series in {pk for row in out for pk in row.moved.get("out", [])}:
        if Series.objects.filter(pk=series, study__case=kept, removed_at__isnull=False).exists():
            removing.restore(by=by, case=kept, series=series)


def _locked(pair: Duplicate, kept: Case) -> tuple[Case, Case]:
    """Lock both requests of a pair, in one order, and return the kept and the other one."""
    rows = Case.objects.select_for_update().filter(pk__in=[pair.earlier_id, pair.later_id])
    both = {row.pk: row for row in rows.order_by("pk")}
    if kept.pk not in both:
        raise NotYours
    joined = next(row for pk, row in both.items() if pk != kept.pk)
    return both[kept.pk], joined


def _let_in(kept: Case, joined: Case, person: Person, by: Person, moved: dict[str, Any]) -> None:
    if not holders_of(kept, Part.FAMILY).filter(pk=person.pk).exists():
        give_part(case=kept, person=person, role=Part.FAMILY, by=by)
        moved["people"].append(str(person.pk))
        tell(kept, person, "news", "/my/cases")
    tie = Guardianship.objects.filter(child=joined.child, person=person, revoked_at=None).first()
    there = Guardianship.objects.filter(child=kept.child, person=person, revoked_at=None)
    if tie is not None and not there.exists():
        accounts.set_guardianship(by=by, child=kept.child, person=person, kind=tie.kind)
        moved["ties"].append(str(person.pk))
    if tie is not None and not tie.may_consent:
        accounts.limit_guardianship(
            by=by, child=kept.child, person=person, may_see=True, may_consent=False
        )


def _keep_out(kept: Case, joined: Case, by: Person, moved: dict[str, Any]) -> None:
    """Keep from the child in the kept request too whom a court keeps from it in the joined one."""
    known = Guardianship.objects.filter(child=kept.child, revoked_at=None).values("person")
    out = Guardianship.objects.filter(child=joined.child, may_see=False, revoked_at=None)
    for tie in out.exclude(person__in=known).select_related("person"):
        accounts.limit_guardianship(
            by=by, child=kept.child, person=tie.person, may_see=False, may_consent=False
        )
        moved["ties"].append(str(tie.person_id))


def _add_questions(kept: Case, joined: Case) -> list[str]:
    known = {each.text.strip().casefold() for each in kept.questions.all()}
    last = kept.questions.aggregate(last=Max("number"))["last"] or 0
    new = [row for row in joined.questions.all() if row.text.strip().casefold() not in known]
    room = max(0, MOST_QUESTIONS - last)
    made = Question.objects.bulk_create(
        Question(case=kept, number=number, text=row.text)
        for number, row in enumerate(new[:room], last + 1)
    )
    return [str(row.pk) for row in made]


def _series_in(case: Case) -> list[list[str]]:
    rows = Series.objects.filter(study__case=case, removed_at=None)
    return [list(each) for each in rows.values_list("study__uid", "uid")]


def _meet(pair: Duplicate) -> None:
    """Let a pair that was looked at need the desk no more, where no other pair does."""
    open_pairs = Duplicate.objects.filter(state=Duplicate.State.OPEN)
    for case in (pair.earlier, pair.later):
        still = open_pairs.filter(later=case) | open_pairs.filter(earlier=case)
        needs.hold(case, Why.TWICE, still.exists())


def _look_again(pair: Duplicate, settled: str, *both: Case) -> None:
    """Have a pair looked at again that was settled in one way."""
    done = Duplicate.objects.filter(pk=pair.pk, state=settled).update(
        state=Duplicate.State.OPEN, by=None, at=None
    )
    if not done:
        raise Conflict(_("A colleague has looked at this pair already."), code="pair-settled")
    for case in both:
        needs.arise(case, Why.TWICE)


def _sent_into(joined: Case) -> list[Upload]:
    """Return what was sent into a request as files; images come along besides, one by one."""
    rows = Upload.objects.filter(
        case=joined, state__in=[UploadState.RECEIVED, UploadState.SORTED], blob__isnull=False
    )
    return list(rows.exclude(kind=Upload.Kind.FETCHED))


@transaction.atomic
def different(*, by: Person, pair: Duplicate) -> None:
    """Say that two requests are about two children.

    Raises:
        NotYours: by somebody who is not of the team.
        Conflict: a colleague has looked at the pair.
    """
    require_team(by)
    done = Duplicate.objects.filter(pk=pair.pk, state=Duplicate.State.OPEN).update(
        state=Duplicate.State.DIFFERENT, by=by, at=clock.now()
    )
    if not done:
        raise Conflict(_("A colleague has looked at this pair already."), code="pair-settled")
    _meet(pair)
    for case in (pair.earlier, pair.later):
        audit.record("requests-differ", by=by, case_id=case.pk, target=pair)


@transaction.atomic
def perhaps_one(*, by: Person, pair: Duplicate) -> None:
    """Have a pair looked at again that was told apart: they are one child after all, perhaps.

    Raises:
        NotYours: by somebody who is not of the team.
        Conflict: it is looked at already, or one of the two has ended.
    """
    require_team(by)
    both = Case.objects.select_for_update().filter(pk__in=[pair.earlier_id, pair.later_id])
    if any(case.ended_at is not None for case in both.order_by("pk")):
        raise Conflict(_("One of the two requests has ended."), code="ended")
    _look_again(pair, Duplicate.State.DIFFERENT, pair.earlier, pair.later)
    for case in (pair.earlier, pair.later):
        audit.record("requests-perhaps-one", by=by, case_id=case.pk, target=pair)


@transaction.atomic
def undo_join(*, by: Person, row: Join) -> Case:
    """Take two requests apart again: the joined one goes on where it stood, what it brought leaves
    the kept one, and the pair is to be looked at. What somebody saw meanwhile stays in the audit.

    Raises:
        NotYours: by somebody who does not lead the kept request.
        Conflict: it was undone, or a report stands on what was brought.
        Refused: images that came along are mixed with the kept request's own in one series.
    """
    kept = Case.objects.select_for_update().select_related("child").get(pk=row.kept_id)
    joined = Case.objects.select_for_update().get(pk=row.joined_id)
    require(kept, by, Part.COORDINATOR)
    if kept.reported_at is not None:
        raise Conflict(_("A report stands on what was joined: it stays."), code="reported")
    done = Join.objects.filter(pk=row.pk, undone_at=None).update(
        undone_at=clock.now(), undone_by=by
    )
    if not done:
        raise Conflict(_("They were taken apart already."), code="undone")
    for person in _now(row.moved["people"], kept):
        end_parts(case=kept, role=Part.FAMILY, by=by, person=person)
    for person in _now(row.moved["ties"], kept):
        accounts.end_guardianship(by=by, child=kept.child, person=person)
    Question.objects.filter(case=kept, pk__in=row.moved["questions"]).delete()
    _take_back(by, kept, joined, row)
    cases.separate(by=by, case=joined)
    if joined.coordinator_id != by.pk:
        tell_coordinator(joined)
    _look_again(row.pair, Duplicate.State.JOINED, kept, joined)
    words.keep(kept)
    for case in (kept, joined):
        audit.record("requests-separated", by=by, case_id=case.pk, target=row)
    return joined


def _now(numbers: list[str], case: Case) -> list[Person]:
    """Return people, and who has a part in a case because such an account became theirs since."""
    found = list(Person.objects.filter(pk__in=numbers))
    return found + [each for person in found for each in given_by_joining(person, case)]


def _take_back(by: Person, kept: Case, joined: Case, row: Join) -> None:
    """Take out of the kept request what came along: its records, and series that it had not."""
    keys = [*(along(each) for each in joined.uploads.all()), images_key(joined)]
    if Upload.objects.filter(case=kept, key__in=keys, state=UploadState.RECEIVED).exists():
        raise Conflict(
            _("What came along is still being sorted. Try again in a minute."), code="sorting"
        )
    came = ArrivedFile.objects.filter(
        upload__case=kept, upload__key__in=keys, outcome=ArrivedFile.Outcome.RECORD
    )
    found = [pk for pk in came.values_list("subject_id", flat=True) if pk is not None]
    had = {tuple(each) for each in row.moved["series"]}
    _not_mixed(kept, joined, row, had)
    records.take_out(by=by, case=kept, records=found)
    out: list[str] = []
    theirs = set(Series.objects.filter(study__case=joined).values_list("study__uid", "uid"))
    for series in Series.objects.filter(study__case=kept, removed_at=None).select_related("study"):
        pair = (series.study.uid, series.uid)
        if pair in theirs and pair not in had:
            removing.remove(
                by=by, case=kept, series=series.pk, whole_study=False, why=Series.Why.OTHER_CHILD
            )
            out.append(str(series.pk))
    row.moved["out"] = out
    row.save(update_fields=["moved"])
    times = Join.objects.filter(kept=kept, joined=joined).count()
    # A key is of one coming along: when they are joined again, the files come again.
    Upload.objects.filter(case=kept, key__in=keys).update(key=Concat("key", Value(f".{times}")))


def _not_mixed(kept: Case, joined: Case, row: Join, had: set[tuple[str, ...]]) -> None:
    """Hold when no series that the kept request had before has got images of the joined one.

    Raises:
        Refused: one has; a series goes as a whole, so it is the coordinator who decides.
    """
    theirs = Instance.objects.filter(
        series__study__case=joined, uid=OuterRef("uid"), blob__digest=OuterRef("blob__digest")
    )
    came = Instance.objects.filter(
        Exists(theirs), series__study__case=kept, series__removed_at=None,
        created_at__gte=row.created_at,
    ).select_related("series__study")  # fmt: skip
    mixed = next((one for one in came if (one.series.study.uid, one.series.uid) in had), None)
    if mixed is not None:
        raise Refused(
            _(
                "Images of both requests are in one series: %(series)s. First take this series out "
                "under Records; it can be put back. Then take the requests apart. The other "
                "request keeps all that was sent into it."
            )
            % {"series": mixed.series.description or mixed.series.uid},
            code="mixed-series",
        )
