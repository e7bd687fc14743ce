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
        ('imaging', '0001_initial'),
        ('records', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicateSearch',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='duplicate_search', serialize=False, to='cases.case')),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='CaseEntry',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('way', models.CharField(choices=[('telephone', 'By telephone'), ('walk-in', 'In person'), ('post', 'By letter')], max_length=10)),
                ('pages', models.JSONField(default=dict)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('written_at', models.DateTimeField(blank=True, null=True)),
                ('taken_over_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='entry', to='cases.case')),
                ('family', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'case entries',
                'indexes': [models.Index(fields=['by', 'taken_over_at'], name='entry_open_of')],
            },
        ),
        migrations.CreateModel(
            name='Duplicate',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('reasons', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('open', 'To be looked at'), ('different', 'Two children'), ('joined', 'Joined')], default='open', max_length=10)),
                ('at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('earlier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duplicates_later', to='cases.case')),
                ('later', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duplicates_earlier', to='cases.case')),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.UniqueConstraint(fields=('earlier', 'later'), name='duplicate_once')],
            },
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('case_id', models.UUIDField()),
                ('why', models.CharField(max_length=12)),
                ('due_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case_id', 'why', 'due_at'), name='escalated_once')],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='cases.checklistitem')),
                ('record', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.record')),
                ('study', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='imaging.study')),
            ],
            options={
                'verbose_name_plural': 'evidence',
                'ordering': ['created_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('record__isnull', False)), fields=('item', 'record'), name='evidence_record_once'), models.UniqueConstraint(condition=models.Q(('study__isnull', False)), fields=('item', 'study'), name='evidence_study_once'), models.CheckConstraint(condition=models.Q(models.Q(('record__isnull', False), ('study__isnull', True)), models.Q(('record__isnull', True), ('study__isnull', False)), _connector='OR'), name='evidence_is_a_record_or_a_study')],
            },
        ),
        migrations.CreateModel(
            name='Join',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('moved', models.JSONField(default=dict)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('joined', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='joined_into', to='cases.case')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='joins', to='cases.case')),
                ('pair', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='joins', to='desk.duplicate')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('joined',), name='joined_once')],
            },
        ),
        migrations.CreateModel(
            name='MailIn',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('mail_id', models.CharField(blank=True, max_length=200)),
                ('case_id', models.UUIDField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'created_at'], name='mail_in_of')],
            },
        ),
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('not-eligible', 'The program may not help here, or is not made for this'), ('emergency', 'This cannot wait: the child needs care at home now'), ('cannot-help', 'A written opinion would not help')], max_length=20)),
                ('letter', models.TextField()),
                ('language', models.CharField(max_length=10)),
                ('fee', models.CharField(choices=[('none', 'Nothing was paid, and nothing is to be paid'), ('returned', 'What was paid is given back'), ('kept', 'What was paid is not given back')], max_length=10)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='refusal', to='cases.case')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('name', models.CharField(max_length=60)),
                ('address', models.CharField(max_length=500)),
                ('shared', models.BooleanField(default=False)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='saved_view_named_once')],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('away', 'Away'), ('duty', 'Second on duty')], max_length=10)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('cover', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='covers', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['first'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='shift_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('cover__isnull', True), ('kind', 'duty')), models.Q(('cover__isnull', False), ('kind', 'away'), models.Q(('cover', models.F('person')), _negated=True)), _connector='OR'), name='who_is_away_is_covered_by_somebody_else')],
            },
        ),
        migrations.CreateModel(
            name='SpokenConsent',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('way', models.CharField(choices=[('telephone', 'By telephone'), ('walk-in', 'In person'), ('post', 'By letter')], max_length=10)),
                ('said_at', models.DateTimeField()),
                ('language', models.CharField(max_length=10)),
                ('interpreter', models.CharField(blank=True, max_length=200)),
                ('version', models.CharField(max_length=20)),
                ('kinds', models.JSONField(default=list)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='desk.caseentry')),
                ('guardian', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('read_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('verb', models.CharField(choices=[('hand-over', 'Hand over'), ('put-off', 'Put off')], max_length=20)),
                ('before', models.JSONField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['by', '-created_at'], name='step_of')],
            },
        ),
    ]
