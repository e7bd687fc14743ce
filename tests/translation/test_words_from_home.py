"""What families write is translated for a specialist who does not read their language."""

import pytest
from django.test import Client
from pypdfium2 import PdfDocument

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, Need
from secondopinion.core import clock, jobs
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts import actions as experts
from secondopinion.experts.reading import told_to
from secondopinion.findings.models import Finding
from secondopinion.followup import actions as followup
from secondopinion.opinions import actions as opinions
from secondopinion.opinions import compose
from secondopinion.program.models import Program
from secondopinion.translation import actions, asking, queries, withdrawing
from secondopinion.translation.models import Method, Translation, TranslationState
from tests.experts.ready import ready
from tests.opinions.walk import words_of
from tests.web.conftest import REPORT, expert, person, sign_in

IN_ENGLISH = {
    "diagnosis": "Epilepsy", "medicines": "Levetiracetam", "question-1": "Is it in the left arm?",
    "question-2": "May she swim?",
}  # fmt: skip


@pytest.fixture
def case(hospital: Program) -> Case:
    """A case written in Spanish, whose records are complete; nobody of its field reads Spanish."""
    expert("mei@harbour.example")
    person("maria@familia.example", language="es")
    made = ready()
    made.questions.filter(number=1).update(text="¿Está en el brazo izquierdo?")
    made.questions.filter(number=2).update(text="¿Puede nadar?")
    jobs.run_all()
    return made


def people() -> tuple[Person, Person]:
    """Return a translator and a reviewer."""
    return (
        person("tom@harbour.example", "translator", name="Tom Weber"),
        person("rosa@harbour.example", "translation_reviewer", name="Rosa Díaz"),
    )


def written(row: Translation, by: Person, words: dict[str, str]) -> Translation:
    """Write a translation and hand it over."""
    row = actions.save(by=by, translation=row, passages=words, base_revision=None)
    return actions.finish(by=by, translation=row)


def shown(browser: Client, address: str) -> str:
    """Return a page."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_from_the_complete_records_to_the_answer_after_the_report(case: Case) -> None:
    grace, mei = case.coordinator, Person.objects.get(email="mei@harbour.example")
    maria = case.participations.get(role="family").person
    assert grace
    tom, rosa = people()

    # Complete records put one item into the queue, for the coordinator to give to somebody.
    row = Translation.objects.get()
    assert [each["key"] for each in row.passages] == list(IN_ENGLISH)
    assert (row.source_language, row.language) == ("es", "en")
    assert Need.objects.filter(case=case, why="translate").exists()
    assert [each.pk for each in queries.queue(grace)] == [row.pk]
    assert not queries.queue(tom)
    desk = sign_in(grace)
    assert "What the family wrote" in shown(desk, "/translations/")
    desk.post(
        f"/desk/cases/{case.reference}/do/give-translation/",
        {"translation": str(row.pk), "translator": str(tom.pk), "reviewer": str(rosa.pk)},
    )
    assert not Need.objects.filter(case=case, why="translate").exists()
    assert not queries.queue(grace)

    # The specialist is told that it is on its way, and asks for no second one.
    offer = experts.offer(by=grace, case=case, expert=mei.expert)
    jobs.run_all()
    assert Translation.objects.get() == row
    specialist = sign_in(mei)
    told = shown(specialist, f"/expert/offers/{case.reference}/")
    assert "A translation from Spanish has been asked for." in told
    experts.accept(by=mei, offer=offer)

    # The translator writes field by field; a side that differs is told to the desk.
    browser, address = sign_in(tom), f"/translations/{case.reference}/{row.pk}/"
    some = {f"passage-{key}": text for key, text in IN_ENGLISH.items() if key != "question-2"}
    browser.post(f"{address}save/", {**some, "passage-question-1": "Is it in the right arm?"})
    assert "<mark>right" in shown(browser, address)
    row.refresh_from_db()
    with pytest.raises(Refused):
        actions.finish(by=tom, translation=row)
    row = written(row, tom, {"question-2": "May she swim?"})
    found = Finding.objects.get(subject_id=row.pk, state="open")
    assert (found.code, found.where["passage"]) == ("translation-laterality", "question-1")
    review = f"/expert/cases/{case.reference}/"
    before = shown(specialist, review)
    assert "Is it in the right arm?" in before
    assert "By a translator" in before
    assert "1 difference open" in before

    # The reviewer gives it back; then it is accepted.
    row = actions.send_back(by=rosa, translation=row, note="Left.")
    row = written(row, tom, {"question-1": "Is it in the left arm?"})
    row = actions.sign_off(by=rosa, translation=row)
    found.refresh_from_db()
    assert found.state == "fixed"
    assert row.method == Method.PERSON_REVIEWED
    after = shown(specialist, review)
    assert "¿Está en el brazo izquierdo?" in after
    assert "Is it in the left arm?" in after
    assert "Tom Weber" in after
    assert "Rosa Díaz" in after
    assert "has been asked for" not in after

    # The report says the family's questions in both languages.
    opinion = opinions.start_report(by=mei, case=case)
    opinion = opinions.save_draft(by=mei, opinion=opinion, values=REPORT, base_revision=None)
    report = opinions.sign(by=mei, opinion=opinion, reauthenticated_at=clock.now())
    printed = words_of(report)
    assert "¿Puede nadar?" in printed
    assert "May she swim?" in printed
    assert "checked by a second one (Tom Weber, Rosa Díaz)" in printed

    # A question after the report goes to who translated before.
    opinions.deliver(by=grace, case=case)
    question = followup.ask(by=maria, case=case, text="¿Cuándo repetimos el EEG?")
    jobs.run_all()
    second = Translation.objects.exclude(pk=row.pk).get()
    assert [each["original"] for each in second.passages] == [question.text]
    assert [each.pk for each in queries.queue(tom)] == [second.pk]
    followup.pass_to_expert(by=grace, question=question)
    answering = f"/expert/cases/{case.reference}/questions/1/"
    assert "has been asked for" in shown(specialist, answering)
    second = written(second, tom, {"follow-up-1": "When do we repeat the EEG?"})
    assert "When do we repeat the EEG?" in shown(specialist, answering)
    actions.sign_off(by=rosa, translation=second)
    question = followup.answer(
        by=mei, question=question, text="In June.", reauthenticated_at=clock.now()
    )
    assert question.addendum
    assert "When do we repeat the EEG?" in words_of(question.addendum)
    verbs = [entry.verb for entry in entries_for(case.pk)]
    assert verbs.count("translation-asked") == verbs.count("translation-reviewed") == 2


def test_who_may_give_it_and_what_becomes_of_it(case: Case) -> None:
    grace, mei = case.coordinator, Person.objects.get(email="mei@harbour.example")
    assert grace
    tom, rosa = people()
    row = Translation.objects.get()
    address = f"/translations/{case.reference}/{row.pk}/"
    for other in (tom, rosa, mei, person("carla@harbour.example", "translator")):
        assert sign_in(other).get(address).status_code == 404
        with pytest.raises(NotYours):
            actions.give(by=other, translation=row, translator=tom, reviewer=rosa)
    for translator, reviewer in ((None, rosa), (rosa, None), (tom, tom), (grace, grace)):
        with pytest.raises(Refused):
            actions.give(by=grace, translation=row, translator=translator, reviewer=reviewer)

    # A coordinator who knows both languages translates; somebody else checks.
    row = actions.give(by=grace, translation=row, translator=tom, reviewer=None)
    row = actions.give(by=grace, translation=row, translator=grace, reviewer=rosa)
    assert not queries.queue(tom)
    assert sign_in(tom).get(address).status_code == 404
    row = actions.sign_off(by=rosa, translation=written(row, grace, IN_ENGLISH))
    with pytest.raises(Conflict):
        actions.give(by=grace, translation=row, translator=tom, reviewer=None)

    # What was changed since is said to be; the desk asks for that text alone, once.
    case.questions.filter(number=2).update(text="¿Puede nadar sola?")
    beside = told_to(mei, case).beside("question-2", "¿Puede nadar sola?")
    assert beside
    assert (beside.text, beside.outdated) == ("May she swim?", True)
    assert not told_to(mei, case).beside("question-1", "¿Está en el brazo izquierdo?").outdated  # type: ignore[union-attr]
    desk, ask = sign_in(grace), f"/desk/cases/{case.reference}/do/translate-words/"
    assert desk.post(ask, {"language": "English"}).status_code == 302
    again = Translation.objects.exclude(pk=row.pk).get()
    assert [each["key"] for each in again.passages] == ["question-2"]
    with pytest.raises(Refused):
        asking.ask_for_words(by=grace, case=case, language="en")
    with pytest.raises(NotYours):
        asking.ask_for_words(by=mei, case=case, language="fr")

    # What the desk withdraws is not asked for again by itself.
    withdrawing.withdraw(by=grace, translation=again)
    assert asking.look(case.pk) == []
    assert again.pk not in {each.pk for each in queries.of_case(case)}
    page = shown(desk, f"/desk/cases/{case.reference}/request/")
    assert "The text was changed after this" in page


def test_nothing_is_asked_for_where_a_specialist_reads_the_language(hospital: Program) -> None:
    experts.describe(by=None, person=expert("mei@harbour.example").expert.person,
                     languages=["en", "es"])  # fmt: skip
    person("maria@familia.example", language="es")
    case = ready()
    jobs.run_all()
    assert not Translation.objects.exists()
    # The one who is asked in the end reads French alone.
    other = expert("daniel@harbour.example")
    experts.describe(by=None, person=other, languages=["fr"])
    experts.offer(by=case.coordinator, case=case, expert=other.expert)  # type: ignore[arg-type]
    jobs.run_all()
    row = Translation.objects.get()
    assert (row.language, row.state) == ("fr", TranslationState.REQUESTED)
    maria = case.participations.get(role="family").person
    cases.withdraw(by=maria, case=case)
    assert asking.look(case.pk) == []


def test_a_report_begins_with_the_history_in_its_own_language(case: Case) -> None:
    mei = expert("mei@harbour.example")
    grace = case.coordinator
    assert grace is not None
    Translation.objects.create(
        case=case, subject_kind="family", subject_id=case.request.pk, source_language="es",
        language="en", state=TranslationState.REVIEWED, made_by=grace, reviewed_by=mei,
        made_at=clock.now(), reviewed_at=clock.now(), asked_by=grace,
        passages=[{"key": "medicines", "original": case.request.medicines, "text": "Syrup."}],
    )  # fmt: skip
    experts.accept(by=mei, offer=experts.offer(by=grace, case=case, expert=mei.expert))
    opinion = opinions.start_report(by=mei, case=case)
    assert case.request.medicines
    assert opinion.body["history"].endswith("Syrup.")
    made = compose.document(opinion, "CODE", clock.now(), "en")
    assert made["as_told"]
    assert made["as_told_translated"]
    assert "By a translator" in made["as_told_how"]
    pages = PdfDocument(opinions.preview(by=mei, opinion=opinion))
    printed = " ".join(each.get_textpage().get_text_range() for each in pages)
    assert "in translation and not in its own words" in " ".join(printed.split())
    assert grace.full_name in printed
    page = shown(sign_in(mei), f"/expert/cases/{case.reference}/")
    assert "This is what the family says, in translation." in page
