"""The ASGI application: uploads go to an application of their own, everything else to Django."""

from typing import Any

from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from secondopinion.web import tus  # noqa: E402 - Django must be set up first


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Route one connection."""
    if scope["type"] == "http" and scope["path"].startswith(tus.PREFIX):
        await tus.application(scope, receive, send)
    elif scope["type"] == "http":
        await _django(scope, receive, send)
