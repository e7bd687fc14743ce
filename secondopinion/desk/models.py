"""Saved views of the worklist, who is away and who is on duty, and steps on many cases."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored


class SavedView(Stored):
    """A view of the worklist with its filters, under a name; a shared one is everybody's."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=500)  # the part of the address behind the question mark
    shared = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="saved_view_named_once", fields=["owner", "name"])
        ]

    def __str__(self) -> str:
        return self.name


class Shift(Stored):
    """Days on which a coordinator is away, with who covers, or is the second one on duty."""

    class Kind(models.TextChoices):
        AWAY = "away", _("Away")
        DUTY = "duty", _("Second on duty")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="shifts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    first = models.DateField()
    last = models.DateField()
    cover = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="covers"
    )

    class Meta:
        ordering = ["first"]
        constraints = [
            models.CheckConstraint(
                name="shift_ends_after_it_begins",
                condition=models.Q(last__gte=models.F("first")),
            ),
            models.CheckConstraint(
                name="who_is_away_is_covered_by_somebody_else",
                condition=models.Q(kind="duty", cover__isnull=True)
                | models.Q(kind="away", cover__isnull=False) & ~models.Q(cover=models.F("person")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.first}"


class Step(Stored):
    """One step on several cases at once; it can be undone as a whole, for an hour."""

    UNDONE_FOR = timedelta(hours=1)

    class Verb(models.TextChoices):
        HAND_OVER = "hand-over", _("Hand over")
        PUT_OFF = "put-off", _("Put off")

    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=20, choices=Verb.choices)
    before = models.JSONField()  # the id of each case → what it was before
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="step_of", fields=["by", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.verb}: {len(self.before)}"


class MailIn(Stored):
    """A mail of somebody that was taken in: so that none is taken in twice, and not too many."""

    mail_id = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    case_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(name="mail_in_of", fields=["person", "created_at"])]

    def __str__(self) -> str:
        return f"of {self.person_id} for {self.case_id}"


class Escalation(Stored):
    """A need of a case of which somebody was told because its time runs out: of each once."""

    case_id = models.UUIDField()
    why = models.CharField(max_length=12)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="escalated_once", fields=["case_id", "why", "due_at"])
        ]

    def __str__(self) -> str:
        return f"{self.why} of {self.case_id}"


class DuplicateSearch(models.Model):
    """That a request was compared with the others, once, when it had been sent."""

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="duplicate_search"
    )
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.case_id)


class Duplicate(Stored):
    """Two requests that are perhaps about the same child, and what came of it."""

    class State(models.TextChoices):
        OPEN = "open", _("To be looked at")
        DIFFERENT = "different", _("Two children")
        JOINED = "joined", _("Joined")

    earlier = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="duplicates_later")
    later = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="duplicates_earlier")
    reasons = models.JSONField(default=list)  # words of `duplicates.REASONS`
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(name="duplicate_once", fields=["earlier", "later"])]

    def __str__(self) -> str:
        return f"{self.earlier_id} and {self.later_id}: {self.state}"


class Join(Stored):
    """One request joined with another: what was given and copied, so that it can be taken back."""

    pair = models.ForeignKey(Duplicate, on_delete=models.CASCADE, related_name="joins")
    kept = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="joins")
    joined = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="joined_into")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # What came to the kept one: "people", "ties", "questions" (ids), and what images were there
    # before ("series": pairs of numbers).
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                name="joined_once", fields=["joined"],
                condition=models.Q(undone_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.joined_id} into {self.kept_id}"
