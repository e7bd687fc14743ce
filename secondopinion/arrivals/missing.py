"""What has not come, told by comparing records, images and the checklist with each other.

Pure functions. Where a day, a kind or a modality is not known, nothing is said: a family that is
sent to look for what it has sent already stops believing.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from secondopinion.findings.found import INFO, WARNING, Found, gettext_noop
from secondopinion.imaging.checks.disk import OLD, parts_named
from secondopinion.records.models import Kind
from secondopinion.translation.checks import languages
from secondopinion.translation.checks.folding import folded

IMAGES, REPORT, ADDENDUM = "images-of-report@1", "report-of-images@1", "addendum@1"
CALLED_FOR, NOT_OPENED = "called-for@1", "not-opened@1"

DATA = Path(__file__).resolve().parent / "data" / "missing.toml"
GROUPS = {"MR": "MR", "CT": "CT", "CR": "XR", "DX": "XR", "US": "US", "PT": "NM", "NM": "NM"}
HEAD = 600  # letters of a report in which it says what it is about; below it compares with others
NEAR = 31  # days between images and the report about them
SAME = 1  # days between images and the day on which a text says that they were made
MONTH = 31  # days

NO_IMAGES = gettext_noop("The images that this report is about have not come.")
GET_IMAGES = gettext_noop(
    "Ask the hospital that made the images for a DICOM disc, and send it. If you cannot get it, "
    "tell us so."
)
NO_REPORT = gettext_noop("No written report about these images has come.")
GET_REPORT = gettext_noop(
    "Ask the hospital that made the images for the written report, and send it. If there is none, "
    "tell us so."
)
NO_ADDENDUM = gettext_noop(
    "This pathology report says that more results will follow. They have not come."
)
GET_ADDENDUM = gettext_noop(
    "Ask the hospital for the later part of this report (the addendum), and send it. If there is "
    "none, tell us so."
)
BROKEN = gettext_noop("Some image files came damaged, or are too large, and cannot be opened.")
SEND_AGAIN = gettext_noop("Send them once more. If that does not help, ask for a new disc.")
NOT_HERE = gettext_noop("This is needed, and it has not come.")
SEND_IT = gettext_noop("If you have it, send it. If not, tell us so.")
ANSWERED = gettext_noop("You have answered about this. Our team looks at it now.")
NOT_SURE = gettext_noop(
    "This is needed, and it may be among what has come: nobody knows yet what that is."
)
LOOKED_AT = gettext_noop("Our team looks at it now.")
TOO_OLD = gettext_noop("The newest that has come is older than needed.")
SEND_NEWER = gettext_noop("If there is a newer one, send it. If not, tell us so.")


@dataclass(frozen=True, slots=True)
class Document:
    """A record as it is compared; `kind` is "" where nobody can tell.

    `days` are all days that its text names; `made_with` and `parts` the groups of modalities and
    the parts of the body at its head, `named` the groups in all of it. `awaits` says that more
    will follow, `adds` that such a further part is in it.
    """

    kind: str
    day: date | None = None
    days: frozenset[date] = frozenset()
    made_with: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    awaits: bool = False
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Imaging:
    """A study as it is compared: the groups of modalities of its images proper (`shown`) and of all
    its objects (`groups`); `unclear` where an object is of no group that is told apart here."""

    uid: str
    called: str = ""
    day: date | None = None
    shown: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    unclear: bool = False
    has_report: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """An item of the checklist: `open` while it is required and nobody has settled it, `answered`
    once somebody who was asked has said something of it, `said` where it is told already that it
    has not come; `kinds` of records, or groups of modalities and parts of the body, that it may be.
    """

    key: str
    labels: dict[str, str]
    images: bool
    open: bool
    months: int = 0
    kinds: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    body: frozenset[str] = frozenset()
    answered: bool = False
    said: bool = False


@cache
def _words() -> dict[str, re.Pattern[str]]:
    data = tomllib.loads(DATA.read_text())
    found = {}
    for name, row in {**data["modalities"], "awaits": data["awaits"], "adds": data["adds"]}.items():
        parted = languages.expression(row["words"], spaced=True, prefix=languages.ARABIC_PREFIX)
        joined = languages.expression(row["joined"], spaced=False)
        start = r"(?m)^[^\w\n]{0,6}" if name == "adds" else ""
        found[name] = re.compile(f"{start}(?:{parted}|{joined})")
    return found


def groups_named(plain: str) -> frozenset[str]:
    """Return the groups of modalities that a folded text names."""
    words = _words()
    return frozenset(each for each in set(GROUPS.values()) if words[each].search(plain))


def document_of(
    kind: str, title: str, text: str, day: date | None, days: Iterable[date]
) -> Document:
    """Return a record as it is compared, by its title and text."""
    said = re.sub(r"[_.]", " ", title) + "\n"
    head, plain = folded(said + text[:HEAD]), folded(said + text)
    # The memory's part of the brain is no hip.
    parts = parts_named(re.sub(r"(?i)hip+ocamp\w*", " ", said + text[:HEAD]))
    words = _words()
    awaits = words["awaits"].search(plain) is not None
    adds = words["adds"].search(words["awaits"].sub(" ", plain)) is not None
    return Document(
        kind, day, frozenset(days), groups_named(head), groups_named(plain), frozenset(parts),
        awaits, adds,
    )  # fmt: skip


def images_missing(document: Document, studies: Iterable[Imaging], today: date) -> Found | None:
    """Return whether the images that a report is about are not among the studies."""
    if document.kind != Kind.IMAGING_REPORT or not document.day or len(document.made_with) != 1:
        return None
    if any(_is_about(document, study, study.groups) for study in studies):
        return None
    severity = INFO if (today - document.day).days > OLD else WARNING
    measured = {"modality": next(iter(document.made_with)), "day": f"{document.day:%Y-%m-%d}"}
    return Found("images-missing", severity, NO_IMAGES, GET_IMAGES, {}, measured, 0.7)


def report_missing(study: Imaging, documents: Iterable[Document], today: date) -> Found | None:
    """Return whether no document tells of the images of a study."""
    if not study.day or not study.shown or study.has_report:
        return None
    if any(_tells_of(document, study) for document in documents):
        return None
    where = {"study": study.uid, "called": {"en": study.called}}
    severity = INFO if (today - study.day).days > OLD else WARNING
    return Found("report-missing", severity, NO_REPORT, GET_REPORT, where,
                 {"modalities": sorted(study.shown)}, 0.7)  # fmt: skip


def _tells_of(document: Document, study: Imaging) -> bool:
    if not document.kind:
        return True  # it may
    if document.kind == Kind.IMAGING_REPORT:
        return _is_about(document, study, study.shown)
    return bool(document.named & study.shown) and _names_day(document, study)


def _is_about(document: Document, study: Imaging, groups: frozenset[str]) -> bool:
    """Say whether a report may be about a study, as far as both are known."""
    made = document.made_with
    if made and groups and not study.unclear and not made & groups:
        return False
    if len(document.parts) == 1 and study.parts and not document.parts & study.parts:
        return False
    if not document.day or not study.day:
        return True
    return abs((study.day - document.day).days) <= NEAR or _names_day(document, study)


def _names_day(document: Document, study: Imaging) -> bool:
    day = study.day
    return day is None or any(abs((day - each).days) <= SAME for each in document.days)


def addendum_missing(document: Document, others: Iterable[Document]) -> Found | None:
    """Return whether a pathology report says that more will follow, and nothing has followed."""
    if document.kind != Kind.PATHOLOGY or not document.awaits or document.adds:
        return None
    for other in others:
        later = not other.day or not document.day or other.day >= document.day
        if other.adds or (later and other.kind in {"", Kind.PATHOLOGY, Kind.GENETICS}):
            return None
    return Found("record-missing", WARNING, NO_ADDENDUM, GET_ADDENDUM, {}, {}, 0.8)


def not_as_called_for(
    item: Called, documents: Iterable[Document], studies: Iterable[Imaging], today: date
) -> Found | None:
    """Return whether what the checklist calls for is missing, or all of it too old."""
    if item.images:
        known = list(studies)
        fitting = [each for each in known if item.groups and _fits(item, each)]
        doubtful = any(each.unclear and each not in fitting for each in known)
        # Whether other images than these have come is said by the checks of images.
        missing = not known
        # A study that names no part may be what is called for; old it is not said to be.
        sure = not item.body or any(each.parts for each in fitting)
        days = [each.day for each in fitting] if sure else []
    else:
        rows = list(documents)
        found = [each for each in rows if each.kind in item.kinds and _is_made_with(item, each)]
        doubtful = not item.kinds or any(not each.kind for each in rows)
        missing = not found
        days = [each.day for each in found]
    where = {"item": item.key, "called": item.labels}
    if doubtful:
        return _told_before(item, where) if missing else None
    if missing:
        if not item.open:
            return None
        advice = ANSWERED if item.answered else SEND_IT
        told = {"answered": True} if item.answered else {}
        return Found("record-missing", WARNING, NOT_HERE, advice, where, told, 0.8)
    dated = [each for each in days if each]
    if not item.months or not days or len(dated) < len(days):
        return None
    old = (today - max(dated)).days
    if old <= item.months * MONTH:
        return None
    measured = {"newest": f"{max(dated):%Y-%m-%d}", "months": item.months}
    return Found("too-old", WARNING, TOO_OLD, SEND_NEWER, where, measured, 0.8)


def _told_before(item: Called, where: dict[str, Any]) -> Found | None:
    """Return what stays of what was told, until somebody has looked at what has come since; the
    family is asked nothing meanwhile."""
    if not item.open or not item.said:
        return None
    measured = {"answered": True}
    return Found("record-missing", WARNING, NOT_SURE, LOOKED_AT, where, measured, 0.5)


def _fits(item: Called, study: Imaging) -> bool:
    """Say whether a study is what an item calls for; the benefit of the doubt to unnamed parts."""
    parts = not item.body or not study.parts or item.body & study.parts
    return bool(study.groups & item.groups and parts)


def _is_made_with(item: Called, document: Document) -> bool:
    return not item.groups or not document.made_with or bool(item.groups & document.made_with)


def not_opened(files: int) -> Found | None:
    """Return what is said of image files that came and that nobody can open."""
    if not files:
        return None
    return Found("unreadable-file", WARNING, BROKEN, SEND_AGAIN, {}, {"files": files})
