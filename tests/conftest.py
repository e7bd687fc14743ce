"""What every room's tests share: a vault of their own, a program, people."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection
from django.utils import translation
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.cases import actions
from secondopinion.cases.models import Case
from secondopinion.program import actions as program_actions
from secondopinion.program.models import Program
from tests import prepared
from tests.browsers import chromium  # noqa: F401 - a fixture

# The same examples in every run; `--hypothesis-seed` tries others.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

FILES = Path(__file__).resolve().parent.parent / "secondopinion" / "demo" / "files"
MR_HEAD = FILES / "mr-head" / "mr-head-384.zip"
DOCUMENTS = FILES / "documents"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server of databases leave out what asks no database: one run has tested that."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    asks = [
        item for item in items
        if {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        or item.get_closest_marker("django_db")
        or item.get_closest_marker("any_database")
    ]  # fmt: skip
    config.hook.pytest_deselected(items=list(set(items) - set(asks)))
    items[:] = asks


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Have the database of tests copied from a prepared one, not made by migrations again."""
    test = connection.settings_dict["TEST"]
    if connection.vendor == "postgresql":
        test["TEMPLATE"] = prepared.template(os.environ["DATABASE_URL"])
    else:
        test["MIGRATE"] = False  # it is filled below


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Have the program set up in the database: once, for every test begins from there."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock():
            prepared.fill(connection)


@pytest.fixture(autouse=True)
def own_vault(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Keep every test's files in a folder of its own, and its rate limits to itself."""
    django_settings = request.getfixturevalue("settings")
    django_settings.DATA_DIR = tmp_path
    django_settings.UNDERSTAND_PAGES = False  # reading takes a second a page: asked for by name
    django_settings.VAULT_DIR = tmp_path / "vault"
    django_settings.VAULT_MASTER_KEY_FILE = tmp_path / "master-key"
    django_settings.STORAGES = {
        **django_settings.STORAGES,
        "vault": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "vault", "file_permissions_mode": 0o600},
        },
    }
    django_settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "memory": {"BACKEND": "secondopinion.core.kept.KeptCache", "LOCATION": "memory"},
    }
    for name in django_settings.CACHES:
        caches[name].clear()
    translation.deactivate()  # a page leaves the language of its last reader behind
    yield
    for name in django_settings.CACHES:
        caches[name].clear()


@pytest.fixture
def hospital(db: None) -> Program:
    """The program as a fresh installation has it."""
    return program_actions.set_up()


@pytest.fixture
def maria(hospital: Program) -> Person:
    """A mother."""
    return accounts.ensure_person(
        email="maria@familia.example", full_name="María López", language="es"
    )


@pytest.fixture
def case(maria: Person) -> Case:
    """A draft of hers."""
    return actions.start_draft(by=maria, language="es")
