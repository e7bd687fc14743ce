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
        ('conversations', '0001_initial'),
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Capture',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('sent', models.PositiveIntegerField(default=0)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='captures', to='cases.case')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='Sending',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('key', models.CharField(max_length=64)),
                ('label', models.CharField(max_length=255)),
                ('files', models.PositiveIntegerField()),
                ('length', models.PositiveBigIntegerField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sendings', to='cases.case')),
            ],
            options={
                'ordering': ['created_at'],
                'constraints': [models.UniqueConstraint(fields=('case', 'by', 'key'), name='sending_once')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('file', 'A file'), ('pack', 'Many files packed together'), ('fetched', 'Images of another server')], default='file', max_length=8)),
                ('key', models.CharField(blank=True, max_length=64)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('content_length', models.PositiveBigIntegerField(default=0)),
                ('source', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=255)),
                ('length', models.PositiveBigIntegerField()),
                ('metadata', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('receiving', 'On its way'), ('received', 'Here, being looked at'), ('sorted', 'Looked at'), ('cancelled', 'Cancelled'), ('expired', 'Not finished in time')], default='receiving', max_length=12)),
                ('expires_at', models.DateTimeField()),
                ('blob', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='cases.case')),
                ('sending', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='uploads', to='arrivals.sending')),
                ('staged', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, to='core.stagedfile')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='conversations.post')),
                ('upload', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='attachment', to='arrivals.upload')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='ArrivedFile',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('name', models.CharField(max_length=500)),
                ('outcome', models.CharField(choices=[('record', 'Added to the records'), ('image', 'Added to the images'), ('duplicate', 'We have this one already'), ('ignored', 'Not needed'), ('refused', 'Cannot be used')], max_length=12)),
                ('code', models.SlugField(blank=True)),
                ('subject_id', models.UUIDField(null=True)),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='arrivals.upload')),
            ],
            options={
                'ordering': ['created_at'],
                'constraints': [models.UniqueConstraint(fields=('upload', 'name'), name='arrived_file_once')],
            },
        ),
    ]
