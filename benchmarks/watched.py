"""What some processes and all that they start cost: processor time, and memory."""

import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path


def tree(pids: set[int]) -> Iterator[int]:
    """Yield some processes and all that they have started."""
    parents: dict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.read_text().rpartition(") ")[2].split()[1])].append(
                int(path.parent.name)
            )
        except OSError:
            continue
    left = list(pids)
    while left:
        pid = left.pop()
        yield pid
        left += parents[pid]


def processor(pids: set[int]) -> float:
    """Return the processor time in seconds of processes, and of all they started, ended or not."""
    ticks = 0
    for pid in tree(pids):
        try:
            told = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, told[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


class Memory:
    """Watches how much memory some processes and all that they start use together."""

    def __init__(self, pids: set[int]) -> None:
        """Begin to watch; `peak` is in bytes."""
        self.pids, self.peak, self.done = pids, 0, threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self) -> None:
        while not self.done.wait(0.25):
            self.peak = max(self.peak, sum(map(_share, tree(self.pids))))

    def end(self) -> int:
        """Stop watching; return the most, in MB."""
        self.done.set()
        self.thread.join()
        return self.peak // 1_000_000


def _share(pid: int) -> int:
    """Return the proportional set size of a process in bytes; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
