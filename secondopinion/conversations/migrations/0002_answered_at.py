from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def owe_nothing(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Nobody knows any more which of the messages from before wait for an answer."""
    apps.get_model("conversations", "Post").objects.update(answered_at=models.F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("conversations", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(owe_nothing, migrations.RunPython.noop),
    ]
