"""Specialists as experts, and the offers made to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored
from secondopinion.program.models import Specialty


class ExpertProfile(Stored):
    """What a specialist can take: fields of medicine, conditions, languages, how many at once."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="expert")
    title = models.CharField(max_length=200)
    specialties = models.ManyToManyField(Specialty, related_name="experts")
    conditions = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    capacity = models.PositiveSmallIntegerField(default=3)
    away_until = models.DateField(null=True, blank=True)
    registration = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.person} ({self.title})"


class OfferState(models.TextChoices):
    """What became of an offer."""

    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("No answer in time")
    TAKEN_BACK = "taken_back", _("Taken back")


class Offer(Stored):
    """A case offered to a specialist; every offer is remembered."""

    class Reason(models.TextChoices):
        CONFLICT = "conflict", _("Conflict of interest")
        WRONG_SPECIALTY = "wrong_specialty", _("Not my field")
        NO_TIME = "no_time", _("No time")
        OTHER = "other", _("Another reason")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="offers")
    expert = models.ForeignKey(ExpertProfile, on_delete=models.PROTECT, related_name="offers")
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=OfferState.choices, default=OfferState.OPEN)
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                name="offer_one_open_in_a_case",
                fields=["case"],
                condition=models.Q(state="open"),
            ),
            models.CheckConstraint(
                name="offer_answered_when_not_open",
                condition=models.Q(state="open", answered_at__isnull=True)
                | models.Q(~models.Q(state="open"), answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.expert_id}: {self.state}"
