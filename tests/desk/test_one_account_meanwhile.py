"""Two accounts of one parent: what courts, colleagues and time do between asking and undoing."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Guardianship, Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock, jobs
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk import actions, duplicates
from secondopinion.desk.models import Duplicate, Join, OneAccount
from secondopinion.guardians import actions as guardians
from tests.desk.conftest import KEPT, OTHER
from tests.desk.test_one_account import asked, codes, made_one, opens
from tests.web.conftest import person, submitted


def test_what_a_court_has_said_is_neither_spread_nor_lost(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    cases.take(by=grace, case=second)
    asked(grace, first, kept)
    sent = codes()
    guardians.note_order(
        by=grace, case=second, person=other, effect="sees_only", basis="Court of Puebla, 12"
    )
    with pytest.raises(Refused) as refused:
        actions.confirm_one(by=kept, **sent)
    assert refused.value.code == "one-limited"
    assert not OneAccount.objects.filter(confirmed_at__isnull=False).exists()
    assert opens(other) == {second}


def test_who_is_kept_out_of_a_case_does_not_come_in_this_way(
    grace: Person, first: Case, second: Case, kept: Person
) -> None:
    cases.take(by=grace, case=second)
    guardians.note_order(
        by=grace, case=second, person=None, effect="kept_out", basis="Court of Puebla, 12",
        full_name="M. L.", email="maria+x@familia.example",
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        asked(grace, first, kept)
    assert refused.value.code == "kept-out"


def test_what_the_kept_account_has_lost_since_does_not_come_back_to_the_other(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    jose = person("jose@familia.example", name="José")
    cases.invite_guardian(by=other, case=second, full_name="José", email=jose.email, kind="parent")
    cases.take(by=grace, case=second)
    row = made_one(grace, first, kept)
    cases.end_guardian(by=grace, case=second, person=kept, reason="The father said so.")
    actions.undo_one(by=grace, row=row)
    assert [each.pk for each in holders_of(second, Part.FAMILY)] == [jose.pk]
    assert opens(other) == set()


def test_a_court_order_of_meanwhile_holds_for_both_after_the_undo(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    cases.take(by=grace, case=second)
    row = made_one(grace, first, kept)
    guardians.note_order(
        by=grace, case=second, person=kept, effect="sees_only", basis="Court of Puebla, 12"
    )
    actions.undo_one(by=grace, row=row)
    ties = Guardianship.objects.filter(child=second.child, revoked_at=None)
    assert {(tie.person_id, tie.may_consent) for tie in ties} == {
        (kept.pk, False), (other.pk, False),
    }  # fmt: skip


def test_a_join_that_is_undone_later_takes_its_part_from_the_kept_account(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    third = submitted(person("jose@familia.example", name="José"))
    cases.take(by=grace, case=third)
    duplicates.search_new()
    pair = Duplicate.objects.get(earlier__in=[second, third], later__in=[second, third])
    join = actions.join(by=grace, pair=pair, kept=third, people=[other.pk], questions=False)
    made_one(grace, first, kept)
    assert kept in holders_of(third, Part.FAMILY)
    jobs.run_all()
    actions.undo_join(by=grace, row=Join.objects.get(pk=join.pk))
    assert kept not in holders_of(third, Part.FAMILY)
    tied = Guardianship.objects.filter(child=third.child, revoked_at=None)
    assert kept.pk not in set(tied.values_list("person", flat=True))


def test_two_desks_and_old_codes(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    asked(grace, first, kept)
    older = codes()
    tom = person("tom@harbour.example", "coordinator", name="Tom Lindqvist")
    cases.take(by=tom, case=second)
    asked(tom, second, other, KEPT)  # the other way round
    newest = codes()
    with pytest.raises(Refused) as refused:
        actions.confirm_one(by=kept, **older)
    assert refused.value.code == "one-ended", "the newer codes are the ones that count"
    actions.confirm_one(by=other, **newest)
    assert opens(other) == {first, second}
    with pytest.raises(Refused):  # a second tab, after it was done
        actions.confirm_one(by=other, **newest)
    assert OneAccount.objects.filter(confirmed_at__isnull=False).count() == 1


def test_codes_that_were_taken_back_and_codes_after_an_undo(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    row = asked(grace, first, kept)
    sent = codes()
    actions.take_back_one(by=grace, row=row)
    with pytest.raises(Refused):
        actions.confirm_one(by=kept, **sent)
    with pytest.raises(Conflict):
        actions.take_back_one(by=grace, row=row)
    done = made_one(grace, first, kept)
    with pytest.raises(Conflict):
        actions.take_back_one(by=grace, row=done)
    again = codes()
    actions.undo_one(by=grace, row=done)
    with pytest.raises(Refused):
        actions.confirm_one(by=kept, **again)
    assert opens(other) == {second}


@pytest.mark.parametrize(
    "change", [{"email": "new@correo.example"}, {"is_active": False, "email": None}]
)
def test_an_account_that_has_changed_or_was_closed_meanwhile(
    grace: Person, first: Case, second: Case, kept: Person, other: Person, change: dict[str, object]
) -> None:
    asked(grace, first, kept)
    Person.objects.filter(pk=other.pk).update(**change)
    with pytest.raises(Refused) as refused, transaction.atomic():
        actions.confirm_one(by=kept, **codes())
    assert refused.value.code == "one-ended"
    assert opens(kept) == {first}


def test_how_long_codes_work_and_an_undo_is_possible(
    grace: Person, first: Case, second: Case, kept: Person
) -> None:
    now = clock.now()
    asked(grace, first, kept)
    with time_machine.travel(now + timedelta(days=1, minutes=1)), pytest.raises(Refused):
        actions.confirm_one(by=kept, **codes())
    row = made_one(grace, first, kept)
    with time_machine.travel(now + timedelta(days=31)), pytest.raises(Refused) as refused:
        actions.undo_one(by=grace, row=row)
    assert refused.value.code == "one-late"
    with pytest.raises(NotYours):
        actions.undo_one(by=kept, row=row)


def test_a_third_account_is_taken_apart_first(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    row = made_one(grace, first, kept)
    third = person("ml@trabajo.example", name="María")
    own = submitted(third)
    cases.take(by=grace, case=own)
    last = actions.ask_one(by=grace, case=own, kept=third, email=KEPT, way="letter")
    actions.confirm_one(by=third, **codes())
    assert accounts.ensure_person(email=OTHER) == third
    with pytest.raises(Refused) as refused:
        actions.undo_one(by=grace, row=row)
    assert refused.value.code == "one-third"
    actions.undo_one(by=grace, row=last)
    actions.undo_one(by=grace, row=row)
    assert (opens(kept), opens(other), opens(third)) == ({first}, {second}, {own})
