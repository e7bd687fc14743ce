"""What the family says some weeks after the report."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored


class Answer(models.TextChoices):
    """A short answer."""

    YES = "yes", _("Yes")
    PARTLY = "partly", _("Partly")
    NO = "no", _("No")


class Outcome(Stored):
    """The answers to the questionnaire of one day (30 or 90 days after the report)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outcomes")
    day = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    diagnosis_changed = models.CharField(max_length=10, choices=Answer.choices)
    plan_changed = models.CharField(max_length=10, choices=Answer.choices)
    helped = models.CharField(max_length=10, choices=Answer.choices)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="outcome_once", fields=["case", "day"])]

    def __str__(self) -> str:
        return f"day {self.day} of {self.case_id}"
