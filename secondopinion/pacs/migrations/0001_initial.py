import django.db.models.deletion
import secondopinion.core.clock
import secondopinion.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('arrivals', '0001_initial'),
        ('cases', '0001_initial'),
        ('imaging', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Forward',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('server', models.CharField(max_length=60)),
                ('code', models.SlugField(blank=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forwards', to='cases.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'server'), name='forward_once')],
            },
        ),
        migrations.CreateModel(
            name='Forwarded',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('outcome', models.CharField(choices=[('stored', 'Stored'), ('warned', 'Stored with a warning'), ('refused', 'Refused')], max_length=10)),
                ('status', models.PositiveIntegerField(default=0)),
                ('tries', models.PositiveSmallIntegerField(default=1)),
                ('forward', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='instances', to='pacs.forward')),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='imaging.instance')),
            ],
            options={
                'verbose_name_plural': 'forwarded',
                'constraints': [models.UniqueConstraint(fields=('forward', 'instance'), name='forwarded_once')],
            },
        ),
        migrations.CreateModel(
            name='Fetch',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('server', models.CharField(max_length=60)),
                ('study', models.CharField(max_length=64)),
                ('date', models.DateField(null=True)),
                ('description', models.CharField(blank=True, max_length=200)),
                ('modalities', models.CharField(blank=True, max_length=100)),
                ('expected', models.PositiveIntegerField(null=True)),
                ('state', models.CharField(choices=[('under-way', 'Under way'), ('done', 'All here'), ('partly', 'Partly here'), ('failed', 'Not fetched')], default='under-way', max_length=10)),
                ('code', models.SlugField(blank=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fetches', to='cases.case')),
                ('upload', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='fetch', to='arrivals.upload')),
            ],
            options={
                'verbose_name_plural': 'fetches',
                'ordering': ['-created_at'],
                'constraints': [models.UniqueConstraint(fields=('case', 'server', 'study'), name='fetch_once')],
            },
        ),
    ]
