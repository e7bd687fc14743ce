"""Receiving files: an upload begins, grows, is complete, or is cancelled."""

from collections.abc import Iterable
from datetime import timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.arrivals.models import Upload, UploadState
from secondopinion.arrivals.tasks import sort
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import ENDED
from secondopinion.core import clock, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.staging import Staging

KEPT = timedelta(days=14)  # an unfinished upload waits this long for its rest
SENDERS = (Part.FAMILY, Part.LOCAL_PROVIDER, Part.COORDINATOR)


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


@transaction.atomic
def begin(
    *, by: Person, case: Case, name: str, length: int, metadata: str = "", pack: bool = False
) -> Upload:
    """Begin an upload of `length` bytes.

    Raises:
        NotYours: no part that sends.
        Refused: larger than this installation takes.
    """
    source = source_of(case, by)
    if length > settings.UPLOAD_MAX_BYTES:
        raise Refused(_("This file is too large."), code="too-large")
    upload = Upload.objects.create(
        case=case,
        by=by,
        source=source,
        name=name[-255:] or "file",
        length=length,
        metadata=metadata,
        pack=pack,
        staged=Staging.create(case.vault, length).row,
        expires_at=clock.now() + KEPT,
    )
    audit.record("upload-begun", by=by, case_id=case.pk, target=upload)
    return upload


def finish(*, upload: Upload) -> Upload:
    """Take a completely received upload over and have it sorted; a second call changes nothing."""
    if upload.state != UploadState.RECEIVING or upload.staged_id is None:
        return upload
    blob = Staging.get(upload.staged_id).finish()
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
    *, by: Person, case: Case, name: str, source: bytes | BinaryIO | Iterable[bytes]
) -> Upload:
    """Receive a whole file at once: a form without JavaScript, or the demonstration.

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
            blob=blob,
            state=UploadState.RECEIVED,
            expires_at=clock.now() + KEPT,
        )
        audit.record(
            "upload-received", by=by, case_id=case.pk, target=upload,
            detail={"bytes": blob.length},
        )  # fmt: skip
        sort.enqueue(str(upload.pk))
    return upload
