"""Writes down what a reader of DICOMweb sees: programs ask hundreds of times a second, and the same
reader's look at the same thing within some minutes is one look."""

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.imaging.models import Series
from secondopinion.interop.access import Caller

OPENED, DOWNLOADED, LISTED = "images-opened", "images-downloaded", "images-listed"
_AGAIN = 600.0  # seconds until it is written down again
_MOST = 10_000
_lately: dict[tuple[UUID, UUID, str], float] = {}


def note(caller: Caller, verb: str, targets: Iterable[Series | Case], **detail: Any) -> None:
    """Write down that somebody sees each of these."""
    now, reader = time.monotonic(), caller.key.pk if caller.key else caller.person.pk
    for target in {each.pk: each for each in targets}.values():
        key = (reader, target.pk, verb)
        if now - _lately.get(key, -_AGAIN) < _AGAIN:
            continue
        audit.record(verb, by=caller.person, case_id=caller.case.pk, target=target,
                     detail={"by_site_key": caller.key is not None} | detail)  # fmt: skip
        if len(_lately) >= _MOST:
            _lately.clear()
        _lately[key] = now
