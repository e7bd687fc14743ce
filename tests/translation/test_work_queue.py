"""Translations asked for, written, checked and shown; nobody without a part gets near them."""

from difflib import SequenceMatcher
from uuid import uuid4

import pytest
from django.test import Client

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts.models import ExpertProfile
from secondopinion.findings.models import Finding
from secondopinion.opinions.compose import facts, limitations
from secondopinion.program.models import Program
from secondopinion.records import queries as records
from secondopinion.translation import actions, queries
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
    actions.withdraw(by=whole.coordinator, translation=row)
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
        actions.withdraw(by=translator, translation=row)


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
    browser.post(address(asked, "save/"), {"text": GOOD, "finish": "1"})
    second = sign_in(reviewer)
    assert "agree" in second.get(address(asked)).content.decode()
    second.post(address(asked, "do/sign-off/"))
    asked.refresh_from_db()
    assert asked.state == TranslationState.REVIEWED
    assert second.post(address(asked, "do/nothing/")).status_code == 404


def test_the_desk_asks_from_the_page_of_the_case(
    whole: Whole, translator: Person, reviewer: Person
) -> None:
    case = whole.case
    browser = sign_in(whole.coordinator)
    record = records.for_case(case).get()
    browser.post(
        f"/desk/cases/{case.reference}/do/describe-record/",
        {"record": str(record.pk), "language": "es"},
    )
    browser.post(
        f"/desk/cases/{case.reference}/do/translate-record/",
        {
            "record": str(record.pk), "language": "en", "translator": str(translator.pk),
            "reviewer": str(reviewer.pk), "text": GOOD,
        },
    )  # fmt: skip
    row = Translation.objects.get()
    assert row.text == GOOD
    shown = browser.get(f"/desk/cases/{case.reference}/records/").content.decode()
    assert address(row) in shown


def test_sentences_of_checked_translations_come_back(
    asked: Translation, whole: Whole, translator: Person, reviewer: Person
) -> None:
    actions.sign_off(by=reviewer, translation=written(asked, translator, GOOD))
    again = actions.ask(
        by=whole.coordinator, case=whole.case, subject=records.for_case(whole.case).get(),
        title="x", original="Tos seca.\nFractura del fémur izquierdo.", source_language="es",
        language="en", translator=translator,
    )  # fmt: skip
    assert queries.remembered(again)[""] == [
        ("Fractura del fémur izquierdo.", "Fracture of the left femur.")
    ]


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
    found = queries.remembered(asked)[""]
    assert dict(found) == dict(zip(lines, text, strict=True))
    assert len(looks) < 60, "what is the same needs no look, and what is unlike gets none"
