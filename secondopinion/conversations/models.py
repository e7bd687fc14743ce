"""The threads of a case, and what was written in them."""

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored


class Thread(models.TextChoices):
    """Between whom a thread runs."""

    FAMILY = "family", _("Family and intake team")
    LOCAL_PROVIDER = "local_provider", _("Local provider and intake team")
    STAFF = "staff", _("Intake team and specialist")


class Post(Stored):
    """One message in a thread; its words are never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="posts")
    thread = models.CharField(max_length=20, choices=Thread.choices)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    language = models.CharField(max_length=10)
    # When it was answered or the desk said that it needs no answer; at once where none is owed.
    answered_at = models.DateTimeField(null=True, blank=True)

    # Set where a page shows them: read by the other side; what was sent with it.
    seen: bool | None = None
    files: Sequence[object] = ()

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(name="post_of_thread", fields=["case", "thread", "created_at"])]

    def __str__(self) -> str:
        return f"{self.thread} of {self.case_id}"


class Seen(models.Model):
    """Until when a person has read the threads of a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="seen_once", fields=["case", "person"])]

    def __str__(self) -> str:
        return f"{self.case_id} by {self.person_id}"
