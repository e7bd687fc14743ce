"""Video calls: times that are right on both sides, a room that says nothing, a signed summary."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from icalendar import Calendar

from secondopinion.accounts.models import Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.followup import calls
from secondopinion.followup.models import VideoCall
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from tests.opinions.walk import words_of
from tests.web.conftest import Whole, sign_in, whole_case

BOSTON, MEXICO = "America/New_York", "America/Mexico_City"


@pytest.mark.parametrize(
    ("local", "zone", "utc"),
    [
        ("2026-03-07T09:00", BOSTON, datetime(2026, 3, 7, 14, tzinfo=UTC)),  # winter
        ("2026-03-09T09:00", BOSTON, datetime(2026, 3, 9, 13, tzinfo=UTC)),  # summer
        ("2026-10-31T09:00", BOSTON, datetime(2026, 10, 31, 13, tzinfo=UTC)),
        ("2026-11-02T09:00", BOSTON, datetime(2026, 11, 2, 14, tzinfo=UTC)),
        ("2026-07-01T09:00", MEXICO, datetime(2026, 7, 1, 15, tzinfo=UTC)),  # no summer time
    ],
)
def test_a_clock_time_is_the_right_instant(local: str, zone: str, utc: datetime) -> None:
    assert calls.instant(datetime.fromisoformat(local), zone) == utc


@pytest.mark.parametrize("local", ["2026-03-08T02:30", "2026-11-01T01:30"])
def test_an_hour_that_is_not_there_or_is_there_twice_is_refused(local: str) -> None:
    with pytest.raises(Refused):
        calls.instant(datetime.fromisoformat(local), BOSTON)


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case in its follow-up; its people live in two zones."""
    made = whole_case()
    Person.objects.filter(pk=made.family.pk).update(timezone=MEXICO)
    Person.objects.filter(pk=made.specialist.pk).update(timezone=BOSTON)
    for each in (made.family, made.specialist):
        each.refresh_from_db()
    return made


def mails(whole: Whole, template: str) -> set[Person]:
    rows = Message.objects.filter(template=template, case_id=whole.case.pk)
    return {each.to for each in rows.select_related("to")}


def test_a_call_is_offered_booked_held_and_told(whole: Whole) -> None:
    reference = whole.case.reference
    # Before the clocks are changed in Boston (8 March 2026), for a day behind it.
    with time_machine.travel(datetime(2026, 3, 5, 12, tzinfo=UTC), tick=False):
        mei = sign_in(whole.specialist)
        mei.post(
            f"/expert/cases/{reference}/calls/",
            {"slot": ["2026-03-10T09:00", "2026-03-11T17:30", ""], "minutes": "30"},
        )
        call = VideoCall.objects.get()
        assert mails(whole, "call-offered") == {whole.family}
        with pytest.raises(Conflict):
            calls.offer(
                by=whole.coordinator, case=whole.case, minutes=30,
                times=[clock.now() + timedelta(days=3)],
            )  # fmt: skip
        family, here = sign_in(whole.family), f"/my/cases/{reference}/"
        page = family.get(here).content.decode()
        assert "07:00" in page, "in Mexico there is no summer time"
        assert "10 March 2026, 09:00" in page, "as the clock shows it in Boston"
        slot = call.times[0]
        with pytest.raises(NotYours):
            calls.book(by=whole.provider, call=call, slot=slot)
        back = {"referer": f"http://testserver{here}"}
        told = family.post(f"/files/{reference}/calls/1/", {}, follow=True, headers=back)
        assert "Choose a time." in told.content.decode()
        call.refresh_from_db()
        assert call.state == "offered"
        family.post(f"/files/{reference}/calls/1/", {"slot": slot})
        call.refresh_from_db()
        assert call.starts_at == datetime(2026, 3, 10, 13, tzinfo=UTC)
        assert mails(whole, "call-booked") == {whole.family, whole.specialist, whole.coordinator}
        room = call.room.rpartition("/")[2]
        assert len(room) == 32
        assert call.room in family.get(here).content.decode()
        for mail in Message.objects.filter(template__startswith="call-"):
            assert room not in mail.body
            assert "Camila" not in mail.body

        read = Calendar.from_ical(family.get(f"/files/{reference}/calls/1/call.ics").content)
        (event,) = read.walk("VEVENT")
        assert event.decoded("dtstart") == call.starts_at
        assert event.decoded("duration") == timedelta(minutes=30)
        assert "Camila" not in read.to_ical().decode()
        assert reference not in read.to_ical().decode()
        assert (
            sign_in(whole.provider).get(f"/files/{reference}/calls/1/call.ics").status_code == 404
        )
        with pytest.raises(Refused):
            calls.summarise(
                by=whole.specialist, call=call, text="Early.", reauthenticated_at=clock.now()
            )
    with time_machine.travel(datetime(2026, 3, 10, 14, tzinfo=UTC), tick=False):
        with pytest.raises(Refused) as refused:
            calls.summarise(
                by=whole.specialist, call=call, text="He sleeps well. TODO",
                reauthenticated_at=clock.now(),
            )  # fmt: skip
        assert refused.value.code == "doubted"
        page = f"/expert/cases/{reference}/calls/1/summary/"
        doubted = sign_in(whole.specialist).post(page, {"text": "TODO", "code": "000000"})
        assert "<mark>TODO</mark>" in doubted.content.decode()
        text = "We spoke about sleep and school."
        made = calls.summarise(
            by=whole.specialist, call=call, text=text, reauthenticated_at=clock.now()
        )
        call.refresh_from_db()
        assert (call.state, call.addendum, made.kind) == ("done", made, "addendum")
        assert text in words_of(made)
        assert "Video call on 10 March 2026" in words_of(made)
        with pytest.raises(Conflict):
            calls.cancel(by=whole.family, call=call)
        assert "The call was held" in sign_in(whole.family).get(here).content.decode()


def test_where_advice_goes_from_doctor_to_doctor_the_call_does_too(whole: Whole) -> None:
    Case.objects.filter(pk=whole.case.pk).update(delivery_mode="through_provider")
    whole.case.refresh_from_db()
    later = clock.now() + timedelta(days=3)
    for times in (
        [],
        [clock.now() + timedelta(hours=1)],
        [later + timedelta(hours=n) for n in range(7)],
    ):
        with pytest.raises(Refused):
            calls.offer(by=whole.specialist, case=whole.case, times=times, minutes=30)
    call = calls.offer(by=whole.coordinator, case=whole.case, times=[later], minutes=15)
    (slot,) = call.times
    with pytest.raises(NotYours):
        calls.book(by=whole.family, call=call, slot=slot)
    assert (
        'name="slot"'
        not in sign_in(whole.family).get(f"/my/cases/{whole.case.reference}/").content.decode()
    )
    provider = sign_in(whole.provider)
    assert (
        'name="slot"' in provider.get(f"/provider/cases/{whole.case.reference}/").content.decode()
    )
    calls.book(by=whole.provider, call=call, slot=slot)
    there = f"/provider/cases/{whole.case.reference}/"
    asked = provider.get(there).content.decode()
    assert asked.index("Esto no se puede deshacer") < asked.index("Sí, cancelar la llamada")
    provider.post(f"/files/{whole.case.reference}/calls/1/", {"cancel": "1"})
    shown = provider.get(there).content.decode()
    assert "¿Quiere otra hora?" in shown
    assert 'id="messages"' in shown
    call.refresh_from_db()
    assert call.state == "cancelled"
    assert "STATUS:CANCELLED" in calls.entry(call).decode()
    assert mails(whole, "call-cancelled") == {whole.provider, whole.specialist, whole.coordinator}


def test_without_rooms_there_are_no_calls(whole: Whole, settings: object) -> None:
    settings.VIDEO_ROOMS = ""  # type: ignore[attr-defined]  # pytest-django's fixture
    with pytest.raises(Refused):
        calls.offer(
            by=whole.specialist, case=whole.case, minutes=30,
            times=[clock.now() + timedelta(days=3)],
        )  # fmt: skip


def test_nothing_is_booked_once_a_case_has_ended(whole: Whole) -> None:
    case = whole.case
    time = clock.now() + timedelta(days=3)
    call = calls.offer(by=whole.specialist, case=case, times=[time], minutes=30)
    cases.withdraw(by=whole.family, case=case)
    with pytest.raises(Conflict):
        calls.book(by=whole.family, call=call, slot=call.times[0])
