"""Messages that were sent keep no words: they may hold links that open a page, and codes."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def forget(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Forget the words of what was sent before; nothing reads them any more."""
    apps.get_model("messaging", "Message").objects.filter(state="sent").update(body="", link="")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_new_address")]

    operations = [
        migrations.AlterField("message", "body", models.TextField(blank=True)),
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
