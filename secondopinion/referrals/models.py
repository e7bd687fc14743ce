"""Referrals: to whom, what for, and every step until the loop is closed."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Blob, Stored
from secondopinion.opinions.models import SignedReport


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
    own_clinic = models.BooleanField(default=False)  # of this hospital
    to_name = models.CharField(max_length=200)
    to_country = CountryField(blank=True)
    what_for = models.TextField()
    urgency = models.CharField(max_length=20, choices=Urgency.choices)
    state = models.CharField(
        max_length=20, choices=ReferralState.choices, default=ReferralState.REQUESTED
    )
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # What is to be sent: {"reports": [numbers], "records": [ids], "studies": [ids]}.
    selection = models.JSONField(default=dict)
    asked_at = models.DateTimeField(null=True, blank=True)  # when the family was asked to agree
    consented_at = models.DateTimeField(null=True, blank=True)  # to this very selection
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    visit_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    @property
    def standing(self) -> str:
        """Where it stands, in words: before the family is asked it is being prepared."""
        if self.state == ReferralState.REQUESTED and self.asked_at is None:
            return str(_("Being prepared"))
        return str(self.get_state_display())

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="referral_number_once", fields=["case", "number"])
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.case_id}: {self.state}"


class ReferralConsent(Stored):
    """That a parent agreed to send certain documents, as they were listed to them, and until when
    that held."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="consents")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    selection = models.JSONField()
    shown = models.JSONField()  # the lines that were read, in their language
    language = models.CharField(max_length=10)
    ended_at = models.DateTimeField(null=True, blank=True)  # taken back, or the list was changed

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                name="referral_consent_once",
                fields=["referral"],
                condition=models.Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"consent to {self.referral_id}"


class Package(Stored):
    """One file with everything that the family agreed to send, made from one consent."""

    consent = models.OneToOneField(ReferralConsent, on_delete=models.CASCADE)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True)
    manifest = models.JSONField(default=list)  # [path, SHA-256, length] of each file in it

    def __str__(self) -> str:
        return f"package for {self.consent_id}"


class Letter(Stored):
    """A letter that goes with a referral, in one or two languages; signed, it is a paper."""

    class Kind(models.TextChoices):
        REFERRAL = "referral", _("Referral letter")
        TRAVEL = "travel", _("Letter for the journey and the visa")
        COSTS = "costs", _("Estimate of costs")

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    parts = models.JSONField()  # [{"language": "en", "title": …, "text": …}, …]
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    report = models.OneToOneField(
        SignedReport, on_delete=models.PROTECT, null=True, blank=True, related_name="letter"
    )

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.kind} for {self.referral_id}"


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
