"""Coded diagnoses and findings: what a draft keeps, and what the signed document says."""

from pathlib import Path

import pytest

from secondopinion.coding.codes import SYSTEMS, reading
from secondopinion.core import clock, vault
from secondopinion.core.errors import Conflict, Refused
from secondopinion.demo.reports import EPILEPSY
from secondopinion.opinions import actions, body, coded, typeset
from secondopinion.opinions.models import Opinion
from tests.opinions.test_report import text_of

CODES = {
    "diagnosis_codes": "orphanet 1945\nicd-10-cm G40.009 a forged name\norphanet 1945",
    "finding_codes": "hpo HP:0012557",
    "procedure_codes": "icd-10-pcs 4A10X4Z",
    "advised_codes": "icd-10-pcs B030ZZZ",
}


def save(opinion: Opinion, base: int | None = None, **values: str) -> Opinion:
    return actions.save_draft(by=opinion.author, opinion=opinion, values=values, base_revision=base)


def test_a_draft_keeps_system_code_version_and_name_in_order(opinion: Opinion) -> None:
    held = save(opinion, **CODES).body
    assert held["diagnosis_codes"].splitlines()[0] == (
        "orphanet 1945 2025-01-16 Self-limited epilepsy with centrotemporal spikes"
    )
    assert [each.code for each in coded.chosen(held["diagnosis_codes"])] == ["1945", "G40.009"]
    assert "forged" not in held["diagnosis_codes"]
    assert held["history"] == EPILEPSY.body["history"]
    turned = save(opinion, diagnosis_codes="icd-10-cm G40.009\norphanet 1945").body
    assert turned["diagnosis_codes"].startswith("icd-10-cm G40.009 2026-04-01 Localization")
    assert body.in_words(turned)["diagnosis_codes"].endswith("spikes (Orphanet 1945)")
    assert save(opinion, diagnosis_codes="").body["diagnosis_codes"] == ""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("diagnosis_codes", "icd-10-cm X99.99"),
        ("diagnosis_codes", "icd-10-cm"),
        ("diagnosis_codes", "hpo HP:0012557"),
        ("diagnosis_codes", "../../etc passwd"),
        ("finding_codes", "icd-10-cm G40.009"),
        ("procedure_codes", "icd-10-cm G40.009"),
        ("advised_codes", "icd-10-pcs B030"),
    ],
)
def test_a_code_that_there_is_not_is_refused(opinion: Opinion, field: str, line: str) -> None:
    with pytest.raises(Refused) as refused:
        save(opinion, tests="EEG", **{field: line})
    assert (refused.value.code, refused.value.field) == ("no-such-code", field)
    assert Opinion.objects.get().body["tests"] == EPILEPSY.body["tests"]


def test_there_is_an_end_to_codes(opinion: Opinion) -> None:
    with reading("hpo") as data:
        rows = data.execute("SELECT code FROM code LIMIT ?", (coded.MOST + 1,)).fetchall()
    with pytest.raises(Refused):
        save(opinion, finding_codes="\n".join(f"hpo {code}" for [code] in rows))


def test_what_was_chosen_stays_when_the_system_changes(opinion: Opinion) -> None:
    old = "hpo HP:9999999 2019-01-01 A name of that time"
    Opinion.objects.filter(pk=opinion.pk).update(body=opinion.body | {"finding_codes": old})
    held = save(opinion, finding_codes="hpo HP:9999999\nhpo HP:0001250").body["finding_codes"]
    assert held.splitlines()[0] == old


def test_codes_of_two_windows_do_not_overwrite_each_other(opinion: Opinion) -> None:
    base, found = opinion.revision, opinion.body.get("diagnosis_codes", "")
    save(opinion, base, diagnosis_codes="orphanet 1945")
    with pytest.raises(Conflict):
        save(opinion, base, diagnosis_codes="orphanet 58")
    kept = save(opinion, base, diagnosis_codes=found)  # as this window found it: nothing to save
    assert "1945" in kept.body["diagnosis_codes"]


def test_the_signed_document_says_them(opinion: Opinion, tmp_path: Path) -> None:
    opinion = save(opinion, **CODES)
    report = actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
    assert report.body["diagnosis_codes"][0] == {
        "system": "http://www.orpha.net", "version": "2025-01-16", "code": "1945",
        "display": "Self-limited epilepsy with centrotemporal spikes", "name": "Orphanet",
    }  # fmt: skip
    assert [each["system"] for each in report.body["diagnosis_codes"]][1:] == [
        "http://hl7.org/fhir/sid/icd-10-cm"
    ]
    assert report.body["finding_codes"][0]["system"] == "http://human-phenotype-ontology.org"
    assert report.body["advised_codes"][0] == {
        "system": "http://www.cms.gov/Medicare/Coding/ICD10", "version": "2024", "code": "B030ZZZ",
        "display": "Magnetic Resonance Imaging (MRI) of Brain", "name": "ICD-10-PCS",
    }  # fmt: skip
    words = " ".join(text_of(vault.read(report.blob), tmp_path).split())
    for part in ("Self-limited epilepsy with centrotemporal spikes", "main diagnosis", "1945",
                 "Orphanet 2025-01-16", "G40.009", "ICD-10-CM 2026-04-01", "HP:0012557",
                 "HPO 2025-01-16", "CC BY 4.0", "4A10X4Z", "B030ZZZ", "ICD-10-PCS 2024",
                 "Procedures that were done, coded", "Recommended procedures, coded",
                 "human-phenotype-ontology.org"):  # fmt: skip
        assert part in words, part


def test_without_codes_the_document_says_nothing_of_them(opinion: Opinion, tmp_path: Path) -> None:
    opinion = save(opinion, **dict.fromkeys(coded.FIELDS, ""))
    words = text_of(actions.preview(by=opinion.author, opinion=opinion), tmp_path)
    assert "coded" not in words


@pytest.mark.parametrize("key", SYSTEMS)
def test_every_name_can_be_printed(key: str) -> None:
    with reading(key) as data:
        names = {char for [name] in data.execute("SELECT label FROM code") for char in name}
    assert typeset.unprintable("".join(sorted(names))) == ""
