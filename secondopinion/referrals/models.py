"""Referrals: to whom, what for, and every step until the loop is closed."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored


class ReferralState(models.TextChoices):
    """Where a referral stands."""

    REQUESTED = "requested", _("Asked for")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    SCHEDULED = "scheduled", _("Visit planned")
    SEEN = "seen", _("Child was seen")
    OUTCOME_RECEIVED = "outcome_received", _("Result is here")
    CLOSED = "closed", _("Closed")
    REFUSED = "refused", _("Could not be taken")
    CANCELLED = "cancelled", _("Cancelled")


class Urgency(models.TextChoices):
    """How soon the child should be seen."""

    SOON = "soon", _("Within two weeks")
    ROUTINE = "routine", _("Within three months")
    WHEN_POSSIBLE = "when_possible", _("When it is possible")


class Referral(Stored):
    """One referral of a child to a clinic here or to a provider near home."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    number = models.PositiveSmallIntegerField()
    to_name = models.CharField(max_length=200)
    to_country = CountryField(blank=True)
    what_for = models.TextField()
    urgency = models.CharField(max_length=20, choices=Urgency.choices)
    state = models.CharField(
        max_length=20, choices=ReferralState.choices, default=ReferralState.REQUESTED
    )
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    consented_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    visit_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="referral_number_once", fields=["case", "number"])
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.case_id}: {self.state}"


class ReferralStep(Stored):
    """A step that a referral took, by whom, with what was written about it."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="steps")
    action = models.CharField(max_length=20)
    state = models.CharField(max_length=20, choices=ReferralState.choices)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.action} of {self.referral_id}"
