"""Static files, through the server's own interface: whole, in part, unchanged, and quietly."""

import asyncio
import gzip
from typing import Any

from secondopinion.settings import ROOT
from secondopinion.web import asgi

STYLE = (ROOT / "web" / "static" / "house" / "house.css").read_bytes()


def answer(method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Ask for the style sheet; a warning of Django's would be an error here."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "path": "/static/house/house.css", "query_string": b"", "scheme": "http",
        "headers": [(b"host", b"127.0.0.1"),
                    *((name.replace("_", "-").encode(), value.encode())
                      for name, value in headers.items())],
    }  # fmt: skip
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await asyncio.Future()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(asgi.application(scope, receive, send))
    found = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(each.get("body", b"") for each in sent[1:])


def test_a_static_file_is_whole_in_part_or_unchanged() -> None:
    status, headers, body = answer()
    assert (status, body) == (200, STYLE)
    assert headers["content-type"].startswith("text/css")
    assert headers["content-length"] == str(len(STYLE))
    assert "max-age" in headers["cache-control"]

    status, packed, body = answer(accept_encoding="gzip")
    assert (packed["content-encoding"], gzip.decompress(body)) == ("gzip", STYLE)

    status, _part, body = answer(range="bytes=10-19")
    assert (status, body) == (206, STYLE[10:20])

    status, told, body = answer("HEAD")
    assert (status, told["content-length"], body) == (200, str(len(STYLE)), b"")

    status, _headers, body = answer(if_none_match=headers["etag"])
    assert (status, body) == (304, b"")
