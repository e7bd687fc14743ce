"""A real Orthanc with a password, and what the settings say of it."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from secondopinion.accounts.models import Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case
from tests.interop import servers
from tests.interop.servers import Peer
from tests.web.conftest import draft, person

USER, PASSWORD = "reader", "a secret of the hospital"


def described(url: str, **changes: str) -> dict[str, str]:
    """Return what the settings say of a server."""
    return {
        "url": url, "label": "Clinic archive", "user": USER, "password": PASSWORD, "token": "",
        "ca_file": "", **changes,
    }  # fmt: skip


def start(folder: Path) -> Any:
    """Start an Orthanc that asks for the password."""
    return servers.orthanc(folder, AuthenticationEnabled=True, RegisteredUsers={USER: PASSWORD})


def opened(peer: Peer) -> Peer:
    """Let a test's own requests in."""
    secret = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    peer.headers["Authorization"] = f"Basic {secret}"
    return peer


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Orthanc as the archive from which studies are fetched."""
    with start(tmp_path_factory.mktemp("archive")) as peer:
        yield opened(peer)


@pytest.fixture(scope="session")
def hospital_pacs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Another Orthanc, to which studies are forwarded."""
    with start(tmp_path_factory.mktemp("pacs")) as peer:
        yield opened(peer)


def owned() -> tuple[Case, Person]:
    """Return a case that a coordinator has taken, without records, and the coordinator."""
    maria = person("maria@familia.example")
    case = cases.submit(by=maria, case=draft(maria))
    grace = person("grace@harbour.example", "coordinator", name="Grace Okafor")
    cases.take(by=grace, case=case)
    return case, grace


@pytest.fixture
def known(settings: Any) -> Callable[..., None]:
    """Return what names servers in the settings."""

    def name(forward_to: str = "", **each: dict[str, str]) -> None:
        settings.DICOMWEB_SERVERS = each
        settings.DICOMWEB_FORWARD_TO = forward_to

    return name
