"""What other programs were given: keys of sites."""

from django.db import models

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored


class SiteKey(Stored):
    """A token with which a site's program sends images into one case; only its hash is kept."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="site_keys")
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=100)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    may_read = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.label} for {self.case_id}"
