"""The key images of a signed report on its page: small, lazily, with captions, to its readers."""

# ruff: noqa: F811 - a fixture of another room

import io
from typing import Any

import pypdfium2 as pdfium
import pytest
from django.test import Client
from PIL import Image

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.core import clock, vault
from secondopinion.findings.actions import replace
from secondopinion.findings.found import Found
from secondopinion.imaging import actions as imaging
from secondopinion.imaging.models import Instance, Study
from secondopinion.opinions import actions, amending, key_images, pictures
from secondopinion.opinions.models import KeyImage, Opinion, SignedReport
from tests.arrivals.disc import slices
from tests.opinions.conftest import opinion  # noqa: F401
from tests.web.conftest import expert, person, sign_in

OLD = "These images are more than two years old."
CAPTIONS = ("The hippocampus & beside it.", "١٢ mm, beside it.")


@pytest.fixture
def report(opinion: Opinion) -> SignedReport:
    """A delivered report with two images; a third was taken out before it was signed."""
    case = opinion.case
    blobs = [(f"IM{n}", vault.put(case.vault, data))
             for n, data in enumerate(slices(3, rows=1200, columns=900))]  # fmt: skip
    imaging.take_in(case=case, by=opinion.author, blobs=blobs, source="family")
    made = [
        key_images.add(
            by=opinion.author, opinion=opinion, instance=instance, frame=1, caption=caption,
            place=(place, 3),
        )
        for place, (instance, caption) in enumerate(
            zip(Instance.objects.all(), (CAPTIONS[0], "Taken out.", CAPTIONS[1]), strict=True), 1
        )
    ]  # fmt: skip
    key_images.remove(by=opinion.author, key_image=made[1])
    old = Found("too-old", "warning", OLD)
    replace(case=case, subject=Study.objects.get(case=case), check="age@1", found=[old])
    opinion.refresh_from_db()
    signed = actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
    actions.deliver(by=case.coordinator, case=case)
    return signed


def places(report: SignedReport) -> tuple[str, str]:
    reference = report.case.reference
    return (
        f"/my/cases/{reference}/reports/{report.number}/",
        f"/files/{reference}/reports/{report.number}/images/{{}}.jpg",
    )


def opened(report: SignedReport, by: Person) -> list[Any]:
    return [
        each for each in entries_for(report.case_id)
        if each.verb == "key-image-opened" and each.actor_id == by.pk
    ]  # fmt: skip


def test_they_stand_on_the_page_with_captions_and_words_for_who_does_not_see(
    report: SignedReport,
) -> None:
    maria = person("maria@familia.example")
    browser, (page, image) = sign_in(maria), places(report)
    shown = browser.get(page).content.decode()
    assert "The hippocampus &amp; beside it." in shown
    assert CAPTIONS[1] in shown.replace("\u2068", "").replace("\u2069", "")
    assert "Taken out." not in shown
    assert shown.count('loading="lazy"') == 2
    assert 'alt="Image 1 of this report, from the series CT Head' in shown
    assert "Image 3 of 3" in shown
    with pdfium.PdfDocument(vault.read(report.blob)) as paper:
        printed = " ".join(page.get_textpage().get_text_range() for page in paper)
    assert "CT Head · Image 1 of 3" in " ".join(printed.split()), "as the viewer says it"
    assert f"CT Head: {OLD}" in " ".join(printed.split()), "a limitation names its images"
    assert f"<bdi>CT Head</bdi>: {OLD}" in shown
    assert not opened(report, maria), "a page that is read does not open what is not looked at"
    for number in (1, 2):
        assert image.format(number) in shown
        answer = browser.get(image.format(number))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert picture.size == (600, 800)
        assert len(answer.content) < 150_000
    assert len(opened(report, maria)) == 2
    for number in (0, 3):
        assert browser.get(image.format(number)).status_code == 404


def test_only_who_reads_the_report_sees_them(report: SignedReport) -> None:
    _page, image = places(report)
    provider = report.case.local_provider.person
    for other in (person("amina@usra.example"), expert("z@harbour.example"), provider):
        assert sign_in(other).get(image.format(1)).status_code == 404, "not theirs, or not proven"
    assert Client().get(image.format(1)).status_code == 404
    born = report.case.child.birth_date
    doctor, (page, _image) = sign_in(provider), places(report)
    doctor.post(
        page, {f"birth_date_{each}": getattr(born, each) for each in ("day", "month", "year")}
    )
    assert doctor.get(image.format(1)).status_code == 200


def test_who_writes_the_report_sees_the_image_itself_and_that_is_written_down(
    report: SignedReport,
) -> None:
    author, row = report.signed_by, KeyImage.objects.first()
    assert row is not None
    address = f"/files/{report.case.reference}/key-images/{row.pk}"
    assert sign_in(author).get(address).status_code == 200
    assert [each.target_id for each in opened(report, author)] == [str(row.pk)]
    assert sign_in(person("maria@familia.example")).get(address).status_code == 404


def test_an_image_that_was_taken_out_comes_back_once(report: SignedReport) -> None:
    """Reports that were signed without it stay without it."""
    opinion = amending.start_amendment(by=report.signed_by, case=report.case)
    shown = pictures.pictures_of(report)
    browser = sign_in(report.signed_by)
    page = f"/expert/cases/{report.case.reference}/key-images/"
    gone = KeyImage.everything.exclude(removed_at=None).get()
    for _press in range(2):
        assert browser.post(f"{page}{gone.pk}/restore/").status_code == 302
    assert [each.caption for each in opinion.key_images.all()] == [
        CAPTIONS[0], "Taken out.", CAPTIONS[1],
    ]  # fmt: skip
    assert pictures.pictures_of(report) == shown
    verbs = [each.verb for each in entries_for(report.case_id)]
    assert verbs.count("key-image-restored") == 1
    back = opinion.key_images.get(caption="Taken out.")
    answer = browser.post(f"{page}{back.pk}/remove/", headers={"accept": "application/json"})
    assert answer.json() == {}
    assert opinion.key_images.count() == 2
    assert browser.post(f"{page}{back.pk}/remove/").status_code == 404


def test_one_of_two_captions_of_an_image_comes_back(report: SignedReport) -> None:
    opinion = amending.start_amendment(by=report.signed_by, case=report.case)
    page = f"/expert/cases/{report.case.reference}/key-images/"
    gone = KeyImage.everything.exclude(removed_at=None).get()
    here = opinion.key_images.all()[0]
    KeyImage.objects.filter(pk=here.pk).update(picture=gone.picture)
    assert sign_in(report.signed_by).post(f"{page}{gone.pk}/restore/").status_code == 302
    twins = opinion.key_images.filter(picture=gone.picture)
    assert {each.caption for each in twins} == {here.caption, "Taken out."}


def test_a_caption_is_written_anew_and_the_signed_report_keeps_its_own(
    report: SignedReport,
) -> None:
    opinion = amending.start_amendment(by=report.signed_by, case=report.case)
    shown, browser = pictures.pictures_of(report), sign_in(report.signed_by)
    before = opinion.key_images.get(caption=CAPTIONS[0])
    page = f"/expert/cases/{report.case.reference}/key-images/"
    address = f"{page}{before.pk}/caption/"
    accept = {"accept": "application/json"}
    assert browser.post(address, {"caption": " "}, headers=accept).status_code == 400
    assert browser.post(address, {"caption": "The left one."}, headers=accept).json() == {}
    after = opinion.key_images.get(caption="The left one.")
    assert opinion.key_images.all()[0].pk == after.pk, "in its place"
    assert (after.picture_id, after.place) == (before.picture_id, 1)
    assert "The left one." in browser.get(page).content.decode()
    assert pictures.pictures_of(report) == shown
    assert browser.post(address, {"caption": "Late"}).status_code == 404, "that row has gone"
    assert "key-image-captioned" in [each.verb for each in entries_for(report.case_id)]
    stranger = sign_in(person("amina@usra.example"))
    assert stranger.post(f"{page}{after.pk}/caption/", {"caption": "x"}).status_code == 404
