import django.db.models.deletion
import django_countries.fields
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
        ('opinions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('own_clinic', models.BooleanField(default=False)),
                ('to_name', models.CharField(max_length=200)),
                ('to_country', django_countries.fields.CountryField(blank=True, max_length=2)),
                ('what_for', models.TextField()),
                ('urgency', models.CharField(choices=[('soon', 'Within two weeks'), ('routine', 'Within three months'), ('when_possible', 'When it is possible')], max_length=20)),
                ('state', models.CharField(choices=[('requested', 'Asked for'), ('sent', 'Sent'), ('accepted', 'Accepted'), ('scheduled', 'Visit planned'), ('seen', 'Child was seen'), ('outcome_received', 'Result is here'), ('closed', 'Closed'), ('refused', 'Could not be taken'), ('cancelled', 'Cancelled')], default='requested', max_length=20)),
                ('selection', models.JSONField(default=dict)),
                ('consented_at', models.DateTimeField(blank=True, null=True)),
                ('remind_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('visit_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.TextField(blank=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='cases.case')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='referral_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('referral', 'Referral letter'), ('travel', 'Letter for the journey and the visa'), ('costs', 'Estimate of costs')], max_length=10)),
                ('parts', models.JSONField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letter', to='opinions.signedreport')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='referrals.referral')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='ReferralConsent',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('selection', models.JSONField()),
                ('shown', models.JSONField()),
                ('language', models.CharField(max_length=10)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='referrals.referral')),
            ],
            options={
                'ordering': ['created_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('referral',), name='referral_consent_once')],
            },
        ),
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('manifest', models.JSONField(default=list)),
                ('blob', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
                ('consent', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to='referrals.referralconsent')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReferralStep',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('action', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('requested', 'Asked for'), ('sent', 'Sent'), ('accepted', 'Accepted'), ('scheduled', 'Visit planned'), ('seen', 'Child was seen'), ('outcome_received', 'Result is here'), ('closed', 'Closed'), ('refused', 'Could not be taken'), ('cancelled', 'Cancelled')], max_length=20)),
                ('note', models.TextField(blank=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='referrals.referral')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
    ]
