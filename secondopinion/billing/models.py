"""The fee of a case: what is due, what was waived, what was paid."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored


class FeeState(models.TextChoices):
    """Where a fee stands."""

    DUE = "due", _("To be paid")
    PAID = "paid", _("Paid")
    WAIVED = "waived", _("Waived")


class Fee(Stored):
    """The one fee of a case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="fee")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=FeeState.choices, default=FeeState.DUE)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} ({self.state})"
