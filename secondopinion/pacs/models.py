"""Studies on their way from another server, and to the hospital's PACS."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.arrivals.models import Upload
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored
from secondopinion.imaging.models import Instance
from secondopinion.pacs import words


class FetchState(models.TextChoices):
    """Where a fetch stands."""

    UNDER_WAY = "under-way", _("Under way")
    DONE = "done", _("All here")
    PARTLY = "partly", _("Partly here")
    FAILED = "failed", _("Not fetched")


class Fetch(Stored):
    """One study that is fetched from a server into a case; its upload holds what became of each
    instance."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="fetches")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    server = models.CharField(max_length=60)  # its name in the settings
    study = models.CharField(max_length=64)
    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, related_name="fetch")
    date = models.DateField(null=True)
    description = models.CharField(max_length=200, blank=True)
    modalities = models.CharField(max_length=100, blank=True)
    expected = models.PositiveIntegerField(null=True)  # instances that the server lists
    state = models.CharField(
        max_length=10, choices=FetchState.choices, default=FetchState.UNDER_WAY
    )
    code = models.SlugField(blank=True)  # what stands in the way, or stood
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "fetches"
        constraints = [
            models.UniqueConstraint(name="fetch_once", fields=["case", "server", "study"])
        ]

    def __str__(self) -> str:
        return f"{self.study} from {self.server} ({self.state})"

    @property
    def trouble(self) -> str | Promise:
        """What stands in the way, as a sentence."""
        return words.say(self.code)


class Forward(Stored):
    """The images of a case on their way to the hospital's PACS."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="forwards")
    server = models.CharField(max_length=60)
    code = models.SlugField(blank=True)  # what the server did not do at the last try
    tries = models.PositiveSmallIntegerField(default=0)  # since something went well
    next_at = models.DateTimeField(null=True)  # when to look again; None: nothing is left to do

    class Meta:
        constraints = [models.UniqueConstraint(name="forward_once", fields=["case", "server"])]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.server}"

    @property
    def trouble(self) -> str | Promise:
        """What the server did not do, as a sentence."""
        return words.say(self.code)


class Forwarded(Stored):
    """What the hospital's PACS said of one instance."""

    class Outcome(models.TextChoices):
        STORED = "stored", _("Stored")
        WARNED = "warned", _("Stored with a warning")
        REFUSED = "refused", _("Refused")

    forward = models.ForeignKey(Forward, on_delete=models.CASCADE, related_name="instances")
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    status = models.PositiveIntegerField(default=0)  # of DICOM: why, or what about
    tries = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name_plural = "forwarded"
        constraints = [
            models.UniqueConstraint(name="forwarded_once", fields=["forward", "instance"])
        ]

    def __str__(self) -> str:
        return f"{self.instance_id}: {self.outcome}"
