"""A record with another child’s page is closed to readers until the desk has settled it."""

import pytest
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.findings import actions as findings
from secondopinion.findings.found import BLOCKER, WARNING, Found
from secondopinion.opinions import compose
from secondopinion.records import indexing, queries, searching
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
