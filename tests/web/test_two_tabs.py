"""A page open in two tabs: the later save shows both versions, and one chooses; no JavaScript. A
page that is not taken keeps what was typed, and overwrites nothing."""

import re

import pytest
from django.test import Client

from secondopinion.cases.models import Case
from tests.web.conftest import page, person, sign_in, start
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


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("child", {"birth_date_day": "31", "birth_date_month": "2"}),
        ("child", {"height_cm": "999"}),
        ("provider", {"email": "lucia@clinica"}),
    ],
)
def test_a_page_that_is_not_taken_is_kept_as_it_says(
    maria: Client, key: str, change: dict[str, str]
) -> None:
    case = start(maria)
    values = ANSWERS[key] | change
    answer = maria.post(page(case, key), values | {"base_revision": "0"})
    assert "Everything that you wrote is kept." in answer.content.decode()
    elsewhere = sign_in(person("maria@familia.example")).get(page(case, key)).content.decode()
    for text in values.values():
        assert text in elsewhere
    assert 'type="radio" name="sex" value="F" id="id_sex_0" checked' in elsewhere or key != "child"
    base = re.search(r'name="base_revision" value="(\d+)"', answer.content.decode())
    assert base
    mended = ANSWERS[key] | {"base_revision": base[1]}
    assert maria.post(page(case, key), mended).status_code == 302, "it is no other version"
    case.request.refresh_from_db()
    assert key not in case.request.typed


def test_a_page_that_is_not_taken_overwrites_nothing_of_another_device(maria: Client) -> None:
    case = start(maria)
    autosave(maria, case, "provider", {"full_name": "Dr. Elsewhere"})
    wrong = ANSWERS["provider"] | {"email": "no address", "base_revision": "0"}
    shown = maria.post(page(case, "provider"), wrong).content.decode()
    assert "Everything that you wrote is kept." not in shown
    assert "This page was changed elsewhere" in shown
    assert "Dr. Elsewhere" in maria.get(page(case, "provider")).content.decode()
    answer = maria.post(page(case, "provider"), ANSWERS["provider"] | {"base_revision": "0"})
    assert answer.status_code == 409, "both versions are shown"


def test_what_a_tab_saved_itself_is_no_other_version(maria: Client) -> None:
    case = start(maria)
    base = revision(maria, case, "story")

    def saved(text: str, saver: str) -> int:
        values = {"diagnosis": text, "base_revision": base, "autosave_id": saver}
        return int(autosave(maria, case, "story", values).status_code)

    assert saved("Sent while it leaves", "0123456789abcdef.1") == 200
    assert saved("On the next page", "0123456789abcdef.3") == 200, "its own, on an older revision"
    assert saved("Overtaken", "0123456789abcdef.2") == 409
    assert saved("Another tab", "fedcba9876543210.4") == 409
    whole = {"diagnosis": "The end.", "base_revision": base, "autosave_id": "0123456789abcdef.4"}
    assert maria.post(page(case, "story"), whole).status_code == 302
    assert saved("Come back to", "0123456789abcdef.5") == 200
    case.request.refresh_from_db()
    assert case.request.typed["story"] == {"diagnosis": ["Come back to"]}
    assert case.request.diagnosis == "The end."
