"""The glossary: where its words stand, what is said of other words, and who changes it."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Route

from secondopinion import web
from secondopinion.accounts.models import Person
from secondopinion.core.errors import NotYours, Refused
from secondopinion.findings.models import Finding
from secondopinion.program import glossaries
from secondopinion.program.actions import change
from secondopinion.program.models import Change, GlossaryTerm, Program
from secondopinion.translation.checks.compare import compare
from secondopinion.translation.checks.terms import Term, standing_in
from secondopinion.translation.models import Translation
from tests.browsers import launched
from tests.translation.test_work_queue import (  # noqa: F401 - fixtures
    address,
    asked,
    reviewer,
    translator,
    whole,
    written,
)
from tests.web.conftest import person, sign_in

STATIC = Path(web.__file__).parent / "static"

ROWS = [
    {"source": "es", "target": "en", "term": "fémur", "translation": "thigh bone"},
    {"source": "es", "target": "en", "term": "Peso", "translation": "Weight"},
]


def said(original: str, translation: str, source: str, target: str, *terms: Term) -> list[str]:
    """Return the agreed words that a translation lacks."""
    found = compare(original, translation, source, target, terms).mismatches
    return [each.measured["wanted"] for each in found if each.code == "translation-term"]


@pytest.mark.parametrize(
    ("source", "target", "original", "translation", "term"),
    [
        ("es", "en", "Pide una SEGUNDA OPINION.", "She asks for a second opinion.",
         Term("segunda opinión", "second opinion")),
        ("en", "es", "Two fractures were seen.", "Se vieron dos fracturas.",
         Term("fractur*", "fractura")),
        ("en", "ar", "She wants a second opinion.", "تريد رأيًا ثانيًا.",
         Term("second opinion", "رأي ثان")),
        ("en", "zh", "The reflux is mild.", "反流轻微。", Term("reflux", "反流")),
        ("en", "es", "Apgar was 9.", "El Apgar fue 9.", Term("Apgar", "")),
        ("en", "es", "The refluxing ureter.", "El uréter.", Term("reflux", "reflujo")),
    ],
)  # fmt: skip
def test_agreed_words_are_recognised_with_their_endings(
    source: str, target: str, original: str, translation: str, term: Term
) -> None:
    assert not said(original, translation, source, target, term)


def test_other_words_than_the_agreed_ones_are_told_with_their_place() -> None:
    term = Term("segunda opinión", "second opinion")
    done = compare("Peso 3 kg.\nPide una segunda opinión.", "Weight 3 kg.\nShe asks for advice.",
                   "es", "en", [term])  # fmt: skip
    (found,) = [each for each in done.mismatches if each.code == "translation-term"]
    assert found.original
    assert (found.original.line, found.original.text) == (2, "segunda opinión")
    assert said("Apgar 9.", "Puntuación 9.", "en", "es", Term("Apgar", "")) == ["Apgar"]


def test_lines_are_found_folded_and_by_whole_words() -> None:
    terms = [Term("fémur", "thigh bone"), Term("*", "")]
    lines = standing_in("Nada\nFractura de FEMUR.\nFemural", terms[:1], "es")
    assert [(number, words) for number, _line, words in lines] == [(2, terms[:1])]


def test_who_changes_it_and_what_is_kept(hospital: Program) -> None:
    ada = person("ada@harbour.example", "administrator")
    with pytest.raises(NotYours):
        change(by=person("tom@harbour.example", "translator"), section="glossary", value=ROWS,
               revision=0)  # fmt: skip
    change(by=ada, section="glossary", value=ROWS, revision=Program.objects.get().revision)
    kept = Change.objects.get(section="glossary")
    assert kept.after == ROWS
    for wrong in (
        [ROWS[0], ROWS[0] | {"term": "FÉMUR"}], [ROWS[0] | {"target": "es"}],
        [ROWS[0] | {"term": "*"}], [ROWS[0] | {"source": "Spanish"}],
    ):  # fmt: skip
        with pytest.raises(Refused):
            change(by=ada, section="glossary", value=wrong,
                   revision=Program.objects.get().revision)  # fmt: skip


def test_the_translator_sees_them_and_the_desk_what_differs(
    asked: Translation,  # noqa: F811
    translator: Person,  # noqa: F811
) -> None:
    ada = person("ada@harbour.example", "administrator")
    change(by=ada, section="glossary", value=ROWS, revision=Program.objects.get().revision)
    browser: Client = sign_in(translator)
    shown = browser.get(address(asked)).content.decode()
    assert 'data-insert="thigh bone"' in shown
    row = written(asked, translator, "Weight 23.5 kg.\nThere is no fever.\nLeft femur broken.")
    found = Finding.objects.get(subject_id=row.pk, code="translation-term")
    assert found.measured["wanted"] == "thigh bone"


OLD_TBX = """<?xml version="1.0"?><!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en"><martifHeader/><text><body><termEntry id="1">
<langSet xml:lang="en-US"><tig><term>left  heart</term></tig></langSet>
<langSet xml:lang="es"><ntig><termGrp><term>corazón izquierdo</term></termGrp></ntig></langSet>
<langSet xml:lang="ar"><tig><term>القلب الأيسر</term></tig></langSet>
</termEntry></body></text></martif>"""
HOSTILE = """<?xml version="1.0"?><!DOCTYPE tbx [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<tbx><text><body><conceptEntry><langSec xml:lang="en"><termSec><term>&a;</term></termSec></langSec>
<langSec xml:lang="es"><termSec><term>x</term></termSec></langSec></conceptEntry></body></text>
</tbx>"""


@pytest.mark.parametrize("form", ["tbx", "tsv"])
def test_a_glossary_goes_out_and_comes_in_again(form: str) -> None:
    odd = {"source": "en", "target": "zh", "term": 'a <b> "c"\t&', "translation": "反流"}
    rows = [*ROWS, {"source": "en", "target": "ar", "term": "Apgar*", "translation": ""}, odd]
    data = glossaries.written(rows, form)
    back = glossaries.rows_of(data)
    tidy = [row | {"term": " ".join(row["term"].split())} for row in rows]
    assert back == (tidy if form == "tbx" else rows)


def test_tables_of_others_are_read() -> None:
    old = glossaries.rows_of(OLD_TBX.encode())
    assert [(row["source"], row["target"], row["term"]) for row in old] == [
        ("en", "es", "left heart"), ("en", "ar", "left heart"),
    ]  # fmt: skip
    table = "source\ttarget\tterm\ttranslation\tnote\nes\ten\tfémur\tfemur\tx\n"
    [row] = glossaries.rows_of(table.encode("utf-16"))
    assert row["translation"] == "femur"
    assert glossaries.together(ROWS, [row])[0]["translation"] == "femur"


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7", b"a\tb\n1\t2\n", b"<tbx", b"<html/>", HOSTILE.encode(), b"\x00\xff" * 99],
)
def test_what_is_no_glossary_is_refused(data: bytes) -> None:
    with pytest.raises(glossaries.NotRead):
        glossaries.rows_of(data)


def test_an_administrator_takes_a_file_in_on_the_page(hospital: Program) -> None:
    browser = sign_in(person("ada@harbour.example", "administrator"))
    before = GlossaryTerm.objects.count()
    for data, count in ((OLD_TBX.encode(), 2), (glossaries.written(ROWS, "tsv"), 4)):
        sent = SimpleUploadedFile("words.tbx", data)
        revision = Program.objects.get().revision
        browser.post("/program/glossary/file/", {"glossary": sent, "revision": revision})
        assert GlossaryTerm.objects.count() == before + count
    for form in ("tbx", "tsv"):
        given = browser.get(f"/program/glossary/file/{form}/")
        assert "fémur" in given.content.decode()
        assert "attachment" in given["Content-Disposition"]
    assert browser.get("/program/glossary/file/exe/").status_code == 404
    assert sign_in(person("tom@harbour.example", "translator")).get(
        "/program/glossary/file/tsv/").status_code == 404  # fmt: skip


def test_a_tap_puts_the_agreed_word_where_one_writes(
    asked: Translation,  # noqa: F811
    translator: Person,  # noqa: F811
) -> None:
    ada = person("ada@harbour.example", "administrator")
    change(by=ada, section="glossary", value=ROWS, revision=Program.objects.get().revision)
    shown = sign_in(translator).get(address(asked)).content

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        elif path == address(asked):
            route.fulfill(body=shown, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=503)

    with launched() as browser:
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto("http://hospital.test" + address(asked))
        field = page.locator("#text")
        field.fill("Fracture of the .")
        field.evaluate("each => each.setSelectionRange(16, 16)")
        page.locator('[data-insert="thigh bone"]').first.click()
        assert field.input_value() == "Fracture of the thigh bone."
        page.keyboard.type(" there")  # the caret stands behind the word
        assert field.input_value() == "Fracture of the thigh bone there."
