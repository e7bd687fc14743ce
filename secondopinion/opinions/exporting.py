"""Measurements and key images of a case as DICOM documents that other programs open: structured
reports (TID 1500) and key object selections, one of each for every study and author."""

import io
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from pydicom.uid import generate_uid

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core import sandbox
from secondopinion.core.errors import Refused
from secondopinion.imaging import structured
from secondopinion.imaging.metadata import text_of
from secondopinion.imaging.models import Instance
from secondopinion.opinions.models import KeyImage, Measurement, SignedReport

_MEMORY, _SECONDS = 1024, 60
_REPORTS, _SELECTIONS = 9001, 9002  # numbers of the series that they lie in


def anything() -> Q:
    """Return what says of a row of cases whether something was measured or chosen."""
    measured = Measurement.objects.filter(case=OuterRef("pk"))
    chosen = KeyImage.objects.filter(opinion__case=OuterRef("pk"))
    return Q(Exists(measured)) | Q(Exists(chosen))


def as_documents(*, by: Person, case: Case) -> bytes:
    """Return a zip of documents, and note that they were taken out.

    The specialists of a case get what they have made so far; its coordinator once a report of it
    has been signed.

    Raises:
        NotYours: by somebody else.
        Refused: there is nothing yet.
    """
    require(case, by, Part.SPECIALIST, Part.COORDINATOR)
    signed = SignedReport.objects.filter(case=case).exists()
    if not signed:
        require(case, by, Part.SPECIALIST)
    documents = _reports(case) + _selections(case)
    if not documents:
        raise Refused(_("Nothing was measured, and no image was chosen."), code="nothing-measured")
    audit.record(
        "measurements-exported", by=by, case_id=case.pk, target=case,
        detail={"documents": len(documents)},
    )  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for number, (kind, data) in enumerate(documents, 1):
            pack.writestr(f"{kind}{number:02}.dcm", data)
    return out.getvalue()


def _reports(case: Case) -> list[tuple[str, bytes]]:
    rows: dict[tuple[str, str], list[Measurement]] = defaultdict(list)
    for row in Measurement.objects.filter(case=case).select_related("author"):
        rows[row.study_uid, row.author.full_name].append(row)
    made = []
    for (_study, author), measured in rows.items():
        sources = _Sources(case, measured)
        told = [
            {"uid": f"2.25.{row.pk.int}", "source": place, "frame": row.frame, "tool": row.tool,
             "points": row.points, "values": row.values}
            for row in measured
            if (place := sources.place(row.instance_uid)) is not None and _has_number(row)
        ]  # fmt: skip
        if told:
            made.append(("SR", _built(structured.report, sources.texts, told, author, _REPORTS)))
    return made


def _has_number(row: Measurement) -> bool:
    """Say whether there is a number to report: a point on a picture in colour has none."""
    return any(key in row.values for key in ("length", "angle", "area", "value"))


def _selections(case: Case) -> list[tuple[str, bytes]]:
    rows: dict[tuple[str, str], list[KeyImage]] = defaultdict(list)
    for row in KeyImage.objects.filter(opinion__case=case).select_related("opinion__author"):
        rows[row.study_uid, row.opinion.author.full_name].append(row)
    made = []
    for (_study, author), chosen in rows.items():
        sources = _Sources(case, chosen)
        captions = [
            f"{place + 1}. {row.caption}" for row in chosen
            if (place := sources.place(row.instance_uid)) is not None
        ]  # fmt: skip
        if sources.texts:
            made.append(
                ("KO", _built(structured.selection, sources.texts, captions, author, _SELECTIONS))
            )
    return made


def _built(function: Any, sources: list[bytes], rows: list[Any], author: str, number: int) -> bytes:
    document = {"author": author, "series": generate_uid(None), "instance": generate_uid(None),
                "number": number}  # fmt: skip
    try:
        data: bytes = sandbox.run(
            function, sources, rows, document, memory_mb=_MEMORY, cpu_s=_SECONDS,
            wall_s=4 * _SECONDS,
        )  # fmt: skip
    except sandbox.Failed:
        raise Refused(
            _("The headers of these images cannot be put into a DICOM document."), code="headers"
        ) from None
    return data


class _Sources:
    """The headers of images, each once; an image that is not there any more has no place."""

    def __init__(self, case: Case, rows: Sequence[Measurement | KeyImage]) -> None:
        wanted = [(row.study_uid, row.series_uid, row.instance_uid) for row in rows]
        uids = list(dict.fromkeys(wanted))
        found = {
            (row.series.study.uid, row.series.uid, row.uid): row
            for row in Instance.objects.filter(
                series__study__case=case,
                series__removed_at=None,
                aside=False,
                uid__in=[uid for *_others, uid in uids],
            ).select_related("series__study")
        }
        there = [(each[2], found[each]) for each in uids if each in found]
        self.texts = [text_of(row) for _uid, row in there]
        self._places = {uid: place for place, (uid, _row) in enumerate(there)}

    def place(self, uid: str) -> int | None:
        """Return where the header of an image is in `texts`."""
        return self._places.get(uid)
