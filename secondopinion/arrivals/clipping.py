"""Messages and answers with files: each file goes the way of every other, and is told of under its
message; one that cannot be used is no answer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.arrivals.actions import receive_file, source_of
from secondopinion.arrivals.models import ArrivedFile, Attachment
from secondopinion.arrivals.queries import sent_since
from secondopinion.arrivals.words import say
from secondopinion.cases.actions import answer
from secondopinion.cases.models import Case, InformationRequest
from secondopinion.conversations.actions import post
from secondopinion.conversations.models import Post, Thread
from secondopinion.conversations.queries import posts
from secondopinion.conversations.rules import threads_of
from secondopinion.core.errors import NotYours, Refused
from secondopinion.records.models import Record

MOST = 10  # files of one message that is written on a page

File = tuple[str, Any]  # its name, and its bytes or a stream of them


@transaction.atomic
def post_with_files(
    *, by: Person, case: Case, thread: str, text: str, files: Sequence[File], most: int = MOST
) -> Post:
    """Write a message with files. What came becomes a record or images of the case.

    Raises:
        NotYours: the person has no part in this thread, or none that sends files.
        Refused: neither a word nor a file; too many files, or one that is too large; files in the
            thread of the staff, for a record is seen by the family.
        Conflict: the case has ended.
    """
    if thread not in threads_of(case, by):
        raise NotYours
    if len(files) > most:
        raise Refused(
            _("Send at most %(most)s files with one message.") % {"most": most}, code="many-files"
        )
    for _called, content in files:
        length = len(content) if isinstance(content, bytes) else getattr(content, "size", 0)
        if length > settings.UPLOAD_MAX_BYTES:
            raise Refused(_("This file is too large."), code="too-large")
    if files and thread == Thread.STAFF:
        raise Refused(
            _("Files become records, and the family sees those. Send none in this thread."),
            code="files-of-staff",
        )
    if files:
        source_of(case, by)
    words = text if text.strip() or not files else gettext("(files only)")
    made = post(case=case, thread=thread, by=by, text=words)
    for name, content in files:
        upload = receive_file(by=by, case=case, name=name, source=content)
        Attachment.objects.create(post=made, upload=upload)
    return made


@transaction.atomic
def answer_with_files(
    *, by: Person, information_request: InformationRequest, text: str
) -> InformationRequest:
    """Answer what was asked with words, with the files that were sent since then, or with both.

    Raises:
        NotYours: by somebody of whom it was not asked.
        Refused: neither a word nor a file, or only files that cannot be used.
        Conflict: it has been answered already.
    """
    case, since = information_request.case, information_request.created_at
    sent, useful = sent_since(case, by, since)
    if sent and not useful and not text.strip():
        raise Refused(
            _(
                "We cannot use the files that you sent. Below it says why. Send them in another "
                "way, or write a few words."
            ),
            code="files-refused", field="text",
        )  # fmt: skip
    return answer(by=by, information_request=information_request, text=text, sent_files=useful)


@dataclass(frozen=True, slots=True)
class Clipped:
    """What became of a file that was sent with a message; without an outcome it is looked at."""

    name: str
    outcome: str
    said: str | Promise
    record: UUID | None
    state: str  # of the record


def posts_with_files(case: Case, person: Person) -> list[Post]:
    """Return what was written in a person's threads, each message with what became of its files."""
    rows: list[Any] = list(
        posts(case, person).annotate(
            clipped=Exists(Attachment.objects.filter(post=OuterRef("pk")))
        )
    )  # fmt: skip
    if any(row.clipped for row in rows):
        found = _clipped(case)
        for row in rows:
            row.files = found.get(row.pk, [])
    return rows


def _clipped(case: Case) -> dict[UUID, list[Clipped]]:
    found: dict[UUID, list[Clipped]] = defaultdict(list)
    rows = Attachment.objects.filter(post__case=case).order_by("created_at", "upload__files__name")
    of_record = Record.objects.filter(pk=OuterRef("upload__files__subject_id")).values("state")
    for post_id, called, name, outcome, code, subject, state in rows.values_list(
        "post", "upload__name", "upload__files__name", "upload__files__outcome",
        "upload__files__code", "upload__files__subject_id", Subquery(of_record),
    ):  # fmt: skip
        record = subject if outcome == ArrivedFile.Outcome.RECORD else None
        found[post_id].append(
            Clipped(name or called, outcome or "", say(code or ""), record, state or "")
        )
    return found
