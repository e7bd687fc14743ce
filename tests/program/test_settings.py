"""The program's settings: what is refused, what is kept, who may change them, files and logos."""

import io
import tomllib
from typing import Any

import pytest
import tomli_w
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.audit.queries import latest
from secondopinion.cases import actions as cases
from secondopinion.core import clock, colours, sandbox, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.program import actions, queries
from secondopinion.program.models import Change, DeliveryRule, Disclaimer, Program
from secondopinion.program.sections import IN_FILES, SECTIONS


@pytest.fixture
def director(hospital: Program) -> Person:
    """Somebody who may change the settings."""
    person = accounts.ensure_person(email="helen@harbour.example", full_name="Helen Park")
    accounts.grant_role(by=None, person=person, role="director")
    return person


def read(section: str) -> Any:
    """Return a section as it stands."""
    return SECTIONS[section].read()


def change(by: Person | None, section: str, value: Any) -> Program:
    """Change a section as it stands now; it holds from its transaction’s end."""
    revision = Program.objects.get().revision
    with TestCase.captureOnCommitCallbacks(execute=True):
        return actions.change(by=by, section=section, value=value, revision=revision)


def test_a_fresh_installation_has_what_is_shipped(hospital: Program) -> None:
    for section in IN_FILES:
        value = read(section)
        assert SECTIONS[section].clean(value) == value, section
    assert not Change.objects.exists()


def test_a_change_is_kept_audited_and_taken_back(director: Person) -> None:
    before = read("identity")
    after = before | {"hospital": {"en": "St Mary", "ar": "سانت ماري"}, "phone": "+44 20 7946 0000"}
    assert change(director, "identity", after).hospital == "St Mary"
    assert queries.in_language(Program.objects.get().hospitals, "ar") == "سانت ماري"
    entry = latest().filter(verb="program-changed").get()
    assert entry.detail == {"section": "identity", "revision": 1}
    kept = Change.objects.get()
    assert (kept.before, kept.by) == (before, director)
    actions.take_back(by=director, number=1, revision=1)
    assert read("identity") == before
    assert Change.objects.count() == 2


def test_a_value_that_is_the_same_is_no_change(director: Person) -> None:
    assert change(director, "terms", read("terms")).revision == 0
    assert not Change.objects.exists()


def test_who_opened_the_page_earlier_overwrites_nothing(director: Person) -> None:
    change(director, "terms", read("terms") | {"fee_amount": "700"})
    with pytest.raises(Conflict):
        actions.change(
            by=director, section="terms", value=read("terms") | {"fee_amount": "1"}, revision=0
        )
    assert read("terms")["fee_amount"] == "700.00"


@pytest.mark.parametrize("role", ["coordinator", "specialist", "privacy", "referral_coordinator"])
def test_others_change_nothing(hospital: Program, role: str) -> None:
    person = accounts.ensure_person(email="somebody@harbour.example")
    accounts.grant_role(by=None, person=person, role=role)
    with pytest.raises(NotYours):
        change(person, "terms", read("terms") | {"fee_amount": "1"})
    with pytest.raises(NotYours):
        actions.set_logo(by=person, data=b"", revision=0)


@pytest.mark.parametrize(
    ("section", "wrong", "field"),
    [
        ("identity", {"hospital": {"en": ""}}, "hospital-en"),
        ("identity", {"hospital": {"en": "X", "xx": "Y"}}, "hospital"),
        ("identity", {"email": "nobody"}, "email"),
        ("look", {"action_colour": "#7fb2ff"}, "action_colour"),
        ("look", {"action_colour": "red"}, "action_colour"),
        ("hours", {"timezone": "Mars/Olympus"}, "timezone"),
        ("hours", {"opens": "18:00"}, "closes"),
        ("hours", {"weekdays": []}, "weekdays"),
        ("hours", {"weekdays": [7]}, "weekdays"),
        ("hours", {"closures": [["2026-12-31", "2026-12-24"]]}, "closures"),
        ("terms", {"fee_amount": "-1"}, "fee_amount"),
        ("terms", {"fee_amount": "1.005"}, "fee_amount"),
        ("terms", {"fee_amount": "NaN"}, "fee_amount"),
        ("terms", {"fee_currency": "dollars"}, "fee_currency"),
        ("terms", {"follow_up_days": 0}, "follow_up_days"),
        ("targets", {"report": "soon"}, "report"),
        ("languages", {"languages": []}, "languages"),
        ("languages", {"languages": ["xx"]}, "languages"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    director: Person, section: str, wrong: dict[str, Any], field: str
) -> None:
    before = read(section)
    with pytest.raises(Refused) as refused:
        change(director, section, before | wrong)
    assert refused.value.field == field
    assert read(section) == before


@pytest.mark.parametrize(
    ("bodies", "field"),
    [
        ({"en": "We need {thing}."}, "bodies-en"),
        ({"en": "We need {item}.", "es": "Necesitamos esto."}, "bodies-es"),
        ({"en": "We need this.", "es": "Necesitamos {item}."}, "bodies-es"),
        ({"en": "We need {item}.", "es": "Necesitamos {cosa}."}, "bodies-es"),
        ({"en": "We need {item."}, "bodies-en"),
        ({"en": "We need {}."}, "bodies-en"),
    ],
)
def test_a_message_that_cannot_be_filled_in_is_refused(
    director: Person, bodies: dict[str, str], field: str
) -> None:
    row = read("templates")[0] | {"bodies": bodies}
    with pytest.raises(Refused) as refused:
        change(director, "templates", [row])
    assert refused.value.field == field


def test_one_rule_for_everywhere_stays(director: Person) -> None:
    with pytest.raises(Refused):
        change(director, "rules", [row for row in read("rules") if row["country"]])
    with pytest.raises(Refused):
        change(director, "rules", [*read("rules"), read("rules")[0]])


def test_a_case_that_was_taken_keeps_its_rule(director: Person) -> None:
    from tests.web.conftest import person, submitted

    case = submitted(person("maria@familia.example"))
    coordinator = person("grace@harbour.example", "coordinator")
    case = cases.take(by=coordinator, case=case)
    mode = case.delivery_mode
    everywhere = next(row for row in read("rules") if not row["country"] and not row["specialty"])
    change(director, "rules", [everywhere | {"mode": "not_offered"}])
    case.refresh_from_db()
    assert case.delivery_mode == mode != "not_offered"
    assert queries.delivery_rule("MX", case.specialty_id).mode == "not_offered"


def test_a_disclaimer_is_added_and_never_changed(director: Person) -> None:
    versions = read("disclaimers")
    words = {code: f"Words in {code}" for code in ("en", "es", "ar")}
    fresh = {"version": "2027-01", "in_force_from": clock.today().isoformat(), "text": words}
    change(director, "disclaimers", [*versions, fresh])
    assert queries.disclaimer("es").version == "2027-01"
    assert read("disclaimers")[0] == versions[0]
    for wrong in (
        [fresh],
        [versions[0] | {"text": words}, fresh],
        [*versions, fresh, fresh | {"version": "3", "text": {"en": "only English"}}],
    ):
        with pytest.raises(Refused):
            change(director, "disclaimers", wrong)
    with pytest.raises(Refused):
        actions.take_back(by=director, number=1, revision=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Disclaimer.objects.filter(version="2027-01").update(text="other")


def test_a_field_of_medicine_that_is_needed_stays(director: Person) -> None:
    with pytest.raises(Refused):
        change(director, "specialties", read("specialties")[1:])
    change(
        director, "specialties", [*read("specialties"), {"key": "eyes", "names": {"en": "Eyes"}}]
    )
    assert [row.key for row in queries.specialties()][-1] == "eyes"


def test_settings_go_into_a_file_and_back(director: Person) -> None:
    document = {key: read(key) for key in IN_FILES}
    document = tomllib.loads(tomli_w.dumps(document))
    assert actions.import_settings(by=None, document=document) == []
    document["terms"]["fee_amount"] = "450.00"
    document["hours"]["closures"] = [["2026-12-24", "2027-01-01"]]
    assert actions.import_settings(by=director, document=document) == ["hours", "terms"]
    assert not queries.calendar(Program.objects.get()).works_on(clock.today().replace(2026, 12, 28))
    document["terms"]["fee_amount"] = "1.00"
    document["look"]["mark_colour"] = "#ffffff"
    with pytest.raises(Refused, match="look: mark_colour"):
        actions.import_settings(by=director, document=document)
    assert read("terms")["fee_amount"] == "450.00"
    with pytest.raises(Refused, match="nonsense"):
        actions.import_settings(by=director, document={"nonsense": 1})


def picture(size: tuple[int, int] = (900, 300), kind: str = "JPEG") -> bytes:
    """Return a picture."""
    made = io.BytesIO()
    Image.new("RGB", size, "#123456").save(made, kind)
    return made.getvalue()


def test_a_logo_is_drawn_before_anything_is_locked(
    director: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    within: list[int] = []
    real = sandbox.run

    def run(*given: Any, **how: Any) -> Any:
        within.append(len(connection.savepoint_ids))  # of transactions inside the test's own
        return real(*given, **how)

    monkeypatch.setattr(sandbox, "run", run)
    actions.set_logo(by=director, data=picture(), revision=0)
    assert within == [0]


def test_a_logo_is_written_anew(director: Person) -> None:
    hidden = picture() + b"<script>alert(1)</script>"
    program = actions.set_logo(by=director, data=hidden, revision=0)
    assert program.logo is not None
    kept = vault.read(program.logo)
    assert b"script" not in kept
    assert Image.open(io.BytesIO(kept)).size == (480, 160)
    second = actions.set_logo(by=director, data=picture((64, 64), "PNG"), revision=1)
    assert second.logo is not None
    assert second.logo.space_id == program.logo.space_id
    for wrong in (b"<svg onload=alert(1)>", picture()[:200], picture((8, 8)), b"x" * 3_000_000):
        with pytest.raises(Refused):
            actions.set_logo(by=director, data=wrong, revision=2)
    assert actions.set_logo(by=director, data=b"", revision=2).logo is None
    assert actions.take_back(by=director, number=3, revision=3).logo == second.logo


def test_what_was_kept_for_ten_seconds_is_forgotten(
    director: Person, django_capture_on_commit_callbacks: Any
) -> None:
    assert queries.program().fee_amount == 600
    assert queries.targets()["report"]
    with django_capture_on_commit_callbacks(execute=True):
        change(director, "terms", read("terms") | {"fee_amount": "12"})
    assert queries.program().fee_amount == 12
    caches["memory"].clear()


def test_a_rule_asks_to_be_checked_before_a_year_is_over(hospital: Program) -> None:
    assert queries.rules_to_check() == []
    old = DeliveryRule.objects.filter(country="MX")
    old.update(checked_on=clock.today() - queries.CHECK_AGAIN)
    assert queries.rules_to_check() == list(old)


@given(st.integers(0, 0xFFFFFF))
def test_a_colour_is_taken_when_it_can_be_read(number: int) -> None:
    colour = f"#{number:06x}"
    dark = colours.for_dark(colour)
    for ground in (*colours.DARK_GROUNDS, colours.DARK_INK):
        assert colours.contrast(dark, ground) >= colours.LEAST
