"""Puts the signed document together: facts of the case, what the specialist wrote, what limits it.

The result is plain JSON: it is what is typeset, and it is kept with the signed report.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _
from django_countries.fields import Country

from secondopinion.accounts.models import Person
from secondopinion.accounts.rules import age_on
from secondopinion.cases.models import Case, Consent, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock, dates
from secondopinion.experts.queries import profile
from secondopinion.findings.queries import limitations_for
from secondopinion.imaging import queries as imaging
from secondopinion.imaging.naming import named
from secondopinion.opinions import coded, panels, second, sections
from secondopinion.opinions.beginning import is_as_told, translations_told
from secondopinion.opinions.body import AGREEMENT, LEFT_OUT, OPERATION, OPTIONS, URGENCY, WORDING
from secondopinion.opinions.meanings import meanings
from secondopinion.opinions.models import Opinion
from secondopinion.program import queries as program
from secondopinion.program.models import Disclaimer, ReportTemplate
from secondopinion.records import queries as records
from secondopinion.records.models import Page
from secondopinion.translation.checks.languages import short_code
from secondopinion.translation.models import Translation
from secondopinion.translation.queries import made_of
from secondopinion.translation.told import FAMILY, Told, readings_of, reviewed

VERSION = 2
_UNSET = dict.fromkeys((0x2068, 0x2069))  # a name is set apart on pages: here by who typesets it
_OPTION_PARTS = ("name", "pros", "cons")


def _day(value: date | datetime | None) -> str:
    return dates.written(value) if value else _("no date")


def language_name(code: str) -> str:
    """Return the name of a language in the language that is active."""
    if not code:
        return _("language not said")
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def issued(code: str, at: datetime) -> dict[str, str]:
    """Return what stands in a document of its signature: when, and where it can be checked."""
    here = program.program().local(at)
    return {
        "signed_on": _day(here),
        "signed_at": here.strftime("%Y-%m-%d %H:%M UTC%:z"),
        "code": code,
        "verify": f"{settings.SITE_URL}/verify/{code}/",
    }


def letterhead(case: Case, author: Person, code: str, signed_at: datetime) -> dict[str, Any]:
    """Return what stands in every signed document: hospital, patient, author, code."""
    hospital, child, expert = program.program(), case.child, profile(author)
    return {
        "version": VERSION,
        "hospital": hospital.hospital,
        "program": hospital.name,
        "contact": f"{hospital.email} · {hospital.phone}",
        "reference": case.reference,
        "patient": child.full_name,
        "patient_latin": child.latin_name if child.latin_name != child.full_name else "",
        "birth_date": _day(child.birth_date),
        "age": str(age_on(child.birth_date, program.program().local(signed_at).date()))
        if child.birth_date
        else "",
        "sex": child.get_sex_display(),
        "country": str(Country(str(case.country)).name),
        "author": author.full_name,
        "title": expert.title if expert else "",
        "registration": expert.registration if expert else "",
    } | issued(code, signed_at)


def _how_read(made: Translation | None, language: str, read: frozenset[str]) -> str:
    """Say how a record was read: in the original, or in whose translation, checked by whom; of one
    in a language that none of its readers has said to `read`, that there is no translation."""
    if made is None:
        known = not language or short_code(language) in read
        return _("read in the original") if known else _("not translated")
    people = [each.full_name for each in (made.made_by, made.reviewed_by) if each is not None]
    return _in_whose_words(made.language, str(made.get_method_display()), people)


def _in_whose_words(language: str, how: str, people: Sequence[str]) -> str:
    words = f"{language_name(language)}: {how}"
    return f"{words} ({', '.join(people)})" if people else words


def limitations(case: Case, body: dict[str, str]) -> dict[str, Any]:
    """Return what checks found that limits the opinion: in the house's words or the author's; and
    what the author left out, with why."""
    found, left_out = [], []
    series = list(imaging.series_for_case(case))
    for row in named(records.placed(limitations_for(case)), series):
        place = records.place_of(row).translate(_UNSET)
        own = ": ".join(filter(None, (place, _(row.message))))
        worded = body.get(f"{WORDING}{row.pk.hex}", "").strip()
        told = {
            "text": own, "place": place, "message": row.message, "reason": row.reason,
            "risk": row.risk, "code": row.code,
        }  # fmt: skip
        if why := body.get(f"{LEFT_OUT}{row.pk.hex}", "").strip():
            left_out.append(told | {"why": why})
        else:
            found.append(told | ({"text": worded, "found_as": own, "reason": ""} if worded else {}))
    return {"found": found, "left_out": left_out}


def _in_words(home: Told, key: str, text: str, who: str = FAMILY) -> dict[str, str]:
    """Return the reviewed translation of a text that a report quotes, and how it was made; "" where
    there is none, or none is needed."""
    found = home.beside(key, text, who)
    if found is None or found.outdated or not found.text:
        return {"translated": "", "translated_how": ""}
    how = _in_whose_words(found.language, found.how, found.people)
    return {"translated": found.text, "translated_how": how}


def _came(source: str, limits: int, pages: Iterable[Page] = ()) -> dict[str, Any]:
    """Return from whom a record or a series came, and how good it is: how many of its pages are
    hard or impossible to read, how many limitations are about it."""
    legible = Counter(each.legibility for each in pages)
    return {
        "source": source if source in (Part.FAMILY, Part.LOCAL_PROVIDER) else "hospital",
        "quality": {
            "hard": legible[Page.Legibility.HARD],
            "unreadable": legible[Page.Legibility.UNREADABLE],
            "limits": limits,
        },
    }  # fmt: skip


def facts(case: Case) -> dict[str, Any]:
    """Return what is listed without the specialist: records and images."""
    made = made_of(case)
    limits = Counter(row.subject_id for row in limitations_for(case))
    read = frozenset().union(*(each.languages for each in readings_of(case)))
    return {
        "records": [
            {
                "title": row.title,
                "kind": str(row.get_kind_display()),
                "date": _day(row.dated),
                "language": language_name(row.language),
                "pages": records.pages_of(row),
                "read": _how_read(made.get(row.pk), row.language, read),
                **_came(row.source, limits[row.pk], row.pages.all()),
            }
            for row in records.with_pages(records.readable(case))
        ],
        "images": [
            {
                "title": " ".join(each for each in (row.modality, row.description) if each),
                "date": _day(row.study.date),
                "count": imaging.images_of(row),
                **_came(row.study.source, limits[row.pk] + limits[row.study_id]),
            }
            for row in imaging.series_for_case(case)
        ],
    }


def _template(template: ReportTemplate) -> dict[str, Any]:
    """Return what a document says of the template that it is written by."""
    return {
        "key": template.key, "version": template.version, "dated": template.dated.isoformat(),
        "names": template.names,
    }  # fmt: skip


def _who_asked(case: Case) -> dict[str, str]:
    """Return who asked for the opinion, the first of the family, and the local provider."""
    family = holders_of(case, Part.FAMILY).first()
    provider = getattr(case, "local_provider", None)
    named = (provider.full_name, provider.clinic) if provider else ()
    return {
        "requester": family.full_name if family else "",
        "provider": ", ".join(each for each in named if each),
    }


def document(opinion: Opinion, code: str, signed_at: datetime, language: str) -> dict[str, Any]:
    """Return the whole report as it will be typeset, in `language` where words are the house's."""
    case, body = opinion.case, opinion.body
    codes = {field: coded.chosen(body.get(field, "")) for field in coded.FIELDS}
    with override(language):
        accepted = (
            Consent.objects.filter(
                case=case, kind=Consent.Kind.DISCLAIMER, withdrawn_at__isnull=True
            )
            .order_by("created_at")
            .first()
        )
        version = accepted.version if accepted else program.disclaimer(language).version
        disclaimer = Disclaimer.objects.filter(
            version=version, language=language
        ).first() or program.disclaimer(language)
        home = reviewed(case, language)
        made = (
            letterhead(case, opinion.author, code, signed_at)
            | _who_asked(case)
            | facts(case)
            | limitations(case, body)
            | {
                **{field: coded.told(chosen) for field, chosen in codes.items()},
                "second_reader": second.told(second.countersigned(opinion)),
                "panel": panels.told(opinion),
            }
            | {
                "kind": "amendment" if opinion.amends else "opinion",
                "language": language,
                "replaces": opinion.amends.code if opinion.amends else "",
                "replaces_signed_on": _day(opinion.amends.signed_on) if opinion.amends else "",
                "change": body.get("change", "") if opinion.amends else "",
                "template": _template(sections.template_of(body)),
                "sections": sections.for_document(body),
                "questions": [
                    {
                        "number": row.number,
                        "text": row.text,
                        **_in_words(home, f"question-{row.number}", row.text),
                        "answer": body.get(f"answer_{row.number}", "").strip(),
                        "declined": body.get(f"declined_{row.number}", "").strip(),
                    }
                    for row in case.questions.all()
                ],
                "history": body.get("history", ""),
                "as_told": is_as_told(case, body),
                "as_told_translated": bool(in_others := translations_told(case, body, home)),
                "as_told_how": "; ".join(
                    dict.fromkeys(
                        _in_whose_words(each.language, each.how, each.people) for each in in_others
                    )
                ),
                "findings": body.get("findings", ""),
                "local_diagnosis": case.request.diagnosis,
                "local_diagnosis_words": _in_words(home, "diagnosis", case.request.diagnosis),
                "diagnosis": str(AGREEMENT.get(body.get("diagnosis", ""), "")),
                "diagnosis_text": body.get("diagnosis_text", ""),
                "code_credits": coded.credits_of(chain(*codes.values())),
                "plan": str(AGREEMENT.get(body.get("plan", ""), "")),
                "plan_text": body.get("plan_text", ""),
                "tests": body.get("tests", ""),
                "operation": str(OPERATION.get(body.get("operation", ""), "")),
                "options": [
                    {part: body.get(f"option_{number}_{part}", "") for part in _OPTION_PARTS}
                    for number in range(1, OPTIONS + 1)
                    if body.get(f"option_{number}_name", "").strip()
                ],
                "urgency": str(URGENCY.get(body.get("urgency", ""), "")),
                "limitations": body.get("limitations", ""),
                "references": body.get("references", ""),
                "summary": body.get("summary", ""),
                "key_images": [
                    {
                        "file": f"key-{number}.png",
                        "caption": row.caption,
                        "series": row.series_label,
                        "date": _day(row.studied_on) if row.studied_on else "",
                        "place": row.place,
                        "places": row.places,
                        "window": (
                            f"{row.window_center:g} / {row.window_width:g}"
                            if row.window_center is not None and row.window_width is not None
                            else ""
                        ),
                    }
                    for number, row in enumerate(opinion.key_images.all(), 1)
                ],
                "disclaimer": disclaimer.text,
                "disclaimer_version": disclaimer.version,
                "accepted": (
                    f"{_day(accepted.created_at)} "
                    f"({accepted.version}, {language_name(accepted.language)})"
                    if accepted
                    else ""
                ),
            }
        )
        return made | {"words": meanings(made, case.language)}


def addendum(
    *, case: Case, author: Person, code: str, question: str, answer: str, language: str, to: str,
    key: str = "", who: str = FAMILY,
) -> dict[str, Any]:  # fmt: skip
    """Return an addendum as it will be typeset; `to` is the code of the report it belongs to, `key`
    and `who` say which text written at home the question is."""
    with override(language):
        return letterhead(case, author, code, clock.now()) | {
            "kind": "addendum",
            "language": language,
            "question": question,
            "question_words": _in_words(reviewed(case, language), key, question, who),
            "answer": answer,
            "belongs_to": to,
        }
