"""Database triggers that let rows be added and nothing else, on SQLite and on PostgreSQL."""

from typing import Any

from django.db.migrations.operations.base import Operation


class InsertOnly(Operation):
    """Refuse UPDATE and DELETE (and TRUNCATE, where there is such a thing) on a table."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing that Django knows of."""

    def database_forwards(self, app_label: str, schema_editor: Any, *_states: Any) -> None:
        for statement in creation(schema_editor.connection.vendor, self.table):
            schema_editor.execute(statement)

    def database_backwards(self, app_label: str, schema_editor: Any, *_states: Any) -> None:
        for statement in removal(schema_editor.connection.vendor, self.table):
            schema_editor.execute(statement)

    def describe(self) -> str:
        return f"Let rows of {self.table} be added and nothing else"


def names(table: str) -> tuple[str, ...]:
    """Return the names of a table's triggers."""
    return tuple(f"{table}_no_{verb}" for verb in ("update", "delete", "truncate"))


def creation(vendor: str, table: str) -> list[str]:
    """Return the statements that make the triggers."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END"
            for verb in ("update", "delete")
        ]
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table}: rows are only ever added'; END $$",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


def removal(vendor: str, table: str) -> list[str]:
    """Return the statements that take the triggers away."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")]
    return [
        *(f"DROP TRIGGER {name} ON {table}" for name in names(table)),
        f"DROP FUNCTION {table}_refuse()",
    ]
