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
        ('opinions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='FollowUpQuestion',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('state', models.CharField(choices=[('asked', 'With the intake team'), ('with_expert', 'With the specialist'), ('answered', 'Answered'), ('settled', 'Settled by the intake team')], default='asked', max_length=20)),
                ('beyond', models.CharField(blank=True, choices=[('late', 'asked after the time for questions'), ('many', 'asked beyond the number of questions')], max_length=10)),
                ('urgent', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('reply', models.TextField(blank=True)),
                ('addendum', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='opinions.signedreport')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_up_questions', to='cases.case')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='follow_up_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('addendum__isnull', False), ('state', 'answered')), models.Q(models.Q(('state', 'answered'), _negated=True), ('addendum__isnull', True)), _connector='OR'), name='follow_up_answered_has_addendum')],
            },
        ),
        migrations.CreateModel(
            name='VideoCall',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('minutes', models.PositiveSmallIntegerField()),
                ('times', models.JSONField()),
                ('state', models.CharField(choices=[('offered', 'Times are offered'), ('booked', 'Booked'), ('done', 'Held'), ('cancelled', 'Cancelled')], default='offered', max_length=10)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('room', models.URLField(blank=True, max_length=300)),
                ('addendum', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='call', to='opinions.signedreport')),
                ('booked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='cases.case')),
                ('offered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='call_number_once'), models.UniqueConstraint(condition=models.Q(('state__in', ['offered', 'booked'])), fields=('case',), name='call_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['booked', 'done']), _negated=True), models.Q(('room__gt', ''), ('starts_at__isnull', False)), _connector='OR'), name='call_booked_when_and_where')],
            },
        ),
    ]
