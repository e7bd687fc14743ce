"""The audit: entries as they happen, and the seals that chain them."""

from django.db import models

from secondopinion.core.models import Stored


class Entry(Stored):
    """One thing that a person or a job did, or that a person saw. Rows are only ever added."""

    verb = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=100)
    case_id = models.UUIDField(null=True)
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=80, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(name="audit_entry_of_case", fields=["case_id", "created_at"])]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M:%S} {self.actor_label} {self.verb}"


class Seal(models.Model):
    """The place of an entry in the chain: its hash covers the entry and the seal before it."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="seal")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"
