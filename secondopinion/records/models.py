"""Records of a case and their pages."""

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core import dates
from secondopinion.core.languages import language_name
from secondopinion.core.models import Blob, Stored


class Kind(models.TextChoices):
    """What a record is."""

    DISCHARGE_LETTER = "discharge_letter", _("Letter or discharge summary")
    LABORATORY = "laboratory", _("Laboratory results")
    PATHOLOGY = "pathology", _("Pathology report")
    OPERATION_NOTE = "operation_note", _("Operation note")
    IMAGING_REPORT = "imaging_report", _("Report about images")
    GENETICS = "genetics", _("Genetic test")
    PHOTO = "photo", _("Photo of the child")
    OTHER = "other", _("Something else")
    # Behind it, so that the keys 1 to 8 of the desk stay what they are.
    CLINIC_LETTER = "clinic_letter", _("Letter from a clinic")
    GROWTH_RECORD = "growth_record", _("Growth chart")
    VACCINATION = "vaccination", _("Vaccinations")
    PRESCRIPTION = "prescription", _("Prescription")
    CONSENT = "consent", _("Consent form")
    IDENTITY_DOCUMENT = "identity_document", _("Identity document")
    VIDEO = "video", _("Video")


class RecordState(models.TextChoices):
    """What became of the file."""

    READING = "reading", _("Being read")
    READ = "read", _("Read")
    LOCKED = "locked", _("Locked with a password")
    UNREADABLE = "unreadable", _("Cannot be opened")


class Record(Stored):
    """One document as it came; its original bytes are never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="records")
    title = models.CharField(max_length=255)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    # What is read and given to others in its place: unlocked, or without the place of a photo.
    opened = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True)
    media_type = models.CharField(max_length=100)
    language = models.CharField(max_length=10, blank=True)
    dated = models.DateField(null=True, blank=True)
    # What programs take it for, each with a certainty from 0 to 1, until somebody says what it is.
    suggested = models.JSONField(default=dict)
    source = models.CharField(max_length=20)
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12, choices=RecordState.choices, default=RecordState.READING
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    # A document that the desk split from the file of another, and one whose pages stand in another.
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged"
    )
    # A photo that was sent instead of a page that cannot be read; it stands in that page's place.
    retakes = models.ForeignKey("Page", on_delete=models.SET_NULL, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)  # the desk has looked at what it is said to be
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                name="record_content_once",
                fields=["case", "blob"],
                condition=models.Q(part_of__isnull=True),
            ),
            models.CheckConstraint(
                name="record_accepted_by_whom",
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_video(self) -> bool:
        """Whether it is a video: its pages are stills of it, and nothing is read on them."""
        return self.media_type.startswith("video/")

    @property
    def likely(self) -> dict[str, Any]:
        """Kind, language and day: as somebody said, else as suggested; for forms to begin with."""
        guess = {name: value for name, (value, _sure) in self.suggested.items()}
        said = self.kind != Kind.OTHER or self.accepted_at is not None
        return {
            "kind": self.kind if said else guess.get("kind", self.kind),
            "language": self.language or guess.get("language", ""),
            "dated": f"{self.dated:%Y-%m-%d}" if self.dated else guess.get("dated", ""),
        }

    @property
    def guessed(self) -> list[str]:
        """Which of `likely` nobody has said: forms begin with them, and nothing has kept them."""
        said = {"kind": self.kind, "language": self.language,
                "dated": f"{self.dated:%Y-%m-%d}" if self.dated else ""}  # fmt: skip
        return [name for name, value in self.likely.items() if value != said[name]]

    @property
    def kind_sure(self) -> int:
        """How sure a program is of the kind that it guesses, in per cent."""
        return round(100 * self.suggested.get("kind", ("", 0))[1])

    @property
    def suggestions(self) -> list[tuple[str, int]]:
        """What programs take it for, in words, with per cent; nothing once somebody has looked."""
        if self.accepted_at is not None:
            return []
        said = {
            "kind": lambda value: str(Kind(value).label),
            "language": language_name,
            "dated": lambda value: dates.written(date.fromisoformat(value)),
        }
        return [
            (said[name](value), round(100 * sure)) for name, (value, sure) in self.suggested.items()
        ]


class Page(Stored):
    """One page: a picture that browsers can show, its text, and how well it can be read."""

    class Legibility(models.TextChoices):
        GOOD = "good", _("Easy to read")
        HARD = "hard", _("Hard to read")
        UNREADABLE = "unreadable", _("Cannot be read")

    class Aside(models.TextChoices):
        BLANK = "blank", _("Blank")
        COPY = "copy", _("A copy of another page")
        RETAKEN = "retaken", _("Sent again")

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    of_file = models.PositiveIntegerField()  # its number in the file that came
    turn = models.PositiveSmallIntegerField(default=0)  # degrees to the right, as it is shown
    aside = models.CharField(max_length=8, choices=Aside.choices, blank=True)  # why it is not shown
    image = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True)
    legibility = models.CharField(
        max_length=12, choices=Legibility.choices, default=Legibility.GOOD
    )
    reasons = models.JSONField(default=list)
    look = models.CharField(max_length=64, blank=True)  # see `reading`
    blank = models.BooleanField(default=False)  # nothing seems to be on it

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="page_once", fields=["record", "number"]),
            models.CheckConstraint(
                name="page_turned_by_quarters", condition=models.Q(turn__in=[0, 90, 180, 270])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} page {self.number}"


class PageWords(models.Model):
    """The words of a page as they are compared: see `indexing`."""

    page = models.OneToOneField(
        Page, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    folded = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.page_id)


class Reading(Stored):
    """What was measured and read of a page by one version, as `understanding` answers it."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="reading")
    version = models.CharField(max_length=20)
    answer = models.JSONField()
    marks = models.JSONField(default=dict)  # what it says of whose the page is: see `belonging`

    def __str__(self) -> str:
        return f"{self.page_id} by {self.version}"


class Rearrangement(Stored):
    """One step of the desk: how pages and documents stood before and after it. See `arranging`."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="rearrangements")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=20)
    before = models.JSONField()
    after = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.verb} ({self.id})"


class LabValue(Stored):
    """A laboratory value as it stands on a page: typed in, or read there and accepted."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="lab_values")
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="lab_values")
    analyte = models.CharField(max_length=40)  # a key of data/analytes.toml
    value = models.DecimalField(max_digits=12, decimal_places=4)
    unit = models.CharField(max_length=20)
    taken_on = models.DateField()
    low = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    read_by = models.CharField(max_length=20, blank=True)  # which reading offered it; "" if typed
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="lab_value_of_case", fields=["case", "analyte"])]

    def __str__(self) -> str:
        return f"{self.analyte} of {self.case_id}"


class PassedOver(Stored):
    """A value that a program read on a page, and that somebody did not accept."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="passed_over")
    analyte = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=12, decimal_places=4)
    unit = models.CharField(max_length=20)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="value_passed_over_once", fields=["page", "analyte", "value", "unit"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.analyte} on {self.page_id}"
