"""Translations asked for, written, checked and shown; nobody without a part gets near them."""

from difflib import SequenceMatcher
from uuid import uuid4

import pytest
from django.test import Client

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts.models import ExpertProfile
from secondopinion.findings.models import Finding
from secondopinion.opinions.compose import facts, limitations
from secondopinion.program.models import Program
from secondopinion.records import queries as records
from secondopinion.records.models import Record
from secondopinion.translation import actions, keeping, memory, queries, withdrawing
from secondopinion.translation.models import Method, Translation, TranslationState
from tests.web.conftest import Whole, person, sign_in, whole_case

ORIGINAL = "Peso 23,5 kg.\nNo hay fiebre.\nFractura de fémur izquierdo."
GOOD = "Weight 23.5 kg.\nThere is no fever.\nFracture of the left femur."
BAD = GOOD.replace("left", "right")


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case taken to its end."""
    return whole_case()


@pytest.fixture
def translator(hospital: Program) -> Person:
    """A translator."""
    return person("tom@harbour.example", "translator", name="Tom Weber")


@pytest.fixture
def reviewer(hospital: Program) -> Person:
    """Somebody who checks translations."""
    return person("rosa@harbour.example", "translation_reviewer", name="Rosa Díaz")


@pytest.fixture
def asked(whole: Whole, translator: Person, reviewer: Person) -> Translation:
    """A translation that was asked for."""
    record = records.for_case(whole.case).get()
    return actions.ask(
        by=whole.coordinator, case=whole.case, subject=record, title=record.title,
        original=ORIGINAL, source_language="es", language="en", translator=translator,
        reviewer=reviewer,
    )  # fmt: skip


def address(row: Translation, more: str = "") -> str:
    """Return an address of a translation."""
    return f"/translations/{row.case.reference}/{row.pk}/{more}"


def written(row: Translation, by: Person, text: str) -> Translation:
    """Write a translation and hand it over."""
    return actions.finish(
        by=by, translation=actions.save(by=by, translation=row, text=text, base_revision=None)
    )


def test_from_asking_to_the_report(
    asked: Translation, whole: Whole, translator: Person, reviewer: Person
) -> None:
    assert [row.pk for row in queries.queue(translator)] == [asked.pk]
    assert not queries.queue(reviewer)
    row = written(asked, translator, GOOD)
    assert [each.pk for each in queries.queue(reviewer)] == [asked.pk]
    assert not Finding.objects.filter(subject_id=row.pk)
    row = actions.sign_off(by=reviewer, translation=row)
    assert row.method == Method.PERSON_REVIEWED
    assert "Tom Weber, Rosa Díaz" in facts(whole.case)["records"][0]["read"]
    verbs = {entry.verb for entry in entries_for(whole.case.pk)}
    assert {"translation-asked", "translation-written", "translation-reviewed"} <= verbs


def test_what_the_checks_find_limits_the_report_until_it_is_mended(
    asked: Translation, whole: Whole, translator: Person, reviewer: Person
) -> None:
    row = written(asked, translator, BAD)
    found = Finding.objects.get(subject_id=row.pk)
    assert found.code == "translation-laterality"
    assert found.where["translation"]["text"] == "right"
    assert "translation-laterality" in {
        each["code"] for each in limitations(whole.case, {})["found"]
    }
    row = actions.send_back(by=reviewer, translation=row, note="Left, not right.")
    row = written(row, translator, GOOD)
    found.refresh_from_db()
    assert found.state == "fixed"
    assert row.state == TranslationState.WRITTEN


def test_a_withdrawn_translation_leaves_nothing_open(
    asked: Translation, whole: Whole, translator: Person
) -> None:
    row = written(asked, translator, BAD)
    withdrawing.withdraw(by=whole.coordinator, translation=row)
    assert not Finding.objects.filter(subject_id=row.pk, state="open")
    whole.case.records.update(language="es")
    assert facts(whole.case)["records"][0]["read"] == "not translated", "she does not read Spanish"
    ExpertProfile.objects.filter(person=whole.specialist).update(languages=["en", "es"])
    assert facts(whole.case)["records"][0]["read"] == "read in the original"
    assert sign_in(translator).get(address(row)).status_code == 404


def test_nobody_does_what_is_anothers_part(
    asked: Translation, whole: Whole, translator: Person, reviewer: Person
) -> None:
    for by in (reviewer, whole.coordinator, whole.specialist, whole.family):
        with pytest.raises(NotYours):
            actions.save(by=by, translation=asked, text="x", base_revision=None)
    row = written(asked, translator, GOOD)
    for by in (translator, whole.coordinator, whole.family):
        with pytest.raises(NotYours):
            actions.sign_off(by=by, translation=row)
    with pytest.raises(Conflict):
        actions.save(by=translator, translation=row, text="late", base_revision=None)
    with pytest.raises(NotYours):
        withdrawing.withdraw(by=translator, translation=row)


def test_a_second_window_does_not_overwrite_the_first(
    asked: Translation, translator: Person
) -> None:
    actions.save(by=translator, translation=asked, text="one", base_revision=0)
    with pytest.raises(Conflict):
        actions.save(by=translator, translation=asked, text="two", base_revision=0)
    asked.refresh_from_db()
    assert asked.text == "one"


def test_only_fitting_people_and_languages_are_asked(
    whole: Whole, translator: Person, reviewer: Person
) -> None:
    record = records.for_case(whole.case).get()
    wrong = (
        {"translator": reviewer}, {"translator": None}, {"reviewer": translator},
        {"language": "es"}, {"source_language": ""}, {"language": "zz", "machine": True},
    )  # fmt: skip
    for each in wrong:
        given = {
            "title": "x", "original": "", "source_language": "es", "language": "en",
            "translator": translator, "reviewer": reviewer, **each,
        }  # fmt: skip
        with pytest.raises(Refused):
            actions.ask(by=whole.coordinator, case=whole.case, subject=record, **given)
    assert not Translation.objects.exists()


def test_a_part_in_a_translation_opens_it_and_nothing_else(
    asked: Translation, whole: Whole, translator: Person, reviewer: Person
) -> None:
    reference = whole.case.reference
    record = whole.ids["record"]
    for by in (translator, reviewer):
        browser = sign_in(by)
        assert browser.get(address(asked)).status_code == 200
        assert browser.get(address(asked, "pages/1")).status_code == 200
        for other in (
            f"/my/cases/{reference}/", f"/desk/cases/{reference}/", f"/expert/cases/{reference}/",
            f"/files/{reference}/records/{record}/pages/1", f"/files/{reference}/reports/1.pdf",
            f"/dicomweb/{reference}/studies", f"/translations/{reference}/{uuid4()}/",
        ):  # fmt: skip
            assert browser.get(other).status_code == 404, other
    for by in (whole.coordinator, whole.specialist):
        assert sign_in(by).get(address(asked)).status_code == 200
    others = (whole.family, whole.provider, person("new@harbour.example", "translator"), None)
    for by in others:
        assert sign_in(by).get(address(asked)).status_code == 404
        assert sign_in(by).post(address(asked, "save/"), {"text": "x"}).status_code == 404


def test_the_pages_take_a_translation_through(
    asked: Translation, translator: Person, reviewer: Person
) -> None:
    browser: Client = sign_in(translator)
    assert asked.title in browser.get("/translations/").content.decode()
    saved = browser.post(
        address(asked, "save/"), {"text": BAD, "base_revision": "0"},
        headers={"accept": "application/json"},
    )  # fmt: skip
    assert saved.json() == {"revision": 1}
    shown = browser.get(address(asked)).content.decode()
    assert "<mark>right" in shown
    assert "<mark>izquierdo" in shown
    asks = browser.post(address(asked, "save/"), {"text": BAD, "finish": "1"})
    assert "as it is?" in asks.content.decode()
    asked.refresh_from_db()
    assert asked.state == TranslationState.DRAFT, "nothing is handed over before the answer"
    browser.post(address(asked, "save/"), {"text": GOOD, "finish": "1"})
    second = sign_in(reviewer)
    assert "The checks found no difference" in second.get(address(asked)).content.decode()
    second.post(address(asked, "do/sign-off/"))
    asked.refresh_from_db()
    assert asked.state == TranslationState.REVIEWED
    assert second.post(address(asked, "do/nothing/")).status_code == 404


def test_the_desk_asks_on_a_page_that_takes_over_the_language_and_keeps_what_was_typed(
    whole: Whole, translator: Person, reviewer: Person
) -> None:
    record = records.for_case(whole.case).get()
    browser, page = sign_in(whole.coordinator), f"/desk/cases/{whole.case.reference}/"
    assert f"{page}records/translate/" in browser.get(f"{page}records/").content.decode()
    given = {
        "record": str(record.pk), "language": "en", "translator": str(translator.pk),
        "reviewer": str(reviewer.pk), "text": GOOD,
    }  # fmt: skip
    lacks = browser.post(f"{page}records/translate/", given)
    assert lacks.status_code == 400
    assert "in which language the record is" in lacks.content.decode()
    assert GOOD.splitlines()[0] in lacks.content.decode(), "what was typed is kept"
    assert 'name="machine"' not in lacks.content.decode(), "no machine is here"
    Record.objects.filter(pk=record.pk).update(suggested={"language": ["es", 1.0]})
    assert browser.post(f"{page}records/translate/", given).status_code == 302
    row = Translation.objects.get()
    assert (row.text, row.source_language, row.method) == (GOOD, "es", Method.CAME)
    record.refresh_from_db()
    assert record.language == "es"
    assert address(row) in browser.get(f"{page}records/").content.decode()


def test_a_difference_stays_with_a_reason_and_the_rest_is_told_beside_the_link(
    asked: Translation, whole: Whole, translator: Person
) -> None:
    asked.parts.filter(kind="reviewer").update(until=clock.now())
    text = BAD.replace("23.5", "25.3")
    browser = sign_in(translator)
    browser.post(address(asked, "save/"), {"text": text})
    asked.refresh_from_db()
    number, side = keeping.differences(asked)
    with pytest.raises(Refused):
        keeping.keep(by=translator, translation=asked, key=number.key, why=" ")
    with pytest.raises(Conflict):
        keeping.keep(by=translator, translation=asked, key="gone", why="It is so.")
    why = {"key": number.key, "reason": "He was weighed again."}
    browser.post(address(asked, "do/keep/"), why)
    assert browser.post(address(asked, "do/hand-over/")).status_code == 200, "it asks"
    assert browser.post(address(asked, "do/hand-over/"), {"sure": "1"}).status_code == 302
    [found] = Finding.objects.filter(subject_id=asked.pk)
    assert found.measured["key"] == side.key
    expert = sign_in(whole.specialist)
    review = expert.get(f"/expert/cases/{whole.case.reference}/").content.decode()
    assert "Not checked by a second person, 1 difference open" in review
    assert f"translation, line 3</a>: {found.message}" in review
    assert f"{address(asked)}#difference-{side.key}" in review
    shown = expert.get(address(asked)).content.decode()
    assert f'id="difference-{side.key}"' in shown
    assert "He was weighed again." in shown
    assert "Handed over, not checked" in shown
    assert "To be checked" not in shown
    assert 'href="/translations/"' not in shown, "it is not hers"
    assert found.advice not in shown, "she cannot correct it"


def test_the_reason_for_one_line_says_nothing_of_another(
    asked: Translation, translator: Person
) -> None:
    Translation.objects.filter(pk=asked.pk).update(
        original="Fenitoína: 5 mg hoy.\nSodio alto.\nClobazam: 5 mg mañana."
    )
    missing = "Phenytoin: today.\nSodium is high.\nClobazam: tomorrow."
    row = actions.save(by=translator, translation=asked, text=missing, base_revision=None)
    first, second = keeping.differences(row)
    why = "The family says so."
    row = keeping.keep(by=translator, translation=row, key=first.key, why=why)
    mended = missing.replace("Phenytoin:", "Phenytoin: 5 mg")
    row = actions.save(by=translator, translation=row, text=mended, base_revision=None)
    [left] = keeping.differences(row)
    assert left.key == second.key
    assert left.is_open


def test_a_withdrawn_translation_is_put_back_as_it_was(
    asked: Translation, whole: Whole, translator: Person, reviewer: Person
) -> None:
    row = written(asked, translator, BAD)
    desk, act = sign_in(whole.coordinator), f"/desk/cases/{whole.case.reference}/do/"
    desk.post(f"{act}withdraw-translation/", {"translation": str(row.pk)})
    assert not queries.queue(reviewer)
    assert sign_in(whole.specialist).get(address(row)).status_code == 404
    page = desk.get(f"/desk/cases/{whole.case.reference}/records/").content.decode()
    assert "put-back-translation" in page
    desk.post(f"{act}put-back-translation/", {"translation": str(row.pk)})
    row.refresh_from_db()
    assert row.state == TranslationState.WRITTEN
    assert [each.pk for each in queries.queue(reviewer)] == [row.pk]
    assert Finding.objects.filter(subject_id=row.pk, state="open").count() == 1
    with pytest.raises(Conflict):
        withdrawing.put_back(by=whole.coordinator, translation=row)


def test_only_the_same_line_comes_back_whole_and_of_a_similar_one_nothing_of_its_own(
    asked: Translation, whole: Whole, translator: Person, reviewer: Person
) -> None:
    first = (
        "Historia clínica: 448812\nFecha de nacimiento: 30/11/2014\nPaciente: Mateo Gómez\n"
        "Fractura de fémur izquierdo."
    )
    Translation.objects.filter(pk=asked.pk).update(original=first)
    text = (
        "Hospital record: 448812\nBorn on 30 November 2014\nPatient: Mateo Gómez\n"
        "Fracture of the left femur."
    )
    actions.sign_off(by=reviewer, translation=written(asked, translator, text))
    again = actions.ask(
        by=whole.coordinator, case=whole.case, subject=records.for_case(whole.case).get(),
        title="x", source_language="es", language="en", translator=translator,
        original="Tos seca.\nHistoria clínica: 559021\nFecha de nacimiento: 02/05/2017\n"
        "Paciente: Mateo Gomes\nFractura de fémur izquierdo.",
    )  # fmt: skip
    record, born, patient, fracture = memory.remembered(again)[""]
    assert fracture == ("Fractura de fémur izquierdo.", [("Fractura de fémur izquierdo.", False)],
                        "Fracture of the left femur.", True)  # fmt: skip
    assert (record.text, record.same) == ("Hospital record: …", False)
    assert ("448812", True) in record.earlier
    assert (born.text, born.same) == ("Born on …", False)
    assert (patient.text, patient.same) == ("Patient: Mateo …", False)
    shown = sign_in(translator).get(address(again)).content.decode()
    assert 'data-insert="Fracture of the left femur."' in shown
    assert shown.count("data-insert=") == 1, "what is only similar is not put in"


def test_a_long_text_beside_many_known_sentences_is_looked_through_once(
    asked: Translation, translator: Person, reviewer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known is compared closely only where it can be alike: no page takes minutes."""
    lines = [f"Resultado número {n}: sodio {n} mmol/L, potasio {n % 7} mmol/L." for n in range(60)]
    text = [f"Result number {n}: sodium {n} mmol/L, potassium {n % 7} mmol/L." for n in range(60)]
    Translation.objects.filter(pk=asked.pk).update(original="\n".join(lines))
    asked.refresh_from_db()
    actions.sign_off(by=reviewer, translation=written(asked, translator, "\n".join(text)))
    asked.pk, asked.original = uuid4(), "\n".join([*lines, "Nada que se parezca."])
    looks: list[str] = []
    real = SequenceMatcher.ratio
    monkeypatch.setattr(SequenceMatcher, "ratio", lambda self: looks.append(self.a) or real(self))
    found = {each.line: each.text for each in memory.remembered(asked)[""] if each.same}
    assert found == dict(zip(lines, text, strict=True))
    assert len(looks) < 60, "what is the same needs no look, and what is unlike gets none"
