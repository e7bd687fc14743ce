"""Rows of another table as a list in one column, so that a page asks the database once less."""

import json
from datetime import UTC, datetime
from typing import Any

from django.db.models import Aggregate, JSONField, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone


class _Gathered(Aggregate):
    """The values of many rows as a JSON list, in no order."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Call it by PostgreSQL's name."""
        return self.as_sql(compiler, connection, function="JSONB_AGG", **more)


def listed(rows: QuerySet[Any], by: str, *columns: str, outer: str = "") -> Coalesce:
    """Return the columns of rows whose key `by` is that of the outer row, as objects in a list.

    The outer row has the key under the same name, or as `outer`.
    The list has no order; it is empty where there are no rows.
    """
    one = _Gathered(JSONObject(**{name: name for name in columns}))
    found = rows.filter(**{by: OuterRef(outer or by)}).order_by().values(by).annotate(rows=one)
    return Coalesce(Subquery(found.values("rows")), Value([], JSONField()))


def as_rows[M: Model](model: type[M], found: list[dict[str, Any]]) -> list[M]:
    """Return what `listed` found as rows of their model that have these columns alone, in the order
    of their keys: the order in which they were made."""
    fields = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001 - documented
    rows = [
        model(**{name: _read(fields[name], value) for name, value in each.items()})
        for each in found
    ]
    return sorted(rows, key=lambda row: str(row.pk))


def _read(field: Any, value: Any) -> Any:
    if isinstance(field, JSONField):  # SQLite gives the text of it
        return json.loads(value) if isinstance(value, str) else value
    read = field.to_python(value)
    if isinstance(read, datetime) and timezone.is_naive(read):  # SQLite keeps UTC without saying so
        return read.replace(tzinfo=UTC)
    return read
