"""Letters that go with a referral: begun from a template in two languages, edited, signed."""

import re
import tomllib
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Child, Person
from secondopinion.accounts.rules import check_factor
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_family
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock, dates
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.ids import short_code
from secondopinion.core.languages import enumerated
from secondopinion.opinions import compose, papers, typeset
from secondopinion.opinions.models import Delivery, SignedReport
from secondopinion.program import queries as program
from secondopinion.referrals import selecting
from secondopinion.referrals.models import Letter, Referral

LEFT_TO_RIGHT = "\u200e"  # keeps the parts of a number in their order
GAP = "____"  # what is not known yet, and is to be filled in before a letter is signed
WRITERS = (Part.COORDINATOR, Part.REFERRAL_COORDINATOR)


@cache
def _templates() -> dict[str, dict[str, dict[str, str]]]:
    text = resources.files("secondopinion.referrals").joinpath("data/letters.toml").read_text()
    return tomllib.loads(text)


def languages_of(case: Case) -> list[str]:
    """Return the languages of a letter: the house's, and the family's where letters are in it."""
    here = [papers.LANGUAGE]
    if case.language != papers.LANGUAGE and case.language in dict(settings.LANGUAGES):
        here.append(case.language)
    return here


@transaction.atomic
def begin(*, by: Person, referral: Referral, kind: str) -> Letter:
    """Begin a letter from its template, with what is known filled in.

    Raises:
        NotYours: by somebody who coordinates neither the case nor the referral, or no such letter.
    """
    require(referral.case, by, *WRITERS)
    if kind not in Letter.Kind.values:
        raise NotYours
    parts = [
        {"language": language, **_filled(referral, _templates()[kind][language], language)}
        for language in languages_of(referral.case)
    ]
    made = Letter.objects.create(referral=referral, kind=kind, parts=parts, by=by)
    audit.record("letter-begun", by=by, case_id=referral.case_id, target=made)
    return made


def _named(who: Child | Person) -> str:
    """Return both names of somebody, first the one that readers of the language can read: officers
    who judge a visa look for the one in the passport."""
    names = [who.full_name]
    if who.latin_name and who.latin_name != who.full_name:
        names.insert(len(names) if get_language_bidi() else 0, who.latin_name)
    return f"{names[0]} ({names[1]})" if names[1:] else names[0]


def _filled(referral: Referral, template: dict[str, str], language: str) -> dict[str, str]:
    case, hospital = referral.case, program.program()
    child = case.child
    with override(language):
        mark = LEFT_TO_RIGHT if get_language_bidi() else ""
        values = {
            "child": _named(child),
            "born": dates.written(child.birth_date) if child.birth_date else GAP,
            "reference": f"{mark}{case.reference}{mark}",
            "clinic": referral.to_name,
            "what_for": referral.what_for,
            "how_soon": str(referral.get_urgency_display()),
            "visit": dates.written(hospital.local(referral.visit_at)) if referral.visit_at else GAP,
            "family": enumerated(_named(each) for each in holders_of(case, Part.FAMILY)),
            "hospital": hospital.hospital,
            "contact": f"{hospital.email} · {hospital.phone}",
        }  # fmt: skip
    # In one pass: what a person wrote may hold braces.
    text = re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), template["text"])
    return {"title": template["title"], "text": text.strip()}


def letter_for(referral: Referral, key: Any) -> Letter:
    """Return a letter of a referral.

    Raises:
        NotYours: there is none.
    """
    found = referral.letters.select_related("referral__case", "report").filter(pk=key).first()
    if found is None:
        raise NotYours
    return found


@transaction.atomic
def save(*, by: Person, letter: Letter, texts: dict[str, str]) -> Letter:
    """Keep the words of a letter, by language.

    Raises:
        NotYours: by somebody who coordinates neither the case nor the referral.
        Refused: a language without words, or a sign that cannot be printed.
        Conflict: it is signed.
    """
    require(letter.referral.case, by, *WRITERS)
    parts = [
        each | {"text": texts.get(each["language"], each["text"]).strip()} for each in letter.parts
    ]
    for each in parts:
        if not each["text"]:
            raise Refused(_("Write the letter first."), code="text-missing", field="text")
        if signs := typeset.unprintable(each["text"]):
            raise Refused(
                _("These signs cannot be printed: %(signs)s. Write them in words.")
                % {"signs": signs},
                code="unprintable",
                field="text",
            )
    if not Letter.objects.filter(pk=letter.pk, report=None).update(parts=parts):
        raise Conflict(_("This letter is signed already."), code="state-changed")
    letter.refresh_from_db()
    audit.record("letter-saved", by=by, case_id=letter.referral.case_id, target=letter)
    return letter


def sign(*, by: Person, letter: Letter, reauthenticated_at: datetime | None) -> SignedReport:
    """Sign a letter in the program's name, and give it to the family.

    Raises:
        NotYours: by somebody who coordinates neither the case nor the referral.
        Refused: the second factor was not given just now, or something is left open in it.
        Conflict: it is signed already.
    """
    case = letter.referral.case
    require(case, by, *WRITERS)
    if any(GAP in each["text"] for each in letter.parts):
        raise Refused(
            _("Something in the letter is left open (____). Fill it in before you sign."),
            code="left-open",
        )
    check_factor(reauthenticated_at)
    code, now = short_code(papers.CODE_LENGTH), clock.now()
    hospital = program.program()
    with override(papers.LANGUAGE):
        document = compose.letterhead(case, by, code, now) | {
            "kind": "letter", "language": papers.LANGUAGE, "parts": letter.parts,
        }  # fmt: skip
        name = f"{hospital.name} · {hospital.hospital}"
    paper = papers.signed(case, name, document, {}, papers.REASON_LETTER, now)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        fresh = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        if fresh.report_id or fresh.parts != letter.parts:
            raise Conflict(
                _("This letter is signed already, or was changed."), code="state-changed"
            )
        report = paper.keep(case=case, kind=SignedReport.Kind.LETTER, by=by)
        Letter.objects.filter(pk=letter.pk).update(report=report)
        selecting.add_letter(by=by, letter=letter, report=report)
        for person in holders_of(case, Part.FAMILY):
            Delivery.objects.create(
                report=report, to=person, role=Part.FAMILY, rule=case.delivery_mode
            )
        tell_family(case, "report-ready")
        audit.record(
            "letter-signed", by=by, case_id=case.pk, target=report,
            detail={"digest": report.digest, "letter": letter.kind},
        )  # fmt: skip
    return report
