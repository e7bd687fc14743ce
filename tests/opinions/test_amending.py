"""A correction of a signed report: a new document beside it, each leading to the other."""

from pathlib import Path

import pytest

from secondopinion.cases.models import Case, Part
from secondopinion.core import clock, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.opinions import actions, amending, key_images, verifying
from secondopinion.opinions.models import KeyImage, Opinion, OpinionState, SignedReport
from secondopinion.opinions.queries import current_report
from tests.opinions.test_report import text_of
from tests.web.conftest import expert, sign_in

CHANGE = "The dose is 20 mg/kg a day; 40 was a slip."


def corrected(case: Case, **values: str) -> SignedReport:
    """Correct the report of a case and sign the correction."""
    author = case.opinion.author
    draft = amending.start_amendment(by=author, case=case)
    actions.save_draft(
        by=author, opinion=draft, values={"change": CHANGE, **values}, base_revision=None
    )
    return actions.sign(by=author, opinion=draft, reauthenticated_at=clock.now())


def deliver(signed: SignedReport) -> Case:
    """Deliver a report to family and local provider."""
    Case.objects.filter(pk=signed.case_id).update(delivery_mode="to_family")
    case = Case.objects.get(pk=signed.case_id)
    assert case.coordinator
    return actions.deliver(by=case.coordinator, case=case)


def test_both_stand_and_lead_to_each_other(signed: SignedReport, tmp_path: Path) -> None:
    before = vault.read(signed.blob)
    case = deliver(signed)
    newer = corrected(case, tests="None.")
    assert vault.read(signed.blob) == before
    assert (newer.kind, newer.number, newer.replaces) == ("amendment", 2, signed)
    assert current_report(case) == newer
    assert set(newer.deliveries.values_list("to", flat=True)) == set(
        signed.deliveries.values_list("to", flat=True)
    )
    words = " ".join(text_of(vault.read(newer.blob), tmp_path).split())
    assert f"replaces the one with the code {signed.code}" in words
    assert CHANGE in words
    old, new = verifying.verify_code(signed.code), verifying.verify_code(newer.code)
    assert old
    assert new
    assert old.holds
    assert old.replaced_on == newer.signed_on
    assert [day for _kind, day in old.later] == [newer.signed_on]
    assert (new.replaced_on, new.later) == (None, [])


def test_the_pages_say_which_counts(signed: SignedReport) -> None:
    case = deliver(signed)
    newer = corrected(case)
    family = case.participations.get(role=Part.FAMILY).person
    browser = sign_in(family)
    listed = browser.get(f"/my/cases/{case.reference}/").content.decode()
    assert listed.count("Replaced by a corrected one") == 1
    read = f"/my/cases/{case.reference}/reports/"
    assert "There is a newer report" in browser.get(f"{read}1/").content.decode()
    shown = browser.get(f"{read}2/").content.decode()
    assert "There is a newer report" not in shown
    assert "The dose is 20 mg/kg a day" in shown
    public = browser.get(f"/verify/{signed.code}/").content.decode()
    assert "There is a newer one" in public
    assert case.child.full_name not in public
    assert "has not been replaced" in browser.get(f"/verify/{newer.code}/").content.decode()


def test_before_delivery_only_the_corrected_one_is_delivered(signed: SignedReport) -> None:
    newer = corrected(signed.case)
    assert not newer.deliveries.exists()
    deliver(signed)
    assert newer.deliveries.exists()
    assert not signed.deliveries.exists()


def test_a_correction_of_a_correction(signed: SignedReport) -> None:
    case = deliver(signed)
    second, third = corrected(case), corrected(case, tests="x")
    assert third.replaces == second
    assert second.replaces == signed
    assert current_report(case) == third


def test_it_says_what_changed_and_needs_the_second_factor(signed: SignedReport) -> None:
    author = signed.signed_by
    draft = amending.start_amendment(by=author, case=signed.case)
    with pytest.raises(Refused) as refused:
        actions.sign(by=author, opinion=draft, reauthenticated_at=clock.now())
    assert refused.value.field == "change"
    with pytest.raises(Refused):
        actions.sign(by=author, opinion=draft, reauthenticated_at=None)


def test_it_is_begun_once_by_its_author(signed: SignedReport) -> None:
    with pytest.raises(NotYours):
        amending.start_amendment(by=expert("z@harbour.example"), case=signed.case)
    draft = amending.start_amendment(by=signed.signed_by, case=signed.case)
    with pytest.raises(Conflict):
        amending.start_amendment(by=signed.signed_by, case=signed.case)
    amending.give_up(by=signed.signed_by, opinion=draft)
    draft.refresh_from_db()
    with pytest.raises(Conflict):
        amending.give_up(by=signed.signed_by, opinion=draft)


def test_nothing_unsigned_can_be_corrected(opinion: Opinion) -> None:
    with pytest.raises(Conflict):
        amending.start_amendment(by=opinion.author, case=opinion.case)
    with pytest.raises(Conflict):
        amending.give_up(by=opinion.author, opinion=opinion)


def test_what_is_given_up_leaves_the_signed_text_and_images(opinion: Opinion) -> None:
    picture = vault.put(opinion.case.vault, b"a picture")
    images = [
        KeyImage.objects.create(
            opinion=opinion, instance_uid=f"1.2.{number}", caption=f"Image {number}",
            picture=picture,
        )
        for number in range(2)
    ]  # fmt: skip
    opinion.refresh_from_db()
    Opinion.objects.filter(pk=opinion.pk).update(state=OpinionState.SIGNED)
    report = SignedReport.objects.create(
        case=opinion.case, kind="opinion", number=1, code="C", body={}, language="en",
        blob=picture, digest="d", level="B-B", signed_by=opinion.author, signed_at=clock.now(),
        audit_head="", revision=opinion.revision,
    )  # fmt: skip
    Case.objects.filter(pk=opinion.case_id).update(state="reported")
    opinion.case.refresh_from_db()
    draft = amending.start_amendment(by=opinion.author, case=opinion.case)
    key_images.remove(by=opinion.author, key_image=images[0])
    KeyImage.objects.create(opinion=opinion, instance_uid="1.3", caption="New", picture=picture)
    actions.save_draft(
        by=opinion.author, opinion=draft, values={"tests": "other"}, base_revision=None
    )
    left = amending.give_up(by=opinion.author, opinion=draft)
    assert left.body["tests"] == opinion.body["tests"]
    assert left.state == OpinionState.SIGNED
    assert list(opinion.key_images.all()) == images
    assert current_report(opinion.case) == report


def test_the_buttons(signed: SignedReport) -> None:
    browser = sign_in(signed.signed_by)
    page = f"/expert/cases/{signed.case.reference}/"
    assert "Begin the correction" in browser.get(page).content.decode()
    assert browser.post(f"{page}amend/").status_code == 302
    shown = browser.get(page).content.decode()
    assert "You are correcting the report with the code" in shown
    assert 'name="change"' in shown
    assert "Say what you changed" in browser.get(f"{page}sign/").content.decode()
    assert browser.post(f"{page}amend/give-up/").status_code == 302
    assert "Begin the correction" in browser.get(page).content.decode()
