"""The other DICOMweb servers, as the operator named them in the settings."""

from dataclasses import dataclass, field

from django.conf import settings

from secondopinion.core.errors import NotYours


@dataclass(frozen=True, slots=True)
class Server:
    """One server; its secrets live in the environment and are never shown or stored."""

    name: str
    label: str
    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    ca_file: str = ""


def servers() -> list[Server]:
    """Return the servers from which studies can be fetched."""
    return [
        Server(
            name, each["label"] or name, each["url"].rstrip("/"), each["user"], each["password"],
            each["token"], each["ca_file"],
        )
        for name, each in settings.DICOMWEB_SERVERS.items()
    ]  # fmt: skip


def server_of(name: str) -> Server:
    """Return a server by its name.

    Raises:
        NotYours: there is none of this name.
    """
    found = next((each for each in servers() if each.name == name), None)
    if found is None:
        raise NotYours
    return found


def forwards_to() -> Server | None:
    """Return the server to which studies are forwarded, or None where nothing is forwarded."""
    return next((each for each in servers() if each.name == settings.DICOMWEB_FORWARD_TO), None)
