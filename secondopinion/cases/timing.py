"""How soon a case has to go on, and when its clocks ran (a part of the models)."""

from django.db import models

from secondopinion.accounts.models import Person
from secondopinion.core import clock
from secondopinion.core.models import Stored
from secondopinion.program.models import Price, Urgency


class ClockSpan(Stored):
    """A stretch in which the clock of one step ran; it stops while the family is waited for."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="clock_spans")
    step = models.CharField(max_length=20)
    began_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["began_at"]
        constraints = [
            models.UniqueConstraint(
                name="clock_span_one_running", fields=["case", "step"],
                condition=models.Q(ended_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.step} from {self.began_at:%Y-%m-%d %H:%M}"


class Pace(Stored):
    """What a coordinator has said of how soon a case has to go on, and of its kind, and why.

    The case holds what is in force; these rows say since when, by whom and for which reason.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="paces")
    kind = models.CharField(max_length=10, choices=Price.Kind.choices)
    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}, {self.urgency}"
