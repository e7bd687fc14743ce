"""A family is asked once the team has chosen: until now it was asked when a referral was opened."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def were_asked(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Note of the referrals that are there that their families have been asked."""
    rows = apps.get_model("referrals", "Referral").objects.filter(asked_at=None)
    rows.update(asked_at=models.F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(were_asked, migrations.RunPython.noop),
    ]
