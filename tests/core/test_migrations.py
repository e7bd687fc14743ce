"""Migrations: each can be taken back."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from secondopinion.core import triggers

pytestmark = pytest.mark.django_db


def test_every_migration_of_the_house_is_reversible() -> None:
    own = [
        migration
        for migration in MigrationLoader(connection).disk_migrations.values()
        if migration.__module__.startswith("secondopinion.")
    ]
    assert len(own) > 15
    for migration in own:
        for operation in migration.operations:
            assert operation.reversible, (migration, operation)


def test_triggers_are_taken_away_and_put_back() -> None:
    with connection.cursor() as cursor:
        for statements in (triggers.removal, triggers.creation):
            for each in statements(connection.vendor, "audit_entry"):
                cursor.execute(each)
