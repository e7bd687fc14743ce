"""What can go wrong in a way that a person is told about."""

from django.utils.functional import Promise


class Refused(Exception):
    """A rule says no. The sentence says what happened, what was kept and what to do next."""

    def __init__(self, message: str | Promise, *, code: str = "refused", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field


class Conflict(Refused):
    """Somebody else was quicker: the thing has changed since it was read."""

    def __init__(self, message: str | Promise, *, code: str = "conflict", field: str = "") -> None:
        super().__init__(message, code=code, field=field)


class Unusable(Exception):
    """What the operator must mend first: told on the command line, never on a page."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotYours(Exception):
    """This person has no live part in it: told as 404, as if it did not exist."""
