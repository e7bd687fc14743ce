"""Taking DICOM objects in: parsed in batches, indexed, their original bytes unaltered."""

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.core import jobs, vault
from secondopinion.core.models import Blob
from secondopinion.imaging import children, dicomdir, headers
from secondopinion.imaging.indexing import Parsed, index
from secondopinion.imaging.models import DiscDirectory
from secondopinion.imaging.tasks import check_images

BATCH = 32 * 1024**2  # bytes for one child
UNREADABLE = "unreadable"


@dataclass(slots=True)
class TakenIn:
    """What became of each object: ``stored``, ``duplicate``, ``conflict`` or ``unreadable``."""

    outcomes: list[tuple[str, str]] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """Return how many had an outcome."""
        return sum(each == outcome for _name, each in self.outcomes)


def take_in(
    *, case: Case, by: Person, blobs: list[tuple[str, Blob]], source: str,
    told: Callable[[list[tuple[str, str]]], None] | None = None,
) -> TakenIn:  # fmt: skip
    """Index DICOM objects of a case. What is there already is a duplicate; safe to run again.

    `told` is called with the outcomes of each batch in the transaction that indexes it: what it
    writes stands with the images or not at all, so that after a death none is called a duplicate.
    """
    taken = TakenIn()
    indexed = False
    for batch in _batches(blobs):
        parsed = [
            None if "error" in head else Parsed(blob, head)
            for (_name, blob), head in zip(batch, parse(batch), strict=True)
        ]
        with transaction.atomic():
            index(case, [each for each in parsed if each], source)
            audit.record(
                "images-added", by=by, case_id=case.pk, target=case,
                detail={"objects": len(batch)},
            )  # fmt: skip
            outcomes = [
                (name, each.outcome if each else UNREADABLE)
                for (name, _blob), each in zip(batch, parsed, strict=True)
            ]
            if told:
                told(outcomes)
        taken.outcomes += outcomes
        indexed = indexed or any(parsed)
    if indexed:
        jobs.enqueue_once(check_images, str(case.pk))
    return taken


@dataclass(slots=True)
class Pushed:
    """One object that a program sent: written and not durable yet, its header read or not.

    `outcome` is filled by `take_in_pushed`, as in `TakenIn`.
    """

    writer: vault.Writer
    head: dict[str, Any] | None
    outcome: str = ""


def take_in_pushed(*, case: Case, by: Person, pushed: list[Pushed], source: str) -> None:
    """Keep and index what a program sent: durable by one sync, then one transaction.

    The DICOM JSON and the checks come when the sender has fallen silent (`describing`): neither is
    needed to say that an object is safe. What the quick walk did not understand is parsed here.
    """
    writers = [each.writer for each in pushed]
    known = vault.place_all(case.vault, writers)
    unread = [each for each in pushed if each.head is None]
    if unread:
        blobs = vault.rows_of(case.vault, [each.writer for each in unread], known)
        known |= {blob.digest: blob for blob in blobs}
        named = [("", blob) for blob in blobs]
        heads = [head for batch in _batches(named) for head in parse(batch)]
        for each, head in zip(unread, heads, strict=True):
            each.head = head
    with transaction.atomic():
        rows = zip(pushed, vault.rows_of(case.vault, writers, known), strict=True)
        objects = [
            (each, Parsed(blob, each.head))
            for each, blob in rows
            if each.head and "error" not in each.head
        ]
        index(case, [parsed for _each, parsed in objects], source)
        audit.record(
            "images-added", by=by, case_id=case.pk, target=case,
            detail={"objects": len(objects), "refused": len(pushed) - len(objects)},
        )  # fmt: skip
    for each in pushed:
        each.outcome = UNREADABLE
    for each, parsed in objects:
        each.outcome = parsed.outcome


def note_directory(*, case: Case, by: Person, blob: Blob) -> None:
    """Keep what the DICOMDIR of a disc lists, so that what it lists and did not come is said.

    A damaged directory lists nothing; the same one twice is kept once.
    """
    [listed] = children.each(dicomdir.listed_all, [vault.read(blob)])
    if not isinstance(listed, list) or not listed:
        return
    with transaction.atomic():
        _row, made = DiscDirectory.objects.get_or_create(
            case=case, digest=blob.digest,
            defaults={"listed": zlib.compress(json.dumps(listed).encode())},
        )  # fmt: skip
        if made:
            audit.record("disc-directory-read", by=by, case_id=case.pk, target=case)
    jobs.enqueue_once(check_images, str(case.pk))


def _batches(blobs: list[tuple[str, Blob]]) -> Iterator[list[tuple[str, Blob]]]:
    batch: list[tuple[str, Blob]] = []
    size = 0
    for name, blob in blobs:
        if batch and size + blob.length > BATCH:
            yield batch
            batch, size = [], 0
        batch.append((name, blob))
        size += blob.length
    if batch:
        yield batch


def parse(batch: list[tuple[str, Blob]]) -> list[dict[str, Any]]:
    """Return what pydicom reads in the headers of a batch, in the sandbox."""
    return children.each(headers.parse_all, [vault.read(blob) for _name, blob in batch])
