"""Letters in two languages are signed like other papers; what stands still is reminded of."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case, Need
from secondopinion.cases.states import Why
from secondopinion.core import clock, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.messaging.models import Message
from secondopinion.opinions import verifying
from secondopinion.program.models import Program
from secondopinion.referrals import actions, letters, reminding, selecting
from secondopinion.referrals.models import Letter
from tests.archival import broken
from tests.opinions.walk import words_of
from tests.web.conftest import Whole, sign_in, whole_case


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case with a report and a referral that waits."""
    return whole_case()


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize("kind", Letter.Kind.values)
def test_every_letter_is_there_in_every_language_of_the_product(kind: str, language: str) -> None:
    template = letters._templates()[kind][language]
    assert template["title"]
    assert "{child}" in template["text"]


def test_a_letter_is_edited_signed_and_given_to_the_family(whole: Whole) -> None:
    Case.objects.filter(pk=whole.case.pk).update(language="ar")
    referral, ruth = whole.case.referrals.get(), whole.referral_coordinator
    browser = sign_in(ruth)
    here = f"/desk/cases/{whole.case.reference}/referrals/1/"
    browser.post(f"{here}letters/", {"kind": "travel"})
    letter = Letter.objects.get()
    assert [each["language"] for each in letter.parts] == ["en", "ar"]
    assert "Camila Fernández" in letter.parts[0]["text"]
    assert "{" not in letter.parts[1]["text"]
    page = f"{here}letters/{letter.pk}/"
    assert "Support" not in browser.get(page).content.decode().partition("<form")[0]
    with pytest.raises(Refused, match="left open"):
        letters.sign(by=ruth, letter=letter, reauthenticated_at=clock.now())
    words, arabic = (
        each["text"].replace(letters.GAP, "14 January 2030") for each in letter.parts
    )  # fmt: skip
    browser.post(page, {"text_en": words, "text_ar": arabic, "keep": "1"})
    letter.refresh_from_db()
    assert "14 January 2030" in letter.parts[0]["text"]
    with pytest.raises(Refused):
        letters.save(by=ruth, letter=letter, texts={"en": " "})
    with pytest.raises(Refused):
        letters.sign(by=ruth, letter=letter, reauthenticated_at=None)
    with pytest.raises(NotYours):
        letters.sign(by=whole.family, letter=letter, reauthenticated_at=clock.now())
    report = letters.sign(by=ruth, letter=letter, reauthenticated_at=clock.now())
    assert "14 January 2030" in words_of(report)
    assert "To whom it may concern" in words_of(report)
    assert broken(vault.read(report.blob)) == []
    found = verifying.verify_code(report.code)
    assert found
    assert found.holds
    with pytest.raises(Conflict):
        letters.sign(by=ruth, letter=letter, reauthenticated_at=clock.now())
    family = sign_in(whole.family)
    shown = family.get(f"/my/cases/{whole.case.reference}/reports/{report.number}/")
    assert "14 January 2030" in shown.content.decode()
    assert sign_in(whole.provider).get(
        f"/my/cases/{whole.case.reference}/reports/{report.number}/"
    ).status_code == 404  # fmt: skip
    assert "Letter" in browser.get(here).content.decode()
    assert any(each.kind == "reports" and each.key == str(report.number)
               for each in selecting.items(referral))  # fmt: skip


def test_the_letter_for_a_visa_begins_with_the_names_that_its_readers_can_read(
    whole: Whole,
) -> None:
    Case.objects.filter(pk=whole.case.pk).update(language="ar")
    whole.case.refresh_from_db()
    accounts.describe(
        by=whole.family, person=whole.family, full_name="أمينة الحسن", latin_name="Amina Al Hassan"
    )
    referral = whole.case.referrals.get()
    referral.visit_at = datetime(2030, 1, 15, 3, tzinfo=UTC)
    Program.objects.update(timezone="America/New_York")
    caches["memory"].clear()
    letter = letters.begin(by=whole.referral_coordinator, referral=referral, kind="travel")
    english, arabic = (each["text"] for each in letter.parts)
    assert "Planned visit: 14 January 2030" in english, "the day of the hospital"
    assert "Accompanied by: Amina Al Hassan (أمينة الحسن)" in english
    assert "أمينة الحسن (Amina Al Hassan)" in arabic
    report = letters.sign(
        by=whole.referral_coordinator, letter=letter, reauthenticated_at=clock.now()
    )
    page = sign_in(whole.family).get(f"/my/cases/{whole.case.reference}/").content.decode()
    assert report.body["parts"][0]["title"] in page, "a family sees which letter it is"


def test_the_letter_to_the_clinic_goes_with_its_referral(whole: Whole) -> None:
    referral, ruth = whole.case.referrals.get(), whole.referral_coordinator
    letter = letters.begin(by=ruth, referral=referral, kind="referral")
    report = letters.sign(by=ruth, letter=letter, reauthenticated_at=clock.now())
    referral.refresh_from_db()
    assert report.number in referral.selection["reports"]
    referral.visit_at = clock.now()
    travel = letters.begin(by=ruth, referral=referral, kind="travel")
    other = letters.sign(by=ruth, letter=travel, reauthenticated_at=clock.now())
    referral.refresh_from_db()
    assert other.number not in referral.selection["reports"], "it is for a consulate"
    actions.consent(by=whole.family, referral=referral, seen=selecting.digest_of(referral))
    again = letters.begin(by=ruth, referral=referral, kind="referral")
    late = letters.sign(by=ruth, letter=again, reauthenticated_at=clock.now())
    referral.refresh_from_db()
    assert late.number not in referral.selection["reports"], "the family agreed to another list"
    page = sign_in(ruth).get(f"/desk/cases/{whole.case.reference}/referrals/1/").content.decode()
    assert page.count("This letter is to the clinic, and is not on the list.") == 1
    assert f"Referral letter {late.number}" in page


def told(person: Person, template: str) -> int:
    return Message.objects.filter(to=person, template=template).count()


def test_whoever_is_waited_for_is_reminded_until_the_loop_is_closed(whole: Whole) -> None:
    referral, ruth = whole.case.referrals.get(), whole.referral_coordinator
    begun = clock.now()
    assert reminding.remind_due() == 0
    before = told(whole.family, "referral-changed")
    with time_machine.travel(begun + timedelta(days=5), tick=False):
        assert (reminding.remind_due(), reminding.remind_due()) == (1, 0)
        assert told(ruth, "soon-late") == 1
        assert told(whole.family, "referral-changed") == before + 1, "it has not answered"
        assert Need.objects.filter(case=whole.case, why=Why.REFERRAL).exists()
    with time_machine.travel(begun + timedelta(days=13), tick=False):
        assert reminding.remind_due() == 1, "again after a week"
        actions.consent(by=whole.family, referral=referral, seen=selecting.digest_of(referral))
        actions.take_step(by=ruth, referral=referral, action="send")
        assert not Need.objects.filter(case=whole.case, why=Why.REFERRAL).exists()
        assert reminding.remind_due() == 0
        actions.take_step(by=ruth, referral=referral, action="accept")
        visit = clock.now() + timedelta(days=60)
        actions.take_step(by=ruth, referral=referral, action="schedule", visit_at=visit)
    with time_machine.travel(visit, tick=False):
        assert reminding.remind_due() == 0
    with time_machine.travel(visit + timedelta(days=5), tick=False):
        assert reminding.remind_due() == 1, "was the child seen?"
        actions.take_step(by=ruth, referral=referral, action="seen")
        actions.take_step(by=ruth, referral=referral, action="outcome", outcome="Well.")
        actions.take_step(by=ruth, referral=referral, action="close")
    with time_machine.travel(visit + timedelta(days=90), tick=False):
        assert reminding.remind_due() == 0
    soon = actions.open_referral(
        by=whole.coordinator, case=whole.case, to_name="Our epilepsy clinic", to_country="",
        what_for="A visit", urgency="soon", own_clinic=True,
    )  # fmt: skip
    assert soon.to_country == "US"
    assert soon.remind_at
    assert soon.remind_at - soon.created_at < timedelta(days=3)
