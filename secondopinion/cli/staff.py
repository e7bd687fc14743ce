"""`secondopinion staff`: who works here, from the command line."""

import argparse
import sys
from importlib import import_module
from typing import Any

# As `accounts.models.Role` has them; that needs Django, and the parser does not. A test compares.
ROLES = (
    "coordinator", "specialist", "referral_coordinator", "director", "privacy", "administrator",
    "translator", "translation_reviewer", "emergency",
)  # fmt: skip


def add_to(verbs: Any) -> None:
    """Add the verb and what it takes."""
    staff = verbs.add_parser(
        "staff",
        help="list, fields, add, grant, revoke, reset-factor",
        epilog=f"Roles: {', '.join(ROLES)}",
    )
    what = staff.add_subparsers(dest="what", required=True)
    what.add_parser("list", help="who has which role")
    what.add_parser("fields", help="the fields of medicine and their keys")
    add = what.add_parser(
        "add", help="make somebody a member of the staff, or describe them anew",
        epilog="A specialist needs --title and --field; `secondopinion staff fields` lists keys.",
    )  # fmt: skip
    add.add_argument("email")
    add.add_argument("--name", required=True, help="full name, as it stands under a report")
    add.add_argument("--role", action="append", default=[], choices=ROLES)
    add.add_argument("--language", default="en", help="language of pages and mails")
    add.add_argument("--title", default="", help="of a specialist, like 'Pediatric neurologist'")
    add.add_argument("--registration", default="", help="number of the licence")
    add.add_argument("--field", action="append", default=[], help="key of a field of medicine")
    add.add_argument("--reads", action="append", default=[], help="language of records")
    add.add_argument("--condition", action="append", default=[], help="word to match cases by")
    add.add_argument("--capacity", type=int, default=3, help="cases at the same time")
    for name, text in (("grant", "give a role"), ("revoke", "take a role away")):
        each = what.add_parser(name, help=text)
        each.add_argument("email")
        each.add_argument("role", choices=ROLES)
    reset = what.add_parser("reset-factor", help="take a lost second factor away")
    reset.add_argument("email")


def run(given: argparse.Namespace) -> int:
    """Do what was asked for.

    Raises:
        Refused: with a sentence for the operator.
    """
    verbs = import_module("secondopinion.cli.staff_verbs")  # needs Django's applications
    lines: list[str] = getattr(verbs, given.what.replace("-", "_") + "_")(given)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0
