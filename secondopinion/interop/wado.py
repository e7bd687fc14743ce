"""WADO-RS (PS3.18, section 10.4): objects, headers, bulk data, frames and pictures of a case."""

import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe

from secondopinion.core import sandbox, vault
from secondopinion.core.errors import NotYours
from secondopinion.imaging import decoding, headers, metadata, pixels, queries, rendering
from secondopinion.imaging.models import Instance, Series
from secondopinion.interop import media, seen
from secondopinion.interop.access import Caller, of_case
from secondopinion.interop.qido import address_of, base_of

OCTETS, DICOM = "application/octet-stream", "application/dicom"
LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
_JPEG, _JLS, _JP2, _JPHC, _RLE = (
    "image/jpeg",
    "image/jls",
    "image/jp2",
    "image/jphc",
    "image/dicom-rle",
)
# Media types of compressed frames (PS3.18, table 8.7.3-5).
_FRAME_TYPES = {
    "1.2.840.10008.1.2.4.50": _JPEG, "1.2.840.10008.1.2.4.51": _JPEG,
    "1.2.840.10008.1.2.4.57": _JPEG, "1.2.840.10008.1.2.4.70": _JPEG,
    "1.2.840.10008.1.2.4.80": _JLS, "1.2.840.10008.1.2.4.81": _JLS,
    "1.2.840.10008.1.2.4.90": _JP2, "1.2.840.10008.1.2.4.91": _JP2,
    "1.2.840.10008.1.2.4.201": _JPHC, "1.2.840.10008.1.2.4.202": _JPHC,
    "1.2.840.10008.1.2.4.203": _JPHC, "1.2.840.10008.1.2.5": _RLE,
}  # fmt: skip
_PICTURES = {"image/jpeg": "jpeg", "image/png": "png"}
_THUMBNAIL = 128  # pixels
_LASTING = "private, max-age=3600"  # an instance never changes


def _found(caller: Caller, request: HttpRequest, **uids: str) -> list[Instance]:
    patient = request.GET.get("PatientID") or request.GET.get("00100020") or ""
    rows = queries.objects(caller.case, patient=patient, **uids)
    if not rows:
        raise NotYours
    return rows


@of_case
@require_safe
def described(
    request: HttpRequest, caller: Caller, study: str, series: str = "", instance: str = ""
) -> HttpResponse:
    """Answer the headers of a study, series or instance, in the order of a viewer."""
    if not media.takes_json(request):
        return media.refused(406, "Headers here are application/dicom+json.")
    patient = request.GET.get("PatientID") or request.GET.get("00100020") or ""
    rows = list(
        queries.instances(
            caller.case, study=study, series=series, instance=instance, patient=patient
        )
    )
    if not rows:
        raise NotYours
    seen.note(caller, seen.OPENED, (row.series for row in rows))
    metadata.describe(rows)
    base = base_of(caller.case)
    return media.answer_json(
        request, b"[" + b",".join(_with_bulk(row, address_of(base, row)) for row in rows) + b"]"
    )


def _with_bulk(row: Instance, address: str) -> bytes:
    """Return the DICOM JSON with full addresses of what is left out, the pixels among it, and with
    the transfer syntax in which the object came (PS3.18, table 8.3.4-1: 0008,3002)."""
    text = metadata.text_of(row).replace(
        b'"BulkDataURI":"bulkdata/', f'"BulkDataURI":"{address}/bulkdata/'.encode()
    )
    if not row.frames or len(text) < 3:
        return text
    vr = "OW" if row.pixel_offset is not None and row.bits > 8 else "OB"
    more = (
        f',"00083002":{{"vr":"UI","Value":["{row.transfer_syntax}"]}}'
        f',"7FE00010":{{"vr":"{vr}","BulkDataURI":"{address}/bulkdata/7FE00010"}}}}'
    )
    return text[:-1] + more.encode()


def _lasting[R: HttpResponseBase](response: R) -> R:
    """Let the reader's own browser keep an answer: each form of it that was asked for apart."""
    response["Cache-Control"] = _LASTING
    response["Vary"] = "Accept, Cookie, Authorization"
    return response


@of_case
@require_safe
def retrieved(
    request: HttpRequest, caller: Caller, study: str, series: str = "", instance: str = ""
) -> HttpResponseBase:
    """Answer the original objects, byte for byte; with plain pixels where these are asked for."""
    rows = _found(caller, request, study=study, series=series, instance=instance)
    wanted = next(
        (each for each in media.accepted(request) if media.matches(each.wanted, DICOM)), None
    )
    if wanted is None:
        return media.refused(406, "Objects here are application/dicom.")
    syntaxes = {row.transfer_syntax for row in rows}
    plain = wanted.syntax == LITTLE_ENDIAN and syntaxes != {LITTLE_ENDIAN}
    if wanted.syntax not in {"", "*", LITTLE_ENDIAN} and syntaxes != {wanted.syntax}:
        return media.refused(406, "Objects are sent as they came, or uncompressed.")
    if plain and not syntaxes <= decoding.PLAIN | decoding.DECODED_FROM_FRAMES:
        return media.refused(406, "These pixels cannot be decoded here; ask for them as they came.")
    seen.note(caller, seen.DOWNLOADED, (each.series for each in rows))
    if instance and not wanted.multipart and wanted.type == DICOM:
        if plain:
            return _lasting(HttpResponse(pixels.plain(rows[0]), content_type=DICOM))
        blob = rows[0].blob
        return _lasting(media.alone(vault.pieces(blob), blob.length, DICOM))

    def part(row: Instance) -> media.Part:
        if plain and row.transfer_syntax != LITTLE_ENDIAN:
            return media.Part(f"{DICOM}; transfer-syntax={LITTLE_ENDIAN}", _plain(row))
        content = f"{DICOM}; transfer-syntax={row.transfer_syntax}"
        return media.Part(content, vault.pieces(row.blob), row.blob.length)

    return media.parts(map(part, rows), DICOM)


def _plain(row: Instance) -> Iterator[bytes]:
    """Yield an object with plain pixels, once it is asked for."""
    yield pixels.plain(row)


def _numbers(text: str) -> list[int]:
    """Return the numbers of a list of frames, none twice (PS3.18, table 10.4.1-1)."""
    if not re.fullmatch(r"\d{1,6}(,\d{1,6})*", text):
        raise pixels.Undecodable
    numbers = [int(each) for each in text.split(",")]
    if len(set(numbers)) < len(numbers):
        raise pixels.Undecodable
    return numbers


@of_case
@require_safe
def frames(
    request: HttpRequest, caller: Caller, study: str, series: str, instance: str, numbers: str
) -> HttpResponseBase:
    """Answer frames: as they are when the client takes that, else uncompressed little-endian."""
    row = caller.frames.instance(study, series, instance)
    try:
        asked = _numbers(numbers)
    except pixels.Undecodable:
        return media.refused(
            400, "Frames are named by numbers with commas between them, none twice."
        )
    if not all(1 <= each <= row.frames for each in asked):
        return media.refused(404, "There is no such frame.")
    seen.note(caller, seen.OPENED, [row.series])
    for wanted in media.accepted(request):
        found = _frame_answer(wanted, row, asked)
        if found is not None:
            return _lasting(found)
    return media.refused(406, "These pixels cannot be given in a form that is accepted.")


def _frame_answer(
    wanted: media.Accepted, row: Instance, asked: list[int]
) -> HttpResponseBase | None:
    """Return the frames in one accepted form, or None where that form cannot be had."""
    offered = _as_they_are(wanted, row)
    data: list[bytes] | list[memoryview]
    try:
        if offered:
            kind, syntax = offered, row.transfer_syntax
            data = [pixels.compressed(row, each) or b"" for each in asked]
            if not all(data):
                return None
        elif media.matches(wanted.wanted, OCTETS) and wanted.syntax in {"", "*", LITTLE_ENDIAN}:
            kind, syntax = OCTETS, LITTLE_ENDIAN
            if row.pixel_offset is not None:
                data = [pixels.native(row, each) for each in asked]
            else:
                data = [pixels.frame(row, each)[0] for each in asked]
        else:
            return None
    except pixels.Undecodable:
        return None
    if not wanted.multipart and wanted.type not in {"*/*", "*"} and len(asked) == 1:
        return HttpResponse(bytes(data[0]), content_type=kind)
    content = f"{kind}; transfer-syntax={syntax}"
    return media.parts((media.Part(content, [each]) for each in data), kind, whole=True)


def _as_they_are(wanted: media.Accepted, row: Instance) -> str:
    """Return the media type in which compressed frames are sent as they are, or nothing.

    Who takes any syntax gets 12-bit JPEG uncompressed: common viewers decode it wrongly.
    """
    kind = _FRAME_TYPES.get(row.transfer_syntax)
    if row.pixel_offset is not None or kind is None:
        return ""
    if wanted.syntax == row.transfer_syntax:
        return kind if media.matches(wanted.wanted, kind) or wanted.wanted == OCTETS else ""
    doubtful = row.transfer_syntax == decoding.JPEG_EXTENDED and row.bits > 8
    if wanted.syntax == "*" and not doubtful:
        return kind if media.matches(wanted.wanted, kind) or wanted.wanted == OCTETS else ""
    return kind if not wanted.syntax and wanted.wanted == kind and not doubtful else ""


@of_case
@require_safe
def bulk(
    request: HttpRequest, caller: Caller, study: str, series: str, instance: str, path: str
) -> HttpResponseBase:
    """Answer a value that the headers only point at."""
    if not re.fullmatch(r"[0-9A-Fa-f]{8}(/\d{1,4}/[0-9A-Fa-f]{8}){0,20}", path):
        raise NotYours
    row = _found(caller, request, study=study, series=series, instance=instance)[0]
    seen.note(caller, seen.OPENED, [row.series])
    data: Iterator[bytes | memoryview]
    if path == "7FE00010" and row.pixel_offset is not None:
        length = min(row.frame_length * row.frames, row.blob.length - row.pixel_offset)
        data = vault.pieces(row.blob, row.pixel_offset, length)
    else:
        try:
            value = sandbox.run(headers.bulk, vault.read(row.blob), path, memory_mb=2048)
        except sandbox.Failed:
            raise NotYours from None
        data, length = iter([value]), len(value)
    content = f"{OCTETS}; transfer-syntax={LITTLE_ENDIAN}"
    first = media.accepted(request)[0]
    if first.type == OCTETS:
        return media.alone(data, length, OCTETS)
    return media.parts([media.Part(content, data, length)], OCTETS)


class _BadLook(Exception):
    """The way in which a picture is asked for cannot be understood."""


def _look(request: HttpRequest, default: tuple[int, int] | None = None) -> rendering.Look:
    """Read how a picture is asked for (PS3.18, section 8.3.5)."""
    kind = next(
        (
            name
            for each in media.accepted(request)
            for offered, name in _PICTURES.items()
            if media.matches(each.wanted, offered)
        ),
        "",
    )
    if not kind:
        raise pixels.Undecodable
    try:
        given: dict[str, Any] = {}
        if text := request.GET.get("window"):
            center, width, *function = text.split(",")
            given |= {"center": float(center), "width": float(width)}
            named = (function or [rendering.LINEAR])[0].lower() or rendering.LINEAR
            if given["width"] <= 0 or named not in {
                rendering.LINEAR, rendering.EXACT, rendering.SIGMOID,
            }:  # fmt: skip
                raise _BadLook
            given["function"] = named
        if text := request.GET.get("quality"):
            given["quality"] = int(text)
            if not 1 <= given["quality"] <= 100:
                raise _BadLook
        given["viewport"] = default
        if text := request.GET.get("viewport"):
            values = [abs(int(float(each))) if each else 0 for each in text.split(",")]
            if len(values) not in {2, 6} or not all(1 <= each <= 8192 for each in values[:2]):
                raise _BadLook
            given["viewport"] = (values[0], values[1])
            if len(values) == 6:
                left, top, wide, high = values[2:]
                given["region"] = (left, top, wide or 1 << 20, high or 1 << 20)
    except (ValueError, OverflowError):
        raise _BadLook from None
    return rendering.Look(kind=kind, **given)


def _picture(
    request: HttpRequest, row: Instance, number: int, default: tuple[int, int] | None = None
) -> HttpResponse:
    try:
        look = _look(request, default)
        data = rendering.rendered(row, number, look)
    except _BadLook:
        return media.refused(400, "window, viewport or quality cannot be understood.")
    except pixels.Undecodable:
        return media.refused(406, "This image cannot be shown here.")
    response = HttpResponse(data, content_type=f"image/{look.kind}")
    return _lasting(response)


@of_case
@require_safe
def rendered(
    request: HttpRequest, caller: Caller, study: str, series: str, instance: str, number: int = 1
) -> HttpResponse:
    """Answer a frame as a JPEG or PNG."""
    row = caller.frames.instance(study, series, instance)
    if not 1 <= number <= row.frames:
        return media.refused(404, "There is no such frame.")
    seen.note(caller, seen.OPENED, [row.series])
    return _picture(request, row, number)


@of_case
@require_safe
def thumbnail(
    request: HttpRequest, caller: Caller, study: str, series: str = "", instance: str = "",
    number: int = 1,
) -> HttpResponse:  # fmt: skip
    """Answer the middle image of a study or series, or a frame, small."""
    rows = queries.instances(caller.case, study=study, series=series, instance=instance).filter(
        frames__gt=0
    )
    count = rows.count()
    if not count:
        raise NotYours
    row = rows[count // 2]
    seen.note(caller, seen.OPENED, [row.series])
    return _picture(request, row, number, (_THUMBNAIL, _THUMBNAIL))


@of_case
@require_safe
def summary(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Return what the viewer offers: the case's series with their addresses.

    The one with the most images is opened first; it brings its `opening`: the image that is seen
    first, and whose it is.
    """
    rows = []
    seen.note(caller, seen.LISTED, [caller.case])
    found = queries.series_with_images(caller.case)
    largest = max(found, key=queries.images_of, default=None)
    child = queries.child_of(caller.case)
    for row in found:
        base = f"/dicomweb/{caller.case.reference}/studies/{row.study.uid}"
        rows.append(
            {
                "study": row.study.uid,
                "series": row.uid,
                "label": " · ".join(
                    each
                    for each in (row.modality, row.description, str(row.study.date or ""))
                    if each
                ),
                "count": queries.images_of(row),
                "other": queries.marks_of(row.study, child),
                "thumbnail": f"{base}/series/{row.uid}/thumbnail",
                "opening": _opening(row) if row is largest else None,
            }
        )
    return JsonResponse({"series": rows})


def _opening(row: Series) -> dict[str, Any] | None:
    """Return the frame in the middle of a series and whose it is; nothing where no pixels are."""
    middle = queries.middle_of(row)
    if middle is None:
        return None
    study = row.study
    whose = (
        " ".join(study.patient_name.partition("=")[0].replace("^", " ").split()),
        str(study.patient_birth_date or ""), study.patient_sex, study.patient_id,
        str(study.date or ""), study.description, row.description,
    )  # fmt: skip
    instance, frame = middle
    return {"instance": instance, "frame": frame, "whose": [each for each in whose if each]}
