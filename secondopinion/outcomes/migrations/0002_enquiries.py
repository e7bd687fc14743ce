"""What changed in one answer; satisfaction and recommendation; asking by mail.

Earlier answers are kept: what changed, or changed in part, is what changed now; whether the opinion
helped becomes whether the family is satisfied.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import secondopinion.core.clock
import secondopinion.core.ids

ANSWER = [("yes", "Yes"), ("partly", "Partly"), ("no", "No")]
CHANGED = {
    (True, True): "both", (True, False): "diagnosis", (False, True): "treatment",
    (False, False): "nothing",
}  # fmt: skip


def carry_over(apps, _schema):
    for row in apps.get_model("outcomes", "Outcome").objects.all():
        row.changed = CHANGED[row.diagnosis_changed != "no", row.plan_changed != "no"]
        row.satisfied = row.helped
        row.save(update_fields=["changed", "satisfied"])


def _own():
    return [
        ("id", models.UUIDField(default=secondopinion.core.ids.new_id, editable=False,
                                primary_key=True, serialize=False)),
        ("created_at", models.DateTimeField(default=secondopinion.core.clock.now,
                                            editable=False)),
    ]  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [
        ("outcomes", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "outcome", "changed",
            models.CharField(choices=[("diagnosis", "The diagnosis"), ("treatment", "The treatment"), ("both", "Both"), ("nothing", "Nothing")], default="nothing", max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(
            "outcome", "satisfied", models.CharField(blank=True, choices=ANSWER, max_length=10, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "outcome", "recommends",
            models.CharField(blank=True, choices=[("yes", "Yes"), ("perhaps", "Perhaps"), ("no", "No")], max_length=10, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("outcome", "diagnosis_changed"),
        migrations.RemoveField("outcome", "plan_changed"),
        migrations.RemoveField("outcome", "helped"),
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                *_own(),
                ("day", models.PositiveSmallIntegerField()),
                ("expires_at", models.DateTimeField()),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="enquiries", to="cases.case")),
                ("to", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("reminded_at__isnull", True), ("used_at__isnull", True)), fields=["created_at"], name="enquiry_waits")],
                "constraints": [models.UniqueConstraint(fields=("case", "day", "to"), name="enquiry_once")],
            },
        ),
        migrations.CreateModel(
            name="Silence",
            fields=[
                *_own(),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="silence", to="cases.case")),
            ],
        ),
    ]
