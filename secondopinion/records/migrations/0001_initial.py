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
            name='Record',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('title', models.CharField(max_length=255)),
                ('kind', models.CharField(choices=[('discharge_letter', 'Letter or discharge summary'), ('laboratory', 'Laboratory results'), ('pathology', 'Pathology report'), ('operation_note', 'Operation note'), ('imaging_report', 'Report about images'), ('genetics', 'Genetic test'), ('photo', 'Photo of the child'), ('other', 'Something else'), ('clinic_letter', 'Letter from a clinic'), ('growth_record', 'Growth chart'), ('vaccination', 'Vaccinations'), ('prescription', 'Prescription'), ('consent', 'Consent form'), ('identity_document', 'Identity document')], default='other', max_length=20)),
                ('media_type', models.CharField(max_length=100)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('dated', models.DateField(blank=True, null=True)),
                ('suggested', models.JSONField(default=dict)),
                ('source', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('reading', 'Being read'), ('read', 'Read'), ('locked', 'Locked with a password'), ('unreadable', 'Cannot be opened')], default='reading', max_length=12)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='cases.case')),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='records.record')),
                ('opened', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
                ('part_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='records.record')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('part_of__isnull', True)), fields=('case', 'blob'), name='record_content_once'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='record_accepted_by_whom')],
            },
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('number', models.PositiveIntegerField()),
                ('of_file', models.PositiveIntegerField()),
                ('turn', models.PositiveSmallIntegerField(default=0)),
                ('aside', models.CharField(blank=True, choices=[('blank', 'Blank'), ('copy', 'A copy of another page')], max_length=8)),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('text', models.TextField(blank=True)),
                ('legibility', models.CharField(choices=[('good', 'Easy to read'), ('hard', 'Hard to read'), ('unreadable', 'Cannot be read')], default='good', max_length=12)),
                ('reasons', models.JSONField(default=list)),
                ('look', models.CharField(blank=True, max_length=64)),
                ('blank', models.BooleanField(default=False)),
                ('image', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pages', to='records.record')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('record', 'number'), name='page_once'), models.CheckConstraint(condition=models.Q(('turn__in', [0, 90, 180, 270])), name='page_turned_by_quarters')],
            },
        ),
        migrations.CreateModel(
            name='PageWords',
            fields=[
                ('page', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='words', serialize=False, to='records.page')),
                ('folded', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('version', models.CharField(max_length=20)),
                ('answer', models.JSONField()),
                ('page', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reading', to='records.page')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Rearrangement',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('verb', models.CharField(max_length=20)),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rearrangements', to='cases.case')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='LabValue',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('analyte', models.CharField(max_length=40)),
                ('value', models.DecimalField(decimal_places=4, max_digits=12)),
                ('unit', models.CharField(max_length=20)),
                ('taken_on', models.DateField()),
                ('low', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                ('high', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lab_values', to='cases.case')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lab_values', to='records.page')),
            ],
            options={
                'indexes': [models.Index(fields=['case', 'analyte'], name='lab_value_of_case')],
            },
        ),
    ]
