"""What checks said of records that families took out of their drafts goes with these records."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from secondopinion.core import clock


def fall_away(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Close the findings of removed records; a record that comes back is judged anew."""
    removed = apps.get_model("records", "Record").objects.exclude(removed_at=None)
    rows = apps.get_model("findings", "Finding").objects.filter(
        subject_kind="record", subject_id__in=removed.values("pk"), state__in=["open", "accepted"]
    )
    rows.update(state="fixed", settled_at=clock.now())


class Migration(migrations.Migration):
    dependencies = [("records", "0003_retaken_pages"), ("findings", "0002_cleared")]

    operations = [migrations.RunPython(fall_away, migrations.RunPython.noop)]
