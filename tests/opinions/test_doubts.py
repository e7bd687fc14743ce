"""Doubts about a draft: shown beside their fields, mended or kept with a reason, signed with it."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ItemState
from secondopinion.core import clock, vault
from secondopinion.core.errors import NotYours, Refused
from secondopinion.experts import actions as experts
from secondopinion.findings import actions as findings
from secondopinion.findings.found import BLOCKER, Found
from secondopinion.opinions import actions, body, doubts, fhir, keeping
from secondopinion.opinions.doubts import doubts_of, facts_of
from secondopinion.opinions.models import KeptDoubt, Opinion, SignedReport
from secondopinion.translation.models import Translation, TranslationState
from tests.opinions.test_report import text_of
from tests.web.conftest import draft, expert, person, sign_in
from tests.web.test_queries import MOST, asks

REASON = "The word is right here."


def written(opinion: Opinion, **values: str) -> Opinion:
    """Return the draft with these fields changed."""
    return actions.save_draft(by=opinion.author, opinion=opinion, values=values, base_revision=None)


def sign(opinion: Opinion) -> SignedReport:
    """Sign the draft as its author, now."""
    return actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())


@pytest.fixture
def doubted(opinion: Opinion) -> Opinion:
    """A draft in which one check doubts something."""
    return written(opinion, tests="TODO")


def test_a_whole_report_is_not_doubted(opinion: Opinion) -> None:
    assert doubts_of(opinion) == []
    assert sign(opinion).kept_doubts.count() == 0


def test_the_facts_are_those_of_the_case(opinion: Opinion) -> None:
    case = opinion.case
    case.records.get().pages.update(text="Hydronephrosis of the right kidney.")
    facts = facts_of(case, opinion.author_id)
    assert (facts.sex, facts.born) == ("F", case.child.birth_date)
    assert facts.names == ("Camila Fernández",)
    assert {"María López", "Dra. Lucía Ramírez", "Dr. Mei"} <= set(facts.people)
    assert facts.others == ()
    assert "Hydronephrosis of the right kidney." in {each.text for each in facts.sources}
    written(opinion, findings="The left kidney is dilated. He has no pain.")
    opinion.refresh_from_db()
    assert {each.check for each in doubts_of(opinion)} == {"laterality", "sex"}


def test_what_is_locked_away_is_no_fact_and_neither_is_a_translation_taken_back(
    opinion: Opinion,
) -> None:
    case, words = opinion.case, "Hydronephrosis of the right kidney."
    record = case.records.get()
    record.pages.update(text=words)
    made = Translation.objects.create(
        case=case, subject_kind="record", subject_id=record.pk, title=record.title,
        source_language="es", language="en", original=words, text="Of the left kidney.",
        state=TranslationState.WITHDRAWN,
    )  # fmt: skip

    def told() -> set[str]:
        return {each.text for each in facts_of(case, opinion.author_id).sources}

    assert {words, made.text} & told() == {words}
    Translation.objects.filter(pk=made.pk).update(state=TranslationState.WRITTEN)
    assert {words, made.text} & told() == {words, made.text}
    other = Found("not-this-child", BLOCKER, "The name is not the child’s.", "", {"page": 1})
    findings.replace(case=case, subject=record, check="whose@1", found=[other])
    assert {words, made.text} & told() == set()


def test_of_more_than_can_be_read_nothing_is_said(
    opinion: Opinion, monkeypatch: pytest.MonkeyPatch
) -> None:
    opinion.case.records.get().pages.update(text="Hydronephrosis of the right kidney.")
    opinion = written(opinion, findings="The left kidney is dilated.")
    assert [each.check for each in doubts_of(opinion)] == ["laterality"]
    monkeypatch.setattr(doubts, "MOST_LETTERS", 20)
    assert doubts_of(opinion) == []


def test_names_of_children_of_the_same_specialist_are_looked_for(opinion: Opinion) -> None:
    other = another_case(opinion)
    assert facts_of(opinion.case, opinion.author_id).others == (other,)
    [doubt] = doubts_of(written(opinion, findings=f"In short, {other} is well."))
    assert (doubt.check, doubt.quoted) == ("other-name", other)


def another_case(opinion: Opinion) -> str:
    """Give the author another case, and return the name of its child."""
    family, coordinator = person("ali@familia.example"), opinion.case.coordinator
    case = draft(family, child="Ahmed Hassan")
    cases.submit(by=family, case=case)
    cases.take(by=coordinator, case=case)
    for item in case.checklist.all():
        cases.settle_item(by=coordinator, item=item, state=ItemState.WAIVED, note="Not needed")
    cases.complete(by=coordinator, case=case)
    offer = experts.offer(by=coordinator, case=case, expert=opinion.author.expert)
    experts.accept(by=opinion.author, offer=offer)
    return "Ahmed Hassan"


def test_what_is_doubted_is_not_signed(doubted: Opinion) -> None:
    with pytest.raises(Refused) as refused:
        sign(doubted)
    assert (refused.value.code, refused.value.field) == ("doubted", "tests")
    assert not SignedReport.objects.exists()


def test_what_was_mended_is_signed(doubted: Opinion) -> None:
    assert sign(written(doubted, tests="A sleep EEG in six months.")).kept_doubts.count() == 0


def test_what_was_kept_is_signed_with_its_reason(doubted: Opinion) -> None:
    [doubt] = doubts_of(doubted)
    keeping.keep_doubts(by=doubted.author, opinion=doubted, reasons={doubt.key: f" {REASON} "})
    report = sign(doubted)
    [kept] = report.kept_doubts.all()
    assert (kept.kind, kept.field, kept.quoted) == ("placeholder", "tests", "TODO")
    assert (kept.reason, kept.by) == (REASON, doubted.author)
    told = {entry.verb: entry.detail for entry in entries_for(doubted.case_id)}
    assert told["doubts-kept"] == {"placeholder": 1}
    assert told["case-sign"]["kept"] == {"placeholder": 1}
    assert REASON not in str(told)
    for statement in ("UPDATE opinions_keptdoubt SET reason = 'x'",
                      "DELETE FROM opinions_keptdoubt"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_reason_holds_only_for_the_words_it_was_given_for(doubted: Opinion) -> None:
    [doubt] = doubts_of(doubted)
    keeping.keep_doubts(by=doubted.author, opinion=doubted, reasons={doubt.key: REASON})
    keeping.keep_doubts(by=doubted.author, opinion=doubted, reasons={"0" * 16: "Nobody asked."})
    doubted.refresh_from_db()
    assert doubted.kept == {doubt.key: REASON}
    with pytest.raises(Refused):
        sign(written(doubted, tests="XXX"))


@pytest.mark.parametrize("empty", ["", "  "])
def test_a_reason_can_be_taken_back(empty: str, doubted: Opinion) -> None:
    [doubt] = doubts_of(doubted)
    for reason in (REASON, empty):
        keeping.keep_doubts(by=doubted.author, opinion=doubted, reasons={doubt.key: reason})
    with pytest.raises(Refused):
        sign(doubted)


def test_only_its_author_keeps_a_doubt(doubted: Opinion) -> None:
    with pytest.raises(NotYours):
        keeping.keep_doubts(by=expert("other@harbour.example"), opinion=doubted, reasons={})


def test_a_question_is_declined_with_a_reason(opinion: Opinion, tmp_path: Path) -> None:
    reason = "This is a question of law, not of medicine."
    opinion = written(opinion, answer_2="", declined_2=reason)
    assert body.gaps(opinion) == []
    report = sign(opinion)
    words = " ".join(text_of(vault.read(report.blob), tmp_path).split())
    assert f"Not answered: {reason}" in words
    assert reason in str(fhir.document(report.body, opinion.case.child, report.signed_at))
    Case.objects.filter(pk=report.case_id).update(delivery_mode="to_family")
    case = Case.objects.get(pk=report.case_id)
    actions.deliver(by=case.coordinator, case=case)
    family = Person.objects.get(email="maria@familia.example")
    shown = sign_in(family).get(f"/my/cases/{case.reference}/reports/{report.number}/")
    assert f'<p>Not answered:</p><p class="pre" lang="en" dir="ltr">{reason}' in (
        shown.content.decode()
    )


@pytest.mark.parametrize(
    ("answer", "declined", "field"), [("", " ", "answer_2"), ("Yes.", "No.", "declined_2")]
)
def test_a_question_is_answered_or_declined_and_not_both(
    answer: str, declined: str, field: str, opinion: Opinion
) -> None:
    opinion = written(opinion, answer_2=answer, declined_2=declined)
    assert [gap.field for gap in body.gaps(opinion)] == [field]
    with pytest.raises(Refused):
        sign(opinion)


def test_the_pages_show_doubts_and_take_reasons(doubted: Opinion) -> None:
    browser, here = sign_in(doubted.author), f"/expert/cases/{doubted.case.reference}/"
    assert '<div data-doubts="tests"></div>' in browser.get(here).content.decode()
    [told] = browser.get(f"{here}doubts/").json()["tests"]
    assert told["quoted"] == "TODO"
    assert "left to be written" in told["sentence"]
    assert sign_in(expert("v@harbour.example")).get(f"{here}doubts/").status_code == 404
    signing = browser.get(f"{here}sign/").content.decode()
    assert f'href="{here}#tests"' in signing
    assert "Look at the preview" not in signing
    [doubt] = doubts_of(doubted)
    answer = browser.post(f"{here}sign/doubts/", {f"keep_{doubt.key}": REASON}, follow=True)
    signing = answer.content.decode()
    assert REASON in signing
    assert "Look at the preview" in signing
    doubted.refresh_from_db()
    assert doubted.kept == {doubt.key: REASON}
    typed = {f"keep_{doubt.key}": "Another reason."}
    saved = browser.post(f"{here}sign/doubts/", typed, headers={"accept": "application/json"})
    assert saved.json() == {}
    assert KeptDoubt.objects.count() == 0


def test_the_page_of_writing_asks_a_few_times(opinion: Opinion) -> None:
    browser, here = sign_in(opinion.author), f"/expert/cases/{opinion.case.reference}/"
    assert asks(browser, here) <= MOST


def test_a_declined_question_is_written_on_the_page(opinion: Opinion) -> None:
    browser, here = sign_in(opinion.author), f"/expert/cases/{opinion.case.reference}/"
    values = {"answer_1": "", "declined_1": "A lawyer answers this."}
    browser.post(f"{here}save/", values)
    shown = browser.get(here).content.decode()
    assert "<details open><summary>" in shown.partition('name="answer_1"')[2]
    assert ">A lawyer answers this.</textarea>" in shown
    assert "Question 1" not in browser.get(f"{here}sign/").content.decode()
