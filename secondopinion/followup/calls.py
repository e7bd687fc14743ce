"""Video calls after the report: times offered, one booked, held, and told in a signed addendum."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar, Event

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell, tell_coordinator, tell_part
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.rules import through_provider
from secondopinion.cases.states import ENDED, State
from secondopinion.core import clock, dates
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.followup import rooms
from secondopinion.followup.models import CallState, VideoCall
from secondopinion.opinions import actions as opinions
from secondopinion.opinions.models import SignedReport
from secondopinion.opinions.papers import LANGUAGE
from secondopinion.program import queries as program

MOST_SLOTS = 6
LENGTHS = (15, 30, 45, 60)  # minutes
_OPEN = (CallState.OFFERED, CallState.BOOKED)
_EARLIEST = timedelta(hours=12)  # from now, for a time that is offered
_STAFF = (Part.SPECIALIST, Part.COORDINATOR)


def instant(local: datetime, zone: str) -> datetime:
    """Return the instant of a clock time in a zone.

    Raises:
        Refused: the clock jumps over it, or shows it twice, because it is changed that night.
    """
    there = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=there, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise Refused(
            _("The clocks are changed at that hour. Choose another."), code="clock-change",
            field="slot",
        )  # fmt: skip
    return first.astimezone(UTC)


def guest_of(case: Case) -> Part:
    """Return with whom a call is: the family, or the doctor at home where only they are advised."""
    return Part.LOCAL_PROVIDER if through_provider(case) else Part.FAMILY


def calls_of(case: Case) -> QuerySet[VideoCall]:
    """Return the calls of a case, the latest first."""
    rows = VideoCall.objects.filter(case=case).select_related("offered_by", "booked_by", "addendum")
    return rows.order_by("-number")


def calls_for(person: Person) -> QuerySet[VideoCall]:
    """Return the booked calls of a specialist, the next first."""
    mine = VideoCall.objects.filter(state=CallState.BOOKED, case__opinion__author=person)
    return mine.select_related("case__child").order_by("starts_at")


def call_for(case: Case, number: int) -> VideoCall:
    """Return a call of a case.

    Raises:
        NotYours: there is none.
    """
    found = calls_of(case).filter(number=number).first()
    if found is None:
        raise NotYours
    return found


@transaction.atomic
def offer(*, by: Person, case: Case, times: list[datetime], minutes: int) -> VideoCall:
    """Offer times for a call; who is advised in this case chooses one.

    Raises:
        NotYours: by somebody who is neither the specialist nor the coordinator.
        Refused: no times, too many, one that is too near, or there are no calls here.
        Conflict: a call is open already, or there is no delivered report.
    """
    require(case, by, *_STAFF)
    times = sorted(set(times))
    if not rooms.offered():
        raise Refused(_("This hospital offers no video calls."), code="no-calls")
    if not times or len(times) > MOST_SLOTS:
        raise Refused(
            _("Offer between one and %(most)s times.") % {"most": MOST_SLOTS}, code="slots",
            field="slot",
        )  # fmt: skip
    if minutes not in LENGTHS:
        raise Refused(_("Choose one of these to go on."), code="minutes", field="minutes")
    if times[0] < clock.now() + _EARLIEST:
        raise Refused(
            _("Offer times that are at least twelve hours from now."), code="too-near", field="slot"
        )
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    if fresh.state != State.FOLLOW_UP or case.calls.filter(state__in=_OPEN).exists():
        raise Conflict(_("A call is open already, or the case has moved on."), code="state-changed")
    call = VideoCall.objects.create(
        case=case, number=case.calls.count() + 1, offered_by=by, minutes=minutes,
        times=[each.astimezone(UTC).isoformat() for each in times],
    )  # fmt: skip
    tell_part(case, guest_of(case), "call-offered")
    audit.record("call-offered", by=by, case_id=case.pk, target=call, detail={"times": len(times)})
    return call


@transaction.atomic
def book(*, by: Person, call: VideoCall, slot: str) -> VideoCall:
    """Choose one of the times that are offered; everybody is told.

    Raises:
        NotYours: by somebody with whom the call is not, or a time that was not offered.
        Refused: no time is chosen.
        Conflict: the time is over, another was chosen, or the case has ended.
    """
    require(call.case, by, guest_of(call.case))
    if Case.objects.select_for_update().get(pk=call.case_id).state in ENDED:
        raise Conflict(_("This case has ended."), code="ended")
    if not slot:
        raise Refused(_("Choose a time."), code="slot-missing", field="slot")
    if slot not in call.times:
        raise NotYours
    chosen = datetime.fromisoformat(slot)
    if chosen <= clock.now():
        raise Conflict(_("This time is over. Choose another."), code="slot-over")
    waits = VideoCall.objects.filter(pk=call.pk, state=CallState.OFFERED)
    done = waits.update(
        state=CallState.BOOKED, starts_at=chosen, booked_by=by, room=rooms.new_room()
    )
    if not done:
        raise Conflict(_("A time has been chosen already."), code="state-changed")
    call.refresh_from_db()
    _tell(call, "call-booked")
    audit.record("call-booked", by=by, case_id=call.case_id, target=call)
    return call


@transaction.atomic
def cancel(*, by: Person, call: VideoCall) -> VideoCall:
    """Cancel a call that is offered or booked; everybody is told.

    Raises:
        NotYours: by somebody who has no part in it.
        Conflict: it was held or cancelled.
    """
    require(call.case, by, guest_of(call.case), *_STAFF)
    if not VideoCall.objects.filter(pk=call.pk, state__in=_OPEN).update(state=CallState.CANCELLED):
        raise Conflict(_("This call was held or cancelled before."), code="state-changed")
    call.refresh_from_db()
    _tell(call, "call-cancelled")
    audit.record("call-cancelled", by=by, case_id=call.case_id, target=call)
    return call


def summarise(
    *, by: Person, call: VideoCall, text: str, reauthenticated_at: datetime | None,
    reasons: Mapping[str, str] | None = None,
) -> SignedReport:  # fmt: skip
    """Sign what was said in a call as an addendum, delivered like the report itself; `reasons` say
    why words that are doubted stay.

    Raises:
        NotYours: by somebody who is not the specialist.
        Refused: nothing written, something is doubted, it has not begun, or the second factor was
            not given just now.
        Conflict: it was not booked, or was told already.
    """
    case = call.case
    require(case, by, Part.SPECIALIST)
    if not text.strip():
        raise Refused(_("Write the summary first."), code="text-missing", field="text")
    if call.starts_at is None:
        raise Conflict(_("No time has been chosen yet."), code="state-changed")
    if call.starts_at > clock.now():
        raise Refused(_("The call has not begun yet."), code="too-early", field="text")
    booked = VideoCall.objects.filter(pk=call.pk, state=CallState.BOOKED)
    over = Conflict(_("This call was held or cancelled before."), code="state-changed")
    if not booked.exists():
        raise over

    def note(addendum: SignedReport) -> None:
        if not booked.update(state=CallState.DONE, addendum=addendum):
            raise over
        audit.record("call-summarised", by=by, case_id=case.pk, target=call)

    with override(LANGUAGE):
        day = dates.written(call.starts_at.astimezone(ZoneInfo(program.program().timezone)))
        heading = gettext("Video call on %(day)s") % {"day": day}
    return opinions.sign_addendum(
        case=case, by=by, question=heading, answer=text.strip(),
        reauthenticated_at=reauthenticated_at, reasons=reasons or {}, note=note,
    )  # fmt: skip


def _tell(call: VideoCall, mail: str) -> None:
    tell_part(call.case, guest_of(call.case), mail)
    for person in holders_of(call.case, Part.SPECIALIST):
        tell(call.case, person, mail, "/expert/cases")
    tell_coordinator(call.case, mail)


def entry(call: VideoCall) -> bytes:
    """Return a booked or cancelled call as a calendar file (RFC 5545), its times in UTC: each
    calendar shows them in its own zone. No name and nothing of health is in it."""
    hospital = program.program()
    made, event = Calendar(), Event()
    made.add("prodid", "-//Second Opinion//video call//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    host = settings.SITE_URL.partition("://")[2].partition("/")[0]
    event.add("uid", f"{call.pk}@{host}")
    event.add("dtstamp", clock.now())
    event.add("dtstart", call.starts_at)
    event.add("duration", timedelta(minutes=call.minutes))
    event.add("summary", gettext("Video call with %(hospital)s") % {"hospital": hospital.hospital})
    event.add("location", call.room)
    event.add("url", call.room)
    off = call.state == CallState.CANCELLED
    event.add("sequence", int(off))
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    made.add_component(event)
    return bytes(made.to_ical())
