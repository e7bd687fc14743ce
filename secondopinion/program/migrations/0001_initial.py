import django.db.models.deletion
import django_countries.fields
import secondopinion.core.clock
import secondopinion.core.ids
from django.conf import settings
from secondopinion.core.triggers import InsertOnly
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeclineLetter',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('not-eligible', 'The program may not help here, or is not made for this'), ('emergency', 'This cannot wait: the child needs care at home now'), ('cannot-help', 'A written opinion would not help')], max_length=20, unique=True)),
                ('bodies', models.JSONField(default=dict)),
                ('alternatives', models.JSONField(default=dict)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='GuardianRule',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, unique=True)),
                ('both_parents', models.BooleanField(default=False)),
                ('parents_prove', models.BooleanField(default=False)),
                ('assent_from', models.PositiveSmallIntegerField(default=12)),
                ('adult_from', models.PositiveSmallIntegerField(default=18)),
                ('legal_basis', models.TextField(blank=True)),
                ('checked_on', models.DateField()),
                ('checked_by', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MessageTemplate',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('key', models.SlugField(unique=True)),
                ('titles', models.JSONField(default=dict)),
                ('bodies', models.JSONField(default=dict)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'key'],
            },
        ),
        migrations.CreateModel(
            name='Specialty',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('key', models.SlugField(unique=True)),
                ('names', models.JSONField(default=dict)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'specialties',
                'ordering': ['position', 'key'],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('step', models.CharField(choices=[('acknowledge', 'Request acknowledged'), ('review_records', 'Records looked through'), ('expert', 'Expert found'), ('report', 'Report signed'), ('second', 'Report read by a second reader'), ('open', 'Report opened by the local provider'), ('answer', 'Follow-up question answered')], max_length=20, unique=True)),
                ('business_days', models.DecimalField(decimal_places=1, max_digits=4)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('revision', models.PositiveIntegerField(unique=True)),
                ('section', models.CharField(max_length=20)),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-revision'],
            },
        ),
        migrations.CreateModel(
            name='Disclaimer',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('version', models.CharField(max_length=20)),
                ('language', models.CharField(max_length=10)),
                ('text', models.TextField()),
                ('in_force_from', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'language'), name='disclaimer_once')],
            },
        ),
        migrations.CreateModel(
            name='GlossaryTerm',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('source', models.CharField(max_length=3)),
                ('target', models.CharField(max_length=3)),
                ('term', models.CharField(max_length=120)),
                ('translation', models.CharField(blank=True, max_length=120)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('source', 'target', 'term'), name='glossary_once')],
            },
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('opinion', 'Second opinion'), ('panel', 'Second opinion by several experts')], max_length=10)),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10)),
                ('currency', models.CharField(max_length=3)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'country'), name='price_once')],
            },
        ),
        migrations.CreateModel(
            name='Condition',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('key', models.SlugField(unique=True)),
                ('names', models.JSONField(default=dict)),
                ('source', models.CharField(max_length=300)),
                ('url', models.URLField(blank=True, max_length=500)),
                ('checked_on', models.DateField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('specialty', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='program.specialty')),
            ],
            options={
                'ordering': ['position', 'key'],
            },
        ),
        migrations.CreateModel(
            name='ChecklistTemplate',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('key', models.SlugField()),
                ('kind', models.CharField(choices=[('record', 'record'), ('images', 'images'), ('fact', 'fact')], max_length=10)),
                ('months', models.PositiveSmallIntegerField(default=0)),
                ('required', models.BooleanField(default=True)),
                ('labels', models.JSONField(default=dict)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('condition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='program.condition')),
                ('specialty', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='program.specialty')),
            ],
            options={
                'ordering': ['position', 'key'],
            },
        ),
        migrations.CreateModel(
            name='Program',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('only', models.BooleanField(default=True, editable=False, unique=True)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('hospitals', models.JSONField(default=dict)),
                ('names', models.JSONField(default=dict)),
                ('email', models.EmailField(max_length=254)),
                ('phone', models.CharField(max_length=40)),
                ('address', models.CharField(blank=True, max_length=300)),
                ('action_colour', models.CharField(default='#005a70', max_length=7)),
                ('mark_colour', models.CharField(default='#005a70', max_length=7)),
                ('languages', models.JSONField(default=list)),
                ('country', django_countries.fields.CountryField(max_length=2)),
                ('region', models.CharField(blank=True, max_length=10)),
                ('timezone', models.CharField(max_length=60)),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('weekdays', models.JSONField(default=list)),
                ('closures', models.JSONField(default=list)),
                ('follow_up_days', models.PositiveSmallIntegerField(default=30)),
                ('follow_up_questions', models.PositiveSmallIntegerField(default=5)),
                ('draft_days', models.PositiveSmallIntegerField(default=90)),
                ('fee_amount', models.DecimalField(decimal_places=2, default=0, max_digits=10)),
                ('fee_currency', models.CharField(default='USD', max_length=3)),
                ('fee_waits', models.BooleanField(default=False)),
                ('bank', models.TextField(blank=True)),
                ('second_share', models.PositiveSmallIntegerField(default=0)),
                ('second_first', models.PositiveSmallIntegerField(default=0)),
                ('second_tumour', models.BooleanField(default=False)),
                ('second_operation', models.BooleanField(default=False)),
                ('second_differs', models.BooleanField(default=False)),
                ('second_conditions', models.JSONField(default=list)),
                ('second_blinded', models.BooleanField(default=False)),
                ('matching', models.JSONField(default=dict)),
                ('logo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('only', True)), name='program_only_one')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryRule',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2)),
                ('residence', models.CharField(blank=True, choices=[('resident', 'lives there'), ('visitor', 'is there for a time only')], max_length=10)),
                ('mode', models.CharField(choices=[('not_offered', 'not offered'), ('through_provider', 'through the local provider'), ('family_and_provider', 'to the family and the local provider')], max_length=20)),
                ('legal_basis', models.TextField()),
                ('reasons', models.JSONField(default=dict)),
                ('checked_on', models.DateField()),
                ('checked_by', models.CharField(blank=True, max_length=200)),
                ('specialty', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='program.specialty')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('specialty__isnull', False)), fields=('country', 'specialty', 'residence'), name='delivery_rule_once'), models.UniqueConstraint(condition=models.Q(('specialty__isnull', True)), fields=('country', 'residence'), name='delivery_rule_of_a_country_once')],
            },
        ),
        InsertOnly("program_change"),
        InsertOnly("program_disclaimer"),
    ]
