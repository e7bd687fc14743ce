"""The page of the program: every setting, what a change means, and what was changed."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused
from secondopinion.program import actions, glossaries, queries
from secondopinion.program.models import Change, Program
from secondopinion.program.sections import SECTIONS, is_shipped
from secondopinion.web.access import PersonRequest, staff
from secondopinion.web.admin.forms import SettingsForm, refuse
from secondopinion.web.admin.parts import PARTS, Part, difference, line, shown, title_of

_may = staff(*actions.MAY_CHANGE)


@_may
def overview(request: PersonRequest) -> HttpResponse:
    """Show every section as it stands, and what asks to be looked at."""
    sections = [
        {
            "part": part,
            "lines": shown(key, value) if not part.rows else [],
            "count": len(value) if part.rows else 0,
            "example": is_shipped(key),
        }
        for key, part in PARTS.items()
        if (value := SECTIONS[key].read()) is not None
    ]
    context = {
        "sections": sections,
        "settings": Program.objects.get(),
        "to_check": [(key, len(old)) for key in CHECKED if (old := _old(key))],
    }
    return render(request, "admin/program.html", context)


def _part(section: str) -> Part:
    if section not in PARTS:
        raise Http404
    return PARTS[section]


@_may
def section(request: PersonRequest, section: str) -> HttpResponse:
    """Show a section: its form, or its rows."""
    part = _part(section)
    value = SECTIONS[section].read()
    if not part.rows:
        return _edit(request, part, value, lambda filled: filled)
    old = _old(section)
    rows = [
        (number, line(section, row), _about(section, row) in old)
        for number, row in enumerate(value)
    ]
    context = {"part": part, "rows": rows, "revision": Program.objects.get().revision}
    return render(request, "admin/rows.html", context)


CHECKED = ("rules", "guardians")  # the sections whose rows somebody has checked on a day


def _old(section: str) -> set[tuple[str, ...]]:
    """Return what those rules of a section are about that ask to be checked again."""
    if section == "guardians":
        return {(str(row.country),) for row in queries.guardian_rules_to_check()}
    if section != "rules":
        return set()
    return {
        (str(row.country), row.specialty.key if row.specialty else "", row.residence)
        for row in queries.rules_to_check()
    }


def _about(section: str, row: dict[str, Any]) -> tuple[str, ...]:
    if section not in CHECKED:
        return ()
    return tuple(row[name] for name in ("country", "specialty", "residence") if name in row)


@_may
def row(request: PersonRequest, section: str, number: int | None = None) -> HttpResponse:
    """Show a row of a section to be changed or taken away, or an empty one to be added."""
    part = _part(section)
    value = SECTIONS[section].read() if part.rows else []
    known = number is not None and number < len(value)
    if not part.rows or (number is not None and not known):
        raise Http404
    others = [each for place, each in enumerate(value) if place != number]
    if request.method == "POST" and "remove" in request.POST and not part.added_only:
        actions.change(by=request.user, section=section, value=others, revision=_revision(request))
        messages.success(request, _("It is taken away. The list of changes keeps what it was."))
        return redirect("program-section", section)
    place = len(value) if number is None else number
    if request.method == "POST" and "checked" in request.POST and section in CHECKED and known:
        again = value[place] | {
            "checked_on": clock.today().isoformat(), "checked_by": str(request.user),
        }  # fmt: skip
        actions.change(
            by=request.user, section=section, value=[*others[:place], again, *others[place:]],
            revision=_revision(request),
        )  # fmt: skip
        messages.success(request, _("Noted: checked today by you, and it stays as it is."))
        return redirect("program-section", section)

    def whole(filled: Any) -> Any:
        return [*others[:place], filled, *others[place:]]

    start = value[number] if number is not None else {}
    return _edit(request, part, start, whole, row=number, last=section == "disclaimers")


def _revision(request: PersonRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() else -1


def _edit(
    request: PersonRequest, part: Part, start: Any, whole: Any, *, row: int | None = None,
    last: bool = False,
) -> HttpResponse:  # fmt: skip
    """Show a form of a section or a row of it and save what was filled in."""
    revision = Program.objects.get().revision
    initial = part.form.flat(start) if start else {}
    form: SettingsForm = part.form(request.POST or None, initial=initial | {"revision": revision})
    fixed = last and row is not None
    status = 200
    if request.method == "POST" and not fixed and form.is_valid():
        try:
            actions.change(
                by=request.user, section=part.key, value=whole(form.value()),
                revision=form.cleaned_data["revision"],
            )  # fmt: skip
        except Conflict as conflict:
            refuse(form, "", str(conflict.message))
            status = 409
        except Refused as refused:
            refuse(form, refused.field, str(refused.message))
            status = 400
        else:
            messages.success(request, _("Saved. It holds from now on."))
            return redirect("program-section" if part.rows else "program", *_to(part))
    context = {
        "part": part, "form": form, "row": row, "fixed": fixed, "revision": revision,
        "checked": row is not None and part.key in CHECKED,
    }  # fmt: skip
    return render(request, "admin/edit.html", context, status=status)


def _to(part: Part) -> list[str]:
    return [part.key] if part.rows else []


@_may
@require_POST
def logo(request: PersonRequest) -> HttpResponse:
    """Keep another logo, or none."""
    file = request.FILES.get("logo")
    data = file.read() if isinstance(file, UploadedFile) else b""
    if not data and "remove" not in request.POST:
        raise Refused(_("Choose a file first."))
    actions.set_logo(by=request.user, data=data, revision=_revision(request))
    messages.success(request, _("Saved. It holds from now on."))
    return redirect("program")


@_may
def glossary_file(_request: PersonRequest, form: str) -> HttpResponse:
    """Give the glossary as a file that translators' programs read."""
    if form not in glossaries.FORMS:
        raise Http404
    data = glossaries.written(SECTIONS["glossary"].read(), form)
    name = {"Content-Disposition": f'attachment; filename="glossary.{form}"'}
    return HttpResponse(data, content_type=glossaries.FORMS[form], headers=name)


@_may
@require_POST
def glossary_add(request: PersonRequest) -> HttpResponse:
    """Take the words of a file into the glossary; what is there of the same words is replaced."""
    file = request.FILES.get("glossary")
    data = file.read() if isinstance(file, UploadedFile) else b""
    try:
        more = glossaries.rows_of(data)
    except glossaries.NotRead:
        raise Refused(
            _("This file is no glossary that we can read. Choose a TBX or TSV file.")
        ) from None
    value = glossaries.together(SECTIONS["glossary"].read(), more)
    actions.change(by=request.user, section="glossary", value=value, revision=_revision(request))
    words = ngettext("%(count)s word was read.", "%(count)s words were read.", len(more))
    messages.success(request, words % {"count": len(more)})
    return redirect("program-section", "glossary")


@_may
def changes(request: PersonRequest) -> HttpResponse:
    """Show what was changed, by whom and when, and put earlier values back."""
    if request.method == "POST":
        number = request.POST.get("number", "")
        found = get_object_or_404(Change, revision=number if number.isdecimal() else 0)
        actions.take_back(by=request.user, number=found.revision, revision=_revision(request))
        messages.success(request, _("The earlier values are back."))
        return redirect("program-changes")
    page = Paginator(queries.changes(), 30).get_page(request.GET.get("page"))
    rows = [
        (each, title_of(each.section), *difference(each.section, each.before, each.after))
        for each in page
    ]
    context = {"page": page, "rows": rows, "revision": Program.objects.get().revision}
    return render(request, "admin/changes.html", context)
