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
    ]

    operations = [
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('code', models.SlugField(max_length=40)),
                ('risk', models.CharField(max_length=30)),
                ('severity', models.CharField(choices=[('info', 'For information'), ('warning', 'Please look'), ('blocker', 'Cannot be used')], max_length=10)),
                ('state', models.CharField(choices=[('open', 'Open'), ('fixed', 'Mended'), ('accepted', 'Accepted as a limitation')], default='open', max_length=10)),
                ('confidence', models.FloatField(default=1.0)),
                ('subject_kind', models.CharField(max_length=30)),
                ('subject_id', models.UUIDField()),
                ('where', models.JSONField(default=dict)),
                ('measured', models.JSONField(default=dict)),
                ('message', models.TextField()),
                ('advice', models.TextField(blank=True)),
                ('check_name', models.CharField(max_length=40)),
                ('check_version', models.CharField(max_length=20)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='cases.case')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['case', 'state'], name='finding_case_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('confidence__gte', 0), ('confidence__lte', 1)), name='finding_confidence_is_a_share')],
            },
        ),
    ]
