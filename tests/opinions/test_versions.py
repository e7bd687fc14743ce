"""Versions of a draft: each saving is kept, compared and can be gone back to."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.opinions import actions, versions
from secondopinion.opinions.models import Opinion, SignedReport
from tests.web.conftest import expert, sign_in


def save(opinion: Opinion, **values: str) -> Opinion:
    return actions.save_draft(by=opinion.author, opinion=opinion, values=values, base_revision=None)


def test_every_saving_can_be_read_again(opinion: Opinion) -> None:
    texts = [f"Version {number}" for number in range(30)]
    revisions = [save(opinion, tests=text).revision for text in texts]
    assert [versions.text_at(opinion, each)["tests"] for each in revisions] == texts
    last = save(opinion, tests=texts[-1])
    assert last.revision == revisions[-1], "the same again is no version"
    assert versions.text_at(opinion, last.revision) == last.body
    with pytest.raises(NotYours):
        versions.text_at(opinion, last.revision + 1)


def test_savings_that_follow_closely_are_one_sitting(opinion: Opinion) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=20), tick=False):
        save(opinion, tests="a")
        save(opinion, plan_text="b")
    first, *_older = found = versions.sittings(opinion)
    assert len(found) == 2
    assert (first.saved, first.changed, first.signed) == (2, {"tests", "plan_text"}, None)
    report = actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
    assert versions.sittings(opinion)[0].signed == report


def test_going_back_keeps_what_came_between(opinion: Opinion) -> None:
    before = opinion.body
    then = opinion.revision
    between = save(opinion, tests="something else", references="a paper")
    back = versions.go_back(by=opinion.author, opinion=opinion, revision=then)
    assert {name: each for name, each in back.body.items() if each} == {
        name: each for name, each in before.items() if each
    }
    assert versions.text_at(opinion, between.revision)["references"] == "a paper"
    with pytest.raises(NotYours):
        versions.go_back(by=expert("x@harbour.example"), opinion=opinion, revision=then)
    with pytest.raises(NotYours):
        versions.go_back(by=opinion.author, opinion=opinion, revision=999)


def test_a_signed_report_is_not_set_back(signed: SignedReport) -> None:
    opinion = Opinion.objects.get()
    with pytest.raises(Conflict):
        versions.go_back(by=opinion.author, opinion=opinion, revision=1)


@given(st.text(), st.text())
def test_two_texts_are_told_apart_without_loss(before: str, after: str) -> None:
    pieces = versions.compared({"a": before}, {"a": after}).get("a", [])
    if before == after:
        assert not pieces
        return
    assert "".join(each.text for each in pieces if each.how != "new") == before
    assert "".join(each.text for each in pieces if each.how != "gone") == after


def test_the_page_compares_two_and_goes_back(opinion: Opinion) -> None:
    browser = sign_in(opinion.author)
    then = opinion.revision
    with time_machine.travel(clock.now() + timedelta(minutes=20), tick=False):
        save(opinion, tests="An EEG <b>while</b> asleep.", urgency="soon")
    address = f"/expert/cases/{opinion.case.reference}/versions/"
    shown = browser.get(address).content.decode()
    assert "&lt;" in shown
    assert "<ins>" in shown
    assert "Within days" in shown, "choices are told by their words"
    assert (
        "the two are the same" in browser.get(f"{address}?before=x&after={then}").content.decode()
    )
    answer = browser.post(f"{address}{then}/back/")
    assert answer.status_code == 302
    opinion.refresh_from_db()
    assert opinion.body["urgency"] == "routine"
    assert sign_in(expert("y@harbour.example")).get(address).status_code == 404


def test_two_savings_of_one_sitting_are_compared(opinion: Opinion) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=20), tick=False):
        first = save(opinion, tests="Repeat the EEG.").revision
        second = save(opinion, tests="Repeat the MRI.").revision
    browser = sign_in(opinion.author)
    address = f"/expert/cases/{opinion.case.reference}/versions/"
    whole = browser.get(address).content.decode()
    assert f'value="{first}"' not in whole
    shown = browser.get(f"{address}?before={first}&after={second}").content.decode()
    assert "<del>EEG</del><ins>MRI</ins>" in shown
    for each in (first, second):
        assert f'value="{each}"' in shown
    assert f'value="{first}"' in browser.get(f"{address}?within={first}").content.decode()


def test_two_windows_of_a_report_lose_nothing(opinion: Opinion) -> None:
    base = opinion.revision
    page = f"/expert/cases/{opinion.case.reference}/"
    browser, as_json = sign_in(opinion.author), {"headers": {"accept": "application/json"}}
    save(opinion, tests="Of the first window.")
    # Another field is saved, and the page hears what it has not got yet.
    values = {"references": "Of the second.", "tests": opinion.body["tests"], "base_revision": base}
    answer = browser.post(f"{page}save/", values, **as_json)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert answer.json()["elsewhere"] == {"tests": "Of the first window."}
    opinion.refresh_from_db()
    assert opinion.body["tests"] == "Of the first window."
    assert opinion.body["references"] == "Of the second."
    # The same field: nothing is overwritten, and both texts are at hand.
    values = {"tests": "Of the second window.", "base_revision": base}
    clash = browser.post(f"{page}save/", values, **as_json)  # type: ignore[arg-type]
    assert clash.status_code == 409
    assert clash.json()["elsewhere"]["tests"] == "Of the first window."
    plain = browser.post(f"{page}save/", values)
    assert plain.status_code == 409
    assert "Of the second window." in plain.content.decode()
    mended = browser.post(
        f"{page}save/",
        values | {"base_revision": clash.json()["revision"]},
        **as_json,  # type: ignore[arg-type]
    )
    assert mended.status_code == 200
    opinion.refresh_from_db()
    assert opinion.body["tests"] == "Of the second window."


def test_what_another_window_saves_meanwhile_is_told_too(
    opinion: Opinion, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, saved = opinion.revision, actions.save_draft

    def late(**given: Any) -> Opinion:
        saved(by=opinion.author, opinion=opinion, values={"tests": "Theirs."}, base_revision=None)
        return saved(**given)

    monkeypatch.setattr(actions, "save_draft", late)
    answer = sign_in(opinion.author).post(
        f"/expert/cases/{opinion.case.reference}/save/",
        {"references": "Ours.", "base_revision": base}, headers={"accept": "application/json"},
    )  # fmt: skip
    opinion.refresh_from_db()
    assert answer.json() == {"revision": opinion.revision, "elsewhere": {"tests": "Theirs."}}
