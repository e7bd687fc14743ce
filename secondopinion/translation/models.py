"""Translations: of what, by whom or what, checked by whom; and who has a part in one of them."""

import re

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.core.models import Stored


class Method(models.TextChoices):
    """How a translation was made; shown to the expert and printed in the report."""

    PERSON = "person", _("By a translator")
    PERSON_REVIEWED = "person_reviewed", _("By a translator, checked by a second one")
    MACHINE = "machine", _("By a machine, not checked")
    MACHINE_REVIEWED = "machine_reviewed", _("By a machine, checked by a translator")
    CAME = "came", _("Came with the record")
    CAME_REVIEWED = "came_reviewed", _("Came with the record, checked by a translator")


# What a translation is once a second person has checked it, by what it was before.
CHECKED = {
    Method.PERSON: Method.PERSON_REVIEWED,
    Method.MACHINE: Method.MACHINE_REVIEWED,
    Method.CAME: Method.CAME_REVIEWED,
}


class TranslationState(models.TextChoices):
    """Where a translation stands."""

    REQUESTED = "requested", _("Asked for")
    DRAFT = "draft", _("Being translated")
    WRITTEN = "written", _("To be checked")
    REVIEWED = "reviewed", _("Checked")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What is translated passage by passage: by who wrote it, which is the kind of its subject, what a
# reader calls it.
WORDS: dict[str, Promise] = {
    "family": _("What the family wrote"),
    "local_provider": _("What the local provider wrote"),
}


_COUNTED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


class Translation(Stored):
    """The text of a record or report in another language, beside its original as read then.

    Of what was written at home, `passages` hold it one by one: {"key", "original", "text"}.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="translations")
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    title = models.CharField(max_length=255, blank=True)
    source_language = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    original = models.TextField(blank=True)
    text = models.TextField(blank=True)
    passages = models.JSONField(default=list)
    note = models.TextField(blank=True)
    state = models.CharField(
        max_length=10, choices=TranslationState.choices, default=TranslationState.REQUESTED
    )
    method = models.CharField(max_length=20, choices=Method.choices, default=Method.PERSON)
    engine = models.CharField(max_length=60, blank=True)
    trouble = models.CharField(max_length=20, blank=True)  # why no machine drafted it: see `words`
    revision = models.PositiveIntegerField(default=0)
    # Why a difference stays: by its key (`keeping`), {"why", "by": whose name, "at"}.
    kept = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # The state in which it was withdrawn; "" where it cannot be put back.
    withdrawn_from = models.CharField(max_length=10, choices=TranslationState.choices, blank=True)
    asked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        indexes = [
            models.Index(name="translation_of_subject", fields=["subject_kind", "subject_id"])
        ]
        constraints = [
            models.CheckConstraint(
                name="translation_reviewed_when_and_by_whom",
                condition=models.Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_language} to {self.language} ({self.state})"

    @property
    def name(self) -> str:
        """What it is a translation of, in the reader's words."""
        return self.title or str(WORDS.get(self.subject_kind, ""))

    @property
    def length(self) -> int:
        """How many words its originals have, by which a translator plans; a Chinese or Japanese
        sign counts as one."""
        return sum(len(_COUNTED.findall(original)) for _key, original, _text in self.texts)

    @property
    def standing(self) -> str:
        """Where it stands, in words: that it is to be checked is said only where somebody was asked
        to (`to_check`, which `queries` read)."""
        if self.state == TranslationState.WRITTEN and not vars(self).get("to_check", True):
            return gettext("Handed over, not checked")
        return str(self.get_state_display())

    @property
    def texts(self) -> list[tuple[str, str, str]]:
        """Each text that is translated: its key ("" where there is but one), original,
        translation."""
        if self.subject_kind in WORDS:
            return [(each["key"], each["original"], each["text"]) for each in self.passages]
        return [("", self.original, self.text)]


class OutsideConsent(Stored):
    """A guardian's consent that texts of a case go to a machine outside the hospital."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outside_consents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=20)  # of the words that were shown
    language = models.CharField(max_length=10)  # in which they were shown
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="outside_consent_once",
                fields=["case"],
                condition=models.Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="outside_consent_withdrawn_by_whom",
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} ({self.version})"


class TranslationPart(Stored):
    """Who may open one translation and the pages of its record, since when, until when.

    It shows nothing else of the case: the case's own participations do not know of it.
    """

    class Kind(models.TextChoices):
        TRANSLATOR = "translator", _("Translator")
        REVIEWER = "reviewer", _("Reviewer")

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="parts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="translation_part_once",
                fields=["translation", "person", "kind"],
                condition=models.Q(until__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} as {self.kind}"
