"""Questions after the report, and the addendum that answers each."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored
from secondopinion.opinions.models import SignedReport


class QuestionState(models.TextChoices):
    """Where a follow-up question stands."""

    ASKED = "asked", _("With the intake team")
    WITH_EXPERT = "with_expert", _("With the specialist")
    ANSWERED = "answered", _("Answered")
    SETTLED = "settled", _("Settled by the intake team")


class Beyond(models.TextChoices):
    """Why a question goes beyond what belongs to a report."""

    LATE = "late", _("asked after the time for questions")
    MANY = "many", _("asked beyond the number of questions")


class FollowUpQuestion(Stored):
    """A question about a delivered report, from the family or the local provider."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="follow_up_questions")
    number = models.PositiveSmallIntegerField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    state = models.CharField(
        max_length=20, choices=QuestionState.choices, default=QuestionState.ASKED
    )
    # Beyond what the program promises: it is answered as the coordinator sees fit.
    beyond = models.CharField(max_length=10, choices=Beyond.choices, blank=True)
    urgent = models.BooleanField(default=False)  # it has words that may mean danger
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(blank=True)
    addendum = models.OneToOneField(
        SignedReport, on_delete=models.PROTECT, null=True, blank=True, related_name="answers"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="follow_up_number_once", fields=["case", "number"]),
            models.CheckConstraint(
                name="follow_up_answered_has_addendum",
                condition=models.Q(state="answered", addendum__isnull=False)
                | models.Q(~models.Q(state="answered"), addendum__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} in {self.case_id}"


class CallState(models.TextChoices):
    """Where a video call stands."""

    OFFERED = "offered", _("Times are offered")
    BOOKED = "booked", _("Booked")
    DONE = "done", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class VideoCall(Stored):
    """A video call after the report, with the family, or with the local provider where our advice
    goes from doctor to doctor. Its summary is a signed addendum."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="calls")
    number = models.PositiveSmallIntegerField()
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    times = models.JSONField()  # what is offered: instants in UTC (ISO 8601), the earliest first
    state = models.CharField(max_length=10, choices=CallState.choices, default=CallState.OFFERED)
    starts_at = models.DateTimeField(null=True, blank=True)
    booked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    room = models.URLField(max_length=300, blank=True)  # who has the address can come in
    addendum = models.OneToOneField(
        SignedReport, on_delete=models.PROTECT, null=True, blank=True, related_name="call"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="call_number_once", fields=["case", "number"]),
            models.UniqueConstraint(
                name="call_one_open",
                fields=["case"],
                condition=models.Q(state__in=["offered", "booked"]),
            ),
            models.CheckConstraint(
                name="call_booked_when_and_where",
                condition=~models.Q(state__in=["booked", "done"])
                | models.Q(starts_at__isnull=False, room__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.number} of {self.case_id}"

    @property
    def slots(self) -> list[datetime]:
        """The times that are offered."""
        return [datetime.fromisoformat(each) for each in self.times]
