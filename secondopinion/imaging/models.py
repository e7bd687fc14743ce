"""The DICOM model of a case: study, series, instance (DICOM PS3.3, section 7)."""

import json
import zlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Blob, Stored


class Study(Stored):
    """One imaging study, as its headers tell it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="studies")
    uid = models.CharField(max_length=64)
    date = models.DateField(null=True)
    description = models.CharField(max_length=200, blank=True)
    patient_name = models.CharField(max_length=324, blank=True)
    patient_id = models.CharField(max_length=64, blank=True)
    patient_birth_date = models.DateField(null=True)
    patient_sex = models.CharField(max_length=1, blank=True)
    # The patient as far as one number of a study goes: the id, else the name. Two patients under
    # one number are two studies.
    patient_key = models.CharField(max_length=324, blank=True)
    source = models.CharField(max_length=20)

    class Meta:
        ordering = ["date", "uid", "created_at"]
        constraints = [
            models.UniqueConstraint(name="study_once", fields=["case", "uid", "patient_key"])
        ]

    def __str__(self) -> str:
        return self.uid


class Series(Stored):
    """One series of a study."""

    class Role(models.TextChoices):
        VOLUME = "volume", _("Images")
        LOCALIZER = "localizer", _("Overview image")
        SECONDARY_CAPTURE = "secondary-capture", _("Screenshots")
        DOSE_REPORT = "dose-report", _("Report of the dose")
        REPORT = "report", _("Written report")
        OTHER = "other", _("Other objects")

    class Why(models.TextChoices):
        OTHER_CHILD = "other-child", _("Another child’s")
        MISTAKE = "mistake", _("Sent by mistake")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="series")
    uid = models.CharField(max_length=64)
    number = models.IntegerField(null=True)
    modality = models.CharField(max_length=16, blank=True)
    description = models.CharField(max_length=200, blank=True)
    body_part = models.CharField(max_length=64, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OTHER)
    # Taken out of the case: sealed, and shown nowhere but where it can be put back.
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    removed_why = models.CharField(max_length=12, choices=Why.choices, blank=True)

    class Meta:
        ordering = ["number", "uid"]
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(name="series_once", fields=["study", "uid"])]

    def __str__(self) -> str:
        return self.uid


class Instance(Stored):
    """One DICOM object: its original bytes in the vault, its headers as DICOM JSON (PS3.18 F)."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="instances")
    uid = models.CharField(max_length=64)
    sop_class = models.CharField(max_length=64)
    transfer_syntax = models.CharField(max_length=64)
    number = models.IntegerField(null=True)
    position = models.FloatField(null=True)  # mm along the normal of the slices
    frames = models.PositiveIntegerField(default=0)  # 0: no pixels
    rows = models.PositiveIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    bits = models.PositiveIntegerField(default=0)  # allocated for one sample; 0: not known
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    pixel_offset = models.PositiveBigIntegerField(null=True)  # where uncompressed pixels begin
    frame_length = models.PositiveBigIntegerField(default=0)  # bytes of one uncompressed frame
    header_length = models.PositiveBigIntegerField(default=0)  # bytes before the pixels
    metadata = models.BinaryField(default=b"")  # DICOM JSON without bulk data, deflated
    settled = models.BooleanField(default=True)  # False: pushed, to be described and checked
    # Another object is shown under this UID, the first that came whole: this one is kept, and shown
    # only to who asks for conflicts.
    aside = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "number", "uid"]
        constraints = [
            models.UniqueConstraint(name="instance_content_once", fields=["series", "uid", "blob"]),
            models.UniqueConstraint(
                name="instance_shown_once",
                fields=["series", "uid"],
                condition=models.Q(aside=False),
            ),
        ]
        indexes = [
            models.Index(name="instance_uid", fields=["uid"]),
            models.Index(
                name="instance_to_settle",
                fields=["series"],
                condition=models.Q(settled=False),
            ),
        ]

    def __str__(self) -> str:
        return self.uid


class Measurement(Stored):
    """What the sandbox measured in the pixels of an instance (see `measuring`)."""

    instance = models.OneToOneField(Instance, on_delete=models.CASCADE, related_name="measurement")
    version = models.CharField(max_length=10)
    numbers = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"measured by {self.version}"


class DeidentifiedCopy(Stored):
    """A copy without names of some series of a case, for teaching or a second reader; it ends."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being made")
        MADE = "made", _("Ready")
        EMPTY = "empty", _("Nothing could be copied")
        ENDED = "ended", _("Ended")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="copies")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    series = models.JSONField()  # primary keys
    options = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    report = models.JSONField(default=dict)  # see confidentiality.report
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "de-identified copies"
        constraints = [
            models.CheckConstraint(
                name="copy_is_there_while_it_is_made",
                condition=models.Q(state="made", blob__isnull=False)
                | (~models.Q(state="made") & models.Q(blob__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return f"copy of {self.case_id}"


class DiscDirectory(Stored):
    """What the DICOMDIR of a disc listed, so that what is missing is known until it comes."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    listed = models.BinaryField()  # deflated JSON: study, series and instance UIDs

    class Meta:
        verbose_name_plural = "disc directories"
        constraints = [
            models.UniqueConstraint(name="disc_directory_once", fields=["case", "digest"])
        ]

    def __str__(self) -> str:
        return self.digest[:12]

    def rows(self) -> list[tuple[str, str, str]]:
        """Return study, series and instance UIDs."""
        return [
            (study, series, uid)
            for study, series, uid in json.loads(zlib.decompress(bytes(self.listed)))
        ]
