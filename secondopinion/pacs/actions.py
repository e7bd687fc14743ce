"""What a coordinator does with other servers: search, fetch, stop, try again."""

import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.arrivals.actions import KEPT, source_of
from secondopinion.arrivals.models import Upload, UploadState
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.core import clock, jobs
from secondopinion.core.errors import NotYours, Refused
from secondopinion.pacs import searching, tasks
from secondopinion.pacs.client import Client
from secondopinion.pacs.models import Fetch, FetchState, Forward, Forwarded
from secondopinion.pacs.servers import Server, forwards_to, server_of

_PATIENCE = 15.0  # seconds for a server to answer a search: somebody waits


def _owner(case: Case, by: Person) -> str:
    """Return as whom a person fetches images into a case.

    Raises:
        NotYours: not its coordinator.
        Conflict: the case has ended.
    """
    if Part.COORDINATOR not in roles_of(case, by):
        raise NotYours
    return source_of(case, by)


def search(
    *, by: Person, case: Case, server: Server, wanted: searching.Wanted
) -> tuple[list[searching.Match], bool]:
    """Search a server for studies; return them, and whether there are more than are shown.

    What was typed is not written down; that somebody searched, and how many were seen, is.

    Raises:
        NotYours: not the case's coordinator.
        Refused: too little is asked for.
        Trouble: the server does not tell.
    """
    _owner(case, by)
    wanted.asked()
    with Client(server, read=_PATIENCE) as client:
        found, more = searching.search(client, case, wanted)
    audit.record(
        "images-searched", by=by, case_id=case.pk, target=case,
        detail={"server": server.name, "seen": len(found)},
    )  # fmt: skip
    return found, more


@transaction.atomic
def fetch(*, by: Person, case: Case, server: str, studies: list[str]) -> list[Fetch]:
    """Have studies fetched from a server; one that is under way already goes on as it is.

    Raises:
        NotYours: not the case's coordinator, no such server, or no number of a study.
        Refused: nothing is chosen.
    """
    source = _owner(case, by)
    known = server_of(server)
    if not studies:
        raise Refused(_("Choose at least one study."), code="nothing-chosen", field="study")
    rows = []
    for study in dict.fromkeys(studies):
        if not re.fullmatch(r"[0-9.]{1,64}", study):
            raise NotYours
        row = Fetch.objects.filter(case=case, server=server, study=study).first()
        if row is None:
            upload = Upload.objects.create(
                case=case, by=by, source=source, kind=Upload.Kind.FETCHED, name=known.label[:255],
                length=0, state=UploadState.RECEIVED, expires_at=clock.now() + KEPT,
            )  # fmt: skip
            row = Fetch.objects.create(
                case=case, by=by, server=server, study=study, upload=upload
            )  # fmt: skip
            _begin(by, row)
        elif row.state != FetchState.UNDER_WAY:
            again(by=by, fetch=row)
        rows.append(row)
    return rows


def _begin(by: Person, row: Fetch) -> None:
    audit.record(
        "fetch-begun", by=by, case_id=row.case_id, target=row, detail={"server": row.server}
    )
    tasks.fetch.enqueue(str(row.pk))


@transaction.atomic
def again(*, by: Person, fetch: Fetch) -> None:
    """Ask once more for what is missing of a study; nothing happens while it is under way.

    Raises:
        NotYours: not the case's coordinator.
    """
    _owner(fetch.case, by)
    changed = Fetch.objects.filter(pk=fetch.pk).exclude(state=FetchState.UNDER_WAY).update(
        state=FetchState.UNDER_WAY, code="", tries=0, next_at=None
    )  # fmt: skip
    if changed:
        fetch.upload.files.filter(code="not-sent").delete()
        Upload.objects.filter(pk=fetch.upload_id).update(state=UploadState.RECEIVED)
        _begin(by, fetch)


@transaction.atomic
def stop(*, by: Person, fetch: Fetch) -> None:
    """Stop a fetch; what has come stays.

    Raises:
        NotYours: not the case's coordinator.
    """
    _owner(fetch.case, by)
    here = fetch.upload.files.exists()
    state = FetchState.PARTLY if here else FetchState.FAILED
    stopped = Fetch.objects.filter(pk=fetch.pk, state=FetchState.UNDER_WAY).update(
        state=state, code="stopped", next_at=None
    )
    if stopped:
        Upload.objects.filter(pk=fetch.upload_id).update(state=UploadState.SORTED)
        audit.record("fetch-stopped", by=by, case_id=fetch.case_id, target=fetch)


@transaction.atomic
def forward_again(*, by: Person, case: Case) -> None:
    """Have everything that the hospital's PACS does not have sent again, at once.

    Raises:
        NotYours: not the case's coordinator, or nothing is forwarded here.
    """
    server = forwards_to()
    if server is None or Part.COORDINATOR not in roles_of(case, by):
        raise NotYours
    rows = Forward.objects.filter(case=case, server=server.name)
    Forwarded.objects.filter(forward__in=rows, outcome=Forwarded.Outcome.REFUSED).update(tries=0)
    rows.update(tries=0, next_at=clock.now())
    audit.record("forward-asked", by=by, case_id=case.pk, target=case)
    jobs.enqueue_once(tasks.forward, str(case.pk))
