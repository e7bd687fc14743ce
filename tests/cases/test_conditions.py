"""Groups of conditions: what is shipped, and what choosing one does to a checklist."""

import pytest

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions
from secondopinion.cases.models import ItemState
from secondopinion.core.errors import NotYours
from secondopinion.program import queries
from secondopinion.program.models import Condition, Program
from secondopinion.program.queries import called_for
from tests.web.conftest import sign_in, taken


def test_fifteen_groups_are_shipped_each_with_its_ground(hospital: Program) -> None:
    groups = list(queries.conditions())
    assert len(groups) >= 15
    assert len({group.specialty_id for group in groups}) >= 8
    for group in groups:
        assert set(group.names) == {"en", "es", "ar"}
        assert group.source
        assert group.url.startswith("http")
        rows = called_for(group)
        of_field = {row.key for row in queries.checklist_for(group.specialty_id)}
        assert all(set(row.replaces.split()) <= of_field for row in rows), group.key
        assert any(row.required for row in rows), group.key
        assert all(set(row.labels) == {"en", "es", "ar"} for row in rows)


def test_a_chosen_group_joins_the_checklist_and_goes_with_the_next(maria: Person) -> None:
    case, grace = taken(maria)
    before = set(case.checklist.values_list("key", flat=True))
    epilepsy, muscle = (Condition.objects.get(key=key) for key in ("epilepsy", "muscle-disease"))

    def counted(condition: Condition) -> tuple[int, int]:
        added, gone = actions.choose_condition(by=grace, case=case, condition=condition)
        return len(added), len(gone)

    assert counted(epilepsy) == (4, 2)
    assert not case.checklist.filter(key__in=["brain-images", "eeg-report"]).exists()
    eeg = case.checklist.get(key="video-eeg")
    assert (eeg.months, eeg.required, eeg.condition) == (24, True, "epilepsy")
    assert counted(epilepsy) == (0, 0)
    actions.settle_item(by=grace, item=eeg, state=ItemState.ARRIVED)
    assert counted(muscle) == (4, 4)
    now = set(case.checklist.values_list("key", flat=True))
    less = before - {"brain-images", "imaging-report", "eeg-report"}
    assert now == less | {"video-eeg", "genetics", "ck", "echo-report", "lung-function"}
    chosen = {"condition": ""}
    desk = sign_in(grace)
    desk.post(f"/desk/cases/{case.reference}/do/choose-condition/", chosen)
    shown = desk.get(f"/desk/cases/{case.reference}/").content.decode()
    assert "Taken off the checklist:" in shown
    assert "Lung function" in shown, "what has gone is named"
    assert set(case.checklist.values_list("key", flat=True)) == before | {"video-eeg"}
    assert len([e for e in entries_for(case.pk) if e.verb == "condition-chosen"]) == 4
    with pytest.raises(NotYours):
        actions.choose_condition(by=maria, case=case, condition=epilepsy)
