"""What a process remembers for some seconds, as it is: whoever reads it changes nothing in it.

Django's own cache in memory gives a fresh copy to every reader, which costs more than most of what
stands on a page; settings are read ten times for each of them.
"""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache


class KeptCache(LocMemCache):
    """A cache of one process that gives back the very objects that were put in."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept under a key, or `default`."""
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(key):
                self._delete(key)
                return default
            return self._cache[key]

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep a value."""
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            self._set(key, value, timeout)

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep a value where there is none; say whether it was kept."""
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if not self._has_expired(key):
                return False
            self._set(key, value, timeout)
            return True
