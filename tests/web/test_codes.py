"""Codes on the page of a report: searched while typing, chosen without a script, never in an
address."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.opinions.models import Opinion
from secondopinion.program.models import Program
from tests.opinions.walk import to_review
from tests.web.conftest import sign_in


@pytest.fixture
def case(hospital: Program) -> Case:
    """A case in review, its report begun."""
    case, specialist = to_review()
    sign_in(specialist).get(reverse("review", args=[case.reference]))
    return case


@pytest.fixture
def browser(case: Case) -> Client:
    """The browser of its specialist."""
    return sign_in(Opinion.objects.get().author)


def find(browser: Client, case: Case, words: str, field: str = "finding_codes") -> Any:
    return browser.post(reverse("codes", args=[case.reference, field]), {"words": words})


def save(browser: Client, case: Case, **values: Any) -> Any:
    return browser.post(reverse("report-save", args=[case.reference]), values)


def test_what_is_typed_is_found(browser: Client, case: Case) -> None:
    before = len(entries_for(case.pk))
    answer = find(browser, case, "hay fev")
    assert answer.headers["Content-Type"] == "application/json"
    [hit] = json.loads(answer.content)["hits"]
    assert hit == {
        "value": "hpo HP:0003193", "system": "HPO", "code": "HP:0003193",
        "label": "Allergic rhinitis", "by": "Hay fever", "lay": True,
    }  # fmt: skip
    assert len(entries_for(case.pk)) == before  # each letter would be an entry


def test_it_is_searched_by_post_for_its_specialist_alone(browser: Client, case: Case) -> None:
    assert browser.get(reverse("codes", args=[case.reference, "finding_codes"])).status_code == 405
    assert find(browser, case, "seizure", "history").status_code == 404
    coordinator = case.coordinator
    assert coordinator
    assert find(sign_in(coordinator), case, "seizure").status_code == 404
    assert find(Client(), case, "seizure").status_code == 404


def test_codes_are_chosen_without_a_script(browser: Client, case: Case) -> None:
    shown = save(
        browser, case, tests="EEG", find="diagnosis_codes", diagnosis_codes_words="rolandic spike",
        finding_codes_words="",
    )  # fmt: skip
    assert shown.status_code == 200
    assert "No code has these words" in shown.content.decode()
    shown = save(browser, case, find="diagnosis_codes", diagnosis_codes_words="centrotemporal spik")
    page = shown.content.decode()
    revision = re.search(r'name="base_revision" value="(\d+)"', page)
    assert revision
    assert 'value="orphanet 1945"' in page
    answer = save(
        browser, case, base_revision=revision[1],
        diagnosis_codes=["", "orphanet 1945", "icd-10-cm G40.0"],
    )  # fmt: skip
    assert answer.status_code == 302
    held = Opinion.objects.get().body
    assert held["tests"] == "EEG"
    assert [line.split()[1] for line in held["diagnosis_codes"].splitlines()] == ["1945", "G40.0"]
    report = browser.get(reverse("review", args=[case.reference])).content.decode()
    assert report.count("main diagnosis</span>") == 1
    assert re.search(r'value="orphanet 1945" checked', report)
    save(browser, case, diagnosis_codes=[""])
    assert Opinion.objects.get().body["diagnosis_codes"] == ""


def test_a_forged_code_is_refused(browser: Client, case: Case) -> None:
    answer = browser.post(
        reverse("report-save", args=[case.reference]), {"finding_codes": ["", "hpo HP:1"]},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert json.loads(answer.content)["code"] == "no-such-code"
