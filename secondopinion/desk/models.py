"""The team's own: saved views, shifts, steps on many cases; requests entered for families, how
cases were declined."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import NewAddress, Person
from secondopinion.cases.models import Case, ChecklistItem, ItemState
from secondopinion.core.models import Stored
from secondopinion.imaging.models import Study
from secondopinion.program.models import DeclineKind
from secondopinion.records.models import Record


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


class Way(models.TextChoices):
    """How a family reached the team."""

    TELEPHONE = "telephone", _("By telephone")
    WALK_IN = "walk-in", _("In person")
    POST = "post", _("By letter")


class CaseEntry(Stored):
    """A request that a coordinator enters for a family, until the family takes it over."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="entry")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=Way.choices)
    pages = models.JSONField(default=dict)  # page → the revision at which it was entered
    tries = models.PositiveSmallIntegerField(default=0)  # dates of birth that were wrong
    written_at = models.DateTimeField(null=True, blank=True)  # the last mail with a link
    taken_over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "case entries"
        indexes = [models.Index(name="entry_open_of", fields=["by", "taken_over_at"])]

    def __str__(self) -> str:
        return f"{self.case_id} by {self.by_id}"


class SpokenConsent(Stored):
    """What a guardian agreed to by word of mouth: who read what aloud to whom, when and how."""

    entry = models.ForeignKey(CaseEntry, on_delete=models.CASCADE, related_name="consents")
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    read_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=Way.choices)
    said_at = models.DateTimeField()
    language = models.CharField(max_length=10)  # in which it was read aloud
    interpreter = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=20)  # of the disclaimer
    kinds = models.JSONField(default=list)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.guardian_id} in {self.language}"


class Refusal(Stored):
    """How a case was declined: the letter as it was sent, and what becomes of the fee."""

    class Fee(models.TextChoices):
        NONE = "none", _("Nothing was paid, and nothing is to be paid")
        RETURNED = "returned", _("What was paid is given back")
        KEPT = "kept", _("What was paid is not given back")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="refusal")
    kind = models.CharField(max_length=20, choices=DeclineKind.choices)
    letter = models.TextField()
    language = models.CharField(max_length=10)
    fee = models.CharField(max_length=10, choices=Fee.choices)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind} for {self.case_id}"


class Evidence(Stored):
    """A record or a study that is what a thing on the checklist calls for."""

    item = models.ForeignKey(ChecklistItem, on_delete=models.CASCADE, related_name="evidence")
    record = models.ForeignKey(Record, on_delete=models.CASCADE, null=True, related_name="+")
    study = models.ForeignKey(Study, on_delete=models.CASCADE, null=True, related_name="+")
    # Where the thing stood when one press said that this is it; empty where it was chosen.
    before = models.CharField(max_length=10, choices=ItemState.choices, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(
                name="evidence_record_once", fields=["item", "record"],
                condition=models.Q(record__isnull=False),
            ),
            models.UniqueConstraint(
                name="evidence_study_once", fields=["item", "study"],
                condition=models.Q(study__isnull=False),
            ),
            models.CheckConstraint(
                name="evidence_is_a_record_or_a_study",
                condition=models.Q(record__isnull=False, study__isnull=True)
                | models.Q(record__isnull=True, study__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"for {self.item_id}"


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
    # before ("series": pairs of numbers); "out": the series that left when it was undone.
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


class OneAccount(Stored):
    """Two accounts of one person, to be made one: asked by the desk, and done when the person has
    typed a code from the mail of each. What was moved is written down, so that it can go back.
    """

    LASTS = timedelta(days=1)  # of the codes
    UNDONE_FOR = timedelta(days=30)

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="one_accounts")
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # As they were when the codes were sent: a code proves the address that it went to.
    kept_email = models.EmailField(max_length=254)
    other_email = models.EmailField(max_length=254)
    kept_hash = models.CharField(max_length=64)
    other_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)  # pairs of codes that were wrong
    expires_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=NewAddress.Way.choices)
    note = models.TextField(blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    moved = models.JSONField(default=dict)  # see `actions.accounts`
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                name="one_account_closed_once", fields=["other"],
                condition=models.Q(confirmed_at__isnull=False, undone_at__isnull=True),
            ),
            models.CheckConstraint(
                name="one_account_of_two", condition=~models.Q(kept=models.F("other"))
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.other_id} into {self.kept_id}"

    @property
    def undone_until(self) -> datetime | None:
        """Until when the desk can take it back."""
        return self.confirmed_at and self.confirmed_at + self.UNDONE_FOR
