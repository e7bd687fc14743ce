"""DICOMweb of one case (PS3.18): QIDO-RS and WADO-RS, for the viewer and for any DICOMweb client.

Who has no live part in the case gets 404. Opening a series is audited once for each reading of its
metadata, not for each frame.
"""

import json
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.views.decorators.http import require_GET

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.cases.queries import case_for
from secondopinion.core import streams, vault
from secondopinion.core.errors import NotYours
from secondopinion.core.ids import short_code
from secondopinion.imaging import pixels, queries
from secondopinion.imaging.metadata import json_of
from secondopinion.imaging.models import Instance, Series, Study

DICOM_JSON = "application/dicom+json"
EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
_LIMIT = 1000


def of_case(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Look the case up for the person who asks; whoever has no part in it gets 404."""

    @login_not_required
    @require_GET
    @wraps(view)
    def checked(request: HttpRequest, reference: str, **uids: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            raise NotYours
        case = case_for(request.user, reference)
        response = view(request, case, **uids)
        response["Cache-Control"] = "private, max-age=3600"
        return response

    checked.access = "case"  # type: ignore[attr-defined]  # read by the test of every address
    return checked


def _answer(rows: list[dict[str, Any]]) -> HttpResponse:
    return HttpResponse(json.dumps(rows), content_type=DICOM_JSON)


def _element(vr: str, *values: Any) -> dict[str, Any]:
    kept = [each for each in values if each not in {None, ""}]
    if vr == "PN":
        kept = [{"Alphabetic": each} for each in kept]
    return {"vr": vr, "Value": kept} if kept else {"vr": vr}


def _of_study(row: Study, url: str) -> dict[str, Any]:
    return {
        "00080020": _element("DA", row.date and row.date.strftime("%Y%m%d")),
        "00081030": _element("LO", row.description),
        "00081190": _element("UR", f"{url}/studies/{row.uid}"),
        "00100010": _element("PN", row.patient_name),
        "00100020": _element("LO", row.patient_id),
        "0020000D": _element("UI", row.uid),
        "00201206": _element("IS", getattr(row, "series_count", None)),
        "00201208": _element("IS", getattr(row, "instance_count", None)),
    }


def _of_series(row: Series, url: str) -> dict[str, Any]:
    return {
        "00080060": _element("CS", row.modality),
        "0008103E": _element("LO", row.description),
        "00081190": _element("UR", f"{url}/studies/{row.study.uid}/series/{row.uid}"),
        "0020000D": _element("UI", row.study.uid),
        "0020000E": _element("UI", row.uid),
        "00200011": _element("IS", row.number),
        "00201209": _element("IS", getattr(row, "instance_count", None)),
    }


def _of_instance(row: Instance, study: str, series: str) -> dict[str, Any]:
    return {
        "00080016": _element("UI", row.sop_class),
        "00080018": _element("UI", row.uid),
        "0020000D": _element("UI", study),
        "0020000E": _element("UI", series),
        "00200013": _element("IS", row.number),
        "00280008": _element("IS", row.frames or None),
        "00280010": _element("US", row.rows or None),
        "00280011": _element("US", row.columns or None),
    }


def _base(request: HttpRequest, case: Case) -> str:
    return request.build_absolute_uri(f"/dicomweb/{case.reference}")


def _window(request: HttpRequest) -> slice:
    def whole(name: str, default: int) -> int:
        text = request.GET.get(name, "")
        return int(text) if text.isdecimal() else default

    offset = whole("offset", 0)
    return slice(offset, offset + min(whole("limit", _LIMIT), _LIMIT))


def _asked(request: HttpRequest, keyword: str, tag: str) -> str:
    return request.GET.get(keyword) or request.GET.get(tag) or ""


@of_case
def studies(request: HttpRequest, case: Case) -> HttpResponse:
    """QIDO-RS: the studies of the case."""
    rows = queries.studies_for_case(case)
    for keyword, tag, column in (
        ("StudyInstanceUID", "0020000D", "uid"),
        ("PatientID", "00100020", "patient_id"),
    ):
        if wanted := _asked(request, keyword, tag):
            rows = rows.filter(**{column: wanted})
    return _answer([_of_study(row, _base(request, case)) for row in rows[_window(request)]])


@of_case
def series(request: HttpRequest, case: Case, study: str) -> HttpResponse:
    """QIDO-RS: the series of a study."""
    rows = queries.series_for_case(case).filter(study__uid=study)
    if modality := _asked(request, "Modality", "00080060"):
        rows = rows.filter(modality=modality)
    if uid := _asked(request, "SeriesInstanceUID", "0020000E"):
        rows = rows.filter(uid=uid)
    return _answer([_of_series(row, _base(request, case)) for row in rows[_window(request)]])


@of_case
def instances(request: HttpRequest, case: Case, study: str, series: str) -> HttpResponse:
    """QIDO-RS: the instances of a series."""
    rows = queries.instances(case, study=study, series=series)[_window(request)]
    return _answer([_of_instance(row, study, series) for row in rows])


@of_case
def metadata(
    request: HttpRequest, case: Case, study: str, series: str = "", instance: str = ""
) -> HttpResponse:
    """WADO-RS: the headers of a study, series or instance, in the order of a viewer."""
    rows = list(queries.instances(case, study=study, series=series, instance=instance))
    if not rows:
        raise NotYours
    audit.record(
        "images-opened", by=request.user, case_id=case.pk, target=rows[0].series,
        detail={"objects": len(rows)},
    )  # fmt: skip
    return _answer([json_of(row) for row in rows])


def _multipart(
    request: HttpRequest, parts: Iterator[tuple[str, bytes]], kind: str
) -> StreamingHttpResponse:
    boundary = short_code(24)

    def stream() -> Iterator[bytes]:
        for content_type, data in parts:
            yield f"--{boundary}\r\nContent-Type: {content_type}\r\n\r\n".encode()
            yield data
            yield b"\r\n"
        yield f"--{boundary}--\r\n".encode()

    return streams.answer(
        request, stream(), f'multipart/related; type="{kind}"; boundary={boundary}'
    )


@of_case
def frames(
    request: HttpRequest, case: Case, study: str, series: str, instance: str, numbers: str
) -> HttpResponseBase:
    """WADO-RS: frames as uncompressed little-endian pixels; 406 where they cannot be decoded."""
    row = queries.instance_of(case, study=study, series=series, instance=instance)
    kind = "application/octet-stream"
    try:
        found = [pixels.frame(row, int(number))[0] for number in numbers.split(",")]
    except pixels.Undecodable:
        return HttpResponse("These pixels cannot be decoded here.", status=406)
    content_type = f"{kind}; transfer-syntax={EXPLICIT_LITTLE_ENDIAN}"
    return _multipart(request, iter([(content_type, each) for each in found]), kind)


@of_case
def rendered(
    request: HttpRequest, case: Case, study: str, series: str, instance: str, number: int = 1
) -> HttpResponse:
    """WADO-RS: a frame as a PNG, windowed as ``window=center,width,…`` asks."""
    row = queries.instance_of(case, study=study, series=series, instance=instance)
    return _picture(request, row, number)


@of_case
def thumbnail(request: HttpRequest, case: Case, study: str, series: str) -> HttpResponse:
    """WADO-RS: the middle image of a series, small."""
    rows = queries.instances(case, study=study, series=series).filter(frames__gt=0)
    count = rows.count()
    if not count:
        raise NotYours
    return _picture(request, rows[count // 2], 1, longest=128)


def _picture(
    request: HttpRequest, row: Instance, number: int, longest: int | None = None
) -> HttpResponse:
    center = width = None
    asked = request.GET.get("window", "").split(",")
    try:
        if len(asked) >= 2:
            center, width = float(asked[0]), float(asked[1])
        data = pixels.rendered(row, number, center=center, width=width, longest=longest)
    except (ValueError, pixels.Undecodable):
        return HttpResponse("This image cannot be shown here.", status=406)
    return HttpResponse(data, content_type="image/png")


@of_case
def retrieve(
    request: HttpRequest, case: Case, study: str, series: str = "", instance: str = ""
) -> HttpResponseBase:
    """WADO-RS: the original objects, byte for byte, as they came."""
    rows = queries.instances(case, study=study, series=series, instance=instance)
    if not rows.exists():
        raise NotYours
    audit.record("images-downloaded", by=request.user, case_id=case.pk, target=case)
    kind = "application/dicom"
    parts = (
        (f"{kind}; transfer-syntax={row.transfer_syntax}", vault.read(row.blob))
        for row in rows.iterator(100)
    )
    return _multipart(request, parts, kind)


@of_case
def summary(request: HttpRequest, case: Case) -> HttpResponse:
    """Return what the viewer offers: the case's series with their addresses."""
    rows = []
    for row in queries.series_with_images(case):
        base = f"/dicomweb/{case.reference}/studies/{row.study.uid}"
        rows.append(
            {
                "study": row.study.uid,
                "series": row.uid,
                "label": " · ".join(
                    each
                    for each in (row.modality, row.description, str(row.study.date or ""))
                    if each
                ),
                "count": getattr(row, "instance_count", 0),
                "url": f"{base}/series/{row.uid}",
                "thumbnail": f"{base}/series/{row.uid}/thumbnail",
            }
        )
    return JsonResponse({"series": rows})
