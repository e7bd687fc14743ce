"""Days, as one reads them."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import pgettext


def written(value: date) -> str:
    """Write a day out in the language in force, as ``12 March 2026``; of an instant, the day that
    it has in its own zone."""
    # Translators: how a date is written out; Spanish has "j \\d\\e F \\d\\e Y".
    return date_format(value, pgettext("date format", "j F Y"))
