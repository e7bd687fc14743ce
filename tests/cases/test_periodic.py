"""What comes round by the clock: drafts expire, offers lapse, and neither takes what is alive."""

from datetime import timedelta

import time_machine

from secondopinion.accounts.models import Person
from secondopinion.cases import actions
from secondopinion.cases.models import Case
from secondopinion.core import clock, jobs
from secondopinion.experts import actions as experts
from secondopinion.program.models import Program
from tests.opinions.walk import to_review
from tests.web.conftest import expert


def test_a_draft_left_alone_expires_and_one_that_is_typed_in_stays(
    case: Case, maria: Person, hospital: Program
) -> None:
    later = clock.now() + timedelta(days=hospital.draft_days - 1)
    with time_machine.travel(later, tick=False):
        actions.autosave(
            by=maria, case=case, page="story", values={"history": ["x"]}, base_revision=None
        )
    with time_machine.travel(later + timedelta(days=2), tick=False):
        assert actions.expire_drafts() == 0
    with time_machine.travel(later + timedelta(days=hospital.draft_days + 1), tick=False):
        assert actions.expire_drafts() == 1
        assert actions.expire_drafts() == 0
    case.refresh_from_db()
    assert case.state == "expired"
    assert case.request.typed["story"]["history"] == ["x"], "nothing typed is lost"


def test_an_offer_without_an_answer_lapses_and_an_accepted_one_does_not(
    hospital: Program,
) -> None:
    case, _specialist = to_review()
    with time_machine.travel(clock.now() + timedelta(days=30), tick=False):
        assert experts.lapse_offers() == 0
    Case.objects.filter(pk=case.pk).update(state="ready")
    case.refresh_from_db()
    assert case.coordinator
    offer = experts.offer(
        by=case.coordinator, case=case, expert=expert("other@harbour.example").expert
    )
    with time_machine.travel(offer.answer_by + timedelta(minutes=1), tick=False):
        assert experts.lapse_offers() == 1
    case.refresh_from_db()
    assert case.state == "ready"


def test_every_rooms_periodic_jobs_are_known() -> None:
    jobs.discover()
    assert set(jobs.REGISTRY) == {
        "audit-seal", "audit-seal-all", "coming-of-age", "copies-end", "desk-watched",
        "drafts-expire",
        "duplicates-sought", "follow-ups-left", "forecasts", "guardianships-end",
        "images-described",
        "images-forwarded", "offers-lapse", "offers-remind", "outcomes-asked",
        "panel-invitations",
        "referrals-reminded", "reports-unopened", "rules-checked", "second-readings-late",
        "specialists-gone", "unsent-forgotten", "uploads-expire",
    }  # fmt: skip
