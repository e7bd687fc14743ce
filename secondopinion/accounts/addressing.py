"""E-mail addresses that change: kept aside until a code that was sent there proves them."""

import hmac
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import queries, rules
from secondopinion.accounts.models import AccessLink, NewAddress, Person
from secondopinion.accounts.tokens import hash_of
from secondopinion.audit import actions as audit
from secondopinion.core import clock
from secondopinion.core.errors import Refused
from secondopinion.core.ids import normalise_code, number_code

LASTS = timedelta(days=1)
MOST_A_DAY = 5  # codes for one person, and to one address
CODE_LENGTH = 8  # a hundred million, of which five can be tried


@transaction.atomic
def propose(
    *, by: Person, person: Person, email: str, way: str = "", note: str = "",
    case_id: UUID | None = None,
) -> tuple[NewAddress, str]:  # fmt: skip
    """Keep an address aside for a person, and return it with the code that proves it. Codes that
    are out end.

    Raises:
        Refused: it is no address, or theirs already; too many codes were asked for today.
    """
    email = rules.clean_email(email)
    if person.email and email.casefold() == person.email.casefold():
        raise Refused(_("We write to this address already."), code="address-same", field="email")
    today = NewAddress.objects.filter(created_at__gt=clock.now() - LASTS)
    if max(today.filter(person=person).count(),
           today.filter(email__iexact=email).count()) >= MOST_A_DAY:  # fmt: skip
        raise Refused(
            _("Too many codes were sent today. Try again tomorrow, or write us a message."),
            code="address-too-many", field="email",
        )  # fmt: skip
    _end(person)
    code = number_code(CODE_LENGTH)
    made = NewAddress.objects.create(
        person=person, email=email, code_hash=hash_of(code), expires_at=clock.now() + LASTS, by=by,
        way=way, note=note.strip(), case_id=case_id,
    )  # fmt: skip
    audit.record("address-asked", by=by, case_id=case_id, target=person, detail={"way": way})
    return made, code


def _end(person: Person) -> None:
    NewAddress.objects.filter(person=person, confirmed_at=None, expires_at__gt=clock.now()).update(
        expires_at=clock.now()
    )


def check_code(*, by: Person, person: Person, code: str, case_id: UUID | None = None) -> NewAddress:
    """Return the address that a code proves. Each try is counted, and kept although it is refused.
    The desk of a case confirms only what it was asked for itself.

    Raises:
        Refused: no code is out any more, or it is not this one.
    """
    row = queries.waiting_address(person, case_id)
    tried = row is not None and NewAddress.objects.filter(
        pk=row.pk, tries__lt=rules.MOST_TRIES
    ).update(tries=F("tries") + 1)
    if row is None or not tried:
        raise Refused(
            _("This code does not work any more. Have a new one sent."), code="address-ended",
            field="code",
        )  # fmt: skip
    if not hmac.compare_digest(row.code_hash, hash_of(normalise_code(code))):
        audit.record("address-refused", by=by, case_id=row.case_id, target=person)
        raise Refused(
            _("This code is not right. Look at the newest mail and type it again."),
            code="address-code", field="code",
        )  # fmt: skip
    return row


@transaction.atomic
def let_count(*, by: Person, row: NewAddress) -> NewAddress:
    """Let an address count that was proved just now. One-time links that are out end: they may have
    gone to the former one. An account at the new one in which nothing was ever begun gives way.

    Raises:
        Refused: the address is of another account.
    """
    person, now = Person.objects.select_for_update().get(pk=row.person_id), clock.now()
    must_be_free(row.email, person)
    for unused in Person.objects.filter(email__iexact=row.email).exclude(pk=person.pk):
        unused.email, unused.may_sign_in, unused.is_active = None, False, False
        unused.set_unusable_password()  # a session holds a mark of it
        unused.save()
        audit.record("account-gave-way", by=by, target=unused)
    row.former, row.confirmed_at = person.email or "", now
    row.save(update_fields=["former", "confirmed_at"])
    person.email = row.email
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
    except IntegrityError:  # somebody else had it first, this very moment
        raise _taken() from None
    AccessLink.objects.filter(person=person, used_at=None, expires_at__gt=now).update(
        expires_at=now
    )
    audit.record(
        "address-confirmed", by=by, case_id=row.case_id, target=person, detail={"way": row.way}
    )
    return row


def must_be_free(email: str, person: Person) -> None:
    """Hold when an address is of nobody else here.

    Raises:
        Refused: it is; the sentence does not say whose.
    """
    holder = queries.holder_of(email)
    if holder is not None and holder.pk != person.pk:
        raise _taken()


def _taken() -> Refused:
    return Refused(
        _("This address belongs to another account here. Choose another one."),
        code="address-taken", field="email",
    )  # fmt: skip
