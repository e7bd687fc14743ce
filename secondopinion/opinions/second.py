"""Second readers: which reports need one, how far it is, and what stands in the report of it."""

import re
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours, Refused
from secondopinion.experts.queries import profile
from secondopinion.opinions import coded, versions
from secondopinion.opinions.models import KeyImage, Opinion, SecondReading, SignedReport
from secondopinion.program import queries as program

REASONS: dict[str, str | Promise] = {
    "conditions": _("The case belongs to a group whose reports are always read twice"),
    "tumour": _("A tumour is among the coded diagnoses"),
    "operation": _("An operation is advised"),
    "differs": _("The report differs from the doctors at home"),
    "first": _("It is among the first reports of its author"),
    "share": _("It was drawn by lot"),
    "asked": _("The author asked for it"),
}
# ICD-10-CM, chapter 2 (C00-D49): neoplasms.
_TUMOUR = re.compile(r"C|D[0-4]")


def reasons(opinion: Opinion) -> list[str]:
    """Return why a draft needs a second reader by the program's rule; none: it does not."""
    rule, body, case = program.program(), opinion.body, opinion.case
    found = {
        "conditions": bool(case.condition) and case.condition in rule.second_conditions,
        "tumour": rule.second_tumour and _is_tumour(body),
        "operation": rule.second_operation and body.get("operation") == "advised",
        "differs": rule.second_differs and "differs" in (body.get("diagnosis"), body.get("plan")),
        "first": bool(rule.second_first) and _signed_by(opinion.author) < rule.second_first,
        # The lot is the report's own id, which nobody chooses: it falls once, and stays.
        "share": opinion.pk.int % 100 < rule.second_share,
    }
    return [name for name, holds in found.items() if holds]


def _is_tumour(body: dict[str, str]) -> bool:
    rows = coded.chosen(body.get("diagnosis_codes", ""))
    return any(each.system.key == "icd-10-cm" and _TUMOUR.match(each.code) for each in rows)


def _signed_by(author: Person) -> int:
    kind = SignedReport.Kind.OPINION
    return SignedReport.objects.filter(signed_by=author, kind=kind).count()


def readings(opinion: Opinion) -> QuerySet[SecondReading]:
    """Return every second reading of a report, the latest first."""
    return opinion.second_readings.select_related("reader").order_by("-number")


def open_reading(opinion: Opinion) -> SecondReading | None:
    """Return the reading that is under way."""
    return readings(opinion).filter(ended_at=None).first()


def waiting_for(person: Person) -> QuerySet[SecondReading]:
    """Return the readings that wait for a second reader, the most urgent first."""
    rows = SecondReading.objects.filter(reader=person, ended_at=None)
    return rows.select_related("opinion__case__specialty").order_by("due_at")


def reading_for(case: Case, person: Person) -> SecondReading:
    """Return the last reading of a case that was given to this person.

    Raises:
        NotYours: there is none.
    """
    rows = SecondReading.objects.filter(opinion__case=case, reader=person)
    found = rows.select_related("opinion__author").order_by("-number").first()
    if found is None:
        raise NotYours
    return found


def is_hidden(reading: SecondReading) -> bool:
    """Say whether a blinded reader has yet to judge, so that the draft is not shown to them."""
    return reading.blinded and reading.own_at is None


def opinion_shown(case: Case, person: Person) -> Opinion:
    """Return the draft of a case that a second reader may see now.

    Raises:
        NotYours: it is hidden from them still, or they read none.
    """
    reading = reading_for(case, person)
    if is_hidden(reading):
        raise NotYours
    return reading.opinion


def words_read(reading: SecondReading) -> dict[str, str]:
    """Return the draft as it was given to the second reader."""
    return versions.text_at(reading.opinion, reading.revision)


def is_as_read(opinion: Opinion, reading: SecondReading) -> bool:
    """Say whether words and key images of a draft are still those that were read."""
    images, since = KeyImage.everything.filter(opinion=opinion), reading.created_at
    if images.filter(created_at__gt=since).exists() or images.filter(removed_at__gt=since).exists():
        return False
    then, now = words_read(reading), opinion.body
    return all(then.get(name, "") == now.get(name, "") for name in {*then, *now})


def countersigned(opinion: Opinion) -> SecondReading | None:
    """Return the reading by which a draft, as it stands, is countersigned."""
    last = readings(opinion).filter(outcome=SecondReading.Outcome.COUNTERSIGNED).first()
    return last if last is not None and is_as_read(opinion, last) else None


def settle(opinion: Opinion) -> None:
    """Let a report be signed only when it needs no second reader, or is countersigned as it is.

    Raises:
        Refused: it needs one, or a second reader has it still.
    """
    if open_reading(opinion) is not None:
        raise Refused(_("A second reader has this report."), code="second-reading")
    if reasons(opinion) and countersigned(opinion) is None:
        raise Refused(_("This report needs a second reader first."), code="second-reading")


def told(reading: SecondReading | None) -> dict[str, Any]:
    """Return what a report says of its second reader."""
    if reading is None or reading.reader is None:
        return {}
    expert = profile(reading.reader)
    return {
        "name": reading.reader.full_name,
        "title": expert.title if expert else "",
        "registration": expert.registration if expert else "",
        "blinded": reading.blinded,
    }
