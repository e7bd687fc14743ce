"""The second reader's page: what was asked and sent, their judgement, the draft."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import Refused
from secondopinion.experts.reading import told_to
from secondopinion.findings.queries import limitations_for
from secondopinion.imaging import queries as imaging
from secondopinion.imaging.naming import named
from secondopinion.opinions import body as fields
from secondopinion.opinions import second, seconding
from secondopinion.opinions.models import SecondReading
from secondopinion.records import marking
from secondopinion.records import queries as records
from secondopinion.records.valuing import valued, values_on
from secondopinion.translation.models import Method
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.expert import growth, story
from secondopinion.web.expert.foreign import mark_foreign
from secondopinion.web.lab_values import SMALL, doubtful_first, series_of
from secondopinion.web.signin.factor import FactorForm

_CHOICES = {name: fields.CHOICES[name] for name in seconding.JUDGED}


def judged(reading: SecondReading) -> list[tuple[str, str]]:
    """Return what a blinded reader judged before they saw the draft, as labels and words."""
    words = fields.in_words({name: reading.own.get(name, "") for name in _CHOICES})
    body = second.words_read(reading)
    rows = [(fields.label_of(name, body), said) for name, said in words.items() if said]
    if text := reading.own.get("words", ""):
        rows.append((_("In their words"), text))
    return rows


def _draft(case: Case, reading: SecondReading) -> list[tuple[str, str]]:
    """Return what a draft says as it was given to its reader: labels and texts, questions first.

    What was chosen stands before its reasons: "agrees" before why.
    """
    body = second.words_read(reading)
    said = fields.in_words(body)
    texts = fields.texts_in(case, body)
    with_choices = [each for name in texts for each in (name.removesuffix("_text"), name)]
    names = dict.fromkeys([*with_choices, *fields.CHOICES])
    return [
        (fields.label_of(name, body), said[name]) for name in names if said.get(name, "").strip()
    ]


def _answered(request: PersonRequest, reading: SecondReading, form: FactorForm) -> bool:
    """Do what the reader's button says; say whether it was done."""
    comments = request.POST.get("comments", "")
    if "judge" in request.POST:
        seconding.judge(by=request.user, reading=reading, given=request.POST.dict())
    elif "return" in request.POST:
        seconding.give_back(by=request.user, reading=reading, comments=comments)
        messages.success(request, _("The report is back with its author."))
    elif form.is_valid():
        try:
            seconding.countersign(
                by=request.user, reading=reading, comments=comments, reauthenticated_at=form.at
            )
        except Refused as refused:
            form.add_error(None, str(refused.message))
            return False
        messages.success(request, _("You have countersigned the report. Its author can sign it."))
    else:
        return False
    return True


@of_case(Part.SECOND_READER)
def reading(request: PersonRequest, case: Case) -> HttpResponse:
    """Show what was asked and sent, and the draft beside it; take what the reader says."""
    row = second.reading_for(case, request.user)
    form = FactorForm(request, request.POST or None)
    if request.method == "POST" and _answered(request, row, form):
        return redirect("second-reading", case.reference)
    audit.record("second-reading-opened", by=request.user, case_id=case.pk, target=row)
    read = records.with_files(valued(records.readable(case)))
    documents = list(records.with_pages(records.with_translations(read)))
    images = list(imaging.series_for_case(case))
    values = values_on(case, documents)
    findings = named(records.placed(limitations_for(case), documents), images)
    marking.mark_all(documents, findings)
    hidden = second.is_hidden(row)
    words = told_to(request.user, case)
    mark_foreign(documents, words)
    context = {
        "case": case,
        "in_words": words,
        "reading": row,
        "form": form,
        "comments": request.POST.get("comments", ""),
        "hidden": hidden,
        "own": judged(row),
        "choices": [
            (name, fields.label_of(name, row.opinion.body), each.items())
            for name, each in _CHOICES.items()
        ],
        "asked": list(case.questions.all()),
        "story": story.story(story.events_of(case, documents, images, values)),
        "laboratory": doubtful_first(series_of(values, SMALL)),
        "growth": growth.charts(case),
        "records": documents,
        "methods": dict(Method.choices),
        "series": [each for each in images if imaging.images_of(each)],
        "findings": findings,
        "reasons": [second.REASONS[each] for each in row.reasons],
    }
    if not hidden:
        context |= {"draft": _draft(case, row), "key_images": row.opinion.key_images.all()}
    return render(request, "expert/reading.html", context)
