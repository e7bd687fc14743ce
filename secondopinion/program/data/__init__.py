"""The shipped settings: what a fresh installation starts with."""

import tomllib
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent


def read(name: str) -> dict[str, Any]:
    """Return one of the shipped settings files."""
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
