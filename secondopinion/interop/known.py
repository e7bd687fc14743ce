"""Facts of instances that never change, kept for a while: frames are asked for one by one."""

import threading
import time
from collections import OrderedDict
from uuid import UUID

from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours
from secondopinion.imaging import queries
from secondopinion.imaging.models import Instance

_MOST_SERIES = 16
_LASTS = 30.0  # seconds: of two that come under one UID the first stays the one that is shown
_lock = threading.Lock()
_series: OrderedDict[tuple[UUID, str, str], tuple[float, dict[str, Instance]]] = OrderedDict()


class Frames:
    """Finds instances of a case for reading their pixels; a whole series is looked up at once.

    The vault's space is the caller's: a case that was erased has no key to read with.
    """

    def __init__(self, case: Case) -> None:
        self.case = case

    def instance(self, study: str, series: str, instance: str) -> Instance:
        """Return an instance.

        Raises:
            NotYours: there is none.
        """
        key, now = (self.case.pk, study, series), time.monotonic()
        with _lock:
            at, rows = _series.get(key, (0.0, {}))
            if key in _series:
                _series.move_to_end(key)
        if now - at > _LASTS or instance not in rows:
            found = queries.objects(self.case, study=study, series=series)
            rows = {row.uid: row for row in found}
            with _lock:
                _series[key] = (now, rows)
                while len(_series) > _MOST_SERIES:
                    _series.popitem(last=False)
        row = rows.get(instance)
        if row is None:
            raise NotYours
        row.blob.space = self.case.vault
        return row
