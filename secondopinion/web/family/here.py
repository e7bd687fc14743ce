"""What has been sent to a case so far, as its pages list it: records, images, files not kept."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from secondopinion.arrivals import queries as arrived
from secondopinion.arrivals.models import ArrivedFile, Upload, UploadState
from secondopinion.arrivals.words import say
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import ENDED, State
from secondopinion.core.lists import as_rows, listed
from secondopinion.findings.models import Finding
from secondopinion.imaging import naming
from secondopinion.program import queries as program
from secondopinion.program.models import ChecklistTemplate
from secondopinion.records import queries as records
from secondopinion.records import retaking
from secondopinion.records.models import Record
from secondopinion.web import images
from secondopinion.web.access import PersonRequest

_SHOWN = 50  # files or findings of a kind that a page lists
_FINDING = ("id", "code", "subject_kind", "subject_id", "where", "message", "advice", "check_name",
            "measured", "told")  # fmt: skip


def files_context(
    request: PersonRequest, case: Case, beside: dict[str, Combinable] | None = None
) -> dict[str, Any]:
    """Return what the lists of records and images show. `beside` are columns of the case that the
    page needs too: they come in the same query, under their names."""
    problems, set_aside = arrived.not_kept(case, _SHOWN)
    rows = records.with_sheets(
        records.listed_for(case, request.user, request.parts).select_related("sent_by")
    )
    seen = _seen(case, request, beside or {})
    seen["unfinished"] = arrived.with_half(case, request.user, seen["unfinished"])
    findings = as_rows(Finding, seen.pop("findings_here"))
    taken_out = seen.pop("taken_out_here")
    if not records.finds_out_whose(request.parts):  # of what is locked away, nothing is said
        listed_ones = {row.pk for row in rows}
        findings = [
            row for row in findings
            if row.subject_kind != "record" or row.subject_id in listed_ones
        ]  # fmt: skip
    shown = images.listed(case, request.parts)
    if Part.COORDINATOR in request.parts:
        findings = []  # the desk reads them among its records, with what it can do about each
    told = naming.named(records.placed(findings, rows), shown["series"])
    return {
        **seen,
        **shown,
        "records": rows,
        "taken_out": as_rows(Record, taken_out) if _may_take_out(case, request) else [],
        "findings": _with_a_way(
            _one_of_each(told)[:_SHOWN], case, request, images=shown["may_remove"]
        ),
        "problems": _named(problems[:_SHOWN]),
        "set_aside": _named(set_aside[:_SHOWN]),
        "set_aside_more": len(set_aside) > _SHOWN,
        "here": request.path,
        "draft": case.state == State.DRAFT,
        "opens": bool(request.parts & {Part.FAMILY, Part.LOCAL_PROVIDER}),
    }


def called_for(case: Case) -> list[ChecklistTemplate]:
    """Return the records and images that a request of this field calls for, as far as that is known
    before it is sent."""
    rows = program.checklist_for(case.specialty_id)
    return [row for row in rows if row.kind != ChecklistTemplate.Kind.FACT]


def to_look_at(case: Case) -> int:
    """Return how many things ask something of the family after it has sent its request."""
    rows = _of_family().filter(case=case).only("case", *_FINDING)
    return len({_thing(row) for row in rows if not row.measured.get("answered") and not row.told})


def _thing(row: Finding) -> tuple[Any, ...]:
    """Return what a finding asks to look at: a study, a document of which it is asked whose it is,
    a page, or something else."""
    if row.subject_kind in {"series", "study"}:
        return ("images", row.where.get("study") or str(row.subject_id))
    if row.whose:
        return ("whose", row.subject_id)
    return (row.subject_id, row.code, row.message, row.where.get("page"))


def _one_of_each(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding for each thing, with what `more` is said of it; a document whose pages are
    all asked the same of is named without a page."""
    found: dict[tuple[Any, ...], Finding] = {}
    for row in findings:
        first = found.setdefault(_thing(row), row)
        more = vars(first).setdefault("more", [])
        if first is row:
            continue
        if row.where.get("page") != first.where.get("page"):
            vars(first)["page"] = None
        if row.message not in {each.message for each in (first, *more)}:
            more.append(row)
    return list(found.values())


def _of_family() -> QuerySet[Finding]:
    """Return the findings that a family is told."""
    return Finding.objects.filter(state="open").exclude(
        Q(severity="info") | Q(subject_kind="translation")  # what others translated is not theirs
    )


def _seen(case: Case, request: PersonRequest, beside: dict[str, Combinable]) -> dict[str, Any]:
    """Return in one query what is counted or listed of a case, and the columns beside."""
    received = Upload.objects.filter(case=OuterRef("pk"), state=UploadState.RECEIVED).order_by()
    waiting = received.values("case").annotate(many=Count("pk")).values("many")
    unfinished = arrived.unfinished_of(request.user)
    unread = records.unread(OuterRef("pk")).order_by().values("record__case")
    columns = {
        "waiting": Coalesce(Subquery(waiting), 0)
        + Coalesce(Subquery(unread.annotate(many=Count("pk")).values("many")), 0),
        "unfinished": listed(unfinished, "case", "key", "label", "here", "length", outer="pk"),
        "taken_out_here": records.taken_out(),
        "findings_here": listed(_of_family(), "case", *_FINDING, outer="pk"),
        **beside,
    }
    return dict(Case.objects.filter(pk=case.pk).annotate(**columns).values(*columns).get())


def _may_take_out(case: Case, request: PersonRequest) -> bool:
    return case.state == State.DRAFT and Part.FAMILY in request.parts


def _with_a_way(
    findings: list[Finding], case: Case, request: PersonRequest, *, images: bool
) -> list[Finding]:
    """Note on each finding whether its page may be sent `again`, where it cannot be read, whether
    the family `may_tell` whose the document is, and whether it `may_take_out` the `images`."""
    going_on = case.state not in ENDED
    family = Part.FAMILY in request.parts and not case.read_only
    for row in findings:
        legible = row.check_name != retaking.CHECK
        vars(row)["again"] = bool(vars(row)["page"]) and not legible and going_on
        vars(row)["may_tell"] = family and going_on and row.whose and row.subject_kind == "record"
        said = (row, *vars(row).get("more", ()))
        vars(row)["may_take_out"] = (
            images and "images" in vars(row) and any(each.whose for each in said)
        )
    return findings


def _named(files: Iterable[ArrivedFile]) -> list[tuple[str, str]]:
    """Return names with the sentence on each, what was sent twice once."""
    return list(dict.fromkeys((each.name, str(say(each.code))) for each in files))
