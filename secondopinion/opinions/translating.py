"""The translated report: its lines go to a translator, come back, and are signed as a translation.

The original prevails. What a person wrote is translated line by line; the house's own words come
from its catalogues, so that a report goes into the languages that the product speaks.
"""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.rules import check_factor
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.ids import short_code
from secondopinion.core.languages import enumerated
from secondopinion.opinions import compose, papers, sections, typeset
from secondopinion.opinions.meanings import meanings
from secondopinion.opinions.models import SignedReport
from secondopinion.opinions.pictures import pictures_of
from secondopinion.program import queries as program
from secondopinion.program.models import Disclaimer
from secondopinion.translation import actions as translations
from secondopinion.translation.models import Method, Translation, TranslationState
from secondopinion.translation.queries import comparisons, every_of_case

SUBJECT = "signedreport"
_TEXTS = (
    "summary", "change", "limitations", "diagnosis_text", "plan_text", "history", "findings",
    "tests", "answer",
)  # fmt: skip
_ROWS = {
    "sections": ("text",),
    "questions": ("answer", "declined"),
    "found": ("text", "reason"),
    "options": ("name", "pros", "cons"),
    "key_images": ("caption",),
    "panel": ("dissent",),
}
_HOUSE = ("diagnosis", "plan", "operation", "urgency", "sex", "country")
_DATE = "%d %B %Y"  # as `compose` writes a day in English


def _places(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each text of a document that a person wrote: what holds it, and under which name."""
    for name in _TEXTS:
        if document.get(name, "").strip():
            yield document, name
    for rows, names in _ROWS.items():
        for row in document.get(rows, ()):
            for name in names:
                if row.get(name, "").strip():
                    yield row, name


def lines_of(document: dict[str, Any]) -> list[str]:
    """Return the lines of a signed document that are translated."""
    found = []
    for row, name in _places(document):
        found += [line.strip() for line in row[name].split("\n") if line.strip()]
    return found


def in_language(document: dict[str, Any], lines: list[str], language: str) -> dict[str, Any]:
    """Return a signed document with its lines in another language, in their order.

    Raises:
        Refused: there are more or fewer lines than in the original.
    """
    wanted = len(lines_of(document))
    if len(lines) != wanted:
        raise Refused(
            _("The translation has %(found)s lines, and the report has %(wanted)s.")
            % {"found": len(lines), "wanted": wanted},
            code="lines-differ",
        )
    made, rest = deepcopy(document), iter(lines)
    for row, name in _places(made):
        row[name] = "\n".join(next(rest) if line.strip() else "" for line in row[name].split("\n"))
    if "summary" in made:
        made["sections"] = sections.in_document(made)
    titles = {each["titles"].get(document["language"]): each["titles"]
              for each in made.get("sections", ())}  # fmt: skip
    with override(language):
        for name in _HOUSE:
            made[name] = _house(made.get(name, ""))
        for each in (
            *made.get("records", ()),
            *made.get("images", ()),
            *made.get("key_images", ()),
        ):
            each |= {part: _house(each[part]) for part in ("kind", "date", "language", "read")
                     if part in each}  # fmt: skip
        for name in ("birth_date", "signed_on", "replaces_signed_on"):
            made[name] = _house(made.get(name, ""))
        for each in made.get("panel", ()):
            each["sections"] = [
                program.in_language(titles[label]) if label in titles else _house(label)
                for label in each["sections"]
            ]
    quoted = (made.get("local_diagnosis_words", {}), made.get("question_words", {}))
    for each in (*made.get("questions", ()), *quoted):
        each |= {"translated": "", "translated_how": ""}  # they are in the report's first language
    if made.get("as_told_how"):
        made["as_told_how"] = ""  # in the report's first language, too
    made["language"] = language
    return made | {"words": meanings(made)}


def _house(words: str) -> str:
    """Return words of the house in the language that is active; what is not of the house stays."""
    try:
        return date_format(datetime.strptime(words, _DATE).date())  # noqa: DTZ007
    except ValueError:
        return gettext(words) if words.strip() else words


@transaction.atomic
def ask(
    *, by: Person, report: SignedReport, language: str, translator: Person | None,
    reviewer: Person | None, machine: bool = False,
) -> Translation:  # fmt: skip
    """Ask for a signed document in another language.

    Raises:
        NotYours: by somebody who is not the case's coordinator.
        Refused: the product does not speak the language, a machine's draft has no reviewer, or as
            `translation.actions.ask` says.
    """
    if report.kind in {SignedReport.Kind.TRANSLATION, SignedReport.Kind.LETTER}:
        raise NotYours
    if language not in dict(settings.LANGUAGES):
        raise Refused(
            _("A report can be had in these languages: %(names)s")
            % {"names": enumerated(name for _code, name in settings.LANGUAGES)},
            code="language",
            field="language",
        )
    if machine and reviewer is None:
        raise Refused(
            _("What a machine drafts needs a reviewer."), code="no-reviewer", field="reviewer"
        )
    return translations.ask(
        by=by, case=report.case, subject=report,
        title=f"{report.get_kind_display()} {report.number}",
        original="\n".join(lines_of(report.body)), source_language=report.language,
        language=language, translator=translator, reviewer=reviewer, machine=machine,
    )  # fmt: skip


def of_reports(case: Case) -> list[tuple[Translation, str]]:
    """Return the translations of a case's reports, withdrawn ones too, each with what stops it from
    being signed ("": nothing)."""
    signed = SignedReport.objects.filter(
        translates=OuterRef("subject_id"), language=OuterRef("language")
    )
    rows = every_of_case(case).filter(~Exists(signed), subject_kind=SUBJECT)
    return [(row, obstacle(row)) for row in rows]


def obstacle(translation: Translation) -> str:
    """Return why a translation cannot be signed now; "" when it can."""
    if translation.state == TranslationState.REVIEWED:
        return ""
    if translation.state == TranslationState.WITHDRAWN:
        return gettext("It is withdrawn.")
    if translation.state != TranslationState.WRITTEN:
        return gettext("It is not finished yet.")
    if translation.method == Method.MACHINE:
        return gettext("A machine drafted it: a reviewer has to check it.")
    done = comparisons(translation)[""]
    if done is None or any(each.alarm for each in done.mismatches):
        return gettext("The checks doubt something, so a reviewer has to check it.")
    return ""


def for_signing(case: Case, translation: Translation) -> SignedReport:
    """Return the report whose translation is to be signed.

    Raises:
        NotYours: it is of another case, or of a record.
    """
    found = case.signed_reports.filter(pk=translation.subject_id).first()
    if translation.subject_kind != SUBJECT or found is None:
        raise NotYours
    return found


def summary_in(translation: Translation, report: SignedReport) -> str:
    """Return the summary for the family in the words of a translation; "" while its lines are not
    those of the report, or there is none."""
    try:
        turned = in_language(report.body, _lines(translation), translation.language)
    except Refused:
        return ""
    return str(turned.get("summary", ""))


def _lines(translation: Translation) -> list[str]:
    return [line.strip() for line in translation.text.split("\n") if line.strip()]


def sign(
    *, by: Person, translation: Translation, reauthenticated_at: datetime | None
) -> SignedReport:
    """Sign a translation in the program's name; it goes to whom the report was delivered.

    Raises:
        NotYours: by somebody who is not the case's coordinator.
        Refused: it is not ready, its lines are not those of the report, a sign cannot be printed,
            or the second factor was not given just now.
        Conflict: the report is in this language already.
    """
    case = translation.case
    require(case, by, Part.COORDINATOR)
    check_factor(reauthenticated_at)
    report = for_signing(case, translation)
    if stopped := obstacle(translation):
        raise Refused(stopped, code="translation-open")
    if signs := typeset.unprintable(translation.text.replace("\n", "")):
        raise Refused(
            _("These signs cannot be printed: %(signs)s. Write them in words.") % {"signs": signs},
            code="unprintable",
        )
    lines = _lines(translation)
    language, now = translation.language, clock.now()
    code = short_code(papers.CODE_LENGTH)
    with override(language):
        head = compose.issued(code, now) | {"signed_on": date_format(program.program().local(now))}
        name = f"{program.program().name} · {program.program().hospital}"
        document = in_language(report.body, lines, language) | head | {
            "hospital": program.program().hospital, "program": program.program().name,
            "disclaimer": _disclaimer(report.body, language),
            "translation": _told(translation, report, name),
        }  # fmt: skip
    paper = papers.signed(case, name, document, pictures_of(report), papers.REASON_TRANSLATION, now)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        if report.translations.filter(language=language).exists():
            raise Conflict(_("The report is in this language already."), code="state-changed")
        made = paper.keep(case=case, kind=SignedReport.Kind.TRANSLATION, by=by, translates=report)
        audit.record(
            "translation-signed", by=by, case_id=case.pk, target=made,
            detail={"digest": made.digest, "language": language},
        )  # fmt: skip
        if report.deliveries.exists():
            papers.hand_out(made, by)
    return made


def _disclaimer(document: dict[str, Any], language: str) -> str:
    """Return the disclaimer of a report in a language, where its version has it."""
    version = document.get("disclaimer_version", "")
    found = Disclaimer.objects.filter(version=version, language=language).first()
    return found.text if found else str(document.get("disclaimer", ""))


def _told(translation: Translation, report: SignedReport, name: str) -> dict[str, str]:
    """Return what a translation says of itself: of what, by whom, checked by whom."""
    people = (translation.made_by, translation.reviewed_by)
    made_by, reviewer = (each.full_name if each else "" for each in people)
    return {
        "of": report.code,
        "of_language": compose.language_name(report.language),
        "signed_on": date_format(report.signed_on),
        "made_by": made_by,
        "machine": "yes" if translation.engine else "",
        "reviewed_by": reviewer,
        "signed_by": name,
    }
