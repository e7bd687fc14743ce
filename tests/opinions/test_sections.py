"""Sections of a report by its template: which it is, what it keeps, and what its readers get."""

import json

import pypdfium2 as pdfium
import pytest

from secondopinion.audit.queries import latest
from secondopinion.core import clock, vault
from secondopinion.core.errors import NotYours, Refused
from secondopinion.opinions import (
    actions,
    body,
    meanings,
    panels,
    sections,
    templating,
    translating,
    versions,
)
from secondopinion.opinions.models import Opinion
from secondopinion.program import actions as program
from secondopinion.program.models import Condition, Program
from secondopinion.program.queries import report_template_for
from secondopinion.program.reports import as_next_version
from secondopinion.program.sections import SECTIONS
from tests.opinions.walk import joined, words_of
from tests.web.conftest import expert, sign_in

VARIANT = "CDKL5 c.119C>T, new in the child, class 5."
SEIZURES = "Clusters of spasms on waking."


def next_version_of(key: str, **titles: str) -> None:
    """Give one template a next version in which sections have other English titles."""
    rows = SECTIONS["reports"].read()
    for place, row in enumerate(rows):
        if row["key"] == key:
            told = [
                each | {"titles": each["titles"] | {"en": titles.get(each["key"], "") or
                                                    each["titles"]["en"]}}
                for each in row["sections"]
            ]  # fmt: skip
            rows[place] = as_next_version(row | {"sections": told}, row)
    revision = Program.objects.get().revision
    program.change(by=None, section="reports", value=rows, revision=revision)


def test_a_case_has_the_template_of_its_condition_else_of_its_field(opinion: Opinion) -> None:
    field = opinion.case.specialty
    assert opinion.body["template"] == "neurology 1"
    assert report_template_for(field, "development-and-genes").key == "genetics"
    assert report_template_for(field, "epilepsy").key == "neurology"
    condition = Condition.objects.get(key="short-stature")
    assert report_template_for(condition.specialty, condition.key).key == "default"
    assert report_template_for(None, "").key == "default"


def test_nothing_written_is_dropped_and_the_version_begun_with_stays(opinion: Opinion) -> None:
    author = opinion.author
    actions.save_draft(
        by=author, opinion=opinion, base_revision=None,
        values={"section_seizures": SEIZURES, "section_nonsense": "Not of this template."},
    )  # fmt: skip
    with pytest.raises(NotYours):
        templating.choose(by=expert("x@harbour.example"), opinion=opinion, key="genetics")
    with pytest.raises(Refused):
        templating.choose(by=author, opinion=opinion, key="nonsense")
    draft = templating.choose(by=author, opinion=opinion, key="genetics")
    assert latest().filter(verb="report-template-chosen").get().detail == {"template": "genetics 1"}
    assert "section_nonsense" not in draft.body
    draft = templating.begin(by=author, opinion=draft, field="section_variants")
    assert draft.body["section_variants"].startswith("Variant and transcript:")
    assert [(gap.field, str(gap.sentence)) for gap in body.gaps(draft)] == [
        ("section_variants", "This is empty: Variants and how they are classed")
    ], "lines to begin with are not a text"
    with pytest.raises(Refused):
        templating.begin(by=author, opinion=draft, field="tests")

    next_version_of("genetics", variants="Gene changes", summary="For you")
    values = {"section_variants": f"{draft.body['section_variants']}\n{VARIANT}"}
    draft = actions.save_draft(by=author, opinion=draft, values=values, base_revision=None)
    assert body.gaps(draft) == []
    assert body.label_of("section_variants", draft.body) == "Variants and how they are classed"
    compared = versions.compared(versions.text_at(draft, 1), draft.body)
    assert {"template", "section_variants"} <= set(compared)
    assert (
        body.in_words({"template": "genetics 2"})["template"] == "Genes and metabolism, version 2"
    )
    other = expert("omar@harbour.example")
    joined(draft.case, other)
    member = panels.members(draft).get()
    panels.assign(by=author, opinion=draft, sections={str(member.pk): ["section_variants"]})
    panels.say(
        by=other, opinion=draft, verdict="agrees", dissent="", reauthenticated_at=clock.now()
    )
    draft.refresh_from_db()
    page = sign_in(author).get(f"/expert/cases/{draft.case.reference}/").content.decode()
    assert page.index('id="section_variants"') < page.index('id="section_seizures"')

    report = actions.sign(by=author, opinion=draft, reauthenticated_at=clock.now())
    assert (report.body["template"]["key"], report.body["template"]["version"]) == ("genetics", 1)
    keys = [each["key"] for each in report.body["sections"]]
    assert keys[:4] == ["summary", "answers", "limitations", "urgency"]
    assert keys[-1] == "references"
    assert {"variants", "seizures"} < set(keys)
    assert "family-tree" not in keys, "an own section that is empty"
    words = words_of(report)
    for each in (VARIANT, SEIZURES, "Variants and how they are classed", "version 1",
                 "wrote: Variants and how they are classed"):  # fmt: skip
        assert each in words
    told = bundle_of(vault.read(report.blob))["entry"][0]["resource"]["section"]
    by_title = {each["title"]: each["text"]["div"] for each in told}
    assert "CDKL5" in by_title["Variants and how they are classed"]
    assert SEIZURES in by_title["Seizures as they were seen"]
    assert {VARIANT, SEIZURES} <= set(translating.lines_of(report.body))
    turned = translating.in_language(report.body, translating.lines_of(report.body), "es")
    assert turned["panel"][0]["sections"] == ["Variantes y su clasificación"]
    shown = sections.in_document(turned)
    assert next(each for each in shown if each["key"] == "variants")["text"].endswith(VARIANT)
    actions.deliver(by=draft.case.coordinator, case=draft.case)
    family = draft.case.participations.get(role="family").person
    page = sign_in(family).get(f"/my/cases/{draft.case.reference}/reports/1/").content.decode()
    for each in ("Variants and how they are classed", "CDKL5", SEIZURES, "In plain words"):
        assert each in page


def bundle_of(data: bytes) -> dict[str, object]:
    """Return the FHIR document that is attached to a PDF."""
    pdf = pdfium.PdfDocument(data)
    files = [pdf.get_attachment(number) for number in range(pdf.count_attachments())]
    found = next(each for each in files if each.get_name() == "report.fhir.json")
    return dict(json.loads(bytes(found.get_data())))


def test_what_was_signed_before_templates_has_its_sections(opinion: Opinion) -> None:
    document = {
        "language": "en", "summary": "It is common.", "history": "Two fits.", "findings": "None.",
        "questions": [], "panel": [{"sections": ["Findings"], "dissent": ""}],
    }  # fmt: skip
    turned = translating.in_language(document, ["Es común.", "Dos crisis.", "Nada."], "es")
    assert [each["key"] for each in turned["sections"]][:5] == [
        "summary", "answers", "limitations", "urgency", "history",
    ]  # fmt: skip
    assert turned["panel"][0]["sections"] == ["Hallazgos"]
    assert meanings.meanings(document) == []
    opinion.body.pop("template")
    assert sections.template_of(opinion.body).key == "default"
