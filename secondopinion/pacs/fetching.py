"""Fetches one study from a server: what is here already is not asked for again.

A series that is wholly missing comes in one request; what is missing of others, and what did not
come with its series, is asked for one by one.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from secondopinion.arrivals.models import Upload, UploadState
from secondopinion.arrivals.sorting import BATCH_BYTES, Sorter
from secondopinion.audit import actions as audit
from secondopinion.cases.states import ENDED
from secondopinion.core import clock, vault
from secondopinion.core.errors import NotYours
from secondopinion.imaging import walk
from secondopinion.pacs.client import Client, Trouble, text
from secondopinion.pacs.models import Fetch, FetchState
from secondopinion.pacs.searching import match_of
from secondopinion.pacs.servers import Server, server_of

TURN = 20.0  # seconds after which other jobs have their turn
BATCH_FILES = 100
PAUSES = (10, 30, 120, 600, 1800)  # seconds before the next try
_MOST_SILENT = 20  # instances in a row that a server does not send


class _Stopped(Exception):
    """Somebody has stopped this fetch."""


def run(fetch_id: str) -> timedelta | None:
    """Go on with a fetch; return after what pause another job is to go on, None: it has ended."""
    row = Fetch.objects.select_related(
        "upload__case__vault", "upload__by", "upload__case__child"
    ).get(pk=fetch_id)
    if row.state != FetchState.UNDER_WAY:
        return None
    turn = _Turn(row)
    try:
        with Client(_server(row)) as client:
            whole = turn.run(client)
    except _Stopped:
        return None
    except Trouble as trouble:
        tries = 0 if turn.kept else row.tries  # a server that sends something is worth more tries
        if trouble.lasting or tries >= len(PAUSES):
            return _end(row, trouble.code)
        pause = timedelta(seconds=PAUSES[tries])
        _still(row).update(code=trouble.code, tries=tries + 1, next_at=clock.now() + pause)
        return pause
    return _end(row, "") if whole else timedelta(0)


def _server(row: Fetch) -> Server:
    if row.upload.case.state in ENDED:
        raise Trouble("case-ended")
    try:
        return server_of(row.server)
    except NotYours:
        raise Trouble("unknown-server") from None


def _still(row: Fetch) -> QuerySet[Fetch]:
    return Fetch.objects.filter(pk=row.pk, state=FetchState.UNDER_WAY)


@transaction.atomic
def _end(row: Fetch, code: str) -> None:
    """End a fetch: everything is here, or as much as could be had."""
    count = row.upload.files.exclude(code="not-sent").count()
    state = FetchState.DONE if not code else FetchState.PARTLY if count else FetchState.FAILED
    if not _still(row).update(state=state, code=code, next_at=None):
        return
    Upload.objects.filter(pk=row.upload_id).update(state=UploadState.SORTED)
    audit.record(
        "fetch-ended", by=None, case_id=row.case_id, target=row,
        detail={"server": row.server, "state": str(state), "objects": count, "code": code},
    )  # fmt: skip


@dataclass(slots=True)
class _Coming:
    """One object as its bytes come in."""

    writer: vault.Writer
    head: walk.Beginning = field(default_factory=walk.Beginning)

    def write(self, piece: memoryview) -> None:
        self.head.add(piece)
        self.writer.write(piece)

    def uid(self) -> str:
        """Return the UID that the object has by itself, nothing where only pydicom can tell."""
        try:
            return str(self.head.walk(self.writer.length)["instance"])
        except walk.NotUnderstood:
            return self.head.named()[1]


class _Turn:
    """One turn of a fetch."""

    client: Client

    def __init__(self, row: Fetch) -> None:
        self.row, self.kept = row, 0
        self.space = row.upload.case.vault
        self.sorter = Sorter(row.upload)
        self.here = set(self.sorter.known)
        self.batch: list[tuple[str, vault.Writer]] = []
        self.bytes = 0
        self.ends = time.monotonic() + TURN

    def run(self, client: Client) -> bool:
        """Fetch what is missing; return whether that was everything.

        Raises:
            Trouble: the server does not do what it is asked to.
        """
        self.client = client
        listed = self._listed()
        unsent: list[str] = []
        try:
            for series, uids in listed.items():
                if not uids - self.here:
                    continue
                if time.monotonic() > self.ends:
                    return False
                if not uids & self.here:
                    self._series(series, uids)
                unsent += self._singly(series, uids - self.here)
            self._keep()
        finally:
            self._forget()
        if unsent:
            if self.row.tries >= len(PAUSES) and not self.kept:  # there is no further try
                for uid in unsent:
                    self.sorter.refuse(uid, "not-sent")
                self.sorter.flush()
            raise Trouble("not-all")
        return True

    def _listed(self) -> dict[str, set[str]]:
        """Return what the server lists: the UIDs of instances by series."""
        study = f"/studies/{self.row.study}"
        about = self.client.page(
            "/studies",
            [("StudyInstanceUID", self.row.study), ("includefield", "00081030"),
             ("includefield", "00080061")],
        )  # fmt: skip
        listed: dict[str, set[str]] = {}
        for series in self.client.rows(f"{study}/series", "0020000E"):
            uid = text(series, "0020000E")
            rows = self.client.rows(f"{study}/series/{uid}/instances", "00080018")
            listed[uid] = {text(row, "00080018") for row in rows}
        expected = len(set().union(*listed.values()))
        if not expected:
            raise Trouble("no-images")
        fields = {"expected": expected, "code": "", "next_at": None}
        if about:
            match = match_of(about[0])
            fields |= {"date": match.date, "description": match.description,
                       "modalities": match.modalities}  # fmt: skip
        if not _still(self.row).update(**fields):
            raise _Stopped
        return listed

    def _series(self, series: str, uids: set[str]) -> None:
        """Fetch a series in one request; what does not come is left to be asked for singly."""
        try:
            for coming in self._objects(f"/studies/{self.row.study}/series/{series}"):
                uid = coming.uid()
                if uid in uids - self.here:
                    self._take(uid, coming)
                else:
                    coming.writer.forget()
        except Trouble as trouble:
            if trouble.lasting or trouble.code == "no-answer":
                raise
        finally:
            self._keep()

    def _singly(self, series: str, uids: set[str]) -> list[str]:
        """Fetch instances one by one; return those that the server does not send."""
        unsent: list[str] = []
        silent = 0
        for uid in sorted(uids):
            path = f"/studies/{self.row.study}/series/{series}/instances/{uid}"
            try:
                for coming in self._objects(path):
                    if uid in self.here:
                        coming.writer.forget()
                    else:
                        self._take(uid, coming)
            except Trouble as trouble:
                silent += trouble.code != "not-there"
                if trouble.lasting or trouble.code == "no-answer" or silent >= _MOST_SILENT:
                    raise
            else:
                silent = 0
            if uid not in self.here:
                unsent.append(uid)
        return unsent

    def _objects(self, path: str) -> Iterator[_Coming]:
        """Yield the objects of an answer, each written and encrypted as it came."""
        coming: _Coming | None = None
        try:
            for event in self.client.objects(path):
                if event is None and coming is not None:
                    coming.writer.finish()
                    done, coming = coming, None
                    yield done
                elif isinstance(event, memoryview) and coming is not None:
                    coming.write(event)
                    self.bytes += len(event)
                    if self.bytes > settings.UPLOAD_MAX_BYTES:
                        raise Trouble("too-large")
                else:
                    coming = _Coming(vault.Writer(self.space))
        finally:
            if coming is not None:
                coming.writer.forget()

    def _take(self, uid: str, coming: _Coming) -> None:
        self.here.add(uid)
        self.batch.append((uid, coming.writer))
        size = sum(writer.length for _uid, writer in self.batch)
        if len(self.batch) >= BATCH_FILES or size >= BATCH_BYTES:
            self._keep()

    def _keep(self) -> None:
        """Make a batch durable and hand it over; from then on it is here, whatever dies."""
        if not self.batch:
            return
        blobs = vault.keep_all(self.space, [writer for _uid, writer in self.batch])
        for (uid, _writer), blob in zip(self.batch, blobs, strict=True):
            self.sorter.take_image(uid, blob)
        self.sorter.flush()
        self.kept += len(self.batch)
        self.batch = []
        if not _still(self.row).exists():
            raise _Stopped

    def _forget(self) -> None:
        for _uid, writer in self.batch:
            writer.forget()
