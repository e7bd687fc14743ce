"""The key images of a report: taken from the viewer, captioned, removed and put back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.core import clock, vault
from secondopinion.core.errors import Refused
from secondopinion.core.ids import new_id
from secondopinion.imaging import drawing, pixels
from secondopinion.imaging.models import Instance
from secondopinion.opinions import measurements, typeset, writing
from secondopinion.opinions.models import KeyImage, Opinion


@transaction.atomic
def add(
    *,
    by: Person,
    opinion: Opinion,
    instance: Instance,
    frame: int,
    caption: str,
    center: float | None = None,
    width: float | None = None,
    place: tuple[int, int] | None = None,
) -> KeyImage:
    """Put an image into the report as it is windowed now, with what its author measured on it.
    `place` is the image of how many in its series it is, as the viewer counts them.

    Raises:
        Refused: without a caption, or pixels that cannot be decoded.
    """
    draft = writing.shared_draft(opinion, by)
    caption = _caption(caption)
    marks = measurements.marks_on(draft.case, by, instance, frame)
    try:
        picture = drawing.annotated(instance, frame, marks, center=center, width=width)
    except pixels.Undecodable:
        raise Refused(_("This image cannot be shown here."), code="undecodable") from None
    series = instance.series
    label = " ".join(each for each in (series.modality, series.description) if each)
    made = KeyImage.objects.create(
        opinion=draft,
        study_uid=series.study.uid,
        series_uid=series.uid,
        instance_uid=instance.uid,
        series_label=label,
        studied_on=series.study.date,
        place=place and place[0],
        places=place and place[1],
        frame=frame,
        window_center=center,
        window_width=width,
        caption=caption,
        picture=vault.put(draft.case.vault, picture),
        position=draft.key_images.count(),
    )
    audit.record("key-image-added", by=by, case_id=draft.case_id, target=made)
    return made


def _caption(words: str) -> str:
    if not words.strip():
        raise Refused(_("Write a caption."), code="caption-missing", field="caption")
    typeset.require_printable(words, "caption")
    return words.strip()[:500]


@transaction.atomic
def write_caption(*, by: Person, key_image: KeyImage, caption: str) -> None:
    """Write the caption of a key image anew. It comes as a row of its own, as one put back does:
    who reads the draft a second time, or agrees with it, knows that it has changed.

    Raises:
        Refused: without a caption.
    """
    draft = writing.shared_draft(key_image.opinion, by)
    words = _caption(caption)
    if key_image.removed_at is not None or words == key_image.caption:
        return
    KeyImage.objects.filter(pk=key_image.pk).update(removed_at=clock.now())
    _again(key_image, caption=words)
    audit.record("key-image-captioned", by=by, case_id=draft.case_id, target=key_image)


def _again(key_image: KeyImage, **changed: str) -> None:
    """Put a key image into its report as a row of its own."""
    key_image.pk, key_image.removed_at, key_image.created_at = new_id(), None, clock.now()
    for name, value in changed.items():
        setattr(key_image, name, value)
    key_image.save(force_insert=True)


@transaction.atomic
def remove(*, by: Person, key_image: KeyImage) -> None:
    """Take an image out of the report."""
    draft = writing.shared_draft(key_image.opinion, by)
    audit.record("key-image-removed", by=by, case_id=draft.case_id, target=key_image)
    KeyImage.objects.filter(pk=key_image.pk).update(removed_at=clock.now())


@transaction.atomic
def restore(*, by: Person, key_image: KeyImage) -> None:
    """Put an image that was taken out back into the report, once.

    It comes as a row of its own: reports that were signed without it stay without it.
    """
    draft = writing.shared_draft(key_image.opinion, by)
    same = draft.key_images.filter(picture=key_image.picture, caption=key_image.caption)
    if key_image.removed_at is None or same.exists():
        return
    _again(key_image)
    audit.record("key-image-restored", by=by, case_id=draft.case_id, target=key_image)
