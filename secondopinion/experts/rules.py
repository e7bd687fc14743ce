"""Whom a case may not be offered, and why: these hold before any score does."""

from collections.abc import Container, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_countries import countries

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role
from secondopinion.accounts.rules import age_on, same_mailbox
from secondopinion.cases.models import Case
from secondopinion.coding.codes import Code, code_of
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.core.folding import plain
from secondopinion.core.languages import enumerated, is_language
from secondopinion.experts.known import Known
from secondopinion.experts.models import ExpertProfile, Kind, Tie
from secondopinion.findings.names import SAME, compare
from secondopinion.program.models import Price, Urgency
from secondopinion.program.queries import conditions

MOST_CASES = 50  # that a specialist can say to take at once, or in a week
MOST_YEARS = 30


def may_describe(by: Person | None, person: Person) -> None:
    """Hold when somebody may say what a specialist takes: themselves, the director, or an
    administrator; `by` None: a program.

    Raises:
        NotYours: anybody else, or about somebody who is not a specialist.
    """
    if by is not None and by.pk != person.pk and not has_role(by, "director", "administrator"):
        raise NotYours
    if not has_role(person, "specialist"):
        raise NotYours


def clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of an expert as it is stored.

    Raises:
        Refused: a number out of bounds, an unknown country, language or group, with the field.
    """
    kept = dict(fields)
    for name in ("capacity", "weekly"):
        if name in kept and not 0 <= kept[name] <= MOST_CASES:
            raise _wrong(_("Write a number from 0 to %(most)s.") % {"most": MOST_CASES}, name)
    for name in ("youngest", "oldest"):
        if name in kept and not 0 <= kept[name] <= MOST_YEARS:
            raise _wrong(_("Write a number from 0 to %(most)s.") % {"most": MOST_YEARS}, name)
    if kept.get("oldest", MOST_YEARS) < kept.get("youngest", 0):
        raise _wrong(_("The oldest is younger than the youngest."), "oldest")
    _among(kept, "not_in", dict(countries), _("There is no country with this code."))
    _among(kept, "kinds", Kind.values, _("There is no such kind of case."))
    groups = {each.key for each in conditions()} if kept.get("groups") else set()
    _among(kept, "groups", groups, _("There is no such group of conditions."))
    for name in ("conditions", "languages"):
        if name in kept:
            kept[name] = list(dict.fromkeys(text.strip() for text in kept[name] if text.strip()))
    if unknown := [code for code in kept.get("languages", ()) if not is_language(code)]:
        words = _("There is no language with this code: %(codes)s. Japanese, say, is ja.")
        raise _wrong(words % {"codes": enumerated(unknown)}, "languages")
    return kept


def _among(kept: dict[str, Any], name: str, known: Container[str], words: str | Promise) -> None:
    if name in kept:
        kept[name] = list(dict.fromkeys(kept[name]))
        if any(each not in known for each in kept[name]):
            raise _wrong(words, name)


def _wrong(sentence: str | Promise, field: str) -> Refused:
    return Refused(sentence, code="expert-refused", field=field)


def known_code(system: str, code: str) -> Code:
    """Return a code of a system.

    Raises:
        Refused: there is no such code.
    """
    found = code_of(system, code)
    if found is None:
        raise Refused(
            _("There is no such code: %(code)s") % {"code": code}, code="no-code", field="codes"
        )
    return found


def away_on(known: Known, day: date) -> bool:
    """Say whether an expert is away on a day."""
    return any(first <= day <= last for first, last in known.away)


def too_young_or_old(expert: ExpertProfile, years: int) -> bool:
    """Say whether an expert does not see children of this age."""
    return not expert.youngest <= years <= expert.oldest


_NOT_TAKEN = {
    Kind.OPINION: _("Does not write reports alone now"),
    Kind.URGENT: _("Takes no urgent cases"),
    Kind.SECOND: _("Takes no second readings"),
    Kind.PANEL: _("Writes no reports together with others"),
}


def not_taken(expert: ExpertProfile, *kinds: Kind) -> list[str | Promise]:
    """Return which of these kinds of case an expert does not take, in sentences."""
    return [_NOT_TAKEN[kind] for kind in kinds if kind not in expert.kinds]


def must_take(expert: ExpertProfile, kind: Kind) -> None:
    """Hold when an expert takes this kind of case.

    Raises:
        Refused: they do not.
    """
    if found := not_taken(expert, kind):
        raise Refused(
            _("%(name)s: %(why)s.") % {"name": expert.person, "why": found[0]}, code="not-taken"
        )


def kinds_of(case: Case, urgency: str = "") -> tuple[Kind, ...]:
    """Return the kinds of case that a case is for who is offered it, at its urgency or another."""
    alone = Kind.PANEL if case.kind == Price.Kind.PANEL else Kind.OPINION
    urgent = (urgency or case.urgency) == Urgency.URGENT
    return (alone, Kind.URGENT) if urgent else (alone,)


def obstacles(known: Known, case: Case, *kinds: Kind) -> list[str | Promise]:
    """Return why this case may not be offered to an expert now, in sentences; none: it may.

    `kinds` are those that the case would be for them; those that it is where none is said.
    """
    expert, found = known.expert, not_taken(known.expert, *(kinds or kinds_of(case)))
    today = clock.today()
    found += _limits(expert, case)
    born = case.child.birth_date
    if born and too_young_or_old(expert, years := age_on(born, today)):
        words = ngettext(
            "Does not see children of %(years)s year", "Does not see children of %(years)s years",
            years,
        )  # fmt: skip
        found.append(words % {"years": years})
    if away_on(known, today):
        found.append(_("Is away today"))
    if known.load >= expert.capacity:
        found.append(_("Has no free place"))
    elif known.free == 0:
        found.append(_("Has taken all cases of this week"))
    found += conflicts(known, case)
    return found


def _limits(expert: ExpertProfile, case: Case) -> list[str | Promise]:
    barred = expert.not_in and str(case.country) in expert.not_in
    return [_("May not advise in this country")] if barred else []


def barriers(known: Known, case: Case) -> list[str | Promise]:
    """Return why an expert may have no part in a case at all, in sentences; none: they may."""
    return [*_limits(known.expert, case), *conflicts(known, case)]


def must_be_allowed(known: Known, case: Case) -> None:
    """Hold when an expert may advise in the country of a case and has no conflict of interest.

    Raises:
        Refused: with what stands in the way.
    """
    if found := barriers(known, case):
        raise Refused(
            _("%(name)s: %(why)s.") % {"name": known.expert.person, "why": found[0]},
            code="not-possible",
        )


def conflicts(known: Known, case: Case) -> list[str | Promise]:
    """Return the conflicts of interest that an expert has in a case."""
    provider = getattr(case, "local_provider", None)
    email = known.expert.person.reached_at
    found: list[str | Promise] = []
    if provider is not None and same_mailbox(provider.email, email):
        found.append(_("Is the local provider of this child"))
    if not known.ties:
        return found
    people = [*_spellings(case), provider.full_name if provider else ""]
    for tie in known.ties:
        if tie.kind == Tie.Kind.INSTITUTION:
            if provider is not None and _same_house(tie.name, provider.clinic):
                found.append(_("Has worked for the clinic that treats this child"))
        elif any(compare((name,), (tie.name,)) == SAME for name in people if name):
            found.append(Tie.Kind(tie.kind).label)
    return found


def _spellings(case: Case) -> list[str]:
    family = Person.objects.filter(
        participations__case=case, participations__role="family",
        participations__until__isnull=True,
    )  # fmt: skip
    names = [case.child.full_name, case.child.latin_name]
    for each in family:
        names += [each.full_name, each.latin_name]
    return names


def _same_house(one: str, other: str) -> bool:
    ours, theirs = set(plain(one).split()), set(plain(other).split())
    return bool(ours and theirs) and (ours <= theirs or theirs <= ours)


def must_be_possible(known: Known, case: Case, *kinds: Kind) -> None:
    """Hold when nothing stands in the way of an offer.

    Raises:
        Refused: with everything that does.
    """
    if found := obstacles(known, case, *kinds):
        words = "; ".join(str(each) for each in found)
        raise Refused(
            _("This case cannot be offered to %(name)s: %(why)s.")
            % {"name": known.expert.person, "why": words},
            code="cannot-be-offered",
        )
