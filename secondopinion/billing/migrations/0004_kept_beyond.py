"""What is kept of a surplus is an amount: what is paid after it was decided is decided anew."""

from decimal import Decimal

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def say_how_much(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let fees of which a surplus was kept with a reason keep that surplus, with this reason."""
    for fee in apps.get_model("billing", "Fee").objects.exclude(kept=""):
        paid = sum(each.amount for each in fee.payments.filter(state="paid"))
        back = sum(each.amount for each in fee.refunds.all())
        waived = sum(each.amount for each in fee.credits.filter(refund=None))
        beyond = paid - back + waived - fee.amount
        if beyond > 0:
            fee.kept_beyond, fee.kept_beyond_why = beyond, fee.kept
            fee.save(update_fields=["kept_beyond", "kept_beyond_why"])


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_papers_of_credit_notes")]

    operations = [
        migrations.AddField(
            model_name="fee",
            name="kept_beyond",
            field=models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=10),
        ),
        migrations.AddField(
            model_name="fee", name="kept_beyond_why", field=models.TextField(blank=True)
        ),
        migrations.RunPython(say_how_much, migrations.RunPython.noop),
    ]
