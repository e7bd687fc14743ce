"""Lets the same job be found among those that wait, however many there are (`jobs.enqueue_once`)."""

from django.db import migrations

TABLE, INDEX = "django_tasks_database_dbtaskresult", "job_that_waits"


def make(apps, schema_editor):
    # A hash, for what a job is called with may be longer than an entry of a tree can be.
    using = "USING hash " if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(
        f"CREATE INDEX {INDEX} ON {TABLE} {using}(args_kwargs) WHERE status = 'READY'"
    )


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0001_initial"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [migrations.RunPython(make, drop)]
