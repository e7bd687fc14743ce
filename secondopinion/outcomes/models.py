"""What the family says some weeks after the report, and how they were asked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored


class Changed(models.TextChoices):
    """What became different after the opinion."""

    DIAGNOSIS = "diagnosis", _("The diagnosis")
    TREATMENT = "treatment", _("The treatment")
    BOTH = "both", _("Both")
    NOTHING = "nothing", _("Nothing")


class Answer(models.TextChoices):
    """A short answer."""

    YES = "yes", _("Yes")
    PARTLY = "partly", _("Partly")
    NO = "no", _("No")


class Recommends(models.TextChoices):
    """Whether a family would recommend the program."""

    YES = "yes", _("Yes")
    PERHAPS = "perhaps", _("Perhaps")
    NO = "no", _("No")


class Outcome(Stored):
    """The answers of one day (30 or 90 days after the report); what was not answered is empty."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outcomes")
    day = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    changed = models.CharField(max_length=10, choices=Changed.choices)
    satisfied = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    recommends = models.CharField(max_length=10, choices=Recommends.choices, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="outcome_once", fields=["case", "day"])]

    def __str__(self) -> str:
        return f"day {self.day} of {self.case_id}"


class Enquiry(Stored):
    """A mail that asks a parent how it went, with a link that opens two questions, once."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="enquiries")
    day = models.PositiveSmallIntegerField()
    to = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="enquiry_once", fields=["case", "day", "to"])]
        indexes = [
            models.Index(
                name="enquiry_waits", fields=["created_at"],
                condition=models.Q(used_at__isnull=True, reminded_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"day {self.day} of {self.case_id}"


class Silence(Stored):
    """A family that is asked no more: its own wish, or the team's, who know why."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="silence")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"silence in {self.case_id}"
