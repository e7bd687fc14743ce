"""Receiving files: an upload begins, grows, is complete, or is cancelled."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Self

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import sees_only
from secondopinion.arrivals import packs
from secondopinion.arrivals.carrying import images_key
from secondopinion.arrivals.models import Sending, Upload, UploadState
from secondopinion.arrivals.tasks import carry_images, open_up, sort
from secondopinion.audit import actions as audit
from secondopinion.cases.actions import answer
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import asked_outside, roles_of
from secondopinion.cases.states import ENDED
from secondopinion.core import clock, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.staging import Staging
from secondopinion.imaging.models import Instance
from secondopinion.records import actions as records
from secondopinion.records import retaking
from secondopinion.records.models import Page, Record

KEPT = timedelta(days=14)  # an unfinished upload waits this long for its rest
_WITH_STAGED = ("case", "by", "staged__space", "staged__blob")
SENDERS = (Part.FAMILY, Part.ENTRY, Part.LOCAL_PROVIDER, Part.COORDINATOR)


def source_of(case: Case, by: Person) -> str:
    """Return as whom a person sends files into a case.

    Raises:
        NotYours: the person has no part that sends.
        Conflict: the case has ended.
    """
    roles = roles_of(case, by)
    source = next((role for role in SENDERS if role in roles), None)
    if source is None:
        raise NotYours
    if case.state in ENDED:
        raise Conflict(_("This case has ended. Nothing more can be added."), code="ended")
    return str(source)


@dataclass(frozen=True, slots=True)
class About:
    """What a client says of an upload beside its name; foreign clients say nothing.

    `digest` is the SHA-256 of the bytes that travel. `sending` names the folder that the upload is
    a part of; `label`, `files` and `sending_length` describe that folder.
    """

    kind: str = Upload.Kind.FILE
    key: str = ""
    digest: str = ""
    content_length: int = 0
    sending: str = ""
    label: str = ""
    files: int = 0
    sending_length: int = 0

    def checked(self) -> Self:
        """Return it unchanged.

        Raises:
            Refused: something in it cannot be meant.
        """
        numbers = (self.content_length, self.files, self.sending_length)
        if (
            self.kind not in Upload.Kind.values
            or not all(re.fullmatch(r"[0-9a-z.]{0,64}", each) for each in (self.key, self.sending))
            or not re.fullmatch(r"(?:[0-9a-f]{64})?", self.digest)
            or not all(0 <= each < 2**48 for each in numbers[::2])
            or not 0 <= self.files < 2**31
        ):
            raise Refused(_("The description of this upload is not understood."), code="about")
        return self


NOTHING_SAID = About()


@transaction.atomic
def begin(
    *, by: Person, case: Case, name: str, length: int, metadata: str = "",
    about: About = NOTHING_SAID,
) -> Upload:  # fmt: skip
    """Begin an upload of `length` bytes.

    Raises:
        NotYours: no part that sends.
        Refused: larger than this installation takes, or described in a way that cannot be meant.
    """
    source = source_of(case, by)
    about.checked()
    if length > settings.UPLOAD_MAX_BYTES:
        raise Refused(_("This file is too large."), code="too-large")
    if about.kind == Upload.Kind.PACK and length > packs.MOST_PACKED:
        raise Refused(_("This file is too large."), code="too-large")
    upload = Upload.objects.create(
        sending=_sending(case, by, about),
        kind=about.kind,
        key=about.key,
        digest=about.digest,
        content_length=about.content_length or length,
        case=case,
        by=by,
        source=source,
        name=name[-255:] or "file",
        length=length,
        metadata=metadata,
        staged=Staging.create(case.vault, length).row,
        expires_at=clock.now() + KEPT,
    )
    audit.record("upload-begun", by=by, case_id=case.pk, target=upload)
    return upload


def _sending(case: Case, by: Person, about: About) -> Sending | None:
    if not about.sending:
        return None
    sending, made = Sending.objects.get_or_create(
        case=case, by=by, key=about.sending,
        defaults={
            "label": about.label[:255], "files": about.files, "length": about.sending_length,
        },
    )  # fmt: skip
    if not made and sending.closed_at:
        Sending.objects.filter(pk=sending.pk).update(closed_at=None)
    return sending


def close_sending(*, by: Person, case: Case, key: str) -> int:
    """Say that a folder is wholly here or given up; forget what is half here; return how many.

    What is wholly here, and was not taken over because the server died then, is taken over now.
    """
    source_of(case, by)
    found = Sending.objects.filter(case=case, by=by, key=key, closed_at=None)
    half = Upload.objects.filter(sending__in=found, state=UploadState.RECEIVING)
    for upload in half.select_related(*_WITH_STAGED):
        with suppress(Refused, Conflict):
            take_over(upload=upload)
    forgotten = 0
    with transaction.atomic():
        for upload in half.select_related("staged"):
            cancel(by=by, upload=upload)
            forgotten += 1
        found.update(closed_at=clock.now())
    return forgotten


def take_over(*, upload: Upload) -> bool:
    """Finish an upload that is wholly here though nobody said so; say whether it was.

    Raises:
        Refused: these are not the bytes that were announced; the upload is forgotten.
        Conflict: it is being received in this moment.
    """
    try:
        if upload.staged is None or Staging(upload.staged).offset < upload.length:
            return False
        finish(upload=upload)
    except (FileNotFoundError, vault.Damaged, vault.Erased):
        return False  # what cannot be read back is not here
    return True


def expire() -> int:
    """End the uploads that were not finished in time; return how many. None that is wholly here is
    lost: it is taken over, unless its case has ended."""
    old = Upload.objects.filter(state=UploadState.RECEIVING, expires_at__lt=clock.now())
    count = 0
    for upload in old.select_related(*_WITH_STAGED):
        try:
            if upload.case.state not in ENDED and take_over(upload=upload):
                continue
        except (Refused, Conflict):  # damaged on its way, and forgotten; or being received now
            continue
        with transaction.atomic():
            count += Upload.objects.filter(pk=upload.pk, state=UploadState.RECEIVING).update(
                state=UploadState.EXPIRED, staged=None
            )
            if upload.staged:
                Staging(upload.staged).discard()
    return count


def finish(*, upload: Upload) -> Upload:
    """Take a completely received upload over and have it sorted; a second call changes nothing.

    Raises:
        Refused: these are not the bytes that were announced; the upload is forgotten.
    """
    if upload.state != UploadState.RECEIVING or upload.staged_id is None:
        return upload
    staging = Staging.get(upload.staged_id)
    blob = staging.finish()
    if upload.digest and blob.digest != upload.digest:
        cancel(by=upload.by, upload=upload)
        raise Refused(_("The file was damaged on its way. Please send it again."), code="damaged")
    with transaction.atomic():
        done = Upload.objects.filter(pk=upload.pk, state=UploadState.RECEIVING).update(
            blob=blob, state=UploadState.RECEIVED
        )
        if done:
            audit.record(
                "upload-received", by=upload.by, case_id=upload.case_id, target=upload,
                detail={"bytes": upload.length},
            )  # fmt: skip
            sort.enqueue(str(upload.pk))
    upload.refresh_from_db()
    return upload


@transaction.atomic
def cancel(*, by: Person, upload: Upload) -> None:
    """Forget an upload that is not complete.

    Raises:
        NotYours: somebody else's.
        Conflict: it is complete.
    """
    if upload.by_id != by.pk:
        raise NotYours
    done = Upload.objects.filter(pk=upload.pk, state=UploadState.RECEIVING).update(
        state=UploadState.CANCELLED, staged=None
    )
    if not done:
        raise Conflict(_("This file has arrived already."), code="arrived")
    if upload.staged:
        Staging(upload.staged).discard()
    audit.record("upload-cancelled", by=by, case_id=upload.case_id, target=upload)


def receive_file(
    *,
    by: Person,
    case: Case,
    name: str,
    source: bytes | BinaryIO | Iterable[bytes],
    retakes: Page | None = None,
) -> Upload:
    """Receive a whole file at once: a form without JavaScript, or the demonstration. `retakes` is
    the page instead of which it is sent.

    Raises:
        NotYours: no part that sends.
    """
    role = source_of(case, by)
    blob = vault.put(case.vault, source)
    with transaction.atomic():
        upload = Upload.objects.create(
            case=case,
            by=by,
            source=role,
            name=name[-255:] or "file",
            length=blob.length,
            content_length=blob.length,
            blob=blob,
            retakes=retakes,
            state=UploadState.RECEIVED,
            expires_at=clock.now() + KEPT,
        )
        audit.record(
            "upload-received", by=by, case_id=case.pk, target=upload,
            detail={"bytes": blob.length},
        )  # fmt: skip
        sort.enqueue(str(upload.pk))
    return upload


def receive_again(*, by: Person, page: Page, name: str, data: bytes) -> Upload:
    """Receive a new photo of a page that cannot be read; it takes the place of that page. Where its
    sender was asked for this page, it is the answer.

    Raises:
        NotYours: no part that sends.
        Conflict: the case has ended.
        Refused: what came cannot take the place of one page.
    """
    case = page.record.case
    source = source_of(case, by)
    retaking.require_one_page(case, name, data)
    made = receive_file(by=by, case=case, name=name, source=data, retakes=page)
    if not sees_only(by).filter(child=case.child_id).exists():
        for row in asked_outside(case, source).filter(page=page.pk):
            answer(by=by, information_request=row, text="", sent_files=True)
    return made


def unlock(*, by: Person, record: Record, password: str) -> None:
    """Open a locked PDF, and sort what is clipped to it; see `records.actions.unlock`."""
    records.unlock(by=by, record=record, password=password)
    open_up.enqueue(str(record.pk))


@transaction.atomic
def take_along(*, by: Person, upload: Upload, case: Case) -> Upload | None:
    """Bring what was sent into one case into another too. It is sorted there like everything that
    arrives: what comes of it lies under that case's own key. A second call brings nothing.

    Raises:
        NotYours: by somebody who does not send into that case.
        Conflict: it has ended.
    """
    role = source_of(case, by)
    key = along(upload)
    if upload.blob is None or Upload.objects.filter(case=case, key=key).exists():
        return None
    made = Upload.objects.create(
        case=case, by=by, source=role, kind=upload.kind, key=key, name=upload.name,
        length=upload.length, content_length=upload.content_length, blob=upload.blob,
        state=UploadState.RECEIVED, expires_at=clock.now() + KEPT,
    )  # fmt: skip
    audit.record("upload-taken-along", by=by, case_id=case.pk, target=made)
    sort.enqueue(str(made.pk))
    return made


@transaction.atomic
def take_images_along(*, by: Person, joined: Case, case: Case) -> Upload | None:
    """Bring the images of a joined request into another one too, also those that no file holds:
    fetched from a server, or pushed by one. A second call brings nothing.

    Raises:
        NotYours: by somebody who does not send into that case.
        Conflict: it has ended.
    """
    role, key = source_of(case, by), images_key(joined)
    none = not Instance.objects.filter(series__study__case=joined).exists()
    if none or Upload.objects.filter(case=case, key=key).exists():
        return None
    made = Upload.objects.create(
        case=case, by=by, source=role, kind=Upload.Kind.FETCHED, key=key, length=0,
        name=joined.reference, state=UploadState.RECEIVED, expires_at=clock.now() + KEPT,
    )  # fmt: skip
    audit.record("upload-taken-along", by=by, case_id=case.pk, target=made)
    carry_images.enqueue(str(made.pk), str(joined.pk))
    return made


def along(upload: Upload) -> str:
    """Return the key of what comes along from an upload of another case."""
    return f"{Upload.ALONG}{upload.pk.hex}"
