"""The base of every table, and the vault's index: spaces (one key each) and blobs."""

from django.db import models

from secondopinion.core import clock
from secondopinion.core.ids import new_id


class Stored(models.Model):
    """A row with a sortable id and the instant at which it was made."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True


class VaultSpace(Stored):
    """A key of its own for everything that belongs to one case, wrapped by the master key."""

    wrapped_key = models.BinaryField(null=True)
    master_version = models.PositiveSmallIntegerField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="vault_space_erased_has_no_key",
                condition=models.Q(erased_at__isnull=True, wrapped_key__isnull=False)
                | models.Q(erased_at__isnull=False, wrapped_key__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Blob(Stored):
    """One sequence of bytes in a space, known by the SHA-256 of its plain content."""

    space = models.ForeignKey(VaultSpace, on_delete=models.PROTECT, related_name="blobs")
    digest = models.CharField(max_length=64)
    length = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="blob_once_in_a_space", fields=["space", "digest"])
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} ({self.length} bytes)"


class StagedFile(Stored):
    """A file on its way into a space: encrypted as it arrives, its length known from the start."""

    space = models.ForeignKey(VaultSpace, on_delete=models.CASCADE, related_name="staged")
    length = models.PositiveBigIntegerField()
    blob = models.ForeignKey(Blob, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.id} ({self.length} bytes)"


class JobLease(models.Model):
    """Who runs a job, when its heart last beat, how often it was tried, what stopped it."""

    job_id = models.UUIDField(primary_key=True)
    worker = models.CharField(max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=100, blank=True)
    incident = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return f"{self.job_id} by {self.worker}"


class PeriodicRun(models.Model):
    """When a periodic function was last called."""

    name = models.CharField(primary_key=True, max_length=60)
    ran_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
