"""Many specialists at once, from a table (CSV): what each line would do, and doing it.

Every line goes through the actions that its page would go through. To look first, the same is done
and taken back: what the preview says is what happens. A line whose content is there already changes
nothing, so that a table may be read again.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import has_role
from secondopinion.accounts.rules import clean_email, staff_name
from secondopinion.audit import actions as audit
from secondopinion.core.errors import NotYours, Refused
from secondopinion.core.languages import enumerated
from secondopinion.experts import actions as experts
from secondopinion.experts.models import ExpertProfile
from secondopinion.experts.rules import MOST_YEARS, clean, known_code
from secondopinion.staffing import actions

NEEDED = ("email", "full_name", "title", "specialties")
LISTS = ("specialties", "groups", "conditions", "languages", "not_in", "codes", "kinds")
NUMBERS = ("youngest", "oldest", "capacity", "weekly")
TEXTS = ("subspecialty", "registration")
COLUMNS = (*NEEDED, "language", *TEXTS, *NUMBERS, "fee", *LISTS[1:])
MOST_LINES = 2000
MOST_DIGITS = 4  # of a whole number
BETWEEN = "|"  # several values in one cell


type Wrong = tuple[str, str | Promise]


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of the table does: `new`, `changed`, `same`, or `wrong` with all that is, by its
    column."""

    number: int
    name: str
    outcome: str
    wrong: tuple[Wrong, ...] = ()


def rows_of(text: str) -> list[dict[str, str]]:
    """Return the lines of a table by the names of its columns.

    Commas, semicolons or tabs stand between them, as the first line has it.

    Raises:
        Refused: no line, a column that there is not, one that is needed and missing, too many.
    """
    text = text.removeprefix("\ufeff")
    head = text.split("\n", 1)[0]
    between = max(",;\t", key=head.count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=between, restval="")
    try:
        names = [name.strip().lower() for name in table.fieldnames or ()]
    except csv.Error:
        raise _no_table() from None
    if missing := [name for name in NEEDED if name not in names]:
        raise _refused(_("These columns are missing: %(names)s") % {"names": enumerated(missing)})
    if unknown := [name for name in names if name not in COLUMNS]:
        raise _refused(
            _("These columns are not known: %(names)s. Known are: %(known)s")
            % {"names": enumerated(unknown), "known": enumerated(COLUMNS)}
        )
    table.fieldnames = names
    try:
        rows = [
            {name: (value or "").strip() for name, value in row.items() if name} for row in table
        ]
    except csv.Error:
        raise _no_table() from None
    rows = [row for row in rows if any(row.values())]
    if not 0 < len(rows) <= MOST_LINES:
        raise _refused(_("A table has 1 to %(most)s lines below its first.") % {"most": MOST_LINES})
    return rows


def bring_in(*, by: Person | None, text: str, only_look: bool) -> list[Line]:
    """Make or change a specialist for each line; return what each line did.

    With `only_look`, or when a line is wrong, nothing at all is kept.

    Raises:
        NotYours: by somebody who is not an administrator.
        Refused: it is no table of specialists.
    """
    if by is not None and not has_role(by, Role.ADMINISTRATOR):
        raise NotYours
    rows, seen, lines = rows_of(text), set[str](), list[Line]()
    with transaction.atomic():
        for number, row in enumerate(rows, 2):
            lines.append(_line(by, number, row, seen))
        wrong = any(each.outcome == "wrong" for each in lines)
        if only_look or wrong:
            transaction.set_rollback(True)
        else:
            made = sum(each.outcome != "same" for each in lines)
            if made:
                audit.record("experts-imported", by=by, detail={"people": made})
    return lines


def _line(by: Person | None, number: int, row: Mapping[str, str], seen: set[str]) -> Line:
    address, wrong = row["email"].casefold(), list[Wrong]()
    if address in seen:
        wrong.append(("email", _("This address stands in an earlier line.")))
    seen.add(address)
    values = _values(row, wrong)
    for check in _checks(row, values):
        _collected(wrong, check)
    if not wrong:
        try:
            with transaction.atomic():
                return Line(number, row["full_name"], _apply(by, row, values))
        except Refused as refused:  # what shows only beside what is kept
            wrong.append((refused.field, refused.message))
    return Line(number, row["full_name"], "wrong", tuple(wrong))


def _collected[T](wrong: list[Wrong], read: Callable[[], T]) -> T | None:
    """Return what is read; what is refused is added to all that is wrong with a line."""
    try:
        return read()
    except Refused as refused:
        wrong.append((refused.field, refused.message))
        return None


def _values(row: Mapping[str, str], wrong: list[Wrong]) -> dict[str, Any]:
    """Return the cells that are filled, as the profile keeps them; those that cannot be read are
    left out, and said."""
    values: dict[str, Any] = {name: row[name] for name in TEXTS if row.get(name)}
    for name in LISTS:
        if row.get(name):
            parts = (part.strip() for part in row[name].split(BETWEEN))
            values[name] = list(dict.fromkeys(part for part in parts if part))
    numbers = {name: _collected(wrong, partial(_whole, row[name], name))
               for name in NUMBERS if row.get(name)}  # fmt: skip
    fee = _collected(wrong, partial(_amount, row["fee"])) if row.get("fee") else None
    read = {**numbers, "fee": fee}
    values |= {name: value for name, value in read.items() if value is not None}
    for name, letters in (("not_in", str.upper), ("languages", str.lower)):
        if values.get(name):
            values[name] = [letters(code) for code in values[name]]
    return values


def _checks(row: Mapping[str, str], values: Mapping[str, Any]) -> Iterator[Callable[[], object]]:
    """Return what the actions would refuse in a line, each by itself: they stop at the first."""
    yield partial(clean_email, row["email"])
    yield partial(staff_name, row["full_name"])
    yield partial(actions.title_of, row["title"])
    yield partial(actions.fields_of, values.get("specialties", []))
    if row.get("language"):
        yield partial(actions.language_of, row["language"])
    told = {name: value for name, value in values.items() if name not in {"specialties", "codes"}}
    for name, value in told.items():
        yield partial(clean, {name: value})
    if {"youngest", "oldest"} <= told.keys() and max(
        told["youngest"], told["oldest"]
    ) <= MOST_YEARS:
        yield partial(clean, {name: told[name] for name in ("youngest", "oldest")})
    for each in values.get("codes", []):
        yield partial(known_code, *_parts_of(each))


def _parts_of(code: str) -> tuple[str, str]:
    system, _colon, name = code.partition(":")
    return system, name


def _whole(text: str, name: str) -> int:
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise _refused(_("Write a whole number."), name)
    return int(text)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        amount = Decimal(-1)
    if not (amount.is_finite() and 0 <= amount < 10**7):
        raise _refused(_("Write an amount, like 250 or 250.00."), "fee")
    return amount.quantize(Decimal("0.01"))


def _apply(by: Person | None, row: Mapping[str, str], values: dict[str, Any]) -> str:
    person = Person.objects.filter(email__iexact=row["email"]).first()
    before = _kept(person)
    if person is not None and before is not None and not _differs(before, row, values):
        return "same"
    language = row.get("language") or (person.language if person else "en")
    made = actions.add(
        by=by, email=row["email"], full_name=row["full_name"],
        language=actions.language_of(language),
    )  # fmt: skip
    if not has_role(made, Role.SPECIALIST):
        accounts.grant_role(by=by, person=made, role=Role.SPECIALIST)
    more = {name: value for name, value in values.items() if name not in {"specialties", "codes"}}
    profile = actions.describe_specialist(
        by=by, person=made, title=row["title"], specialties=values.get("specialties", []), **more
    )
    for each in values.get("codes", []):
        system, code = _parts_of(each)
        experts.add_code(by=by, expert=profile, system=system, code=code)
    return "new" if before is None else "changed"


def _kept(person: Person | None) -> ExpertProfile | None:
    if person is None or not has_role(person, Role.SPECIALIST):
        return None
    return ExpertProfile.objects.filter(person=person).first()


def _differs(profile: ExpertProfile, row: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    person = profile.person
    if row["full_name"] != person.full_name or row["title"] != profile.title:
        return True
    if row.get("language") and row["language"] != person.language:
        return True
    kept = {name: getattr(profile, name) for name in values.keys() - {"specialties", "codes"}}
    if any(kept[name] != values[name] for name in kept):
        return True
    held = {f"{each['system']}:{each['code']}" for each in profile.codes}
    fields = set(profile.specialties.values_list("key", flat=True))
    return not set(values.get("codes", [])) <= held or fields != set(values.get("specialties", []))


def _no_table() -> Refused:
    return _refused(_("This is no table that we can read. Save it as CSV."))


def _refused(sentence: str | Promise, field: str = "") -> Refused:
    return Refused(sentence, code="import-refused", field=field)
