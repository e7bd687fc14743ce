"""Reads and new rows whose statements are put together once and then only run.

To find a row by its key takes 20 µs; Django's work of putting the question together takes ten times
as long, and is done anew whenever a queryset is read. What every action asks (whose part is this,
which clocks run) is therefore written as a function that returns a queryset for *places*, marked
`prepared`: the first call puts it together, each call runs it with its own values. See
``docs/decisions/0033-prepared-reads.md``.
"""

from collections.abc import Callable
from copy import copy
from datetime import date, datetime
from functools import cache, wraps
from inspect import signature
from types import SimpleNamespace
from typing import Any, get_origin
from uuid import UUID

from django.db import connection, connections, models

_KINDS: dict[Any, type[models.Field[Any, Any]]] = {
    UUID: models.UUIDField, str: models.TextField, dict: models.JSONField,
    date: models.DateField, datetime: models.DateTimeField,
}  # fmt: skip


class _Place(models.Expression):
    """Where a value goes when the read is run."""

    def __init__(self, name: str, kind: type[models.Field[Any, Any]]) -> None:
        super().__init__(output_field=kind())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return a mark, and this place where its value will be."""
        return "%s", (self,)

    def written(self, value: Any, connection: Any) -> Any:
        """Return a value as the database has it."""
        return self.output_field.get_db_prep_value(value, connection)


def prepared[**Given, Row](
    make: Callable[Given, models.QuerySet[Any, Row]],
) -> Callable[Given, list[Row]]:
    """Turn a function that returns a queryset into one that reads it, put together once.

    Each parameter is a UUID, a date, a datetime, a str or a dict (JSON), says so, and is only
    compared with: Python's own `if` in the function sees a place, no value. None is no value.
    """
    kinds = {
        each.name: _KINDS[get_origin(each.annotation) or each.annotation]
        for each in signature(make).parameters.values()
    }

    @cache
    def ready() -> tuple[Any, Any, str, tuple[Any, ...]]:
        places: Any = [_Place(name, kind) for name, kind in kinds.items()]
        rows = make(*places)  # type: ignore[call-arg]  # as many places as parameters
        compiler = rows.query.get_compiler(rows.db)
        statement = compiler.as_sql()
        # Which columns are turned into something else, and how, does not change either.
        converters = compiler.get_converters(
            [column for column, _sql, _name in compiler.select[: compiler.col_count]]
        )
        compiler.get_converters = lambda _columns: converters
        return rows, compiler, *statement

    @wraps(make)
    def read(*args: Given.args, **kwargs: Given.kwargs) -> list[Row]:
        rows, compiler, statement, parts = ready()
        own = connections[rows.db]  # of this thread
        given = dict(zip(kinds, args, strict=False)) | kwargs
        params = [
            each.written(given[each.name], own) if isinstance(each, _Place) else each
            for each in parts
        ]
        # Django's own reading of rows, behind what has been put together: its compiler is asked
        # for the statement, and has it.
        bound = copy(compiler)
        bound.connection, bound.as_sql = own, lambda: (statement, params)
        asked: Any = SimpleNamespace(
            db=rows.db, query=SimpleNamespace(get_compiler=lambda *_, **__: bound),
            _fields=rows._fields, _fetch_mode=rows._fetch_mode, _known_related_objects={},  # noqa: SLF001 - what its rows are made by: docs/decisions/0033
        )  # fmt: skip
        return list(rows._iterable_class(asked))  # noqa: SLF001 - the same

    return read


def add(row: models.Model) -> None:
    """Write a new row down, with the defaults that its model gives it; no signals are sent."""
    statement, fields = _inserted(type(row))
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [each.get_db_prep_save(each.pre_save(row, add=True), connection) for each in fields],
        )
    row._state.adding = False  # noqa: SLF001 - documented API: it stands in the database
    row._state.db = connection.alias  # noqa: SLF001 - documented, too


@cache
def _inserted(model: type[models.Model]) -> tuple[str, list[models.Field[Any, Any]]]:
    """Return what adds a row, and the fields in the order of its places."""
    about, quoted = model._meta, connection.ops.quote_name  # noqa: SLF001 - documented API
    fields = list(about.local_concrete_fields)
    columns = ", ".join(quoted(str(each.column)) for each in fields)
    places = ", ".join("%s" for _ in fields)
    return f"INSERT INTO {quoted(about.db_table)} ({columns}) VALUES ({places})", fields  # noqa: S608 - names of the model
