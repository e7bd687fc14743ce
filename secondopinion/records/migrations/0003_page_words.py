"""The words of pages as they are compared in a search; those of pages that are there already."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from secondopinion.records.indexing import comparable

AT_ONCE = 500


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Write down the words of the pages that are there."""
    pages, words = apps.get_model("records", "Page"), apps.get_model("records", "PageWords")
    held = []
    for key, text in pages.objects.values_list("pk", "text").iterator():
        held.append(words(page_id=key, folded=comparable(text)))
        if len(held) == AT_ONCE:
            words.objects.bulk_create(held)
            held = []
    words.objects.bulk_create(held)


class Migration(migrations.Migration):
    dependencies = [("records", "0002_laboratory")]

    operations = [
        migrations.CreateModel(
            name="PageWords",
            fields=[
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="records.page",
                    ),
                ),
                ("folded", models.TextField(blank=True)),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
