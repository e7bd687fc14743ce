"""Words that stand in every mail, in the language in force."""

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.program.models import Program

_LEFT_TO_RIGHT = "\u200e"  # a mark that is not seen; plain text has no other means


def as_written(text: str) -> str:
    """Keep the parts of a number in their order in a language that runs from right to left."""
    return f"{_LEFT_TO_RIGHT}{text}{_LEFT_TO_RIGHT}" if text and get_language_bidi() else text


def ending(hospital: Program, to: Person, *, writes: bool = True) -> list[str]:
    """Return what stands at the end of a mail: how the hospital is reached, but not for those who
    work there, and who writes. Not everybody has a page on which one `writes` back."""
    sender = f"{hospital.name}\n{hospital.hospital}"
    return [sender] if staff_roles(to) else [_how_to_reach(hospital, writes), sender]


def _how_to_reach(hospital: Program, writes: bool) -> str:
    page = _(
        "To write to us, open your page: what you write there is safe. Or call %(phone)s, on "
        "working days from %(opens)s to %(closes)s (time in %(city)s). An answer to this mail "
        "reaches our office; please write nothing about a child’s health in a mail."
    )
    call = _(
        "You can call us: %(phone)s, on working days from %(opens)s to %(closes)s (time in "
        "%(city)s). An answer to this mail reaches our office; please write nothing about a "
        "child’s health in a mail."
    )
    return (page if writes else call) % {
        "phone": as_written(hospital.phone),
        "opens": f"{hospital.opens:%H:%M}",
        "closes": f"{hospital.closes:%H:%M}",
        "city": hospital.city,
    }
