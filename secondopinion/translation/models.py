"""Translations: of what, by whom or what, checked by whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Stored


class Method(models.TextChoices):
    """How a translation was made; shown to the expert and printed in the report."""

    PERSON = "person", _("By a translator")
    PERSON_REVIEWED = "person_reviewed", _("By a translator, checked by a second one")
    MACHINE = "machine", _("By a machine, not checked")
    MACHINE_REVIEWED = "machine_reviewed", _("By a machine, checked by a translator")


class Translation(Stored):
    """The text of one page or record in another language, beside its original."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="translations")
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    source_language = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    text = models.TextField()
    method = models.CharField(max_length=20, choices=Method.choices)
    made_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(name="translation_of_subject", fields=["subject_kind", "subject_id"])
        ]

    def __str__(self) -> str:
        return f"{self.source_language} to {self.language} ({self.method})"
