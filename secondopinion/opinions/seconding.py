"""Giving a report to a second reader, and what they do: judge first, return it, countersign."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role, people_with
from secondopinion.accounts.rules import check_factor
from secondopinion.audit import actions as audit
from secondopinion.cases import clocks, needs
from secondopinion.cases.actions.parts import end_parts, give_part, require
from secondopinion.cases.actions.telling import tell, tell_coordinator
from secondopinion.cases.models import Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import Why
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts.fitting import must_fit
from secondopinion.experts.models import Kind
from secondopinion.opinions import body as fields
from secondopinion.opinions import keeping, second, writing
from secondopinion.opinions.models import Opinion, SecondReading
from secondopinion.program import queries as program
from secondopinion.translation.watching import look_again

LONGEST = 5_000  # letters of the comments
JUDGED = ("diagnosis", "plan", "urgency")  # what a blinded reader chooses before the draft


@transaction.atomic
def send(*, by: Person, opinion: Opinion) -> SecondReading:
    """Give a finished draft to a second reader: to the one who had it before, or to whom the
    coordinator finds.

    Raises:
        NotYours: by somebody else than its author.
        Refused: something is missing or doubted.
        Conflict: a second reader has it already.
    """
    draft = writing.own_draft(opinion, by)
    if missing := fields.gaps(draft):
        raise Refused(missing[0].sentence, code="incomplete", field=missing[0].field)
    keeping.settled(draft)
    if second.open_reading(draft) is not None:
        raise Conflict(_("A second reader has this report."), code="second-reading")
    last = second.readings(draft).exclude(reader=None).first()
    made = SecondReading.objects.create(
        opinion=draft,
        number=draft.second_readings.count() + 1,
        revision=draft.revision,
        reasons=second.reasons(draft) or ["asked"],
        blinded=program.program().second_blinded,
        due_at=clocks.due_in(draft.case, "second"),
    )
    audit.record("second-reading-asked", by=by, case_id=draft.case_id, target=made)
    if last is not None and last.reader and last.reader in people_with("specialist"):
        _hand_to(made, last.reader, by)
        if last.own_at:  # they have seen the draft: nothing is hidden from them any more
            made.own, made.own_at = last.own, last.own_at
            made.save(update_fields=["own", "own_at"])
    else:
        needs.arise(draft.case, Why.READER, made.due_at)
        tell_coordinator(draft.case, "second-reader-wanted")
    return made


def _hand_to(reading: SecondReading, reader: Person, by: Person) -> None:
    case = reading.opinion.case
    reading.reader, reading.due_at = reader, clocks.due_in(case, "second")
    reading.save(update_fields=["reader", "due_at"])
    needs.meet(case, Why.READER)
    give_part(case=case, person=reader, role=Part.SECOND_READER, by=by)
    look_again(case.pk)
    tell(case, reader, "second-reading-waiting", "/expert/second")
    audit.record("second-reader-chosen", by=by, case_id=case.pk, target=reader)


@transaction.atomic
def choose(*, by: Person, reading: SecondReading, reader: Person) -> None:
    """Give a reading to a specialist, as the coordinator of the case.

    Raises:
        NotYours: by somebody else, or to somebody who is no specialist.
        Refused: the specialist has another part in the case, takes no second readings, has a
            conflict of interest, or may not advise in the country.
        Conflict: it has ended, or somebody has it.
    """
    case = reading.opinion.case
    require(case, by, Part.COORDINATOR)
    if not has_role(reader, "specialist"):
        raise NotYours
    must_fit(reader, case, Kind.SECOND)
    if roles_of(case, reader) - {Part.SECOND_READER, "desk"}:
        raise Refused(_("This person has another part in the case."), code="other-part")
    fresh = SecondReading.objects.select_for_update().get(pk=reading.pk)
    if fresh.ended_at is not None or fresh.reader_id is not None:
        raise Conflict(_("This report has its second reader, or needs none now."), code="ended")
    _hand_to(fresh, reader, by)


def _own_open(reading: SecondReading, by: Person) -> SecondReading:
    """Lock a reading for its reader.

    Raises:
        NotYours: somebody else's.
        Conflict: it has ended.
    """
    if reading.reader_id != by.pk:
        raise NotYours
    require(reading.opinion.case, by, Part.SECOND_READER)
    fresh = SecondReading.objects.select_for_update().select_related("opinion__case").get(
        pk=reading.pk
    )  # fmt: skip
    if fresh.ended_at is not None:
        raise Conflict(_("This reading has ended."), code="ended")
    return fresh


@transaction.atomic
def judge(*, by: Person, reading: SecondReading, given: dict[str, str]) -> None:
    """Keep what a blinded reader judges before the draft is shown to them; it is said once.

    Raises:
        NotYours: by somebody else than the reader.
        Refused: a choice is missing.
        Conflict: it was said before.
    """
    fresh = _own_open(reading, by)
    if not second.is_hidden(fresh):
        raise Conflict(_("You have judged already."), code="ended")
    own = fields.choices_in({name: given.get(name, "") for name in JUDGED})
    if empty := next((name for name in JUDGED if not own[name]), None):
        raise Refused(_("Choose in each line."), code="incomplete", field=empty)
    fresh.own = own | {"words": given.get("words", "").strip()[:LONGEST]}
    fresh.own_at = clock.now()
    fresh.save(update_fields=["own", "own_at"])
    audit.record("second-reader-judged", by=by, case_id=fresh.opinion.case_id, target=fresh)


def _end(reading: SecondReading, outcome: str, comments: str) -> None:
    reading.outcome, reading.ended_at = outcome, clock.now()
    reading.comments = comments.strip()[:LONGEST]
    reading.save(update_fields=["outcome", "ended_at", "comments"])
    needs.meet(reading.opinion.case, Why.READER)


@transaction.atomic
def give_back(*, by: Person, reading: SecondReading, comments: str) -> None:
    """Return a report to its author with comments.

    Raises:
        NotYours: by somebody else than the reader.
        Refused: without comments, or before a blinded reader has judged.
        Conflict: it has ended.
    """
    fresh = _own_open(reading, by)
    _must_see(fresh)
    if not comments.strip():
        raise Refused(_("Write what should change."), code="comments-missing", field="comments")
    _end(fresh, SecondReading.Outcome.RETURNED, comments)
    audit.record("second-reading-returned", by=by, case_id=fresh.opinion.case_id, target=fresh)
    tell(fresh.opinion.case, fresh.opinion.author, "second-reading-ended", "/expert/cases")


def _must_see(reading: SecondReading) -> None:
    if second.is_hidden(reading):
        raise Refused(_("First say what you think yourself."), code="judge-first")


@transaction.atomic
def countersign(
    *, by: Person, reading: SecondReading, comments: str, reauthenticated_at: datetime | None
) -> None:
    """Countersign a report as it was read; its author can sign exactly that.

    Raises:
        NotYours: by somebody else than the reader.
        Refused: the second factor was not given just now, or before a blinded reader has judged.
        Conflict: it has ended, or the draft has changed meanwhile.
    """
    check_factor(reauthenticated_at)
    fresh = _own_open(reading, by)
    _must_see(fresh)
    if not second.is_as_read(fresh.opinion, fresh):
        raise Conflict(
            _("The author has changed the report meanwhile. Return it, so that it is sent anew."),
            code="changed-elsewhere",
        )
    _end(fresh, SecondReading.Outcome.COUNTERSIGNED, comments)
    audit.record("second-reading-countersigned", by=by, case_id=fresh.opinion.case_id, target=fresh)
    tell(fresh.opinion.case, fresh.opinion.author, "second-reading-ended", "/expert/cases")


@transaction.atomic
def take_back(*, by: Person, opinion: Opinion) -> None:
    """Take a report back from its second reader, as its author.

    Raises:
        NotYours: by somebody else.
        Conflict: nobody has it.
    """
    draft = writing.own_draft(opinion, by)
    reading = SecondReading.objects.select_for_update().filter(opinion=draft, ended_at=None).first()
    if reading is None:
        raise Conflict(_("No second reader has this report."), code="ended")
    _end(reading, SecondReading.Outcome.TAKEN_BACK, "")
    audit.record("second-reading-taken-back", by=by, case_id=draft.case_id, target=reading)


def call_off(draft: Opinion, by: Person | None) -> None:
    """End an open reading of a locked draft that is not signed by who sent it to be read, and its
    reader's part: there is nothing to read any more."""
    reading = SecondReading.objects.select_for_update().filter(opinion=draft, ended_at=None).first()
    if reading is not None:
        _end(reading, SecondReading.Outcome.TAKEN_BACK, "")
        end_parts(case=draft.case, role=Part.SECOND_READER, by=by)
        audit.record("second-reading-taken-back", by=by, case_id=draft.case_id, target=reading)


def finish(opinion: Opinion, by: Person) -> None:
    """End the part of the second reader when the report is signed, in its transaction."""
    end_parts(case=opinion.case, role=Part.SECOND_READER, by=by)


def notice_late() -> int:
    """Tell coordinators of readings that are late, of each once; return how many.

    Safe to run at any time.
    """
    told = 0
    late = SecondReading.objects.filter(ended_at=None, missed_at=None, due_at__lt=clock.now())
    for row in late.select_related("opinion__case__coordinator"):
        with transaction.atomic():
            fresh = SecondReading.objects.filter(pk=row.pk, ended_at=None, missed_at=None)
            if not fresh.update(missed_at=clock.now()):
                continue  # it ended this very moment
            tell_coordinator(row.opinion.case, "second-reading-late")
            audit.record("second-reading-late", by=None, case_id=row.opinion.case_id, target=row)
        told += 1
    return told
