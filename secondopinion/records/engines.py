"""Which letters this installation can read: what is shipped, and what the operator has added."""

from functools import cache
from pathlib import Path

from secondopinion.records.checks import scripts

SHIPPED = Path(__file__).resolve().parent / "tessdata"
WITHOUT_MODELS = {"Hans": ["zh"], "Jpan": ["ja"]}  # read by RapidOCR, whose models lie in its wheel


@cache
def folders(folder: str = "") -> dict[str, str]:
    """Return the folders of Tesseract's languages, the shipped ones and those of the operator."""
    found: dict[str, str] = {}
    for each in (SHIPPED, *([Path(folder)] if folder else [])):
        found |= {path.stem: str(each) for path in each.glob("*.traineddata")}
    return found


def models(folder: str = "") -> frozenset[str]:
    """Return the languages of Tesseract that this installation has."""
    return frozenset(folders(folder)) - {"osd"}


def scripts_read(folder: str = "") -> dict[str, list[str]]:
    """Return the scripts, each with its languages, that this installation can read."""
    return scripts.readable(models(folder)) | WITHOUT_MODELS
