"""Documents that show who decides: sent by a guardian, looked at by the desk."""

from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell, tell_coordinator
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock, kinds, vault
from secondopinion.core.errors import Conflict, Refused
from secondopinion.guardians.models import GuardianDocument

LARGEST = 20 * 1024**2  # bytes
MOST = 20  # documents of one case
TAKEN = frozenset({kinds.PDF, "image/jpeg", "image/png", "image/tiff", "image/heic"})


def send_document(
    *, by: Person, case: Case, kind: str, name: str, source: BinaryIO
) -> GuardianDocument:
    """Keep a document that shows that its sender decides for the child.

    It is no record: no doctor sees it, and of the family only who has sent it.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: nothing in it, too large, neither a PDF nor a picture, or too many.
    """
    require(case, by, Part.FAMILY)
    data = source.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Refused(_("This file is too large: at most 20 MB."), code="too-large", field="file")
    if kinds.kind_of(name, data[: kinds.HEAD]) not in TAKEN:
        raise Refused(
            _("Send a PDF or a photo of the document."), code="document-kind", field="file"
        )
    if GuardianDocument.objects.filter(case=case).count() >= MOST:
        raise Refused(_("That is a lot. Write us a message first."), code="too-many-files")
    blob = vault.put(case.vault, data)
    with transaction.atomic():
        row = GuardianDocument.objects.create(
            case=case, person=by, sent_by=by, kind=GuardianDocument.Kind(kind),
            name=name[-200:] or "document", blob=blob,
        )  # fmt: skip
        audit.record("guardian-document-sent", by=by, case_id=case.pk, target=row,
                     detail={"kind": str(row.kind)})  # fmt: skip
        tell_coordinator(case)
    return row


@transaction.atomic
def judge(*, by: Person, document: GuardianDocument, accept: bool, note: str) -> GuardianDocument:
    """Say whether a document shows what it must; who sent it reads why where it does not.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: it is not enough, without a word why.
        Conflict: a colleague has looked at it meanwhile.
    """
    case = document.case
    require(case, by, Part.COORDINATOR)
    if not accept and not note.strip():
        raise Refused(_("Say why."), code="note-missing", field="note")
    state = GuardianDocument.State.ACCEPTED if accept else GuardianDocument.State.REFUSED
    done = GuardianDocument.objects.filter(pk=document.pk, state="waiting").update(
        state=state, note=note.strip(), looked_at=clock.now(), looked_by=by
    )
    if not done:
        raise Conflict(_("This document has been looked at already."), code="looked-at")
    document.refresh_from_db()
    audit.record("guardian-document-judged", by=by, case_id=case.pk, target=document,
                 detail={"state": str(state)})  # fmt: skip
    sender = document.sent_by
    if not accept and holders_of(case, Part.FAMILY).filter(pk=sender.pk).exists():
        tell(case, sender, "something-is-missing", "/my/cases")
    return document
