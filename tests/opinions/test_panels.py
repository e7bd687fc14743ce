"""Joint reports: who writes, who signs, who dissents, and notes that only the experts see."""

from typing import Any

import pytest

from secondopinion.accounts.models import Person
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.opinions import actions, inviting, panels, papers
from secondopinion.opinions.models import Opinion
from tests.opinions.walk import joined, words_of
from tests.web.conftest import expert


@pytest.fixture
def second_author(opinion: Opinion) -> Person:
    """An expert who has joined."""
    made = expert("omar@harbour.example")
    Person.objects.filter(pk=made.pk).update(full_name="Dr. Omar")
    made.refresh_from_db()
    joined(opinion.case, made)
    return made


def say(opinion: Opinion, by: Person, verdict: str, dissent: str = "") -> None:
    panels.say(
        by=by, opinion=opinion, verdict=verdict, dissent=dissent, reauthenticated_at=clock.now()
    )


def sign(opinion: Opinion, by: Person) -> str:
    return words_of(actions.sign(by=by, opinion=opinion, reauthenticated_at=clock.now()))


def test_both_write_one_signs_and_dissent_stands_in_the_report(
    opinion: Opinion, second_author: Person
) -> None:
    lead = opinion.author
    member = panels.members(opinion).get()
    panels.assign(by=lead, opinion=opinion, sections={str(member.pk): ["findings", "nonsense"]})
    draft = actions.save_draft(
        by=second_author, opinion=opinion, values={"findings": "A normal brain."},
        base_revision=opinion.revision,
    )  # fmt: skip
    assert draft.versions.last().by == second_author
    with pytest.raises(NotYours):
        actions.sign(by=second_author, opinion=draft, reauthenticated_at=clock.now())
    with pytest.raises(Refused, match=r"Dr\. Omar"):
        sign(draft, lead)
    with pytest.raises(Refused):
        say(draft, second_author, "dissents")
    say(draft, second_author, "dissents", "I would repeat the EEG earlier.")
    text = sign(draft, lead)
    assert "Dissenting opinion Dr. Omar" in text
    assert "I would repeat the EEG earlier." in text
    assert "Written together with Dr. Omar" in text
    assert "(wrote: Findings)" in text


def test_who_agreed_is_asked_again_when_the_report_changes(
    opinion: Opinion, second_author: Person
) -> None:
    say(opinion, second_author, "agrees")
    draft = actions.save_draft(
        by=opinion.author, opinion=opinion, values={"tests": "None."}, base_revision=None
    )
    with pytest.raises(Refused, match=r"Dr\. Omar"):
        sign(draft, opinion.author)
    say(draft, second_author, "agrees")
    assert "Dissenting" not in sign(draft, opinion.author)


def test_who_leaves_writes_no_more_and_stops_nothing(
    opinion: Opinion, second_author: Person
) -> None:
    outsider = expert("rana@harbour.example")
    with pytest.raises(NotYours):
        inviting.invite(by=opinion.author, case=opinion.case, expert=outsider)
    with pytest.raises(NotYours):
        panels.note(by=outsider, opinion=opinion, text="Hello.")
    note = panels.note(by=second_author, opinion=opinion, text="See page 2.", field="findings")
    panels.settle_note(by=opinion.author, note=note)
    panels.leave(by=second_author, member=panels.members(opinion).get())
    with pytest.raises(NotYours):
        actions.save_draft(
            by=second_author, opinion=opinion, values={"tests": "X"}, base_revision=None
        )
    assert "See page 2" not in sign(opinion, opinion.author)


def test_a_change_of_mind_while_it_is_typeset_stops_the_signature(
    opinion: Opinion, second_author: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(opinion, second_author, "agrees")
    typeset = papers.signed

    def meanwhile(*given: Any) -> papers.Paper:
        made = typeset(*given)
        say(opinion, second_author, "dissents", "I would repeat the EEG earlier.")
        return made

    monkeypatch.setattr(papers, "signed", meanwhile)
    with pytest.raises(Conflict):
        sign(opinion, opinion.author)
    monkeypatch.undo()
    assert "I would repeat the EEG earlier." in sign(opinion, opinion.author)
