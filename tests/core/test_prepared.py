"""Reads that are put together once: the same rows as Django's own, with each call's own values."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.db.models import F, Q, QuerySet
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from secondopinion.accounts.actions import ensure_person, grant_role
from secondopinion.accounts.models import Person, StaffRole
from secondopinion.audit.models import Entry
from secondopinion.core import clock
from secondopinion.core import prepared as module
from secondopinion.core.ids import new_id
from secondopinion.core.prepared import add, prepared

pytestmark = pytest.mark.django_db


@prepared
def _roles(person: UUID, now: datetime) -> QuerySet[StaffRole, str]:
    live = Q(until=None) | Q(until__gt=now)
    return StaffRole.objects.filter(live, person_id=person).values_list("role", flat=True)


@prepared
def _named(email: str) -> QuerySet[Any, Any]:
    return Person.objects.filter(email=email).values_list("pk", "created_at", named=True)


@prepared
def _whole(email: str) -> QuerySet[Any]:
    rows = StaffRole.objects.filter(person__email=email).select_related("person")
    return rows.annotate(address=F("person__email")).order_by("role")


@prepared
def _jobs(given: dict[str, Any]) -> QuerySet[DBTaskResult, UUID]:
    return DBTaskResult.objects.filter(args_kwargs=given).values_list("pk", flat=True)[:1]


def _person(name: str, *roles: str) -> Person:
    made = ensure_person(email=f"{name}@harbour.example", full_name=name)
    for role in roles:
        grant_role(by=None, person=made, role=role)
    return made


def test_each_call_has_its_own_values() -> None:
    grace, mei = _person("grace", "coordinator"), _person("mei", "specialist", "director")
    now = clock.now()
    assert _roles(grace.pk, now) == ["coordinator"]
    assert sorted(_roles(person=mei.pk, now=now)) == ["director", "specialist"]
    assert _roles(new_id(), now) == []


def test_an_instant_is_compared_as_django_compares_it() -> None:
    grace = _person("grace", "coordinator")
    until = clock.now()
    StaffRole.objects.filter(person=grace).update(until=until)
    assert _roles(grace.pk, until) == []
    assert _roles(grace.pk, until.replace(year=until.year - 1)) == ["coordinator"]


def test_columns_come_as_django_makes_them() -> None:
    grace = _person("grace")
    [row] = _named("grace@harbour.example")
    assert (row.pk, row.created_at) == (grace.pk, Person.objects.get().created_at)


def test_whole_rows_bring_what_was_selected_beside() -> None:
    mei = _person("mei", "specialist", "director")
    found = _whole("mei@harbour.example")
    assert found == list(StaffRole.objects.order_by("role"))
    with_beside = [(each.person, each.address) for each in found]
    assert with_beside == [(mei, mei.email)] * 2
    assert all(StaffRole.person.is_cached(each) for each in found)
    assert not found[0]._state.adding


def test_one_question_is_asked(django_assert_num_queries: Any) -> None:
    _person("mei", "specialist")
    with django_assert_num_queries(1):
        assert _whole("mei@harbour.example")[0].person.full_name == "mei"


@pytest.mark.parametrize(
    "given", [{"args": ["é", 1], "kwargs": {}}, {"args": [None], "kwargs": {}}]
)
def test_json_is_compared(given: dict[str, Any]) -> None:
    made = DBTaskResult.objects.create(
        status=TaskResultStatus.READY, task_path="somewhere", args_kwargs=given, backend_name="x",
        queue_name="default", run_after=clock.now(), exception_class_path="", traceback="",
    )  # fmt: skip
    assert _jobs(given) == [made.pk]
    assert _jobs({"args": [], "kwargs": {}}) == []


def test_a_parameter_of_another_kind_is_refused() -> None:
    def wrong(number: complex) -> QuerySet[Person]:
        return Person.objects.filter(pk=number)

    with pytest.raises(KeyError):
        prepared(wrong)


def test_the_connection_of_the_moment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    _named("nobody@harbour.example")  # put together on this thread's connection
    asked = []

    class Others(dict[str, Any]):
        def __getitem__(self, alias: str) -> Any:
            asked.append(alias)
            return connections[alias]

    monkeypatch.setattr(module, "connections", Others())
    assert _named("nobody@harbour.example") == []
    assert asked == ["default"]


def test_a_new_row_is_the_one_that_django_would_write() -> None:
    by = _person("grace")
    detail = {"from": "ready", "days": 3, "why": 'a "quoted" 100 % é'}
    entries = [
        Entry(verb="tried", actor_id=by.pk, actor_label="x", detail=detail) for _ in range(2)
    ]
    add(entries[0])
    entries[1].save()
    ours, theirs = Entry.objects.get(pk=entries[0].pk), Entry.objects.get(pk=entries[1].pk)
    but = {"id", "created_at", "_state"}
    assert {k: v for k, v in vars(ours).items() if k not in but} == {
        k: v for k, v in vars(theirs).items() if k not in but
    }
    entries[0].refresh_from_db()
    assert not entries[0]._state.adding
