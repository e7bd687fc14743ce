import datetime
import django.db.models.deletion
import django_countries.fields
import secondopinion.core.clock
import secondopinion.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('core', '0001_initial'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('program', '0001_initial'),
        ('sessions', '0001_initial'),
        ('socialaccount', '0006_alter_socialaccount_extra_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('reference', models.CharField(default=secondopinion.core.ids.case_reference, max_length=16, unique=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('collecting', 'Collecting records'), ('waiting_on_family', 'Waiting on the family'), ('ready', 'Ready for an expert'), ('offered', 'Offered to an expert'), ('in_review', 'In review'), ('more_needed', 'More is needed'), ('reported', 'Report signed'), ('follow_up', 'Follow-up'), ('closed', 'Closed'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired'), ('joined', 'Joined with another request')], default='draft', max_length=20)),
                ('state_since', models.DateTimeField(default=secondopinion.core.clock.now)),
                ('condition', models.SlugField(blank=True)),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2)),
                ('residence', models.CharField(blank=True, choices=[('resident', 'lives there'), ('visitor', 'is there for a time only')], max_length=10)),
                ('language', models.CharField(default='en', max_length=10)),
                ('delivery_mode', models.CharField(blank=True, choices=[('not_offered', 'not offered'), ('through_provider', 'through the local provider'), ('family_and_provider', 'to the family and the local provider')], max_length=20)),
                ('delivery_basis', models.TextField(blank=True)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('reported_at', models.DateTimeField(blank=True, null=True)),
                ('follow_up_until', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('act_by', models.DateTimeField(default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('put_off_until', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('instead', models.TextField(blank=True)),
                ('child', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='case', to='accounts.child')),
                ('coordinator', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('specialty', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='program.specialty')),
                ('vault', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='case', to='core.vaultspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['act_by', 'id', 'coordinator', 'state', 'put_off_until', 'ended_at'], name='case_by_need'), models.Index(condition=models.Q(('ended_at', None)), fields=['coordinator', 'act_by', 'id', 'state', 'ended_at'], name='case_by_owner'), models.Index(condition=models.Q(('ended_at', None)), fields=['state', 'act_by', 'id', 'ended_at'], name='case_by_state'), models.Index(condition=models.Q(('ended_at', None)), fields=['specialty', 'act_by', 'id'], name='case_by_field'), models.Index(condition=models.Q(('ended_at', None)), fields=['country', 'act_by', 'id'], name='case_by_country'), models.Index(condition=models.Q(('ended_at', None)), fields=['language', 'act_by', 'id'], name='case_by_language'), models.Index(condition=models.Q(('ended_at__isnull', False)), fields=['-ended_at', '-id'], name='case_by_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'expired', 'withdrawn']), ('submitted_at__isnull', False), _connector='OR'), name='case_is_submitted_when_it_left_draft'), models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), models.Q(('coordinator__isnull', False), ('delivery_mode__gt', '')), _connector='OR'), name='case_has_an_owner_once_accepted')],
            },
        ),
        migrations.CreateModel(
            name='CaseWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(db_index=True, max_length=80)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='cases.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('word', 'case'), name='case_word_once')],
            },
        ),
        migrations.CreateModel(
            name='ChecklistItem',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('key', models.SlugField()),
                ('kind', models.CharField(max_length=10)),
                ('labels', models.JSONField(default=dict)),
                ('required', models.BooleanField(default=True)),
                ('condition', models.SlugField(blank=True)),
                ('months', models.PositiveSmallIntegerField(default=0)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('state', models.CharField(choices=[('open', 'Missing'), ('asked', 'Asked for'), ('answered', 'Answered: please look'), ('arrived', 'Here'), ('waived', 'Not needed')], default='open', max_length=10)),
                ('note', models.TextField(blank=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checklist', to='cases.case')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('case', 'key'), name='checklist_item_once')],
            },
        ),
        migrations.CreateModel(
            name='ClockSpan',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('step', models.CharField(max_length=20)),
                ('began_at', models.DateTimeField(default=secondopinion.core.clock.now)),
                ('due_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clock_spans', to='cases.case')),
            ],
            options={
                'ordering': ['began_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('case', 'step'), name='clock_span_one_running')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('review', 'The records may be read for the opinion'), ('contact_provider', 'We may write to the local provider'), ('disclaimer', 'The disclaimer was read'), ('assent', 'The young person agrees')], max_length=20)),
                ('version', models.CharField(max_length=20)),
                ('language', models.CharField(max_length=10)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='cases.case')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('case', 'person', 'kind'), name='consent_once')],
            },
        ),
        migrations.CreateModel(
            name='Forecast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now)),
                ('stage', models.CharField(choices=[('taking', 'Sent, and not taken yet'), ('collecting', 'Records are collected'), ('choosing', 'A specialist is looked for'), ('review', 'The specialist reviews')], max_length=12)),
                ('early', models.DateTimeField()),
                ('middle', models.DateTimeField()),
                ('late', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forecasts', to='cases.case')),
            ],
            options={
                'indexes': [models.Index(fields=['case', '-created_at'], name='forecast_of_case')],
                'constraints': [models.CheckConstraint(condition=models.Q(('early__lte', models.F('middle')), ('middle__lte', models.F('late'))), name='forecast_days_in_order')],
            },
        ),
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('note', models.TextField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hand_overs', to='cases.case')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='InformationRequest',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('to', models.CharField(choices=[('family', 'Family'), ('local_provider', 'Local provider')], default='family', max_length=20)),
                ('text', models.TextField()),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='information_requests', to='cases.case')),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='cases.checklistitem')),
            ],
            options={
                'ordering': ['created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='information_request_answered_when_and_by_whom')],
            },
        ),
        migrations.CreateModel(
            name='LocalProvider',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('full_name', models.CharField(max_length=200)),
                ('clinic', models.CharField(blank=True, max_length=200)),
                ('email', models.EmailField(max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('language', models.CharField(default='en', max_length=10)),
                ('invited_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('correction', models.TextField(blank=True)),
                ('receipt', models.CharField(blank=True, max_length=12)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('declined_reason', models.TextField(blank=True)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='local_provider', to='cases.case')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('take', 'Take this case'), ('look', 'Check the records'), ('choose', 'Choose a specialist'), ('deliver', 'Deliver the report'), ('answer', 'New answer'), ('message', 'New message'), ('question', 'New question'), ('unopened', 'Report not opened'), ('referral', 'A referral stands still'), ('undelivered', 'A mail did not arrive'), ('silent', 'No answer for long'), ('chase', 'Soon late: ask how it goes'), ('twice', 'Perhaps here twice')], max_length=12)),
                ('since', models.DateTimeField(default=secondopinion.core.clock.now)),
                ('due_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='cases.case')),
            ],
            options={
                'ordering': ['due_at'],
                'indexes': [models.Index(fields=['why', 'case'], name='need_of_kind')],
                'constraints': [models.UniqueConstraint(fields=('case', 'why'), name='need_once')],
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('role', models.CharField(choices=[('family', 'Family'), ('local_provider', 'Local provider'), ('coordinator', 'Intake coordinator'), ('specialist', 'Specialist'), ('second_reader', 'Second reader'), ('referral_coordinator', 'Referral coordinator'), ('entry', 'Enters the request for the family'), ('emergency', 'Emergency access')], max_length=30)),
                ('since', models.DateTimeField(default=secondopinion.core.clock.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('ended_why', models.TextField(blank=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participations', to='cases.case')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'case'], name='participation_of_in')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('case', 'person', 'role'), name='participation_once'), models.UniqueConstraint(condition=models.Q(('role', 'coordinator'), ('until__isnull', True)), fields=('case',), name='participation_one_coordinator')],
            },
        ),
        migrations.CreateModel(
            name='EmergencyAccess',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('reason', models.TextField()),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('justified', models.BooleanField(null=True)),
                ('note', models.TextField(blank=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='emergency_accesses', to='cases.case')),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('participation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='emergency_access', to='cases.participation')),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('justified__isnull', True), ('reviewed_at__isnull', True), ('reviewed_by__isnull', True)), models.Q(('justified__isnull', False), ('reviewed_at__isnull', False), ('reviewed_by__isnull', False)), _connector='OR'), name='emergency_access_reviewed_when_by_whom_and_how')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='cases.case')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='question_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('touched_at', models.DateTimeField(default=secondopinion.core.clock.now)),
                ('changed', models.JSONField(default=dict)),
                ('typed', models.JSONField(default=dict)),
                ('saved_pages', models.JSONField(default=list)),
                ('emergency', models.BooleanField(null=True)),
                ('weight_kg', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('height_cm', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ('head_cm', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ('measured_on', models.DateField(blank=True, null=True)),
                ('measured_before', models.JSONField(default=list)),
                ('gestation_weeks', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('diagnosis', models.TextField(blank=True)),
                ('history', models.TextField(blank=True)),
                ('medicines', models.TextField(blank=True)),
                ('allergies', models.TextField(blank=True)),
                ('operations', models.TextField(blank=True)),
                ('family_history', models.TextField(blank=True)),
                ('immunisations', models.TextField(blank=True)),
                ('development', models.TextField(blank=True)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='request', to='cases.case')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
