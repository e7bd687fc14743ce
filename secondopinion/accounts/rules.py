"""What must hold for people and children."""

import re
from datetime import date, datetime, timedelta
from unicodedata import digit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from secondopinion.core import clock
from secondopinion.core.errors import Refused

OLDEST = 18  # years; from this birthday on the patient decides, and another service is right
LONGEST_ADDRESS = 254  # characters (RFC 3696, erratum 1690)
MOST_TRIES = 5  # codes that are typed before the one for a new address ends
FRESH = timedelta(minutes=5)  # for this long after it was given, a second factor counts
_GMAIL = frozenset({"gmail.com", "googlemail.com"})  # dots in a name do not matter there
_PHONE = re.compile(r"\+?(?:[ ()./-]*\d){6,17}(?: ?(?:x|ext\.?) ?\d{1,6})?", re.IGNORECASE)
_MARKS = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def staff_name(text: str) -> str:
    """Return the name of a member of staff as it is stored.

    Raises:
        Refused: there is none.
    """
    if not text.strip():
        raise Refused(_("Fill this in to go on."), code="name-missing", field="full_name")
    return text.strip()


def clean_email(text: str) -> str:
    """Return an address as it is stored.

    Raises:
        Refused: no address, or one with a line break or another control character in it.
    """
    text = text.strip(" ")
    if _UNPRINTABLE.search(text) or not _is_address(text):
        raise Refused(
            _("This is not an e-mail address. Write it like name@example.org."),
            code="email-invalid",
            field="email",
        )
    name, at, host = text.rpartition("@")
    return f"{name}{at}{host.lower()}"


def clean_phone(text: str) -> str:
    """Return a phone number as it is stored: Latin digits, a plus, and what people group them by.

    Raises:
        Refused: letters, or fewer digits than any number has with its area.
    """
    digits = "".join(str(digit(each)) if each.isdecimal() else each for each in text)
    kept = " ".join(digits.translate(_MARKS).split())
    if kept and not _PHONE.fullmatch(kept):
        raise Refused(
            _("This is not a phone number. Write its digits, with the country’s code first."),
            code="phone-invalid",
            field="phone",
        )
    return kept


def from_abroad(text: str) -> str:
    """Return a phone number that can be called from abroad: with a plus and the country's code.

    Raises:
        Refused: it has none, or is no phone number.
    """
    kept = clean_phone(text)
    if kept.startswith("00"):  # what is dialled for the plus in most countries
        kept = f"+{kept[2:].lstrip()}"
    if kept and not kept.startswith("+"):
        raise Refused(
            _("Begin with + and the country’s code, so that we can call you from abroad."),
            code="phone-without-country", field="phone",
        )  # fmt: skip
    return kept


def check_factor(given_at: datetime | None) -> None:
    """Refuse what needs a second factor just now, when none was given just now.

    Raises:
        Refused: none, or too long ago.
    """
    if given_at is None or clock.now() - given_at > FRESH:
        raise Refused(_("Confirm that it is you with your second factor."), code="factor-needed")


def _is_address(text: str) -> bool:
    if len(text) > LONGEST_ADDRESS:
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def same_mailbox(one: str, other: str) -> bool:
    """Say whether two addresses reach the same person: case and ``+tags`` do not matter. Two people
    without an address are not the same."""
    return bool(one.strip()) and _mailbox(one) == _mailbox(other)


def _mailbox(email: str) -> tuple[str, str]:
    name, _at, host = email.strip().casefold().rpartition("@")
    name = name.partition("+")[0]
    return (name.replace(".", ""), "gmail") if host in _GMAIL else (name, host)


def age_on(birth_date: date, day: date) -> int:
    """Return completed years of age on a day; 29 February counts from 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def check_birth_date(birth_date: date) -> None:
    """Refuse a birth date in the future, and a patient who has come of age.

    Raises:
        Refused: with a code, and the sentence for the family.
    """
    if birth_date > clock.today():
        raise Refused(
            _("The date of birth is in the future. Check the day, the month and the year."),
            code="birth-date-future",
            field="birth_date",
        )
    if age_on(birth_date, clock.today()) > OLDEST:
        raise Refused(
            _(
                "This program is for children and young people up to 18 years old. What you "
                "wrote is kept. Our team can say who helps an adult."
            ),
            code="too-old",
            field="birth_date",
        )
