"""The opinion: its drafts, its key images, and the signed documents that came of it."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.core.models import Blob, Stored
from secondopinion.experts.models import Offer, OfferState
from secondopinion.program import queries as program


class OpinionState(models.TextChoices):
    """Where the report stands."""

    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")


class Opinion(Stored):
    """The report of one case in the making, written by its specialist."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="opinion")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=OpinionState.choices, default=OpinionState.DRAFT
    )
    body = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    # While a signed report is being corrected: which, and since when.
    amends = models.ForeignKey(
        "SignedReport", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amending_since = models.DateTimeField(null=True, blank=True)
    kept = models.JSONField(default=dict)  # why words that a check doubts stand, by their key

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opinion_amends_since",
                condition=models.Q(amends__isnull=True, amending_since__isnull=True)
                | models.Q(amends__isnull=False, amending_since__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"opinion of {self.case_id}"


class Version(Stored):
    """What one saving changed; the text of a revision is what all up to it add up to."""

    opinion = models.ForeignKey(Opinion, on_delete=models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField()
    changed = models.JSONField()  # the fields that this saving changed, as they are since then
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["revision"]
        constraints = [models.UniqueConstraint(name="version_once", fields=["opinion", "revision"])]

    def __str__(self) -> str:
        return f"revision {self.revision} of {self.opinion_id}"


class SecondReading(Stored):
    """A draft given to a second reader at one revision, and what they said of it."""

    class Outcome(models.TextChoices):
        RETURNED = "returned", _("Returned with comments")
        COUNTERSIGNED = "countersigned", _("Countersigned")
        TAKEN_BACK = "taken_back", _("Taken back")

    opinion = models.ForeignKey(Opinion, on_delete=models.CASCADE, related_name="second_readings")
    number = models.PositiveSmallIntegerField()
    revision = models.PositiveIntegerField()  # of the draft that is read
    reasons = models.JSONField(default=list)  # names of `second.REASONS`
    blinded = models.BooleanField(default=False)
    reader = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_at = models.DateTimeField()
    missed_at = models.DateTimeField(null=True, blank=True)  # when the coordinator was told
    own = models.JSONField(default=dict)  # what a blinded reader judged before seeing the draft
    own_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    comments = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="second_reading_once", fields=["opinion", "number"]),
            models.UniqueConstraint(
                name="second_reading_one_open",
                fields=["opinion"],
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="second_reading_ended_how",
                condition=models.Q(ended_at__isnull=True, outcome="")
                | models.Q(ended_at__isnull=False, outcome__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return f"second reading {self.number} of {self.opinion_id}"


class PanelMember(Stored):
    """An expert who writes a joint report with its author, who leads; where they stand on it."""

    class Verdict(models.TextChoices):
        AGREES = "agrees", _("Agrees")
        DISSENTS = "dissents", _("Dissents")

    opinion = models.ForeignKey(Opinion, on_delete=models.CASCADE, related_name="panel")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sections = models.JSONField(default=list)  # fields of the report that they write
    left_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    dissent = models.TextField(blank=True)  # stands in the report
    verdict_at = models.DateTimeField(null=True, blank=True)
    verdict_revision = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="panel_member_once",
                fields=["opinion", "person"],
                condition=models.Q(left_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.opinion_id}"


class PanelInvitation(Stored):
    """An expert who is asked to write a report with its author; every invitation is remembered."""

    opinion = models.ForeignKey(Opinion, on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=OfferState.choices, default=OfferState.OPEN)
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=Offer.Reason.choices, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="panel_invitation_one_open",
                fields=["opinion", "person"],
                condition=models.Q(state="open"),
            ),
            models.CheckConstraint(
                name="panel_invitation_answered_when_not_open",
                condition=models.Q(state="open", answered_at__isnull=True)
                | models.Q(~models.Q(state="open"), answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.opinion_id}: {self.state}"


class ExpertNote(Stored):
    """A note on a case, or a comment on a field of its report, that only its experts see."""

    opinion = models.ForeignKey(Opinion, on_delete=models.CASCADE, related_name="notes")
    field = models.CharField(max_length=80, blank=True)  # "": on the case
    text = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"note on {self.opinion_id}"


class Measurement(Stored):
    """What a specialist measured on an image of the case; its values are of the original pixels."""

    class Tool(models.TextChoices):
        LENGTH = "length", _("Length")
        ANGLE = "angle", _("Angle")
        ELLIPSE = "ellipse", _("Ellipse")
        PROBE = "probe", _("Point")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="measurements")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    study_uid = models.CharField(max_length=64)
    series_uid = models.CharField(max_length=64)
    instance_uid = models.CharField(max_length=64)
    frame = models.PositiveIntegerField(default=1)
    tool = models.CharField(max_length=10, choices=Tool.choices)
    points = models.JSONField()  # pixel coordinates, see imaging.rulers
    values = models.JSONField()  # as imaging.rulers returns them
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(name="measurement_of_image", fields=["case", "instance_uid"])]

    def __str__(self) -> str:
        return f"{self.tool} of {self.case_id}"


class KeyImagesShown(models.Manager["KeyImage"]):
    """Key images that stand in the report as it is now."""

    def get_queryset(self) -> models.QuerySet["KeyImage"]:
        return super().get_queryset().filter(removed_at=None)


class KeyImage(Stored):
    """An image chosen for the report, as it was windowed and measured, with its caption."""

    opinion = models.ForeignKey(Opinion, on_delete=models.CASCADE, related_name="key_images")
    study_uid = models.CharField(max_length=64, default="")
    series_uid = models.CharField(max_length=64, default="")
    instance_uid = models.CharField(max_length=64)
    series_label = models.CharField(max_length=300)
    studied_on = models.DateField(null=True)
    place = models.PositiveIntegerField(null=True)  # in its series, from 1, as the viewer counts
    places = models.PositiveIntegerField(null=True)
    frame = models.PositiveIntegerField(default=1)
    window_center = models.FloatField(null=True)
    window_width = models.FloatField(null=True)
    caption = models.CharField(max_length=500)
    picture = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = KeyImagesShown()
    everything: models.Manager["KeyImage"] = models.Manager()

    class Meta:
        ordering = ["position", "created_at"]

    def __str__(self) -> str:
        return f"key image of {self.opinion_id}"


class SignedReport(Stored):
    """A signed document. Rows are only ever added: a correction is another one."""

    class Kind(models.TextChoices):
        OPINION = "opinion", _("Second opinion")
        ADDENDUM = "addendum", _("Addendum")
        AMENDMENT = "amendment", _("Corrected report")
        TRANSLATION = "translated", _("Translation")
        LETTER = "letter", _("Letter")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="signed_reports")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20, unique=True)
    body = models.JSONField()
    language = models.CharField(max_length=10)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    level = models.CharField(max_length=10)  # of the signature: B-B, B-T, …
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    audit_head = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(null=True)  # of the draft that was signed
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    translates = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="translations"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="signed_report_number_once", fields=["case", "number"]),
            models.UniqueConstraint(
                name="signed_report_replaced_once",
                fields=["replaces"],
                condition=models.Q(replaces__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.case_id}"

    @property
    def signed_on(self) -> date:
        """The day that the document bears: that of the hospital, wherever its reader is."""
        return program.program().local(self.signed_at).date()


class KeptDoubt(Stored):
    """Words of a signed report that a check doubted, and why its author kept them."""

    report = models.ForeignKey(SignedReport, on_delete=models.PROTECT, related_name="kept_doubts")
    kind = models.CharField(max_length=20)  # the name of the check
    field = models.CharField(max_length=40)
    quoted = models.TextField()
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} in {self.report_id}"


class Delivery(Stored):
    """To whom a signed document went, under which rule, and when they first opened it."""

    report = models.ForeignKey(SignedReport, on_delete=models.PROTECT, related_name="deliveries")
    to = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    rule = models.CharField(max_length=20)
    opened_at = models.DateTimeField(null=True, blank=True)
    handed_on_at = models.DateTimeField(null=True, blank=True)
    open_by = models.DateTimeField(null=True, blank=True)  # or else the coordinator is told
    missed_at = models.DateTimeField(null=True, blank=True)  # when the coordinator was told

    class Meta:
        constraints = [models.UniqueConstraint(name="delivery_once", fields=["report", "to"])]
        indexes = [
            models.Index(
                name="delivery_not_opened", fields=["open_by"],
                condition=models.Q(opened_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.report_id} to {self.role}"
