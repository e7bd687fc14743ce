"""Two accounts of one parent, made one with an undo (docs/decisions/0032).

The desk only asks. A code goes to each of the two addresses, and nothing moves before one person,
signed in to the account that stays, has typed both. What the other account did stays under its
name; what it could open, the kept one opens. All of that is written down in `OneAccount.moved`:

- ``parts``: pairs of a case and whether the kept account had none there before;
- ``ties``: of a child, the ground, its last day, and whether the kept account had none before;
- ``consents``, ``documents``: their numbers; ``parents``: answers of a second parent that go on
  under the kept account; ``alone``: those that ended, because both answers were one person's;
- ``seen``: of a case, until when the kept account had read, and until when it counts as read.
"""

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts import rules as people
from secondopinion.accounts.models import AccessLink, Child, Guardianship, NewAddress, Person
from secondopinion.accounts.queries import guardianship, holder_of
from secondopinion.accounts.tokens import hash_of
from secondopinion.audit import actions as audit
from secondopinion.cases import words
from secondopinion.cases.actions.parts import end_parts, give_part, require
from secondopinion.cases.actions.telling import tell_coordinator
from secondopinion.cases.models import Case, Consent, Part
from secondopinion.cases.queries import holders_of, live_parts
from secondopinion.conversations.models import Seen
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.ids import normalise_code, number_code
from secondopinion.desk import queries, rules
from secondopinion.desk.models import OneAccount
from secondopinion.guardians.models import GuardianDocument, ParentConsent
from secondopinion.messaging.actions import notify, readdress

CODE_LENGTH = 8  # a hundred million each; of a pair, five can be tried
MOST_A_DAY = 5  # pairs of codes for one account


@transaction.atomic
def ask_one(
    *, by: Person, case: Case, kept: Person, email: str, way: str, note: str = ""
) -> OneAccount:
    """Send a code to each address of two accounts that are one parent's by their word. Codes that
    are out for either of them end.

    Raises:
        NotYours: by somebody who does not lead the case, or the kept account is not of its family.
        Refused: there is no such account, the two cannot be one (`rules.can_be_one`), or too many
            codes were asked for today.
    """
    require(case, by, Part.COORDINATOR)
    if not holders_of(case, Part.FAMILY).filter(pk=kept.pk).exists():
        raise NotYours
    if way not in NewAddress.Way.values:
        raise Refused(_("Choose one of these to go on."), code="choice", field="way")
    other = holder_of(people.clean_email(email))
    if other is None:
        raise Refused(
            _("No account in which something was begun has this address."), code="one-unknown",
            field="email",
        )  # fmt: skip
    both = _lock(kept.pk, other.pk)
    kept, other = both[kept.pk], both[other.pk]
    rules.can_be_one(kept, other, by=by)
    theirs = Q(kept__in=[kept, other]) | Q(other__in=[kept, other])
    rows = OneAccount.objects.filter(theirs)
    if rows.filter(created_at__gt=clock.now() - OneAccount.LASTS).count() >= MOST_A_DAY:
        raise Refused(
            _("Too many codes were sent today. Try again tomorrow."), code="one-too-many",
            field="email",
        )  # fmt: skip
    rows.filter(confirmed_at=None, expires_at__gt=clock.now()).update(expires_at=clock.now())
    codes = number_code(CODE_LENGTH), number_code(CODE_LENGTH)
    made = OneAccount.objects.create(
        case=case, kept=kept, other=other, kept_email=kept.reached_at, other_email=other.reached_at,
        kept_hash=hash_of(codes[0]), other_hash=hash_of(codes[1]), by=by, way=way,
        note=note.strip(), expires_at=clock.now() + OneAccount.LASTS,
    )  # fmt: skip
    notify(to=kept, template="one-account-kept", code=codes[0], link="/account/one/")
    notify(to=other, template="one-account-other", code=codes[1])
    for each in (kept, other):
        audit.record("accounts-asked", by=by, case_id=case.pk, target=each, detail={"way": way})
    return made


@transaction.atomic
def take_back_one(*, by: Person, row: OneAccount) -> None:
    """End the codes of two accounts that nobody has confirmed.

    Raises:
        NotYours: by somebody who does not lead the case.
        Conflict: they have been confirmed, or have ended.
    """
    require(row.case, by, Part.COORDINATOR)
    live = OneAccount.objects.filter(pk=row.pk, confirmed_at=None, expires_at__gt=clock.now())
    if not live.update(expires_at=clock.now()):
        raise Conflict(_("The codes have ended, or have been typed."), code="one-ended")
    audit.record("accounts-taken-back", by=by, case_id=row.case_id, target=row)


def confirm_one(*, by: Person, kept_code: str, other_code: str) -> OneAccount:
    """Make two accounts one, as the person in the account that stays, by a code from each mail.
    Each try is counted, and kept although it is refused; it is not said which code was wrong.

    Raises:
        Refused: no codes are out, one is not right, or the two cannot be one any more.
    """
    row = queries.waiting_one(by)
    tried = row is not None and OneAccount.objects.filter(
        pk=row.pk, tries__lt=people.MOST_TRIES
    ).update(tries=F("tries") + 1)
    if row is None or not tried:
        raise _ended()
    given = zip((row.kept_hash, row.other_hash), (kept_code, other_code), strict=True)
    right = [hmac.compare_digest(known, hash_of(normalise_code(code))) for known, code in given]
    if not all(right):
        audit.record("accounts-refused", by=by, case_id=row.case_id, target=row)
        raise Refused(
            _("These codes are not right. Look at the newest mail in each mailbox."),
            code="one-code", field="other_code",
        )  # fmt: skip
    return _make_one(row)


def _ended() -> Refused:
    return Refused(
        _("These codes do not work any more. Ask our team for new ones."), code="one-ended",
        field="kept_code",
    )  # fmt: skip


@transaction.atomic
def _make_one(row: OneAccount) -> OneAccount:
    kept, other = _locked(row)
    done = OneAccount.objects.filter(
        pk=row.pk, confirmed_at=None, expires_at__gt=clock.now()
    ).update(confirmed_at=clock.now())
    if not done or (kept.email, other.email) != (row.kept_email, row.other_email):
        raise _ended()
    rules.can_be_one(kept, other, by=kept)
    cases = _cases_of(other)
    row.refresh_from_db()
    row.moved = {
        "parts": [_move_part(case, kept, other) for case in cases],
        "ties": [_move_tie(tie, kept) for tie in _ties_of(other)],
        "consents": _move_consents(kept, other),
        "documents": _move(GuardianDocument.objects.filter(person=other), kept),
        **_move_parents(kept, other),
        "seen": _move_seen(kept, other),
    }
    row.save(update_fields=["moved"])
    _close(other, kept)
    for case in cases:
        _keep_words(case)
        audit.record("accounts-joined", by=kept, case_id=case.pk, target=row)
        tell_coordinator(case)
    if row.case_id not in {case.pk for case in cases}:
        audit.record("accounts-joined", by=kept, case_id=row.case_id, target=row)
    _tell_both(row, "accounts-joined")
    return row


def _locked(row: OneAccount) -> tuple[Person, Person]:
    """Lock both accounts, in one order, and return the kept and the other one."""
    both = _lock(row.kept_id, row.other_id)
    return both[row.kept_id], both[row.other_id]


def _lock(*people_ids: UUID) -> dict[UUID, Person]:
    """Lock accounts in one order; who only gives one of them a part meanwhile is not held up."""
    rows = Person.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=people_ids)
    return {each.pk: each for each in rows.order_by("pk")}


def _tell_both(row: OneAccount, template: str) -> None:
    notify(to=row.kept, template=template, address=row.kept_email)
    notify(to=row.other, template=template, address=row.other_email)


def _cases_of(other: Person) -> list[Case]:
    """Lock the cases of an account, as who takes somebody out of one does."""
    parts = live_parts().filter(person=other, role=Part.FAMILY)
    rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=parts.values("case"))
    return list(rows.order_by("pk").select_related("child", "coordinator"))


def _keep_words(case: Case) -> None:
    if case.submitted_at is not None:
        words.keep(case)


def _ties_of(person: Person) -> list[Guardianship]:
    rows = Guardianship.objects.filter(person=person, revoked_at=None)
    return list(rows.select_related("child", "person"))


def _move_part(case: Case, kept: Person, other: Person) -> list[Any]:
    new = not holders_of(case, Part.FAMILY).filter(pk=kept.pk).exists()
    give_part(case=case, person=kept, role=Part.FAMILY, by=kept)
    end_parts(case=case, role=Part.FAMILY, by=kept, person=other)
    return [str(case.pk), new]


def _move_tie(tie: Guardianship, kept: Person) -> list[Any]:
    new = not Guardianship.objects.filter(child=tie.child, person=kept, revoked_at=None).exists()
    if new:
        _tie(tie.child, kept, tie.kind, tie.until, by=kept)
    accounts.end_guardianship(by=kept, child=tie.child, person=tie.person)
    return [str(tie.child_id), tie.kind, tie.until and tie.until.isoformat(), new]


def _tie(child: Child, person: Person, kind: str, until: Any, by: Person) -> None:
    made = accounts.set_guardianship(by=by, child=child, person=person, kind=kind)
    Guardianship.objects.filter(pk=made.pk).update(until=until)


def _move_consents(kept: Person, other: Person) -> list[str]:
    """Let consents count for the kept account that has not given the same; the others stay."""
    given = {
        (each.case_id, each.kind)
        for each in Consent.objects.filter(person=kept, withdrawn_at=None)
    }  # fmt: skip
    rows = Consent.objects.filter(person=other, withdrawn_at=None)
    moving = [each.pk for each in rows if (each.case_id, each.kind) not in given]
    return _move(Consent.objects.filter(pk__in=moving), kept)


def _move(rows: Any, to: Person) -> list[str]:
    found = [str(pk) for pk in rows.values_list("pk", flat=True)]
    rows.model.objects.filter(pk__in=found).update(person=to)
    return found


def _move_parents(kept: Person, other: Person) -> dict[str, list[str]]:
    """Let what the two said as a second parent end where they are the first one too: one person
    cannot agree for both. Where they are not, it goes on under the kept account."""
    first = set(
        Consent.objects.filter(person=kept, withdrawn_at=None).values_list("case_id", flat=True)
    )
    theirs = Q(person__in=[kept, other])
    for email in (kept.email, other.email):  # asked there by a link, without an account
        theirs |= Q(person__contact_email__iexact=email)
    rows = ParentConsent.objects.filter(theirs, ended_at=None)
    alone = [str(each.pk) for each in rows if each.case_id in first]
    ParentConsent.objects.filter(pk__in=alone).update(ended_at=clock.now())
    return {
        "parents": _move(rows.filter(person=other).exclude(pk__in=alone), kept),
        "alone": alone,
    }


def _move_seen(kept: Person, other: Person) -> list[list[Any]]:
    before = dict(Seen.objects.filter(person=kept).values_list("case_id", "at"))
    moved = []
    for row in Seen.objects.filter(person=other):
        former = before.get(row.case_id)
        if former is None or former < row.at:
            Seen.objects.update_or_create(case_id=row.case_id, person=kept, defaults={"at": row.at})
            moved.append([str(row.case_id), former and former.isoformat(), row.at.isoformat()])
    return moved


def _close(other: Person, kept: Person) -> None:
    """Close an account: sessions and links end, passkeys rest, what waits to be sent moves."""
    now = clock.now()
    AccessLink.objects.filter(person=other, used_at=None, expires_at__gt=now).update(expires_at=now)
    NewAddress.objects.filter(person=other, confirmed_at=None, expires_at__gt=now).update(
        expires_at=now
    )
    other.goes_on_as, other.is_active = kept, False
    other.set_unusable_password()  # a session holds a mark of it
    other.save(update_fields=["goes_on_as", "is_active", "password"])
    readdress(former=other, to=kept)


@transaction.atomic
def undo_one(*, by: Person, row: OneAccount) -> None:
    """Make one account two again, each with what it had. What the kept one lost meanwhile, the
    other one does not get back: who was taken out of a case does not come in again this way.

    Raises:
        NotYours: by somebody who is not of the team.
        Conflict: it was undone already.
        Refused: it is too late, or the kept account has been made one with a third one since.
    """
    rules.require_team(by)
    kept, other = _locked(row)
    row.refresh_from_db()
    until = row.undone_until
    if until is None or row.undone_at is not None or other.goes_on_as_id != kept.pk:
        raise Conflict(_("They were taken apart already."), code="undone")
    if until < clock.now():
        raise Refused(_("It can be undone for 30 days, and they are over."), code="one-late")
    if kept.goes_on_as_id is not None:
        raise Refused(
            _("The account that stayed was made one with a third one since. First undo that."),
            code="one-third",
        )
    row.undone_at, row.undone_by = clock.now(), by
    row.save(update_fields=["undone_at", "undone_by"])
    other.goes_on_as, other.is_active = None, True
    other.save(update_fields=["goes_on_as", "is_active"])
    moved = row.moved
    for pk, kind, last, new in moved["ties"]:
        child = Child.objects.get(pk=pk)
        _give_tie_back(child, kept, other, kind, parse_date(last) if last else None, new, by)
    for pk, new in moved["parts"]:
        _give_part_back(Case.objects.select_for_update(of=("self",)).get(pk=pk), kept, other, new,
                        by)  # fmt: skip
    for rows in (
        Consent.objects.filter(pk__in=moved["consents"]),
        GuardianDocument.objects.filter(pk__in=moved["documents"]),
        ParentConsent.objects.filter(pk__in=moved["parents"]),
    ):
        _move(rows.filter(person=kept), other)
    for answer in ParentConsent.objects.filter(pk__in=moved["alone"]):
        if not ParentConsent.objects.filter(case=answer.case_id, ended_at=None).exists():
            ParentConsent.objects.filter(pk=answer.pk).update(ended_at=None)
    _give_seen_back(kept, moved["seen"])
    for case in Case.objects.filter(pk__in={*(pk for pk, _new in moved["parts"]), row.case_id}):
        _keep_words(case)
        audit.record("accounts-separated", by=by, case_id=case.pk, target=row)
    _tell_both(row, "accounts-separated")


def _give_tie_back(
    child: Child, kept: Person, other: Person, kind: str, until: Any, new: bool, by: Person
) -> None:
    now = guardianship(child, kept)
    if now is None:
        return
    _tie(child, other, kind, until, by=by)
    if not (now.may_see and now.may_consent):  # said by a court since: it holds for both
        accounts.limit_guardianship(
            by=by, child=child, person=other, may_see=now.may_see, may_consent=now.may_consent
        )
    elif new:
        accounts.end_guardianship(by=by, child=child, person=kept)


def _give_part_back(case: Case, kept: Person, other: Person, new: bool, by: Person) -> None:
    if not holders_of(case, Part.FAMILY).filter(pk=kept.pk).exists():
        return
    give_part(case=case, person=other, role=Part.FAMILY, by=by)
    if new:
        end_parts(case=case, role=Part.FAMILY, by=by, person=kept)


def given_by_joining(person: Person, case: Case) -> list[Person]:
    """Return the account that has a part in a case only because this one was made one with it."""
    rows = OneAccount.objects.filter(other=person, confirmed_at__isnull=False, undone_at=None)
    return [
        row.kept
        for row in rows.select_related("kept")
        if [str(case.pk), True] in row.moved["parts"]
    ]


def _give_seen_back(kept: Person, moved: list[list[Any]]) -> None:
    for pk, former, at in moved:
        row = Seen.objects.filter(case=pk, person=kept, at=datetime.fromisoformat(at))
        if former is None:
            row.delete()
        else:
            row.update(at=datetime.fromisoformat(former))
