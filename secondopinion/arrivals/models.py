"""Uploads: what is being received, what came, and what became of each file in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Blob, StagedFile, Stored


class UploadState(models.TextChoices):
    """Where an upload stands."""

    RECEIVING = "receiving", _("On its way")
    RECEIVED = "received", _("Here, being looked at")
    SORTED = "sorted", _("Looked at")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Not finished in time")


class Upload(Stored):
    """One upload of a person into a case: a file, or a pack of many small ones."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="uploads")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20)
    name = models.CharField(max_length=255)
    length = models.PositiveBigIntegerField()
    metadata = models.TextField(blank=True)  # as the client sent it
    pack = models.BooleanField(default=False)
    staged = models.OneToOneField(StagedFile, on_delete=models.SET_NULL, null=True)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=12, choices=UploadState.choices, default=UploadState.RECEIVING
    )
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"


class ArrivedFile(Stored):
    """One file of an upload and what became of it; nothing that came is dropped in silence."""

    class Outcome(models.TextChoices):
        RECORD = "record", _("Added to the records")
        IMAGE = "image", _("Added to the images")
        DUPLICATE = "duplicate", _("We have this one already")
        IGNORED = "ignored", _("Not needed")
        REFUSED = "refused", _("Cannot be used")

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=500)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    code = models.SlugField(blank=True)
    subject_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(name="arrived_file_once", fields=["upload", "name"])]

    def __str__(self) -> str:
        return f"{self.outcome} in {self.upload_id}"
