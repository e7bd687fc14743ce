"""What families are told of when their report is likely to be there (a part of the models)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.core import clock


class Stage(models.TextChoices):
    """From where on the time to the report is foreseen."""

    TAKING = "taking", _("Sent, and not taken yet")
    COLLECTING = "collecting", _("Records are collected")
    CHOOSING = "choosing", _("A specialist is looked for")
    REVIEW = "review", _("The specialist reviews")


class Forecast(models.Model):
    """When a report was foreseen, as the family was told: kept, so that it can be held to it."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="forecasts")
    created_at = models.DateTimeField(default=clock.now)
    stage = models.CharField(max_length=12, choices=Stage.choices)
    early = models.DateTimeField()  # 2 of 10 such cases have their report by then
    middle = models.DateTimeField()  # 5 of 10
    late = models.DateTimeField()  # 8 of 10

    class Meta:
        indexes = [models.Index(name="forecast_of_case", fields=["case", "-created_at"])]
        constraints = [
            models.CheckConstraint(
                name="forecast_days_in_order",
                condition=models.Q(early__lte=models.F("middle"), middle__lte=models.F("late")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} by {self.late:%Y-%m-%d}"
