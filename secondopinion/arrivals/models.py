"""Uploads: what is being received, what came, and what became of each file in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.conversations.models import Post
from secondopinion.core import clock
from secondopinion.core.models import Blob, StagedFile, Stored
from secondopinion.records.models import Page


class UploadState(models.TextChoices):
    """Where an upload stands."""

    RECEIVING = "receiving", _("On its way")
    RECEIVED = "received", _("Here, being looked at")
    SORTED = "sorted", _("Looked at")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Not finished in time")


class Sending(Stored):
    """One folder or selection that a person is sending; it goes on from any browser."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sendings")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)  # the same for the same files
    label = models.CharField(max_length=255)
    files = models.PositiveIntegerField()
    length = models.PositiveBigIntegerField()  # bytes of all files, as they lie on the disc
    closed_at = models.DateTimeField(null=True)  # wholly here, or given up

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(name="sending_once", fields=["case", "by", "key"])]

    def __str__(self) -> str:
        return f"{self.id} ({self.key})"


class Upload(Stored):
    """What a person brings into a case at once: a file, a pack of small ones, a fetched study."""

    ALONG = "along."  # how the key of one begins that comes along from another case

    class Kind(models.TextChoices):
        FILE = "file", _("A file")
        PACK = "pack", _("Many files packed together")
        FETCHED = "fetched", _("Images of another server")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="uploads")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sending = models.ForeignKey(
        Sending, on_delete=models.SET_NULL, null=True, related_name="uploads"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FILE)
    key = models.CharField(max_length=64, blank=True)  # of the part in its sending
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 that the bytes must have
    content_length = models.PositiveBigIntegerField(default=0)  # bytes of the files in it
    source = models.CharField(max_length=20)
    name = models.CharField(max_length=255)
    length = models.PositiveBigIntegerField()
    metadata = models.TextField(blank=True)  # as the client sent it
    staged = models.OneToOneField(StagedFile, on_delete=models.SET_NULL, null=True)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    retakes = models.ForeignKey(  # the page instead of which this photo is sent
        Page, on_delete=models.SET_NULL, null=True, related_name="+"
    )
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


class Capture(Stored):
    """A phone's way into one case, for photos and nothing else. Only the token's hash is kept."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="captures")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)  # a phone has opened it
    ended_at = models.DateTimeField(null=True)
    sent = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.id} for {self.by_id}"

    @property
    def standing(self) -> str:
        """Whether it waits for a phone, is open on one, was used there, or is of no use."""
        if self.ended_at is None and self.expires_at > clock.now():
            return "open" if self.claimed_at else "waiting"
        return "used" if self.claimed_at else "ended"


class Attachment(Stored):
    """A file that was sent with a message; it arrives, is looked at and kept like any other."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="attachments")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="attachment")

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.upload_id} of {self.post_id}"
