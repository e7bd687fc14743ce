import django.db.models.deletion
import secondopinion.core.clock
import secondopinion.core.ids
from django.core.management import call_command
from django.db import migrations, models


def make_cache(apps, schema_editor):
    """Make the table in which counts of tries are kept, shared by every process that serves."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop_cache(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS core_cache")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='VaultSpace',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('wrapped_key', models.BinaryField(null=True)),
                ('master_version', models.PositiveSmallIntegerField()),
                ('erased_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('erased_at__isnull', True), ('wrapped_key__isnull', False)), models.Q(('erased_at__isnull', False), ('wrapped_key__isnull', True)), _connector='OR'), name='vault_space_erased_has_no_key')],
            },
        ),
        migrations.CreateModel(
            name='Blob',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('digest', models.CharField(max_length=64)),
                ('length', models.PositiveBigIntegerField()),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blobs', to='core.vaultspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('space', 'digest'), name='blob_once_in_a_space')],
            },
        ),
        migrations.CreateModel(
            name='JobLease',
            fields=[
                ('job_id', models.UUIDField(primary_key=True, serialize=False)),
                ('worker', models.CharField(blank=True, max_length=100)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('beat_at', models.DateTimeField(default=secondopinion.core.clock.now)),
                ('reason', models.CharField(blank=True, max_length=100)),
                ('incident', models.CharField(blank=True, max_length=12)),
            ],
        ),
        migrations.CreateModel(
            name='PeriodicRun',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('ran_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StagedFile',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('length', models.PositiveBigIntegerField()),
                ('blob', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.blob')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staged', to='core.vaultspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RunPython(make_cache, drop_cache),
    ]
