"""What is due first, named on the worklist and on the case; why a case changed hands."""

from secondopinion.accounts.models import Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import ItemState
from secondopinion.conversations.actions import mark_seen, post
from secondopinion.experts import actions as experts
from secondopinion.web.templatetags.house import written_time
from tests.desk.test_worklist import found
from tests.web.conftest import expert, person, sign_in, submitted


def test_what_is_due_is_named_beside_its_day_and_on_the_case(kept: Person, grace: Person) -> None:
    case, browser = submitted(kept), sign_in(grace)

    def said() -> tuple[str, ...]:
        row = next(each for each in found(grace, view="open") if each == case)
        page = browser.get(f"/desk/cases/{case.reference}/").content.decode()
        if row.due is None:
            assert "due-by" not in page
            return ()
        assert f">{row.due.what}</small>" in browser.get("/desk/?view=open").content.decode()
        assert f": {row.due.what}</span>" in page.partition("due-by")[2], "the same on the case"
        assert written_time(row.due.at) in page
        return (row.due.what,)

    assert said() == ("Begin with this case",)
    cases.take(by=grace, case=case)
    post(case=case, thread="family", by=kept, text="And when?")
    due = found(grace)[0].due
    assert (due.at, due.what) == min(
        (each.due_at, each.get_why_display()) for each in case.needs.all()
    )
    assert said() == ("New message",), "of all that it needs, what is due first"
    mark_seen(case=case, by=grace)
    post(case=case, thread="family", by=grace, text="In May.")
    for item in case.checklist.all():
        cases.settle_item(by=grace, item=item, state=ItemState.ARRIVED)
    cases.complete(by=grace, case=case)
    assert said() == ("Choose a specialist",)
    mei = expert("mei@harbour.example")
    offer = experts.offer(by=grace, case=case, expert=mei.expert)
    assert said() == ("Expert found",), "a step that others have"
    experts.accept(by=mei, offer=offer)
    assert said() == ("Report delivered",)
    case.refresh_from_db()
    wish = cases.ask_more(by=mei, case=case, text="The EEG, please.")
    assert said() == ("The specialist needs more",)
    cases.pass_on(by=grace, wish=wish, text="The EEG, please.", to="family")
    assert said() == (), "no clock runs"


def test_why_a_colleague_had_begun_with_a_case_is_told_in_the_readers_language(
    kept: Person, grace: Person
) -> None:
    omar = person("omar@harbour.example", "coordinator", name="Omar Haddad")
    case = submitted(kept)
    owner, other = (grace, omar) if case.coordinator == grace else (omar, grace)
    cases.take(by=other, case=case)
    [row] = case.hand_overs.all()
    assert (row.giver, row.taker, row.cause, row.note) == (owner, other, "begun", "")
    page = sign_in(owner).get(f"/desk/cases/{case.reference}/history/").content.decode()
    assert "Began with it before its owner did." in page
    now = sign_in(other).get(f"/desk/cases/{case.reference}/").content.decode()
    assert "Note of the hand-over" not in now, "who began needs no note"
