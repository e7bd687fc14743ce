"""The DICOM model of a case: study, series, instance (DICOM PS3.3, section 7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
    source = models.CharField(max_length=20)

    class Meta:
        ordering = ["date", "uid"]
        constraints = [models.UniqueConstraint(name="study_once", fields=["case", "uid"])]

    def __str__(self) -> str:
        return self.uid


class Series(Stored):
    """One series of a study."""

    class Role(models.TextChoices):
        VOLUME = "volume", _("Images")
        LOCALIZER = "localizer", _("Overview image")
        SECONDARY_CAPTURE = "secondary-capture", _("Screenshots")
        OTHER = "other", _("Other objects")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="series")
    uid = models.CharField(max_length=64)
    number = models.IntegerField(null=True)
    modality = models.CharField(max_length=16, blank=True)
    description = models.CharField(max_length=200, blank=True)
    body_part = models.CharField(max_length=64, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OTHER)

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
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    pixel_offset = models.PositiveBigIntegerField(null=True)  # where uncompressed pixels begin
    frame_length = models.PositiveBigIntegerField(default=0)  # bytes of one uncompressed frame
    metadata = models.BinaryField()  # DICOM JSON without bulk data, deflated

    class Meta:
        ordering = ["position", "number", "uid"]
        constraints = [
            models.UniqueConstraint(name="instance_content_once", fields=["series", "uid", "blob"])
        ]
        indexes = [models.Index(name="instance_uid", fields=["uid"])]

    def __str__(self) -> str:
        return self.uid
