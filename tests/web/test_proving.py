"""A local provider opens a report with a one-time link and the day on which the child was born."""

import pytest
from django.test import Client

from secondopinion.accounts.models import AccessLink, Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions
from secondopinion.cases.models import LocalProvider
from secondopinion.core.errors import NotYours, Refused
from secondopinion.messaging.models import Message
from secondopinion.opinions import actions as opinions
from tests.web.conftest import Whole, person, sign_in

WRONG = {"birth_date_day": "1", "birth_date_month": "1", "birth_date_year": "2001"}


def right(whole: Whole) -> dict[str, str]:
    born = whole.case.child.birth_date
    return {f"birth_date_{part}": str(getattr(born, part)) for part in ("day", "month", "year")}


def doctor_in_english(person: Person) -> Client:
    browser = sign_in(person)
    browser.cookies["django_language"] = "en"
    return browser


def test_a_report_opens_behind_the_link_and_the_birth_date(whole: Whole) -> None:
    doctor, reference = doctor_in_english(whole.provider), whole.case.reference
    page, pdf = f"/my/cases/{reference}/reports/1/", f"/files/{reference}/reports/1.pdf"
    for address in (pdf, f"/files/{reference}/reports/1.zip"):
        assert doctor.get(address).headers["Location"] == page
    asked = doctor.get(page).content.decode()
    assert "When was the child born?" in asked
    assert "A normal brain." not in asked
    assert not whole.report.deliveries.get(to=whole.provider).opened_at, "nothing was opened"
    told = doctor.get(f"/provider/cases/{reference}/").content.decode()
    assert "Date of birth" not in told, "the page does not give away what it asks"
    refused = doctor.post(page, WRONG)
    assert refused.status_code == 400
    assert "This is not the day that we were told." in refused.content.decode()
    assert doctor.post(page, right(whole)).headers["Location"] == page
    assert "A normal brain." in doctor.get(page).content.decode()
    assert b"".join(doctor.get(pdf).streaming_content).startswith(b"%PDF-")
    assert whole.report.deliveries.get(to=whole.provider).opened_at
    assert LocalProvider.objects.get(case=whole.case).tries == 0
    assert (
        "When was the child born?" in doctor_in_english(whole.provider).get(page).content.decode()
    ), "another session asks again"


def test_five_wrong_dates_close_the_page_until_the_coordinator_opens_it(whole: Whole) -> None:
    doctor, page = doctor_in_english(whole.provider), f"/my/cases/{whole.case.reference}/reports/1/"
    before = Message.objects.filter(to=whole.coordinator).count()
    for _try in range(5):
        doctor.post(page, WRONG)
    assert doctor.get(page).status_code == 404
    links = AccessLink.objects.filter(person=whole.provider)
    assert all(each.stands != "open" for each in links)
    assert Message.objects.filter(to=whole.coordinator).count() == before + 1
    verbs = [each.verb for each in entries_for(whole.case.pk)]
    assert verbs.count("provider-not-proved") == 5
    assert "provider-shut-out" in verbs
    desk = sign_in(whole.coordinator).get(f"/desk/cases/{whole.case.reference}/people/")
    assert "A new link opens it again" in desk.content.decode()
    actions.invite_provider(by=whole.coordinator, case=whole.case)
    provider = LocalProvider.objects.get(case=whole.case)
    assert provider.tries == 0
    assert sign_in(provider.person).get(page).status_code == 200


def test_the_action_refuses_whoever_has_not_proved_it(whole: Whole) -> None:
    with pytest.raises(Refused):
        opinions.open_report(by=whole.provider, report=whole.report)
    with pytest.raises(NotYours):
        actions.prove(
            by=person("no@clinic.example"), case=whole.case,
            birth_date=whole.case.child.birth_date,
        )  # fmt: skip


def test_a_family_with_an_account_is_not_asked(whole: Whole) -> None:
    page = sign_in(whole.family).get(f"/my/cases/{whole.case.reference}/reports/1/")
    assert "A normal brain." in page.content.decode()
