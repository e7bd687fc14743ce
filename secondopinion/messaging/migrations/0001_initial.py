import django.db.models.deletion
import secondopinion.core.clock
import secondopinion.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('template', models.SlugField(max_length=40)),
                ('language', models.CharField(max_length=10)),
                ('case_id', models.UUIDField(null=True)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('queued', 'Waiting to be sent'), ('sent', 'Sent'), ('failed', 'Could not be sent')], default='queued', max_length=10)),
                ('channel', models.CharField(choices=[('mail', 'E-mail'), ('sms', 'SMS'), ('whatsapp', 'WhatsApp')], default='mail', max_length=10)),
                ('link', models.CharField(blank=True, max_length=200)),
                ('due_at', models.DateTimeField(default=secondopinion.core.clock.now)),
                ('daily', models.BooleanField(default=False)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('seen_to_at', models.DateTimeField(null=True)),
                ('carried_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='carries', to='messaging.message')),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'created_at'], name='message_state_time')],
            },
        ),
        migrations.CreateModel(
            name='Reach',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('also_by', models.CharField(blank=True, choices=[('mail', 'E-mail'), ('sms', 'SMS'), ('whatsapp', 'WhatsApp')], max_length=10)),
                ('quiet_from', models.TimeField(null=True)),
                ('quiet_to', models.TimeField(null=True)),
                ('daily', models.BooleanField(default=False)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reach', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'reaches',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_to__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_to__isnull', False)), _connector='OR'), name='quiet_hours_have_two_ends')],
            },
        ),
    ]
