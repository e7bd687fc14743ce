"""Second readers: which reports need one, what they do, and that nothing is signed unread."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import Why
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts import actions as experts
from secondopinion.messaging.models import Message
from secondopinion.opinions import actions, amending, handing, inviting, papers, second, seconding
from secondopinion.opinions.models import Opinion, SecondReading, SignedReport
from secondopinion.program.models import Program
from secondopinion.staffing import actions as staffing
from tests.opinions.walk import words_of
from tests.web.conftest import expert, sign_in


def ruled(**rule: object) -> None:
    """Set the program's rule."""
    Program.objects.update(**rule)
    caches["memory"].clear()


def saved(opinion: Opinion, **values: str) -> Opinion:
    return actions.save_draft(
        by=opinion.author, opinion=opinion, values=values, base_revision=None
    )  # fmt: skip


def signed(opinion: Opinion) -> SignedReport:
    return actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())


@pytest.fixture
def reader(hospital: Program) -> Person:
    made = expert("daniel@harbour.example")
    Person.objects.filter(pk=made.pk).update(full_name="Dr. Daniel")
    made.refresh_from_db()
    return made


def given_to(reader: Person, opinion: Opinion) -> SecondReading:
    reading = seconding.send(by=opinion.author, opinion=opinion)
    seconding.choose(by=opinion.case.coordinator, reading=reading, reader=reader)
    reading.refresh_from_db()
    return reading


def _in_group(opinion: Opinion) -> None:
    Case.objects.filter(pk=opinion.case_id).update(condition="epilepsy")


RULES: list[tuple[str, dict[str, object], Callable[[Opinion], object]]] = [
    ("conditions", {"second_conditions": ["epilepsy"]}, _in_group),
    ("tumour", {"second_tumour": True},
     lambda each: saved(each, diagnosis_codes="icd-10-cm C71.6")),
    ("operation", {"second_operation": True}, lambda each: saved(each, operation="advised")),
    ("differs", {"second_differs": True}, lambda each: saved(each, plan="differs")),
    ("first", {"second_first": 1}, lambda each: None),
    ("share", {"second_share": 100}, lambda each: None),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "rule", "make"), RULES, ids=[each[0] for each in RULES])
def test_a_report_that_the_rule_names_is_not_signed_unread(
    opinion: Opinion, reason: str, rule: dict[str, object], make: Callable[[Opinion], object]
) -> None:
    ruled(**rule)
    make(opinion)
    fresh = Opinion.objects.get(pk=opinion.pk)
    assert second.reasons(fresh) == [reason]
    with pytest.raises(Refused, match="second reader"):
        signed(fresh)
    ruled(**{name: type(value)() for name, value in rule.items()})
    assert second.reasons(Opinion.objects.get(pk=opinion.pk)) == []


def test_a_benign_code_is_no_tumour_and_another_opinion_on_an_operation_must_be_said(
    opinion: Opinion,
) -> None:
    ruled(second_tumour=True, second_operation=True)
    assert second.reasons(saved(opinion, diagnosis_codes="icd-10-cm D50.9")) == []
    with pytest.raises(Refused, match="operation"):
        signed(opinion)


def test_returned_mended_countersigned_signed(opinion: Opinion, reader: Person) -> None:
    ruled(second_share=100)
    reading = given_to(reader, opinion)
    case = opinion.case
    assert roles_of(case, reader) == {Part.SECOND_READER}
    with pytest.raises(Refused, match="has this report"):
        signed(opinion)
    seconding.give_back(by=reader, reading=reading, comments="Say which side.")
    with pytest.raises(Refused, match="needs a second reader"):
        signed(opinion)
    draft = saved(opinion, findings="A normal brain on both sides.")
    again = seconding.send(by=draft.author, opinion=draft)
    assert again.reader == reader  # who read it before is not looked for again
    with pytest.raises(Refused):
        seconding.countersign(by=reader, reading=again, comments="", reauthenticated_at=None)
    seconding.countersign(by=reader, reading=again, comments="", reauthenticated_at=clock.now())
    changed = saved(draft, findings="Something else.")
    with pytest.raises(Refused, match="needs a second reader"):
        signed(changed)
    back = saved(changed, findings="A normal brain on both sides.")
    report = signed(back)
    assert "countersigned by Dr. Daniel, Pediatric neurologist" in words_of(report)
    assert roles_of(case, reader) == set()


def test_what_changed_while_it_was_read_is_not_countersigned(
    opinion: Opinion, reader: Person
) -> None:
    reading = given_to(reader, opinion)
    saved(opinion, findings="Another finding.")
    assert second.words_read(reading)["findings"] != "Another finding."
    with pytest.raises(Conflict):
        seconding.countersign(
            by=reader, reading=reading, comments="", reauthenticated_at=clock.now()
        )


def test_a_blinded_reader_judges_before_the_draft_is_shown(
    opinion: Opinion, reader: Person
) -> None:
    ruled(second_share=100, second_blinded=True)
    reading = given_to(reader, opinion)
    with pytest.raises(NotYours):
        second.opinion_shown(opinion.case, reader)
    with pytest.raises(Refused, match="First say"):
        seconding.countersign(
            by=reader, reading=reading, comments="", reauthenticated_at=clock.now()
        )
    own = {"diagnosis": "agrees", "plan": "differs", "urgency": "routine", "words": "Wait."}
    with pytest.raises(Refused):
        seconding.judge(by=reader, reading=reading, given=own | {"plan": "perhaps"})
    seconding.judge(by=reader, reading=reading, given=own)
    assert second.opinion_shown(opinion.case, reader) == opinion
    reading.refresh_from_db()
    with pytest.raises(Conflict):  # what they thought first is not changed afterwards
        seconding.judge(by=reader, reading=reading, given=own)
    seconding.countersign(by=reader, reading=reading, comments="", reauthenticated_at=clock.now())
    report = signed(opinion)
    assert report.body["second_reader"]["blinded"]


def test_nobody_reads_their_own_report_and_the_desk_chooses(
    opinion: Opinion, reader: Person
) -> None:
    reading = seconding.send(by=opinion.author, opinion=opinion)
    coordinator = opinion.case.coordinator
    with pytest.raises(Refused, match="another part"):
        seconding.choose(by=coordinator, reading=reading, reader=opinion.author)
    with pytest.raises(NotYours):
        seconding.choose(by=opinion.author, reading=reading, reader=reader)
    seconding.choose(by=coordinator, reading=reading, reader=reader)
    with pytest.raises(Conflict):
        seconding.choose(by=coordinator, reading=reading, reader=expert("omar@harbour.example"))
    with pytest.raises(NotYours):
        seconding.give_back(by=opinion.author, reading=reading, comments="Fine.")


def test_a_late_reading_is_told_once(opinion: Opinion, reader: Person) -> None:
    given_to(reader, opinion)
    mails = Message.objects.filter(template="second-reading-late")
    assert seconding.notice_late() == 0
    with time_machine.travel(clock.now() + timedelta(days=9), tick=False):
        assert (seconding.notice_late(), seconding.notice_late()) == (1, 0)
    assert mails.get().to == opinion.case.coordinator


def test_a_reading_of_a_case_that_is_given_back_opens_nothing(
    opinion: Opinion, reader: Person
) -> None:
    given_to(reader, opinion)
    handing.hand_back(by=opinion.author, case=opinion.case, reason="no_time", note="See the MR.")
    assert roles_of(opinion.case, reader) == set()


def test_a_reading_goes_to_nobody_who_is_no_specialist_any_more(
    opinion: Opinion, reader: Person
) -> None:
    reading = given_to(reader, opinion)
    seconding.give_back(by=reader, reading=reading, comments="Say more.")
    staffing.set_roles(by=None, person=reader, roles={"director"})
    made = seconding.send(by=opinion.author, opinion=opinion)
    assert made.reader is None
    assert Message.objects.filter(template="second-reader-wanted").exists()


def test_a_conflict_of_interest_keeps_out_of_reading_and_panel_too(
    opinion: Opinion, reader: Person
) -> None:
    case = opinion.case
    experts.add_tie(by=None, expert=reader.expert, kind="treated", name=case.child.full_name)
    reading = seconding.send(by=opinion.author, opinion=opinion)
    with pytest.raises(Refused, match="Treated this child before"):
        seconding.choose(by=case.coordinator, reading=reading, reader=reader)
    with pytest.raises(Refused, match="Treated this child before"):
        inviting.invite(by=case.coordinator, case=case, expert=reader)


def test_a_correction_that_is_given_up_is_read_no_more(opinion: Opinion, reader: Person) -> None:
    case, author = signed(opinion).case, opinion.author
    draft = amending.start_amendment(by=author, case=case)
    reading = given_to(reader, saved(draft, change="The dose was a slip."))
    draft.refresh_from_db()
    amending.give_up(by=author, opinion=draft)
    reading.refresh_from_db()
    assert reading.outcome == SecondReading.Outcome.TAKEN_BACK
    assert Part.SECOND_READER not in roles_of(case, reader)


def test_what_happens_while_a_report_is_typeset_is_not_passed_over(
    opinion: Opinion, monkeypatch: pytest.MonkeyPatch
) -> None:
    typeset = papers.signed

    def meanwhile(*given: Any) -> papers.Paper:
        made = typeset(*given)
        seconding.send(by=opinion.author, opinion=opinion)
        return made

    monkeypatch.setattr(papers, "signed", meanwhile)
    with pytest.raises(Refused, match="second reader"):
        signed(opinion)
    assert not SignedReport.objects.exists()


def test_the_page_of_a_second_reader(opinion: Opinion, reader: Person) -> None:
    saved(opinion, diagnosis="partly", diagnosis_text="The history fits something else.")
    given_to(reader, opinion)
    address = f"/expert/second/{opinion.case.reference}/"
    browser = sign_in(reader)
    assert address in browser.get("/expert/").content.decode()
    shown = browser.get(address).content.decode()
    told = shown.index("Agrees in part"), shown.index("The history fits something else.")
    assert told[0] < told[1], "what was chosen, then why"
    back = browser.post(address, {"return": "1", "comments": "Please name the MRI."}, follow=True)
    assert "The report is back with its author." in back.content.decode()
    own = sign_in(opinion.author).get(f"/expert/cases/{opinion.case.reference}/together/")
    assert "Please name the MRI." in own.content.decode()
    assert sign_in(opinion.case.coordinator).get(address).status_code == 404


def test_a_signed_report_offers_no_second_reader(opinion: Opinion) -> None:
    browser, page = sign_in(opinion.author), f"/expert/cases/{opinion.case.reference}/together/"
    assert "You can ask for one." in browser.get(page).content.decode()
    signed(saved(opinion, findings="A lesion."))
    shown = browser.get(page).content.decode()
    assert "You can ask for one." not in shown
    assert "This report was signed without a second reader." in shown
    assert "You write this report alone." not in shown


def test_the_desk_sees_that_a_second_reader_is_to_be_chosen(
    opinion: Opinion, reader: Person
) -> None:
    case, owner = opinion.case, opinion.case.coordinator
    desk, here = sign_in(owner), f"/desk/cases/{opinion.case.reference}/"
    assert "waits for its second reader" not in desk.get(here).content.decode()
    reading = seconding.send(by=opinion.author, opinion=opinion)
    assert case.needs.filter(why=Why.READER, due_at=reading.due_at).exists()
    page = desk.get(here).content.decode()
    assert "A report waits for its second reader." in page
    assert f'href="{here}specialist/">Choose a second reader</a></p>' in page
    assert "Choose a second reader" in desk.get("/desk/").content.decode()
    seconding.choose(by=owner, reading=reading, reader=reader)
    assert not case.needs.filter(why=Why.READER).exists()
    assert "waits for its second reader" not in desk.get(here).content.decode()


def test_a_reader_is_not_looked_for_any_more_when_the_report_is_taken_back(
    opinion: Opinion,
) -> None:
    seconding.send(by=opinion.author, opinion=opinion)
    seconding.take_back(by=opinion.author, opinion=opinion)
    assert not opinion.case.needs.filter(why=Why.READER).exists()
