"""What a process remembers: the very objects, for as long as was said, forgotten when told to."""

import time_machine
from django.core.cache import caches

from secondopinion.core.kept import KeptCache


def test_what_is_kept_comes_back_as_it_is_until_its_time_is_over() -> None:
    kept = caches["memory"]
    assert isinstance(kept, KeptCache)
    value = {"of": ["the", "house"]}
    with time_machine.travel("2026-11-23T14:00:00Z", tick=False) as traveller:
        assert kept.get_or_set("one", lambda: value, 10) is value
        assert kept.get_or_set("one", lambda: "another", 10) is value
        assert not kept.add("one", "another", 10)
        traveller.shift(11)
        assert kept.get("one") is None
        assert kept.add("one", "another", 10)
        kept.delete_many(["one"])
        assert kept.get("one", "nothing") == "nothing"
