"""What the viewer keeps: key images of the report, and measurements on the images."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours
from secondopinion.imaging import queries as imaging
from secondopinion.imaging.models import Instance
from secondopinion.opinions import key_images as in_report
from secondopinion.opinions import measurements
from secondopinion.opinions import queries as reports
from secondopinion.opinions.models import Measurement, Opinion
from secondopinion.web.access import PersonRequest, of_case


def _instance(request: PersonRequest, case: Case) -> Instance:
    given = request.POST
    return imaging.instance_of(
        case, study=given.get("study", ""), series=given.get("series", ""),
        instance=given.get("instance", ""),
    )  # fmt: skip


def _number(request: PersonRequest, name: str) -> float | None:
    try:
        return float(request.POST.get(name, ""))
    except ValueError:
        return None


def _opinion(request: PersonRequest, case: Case) -> Opinion:
    return reports.opinion_of(case, request.user)


def _changed(request: PersonRequest, case: Case) -> HttpResponse:
    """Answer a change of the key images: the viewer reads their list again by itself."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({})
    return redirect(f"{reverse('review', args=[case.reference])}#key-images")


@of_case(Part.SPECIALIST)
def key_images(request: PersonRequest, case: Case) -> HttpResponse:
    """List the key images of the report, or add the one that is looked at in the viewer."""
    opinion = _opinion(request, case)
    if request.method != "POST":
        context = {"case": case, "key_images": opinion.key_images.all()}
        return render(request, "expert/key_images.html", context)
    in_report.add(
        by=request.user, opinion=opinion, instance=_instance(request, case),
        frame=int(_number(request, "frame") or 1), caption=request.POST.get("caption", ""),
        center=_number(request, "window_center"), width=_number(request, "window_width"),
        place=_place(request),
    )  # fmt: skip
    return _changed(request, case)


def _place(request: PersonRequest) -> tuple[int, int] | None:
    """Return the image of how many the viewer says that it shows."""
    place, places = request.POST.get("place", ""), request.POST.get("places", "")
    if not (place.isdecimal() and places.isdecimal() and 1 <= int(place) <= int(places) < 10**6):
        return None
    return int(place), int(places)


@of_case(Part.SPECIALIST)
@require_POST
def caption_key_image(request: PersonRequest, case: Case, key_image: UUID) -> HttpResponse:
    """Write the caption of an image in the report anew."""
    row = reports.key_image_of(_opinion(request, case), key_image)
    in_report.write_caption(by=request.user, key_image=row, caption=request.POST.get("caption", ""))
    return _changed(request, case)


@of_case(Part.SPECIALIST)
@require_POST
def remove_key_image(request: PersonRequest, case: Case, key_image: UUID) -> HttpResponse:
    """Take an image out of the report."""
    row = reports.key_image_of(_opinion(request, case), key_image)
    in_report.remove(by=request.user, key_image=row)
    return _changed(request, case)


@of_case(Part.SPECIALIST)
@require_POST
def restore_key_image(request: PersonRequest, case: Case, key_image: UUID) -> HttpResponse:
    """Put an image that was taken out back into the report."""
    row = reports.key_image_of(_opinion(request, case), key_image, removed=True)
    in_report.restore(by=request.user, key_image=row)
    return _changed(request, case)


def _told(row: Measurement, request: PersonRequest) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "study": row.study_uid,
        "series": row.series_uid,
        "instance": row.instance_uid,
        "frame": row.frame,
        "tool": row.tool,
        "points": row.points,
        "values": row.values,
        "author": row.author.full_name,
        "mine": row.author_id == request.user.pk,
    }


@of_case(Part.SPECIALIST)
def measured(request: PersonRequest, case: Case) -> HttpResponse:
    """List the measurements of a case, or keep one."""
    if request.method != "POST":
        rows = measurements.measurements_of(case, request.user)
        return JsonResponse({"measurements": [_told(row, request) for row in rows]})
    try:
        key = UUID(request.POST.get("id", ""))
        points = json.loads(request.POST.get("points", ""))
    except ValueError:
        raise NotYours from None
    row = measurements.keep_measurement(
        by=request.user, case=case, key=key, instance=_instance(request, case),
        frame=int(_number(request, "frame") or 1), tool=request.POST.get("tool", ""),
        points=points,
    )  # fmt: skip
    return JsonResponse(_told(row, request))


@of_case(Part.SPECIALIST)
@require_POST
def remove_measured(request: PersonRequest, case: Case, key: UUID) -> HttpResponse:
    """Remove one's own measurement."""
    measurements.remove_measurement(by=request.user, case=case, key=key)
    return JsonResponse({"removed": str(key)})
