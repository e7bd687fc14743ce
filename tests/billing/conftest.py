"""A case whose fee is asked for, and Stripe as these tests have it."""

from collections.abc import Iterator
from typing import Any

import pytest

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.program.models import Program
from tests.billing.stripe_server import KEY, SECRET, Server
from tests.web.conftest import person, taken


@pytest.fixture
def held(hospital: Program) -> tuple[Case, Person, Person]:
    """A case with its family and its coordinator."""
    family = person("maria@familia.example", name="María López")
    case, coordinator = taken(family)
    return case, family, coordinator


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """Stripe, and an installation that has set it."""
    made = Server()
    settings.PAYMENTS, settings.STRIPE_API_URL = "stripe", made.url
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
    yield made
    made.close()
