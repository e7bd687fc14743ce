"""The ASGI application: uploads and DICOMweb have streams of their own, the rest is Django."""

from typing import Any

import django

django.setup(set_prefix=False)

from secondopinion.interop import asgi as dicomweb  # noqa: E402 - Django must be set up first
from secondopinion.web import sealing, tus  # noqa: E402

_django = sealing.SealedASGIHandler()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Route one connection."""
    if scope["type"] != "http":
        return
    if scope["path"].startswith(tus.PREFIX):
        await tus.application(scope, receive, send)
        return
    if scope["path"].startswith(dicomweb.PREFIX):
        await dicomweb.application(scope, receive, send)
        return
    try:
        await _django(scope, sealing.limited(receive, sealing.most_of(scope["path"])), send)
    except sealing.TooLarge:
        await sealing.too_large(send)
