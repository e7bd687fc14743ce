"""Loads who is signed in together with their staff roles: one question to the database a page."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import person_with_roles


class PersonBackend(AuthenticationBackend):
    """Signs in as allauth does, and reads a person with their roles."""

    def get_user(self, user_id: Any) -> Person | None:
        try:
            person = person_with_roles(UUID(str(user_id)))
        except ValueError:
            return None
        return person if person is not None and self.user_can_authenticate(person) else None
