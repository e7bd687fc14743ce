"""A page open in two tabs: the later save shows both versions, and one chooses; no JavaScript."""

import re

import pytest
from django.test import Client

from secondopinion.cases.models import Case
from tests.web.conftest import page, start
from tests.web.test_request import ANSWERS, autosave


def revision(browser: Client, case: Case, key: str) -> str:
    """Return the revision that a page carries."""
    found = re.search(
        r'name="base_revision" value="(\d+)"', browser.get(page(case, key)).content.decode()
    )
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("kept", "The first tab."),
        ("typed", "The second tab."),
        ("both", "The first tab.\n\nThe second tab."),
    ],
)
def test_the_second_save_chooses(maria: Client, choice: str, kept: str) -> None:
    case = start(maria)
    base = revision(maria, case, "story")
    maria.post(page(case, "story"), {"diagnosis": "The first tab.", "base_revision": base})
    second = {"diagnosis": "The second tab.", "medicines": "None", "base_revision": base}
    answer = maria.post(page(case, "story"), second)
    assert answer.status_code == 409
    shown = answer.content.decode()
    for text in ("The first tab.", "The second tab.", "Two versions"):
        assert text in shown
    case.request.refresh_from_db()
    assert case.request.diagnosis == "The first tab."
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    del fields["csrfmiddlewaretoken"]
    assert fields["medicines"] == "None"
    chosen = {"choose_diagnosis": choice, "choose_medicines": "typed"}
    assert maria.post(page(case, "story"), fields | chosen).status_code == 302
    case.request.refresh_from_db()
    assert case.request.diagnosis.replace("\r", "") == kept
    assert case.request.medicines == "None"


def test_what_was_typed_elsewhere_and_not_sent_counts_too(maria: Client) -> None:
    case = start(maria)
    base = revision(maria, case, "child")
    autosave(maria, case, "child", {"full_name": "Camila Fer", "base_revision": base})
    values = ANSWERS["child"] | {"base_revision": base}
    answer = maria.post(page(case, "child"), values)
    assert answer.status_code == 409
    assert "Camila Fer<" in answer.content.decode()


def test_the_same_words_in_two_tabs_are_no_conflict(maria: Client) -> None:
    case = start(maria)
    base = revision(maria, case, "child")
    values = ANSWERS["child"] | {"base_revision": base}
    for weight in ("24.5", "24,50"):
        answer = maria.post(page(case, "child"), values | {"weight_kg": weight})
        assert answer.status_code == 302
    case.request.refresh_from_db()
    assert str(case.request.weight_kg) == "24.50"


def test_two_pages_in_two_tabs_are_no_conflict(maria: Client) -> None:
    case = start(maria)
    story, child = revision(maria, case, "story"), revision(maria, case, "child")
    values = ANSWERS["child"] | {"base_revision": child}
    assert maria.post(page(case, "child"), values).status_code == 302
    saved = autosave(maria, case, "story", {"diagnosis": "x", "base_revision": story})
    assert saved.status_code == 200


def test_a_refused_page_does_not_hide_a_conflict(maria: Client) -> None:
    case = start(maria)
    base = revision(maria, case, "child")
    maria.post(page(case, "child"), ANSWERS["child"] | {"base_revision": base})
    wrong = ANSWERS["child"] | {"full_name": "Other", "sex": "", "base_revision": base}
    shown = maria.post(page(case, "child"), wrong).content.decode()
    assert f'name="base_revision" value="{base}"' in shown
    assert maria.post(page(case, "child"), wrong | {"sex": "F"}).status_code == 409
