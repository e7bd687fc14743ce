"""What a process remembers for some seconds, as it is: whoever reads it changes nothing in it.

Django's own cache in memory gives a fresh copy to every reader, which costs more than most of what
stands on a page; settings are read ten times for each of them.
"""

import time
from threading import Lock
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache


class KeptCache(BaseCache):
    """A cache of one process that gives back the very objects that were put in."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._kept: dict[str, tuple[Any, float | None]] = {}  # the value, and until when
        self._lock = Lock()

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept under a key, or `default`."""
        value, until = self._kept.get(self.make_key(key, version), (default, None))
        return value if until is None or until > time.time() else default

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep a value."""
        self._kept[self.make_key(key, version)] = (value, self.get_backend_timeout(timeout))

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep a value where there is none; say whether it was kept."""
        missing = object()
        with self._lock:
            if self.get(key, missing, version) is not missing:
                return False
            self.set(key, value, timeout, version)
            return True

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value for longer; say whether there is one."""
        missing = object()
        with self._lock:
            value = self.get(key, missing, version)
            if value is missing:
                return False
            self.set(key, value, timeout, version)
            return True

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; say whether there was one."""
        return self._kept.pop(self.make_key(key, version), None) is not None

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
