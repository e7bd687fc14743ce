"""What must hold for people and children."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from secondopinion.core import clock
from secondopinion.core.errors import Refused

OLDEST = 18  # years; from this birthday on the patient decides, and another service is right
LONGEST_ADDRESS = 254  # characters (RFC 3696, erratum 1690)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


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


def _is_address(text: str) -> bool:
    if len(text) > LONGEST_ADDRESS:
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


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
                "wrote is kept. Write to us, and we will say who can help an adult."
            ),
            code="too-old",
            field="birth_date",
        )
