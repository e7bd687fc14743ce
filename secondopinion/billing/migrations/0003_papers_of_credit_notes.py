from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0002_taxes_and_numbers'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='feepaper',
            constraint=models.UniqueConstraint(condition=models.Q(('credit__isnull', True)), fields=('fee', 'kind'), name='fee_paper_once'),
        ),
        migrations.AddConstraint(
            model_name='feepaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credit__isnull', False), ('kind', 'credit')), models.Q(models.Q(('kind', 'credit'), _negated=True), ('credit__isnull', True)), _connector='OR'), name='credit_paper_is_of_a_credit_note'),
        ),
        migrations.RemoveField(
            model_name='feepaper',
            name='refund',
        ),
    ]
