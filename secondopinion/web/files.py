"""Files of a case: pages of records, originals, signed documents. Each reading is audited."""

from uuid import UUID

from django.http import (
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.utils.http import content_disposition_header

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.core import kinds, streams, vault
from secondopinion.core.errors import NotYours
from secondopinion.core.models import Blob
from secondopinion.opinions import actions as opinions
from secondopinion.opinions import exporting, packing, pictures, second
from secondopinion.opinions import queries as reports
from secondopinion.records import queries as records
from secondopinion.records.models import Page, RecordState
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.proving import is_proven

SMALL = 320  # pixels of the longer side in a list


def download(
    request: PersonRequest, blob: Blob, name: str, content_type: str
) -> StreamingHttpResponse:
    """Answer with a file that a browser saves and never shows in the place of a page."""
    pieces = streams.pieces_of(lambda: vault.open_blob(blob))
    response = streams.answer(request, pieces, content_type)
    response["Content-Length"] = str(blob.length)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


@of_case()
def original(request: PersonRequest, case: Case, record: UUID) -> StreamingHttpResponse:
    """Give the file of a record, to be saved; it is never shown inline."""
    row = records.record_for(request.user, case.reference, record)
    blob, name = records.file_for(request.user, row)
    audit.record("record-downloaded", by=request.user, case_id=case.pk, target=row)
    return download(request, blob, name, "application/octet-stream")


@of_case()
def video(request: PersonRequest, case: Case, record: UUID) -> HttpResponseBase:
    """Play a video on a page: bytes of it, as the browser asks for them (RFC 9110, section 14)."""
    row = records.record_for(request.user, case.reference, record)
    if not row.is_video or row.state != RecordState.READ:
        raise NotYours
    blob, _name = records.file_for(request.user, row)
    begin, end = streams.wanted(request.headers.get("Range", ""), blob.length)
    if begin >= end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{blob.length}"})
    if begin == 0:
        audit.record("video-opened", by=request.user, case_id=case.pk, target=row)
    # Browsers play the QuickTime of phones, and by that name alone some do not try.
    kind = kinds.MP4 if row.media_type == kinds.QUICKTIME else row.media_type
    response = streams.answer(request, vault.pieces(blob, begin, end - begin), kind)
    response["Accept-Ranges"], response["Content-Length"] = "bytes", str(end - begin)
    response["Cache-Control"] = "private, no-store"
    if "Range" in request.headers:
        response.status_code = 206
        response["Content-Range"] = f"bytes {begin}-{end - 1}/{blob.length}"
    return response


@of_case()
def page(request: PersonRequest, case: Case, record: UUID, number: int) -> HttpResponse:
    """Show the picture of a page, made by this house from the original."""
    row = records.record_for(request.user, case.reference, record)
    picture = records.page_of(row, number)
    audit.record("page-opened", by=request.user, case_id=case.pk, target=picture)
    return _picture(request, picture)


@of_case()
def page_small(request: PersonRequest, case: Case, record: UUID, number: int) -> HttpResponse:
    """Show a page small enough for a list, so that a list stays light on a slow link."""
    row = records.record_for(request.user, case.reference, record)
    return _picture(request, records.page_of(row, number), longest=SMALL)


def _picture(request: PersonRequest, page: Page, *, longest: int | None = None) -> HttpResponse:
    """Answer with a picture that a browser keeps, and asks about: pages are turned and moved."""
    tag = records.tag_of(page)
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        data = records.picture_of(page, longest=longest)
        response = HttpResponse(data, content_type="image/jpeg")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


@of_case()
def signed_report(request: PersonRequest, case: Case, number: int) -> HttpResponseBase:
    """Give a signed document as the PDF that was signed."""
    report = reports.report_for(case, request.user, number)
    if not is_proven(request, case):
        return redirect("my-report", case.reference, number)
    opinions.open_report(by=request.user, report=report, proven=True)
    return download(request, report.blob, packing.file_name(report), "application/pdf")


@of_case(*(part for part in Part if part != Part.EMERGENCY))
def packed_report(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Give a signed document with its translations and key images as one zip, to who has a part
    in the case: in an emergency the document alone is read."""
    report = reports.report_for(case, request.user, number)
    if not is_proven(request, case):
        return redirect("my-report", case.reference, number)
    data = packing.packed(by=request.user, report=report, proven=True)
    return _zip(data, f"{case.reference}-{number}.zip")


@of_case()
def report_image(request: PersonRequest, case: Case, number: int, image: int) -> HttpResponse:
    """Show a key image of a signed report on its page, to who reads the report."""
    report = reports.report_for(case, request.user, number)
    if not is_proven(request, case):
        raise NotYours
    data = pictures.show(by=request.user, report=report, number=image)
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "private"})


def _zip(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


@of_case(Part.SPECIALIST, Part.SECOND_READER)
def key_image(request: PersonRequest, case: Case, key_image: UUID) -> HttpResponse:
    """Show a key image to who writes the report, or reads its draft."""
    if Part.SPECIALIST in request.parts:
        opinion = reports.opinion_of(case, request.user)
    else:
        opinion = second.opinion_shown(case, request.user)
    row = reports.key_image_of(opinion, key_image)
    audit.record("key-image-opened", by=request.user, case_id=case.pk, target=row)
    return HttpResponse(vault.read(row.picture), content_type="image/png")


@of_case(Part.SPECIALIST, Part.COORDINATOR)
def measurements(request: PersonRequest, case: Case) -> HttpResponse:
    """Give measurements and key images as DICOM documents (SR and KOS), in a zip."""
    data = exporting.as_documents(by=request.user, case=case)
    return _zip(data, f"{case.reference}-measurements.zip")
