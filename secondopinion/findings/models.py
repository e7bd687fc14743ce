"""What a check says about a record, page, series, study or translation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case
from secondopinion.core.models import Stored
from secondopinion.findings.codes import WHOSE


class Severity(models.TextChoices):
    """How much it matters to the opinion."""

    INFO = "info", _("For information")
    WARNING = "warning", _("Please look")
    BLOCKER = "blocker", _("Cannot be used")


class State(models.TextChoices):
    """What became of a finding."""

    OPEN = "open", _("Open")
    FIXED = "fixed", _("Mended")
    ACCEPTED = "accepted", _("Accepted as a limitation")
    CLEARED = "cleared", _("Checked: nothing is wrong")


class Told(models.TextChoices):
    """What a family says of what may be another child's."""

    OURS = "ours", _("The family says that it is about their child")
    NOT_OURS = "not-ours", _("The family says that it is not about their child")


class Finding(Stored):
    """One thing that one version of one check found at one place."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    code = models.SlugField(max_length=40)
    risk = models.CharField(max_length=30)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    confidence = models.FloatField(default=1.0)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    where = models.JSONField(default=dict)
    measured = models.JSONField(default=dict)
    message = models.TextField()
    advice = models.TextField(blank=True)
    check_name = models.CharField(max_length=40)
    check_version = models.CharField(max_length=20)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    told = models.CharField(max_length=8, choices=Told.choices, blank=True)

    class Meta:
        indexes = [models.Index(name="finding_case_state", fields=["case", "state"])]
        constraints = [
            models.CheckConstraint(
                name="finding_confidence_is_a_share",
                condition=models.Q(confidence__gte=0, confidence__lte=1),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.state})"

    @property
    def whose(self) -> bool:
        """Whether it says that something may be another child's."""
        return self.code in WHOSE

    @property
    def locks_away(self) -> bool:
        """Whether its document is closed to all but those who find out whose it is."""
        doubted = self.severity == Severity.BLOCKER or self.told == Told.NOT_OURS
        return self.whose and self.state == State.OPEN and doubted
