"""What a specialist can take: said by themselves, the director or an administrator."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.core import clock
from secondopinion.core.errors import Refused
from secondopinion.experts import rules
from secondopinion.experts.actions.offers import close_barred
from secondopinion.experts.models import Away, ExpertProfile, Tie
from secondopinion.program.models import Specialty

MOST_CODES = 40


@transaction.atomic
def describe(
    *, by: Person | None, person: Person, specialties: list[Specialty] | None = None, **fields: Any
) -> ExpertProfile:
    """Say what a specialist can take; the specialist, the director or an administrator may.

    Fields that are not named stay as they are. What is offered to them from a country where they
    may not advise is closed.

    Raises:
        NotYours: by anybody else, or about somebody who is not a specialist.
        Refused: a value that cannot be.
    """
    rules.may_describe(by, person)
    values = rules.clean(fields)
    profile, _made = ExpertProfile.objects.update_or_create(person=person, defaults=values)
    if specialties is not None:
        profile.specialties.set(specialties)
    audit.record("expert-described", by=by, target=person, detail={"fields": sorted(fields)})
    if "not_in" in fields:
        close_barred(by=by, expert=profile)
    return profile


@transaction.atomic
def add_code(*, by: Person | None, expert: ExpertProfile, system: str, code: str) -> None:
    """Add a coded condition that an expert knows; one that is there already stays.

    Raises:
        NotYours: by somebody who may not.
        Refused: there is no such code, or there are enough.
    """
    rules.may_describe(by, expert.person)
    found = rules.known_code(system, code)
    fresh = ExpertProfile.objects.select_for_update().get(pk=expert.pk)
    if any((each["system"], each["code"]) == (system, code) for each in fresh.codes):
        return
    if len(fresh.codes) >= MOST_CODES:
        raise Refused(_("These are enough. Take one away first."), code="enough", field="codes")
    kept = {
        "system": system, "code": found.code, "version": found.version, "label": found.label,
    }  # fmt: skip
    _set_codes(fresh, [*fresh.codes, kept])
    told = {"system": system, "code": found.code}
    audit.record("expert-code-added", by=by, target=expert.person, detail=told)


@transaction.atomic
def remove_code(*, by: Person | None, expert: ExpertProfile, system: str, code: str) -> None:
    """Take a coded condition away.

    Raises:
        NotYours: by somebody who may not.
    """
    rules.may_describe(by, expert.person)
    fresh = ExpertProfile.objects.select_for_update().get(pk=expert.pk)
    kept = [each for each in fresh.codes if (each["system"], each["code"]) != (system, code)]
    if len(kept) == len(fresh.codes):
        return  # taken away in another tab
    _set_codes(fresh, kept)
    told = {"system": system, "code": code}
    audit.record("expert-code-removed", by=by, target=expert.person, detail=told)


def _set_codes(expert: ExpertProfile, codes: list[dict[str, str]]) -> None:
    expert.codes = codes
    expert.save(update_fields=["codes"])


@transaction.atomic
def add_away(*, by: Person | None, expert: ExpertProfile, first: date, last: date) -> Away:
    """Say that an expert takes no case from a day to another.

    Raises:
        NotYours: by somebody who may not.
        Refused: it ends before it begins, or has passed.
    """
    rules.may_describe(by, expert.person)
    if last < first:
        raise Refused(_("The last day is before the first."), code="days", field="last")
    if last < clock.today():
        raise Refused(_("These days have passed."), code="days", field="last")
    made = Away.objects.create(expert=expert, first=first, last=last)
    days = {"first": first.isoformat(), "last": last.isoformat()}
    audit.record("expert-away", by=by, target=expert.person, detail=days)
    return made


@transaction.atomic
def remove_away(*, by: Person | None, away: Away) -> None:
    """Take an absence away.

    Raises:
        NotYours: by somebody who may not.
    """
    rules.may_describe(by, away.expert.person)
    away.delete()
    days = {"first": away.first.isoformat(), "last": away.last.isoformat()}
    audit.record("expert-not-away", by=by, target=away.expert.person, detail=days)


@transaction.atomic
def add_tie(*, by: Person | None, expert: ExpertProfile, kind: str, name: str) -> Tie:
    """Say in whose cases an expert takes no part: a person's, or those of an institution. What is
    offered to them of these is closed.

    Raises:
        NotYours: by somebody who may not.
        Refused: without a name.
    """
    rules.may_describe(by, expert.person)
    if not name.strip() or len(name) > 200:
        raise Refused(_("Write the name."), code="name-missing", field="name")
    if kind not in Tie.Kind.values:
        raise Refused(_("Choose what it is."), code="kind-missing", field="kind")
    made = Tie.objects.create(expert=expert, kind=kind, name=name.strip())
    audit.record("expert-tied", by=by, target=expert.person, detail={"kind": kind})
    close_barred(by=by, expert=expert)
    return made


@transaction.atomic
def remove_tie(*, by: Person | None, tie: Tie) -> None:
    """Take a conflict of interest away.

    Raises:
        NotYours: by somebody who may not.
    """
    rules.may_describe(by, tie.expert.person)
    tie.delete()
    audit.record("expert-untied", by=by, target=tie.expert.person, detail={"kind": tie.kind})
