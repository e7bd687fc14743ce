import django.db.models.deletion
import secondopinion.core.clock
import secondopinion.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('cases', '0001_initial'),
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Study',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('uid', models.CharField(max_length=64)),
                ('date', models.DateField(null=True)),
                ('description', models.CharField(blank=True, max_length=200)),
                ('patient_name', models.CharField(blank=True, max_length=324)),
                ('patient_id', models.CharField(blank=True, max_length=64)),
                ('patient_birth_date', models.DateField(null=True)),
                ('patient_sex', models.CharField(blank=True, max_length=1)),
                ('patient_key', models.CharField(blank=True, max_length=324)),
                ('source', models.CharField(max_length=20)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='studies', to='cases.case')),
            ],
            options={
                'ordering': ['date', 'uid', 'created_at'],
                'constraints': [models.UniqueConstraint(fields=('case', 'uid', 'patient_key'), name='study_once')],
            },
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('uid', models.CharField(max_length=64)),
                ('number', models.IntegerField(null=True)),
                ('modality', models.CharField(blank=True, max_length=16)),
                ('description', models.CharField(blank=True, max_length=200)),
                ('body_part', models.CharField(blank=True, max_length=64)),
                ('role', models.CharField(choices=[('volume', 'Images'), ('localizer', 'Overview image'), ('secondary-capture', 'Screenshots'), ('dose-report', 'Report of the dose'), ('report', 'Written report'), ('other', 'Other objects')], default='other', max_length=20)),
                ('removed_at', models.DateTimeField(null=True)),
                ('removed_why', models.CharField(blank=True, choices=[('other-child', 'Not my child’s'), ('mistake', 'Sent by mistake')], max_length=12)),
                ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('study', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='series', to='imaging.study')),
            ],
            options={
                'verbose_name_plural': 'series',
                'ordering': ['number', 'uid'],
                'constraints': [models.UniqueConstraint(fields=('study', 'uid'), name='series_once')],
            },
        ),
        migrations.CreateModel(
            name='Instance',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('uid', models.CharField(max_length=64)),
                ('sop_class', models.CharField(max_length=64)),
                ('transfer_syntax', models.CharField(max_length=64)),
                ('number', models.IntegerField(null=True)),
                ('position', models.FloatField(null=True)),
                ('frames', models.PositiveIntegerField(default=0)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('columns', models.PositiveIntegerField(default=0)),
                ('bits', models.PositiveIntegerField(default=0)),
                ('pixel_offset', models.PositiveBigIntegerField(null=True)),
                ('frame_length', models.PositiveBigIntegerField(default=0)),
                ('header_length', models.PositiveBigIntegerField(default=0)),
                ('metadata', models.BinaryField(default=b'')),
                ('settled', models.BooleanField(default=True)),
                ('aside', models.BooleanField(default=False)),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
                ('series', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='instances', to='imaging.series')),
            ],
            options={
                'ordering': ['position', 'number', 'uid'],
                'indexes': [models.Index(fields=['uid'], name='instance_uid'), models.Index(condition=models.Q(('settled', False)), fields=['series'], name='instance_to_settle')],
                'constraints': [models.UniqueConstraint(fields=('series', 'uid', 'blob'), name='instance_content_once'), models.UniqueConstraint(condition=models.Q(('aside', False)), fields=('series', 'uid'), name='instance_shown_once')],
            },
        ),
        migrations.CreateModel(
            name='Measurement',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('version', models.CharField(max_length=10)),
                ('numbers', models.JSONField(default=dict)),
                ('instance', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='measurement', to='imaging.instance')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DeidentifiedCopy',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('reason', models.TextField()),
                ('series', models.JSONField()),
                ('options', models.JSONField()),
                ('state', models.CharField(choices=[('waiting', 'Being made'), ('made', 'Ready'), ('empty', 'Nothing could be copied'), ('ended', 'Ended')], default='waiting', max_length=10)),
                ('report', models.JSONField(default=dict)),
                ('expires_at', models.DateTimeField()),
                ('blob', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='cases.case')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'de-identified copies',
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('blob__isnull', False), ('state', 'made')), models.Q(models.Q(('state', 'made'), _negated=True), ('blob__isnull', True)), _connector='OR'), name='copy_is_there_while_it_is_made')],
            },
        ),
        migrations.CreateModel(
            name='DiscDirectory',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('digest', models.CharField(max_length=64)),
                ('listed', models.BinaryField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.case')),
            ],
            options={
                'verbose_name_plural': 'disc directories',
                'constraints': [models.UniqueConstraint(fields=('case', 'digest'), name='disc_directory_once')],
            },
        ),
    ]
