"""The page where many specialists are brought in from a table: looked at first, then written."""

from collections import Counter

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secondopinion.accounts.models import Role
from secondopinion.core.errors import Refused
from secondopinion.experts.models import Kind
from secondopinion.program import queries as program
from secondopinion.staffing.importing import BETWEEN, COLUMNS, NEEDED, bring_in
from secondopinion.web.access import PersonRequest, staff

MOST_BYTES = 1024**2


def _text(request: PersonRequest) -> str:
    file = request.FILES.get("table")
    if not isinstance(file, UploadedFile):
        return request.POST.get("text", "")
    if file.size is None or file.size > MOST_BYTES:
        raise Refused(_("This file is too large for a table of specialists."))
    data = file.read()
    for coding in ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig",):
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("The letters of this file cannot be read. Save it as CSV in UTF-8."))


def _keys() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what is written by its key, under the name of its column: each key with its name."""
    fields = [(row.key, program.in_language(row.names)) for row in program.specialties()]
    groups = [(row.key, program.in_language(row.names)) for row in program.conditions()]
    kinds = [(value, str(label)) for value, label in Kind.choices]
    return [("specialties", fields), ("groups", groups), ("kinds", kinds)]


@staff(Role.ADMINISTRATOR)
def bring(request: PersonRequest) -> HttpResponse:
    """Show what a table would do, line by line; write it when asked to."""
    context: dict[str, object] = {
        "columns": COLUMNS, "needed": NEEDED, "between": BETWEEN, "keys": _keys(),
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "admin/import.html", context)
    write = request.POST.get("what") == "write"
    try:
        text = _text(request)
        lines = bring_in(by=request.user, text=text, only_look=not write)
    except Refused as refused:
        context |= {"text": request.POST.get("text", ""), "refused": refused.message}
        return render(request, "admin/import.html", context, status=400)
    counts = Counter(each.outcome for each in lines)
    if write and not counts["wrong"]:
        done = counts["new"] + counts["changed"]
        words = ngettext("%(count)s specialist was written.", "%(count)s specialists were written.",
                         done)  # fmt: skip
        messages.success(request, words % {"count": done})
        return redirect("staff")
    context |= {"text": text, "lines": lines, "counts": counts}
    return render(request, "admin/import.html", context, status=400 if counts["wrong"] else 200)
