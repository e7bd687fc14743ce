"""The pages of emergency access: from the reason to the privacy officer's list."""

import pytest
import time_machine
from django.test import Client

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions
from secondopinion.cases.models import EmergencyAccess, Participation
from secondopinion.core import clock
from tests.web.conftest import Whole, expert, person, sign_in
from tests.web.test_access import access_of, filled, of_cases, refused
from tests.web.test_sign_in import totp

REASON = "The family called: the child has a long seizure."
READABLE = {
    "/emergency-access/<str:reference>/", "/emergency-access/<str:reference>/end/",
    "/files/<str:reference>/records/<uuid:record>/original",
    "/files/<str:reference>/records/<uuid:record>/pages/<int:number>",
    "/files/<str:reference>/records/<uuid:record>/pages/<int:number>/small",
    "/files/<str:reference>/records/<uuid:record>/pages/<int:number>/look/",
    "/files/<str:reference>/search/", "/files/<str:reference>/search/<str:code>/",
    "/files/<str:reference>/reports/<int:number>.pdf",
}  # fmt: skip


@pytest.fixture
def daniel(whole: Whole) -> Person:
    """A specialist without a part in the case."""
    return expert("daniel@harbour.example")


def ask(browser: Client, whole: Whole, **changed: str) -> str:
    """Fill the form in and return the address where it ends."""
    with time_machine.travel(clock.now(), tick=False):  # the code is still the one that is shown
        values = {"reference": whole.case.reference, "reason": REASON, "code": totp(), **changed}
        answer = browser.post("/emergency-access/", values)
    return str(answer.get("Location", ""))


def test_a_specialist_opens_reads_and_closes_a_case(whole: Whole, daniel: Person) -> None:
    browser = sign_in(daniel)
    reference = whole.case.reference
    assert browser.get(f"/emergency-access/{reference}/").status_code == 404
    assert ask(browser, whole) == f"/emergency-access/{reference}/"
    page = browser.get(f"/emergency-access/{reference}/").content.decode()
    assert "Camila Fernández" in page
    assert "+52 33 5550 0100" in page
    assert f"/files/{reference}/records/{whole.ids['record']}/pages/1" in page
    record = f"/files/{reference}/records/{whole.ids['record']}/pages/1"
    assert browser.get(record).status_code == 200
    assert browser.get(f"/files/{reference}/reports/1.pdf").status_code == 200
    assert browser.get(f"/dicomweb/{reference}/studies").status_code == 200
    verbs = [entry.verb for entry in entries_for(whole.case.pk) if entry.actor_id == daniel.pk]
    assert {"emergency-opened", "case-opened", "page-opened", "report-opened"} <= set(verbs)
    browser.post(f"/emergency-access/{reference}/end/")
    assert browser.get(record).status_code == 404


def test_everything_else_of_the_case_stays_closed(whole: Whole, daniel: Person) -> None:
    browser = sign_in(daniel)
    ask(browser, whole)
    values = {"reference": whole.case.reference, "number": 1, **whole.ids}
    wrong = []
    for route in of_cases():
        if access_of(route) == "case" and route not in READABLE and "dicomweb" not in route:
            wrong += refused(browser, filled(route, values))
    assert not wrong


@pytest.mark.parametrize(
    "changed", [{"code": "000000"}, {"code": ""}, {"reason": ""}, {"reference": "2026-00000"}]
)
def test_what_is_not_right_opens_nothing(
    changed: dict[str, str], whole: Whole, daniel: Person
) -> None:
    assert ask(sign_in(daniel), whole, **changed) == ""
    assert not EmergencyAccess.objects.exists()
    assert not Participation.objects.filter(role="emergency").exists()


def test_a_page_that_lacks_something_does_not_use_the_code_up(whole: Whole, daniel: Person) -> None:
    browser = sign_in(daniel)
    assert ask(browser, whole, reason="") == ""
    assert ask(browser, whole)


def test_who_coordinates_asks_the_privacy_officer_first(whole: Whole) -> None:
    ruth = whole.referral_coordinator
    officer = sign_in(person("paul@harbour.example", "privacy"))
    browser = sign_in(ruth)
    assert "Ask the privacy officer" in browser.get("/emergency-access/").content.decode()
    assert (
        browser.post(
            "/emergency-access/", {"reference": "x", "reason": REASON, "code": totp()}
        ).status_code
        == 404
    )
    officer.post("/privacy/emergencies/approve/", {"person": str(ruth.pk), "give": "1"})
    assert "Open the case" in browser.get("/emergency-access/").content.decode()
    officer.post("/privacy/emergencies/approve/", {"person": str(ruth.pk), "take": "1"})
    assert "Ask the privacy officer" in browser.get("/emergency-access/").content.decode()


def test_the_privacy_officer_sees_ends_and_judges(whole: Whole, daniel: Person) -> None:
    made = actions.open_in_emergency(
        by=daniel, reference=whole.case.reference, reason=REASON, reauthenticated_at=clock.now()
    )
    officer = sign_in(person("paul@harbour.example", "privacy"))
    page = officer.get("/privacy/emergencies/").content.decode()
    assert REASON in page
    assert "Daniel" in page
    officer.post(f"/privacy/emergencies/{made.pk}/", {"verdict": "end"})
    assert sign_in(daniel).get(f"/emergency-access/{whole.case.reference}/").status_code == 404
    officer.post(f"/privacy/emergencies/{made.pk}/", {"verdict": "justified"})
    made.refresh_from_db()
    assert made.justified
    assert "Justified" in officer.get("/privacy/emergencies/").content.decode()


def test_the_coordinator_sees_the_reason_on_the_case(whole: Whole, daniel: Person) -> None:
    actions.open_in_emergency(
        by=daniel, reference=whole.case.reference, reason=REASON, reauthenticated_at=clock.now()
    )
    page = sign_in(whole.coordinator).get(f"/desk/cases/{whole.case.reference}/").content.decode()
    assert REASON in page
