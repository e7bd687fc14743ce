"""What a provider of payments must be able to do; which one this installation has set.

A provider shows a page of its own where the family pays: no card number touches this house. Without
one, money is transferred to the program's bank account and noted by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.conf import settings

HAND = "hand"


class Unavailable(Exception):
    """The provider did not answer as it should; the message names no person and no key."""


class Declined(Unavailable):
    """The provider answered, and will not do it however often it is asked."""


class BadSignature(Exception):
    """What came in was not sent by the provider, or long ago."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid: `key` is our payment's, `words` stand on the provider's page."""

    key: str
    amount: Decimal
    currency: str
    words: str
    back: str  # the address to which the family returns
    language: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A page on which an order can be paid."""

    external_id: str
    url: str


@dataclass(frozen=True, slots=True)
class Return:
    """What is to be given back of a payment: `key` is our refund's, so that it happens once."""

    key: str
    payment: str  # our payment's key
    external_id: str  # of the page on which it was paid
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Event:
    """What a provider tells: `kind` is ``paid``, ``failed``, ``expired``, ``refunded``,
    ``not-refunded`` or ``other``; `key` is our payment's. Of ``refunded``, `amount` is all that was
    given back by now; of ``not-refunded``, `refund` is the key of what did not reach the family.
    """

    event_id: str
    kind: str
    key: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    refund: str = ""


class Provider(Protocol):
    """A provider of payments."""

    name: str

    def takes(self, currency: str) -> bool:
        """Say whether it can be paid in this currency here."""

    def begin(self, order: Order) -> Begun:
        """Return the page on which an order can be paid; the same order gives the same page.

        Raises:
            Unavailable: there is none.
        """

    def close(self, external_id: str) -> None:
        """Let nothing be paid on a page any more; a page that is closed stays so.

        Raises:
            Unavailable: it does not answer; asking again can help.
            Declined: the page has ended, or was paid.
        """

    def give_back(self, order: Return) -> None:
        """Give back what was paid; the same order is done once, however often it is asked.

        Raises:
            Unavailable: it does not answer; asking again can help.
            Declined: it will not.
        """

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """Return what a call of the provider says.

        Raises:
            BadSignature: the provider did not make it.
        """


def configured() -> str:
    """Return the name of the provider that is set, `HAND` for none."""
    return str(settings.PAYMENTS)
