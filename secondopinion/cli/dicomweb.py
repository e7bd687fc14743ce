"""The command that tries another DICOMweb server, and what the doctor says of each."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlparse

from secondopinion.cli.found import Found, fine

_HERE = {"127.0.0.1", "localhost", "::1"}


def add_to(verbs: Any) -> None:
    """Add the command to a parser."""
    found = verbs.add_parser("dicomweb", help="see whether another DICOMweb server answers")
    found = found.add_subparsers(dest="what", required=True)
    found.add_parser("test", help="ask it for one study").add_argument("name")


def run(given: argparse.Namespace) -> int:
    """Ask a server for one study; the exit status is 2 when it does not do that."""
    # What speaks to servers needs Django's applications to be there.
    from secondopinion.pacs.client import Client, Trouble
    from secondopinion.pacs.servers import servers

    server = next((each for each in servers() if each.name == given.name), None)
    if server is None:
        sys.stderr.write(f"DICOMWEB_SERVERS does not name {given.name}.\n")
        return 2
    try:
        with Client(server) as client:
            rows = client.page("/studies", [("limit", "1")])
    except Trouble as trouble:
        sys.stderr.write(f"{server.url}: {trouble.code}.\n")
        return 2
    held = "studies" if rows else "no study"
    sys.stdout.write(f"{server.url} answers, lets us in, and holds {held}.\n")
    return 0


def examine() -> Iterator[Found]:
    """Say what is mis-set about the other servers; nothing is asked of them."""
    from django.conf import settings

    for name, each in settings.DICOMWEB_SERVERS.items():
        before = f"DICOMWEB_{name.upper().replace('-', '_')}"
        url = urlparse(each["url"])
        if url.scheme not in {"http", "https"} or not url.hostname:
            yield Found(f"{before}_URL is not an address of the web.", bad=True)
        elif url.scheme == "http" and url.hostname not in _HERE:
            yield Found(f"{before}_URL does not begin with https://: images and passwords travel "
                        "in the open.", bad=True)  # fmt: skip
        else:
            yield fine(f"Studies can be fetched from {each['label'] or name}.")
        if each["token"] and each["user"]:
            yield Found(f"{before}_TOKEN and {before}_USER are both set: the token counts.")
    target = settings.DICOMWEB_FORWARD_TO
    if target and target not in settings.DICOMWEB_SERVERS:
        yield Found(f"DICOMWEB_FORWARD_TO names {target}, which DICOMWEB_SERVERS does not: nothing "
                    "is forwarded.", bad=True)  # fmt: skip
    elif target:
        yield fine(f"Images of complete cases are forwarded to {target}.")
