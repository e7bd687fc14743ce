"""What the desk settles can be opened again, and the pages say whose they are and what is next."""

import pytest
from django.urls import reverse

from secondopinion.cases.models import Case, ChecklistItem
from secondopinion.core.errors import Conflict
from secondopinion.desk.fitting import fitting_studies
from secondopinion.findings.actions import replace, take_back
from secondopinion.findings.found import BLOCKER, Found
from secondopinion.findings.models import Finding
from secondopinion.imaging.models import Series, Study
from secondopinion.records import queries as records
from tests.web.conftest import person, sign_in, submitted, taken, whole_case

pytestmark = pytest.mark.django_db


def test_what_was_cleared_by_mistake_is_opened_again(hospital: object) -> None:
    family = person("maria@familia.example", name="María López")
    case, grace = taken(family)
    record = records.for_case(case).get()
    found = Found("not-this-child", BLOCKER, "Another name.", where={"page": 1})
    [row] = replace(case=case, subject=record, check="whose@1", found=[found])
    desk, at = sign_in(grace), reverse("desk-case-records", args=[case.reference])
    assert "Locked away" in desk.get(at).content.decode()

    def press(verb: str, **more: str) -> None:
        given = {"finding": str(row.pk), **more}
        desk.post(reverse("desk-act", args=[case.reference, verb]), given)

    press("clear-finding", reason="It is the grandmother's insurance card.")
    text = desk.get(at).content.decode()
    assert "Locked away" not in text
    assert "do/reopen-finding/" in text
    story = desk.get(reverse("desk-case-history", args=[case.reference])).content.decode()
    assert f"\u2068{record.title}\u2069, page 1" in story
    assert "insurance card" in story
    press("reopen-finding")
    row.refresh_from_db()
    assert (row.state, row.reason, row.settled_by) == ("open", "", None)
    assert "Locked away" in desk.get(at).content.decode()
    look = reverse("page-look", args=[case.reference, record.pk, 1])
    assert case.child.full_name in desk.get(look).content.decode()
    Finding.objects.filter(pk=row.pk).update(state="cleared")
    Case.objects.filter(pk=case.pk).update(state="withdrawn")
    with pytest.raises(Conflict):
        take_back(finding=Finding.objects.select_related("case").get(pk=row.pk), by=grace)
    now = desk.get(reverse("desk-case", args=[case.reference])).content.decode()
    assert "the family has withdrawn its request" in now


def test_a_question_after_the_report_says_whose_it_is(hospital: object) -> None:
    whole = whole_case()
    browser, case = sign_in(whole.specialist), whole.case
    case.follow_up_questions.update(state="with_expert")
    alone = browser.get(reverse("answer-question", args=[case.reference, 1])).content.decode()
    listed = browser.get(reverse("expert")).content.decode()
    for text in (alone, listed.partition("Questions after the report")[2].partition("</ul>")[0]):
        assert case.child.full_name in text
        assert f'dir="ltr">{case.reference}</bdi>' in text


def test_a_study_that_came_is_offered_for_what_was_asked_for(hospital: object) -> None:
    case = submitted(person("maria@familia.example"))
    item = ChecklistItem(case=case, key="brain-images", kind="images", state="asked")
    mri, chest = Study(uid="1", description="MRI BRAIN"), Study(uid="2", description="CHEST")
    rows = [Series(study=mri, modality="MR"), Series(study=chest, modality="CR")]
    assert fitting_studies(item, rows) == [mri]
    item.state = "arrived"
    assert fitting_studies(item, rows) == []
