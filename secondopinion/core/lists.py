"""Rows of another table as a list in one column, so that a page asks the database once less."""

from typing import Any

from django.db.models import Aggregate, JSONField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject


class _Gathered(Aggregate):
    """The values of many rows as a JSON list, in no order."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Call it by PostgreSQL's name."""
        return self.as_sql(compiler, connection, function="JSONB_AGG", **more)


def listed(rows: QuerySet[Any], by: str, *columns: str) -> Coalesce:
    """Return the columns of rows whose key `by` is that of the outer row, as objects in a list.

    The list has no order; it is empty where there are no rows.
    """
    one = _Gathered(JSONObject(**{name: name for name in columns}))
    found = rows.filter(**{by: OuterRef(by)}).order_by().values(by).annotate(rows=one)
    return Coalesce(Subquery(found.values("rows")), Value([], JSONField()))
