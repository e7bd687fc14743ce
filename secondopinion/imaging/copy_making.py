"""Makes copies without names of images of a case, and removes them when their time is over."""

import json
import zipfile
from collections.abc import Iterator

from django.db import transaction

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, LocalProvider, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock, vault
from secondopinion.imaging import deidentifying
from secondopinion.imaging.confidentiality.report import Report, as_lines
from secondopinion.imaging.deidentifying import Wish
from secondopinion.imaging.models import DeidentifiedCopy, Instance

State = DeidentifiedCopy.State


def make(copy: DeidentifiedCopy) -> None:
    """Make a copy that is waited for; safe to run again. The secret behind its numbers and dates is
    never written down: nobody can lead the copy back to the child by it."""
    if copy.state != State.WAITING:
        return
    case = copy.case
    wish = Wish(subject="the child", names=_names(case), **copy.options)
    report = Report(wish.said())
    seen = deidentifying.look(_objects(copy))
    writer = vault.Writer(case.vault)
    try:
        with zipfile.ZipFile(vault.Into(writer), "w") as pack:  # type: ignore[call-overload]  # only written to
            for path, data in deidentifying.make(_objects(copy), seen, wish, report):
                pack.writestr(path, data)
            told = report.as_dict()
            pack.writestr("report.json", json.dumps(told, indent=1))
            pack.writestr("report.txt", "\n".join(as_lines(told)))
        writer.finish()
        with transaction.atomic():
            row = DeidentifiedCopy.objects.select_for_update().get(pk=copy.pk)
            if row.state != State.WAITING:
                return
            row.report, row.state = told, State.MADE if report.made else State.EMPTY
            row.blob = vault.keep_all(case.vault, [writer])[0] if report.made else None
            row.save(update_fields=["report", "state", "blob"])
            audit.record(
                "copy-made", by=None, case_id=case.pk, target=row,
                detail={"objects": report.made, "left_out": sum(told["left_out"].values())},
            )  # fmt: skip
    finally:
        writer.forget()


@transaction.atomic
def end(*, by: Person | None, copy: DeidentifiedCopy) -> None:
    """Remove a copy: what was downloaded is out of our hands. By the coordinator of the case, a
    privacy officer (whose page it is that calls this), or a job."""
    row = DeidentifiedCopy.objects.select_for_update(of=("self",)).get(pk=copy.pk)
    if row.state == State.ENDED:
        return
    blob, row.blob = row.blob, None
    row.state, row.ended_by = State.ENDED, by
    row.save(update_fields=["state", "blob", "ended_by"])
    if blob is not None:
        vault.discard(blob)
    audit.record("copy-ended", by=by, case_id=row.case_id, target=row)


def end_expired() -> None:
    """Remove the copies whose time is over."""
    over = DeidentifiedCopy.objects.filter(expires_at__lte=clock.now()).exclude(state=State.ENDED)
    for row in over:
        end(by=None, copy=row)


def _objects(copy: DeidentifiedCopy) -> Iterator[tuple[str, bytes]]:
    here = Instance.objects.filter(series__study__case=copy.case, series__removed_at=None)
    rows = here.filter(series__in=copy.series, aside=False).order_by(
        "series__study__date", "series__number", "series_id", "position", "number", "uid"
    )
    for row in rows.select_related("blob__space").defer("metadata").iterator(100):
        yield str(row.pk), vault.read(row.blob)


def _names(case: Case) -> tuple[str, ...]:
    """Return whose names are looked for beside those in the headers."""
    child = case.child
    people = [each for role in Part.values for each in holders_of(case, role)]
    names = [child.full_name, child.latin_name, *(each.full_name for each in people)]
    provider = LocalProvider.objects.filter(case=case).first()
    if provider is not None:
        names += [provider.full_name, provider.clinic]
    return tuple(filter(None, names))
