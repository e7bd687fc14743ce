"""How soon a case has to go on: said with a reason, followed by clocks, offers and forecasts."""

from datetime import date, timedelta

import pytest
import time_machine

from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions, clocks, forecasting, hastening
from secondopinion.cases.foreseen import Forecast
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts import actions as experts
from secondopinion.messaging.models import Message
from secondopinion.opinions import actions as opinions
from secondopinion.program import actions as program_actions
from secondopinion.program import queries as program
from secondopinion.program.models import Program, Target
from tests.experts.ready import coordinator, ready
from tests.experts.test_matching import profile
from tests.opinions.walk import joined
from tests.web.conftest import draft, person, sign_in

MONDAY = "2026-11-23T14:00:00Z"  # 9:00 in Boston


@pytest.mark.django_db
def test_the_row_that_says_most_of_a_case_holds(hospital: Program) -> None:
    day = program.business_hours_per_day()
    assert program.target("report") == 7 * day
    assert program.target("report", "opinion", "usual") == 7 * day
    assert program.target("report", "panel", "usual") == 10 * day
    assert program.target("report", "panel", "urgent") == 3 * day, "the urgency says more"
    both = {"step": "report", "kind": "panel", "urgency": "urgent", "days": "4"}
    kept = [
        {"step": row.step, "kind": row.kind, "urgency": row.urgency, "days": row.business_days}
        for row in Target.objects.exclude(kind="", urgency="")
    ]
    program_actions.change(by=None, section="paces", value=[*kept, both], revision=0)
    assert Target.objects.get(step="report", kind="panel", urgency="urgent").business_days == 4
    for wrong in ([both, both], [both | {"urgency": "", "kind": ""}], [both | {"days": "soon"}]):
        with pytest.raises(Refused):
            program_actions.change(by=None, section="paces", value=wrong, revision=1)
    program_actions.take_back(by=None, number=1, revision=1)
    assert not Target.objects.filter(kind="panel", urgency="urgent").exists()


@pytest.mark.django_db
def test_an_urgent_case_is_due_sooner_and_what_was_used_stays_used(hospital: Program) -> None:
    with time_machine.travel(MONDAY, tick=False):
        case = ready()
        before = {each.step: each.due_at for each in clocks.readings(case)}
    with time_machine.travel("2026-11-23T16:00:00Z", tick=False):
        actions.set_pace(by=coordinator(), case=case, urgency="urgent", reason="The tumour grows.")
        [expert] = [each for each in clocks.readings(case) if each.step == "expert"]
        assert expert.used == pytest.approx(2)
        assert expert.due_at is not None
        assert expert.due_at.isoformat() == "2026-11-23T18:30:00+00:00", "half a day from nine"
        assert before["expert"] is not None
        assert expert.due_at < before["expert"]
        case.refresh_from_db()
        assert case.due_at == expert.due_at == case.act_by
        entry = entries_for(case.pk).filter(verb="pace-set").get()
        assert entry.detail["urgency"] == "urgent"
        assert "tumour" not in str(entry.detail), "what was typed is not in the audit"
        actions.set_pace(by=coordinator(), case=case, urgency="usual", reason="It does not.")
        case.refresh_from_db()
        assert case.due_at == before["expert"]
        assert [each.reason for each in case.paces.all()] == ["The tumour grows.", "It does not."]


@pytest.mark.django_db
def test_a_stopped_clock_goes_on_with_the_new_target(hospital: Program) -> None:
    with time_machine.travel(MONDAY, tick=False):
        case = actions.reopen(by=coordinator(), case=ready())
    with time_machine.travel("2026-11-23T16:00:00Z", tick=False):
        asked = actions.ask(by=coordinator(), case=case, text="The letter, please.")
        actions.set_pace(by=coordinator(), case=case, urgency="urgent", reason="In hospital.")
    with time_machine.travel("2026-11-24T14:00:00Z", tick=False):
        family = case.participations.get(role="family").person
        actions.answer(by=family, information_request=asked, text="Here.")
        case.refresh_from_db()
        assert case.due_at is not None
        assert case.due_at.isoformat() == "2026-11-24T21:00:00+00:00", "seven hours of nine"


@pytest.mark.django_db
def test_only_who_owns_a_case_says_so_with_a_reason_and_while_it_is_open(hospital: Program) -> None:
    case = ready()
    other = person("omar@harbour.example", "coordinator")
    with pytest.raises(NotYours):
        actions.set_pace(by=other, case=case, urgency="urgent", reason="Soon.")
    with pytest.raises(Refused):
        actions.set_pace(by=coordinator(), case=case, urgency="urgent", reason=" ")
    with pytest.raises(Refused):
        actions.set_pace(by=coordinator(), case=case, urgency="at once", reason="Soon.")
    actions.hand_over(by=other, case=case, to=other, note="Grace is ill.")
    with pytest.raises(Conflict, match="Grace is ill"):
        actions.set_pace(by=coordinator(), case=case, urgency="urgent", reason="Soon.")
    actions.withdraw(by=case.participations.get(role="family").person, case=case)
    with pytest.raises(Conflict):
        actions.set_pace(by=other, case=case, urgency="urgent", reason="Soon.")
    assert not case.paces.exists()


@pytest.mark.django_db
def test_offers_wait_as_long_as_the_case_is_urgent_and_ask_who_takes_such(
    hospital: Program,
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        by, case = coordinator(), ready()
        takes = profile("takes@harbour.example")
        never = profile("never@harbour.example", kinds=["opinion"])
        actions.set_pace(by=by, case=case, urgency="urgent", reason="An operation next week.")
        with pytest.raises(Refused, match="urgent"):
            experts.offer(by=by, case=case, expert=never)
        made = experts.offer(by=by, case=case, expert=takes)
        assert made.urgency == "urgent"
        assert made.answer_by == clock.now() + timedelta(hours=program.matching()["urgent"])


@pytest.mark.django_db
def test_an_offer_that_moves_on_is_as_urgent_as_the_case_has_become(hospital: Program) -> None:
    by, case = coordinator(), ready()
    first, second = profile("one@harbour.example"), profile("two@harbour.example")
    made = experts.offer(by=by, case=case, expert=first, onward=True)
    actions.set_pace(by=by, case=case, urgency="urgent", reason="She is worse.")
    experts.decline(by=first.person, offer=made, reason="no_time")
    onward = case.offers.get(state="open")
    assert (onward.expert, onward.urgency) == (second, "urgent")


@pytest.mark.django_db
def test_forecasts_follow_and_are_made_again(hospital: Program) -> None:
    with time_machine.travel(MONDAY, tick=False):
        case = ready()
        actions.foresee()
        usual = Forecast.objects.get(case=case)
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        actions.set_pace(by=coordinator(), case=case, urgency="urgent", reason="She is worse.")
        assert actions.foresee() == 1
        sooner = Forecast.objects.filter(case=case).latest("created_at")
        assert sooner.late < usual.late
        assert actions.foresee() == 0
    slow = forecasting.Past(case.specialty_id, ("opinion", "usual"), {"choosing": 90.0})
    now = clock.now()
    told = [
        forecasting.expected(case.specialty_id, ("opinion", pace), "choosing", now, [slow] * 60)
        for pace in ("usual", "urgent")
    ]
    assert told[1][2] < told[0][0], "cases that were not urgent say nothing of urgent ones"


@pytest.mark.django_db
def test_a_second_expert_makes_it_a_joint_report_with_its_own_target(hospital: Program) -> None:
    case, lead = ready(), profile("mei@harbour.example")
    made = experts.offer(by=coordinator(), case=case, expert=lead)
    experts.accept(by=lead.person, offer=made)
    opinions.start_report(by=lead.person, case=case)
    case.refresh_from_db()
    before, joins = case.due_at, profile("dan@harbour.example")
    Message.objects.all().delete()
    joined(case, joins.person)
    case.refresh_from_db()
    assert case.kind == "panel"
    assert before is not None
    assert case.due_at is not None
    assert case.due_at > before
    assert Message.objects.filter(to=lead.person).exists(), "who writes the report is told"


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("She has a tumour and it is getting worse. Surgery is planned for next week.",
         {"worse", "operation", "near"}),
        ("Le dijeron que empeoró; van a operarlo la próxima semana.",
         {"worse", "operation", "near"}),
        ("حالته تسوء، وحددوا موعداً للعملية الأسبوع القادم.", {"worse", "operation", "near"}),
        ("Está en cuidados intensivos.", {"intensive"}),
        ("He is not getting worse, and no surgery is planned.", set()),
        ("No ha empeorado. Sin cirugía programada.", set()),
        ("لم تسوء حالتها.", set()),
        ("Epilepsia desde los tres años. Levetiracetam 250 mg.", set()),
    ],
)  # fmt: skip
def test_what_a_request_says_of_haste(text: str, signs: set[str]) -> None:
    assert set(hastening.signs(text)) == signs


@pytest.mark.django_db
def test_a_request_suggests_and_sets_nothing(hospital: Program) -> None:
    family = person("maria@familia.example")
    case = draft(family)
    actions.save_story(
        by=family, case=case, diagnosis="Tumor", history="Empeora. Van a operarla esta semana."
    )
    actions.submit(by=family, case=case)
    case.refresh_from_db()
    found = hastening.hint(case, [])
    assert found is not None
    assert found.urgency == "urgent"
    assert case.urgency == "usual"
    actions.take(by=(grace := coordinator()), case=case)
    page = sign_in(grace)
    address = f"/desk/cases/{case.reference}/"
    assert "van a operarla" in page.get(address).content.decode()
    done = page.post(f"{address}do/set-pace/", {"urgency": "soon", "reason": "Operation planned."})
    assert done["Location"] == f"{address}time/"
    shown = page.get(f"{address}time/").content.decode()
    assert "Operation planned." in shown
    assert "van a operarla" not in shown, "it has been decided"
    assert "Soon" in page.get("/desk/").content.decode()
    assert case.reference in page.get("/desk/?view=open&urgency=soon").content.decode()
    assert case.reference not in page.get("/desk/?view=open&urgency=urgent").content.decode()


@pytest.mark.django_db
def test_a_very_young_child_and_days_alone(hospital: Program) -> None:
    case = ready()
    case.request.history = "The next appointment is next week."
    assert hastening.hint(case, []) is None
    case.child.birth_date = clock.today() - timedelta(days=20)
    young = hastening.hint(case, ["What now?"])
    assert young is not None
    assert young.urgency == "soon"
    case.child.birth_date = date(2015, 1, 1)
    assert hastening.hint(Case.objects.get(pk=case.pk), ["Is it getting worse?"]) is not None
