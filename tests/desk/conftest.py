"""Coordinators and a mother; two accounts of one mother, or two parents, each with a request."""

import pytest

from secondopinion.accounts.models import Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case
from secondopinion.program.models import Program
from tests.web.conftest import person, submitted

KEPT, OTHER = "maria@familia.example", "maria.lopez@correo.example"


@pytest.fixture
def grace(hospital: Program) -> Person:
    """A coordinator."""
    return person("grace@harbour.example", "coordinator", name="Grace Okafor")


@pytest.fixture
def kept(hospital: Program) -> Person:
    """The account that a mother keeps."""
    return person(KEPT, name="María López")


@pytest.fixture
def other(hospital: Program) -> Person:
    """Her other account."""
    return person(OTHER, name="Maria Lopez")


@pytest.fixture
def first(grace: Person, kept: Person) -> Case:
    """Her request of the account that she keeps, which a coordinator has taken."""
    made = submitted(kept)
    cases.take(by=grace, case=made)
    return made


@pytest.fixture
def second(first: Case, other: Person) -> Case:
    """A request of her other account."""
    return submitted(other)


@pytest.fixture
def omar(hospital: Program) -> Person:
    """Another one."""
    return person("omar@harbour.example", "coordinator", name="Omar Haddad")


@pytest.fixture
def mother(hospital: Program) -> Person:
    """A mother."""
    return person("maria@familia.example")


@pytest.fixture
def two(hospital: Program) -> tuple[Case, Case, Person]:
    """Two requests about one child from two parents, the first of them taken; its coordinator."""
    first = submitted(person("maria@familia.example", name="María López"))
    second = submitted(person("jose@familia.example", name="José Fernández"))
    second.questions.create(number=3, text="And her brother?")
    coordinator = person("grace@harbour.example", "coordinator", name="Grace Okafor")
    cases.take(by=coordinator, case=first)
    return first, second, coordinator
