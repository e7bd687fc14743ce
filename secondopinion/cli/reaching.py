"""Whether the database can be reached, and why not, in the words of the database itself."""

from django.db import DatabaseError, connection

from secondopinion.core.errors import Unusable


def require_database() -> None:
    """Connect.

    Raises:
        Unusable: the database does not let us in, with its reason.
    """
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise Unusable(unreachable(error)) from None


def unreachable(error: DatabaseError) -> str:
    """Return a sentence about a database that does not answer: its address, and what it said."""
    said = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    if connection.vendor == "sqlite":
        return f"The database {connection.settings_dict['NAME']} cannot be used: {said}."
    return f"The database of DATABASE_URL cannot be used: {said}."
