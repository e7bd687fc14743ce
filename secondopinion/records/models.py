"""Records of a case and their pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
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


class RecordState(models.TextChoices):
    """What became of the file."""

    READING = "reading", _("Being read")
    READ = "read", _("Read")
    UNREADABLE = "unreadable", _("Cannot be opened")


class Record(Stored):
    """One document as it came; its original bytes are never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="records")
    title = models.CharField(max_length=255)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=100)
    language = models.CharField(max_length=10, blank=True)
    dated = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=20)
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12, choices=RecordState.choices, default=RecordState.READING
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(name="record_content_once", fields=["case", "blob"])]

    def __str__(self) -> str:
        return str(self.id)


class Page(Stored):
    """One page: a picture that browsers can show, its text, and how well it can be read."""

    class Legibility(models.TextChoices):
        GOOD = "good", _("Easy to read")
        HARD = "hard", _("Hard to read")
        UNREADABLE = "unreadable", _("Cannot be read")

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    image = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True)
    legibility = models.CharField(
        max_length=12, choices=Legibility.choices, default=Legibility.GOOD
    )
    reasons = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="page_once", fields=["record", "number"])]

    def __str__(self) -> str:
        return f"{self.record_id} page {self.number}"
