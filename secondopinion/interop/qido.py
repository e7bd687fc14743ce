"""QIDO-RS (PS3.18, section 10.6): studies, series and instances of a case."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from secondopinion.cases.models import Case
from secondopinion.imaging import queries
from secondopinion.imaging.metadata import describe, json_of
from secondopinion.imaging.models import Instance, Series, Study
from secondopinion.interop import matching, media, seen
from secondopinion.interop.access import Caller, of_case

Row = dict[str, Any]

# What an answer holds besides what is asked for (PS3.18, tables 10.6.3-3 to 10.6.3-5).
_STUDY = {"00080005", "00080020", "00080030", "00080050", "00080056", "00080061", "00080090",
          "00080201", "00081030", "00081190", "00100010", "00100020", "00100030", "00100040",
          "0020000D", "00200010", "00201206", "00201208"}  # fmt: skip
_SERIES = {"00080005", "00080060", "00080201", "0008103E", "00081190", "0020000E", "00200011",
           "00201209", "00400244", "00400245", "00400275"}  # fmt: skip
# What columns of the index answer for an instance, and the filters that they can apply.
_COLUMNS = {"00080016": "sop_class", "00080018": "uid", "00200013": "number",
            "00280008": "frames", "00280010": "rows", "00280011": "columns",
            "00280100": "bits"}  # fmt: skip
_NAMES = {"0020000D": "series__study__uid", "0020000E": "series__uid",
          "00080060": "series__modality"}  # fmt: skip
_TEXT_FILTERS = {"00080016": "sop_class", "00080018": "uid", **_NAMES}


def _element(vr: str, *values: Any) -> Row:
    kept = [each for each in values if each is not None and each != ""]
    if vr == "PN":
        kept = [{"Alphabetic": each} for each in kept]
    return {"vr": vr, "Value": kept} if kept else {"vr": vr}


def _of_study(row: Study, base: str, modalities: set[str]) -> Row:
    return {
        "00080020": _element("DA", row.date and row.date.strftime("%Y%m%d")),
        "00080056": _element("CS", "ONLINE"),
        "00080061": _element("CS", *sorted(modalities)),
        "00081030": _element("LO", row.description),
        "00081190": _element("UR", f"{base}/studies/{row.uid}"),
        "00100020": _element("LO", row.patient_id),
        "00100040": _element("CS", row.patient_sex),
        "0020000D": _element("UI", row.uid),
        "00201206": _element("IS", getattr(row, "series_count", None)),
        "00201208": _element("IS", getattr(row, "instance_count", None)),
    }


def _of_series(row: Series, base: str) -> Row:
    return {
        "00080060": _element("CS", row.modality),
        "0008103E": _element("LO", row.description),
        "00081190": _element("UR", f"{base}/studies/{row.study.uid}/series/{row.uid}"),
        "0020000D": _element("UI", row.study.uid),
        "0020000E": _element("UI", row.uid),
        "00200011": _element("IS", row.number),
        "00201209": _element("IS", getattr(row, "instance_count", None)),
    }


def _answer(
    request: HttpRequest, query: matching.Query, rows: list[Row] | bytes, *, more: bool = False
) -> HttpResponse:
    response = media.answer_json(request, rows)
    notes = []
    if query.unknown:
        notes.append("some attributes are not known here and were not looked at")
    if more:
        notes.append("there are more results than were sent: ask with limit and offset")
    if notes:
        response["Warning"] = ", ".join(f'299 second-opinion "{each}"' for each in notes)
    return response


def _page(rows: list[Row], query: matching.Query) -> tuple[list[Row], bool]:
    end = query.offset + query.limit
    return rows[query.offset : end], len(rows) > end


def _trimmed(row: Row, kept: set[str], query: matching.Query) -> Row:
    if query.everything:
        return dict(sorted(row.items()))
    asked = {path[0] for path in query.filters} | {path[0] for path in query.include}
    tags = sorted(kept | asked)
    return {tag: row[tag] if tag in row else {"vr": matching.vr_of(tag)}
            for tag in tags if tag in row or tag in asked}  # fmt: skip


def _searching(request: HttpRequest, caller: Caller) -> matching.Query | HttpResponse:
    if not media.takes_json(request):
        return media.refused(406, "Answers here are application/dicom+json.")
    try:
        query = matching.parse(request.GET)
    except matching.BadQuery:
        return media.refused(400, "limit and offset are whole numbers.")
    seen.note(caller, seen.LISTED, [caller.case])
    return query


def _firsts(series: Iterable[Series]) -> dict[Any, Row]:
    """Return the headers of the first instance of each series, without what is the instance's."""
    rows = queries.first_instances([each.pk for each in series])
    describe(rows)
    return {row.series_id: json_of(row) for row in rows}


@of_case
@require_safe
def studies(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Answer the studies of the case; one number under two patients is two studies."""
    query = _searching(request, caller)
    if isinstance(query, HttpResponse):
        return query
    rows = [
        _trimmed(row, _STUDY, query)
        for row in _study_rows(caller).values()
        if matching.fits(row, query)
    ]
    page, more = _page(rows, query)
    return _answer(request, query, page, more=more)


def _study_rows(caller: Caller, uid: str = "") -> dict[Any, Row]:
    """Return the studies of a case by their keys in the index, each with its common headers."""
    found = queries.studies_for_case(caller.case)
    if uid:
        found = found.filter(uid=uid)
    series: dict[Any, list[Series]] = {}
    here = queries.series_for_case(caller.case).filter(study__in=found.values("pk"))
    for each in here.order_by("number", "uid"):
        series.setdefault(each.study_id, []).append(each)
    heads = _firsts(rows[0] for rows in series.values())
    base = base_of(caller.case)
    answer = {}
    for row in found:
        own = series.get(row.pk, [])
        head = heads.get(own[0].pk, {}) if own else {}
        common = {tag: head[tag] for tag in head if tag in _STUDY or tag[:4] in {"0010", "0032"}}
        answer[row.pk] = common | _of_study(row, base, {each.modality for each in own})
        answer[row.pk].setdefault("00100010", _element("PN", row.patient_name))
    return answer


@of_case
@require_safe
def series(request: HttpRequest, caller: Caller, study: str = "") -> HttpResponse:
    """Answer the series of a study, or of the whole case with what is their study's."""
    query = _searching(request, caller)
    if isinstance(query, HttpResponse):
        return query
    found = list(
        queries.series_of_study(caller.case, study, query.take("00100020"))
        if study
        else queries.series_for_case(caller.case)
    )
    heads = _firsts(found)
    of_studies = _study_rows(caller, study)
    base = base_of(caller.case)
    rows = []
    for each in found:
        head = heads.get(each.pk, {})
        row = {tag: value for tag, value in head.items() if tag[:4] not in {"0028", "7FE0"}}
        rows.append(row | of_studies[each.study_id] | _of_series(each, base))
    kept = _SERIES | {"0020000D"} | (set() if study else _STUDY)
    page, more = _page([row for row in rows if matching.fits(row, query)], query)
    return _answer(request, query, [_trimmed(row, kept, query) for row in page], more=more)


@of_case
@require_safe
def instances(
    request: HttpRequest, caller: Caller, study: str = "", series: str = ""
) -> HttpResponse:
    """Answer the instances of a series, a study or the whole case."""
    query = _searching(request, caller)
    if isinstance(query, HttpResponse):
        return query
    found = queries.shown(caller.case, study=study, series=series, patient=query.take("00100020"))
    asked = dict(query.filters)
    for tag, column in _TEXT_FILTERS.items():
        wanted = asked.get((tag,), "")
        if wanted and not set(wanted) & {"*", "?"}:
            found = found.filter(**{f"{column}__in": wanted.replace("\\", ",").split(",")})
            asked.pop((tag,))
    number = asked.get(("00200013",), "")
    if number.isdecimal():
        found = found.filter(number=int(number))
        asked.pop(("00200013",))
    columns_only = not query.everything and all(
        len(path) == 1 and path[0] in {*_COLUMNS, *_NAMES} for path in query.include
    )
    if not asked and columns_only:
        return _from_columns(request, caller, query, found)
    return _from_headers(request, caller, query, found.select_related("blob__space"), asked)


def _from_columns(
    request: HttpRequest, caller: Caller, query: matching.Query, found: Any
) -> HttpResponse:
    """Answer from the index alone: the headers are not read."""
    end = query.offset + query.limit
    rows = list(
        found.values_list(
            "series__study__uid", "series__uid", "series__modality", *_COLUMNS.values()
        )[query.offset : end + 1]
    )
    base = f"{base_of(caller.case)}/studies/"
    pieces = [
        (
            f'{{"00080016":{{"vr":"UI","Value":["{sop_class}"]}},'
            f'"00080018":{{"vr":"UI","Value":["{uid}"]}},'
            '"00080056":{"vr":"CS","Value":["ONLINE"]},'
            f'"00080060":{{"vr":"CS"{_one(modality)}}},'
            f'"00081190":{{"vr":"UR","Value":["{base}{study}/series/{series}/instances/{uid}"]}},'
            f'"0020000D":{{"vr":"UI","Value":["{study}"]}},'
            f'"0020000E":{{"vr":"UI","Value":["{series}"]}},'
            f'"00200013":{{"vr":"IS"{_whole(number)}}}'
            + (f',"00280008":{{"vr":"IS","Value":[{frames}]}}' if frames else "")
            + (f',"00280010":{{"vr":"US","Value":[{high}]}}' if high else "")
            + (f',"00280011":{{"vr":"US","Value":[{wide}]}}' if wide else "")
            + (f',"00280100":{{"vr":"US","Value":[{bits}]}}' if bits else "")
            + "}"
        )
        for study, series, modality, sop_class, uid, number, frames, high, wide, bits in rows[
            : query.limit
        ]
    ]
    body = f"[{','.join(pieces)}]".encode()
    return _answer(request, query, body, more=len(rows) > query.limit)


def _one(value: str) -> str:
    return f',"Value":[{json.dumps(value)}]' if value else ""


def _whole(value: int | None) -> str:
    return "" if value is None else f',"Value":[{value}]'


def _from_headers(
    request: HttpRequest,
    caller: Caller,
    query: matching.Query,
    found: Any,
    asked: dict[tuple[str, ...], str],
) -> HttpResponse:
    """Answer with attributes that only the headers have."""
    rest = matching.Query(filters=asked, fuzzy=query.fuzzy)
    base, rows, end = base_of(caller.case), [], query.offset + query.limit + 1
    for each in found.iterator(chunk_size=500):
        row = json_of(each) | {"00080056": _element("CS", "ONLINE"),
                               "00081190": _element("UR", address_of(base, each))}  # fmt: skip
        if matching.fits(row, rest):
            rows.append(_trimmed(row, {*_COLUMNS, *_NAMES, "00080056", "00081190"}, query))
        if len(rows) >= end:
            break
    page, more = _page(rows, query)
    return _answer(request, query, page, more=more)


def base_of(case: Case) -> str:
    """Return the address of a case's service, as the settings name the site."""
    return f"{settings.SITE_URL.rstrip('/')}/dicomweb/{case.reference}"


def address_of(base: str, row: Instance) -> str:
    """Return the address of an instance."""
    series = row.series
    return f"{base}/studies/{series.study.uid}/series/{series.uid}/instances/{row.uid}"
