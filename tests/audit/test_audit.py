"""The audit is only ever added to, and its chain finds what was done behind its back."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from secondopinion.audit import actions
from secondopinion.audit.models import Entry, Seal
from secondopinion.core import clock, triggers

# The first entry says that the program was set up.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hospital")]


def filled(count: int = 5) -> None:
    for number in range(count):
        actions.record("something-done", by=None, detail={"number": number})
    actions.seal()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET verb = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE audit_seal SET hash = 'x'",
        "DELETE FROM audit_seal",
    ],
)
def test_the_database_refuses_to_change_it(statement: str) -> None:
    filled()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert actions.verify().holds


def test_the_chain_holds_and_its_head_moves() -> None:
    filled()
    first = actions.verify()
    assert (first.links, first.unsealed, first.holds) == (6, 0, True)
    actions.record("another", by=None)
    assert actions.verify().unsealed == 1
    actions.seal()
    assert actions.head() != first.head


def test_what_came_late_is_chained_by_the_look_at_everything() -> None:
    with time_machine.travel(clock.now() - timedelta(days=2), tick=False):
        late = actions.record("begun-the-day-before-yesterday", by=None)
    filled()  # looks at everything
    with time_machine.travel(clock.now() - timedelta(days=2), tick=False):
        later = actions.record("a-clock-went-wrong", by=None)
    with time_machine.travel(clock.now() - timedelta(hours=23), tick=False):
        long = actions.record("took-long", by=None)
    assert actions.seal(lately=True) == 1
    assert set(Entry.objects.filter(seal__isnull=True)) == {later}
    assert actions.seal() == 1
    assert [late.seal.number, long.seal.number, later.seal.number] == [1, 8, 9]
    assert actions.verify().holds


def without_triggers(*statements: str) -> None:
    """Do what somebody with the database's own password could do."""
    with connection.cursor() as cursor:
        for table in ("audit_entry", "audit_seal"):
            for each in triggers.removal(connection.vendor, table):
                cursor.execute(each)
        for each in statements:
            cursor.execute(each)


def test_a_changed_entry_is_found() -> None:
    filled()
    without_triggers("UPDATE audit_entry SET verb = 'nothing-done' WHERE verb = 'something-done'")
    assert actions.verify().broken_at == 2


def test_an_entry_taken_out_of_the_middle_is_found() -> None:
    filled()
    middle = Seal.objects.get(number=3)
    with connection.cursor() as cursor:
        for table in ("audit_entry", "audit_seal"):
            for each in triggers.removal(connection.vendor, table):
                cursor.execute(each)
    Seal.objects.filter(number=3).delete()
    Entry.objects.filter(pk=middle.entry_id).delete()
    assert actions.verify().broken_at == 3


def test_an_action_that_fails_leaves_no_entry() -> None:
    def fail() -> None:
        with transaction.atomic():
            actions.record("something-done", by=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not Entry.objects.filter(verb="something-done").exists()
