"""The signed report: complete, archival, accessible, verifiable, never changed."""

import hashlib
import io
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import time_machine
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import translation
from pyhanko.pdf_utils.reader import PdfFileReader

from secondopinion.accounts.models import Person
from secondopinion.arrivals.missing import NO_IMAGES
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.demo.people import FAMILIES
from secondopinion.findings.actions import Found, clear, replace
from secondopinion.opinions import (
    actions,
    beginning,
    body,
    compose,
    readability,
    typeset,
    verifying,
)
from secondopinion.opinions.models import Opinion, SignedReport, Version
from secondopinion.program.models import Program
from tests.archival import broken
from tests.opinions.walk import words_of
from tests.web.conftest import expert, sign_in


def text_of(data: bytes, folder: Path) -> str:
    path = folder / "report.pdf"
    path.write_bytes(data)
    return subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    ).stdout


def test_it_says_everything(signed: SignedReport, tmp_path: Path) -> None:
    words = " ".join(text_of(vault.read(signed.blob), tmp_path).split())
    for each in signed.case.questions.all():
        assert each.text in words
    for part in ("No hurry", "Limitations of this opinion", signed.code,
                 signed.case.reference, "Disclaimer", "Dr. Mei", "Page 1 of"):  # fmt: skip
        assert part in words, part


def test_the_day_of_a_report_is_that_of_the_hospital_wherever_it_is_read(
    opinion: Opinion, tmp_path: Path
) -> None:
    # Eleven in the evening in New York: for a family in Dubai it is the next day already.
    Program.objects.update(timezone="America/New_York")
    caches["memory"].clear()
    case = opinion.case
    family = next(each.person for each in case.participations.filter(role=Part.FAMILY))
    Person.objects.filter(pk=family.pk).update(timezone="Asia/Dubai")
    with time_machine.travel(datetime(2027, 3, 10, 4, 0, tzinfo=UTC), tick=False):
        report = actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
        words = text_of(vault.read(report.blob), tmp_path)
        assert "Signed at 2027-03-09 23:00 UTC-05:00" in " ".join(words.split())
        assert "9 March 2027" in words
        assert "10 March 2027" not in words
        verified = Client().get(f"/verify/{report.code}/").content.decode()
        assert "9 March 2027, 23:00" in verified, "written out, as the clock stood on the paper"
        assert "time in New York" in verified
        Case.objects.filter(pk=case.pk).update(delivery_mode="to_family")
        actions.deliver(by=case.coordinator, case=Case.objects.get(pk=case.pk))
        Person.objects.filter(pk=family.pk).update(language="en")
        shown = sign_in(family).get(f"/my/cases/{case.reference}/reports/1/").content.decode()
    assert "9 March 2027" in shown
    assert "10 March 2027" not in shown


def test_any_changed_byte_is_found(signed: SignedReport) -> None:
    data = vault.read(signed.blob)
    assert verifying.verify_file([data]).holds
    for place in (100, len(data) // 3, len(data) // 2, len(data) - 50):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert not verifying.verify_file([changed]).holds, place


def test_what_is_added_behind_the_signature_is_found(signed: SignedReport) -> None:
    found = verifying.verify_file([vault.read(signed.blob), b"\n% added\n"])
    assert not found.holds


def test_the_signature_is_a_pades_signature(signed: SignedReport) -> None:
    [signature] = PdfFileReader(io.BytesIO(vault.read(signed.blob))).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signed.level == "B-B"
    assert signed.digest == hashlib.sha256(vault.read(signed.blob)).hexdigest()


def test_a_code_is_read_as_people_type_it(signed: SignedReport) -> None:
    spaced = f" {signed.code[:4].lower()}-{signed.code[4:]} "
    found = verifying.verify_code(spaced)
    assert found is not None
    assert found.signer == "Dr. Mei"
    assert verifying.verify_code("0" * 12) is None


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"not a pdf" * 100])
def test_what_is_no_report_is_said(data: bytes, hospital: Program) -> None:
    found = verifying.verify_file([data])
    assert not found.holds
    assert found.lines


def test_it_is_signed_once_and_never_changed(signed: SignedReport) -> None:
    opinion = Opinion.objects.get()
    with pytest.raises(Conflict):
        actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
    with pytest.raises(Conflict):
        actions.save_draft(
            by=opinion.author, opinion=opinion, values={"tests": "x"}, base_revision=None
        )
    for statement in ("UPDATE opinions_signedreport SET code = 'x'",
                      "DELETE FROM opinions_signedreport"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert SignedReport.objects.count() == 1


@pytest.mark.parametrize("minutes", [None, 6])
def test_without_a_fresh_factor_nothing_is_signed(minutes: int | None, opinion: Opinion) -> None:
    at = None if minutes is None else clock.now() - timedelta(minutes=minutes)
    with pytest.raises(Refused) as refused:
        actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=at)
    assert refused.value.code == "factor-needed"


def test_only_its_author_writes_and_signs(opinion: Opinion) -> None:
    other = expert("other@harbour.example")
    with pytest.raises(NotYours):
        actions.sign(by=other, opinion=opinion, reauthenticated_at=clock.now())
    with pytest.raises(NotYours):
        actions.save_draft(by=other, opinion=opinion, values={}, base_revision=None)


def test_what_is_missing_is_named(opinion: Opinion) -> None:
    actions.save_draft(
        by=opinion.author, opinion=opinion, values={"answer_2": " ", "summary": ""},
        base_revision=None,
    )  # fmt: skip
    opinion.refresh_from_db()
    assert [gap.field for gap in body.gaps(opinion)] == ["answer_2", "summary"]
    with pytest.raises(Refused):
        actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())


def test_who_does_not_simply_agree_says_why(opinion: Opinion) -> None:
    for choice, missing in (("differs", ["plan_text"]), ("partly", ["plan_text"]), ("agrees", [])):
        draft = actions.save_draft(
            by=opinion.author, opinion=opinion, values={"plan": choice, "plan_text": " "},
            base_revision=None,
        )  # fmt: skip
        assert [gap.field for gap in body.gaps(draft)] == missing


def test_the_list_says_from_whom_each_record_came_and_how_good_it_is(opinion: Opinion) -> None:
    case = opinion.case
    record = case.records.get()
    clean = compose.facts(case)["records"][0]
    assert clean["source"] == "family"
    assert clean["quality"] == {"hard": 0, "unreadable": 0, "limits": 0}
    record.pages.update(legibility="hard")
    found = Found("hard-to-read", "warning", "This page is hard to read.", where={"page": 1})
    replace(case=case, subject=record, check="legibility@3", found=[found])
    report = actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
    words = words_of(report)
    assert report.body["records"][0]["quality"] == {"hard": 1, "unreadable": 0, "limits": 1}
    table = words[words.index("Records reviewed") : words.index("Images reviewed")]
    for each in ("From, and", "Family", "Pages hard to", "Limitations: 1"):
        assert each in table, table


def test_it_names_who_asked_and_the_local_provider(signed: SignedReport) -> None:
    words, provider = words_of(signed), signed.case.local_provider
    assert "Requested by" in words
    assert signed.body["requester"]
    assert signed.body["requester"] in words
    assert provider.full_name in words


def test_it_prints_in_full_size_on_a4_and_letter(signed: SignedReport) -> None:
    for page in pdfium.PdfDocument(vault.read(signed.blob)):
        width, height = (points / 72 * 25.4 for points in page.get_size())
        assert width <= 210.1, "as wide as A4, narrower than Letter"
        assert height <= 279.5, "as high as Letter, lower than A4"


def test_what_the_program_fills_in_says_so_until_somebody_writes(opinion: Opinion) -> None:
    case, author = opinion.case, opinion.author
    case.request.history = "Two seizures in March."
    case.request.save()
    mark, page = "In the words of the family", f"/expert/cases/{case.reference}/"
    actions.save_draft(
        by=author,
        opinion=opinion,
        values={"history": beginning.history_told(case)},
        base_revision=None,
    )
    assert "filled in by the program" in sign_in(author).get(page).content.decode()
    opinion.refresh_from_db()
    told = compose.document(opinion, "CODE", clock.now(), "en")
    assert told["as_told"]
    read = actions.sign(by=author, opinion=opinion, reauthenticated_at=clock.now())
    words = words_of(read)
    assert mark in words
    assert "Listed by the program from what was sent." in words


def test_the_authors_own_history_is_not_marked(opinion: Opinion) -> None:
    page = f"/expert/cases/{opinion.case.reference}/"
    assert "filled in by the program" not in sign_in(opinion.author).get(page).content.decode()
    assert not compose.document(opinion, "CODE", clock.now(), "en")["as_told"]


def test_limitations_that_were_found_are_never_dropped(opinion: Opinion, tmp_path: Path) -> None:
    found = Found("missing-slices", "warning", "Some images in the middle of a series are missing.")
    replace(case=opinion.case, subject=opinion.case, check="geometry@1", found=[found])
    report = actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
    assert "Some images in the middle" in text_of(vault.read(report.blob), tmp_path)


def test_what_may_be_another_childs_is_settled_before_the_signature(opinion: Opinion) -> None:
    found = Found("not-this-child", "warning", "The name in the images is not the child’s.")
    [doubt] = replace(case=opinion.case, subject=opinion.case, check="identity@5", found=[found])
    with pytest.raises(Refused, match="another child’s"):
        actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
    page = sign_in(opinion.author).get(f"/expert/cases/{opinion.case.reference}/sign/")
    assert "another child’s" in page.content.decode(), "said before anything is asked for"
    clear(finding=doubt, by=opinion.case.coordinator, reason="The clinic says so.")
    actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())


def test_a_limitation_is_worded_or_left_out_with_a_reason(opinion: Opinion, tmp_path: Path) -> None:
    found = [
        Found("missing-slices", "warning", "Some images in the middle of a series are missing."),
        Found("thick-slices", "warning", "The slices are thick."),
    ]
    worded, left = replace(case=opinion.case, subject=opinion.case, check="geometry@1", found=found)
    browser = sign_in(opinion.author)
    page = f"/expert/cases/{opinion.case.reference}/"
    answer = browser.post(f"{page}save/", {
        f"limit_{worded.pk.hex}": "Ten slices of the T2 series are missing.",
        f"omit_{left.pk.hex}": "3 mm do for this question.",
        "limit_0123456789abcdef0123456789abcdef": "of no finding",
    })  # fmt: skip
    assert answer.status_code == 302
    assert "3 mm do for this question." in browser.get(page).content.decode()
    opinion.refresh_from_db()
    report = actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
    words = " ".join(text_of(vault.read(report.blob), tmp_path).split())
    assert "Ten slices of the T2 series are missing." in words
    assert "The slices are thick" not in words
    assert "Left out by the author" in words
    [told], [gone] = report.body["found"], report.body["left_out"]
    assert told["found_as"] == "Some images in the middle of a series are missing."
    assert gone["why"] == "3 mm do for this question."
    assert "of no finding" not in str(report.body)
    after = sign_in(opinion.case.coordinator).get(f"/desk/cases/{opinion.case.reference}/after/")
    assert "3 mm do for this question." in after.content.decode()


def test_a_limitation_about_a_record_is_read_in_the_familys_language(opinion: Opinion) -> None:
    case, record = opinion.case, opinion.case.records.get()
    found = Found("images-missing", "warning", NO_IMAGES)
    replace(case=case, subject=record, check="images-of-report@1", found=[found])
    report = actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
    assert f"{record.title}: {NO_IMAGES}" in {each["text"] for each in report.body["found"]}
    Case.objects.filter(pk=case.pk).update(delivery_mode="to_family")
    actions.deliver(by=case.coordinator, case=Case.objects.get(pk=case.pk))
    browser = sign_in(Person.objects.get(email="maria@familia.example"))
    browser.cookies["django_language"] = "ar"
    shown = browser.get(f"/my/cases/{case.reference}/reports/{report.number}/").content.decode()
    with translation.override("ar"):
        told = translation.gettext(NO_IMAGES)
    assert f"<bdi>{record.title}</bdi>: {told}" in shown
    assert NO_IMAGES not in shown


def test_two_windows_do_not_overwrite_each_other(opinion: Opinion) -> None:
    base = opinion.revision
    actions.save_draft(
        by=opinion.author, opinion=opinion, values={"tests": "one"}, base_revision=base
    )
    with pytest.raises(Conflict):
        actions.save_draft(
            by=opinion.author, opinion=opinion, values={"tests": "two"}, base_revision=base
        )
    assert Opinion.objects.get().body["tests"] == "one"
    assert Version.objects.last().changed == {"tests": "one"}  # type: ignore[union-attr]


def test_a_report_through_the_provider_waits_for_being_handed_on(signed: SignedReport) -> None:
    case: Case = signed.case
    Case.objects.filter(pk=case.pk).update(delivery_mode="through_provider")
    case.refresh_from_db()
    coordinator = case.coordinator
    assert coordinator
    actions.deliver(by=coordinator, case=case)
    assert set(signed.deliveries.values_list("role", flat=True)) == {"local_provider"}
    provider = case.local_provider.person
    assert provider
    actions.hand_on(by=provider, report=signed)
    assert set(signed.deliveries.values_list("role", flat=True)) == {"local_provider", "family"}


@pytest.mark.parametrize("family", FAMILIES[:5], ids=lambda each: each.country)
@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_every_script_is_set(language: str, family: object, opinion: Opinion) -> None:
    document = compose.document(opinion, "CODE", clock.now(), language)
    document |= {"patient": family.child, "history": family.history}  # type: ignore[attr-defined]
    assert broken(typeset.pdf(document, {}, clock.now())) == []


def test_a_name_that_no_font_has_does_not_stop_a_signature(
    opinion: Opinion, tmp_path: Path
) -> None:
    document = compose.document(opinion, "CODE", clock.now(), "en") | {"patient": "བསོད་ནམས"}
    words = text_of(typeset.pdf(document, {}, clock.now()), tmp_path)
    assert "[…]" in words
    assert "script that this document cannot print" in " ".join(words.split())


def test_numbers_keep_their_order_in_arabic(opinion: Opinion, tmp_path: Path) -> None:
    document = compose.document(opinion, "CODE", clock.now(), "ar")
    document |= {"findings": "الهيموغلوبين 11.0–14.0 g/dL", "language": "ar"}
    words = text_of(typeset.pdf(document, {}, clock.now()), tmp_path)
    assert "11.0–14.0" in words
    assert document["reference"] in words


@pytest.mark.parametrize("word", ["Ki-67", "CD3+", "10⁹/L", "10^9/l", "CD4/CD8", "p.V600E", "-2.5"])
def test_words_with_numbers_stay_whole_in_arabic(
    word: str, opinion: Opinion, tmp_path: Path
) -> None:
    document = compose.document(opinion, "CODE", clock.now(), "ar")
    document |= {"findings": f"النتيجة هي {word} كما ورد", "language": "ar"}
    assert word in text_of(typeset.pdf(document, {}, clock.now()), tmp_path)


def test_a_persons_words_are_never_markup(opinion: Opinion, tmp_path: Path) -> None:
    words = '#panic("x") *bold* $x$ = Heading \\ "quoted" <b>'
    document = compose.document(opinion, "CODE", clock.now(), "en") | {"findings": words}
    assert '#panic("x") *bold* $x$' in text_of(typeset.pdf(document, {}, clock.now()), tmp_path)


def test_the_reading_level_follows_the_published_formula() -> None:
    plain = "The cat sat on the mat. " * 6
    hard = "Interdisciplinary neuropsychological rehabilitation necessitates consideration. " * 6
    easy, difficult = readability.level(plain, "en"), readability.level(hard, "en")
    assert easy
    assert difficult
    assert easy.plain
    assert not difficult.plain
    assert readability.level("Too short.", "en") is None
    assert readability.level(plain, "ar") is None
    assert readability.told(plain, "en") == easy.words
    assert "from 20 words on" in str(readability.told("Too short.", "en"))
    assert "cannot be measured" in str(readability.told("بسيط", "ar"))
    assert readability.told(" ", "en") == ""


def test_the_signs_of_medicine_are_printed(opinion: Opinion, tmp_path: Path) -> None:
    signs = "no lesion ≥ 3 mm, ≤ ≈ ≠ → ↑ ↓ √ ∞ ♀ ♂ ✓ ± × ° µ α"
    document = compose.document(opinion, "CODE", clock.now(), "en") | {"findings": signs}
    words = " ".join(text_of(typeset.pdf(document, {}, clock.now()), tmp_path).split())
    assert signs in words


def test_what_cannot_be_printed_is_not_signed(opinion: Opinion) -> None:
    opinion = actions.save_draft(
        by=opinion.author, opinion=opinion, values={"findings": "A lesion of བ."},
        base_revision=None,
    )  # fmt: skip
    [gap] = body.gaps(opinion)
    assert gap.field == "findings"
    assert "བ" in str(gap.sentence)
    with pytest.raises(Refused):
        actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())


def test_a_preview_says_that_it_is_a_draft(opinion: Opinion, tmp_path: Path) -> None:
    assert "Draft" in text_of(actions.preview(by=opinion.author, opinion=opinion), tmp_path)
