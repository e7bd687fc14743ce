"""What a family does about its own records: takes one out and back, opens one, says whose it is."""

from django.urls import reverse

from secondopinion.arrivals import actions as arrivals
from secondopinion.cases.models import Case
from secondopinion.conversations.models import Post
from secondopinion.core import jobs, vault
from secondopinion.findings import actions as findings
from secondopinion.findings.found import WARNING, Found
from secondopinion.findings.models import Finding
from secondopinion.imaging import actions as imaging
from secondopinion.imaging.models import Series
from secondopinion.program.models import Program
from secondopinion.records import queries
from secondopinion.records.models import Record
from secondopinion.translation.models import Translation
from secondopinion.web.family.here import to_look_at
from tests.arrivals.disc import slices
from tests.records import files
from tests.web.conftest import Whole, draft, letter, page, person, sign_in, submitted


def sent(case: Case, name: str, data: bytes) -> Record:
    """Send a file as the family does."""
    sender = case.participations.get(role="family").person
    arrivals.receive_file(by=sender, case=case, name=name, source=data)
    jobs.run_all()
    return Record.objects.get(case=case, title=name)


def doubted(record: Record) -> Finding:
    """Let a check take a record for another child's, without being certain."""
    found = Found("not-this-child", WARNING, "Another name stands here.", "", {"page": 1})
    [row] = findings.replace(case=record.case, subject=record, check="whose@1", found=[found])
    return row


def test_what_is_taken_out_of_a_draft_is_said_and_put_back(hospital: Program) -> None:
    family = person("maria@familia.example")
    case, browser = draft(family), sign_in(family)
    record = sent(case, "letter.png", letter())
    address = reverse("my-record", args=[case.reference, record.pk])
    shown = browser.get(page(case, "files")).content.decode()
    assert reverse("page-look", args=[case.reference, record.pk, 1]) in shown, "it can be looked at"
    shown = browser.post(address, {"remove": "1"}, follow=True).content.decode()
    assert "The document is taken out. You can put it back." in shown
    assert list(queries.for_case(case)) == []
    [way_back] = [each for each in shown.split("<form") if f'action="{address}"' in each]
    assert 'name="back"' in way_back
    shown = browser.post(address, {"back": "1"}, follow=True).content.decode()
    assert "The document is back." in shown
    jobs.run_all()
    [back] = queries.for_case(case)
    assert (back.pk, back.state, vars(back)["page_count"]) == (record.pk, "read", 1)
    assert browser.post(address, {"back": "1"}).status_code == 404, "it is there already"
    row = doubted(record)
    browser.post(reverse("my-whose", args=[case.reference, row.pk]), {"ours": "0"})
    assert list(queries.for_case(case)) == [], "what is not the child’s is taken out of a draft"


def test_one_thing_is_asked_once_and_counted_once(whole: Whole) -> None:
    case, record = whole.case, queries.for_case(whole.case).filter(page_count__gt=0)[0]
    Finding.objects.filter(case=case).delete()
    Case.objects.filter(pk=case.pk).update(state="collecting", reported_at=None)
    rows = findings.replace(
        case=case, subject=record, check="whose@1",
        found=[
            Found("not-this-child", WARNING, f"Another name stands on {at}.", "", {"page": at})
            for at in (1, 2, 3)
        ],
    )  # fmt: skip
    browser = sign_in(whole.family)
    here = browser.get(reverse("my-case", args=[case.reference])).content.decode()
    assert "1 thing needs your attention" in here
    what = reverse("my-what", args=[case.reference])
    shown = browser.get(what).content.decode()
    assert shown.count("It is about my child<") == 1
    assert all(f"Another name stands on {at}." in shown for at in (1, 2, 3))
    address = reverse("my-whose", args=[case.reference, rows[0].pk])
    assert browser.post(address, {"ours": "1", "back": what})["Location"] == what
    assert set(Finding.objects.filter(case=case).values_list("told", flat=True)) == {"ours"}
    answer = f"/my/cases/{case.reference}/answers/1/"
    listed = browser.get(reverse("files-list", args=[case.reference]), {"back": answer})
    assert f'name="back" value="{answer}"' in listed.content.decode(), "one comes back there"


def test_a_wrong_password_is_told_at_its_field(hospital: Program) -> None:
    family = person("maria@familia.example")
    case, browser = draft(family), sign_in(family)
    locked = [sent(case, name, files.locked(files.pdf(), name)) for name in ("a.pdf", "b.pdf")]
    address = reverse("files-unlock", args=[case.reference, locked[1].pk])
    given = {"password": "other", "back": page(case, "files")}
    answer = browser.post(address, given)
    assert answer["Location"].endswith(f"#password-{locked[1].pk}")
    shown = browser.get(answer["Location"]).content.decode()
    _before, error = shown.split("This password does not open <bdi>b.pdf</bdi>")
    assert error.index(f'id="password-{locked[1].pk}"') < 300
    assert shown.count("This password does not open") == 1
    assert browser.post(address, given | {"password": "b.pdf"})["Location"] == page(case, "files")


def test_the_family_says_whose_a_document_is_and_the_desk_is_told(whole: Whole) -> None:
    case, record = whole.case, queries.for_case(whole.case).filter(page_count__gt=0)[0]
    row, browser = doubted(record), sign_in(whole.family)
    address = reverse("my-whose", args=[case.reference, row.pk])
    seen = reverse("page-look", args=[case.reference, record.pk, 1])
    what = reverse("my-what", args=[case.reference])
    assert address in browser.get(what).content.decode()
    browser.post(address, {"ours": "1"})
    assert sign_in(whole.specialist).get(seen).status_code == 200
    browser.post(address, {"ours": "0"})
    assert sign_in(whole.specialist).get(seen).status_code == 404, "it is locked away at once"
    assert browser.get(seen).status_code == sign_in(whole.coordinator).get(seen).status_code == 200
    told = Post.objects.filter(case=case).values_list("text", flat=True)
    assert [each for each in told if record.title in each and "not about my child" in each]
    desk = sign_in(whole.coordinator).get(reverse("desk-case-records", args=[case.reference]))
    assert "The family says that it is not about their child" in desk.content.decode()
    for other in (whole.specialist, whole.provider):
        assert sign_in(other).post(address, {"ours": "1"}).status_code == 404
    row.refresh_from_db()
    findings.clear(finding=row, by=whole.coordinator, reason="A cousin’s name on the envelope.")
    assert sign_in(whole.specialist).get(seen).status_code == 200
    assert browser.post(address, {"ours": "0"}).status_code == 409, "the desk has settled it"


def test_which_pages_are_missing_is_said(whole: Whole) -> None:
    [record, *_more] = queries.for_case(whole.case)
    found = Found("page-missing", WARNING, "Pages of this document are missing.", "", {},
                  {"missing": [2], "pages": 3})  # fmt: skip
    findings.replace(case=whole.case, subject=record, check="pages@1", found=[found])
    for person_, address in ((whole.family, "my-what"), (whole.coordinator, "desk-case-records")):
        shown = sign_in(person_).get(reverse(address, args=[whole.case.reference]))
        assert "Missing: page 2 of 3." in shown.content.decode()


def test_what_the_family_says_outlives_another_look_of_the_check(whole: Whole) -> None:
    case, record = whole.case, queries.for_case(whole.case).filter(page_count__gt=0)[0]
    row, browser = doubted(record), sign_in(whole.family)
    browser.post(reverse("my-whose", args=[case.reference, row.pk]), {"ours": "0"})
    assert record not in queries.readable(case)
    elsewhere = Found("not-this-child", WARNING, "Another name stands here.", "", {"page": 2})
    [moved] = findings.replace(case=case, subject=record, check="whose@1", found=[elsewhere])
    assert record not in queries.readable(case), "the page has another number now"
    findings.replace(case=case, subject=record, check="whose@2", found=[])
    assert record not in queries.readable(case), "no program opens what the family says is not its"
    desk = sign_in(whole.coordinator)
    for address in ("desk-case-records", "desk-pages"):
        shown = desk.get(reverse(address, args=[case.reference])).content.decode()
        assert "clear-finding" in shown, "the desk can still settle it"
    findings.clear(finding=moved, by=whole.coordinator, reason="A cousin’s name on the envelope.")
    assert record in queries.readable(case)


def test_the_desk_reads_that_a_document_is_locked_by_what_the_family_says(whole: Whole) -> None:
    case, record = whole.case, queries.for_case(whole.case).filter(page_count__gt=0)[0]
    row, desk = doubted(record), sign_in(whole.coordinator)
    addresses = (
        reverse("desk-pages", args=[case.reference]),
        reverse("page-look", args=[case.reference, record.pk, 1]),
    )
    for address in addresses:
        assert "Locked away" not in desk.get(address).content.decode()
    sign_in(whole.family).post(reverse("my-whose", args=[case.reference, row.pk]), {"ours": "0"})
    for address in addresses:
        assert "Locked away" in desk.get(address).content.decode()


def test_the_family_is_not_sent_to_look_for_what_its_page_does_not_show(whole: Whole) -> None:
    case, browser = whole.case, sign_in(whole.family)
    record = queries.for_case(case)[0]
    for row in Finding.objects.filter(case=case):
        findings.fall_away(case=case, kind=row.subject_kind, subjects=[row.subject_id])
    asked = Translation.objects.create(
        case=case, subject_kind="record", subject_id=record.pk, title=record.title,
        source_language="es", language="en", original="5 mg", text="50 mg",
    )  # fmt: skip
    differs = Found("translation-number", WARNING, "A number differs.", "", {})
    findings.replace(case=case, subject=asked, check="translation@1", found=[differs])
    assert to_look_at(case) == 0
    doubted(record)
    assert to_look_at(case) == 1
    assert browser.get(reverse("my-case", args=[case.reference])).status_code == 200


def test_of_images_it_says_how_many_are_missing_and_leads_to_taking_them_out(
    hospital: Program,
) -> None:
    family = person("maria@familia.example")
    case = submitted(family)
    blobs = [(f"IM{n}", vault.put(case.vault, data)) for n, data in enumerate(slices(3))]
    imaging.take_in(case=case, by=family, blobs=blobs, source="family")
    series = Series.objects.get(study__case=case)
    gap = Found("missing-slices", WARNING, "Some images in the middle of a series are missing.",
                "", {}, {"missing": 18, "gaps": 1})  # fmt: skip
    other = Found("not-this-child", WARNING, "The name in the images is not the child’s.")
    findings.replace(case=case, subject=series, check="geometry@1", found=[gap])
    findings.replace(case=case, subject=series, check="identity@5", found=[other])
    browser = sign_in(family)
    shown = browser.get(reverse("my-what", args=[case.reference])).content.decode()
    assert "Missing: 18 images." in shown
    assert "pages" not in shown.split("Some images in the middle")[1].split("</p>")[0]
    assert f'href="#out-{series.pk}">Not my child’s: take these images out' in shown
    assert shown.count("take these images out") == 1, "of what is incomplete nothing is asked"
    assert f'id="out-{series.pk}"' in shown
