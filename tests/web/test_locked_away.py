"""A record with another child’s page is closed to readers until the desk has settled it."""

import pytest
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.core import clock, vault
from secondopinion.findings import actions as findings
from secondopinion.findings.found import BLOCKER, WARNING, Found
from secondopinion.opinions import compose
from secondopinion.records import indexing, queries, searching
from secondopinion.records.models import Record
from tests.web.conftest import Whole, sign_in


@pytest.mark.parametrize("severity", [BLOCKER, WARNING])
def test_a_record_of_another_child_is_locked_away_until_the_desk_has_settled_it(
    severity: str, whole: Whole
) -> None:
    case, record = whole.case, queries.for_case(whole.case).filter(page_count__gt=0)[0]
    title = record.title
    found = Found("not-this-child", severity, "The name is not the child’s.", "", {"page": 1})
    [row] = findings.replace(case=case, subject=record, check="whose@1", found=[found])
    addresses = [
        reverse("page-look", args=[case.reference, record.pk, 1]),
        reverse("original", args=[case.reference, record.pk]),
    ]

    def answers(person: Person) -> set[int]:
        client = sign_in(person)
        return {client.get(address).status_code for address in addresses}

    locked = severity == BLOCKER
    review = reverse("review", args=[case.reference])
    assert answers(whole.specialist) == ({404} if locked else {200})
    assert (addresses[0] in sign_in(whole.specialist).get(review).content.decode()) is not locked
    assert answers(whole.coordinator) == {200}
    assert answers(whole.family) == {200}
    page = sign_in(whole.provider).get(f"/provider/cases/{case.reference}/").content.decode()
    assert (title in page, "name is not the child" in page) == (not locked, not locked)
    listed = [each["title"] for each in compose.facts(case)["records"]]
    assert (title in listed, record in queries.readable(case)) == (not locked, not locked)
    [page, *_rest] = record.pages.all()
    page.text = "Haemoglobin"
    page.save()
    indexing.keep([page])
    for reader, part in ((whole.specialist, "specialist"), (whole.coordinator, "coordinator")):
        hits = searching.search(
            case, searching.sought("haemoglobin"), translations=False, person=reader, parts={part}
        ).records
        finds = part == "coordinator" or not locked
        assert {each.locked for each in hits if each.record == record} == (
            {locked} if finds else set()
        )

    findings.accept(finding=row, by=whole.coordinator, reason="An old spelling of the name.")
    assert answers(whole.specialist) == {200}
    assert record in queries.readable(case)


def test_the_file_of_a_record_is_closed_with_each_document_that_was_made_of_it(
    whole: Whole,
) -> None:
    case, record = whole.case, queries.for_case(whole.case).filter(page_count__gt=0)[0]
    given = {
        "case": case, "media_type": record.media_type, "source": record.source,
        "sent_by": record.sent_by, "state": record.state,
    }  # fmt: skip
    part = Record.objects.create(title="part", blob=record.blob, part_of=record, **given)
    photo = vault.put(case.vault, b"a photo of a page")
    joined = Record.objects.create(title="photo", blob=photo, merged_into=part, **given)
    files = [reverse("original", args=[case.reference, each.pk]) for each in (record, part, joined)]
    page = reverse("page-look", args=[case.reference, record.pk, 1])

    def answers(person: Person) -> list[int]:
        client = sign_in(person)
        return [client.get(address).status_code for address in (*files, page)]

    def given_on() -> bool:
        return queries.givable(case).filter(pk=record.pk).exists()

    review = reverse("review", args=[case.reference])
    assert answers(whole.specialist) == [200, 200, 200, 200]
    assert files[0] in sign_in(whole.specialist).get(review).content.decode()
    assert given_on()
    found = Found("not-this-child", BLOCKER, "The name is not the child’s.", "", {"page": 1})
    findings.replace(case=case, subject=part, check="whose@1", found=[found])
    assert answers(whole.specialist) == [404, 404, 404, 200], "the page that is open stays so"
    assert files[0] not in sign_in(whole.specialist).get(review).content.decode()
    assert not given_on()
    for person in (whole.coordinator, record.sent_by):
        assert answers(person) == [200, 200, 200, 200]
    findings.fall_away(case=case, kind="record", subjects=[part.pk])
    assert answers(whole.specialist) == [200, 200, 200, 200]
    Record.objects.filter(pk=part.pk).update(removed_at=clock.now())
    assert answers(whole.specialist) == [404, 404, 404, 200], "taken out it is in the file still"
