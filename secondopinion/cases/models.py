"""The case and what belongs to it: request, questions, parts in it, checklist, clocks."""

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from secondopinion.accounts.models import Child, Person
from secondopinion.cases.foreseen import Forecast  # noqa: F401 - Django finds it here
from secondopinion.cases.states import DESK_NEXT, State, Why
from secondopinion.cases.timing import ClockSpan, Pace  # noqa: F401 - and these
from secondopinion.core import clock
from secondopinion.core.ids import case_reference
from secondopinion.core.models import Stored, VaultSpace
from secondopinion.program.models import DeliveryMode, Price, Residence, Specialty, Urgency


class Case(Stored):
    """One request for one opinion about one child, from its draft until it is closed."""

    reference = models.CharField(max_length=16, unique=True, default=case_reference)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    state_since = models.DateTimeField(default=clock.now)
    child = models.OneToOneField(Child, on_delete=models.PROTECT, related_name="case")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, null=True, blank=True)
    condition = models.SlugField(blank=True)  # the group that the desk has chosen
    country = CountryField(blank=True)
    residence = models.CharField(max_length=10, choices=Residence.choices, blank=True)
    language = models.CharField(max_length=10, default="en")
    kind = models.CharField(max_length=10, choices=Price.Kind.choices, default=Price.Kind.OPINION)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.USUAL)
    vault = models.OneToOneField(VaultSpace, on_delete=models.PROTECT, related_name="case")
    coordinator = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    delivery_mode = models.CharField(max_length=20, choices=DeliveryMode.choices, blank=True)
    delivery_basis = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    follow_up_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    act_by = models.DateTimeField(default=clock.NEVER)  # the earliest of its needs
    put_off_until = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    instead = models.TextField(blank=True)

    # Kept while one page is read: a person, and their parts in it; None: to be looked up.
    parts_for_reading: tuple[UUID, set[str]] | None = None
    # Whether a court, or the patient, has said that who it is shown to decides nothing in it.
    read_only = False

    class Meta:
        # The worklist reads these alone, however many cases have ended.
        indexes = [
            models.Index(name=f"case_{name}", fields=fields, condition=models.Q(ended_at=None))
            for name, fields in (
                ("by_need", ["act_by", "id", "coordinator", "state", "put_off_until", "ended_at"]),
                ("by_owner", ["coordinator", "act_by", "id", "state", "ended_at"]),
                ("by_state", ["state", "act_by", "id", "ended_at"]),
                ("by_field", ["specialty", "act_by", "id"]),
                ("by_country", ["country", "act_by", "id"]),
                ("by_language", ["language", "act_by", "id"]),
                ("by_urgency", ["urgency", "act_by", "id"]),
            )
        ] + [
            models.Index(name="case_by_end", fields=["-ended_at", "-id"],
                         condition=models.Q(ended_at__isnull=False))
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                name="case_is_submitted_when_it_left_draft",
                condition=models.Q(state__in=[State.DRAFT, State.EXPIRED, State.WITHDRAWN])
                | models.Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_has_an_owner_once_accepted",
                condition=models.Q(accepted_at__isnull=True)
                | models.Q(coordinator__isnull=False, delivery_mode__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def desk_next(self) -> str:
        """What the desk does next."""
        return str(DESK_NEXT.get(State(self.state), ""))


class Request(Stored):
    """What the family wrote. `typed` keeps raw text of half-filled pages, page by page."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="request")
    revision = models.PositiveIntegerField(default=0)
    touched_at = models.DateTimeField(default=clock.now)
    changed = models.JSONField(default=dict)  # page → the revision at which it changed last
    savings = models.JSONField(default=dict)  # page → which tab has changed it last (`saving`)
    typed = models.JSONField(default=dict)
    saved_pages = models.JSONField(default=list)
    emergency = models.BooleanField(null=True)
    weight_kg = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    height_cm = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    head_cm = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    measured_on = models.DateField(null=True, blank=True)
    # Measured earlier: {"on": "2025-03-01", "weight_kg": "12.40", "height_cm": ""}, by day.
    measured_before = models.JSONField(default=list)
    gestation_weeks = models.PositiveSmallIntegerField(null=True, blank=True)  # at birth
    diagnosis = models.TextField(blank=True)
    history = models.TextField(blank=True)
    medicines = models.TextField(blank=True)
    allergies = models.TextField(blank=True)
    operations = models.TextField(blank=True)
    family_history = models.TextField(blank=True)
    immunisations = models.TextField(blank=True)
    development = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"request of {self.case_id}"


class Question(Stored):
    """A numbered question of the family; the report answers it by this number."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="question_number_once", fields=["case", "number"])
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:40]}"


class LocalProvider(Stored):
    """The clinician or clinic that treats the child at home."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="local_provider")
    full_name = models.CharField(max_length=200)
    clinic = models.CharField(max_length=200, blank=True)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    invited_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    correction = models.TextField(blank=True)
    receipt = models.CharField(max_length=12, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_reason = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)  # wrong birth dates in a row

    def __str__(self) -> str:
        return self.full_name


class Consent(Stored):
    """What a guardian agreed to: which words, in which version and language, when."""

    class Kind(models.TextChoices):
        REVIEW = "review", _("The records may be read for the opinion")
        CONTACT_PROVIDER = "contact_provider", _("We may write to the local provider")
        DISCLAIMER = "disclaimer", _("The disclaimer was read")
        ASSENT = "assent", _("The young person agrees")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="consent_once",
                fields=["case", "person", "kind"],
                condition=models.Q(withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version} ({self.language})"


class Part(models.TextChoices):
    """The parts that a person can have in a case."""

    FAMILY = "family", _("Family")
    LOCAL_PROVIDER = "local_provider", _("Local provider")
    COORDINATOR = "coordinator", _("Intake coordinator")
    SPECIALIST = "specialist", _("Specialist")
    SECOND_READER = "second_reader", _("Second reader")
    REFERRAL_COORDINATOR = "referral_coordinator", _("Referral coordinator")
    ENTRY = "entry", _("Enters the request for the family")
    EMERGENCY = "emergency", _("Emergency access")


class Participation(Stored):
    """Who has which part in a case, since when, until when. It decides what is visible."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="participations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=30, choices=Part.choices)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    ended_why = models.TextField(blank=True)  # of somebody whom the team has taken out

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="participation_once",
                fields=["case", "person", "role"],
                condition=models.Q(until__isnull=True),
            ),
            models.UniqueConstraint(
                name="participation_one_coordinator",
                fields=["case"],
                condition=models.Q(until__isnull=True, role="coordinator"),
            ),
        ]
        indexes = [models.Index(name="participation_of_in", fields=["person", "case"])]

    def __str__(self) -> str:
        return f"{self.person_id} as {self.role}"


class EmergencyAccess(Stored):
    """A case opened by one of the staff who had no part in it: a part that only reads, and ends.

    The participation says who and until when; here stand why, and what the privacy officer found.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="emergency_accesses")
    participation = models.OneToOneField(
        Participation, on_delete=models.CASCADE, related_name="emergency_access"
    )
    reason = models.TextField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    justified = models.BooleanField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="emergency_access_reviewed_when_by_whom_and_how",
                condition=models.Q(
                    reviewed_at__isnull=True, reviewed_by__isnull=True, justified__isnull=True
                )
                | models.Q(
                    reviewed_at__isnull=False, reviewed_by__isnull=False, justified__isnull=False
                ),
            )
        ]

    def __str__(self) -> str:
        return f"emergency access to {self.case_id}"

    @property
    def is_live(self) -> bool:
        """Whether the case is open to the person now."""
        until = self.participation.until
        return until is not None and until > clock.now()


class ItemState(models.TextChoices):
    """Where a thing on the checklist stands."""

    OPEN = "open", _("Missing")
    ASKED = "asked", _("Asked for")
    ANSWERED = "answered", _("Answered: please look")
    ARRIVED = "arrived", _("Here")
    WAIVED = "waived", _("Not needed")


class ChecklistItem(Stored):
    """One thing that the case calls for before an expert starts."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="checklist")
    key = models.SlugField()
    kind = models.CharField(max_length=10)
    labels = models.JSONField(default=dict)
    required = models.BooleanField(default=True)
    condition = models.SlugField(blank=True)  # the group of conditions that calls for it
    months = models.PositiveSmallIntegerField(default=0)  # how old it may be; 0: any age
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ItemState.choices, default=ItemState.OPEN)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="checklist_item_once", fields=["case", "key"])]

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"


class InformationRequest(Stored):
    """Something asked of the family or the local provider; the clock stops while it is open."""

    class To(models.TextChoices):
        FAMILY = "family", _("Family")
        LOCAL_PROVIDER = "local_provider", _("Local provider")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="information_requests")
    item = models.ForeignKey(ChecklistItem, on_delete=models.SET_NULL, null=True, blank=True)
    page = models.UUIDField(null=True)  # of a record: it is to be sent again
    to = models.CharField(max_length=20, choices=To.choices, default=To.FAMILY)
    text = models.TextField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # What a specialist wishes for lies with the coordinator first; who passes it on may reword it.
    held = models.BooleanField(default=False)
    wish = models.TextField(blank=True)  # the specialist's own words, where they were reworded
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                name="information_request_answered_when_and_by_whom",
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"to {self.to} in {self.case_id}"


class Need(models.Model):
    """Why a case needs the desk now, and by when; it goes when it has been met (`needs`)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="needs")
    why = models.CharField(max_length=12, choices=Why.choices)
    since = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()

    class Meta:
        ordering = ["due_at"]
        constraints = [models.UniqueConstraint(name="need_once", fields=["case", "why"])]
        indexes = [models.Index(name="need_of_kind", fields=["why", "case"])]

    def __str__(self) -> str:
        return f"{self.why} by {self.due_at:%Y-%m-%d %H:%M}"


class CaseWord(models.Model):
    """A folded word by which the desk finds a case that was sent: of its number or its names."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=80, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="case_word_once", fields=["word", "case"])]

    def __str__(self) -> str:
        return self.word


class HandOver(Stored):
    """A case that changed hands between coordinators, with the note for the next one.

    Where nobody wrote one, the `cause` says in the reader's language why it changed hands.
    """

    class Cause(models.TextChoices):
        BEGUN = "begun", _("Began with it before its owner did.")
        LEFT = "left", _("Its owner had left the team. The case went to who had least to do.")
        UNDONE = "undone", _("The step before is undone.")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="hand_overs")
    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    cause = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    for_taker = models.BooleanField(default=True)  # else the note is for the history alone

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.giver_id} to {self.taker_id}"
