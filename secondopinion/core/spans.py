"""How long it was between the instants of two columns, reckoned where the rows are."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import FloatField, Func
from django.db.models.sql.compiler import SQLCompiler

_Sql = tuple[str, tuple[str | int, ...]]


class Hours(Func):
    """The hours from one instant to a later one, `Hours(later, earlier)`: a number, to be summed.

    Django's own difference is a duration: SQLite asks Python for each, and cannot write it as text.
    """

    arity = 2
    output_field = FloatField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any
    ) -> _Sql:
        """Subtract Julian days, which know milliseconds."""
        return self.as_sql(
            compiler, connection, arg_joiner=") - julianday(",
            template="(24 * (julianday(%(expressions)s)))", **more,
        )  # fmt: skip

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any
    ) -> _Sql:
        """Take an interval apart."""
        return self.as_sql(
            compiler, connection, arg_joiner=" - ",
            template="(EXTRACT(EPOCH FROM %(expressions)s) / 3600)::float8", **more,
        )  # fmt: skip
