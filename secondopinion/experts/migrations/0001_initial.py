import django.db.models.deletion
import secondopinion.core.clock
import secondopinion.core.ids
import secondopinion.experts.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('cases', '0001_initial'),
        ('program', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExpertProfile',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('title', models.CharField(max_length=200)),
                ('subspecialty', models.CharField(blank=True, max_length=200)),
                ('groups', models.JSONField(default=list)),
                ('codes', models.JSONField(default=list)),
                ('conditions', models.JSONField(default=list)),
                ('languages', models.JSONField(default=list)),
                ('youngest', models.PositiveSmallIntegerField(default=0)),
                ('oldest', models.PositiveSmallIntegerField(default=21)),
                ('not_in', models.JSONField(default=list)),
                ('kinds', models.JSONField(default=secondopinion.experts.models.every_kind)),
                ('capacity', models.PositiveSmallIntegerField(default=3)),
                ('weekly', models.PositiveSmallIntegerField(default=0)),
                ('registration', models.CharField(blank=True, max_length=100)),
                ('fee', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='expert', to=settings.AUTH_USER_MODEL)),
                ('specialties', models.ManyToManyField(related_name='experts', to='program.specialty')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Tie',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('treated', 'Treated this child before'), ('relative', 'Relative or friend'), ('institution', 'Works, or worked, for this institution')], max_length=20)),
                ('name', models.CharField(max_length=200)),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ties', to='experts.expertprofile')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='Away',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='away', to='experts.expertprofile')),
            ],
            options={
                'ordering': ['first'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='away_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('state', models.CharField(choices=[('open', 'Waiting for an answer'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('lapsed', 'No answer in time'), ('taken_back', 'Taken back')], default='open', max_length=20)),
                ('answer_by', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, choices=[('conflict', 'Conflict of interest'), ('wrong_specialty', 'Not my field'), ('no_time', 'No time'), ('other', 'Another reason')], max_length=20)),
                ('note', models.TextField(blank=True)),
                ('urgency', models.CharField(choices=[('usual', 'As usual'), ('soon', 'Soon'), ('urgent', 'Urgent')], default='usual', max_length=10)),
                ('onward', models.BooleanField(default=False)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('suggested', models.JSONField(default=list)),
                ('rank', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('instead', models.TextField(blank=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='cases.case')),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='experts.expertprofile')),
                ('offered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('case',), name='offer_one_open_in_a_case'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='offer_answered_when_not_open')],
            },
        ),
    ]
