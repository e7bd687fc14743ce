"""The translated report: its lines, who may sign it and when, what it says, and to whom it goes."""

import zipfile
from io import BytesIO

import pytest

from secondopinion.accounts.models import Person
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.findings.queries import limitations_for
from secondopinion.opinions import actions, packing, translating, verifying
from secondopinion.opinions.amending import start_amendment
from secondopinion.opinions.models import SignedReport
from secondopinion.opinions.queries import current_report, readable
from secondopinion.program.models import Program
from secondopinion.translation import actions as translations
from secondopinion.translation.models import Method, Translation
from secondopinion.translation.queries import parts_in
from secondopinion.web.templatetags.house import direction, isolated
from tests.opinions.walk import words_of
from tests.web.conftest import Whole, person, sign_in, whole_case


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case in its follow-up, with everybody who has a part in it."""
    return whole_case()


@pytest.fixture
def asked(whole: Whole) -> Translation:
    """A translation into Spanish that was asked for, with a translator and a reviewer."""
    return translating.ask(
        by=whole.coordinator, report=whole.report, language="es",
        translator=person("tomas@words.example", "translator", name="Tomás Gil"),
        reviewer=person("rosa@words.example", "translation_reviewer", name="Rosa Díaz"),
    )  # fmt: skip


def written(row: Translation, text: str = "") -> Translation:
    """Translate every line; each says which it is."""
    by = row.parts.get(kind="translator").person
    lines = row.original.split("\n")
    text = text or "\n".join(f"Línea {number} en español." for number in range(len(lines)))
    saved = translations.save(by=by, translation=row, text=text, base_revision=None)
    return translations.finish(by=by, translation=saved)


def reviewed(row: Translation) -> Translation:
    by = row.parts.get(kind="reviewer").person
    return translations.sign_off(by=by, translation=row)


def sign(row: Translation, by: Person) -> SignedReport:
    return translating.sign(by=by, translation=row, reauthenticated_at=clock.now())


def test_lines_go_out_and_come_back_to_their_places(signed: SignedReport) -> None:
    lines = translating.lines_of(signed.body)
    assert lines[0] == signed.body["summary"]
    made = translating.in_language(signed.body, [f"<{line}>" for line in lines], "es")
    assert made["findings"] == f"<{signed.body['findings']}>"
    assert made["questions"][1]["answer"] == f"<{signed.body['questions'][1]['answer']}>"
    assert made["questions"][1]["text"] == signed.body["questions"][1]["text"]  # the family's own
    assert (made["urgency"], made["diagnosis"]) == ("Sin prisa", "De acuerdo")
    assert " de " in made["birth_date"]
    assert signed.body["diagnosis"] == "Agrees"  # the signed one stays as it is
    with pytest.raises(Refused, match="lines"):
        translating.in_language(signed.body, lines[1:], "es")


def test_it_is_signed_as_a_translation_and_delivered_beside_the_original(
    whole: Whole, asked: Translation
) -> None:
    with pytest.raises(Refused):
        sign(asked, whole.coordinator)
    row = written(asked)
    assert not [each for each in limitations_for(whole.case) if each.check == "translation"]
    with pytest.raises(Refused, match="reviewer"):  # numbers of the lines are not in the original
        sign(row, whole.coordinator)
    row = reviewed(row)
    with pytest.raises(NotYours):
        sign(row, whole.specialist)
    with pytest.raises(Refused):
        translating.sign(by=whole.coordinator, translation=row, reauthenticated_at=None)
    made = sign(row, whole.coordinator)
    words = words_of(made)
    for each in ("Línea 0 en español.", "Tomás Gil", "Rosa Díaz", whole.report.code, made.code,
                 "vale el original", "Sin prisa"):  # fmt: skip
        assert each in words, each
    assert "A normal brain" not in words
    assert made.language == "es"
    assert made.body["translation"]["of"] == whole.report.code
    assert {each.to for each in made.deliveries.all()} == {
        each.to for each in whole.report.deliveries.all()
    }
    assert current_report(whole.case) == whole.report
    found = verifying.verify_code(made.code)
    assert found is not None
    assert str(found.kind) == "Translation"
    assert whole.coordinator.full_name not in found.signer
    with pytest.raises(Conflict):
        sign(row, whole.coordinator)
    assert list(readable(whole.case, whole.family).filter(unread=True))[-1] == made


def test_a_machine_needs_a_reviewer_and_a_language_must_be_spoken(whole: Whole) -> None:
    told = {"by": whole.coordinator, "report": whole.report}
    translator = person("tomas@words.example", "translator")
    with pytest.raises(Refused, match="languages"):
        translating.ask(**told, language="hi", translator=translator, reviewer=None)
    with pytest.raises(Refused, match="reviewer"):
        translating.ask(**told, language="es", translator=translator, reviewer=None, machine=True)
    row = translating.ask(**told, language="es", translator=translator, reviewer=None)
    row = written(row, row.original)
    row.method = Method.MACHINE
    assert "machine" in translating.obstacle(row).lower()


def test_what_the_checks_doubt_and_nobody_reviews_gets_a_reviewer(whole: Whole) -> None:
    tomas = person("tomas@words.example", "translator", "translation_reviewer", name="Tomás Gil")
    row = written(translating.ask(
        by=whole.coordinator, report=whole.report, language="es", translator=tomas, reviewer=None,
    ))  # fmt: skip
    assert "doubt" in translating.obstacle(row)
    rosa = person("rosa@words.example", "translation_reviewer", name="Rosa Díaz")
    other = person("other@words.example", "translation_reviewer")
    for nobody in (None, tomas, whole.specialist):
        with pytest.raises(Refused):
            translations.name_reviewer(by=whole.coordinator, translation=row, reviewer=nobody)
    with pytest.raises(NotYours):
        translations.name_reviewer(by=whole.specialist, translation=row, reviewer=rosa)
    translations.name_reviewer(by=whole.coordinator, translation=row, reviewer=other)
    desk, place = sign_in(whole.coordinator), f"/desk/cases/{whole.case.reference}/"
    assert "Name a reviewer" in desk.get(f"{place}translations/").content.decode()
    desk.post(f"{place}do/name-reviewer/", {"translation": str(row.pk), "reviewer": str(rosa.pk)})
    assert parts_in(row, other) == set()
    row = translations.send_back(by=rosa, translation=row, note="Numbers of lines are not in it.")
    assert "translator" in parts_in(row, tomas), "it is open again to who translates it"
    row = translations.finish(by=tomas, translation=row)
    row = translations.sign_off(by=rosa, translation=row)
    assert translating.obstacle(row) == ""
    with pytest.raises(Conflict):
        translations.name_reviewer(by=whole.coordinator, translation=row, reviewer=other)


def test_a_translator_of_a_report_does_not_change_its_original(
    whole: Whole, asked: Translation
) -> None:
    by = asked.parts.get(kind="translator").person
    page = f"/translations/{whole.case.reference}/{asked.pk}/"
    browser, before = sign_in(by), asked.original
    assert 'name="original"' not in browser.get(page).content.decode()
    browser.post(f"{page}save/", {"text": "Otra cosa.", "original": "Another thing."})
    asked.refresh_from_db()
    assert (asked.text, asked.original) == ("Otra cosa.", before)


def test_one_file_holds_the_report_its_translation_and_its_images(
    whole: Whole, asked: Translation
) -> None:
    sign(reviewed(written(asked)), whole.coordinator)
    with zipfile.ZipFile(
        BytesIO(packing.packed(by=whole.provider, report=whole.report, proven=True))
    ) as pack:
        names = pack.namelist()
    assert [name.rpartition("-")[2] for name in names] == ["en.pdf", "es.pdf"]
    assert not readable(whole.case, whole.provider).filter(unread=True).exists()
    stranger = person("stranger@familia.example")
    assert not readable(whole.case, stranger).exists()


def test_an_amendment_outdates_the_translation_too(whole: Whole, asked: Translation) -> None:
    made = sign(reviewed(written(asked)), whole.coordinator)
    draft = start_amendment(by=whole.specialist, case=whole.case)
    draft = actions.save_draft(
        by=whole.specialist, opinion=draft, values={"change": "A word."}, base_revision=None
    )
    actions.sign(by=whole.specialist, opinion=draft, reauthenticated_at=clock.now())
    assert readable(whole.case, whole.family).get(pk=made.pk).replaced
    found = verifying.verify_code(made.code)
    assert found is not None
    assert found.replaced_on is not None


def test_a_name_at_the_beginning_turns_no_paragraph() -> None:
    assert direction("أمينة has epilepsy.") == "ltr"
    assert isolated("من 20–40 mg") == "من \u206620–40\u2069 mg"
    assert isolated("40 mg/kg, 2 x") == "40 mg/kg, 2 x"
    assert isolated("Ki-67: 20–40") == "Ki-67: 20–40"  # no right-to-left letter, no mark
    for whole in ("Ki-67", "CD3+", "10^9/l", "×10⁹/L", "11.0–14.0", "+966 11 222", "-2.5", "15%"):
        assert isolated(f"كلمة {whole}.") == f"كلمة \u2066{whole}\u2069."
    assert direction([("CD3+ ", 0), ("إيجابي في العينة", 1)]) == "rtl"
    assert direction("Levetiracetam يؤخذ مساء كل يوم مع الطعام") == "rtl"
