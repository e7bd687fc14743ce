"""What the tests of the sandbox let a child do."""

import os


def process() -> int:
    """Say which process this is."""
    return os.getpid()


def endless() -> None:
    """Never end."""
    while True:
        pass


def greedy() -> int:
    """Take more memory than there is."""
    return len(bytearray(2 * 1024**3))


def dies() -> None:
    """End as a decoder does that was confused."""
    os.abort()
