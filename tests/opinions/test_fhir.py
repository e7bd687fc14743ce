"""What is attached to a signed document for programs, judged by FHIR models that are not ours."""

import json
from typing import Any

import pypdfium2 as pdfium
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.core import clock, vault
from secondopinion.opinions import actions, amending, fhir, templating
from secondopinion.opinions.models import Opinion, SignedReport


def attached(report: SignedReport) -> dict[str, Any]:
    """Return the JSON files that are attached to a signed document."""
    pdf = pdfium.PdfDocument(vault.read(report.blob))
    files = [pdf.get_attachment(number) for number in range(pdf.count_attachments())]
    return {each.get_name(): json.loads(bytes(each.get_data())) for each in files}


def composition(report: SignedReport) -> Any:
    """Return the Composition of a document, once another's models have read the whole of it."""
    bundle = Bundle.model_validate(attached(report)["report.fhir.json"])
    assert bundle.type == "document"
    addresses = {each.fullUrl for each in bundle.entry}
    first = bundle.entry[0].resource
    for each in (first.subject, first.custodian, *first.author):
        assert each.reference in addresses
    return first


def test_a_report_is_attached_to_itself(signed: SignedReport) -> None:
    assert attached(signed)["report.json"] == signed.body
    told = composition(signed)
    assert told.status == "final"
    assert told.identifier.value == signed.code
    words = " ".join(each.text.div for each in told.section)
    for each in signed.body["questions"]:
        assert each["text"] in words
        assert each["answer"] in words
    patient = attached(signed)["report.fhir.json"]["entry"][1]["resource"]
    child = signed.case.child
    assert patient["birthDate"] == child.birth_date.isoformat()
    assert patient["name"][0]["text"] == child.full_name


def test_coded_diagnoses_and_findings_are_resources_of_their_sections(
    signed: SignedReport,
) -> None:
    told = composition(signed)
    bundle = Bundle.model_validate(attached(signed)["report.fhir.json"])
    resources = {each.fullUrl: each.resource for each in bundle.entry}
    conditions, observations = (
        [resources[each.reference] for section in told.section if section.title == title
         for each in section.entry]
        for title in ("On the diagnosis", "Findings")
    )  # fmt: skip
    codings = [each.code.coding[0] for each in conditions]
    assert [(each.system, each.code) for each in codings] == [
        ("http://www.orpha.net", "1945"), ("http://hl7.org/fhir/sid/icd-10-cm", "G40.009"),
    ]  # fmt: skip
    coding = observations[0].valueCodeableConcept.coding[0]
    assert (coding.system, coding.code) == ("http://human-phenotype-ontology.org", "HP:0012557")
    assert coding.version == "2025-01-16"


def test_coded_procedures_are_resources_of_their_sections(signed: SignedReport) -> None:
    told = composition(signed)
    bundle = Bundle.model_validate(attached(signed)["report.fhir.json"])
    resources = {each.fullUrl: each.resource for each in bundle.entry}
    done, advised = (
        [resources[each.reference] for section in told.section if section.title == title
         for each in section.entry]
        for title in ("History", "Recommended tests")
    )  # fmt: skip
    assert {type(each).__name__ for each in done} == {"Procedure"}
    assert {each.status for each in done} == {"completed"}
    [proposed] = advised
    assert (type(proposed).__name__, proposed.status, proposed.intent) == (
        "ServiceRequest", "active", "proposal",
    )  # fmt: skip
    codings = [each.code.coding[0] for each in (*done, *advised)]
    assert {each.system for each in codings} == {"http://www.cms.gov/Medicare/Coding/ICD10"}
    assert [each.code for each in codings] == ["4A00X4Z", "B030ZZZ", "4A10X4Z"]


def test_an_addendum_and_a_correction_name_what_they_belong_to(signed: SignedReport) -> None:
    author = signed.signed_by
    addendum = actions.sign_addendum(
        by=author, case=signed.case, question="When?", answer="In May.",
        reauthenticated_at=clock.now(), reasons={},
        note=lambda _addendum: None,
    )  # fmt: skip
    draft = amending.start_amendment(by=author, case=signed.case)
    actions.save_draft(by=author, opinion=draft, values={"change": "x"}, base_revision=None)
    newer = actions.sign(by=author, opinion=draft, reauthenticated_at=clock.now())
    for report, how in ((addendum, "appends"), (newer, "replaces")):
        [related] = composition(report).relatesTo
        assert (related.code, related.targetIdentifier.value) == (how, signed.code)
    assert composition(newer).status == "amended"


def test_sections_of_a_template_carry_its_codes(opinion: Opinion) -> None:
    draft = templating.choose(by=opinion.author, opinion=opinion, key="radiology")
    values = {"section_technique": "MRI at 3 T, 1 mm.", "section_comparison": "None was sent."}
    actions.save_draft(by=opinion.author, opinion=draft, values=values, base_revision=None)
    draft.refresh_from_db()
    report = actions.sign(by=opinion.author, opinion=draft, reauthenticated_at=clock.now())
    codes = {
        each.title: each.code.coding[0].code for each in composition(report).section if each.code
    }
    assert codes["Images and their quality"] == "55111-9"
    assert codes["What the images mean"] == "29548-5", "a base section keeps its own"
    assert {"18834-2", "55110-1", "11329-0"} <= set(codes.values())


@given(st.text(min_size=1))
def test_any_text_is_a_section(text: str) -> None:
    section = fhir._section("history", "History", [text])
    Bundle.model_validate(
        {
            "resourceType": "Bundle", "type": "collection",
            "entry": [{"resource": {
                "resourceType": "Composition", "status": "final", "type": {"text": "x"},
                "date": "2026-01-01", "author": [{"display": "x"}], "title": "x",
                "section": [section],
            }}],
        }
    )  # fmt: skip
