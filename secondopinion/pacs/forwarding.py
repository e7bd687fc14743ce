"""Sends the images of a case to the hospital's PACS; what it said of each is kept.

An instance that was sent and whose answer was lost is sent again: the same UID with the same bytes
changes nothing there.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.core import clock, vault
from secondopinion.imaging.models import Instance
from secondopinion.pacs.client import Body, Client, Row, Trouble, text, values
from secondopinion.pacs.models import Forward, Forwarded
from secondopinion.pacs.queries import FORWARDED_STATES, MOST_TRIES, waiting
from secondopinion.pacs.servers import Server, forwards_to

TURN = 20.0  # seconds after which other jobs have their turn
BATCH_FILES, BATCH_BYTES = 20, 32 * 1024**2  # of one request
LOOK_AGAIN = timedelta(minutes=10)  # what came in the meantime
PAUSES = (1, 5, 30, 120, 360, 1440)  # minutes before the next try; the last again and again
_NOT_UNDERSTOOD, _TOO_LARGE = 0xC000, 0xA700
Outcome = Forwarded.Outcome


def run(case_id: str) -> bool:
    """Forward what is to be forwarded of a case; return whether more is waiting."""
    server = forwards_to()
    case = Case.objects.select_related("vault").get(pk=case_id)
    if server is None:
        return False
    known = Forward.objects.filter(case=case, server=server.name)
    if case.state not in FORWARDED_STATES:
        known.update(next_at=None)
        return False
    row, _made = Forward.objects.get_or_create(case=case, server=server.name)
    row.case = case
    counts = dict.fromkeys(Outcome.values, 0)
    trouble, more = "", False
    try:
        more = _forward(row, server, counts)
    except Trouble as error:
        trouble = error.code
    _note(row, trouble, counts)
    return more


@transaction.atomic
def _note(row: Forward, trouble: str, counts: dict[str, int]) -> None:
    """Write down how it went and when to look again."""
    again = row.instances.filter(outcome=Outcome.REFUSED, tries__lt=MOST_TRIES).exists()
    tries = row.tries + 1 if trouble or again else 0
    pause = timedelta(minutes=PAUSES[min(tries, len(PAUSES)) - 1]) if tries else LOOK_AGAIN
    Forward.objects.filter(pk=row.pk).update(
        code=trouble, tries=tries, next_at=clock.now() + pause
    )  # fmt: skip
    if trouble or any(counts.values()):
        audit.record(
            "images-forwarded", by=None, case_id=row.case_id, target=row,
            detail={"server": row.server, "trouble": trouble, **counts},
        )  # fmt: skip


def _forward(row: Forward, server: Server, counts: dict[str, int]) -> bool:
    pks = list(waiting(row).values_list("pk", flat=True))
    if not pks:
        return False
    ends = time.monotonic() + TURN
    with Client(server) as client:
        client.page("/studies", [("limit", "1")])  # does it answer, and let us in
        for batch in _batches(row.case, pks):
            if time.monotonic() > ends:
                return True
            for outcome, count in _keep(row, _send(client, batch)).items():
                counts[outcome] += count
    return False


def _batches(case: Case, pks: list[Any]) -> Iterator[list[Instance]]:
    """Yield the instances in batches; each is read when its turn has come."""
    for start in range(0, len(pks), BATCH_FILES):
        rows = Instance.objects.filter(pk__in=pks[start : start + BATCH_FILES])
        batch: list[Instance] = []
        size = 0
        for row in rows.select_related("blob").defer("metadata"):
            row.blob.space = case.vault
            if batch and size + row.blob.length > BATCH_BYTES:
                yield batch
                batch, size = [], 0
            batch.append(row)
            size += row.blob.length
        if batch:
            yield batch


_Told = tuple[Instance, str, int]


def _send(client: Client, batch: list[Instance]) -> list[_Told]:
    """Send a batch; return each instance with its outcome and the status of DICOM."""
    try:
        answer = client.store(Body([(row.blob.length, vault.pieces(row.blob)) for row in batch]))
    except Trouble as trouble:
        if trouble.code != "too-large":
            raise
        if len(batch) > 1:
            return [told for row in batch for told in _send(client, [row])]
        return [(batch[0], Outcome.REFUSED, _TOO_LARGE)]
    if answer is not None:
        return [_told(row, answer) for row in batch]
    if len(batch) > 1:  # it does not say which of them it took
        return [told for row in batch for told in _send(client, [row])]
    return [(batch[0], Outcome.REFUSED, _NOT_UNDERSTOOD)]


def _told(row: Instance, answer: Row) -> _Told:
    """Read what an answer says of an instance (PS3.18, section 10.5.3)."""
    for item in _items(answer, "00081199"):
        if text(item, "00081155") == row.uid:
            warning = _status(item, "00081196")
            return row, Outcome.WARNED if warning else Outcome.STORED, warning
    for item in _items(answer, "00081198"):
        if text(item, "00081155") == row.uid:
            return row, Outcome.REFUSED, _status(item, "00081197")
    return row, Outcome.REFUSED, 0


def _items(answer: Row, tag: str) -> list[Row]:
    return [each for each in values(answer, tag) if isinstance(each, dict)]


def _status(item: Row, tag: str) -> int:
    found = next(iter(values(item, tag)), 0)
    return found if isinstance(found, int) and 0 <= found <= 0xFFFF else 0


@transaction.atomic
def _keep(row: Forward, told: list[_Told]) -> dict[str, int]:
    before = dict(
        row.instances.filter(instance__in=[each for each, *_rest in told]).values_list(
            "instance_id", "tries"
        )
    )
    Forwarded.objects.bulk_create(
        (
            Forwarded(forward=row, instance=each, outcome=outcome, status=status,
                      tries=before.get(each.pk, 0) + 1)
            for each, outcome, status in told
        ),
        update_conflicts=True, unique_fields=["forward", "instance"],
        update_fields=["outcome", "status", "tries"],
    )  # fmt: skip
    counts = dict.fromkeys(Outcome.values, 0)
    for _each, outcome, _status_of in told:
        counts[outcome] += 1
    return counts
