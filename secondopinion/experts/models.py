"""Specialists as experts, and the offers made to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored
from secondopinion.program.models import Specialty, Urgency

YOUNGEST, OLDEST = 0, 21  # years of age between which nobody is left out


class Kind(models.TextChoices):
    """The kinds of case that an expert takes."""

    OPINION = "opinion", _("Reports that I write")
    URGENT = "urgent", _("Urgent cases")
    SECOND = "second", _("Second readings")
    PANEL = "panel", _("Reports that several write together")


def every_kind() -> list[str]:
    """Return all kinds: what an expert takes who has not said otherwise."""
    return list(Kind.values)


class ExpertProfile(Stored):
    """What a specialist can take: what they know, for whom, where, and how many cases."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="expert")
    title = models.CharField(max_length=200)
    specialties = models.ManyToManyField(Specialty, related_name="experts")
    subspecialty = models.CharField(max_length=200, blank=True)
    groups = models.JSONField(default=list)  # keys of groups of conditions
    codes = models.JSONField(default=list)  # {"system", "code", "version", "label"}
    conditions = models.JSONField(default=list)  # beginnings of words, in any language
    languages = models.JSONField(default=list)  # that they speak or read, by ISO 639
    youngest = models.PositiveSmallIntegerField(default=YOUNGEST)  # years of age
    oldest = models.PositiveSmallIntegerField(default=OLDEST)
    not_in = models.JSONField(default=list)  # countries where they may not advise
    kinds = models.JSONField(default=every_kind)
    capacity = models.PositiveSmallIntegerField(default=3)  # at the same time
    weekly = models.PositiveSmallIntegerField(default=0)  # new ones in seven days; 0: no limit
    registration = models.CharField(max_length=100, blank=True)
    fee = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person} ({self.title})"


class Away(Stored):
    """Days on which a specialist takes no case, the first and the last included."""

    expert = models.ForeignKey(ExpertProfile, on_delete=models.CASCADE, related_name="away")
    first = models.DateField()
    last = models.DateField()

    class Meta:
        ordering = ["first"]
        constraints = [
            models.CheckConstraint(
                name="away_ends_after_it_begins", condition=models.Q(last__gte=models.F("first"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


class Tie(Stored):
    """A conflict of interest: somebody, or an institution, in whose cases no part is taken."""

    class Kind(models.TextChoices):
        TREATED = "treated", _("Treated this child before")
        RELATIVE = "relative", _("Relative or friend")
        INSTITUTION = "institution", _("Works, or worked, for this institution")

    expert = models.ForeignKey(ExpertProfile, on_delete=models.CASCADE, related_name="ties")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.expert_id}"


class OfferState(models.TextChoices):
    """What became of an offer."""

    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("No answer in time")
    TAKEN_BACK = "taken_back", _("Taken back")
    HANDED_BACK = "handed_back", _("Accepted, and given back later")


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
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.USUAL)
    onward = models.BooleanField(default=False)  # without this answer, to the next on the list
    reminded_at = models.DateTimeField(null=True, blank=True)
    # Of a lead that passed within a panel: the offer by which the former one had it. Nobody was
    # asked, so nobody has accepted.
    passed_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="passed_to"
    )
    # Of an offer that went on by itself: the one that was not accepted before it.
    onward_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="onward_to"
    )
    # What matching said when a coordinator chose: the first experts with their points, the place
    # of the one that was chosen (1 the first; null: not on the list), and why another than the
    # first. An offer that went on by itself has the list of the choice that it comes from, and its
    # own expert's place there: nobody chose anew.
    suggested = models.JSONField(default=list)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    instead = models.TextField(blank=True)

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
