import django.db.models.deletion
import secondopinion.core.clock
import secondopinion.core.ids
from django.conf import settings
from secondopinion.core.triggers import InsertOnly
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('cases', '0001_initial'),
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignedReport',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('opinion', 'Second opinion'), ('addendum', 'Addendum'), ('amendment', 'Corrected report'), ('translated', 'Translation'), ('letter', 'Letter')], max_length=10)),
                ('number', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=20, unique=True)),
                ('body', models.JSONField()),
                ('language', models.CharField(max_length=10)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('level', models.CharField(max_length=10)),
                ('signed_at', models.DateTimeField()),
                ('audit_head', models.CharField(max_length=64)),
                ('revision', models.PositiveIntegerField(null=True)),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signed_reports', to='cases.case')),
                ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='opinions.signedreport')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('translates', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='translations', to='opinions.signedreport')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='signed_report_number_once'), models.UniqueConstraint(condition=models.Q(('replaces__isnull', False)), fields=('replaces',), name='signed_report_replaced_once')],
            },
        ),
        migrations.CreateModel(
            name='Opinion',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('signed', 'Signed')], default='draft', max_length=10)),
                ('body', models.JSONField(default=dict)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('amending_since', models.DateTimeField(blank=True, null=True)),
                ('kept', models.JSONField(default=dict)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opinion', to='cases.case')),
                ('amends', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='opinions.signedreport')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('amending_since__isnull', True), ('amends__isnull', True)), models.Q(('amending_since__isnull', False), ('amends__isnull', False)), _connector='OR'), name='opinion_amends_since')],
            },
        ),
        migrations.CreateModel(
            name='KeyImage',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('study_uid', models.CharField(default='', max_length=64)),
                ('series_uid', models.CharField(default='', max_length=64)),
                ('instance_uid', models.CharField(max_length=64)),
                ('series_label', models.CharField(max_length=300)),
                ('frame', models.PositiveIntegerField(default=1)),
                ('window_center', models.FloatField(null=True)),
                ('window_width', models.FloatField(null=True)),
                ('caption', models.CharField(max_length=500)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('picture', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
                ('opinion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='key_images', to='opinions.opinion')),
            ],
            options={
                'ordering': ['position', 'created_at'],
            },
        ),
        migrations.CreateModel(
            name='ExpertNote',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('field', models.CharField(blank=True, max_length=80)),
                ('text', models.TextField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opinion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='opinions.opinion')),
            ],
            options={
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='KeptDoubt',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('kind', models.CharField(max_length=20)),
                ('field', models.CharField(max_length=40)),
                ('quoted', models.TextField()),
                ('reason', models.TextField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept_doubts', to='opinions.signedreport')),
            ],
            options={
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('role', models.CharField(max_length=20)),
                ('rule', models.CharField(max_length=20)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('handed_on_at', models.DateTimeField(blank=True, null=True)),
                ('open_by', models.DateTimeField(blank=True, null=True)),
                ('missed_at', models.DateTimeField(blank=True, null=True)),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='opinions.signedreport')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('opened_at__isnull', True)), fields=['open_by'], name='delivery_not_opened')],
                'constraints': [models.UniqueConstraint(fields=('report', 'to'), name='delivery_once')],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('revision', models.PositiveIntegerField()),
                ('changed', models.JSONField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opinion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='opinions.opinion')),
            ],
            options={
                'ordering': ['revision'],
                'constraints': [models.UniqueConstraint(fields=('opinion', 'revision'), name='version_once')],
            },
        ),
        migrations.CreateModel(
            name='Measurement',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('study_uid', models.CharField(max_length=64)),
                ('series_uid', models.CharField(max_length=64)),
                ('instance_uid', models.CharField(max_length=64)),
                ('frame', models.PositiveIntegerField(default=1)),
                ('tool', models.CharField(choices=[('length', 'Length'), ('angle', 'Angle'), ('ellipse', 'Ellipse'), ('probe', 'Point')], max_length=10)),
                ('points', models.JSONField()),
                ('values', models.JSONField()),
                ('changed_at', models.DateTimeField(default=secondopinion.core.clock.now)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='cases.case')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['case', 'instance_uid'], name='measurement_of_image')],
            },
        ),
        migrations.CreateModel(
            name='PanelMember',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('sections', models.JSONField(default=list)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('verdict', models.CharField(blank=True, choices=[('agrees', 'Agrees'), ('dissents', 'Dissents')], max_length=10)),
                ('dissent', models.TextField(blank=True)),
                ('verdict_at', models.DateTimeField(blank=True, null=True)),
                ('verdict_revision', models.PositiveIntegerField(blank=True, null=True)),
                ('opinion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='panel', to='opinions.opinion')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('opinion', 'person'), name='panel_member_once')],
            },
        ),
        migrations.CreateModel(
            name='SecondReading',
            fields=[
                ('id', models.UUIDField(default=secondopinion.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=secondopinion.core.clock.now, editable=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('revision', models.PositiveIntegerField()),
                ('reasons', models.JSONField(default=list)),
                ('blinded', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField()),
                ('missed_at', models.DateTimeField(blank=True, null=True)),
                ('own', models.JSONField(default=dict)),
                ('own_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('returned', 'Returned with comments'), ('countersigned', 'Countersigned'), ('taken_back', 'Taken back')], max_length=20)),
                ('comments', models.TextField(blank=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('opinion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='second_readings', to='opinions.opinion')),
                ('reader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('opinion', 'number'), name='second_reading_once'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('opinion',), name='second_reading_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('outcome', '')), models.Q(('ended_at__isnull', False), ('outcome__gt', '')), _connector='OR'), name='second_reading_ended_how')],
            },
        ),
        InsertOnly("opinions_signedreport"),
        InsertOnly("opinions_keptdoubt"),
    ]
