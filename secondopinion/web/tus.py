"""tus 1.0: resumable uploads with creation, termination, checksum and expiration.

An application of its own, because Django would spool a body to the disk in plain text before a view
sees it. Here bytes are encrypted as they come, and the offset is what is safe on the disk.
"""

import base64
import binascii
import errno
import hashlib
import io
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlparse

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.utils import translation
from django.utils.module_loading import import_string

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions, queries
from secondopinion.arrivals.models import Upload, UploadState
from secondopinion.cases.queries import case_for
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.staging import Staging

PREFIX = "/uploads/"
VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
ALGORITHMS = ("sha1", "sha256")
PIECE = 1024 * 1024  # bytes gathered before they are sealed


class Answer(Exception):
    """An answer without a body worth speaking of."""

    def __init__(self, status: int, text: str = "", **headers: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one request."""
    try:
        answer = await _handle(scope, receive)
    except Answer as early:
        answer = early
    except NotYours:
        answer = Answer(404)
    except Conflict as conflict:
        answer = Answer(423 if conflict.code == "locked" else 409, str(conflict.message))
    except Refused as refused:
        status = {"too-large": 413, "damaged": 460}.get(refused.code, 400)
        answer = Answer(status, str(refused.message))
    except OSError as error:
        answer = Answer(507 if error.errno in {errno.ENOSPC, errno.EDQUOT} else 500)
    headers = {
        "Tus-Resumable": VERSION,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in answer.headers.items()},
    }
    body = answer.text.encode()
    if answer.status != 204:
        headers["Content-Length"] = str(len(body))
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    return {
        name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]
    }


async def _handle(scope: dict[str, Any], receive: Any) -> Answer:
    headers = _headers(scope)
    method = headers.get("x-http-method-override", scope["method"]).upper()
    upload_id = scope["path"].removeprefix(PREFIX).strip("/")
    if method == "OPTIONS":
        return Answer(
            204, Tus_Version=VERSION, Tus_Extension=EXTENSIONS,
            Tus_Max_Size=str(settings.UPLOAD_MAX_BYTES),
            Tus_Checksum_Algorithm=",".join(ALGORITHMS),
        )  # fmt: skip
    if headers.get("tus-resumable") != VERSION:
        raise Answer(412, Tus_Version=VERSION)
    _same_site(headers)
    person = await _person(scope)
    translation.activate(person.language)
    if method == "POST" and not upload_id:
        return await _create(person, headers, receive)
    if method == "HEAD" and upload_id:
        return await _head(person, upload_id)
    if method == "PATCH" and upload_id:
        return await _patch(person, upload_id, headers, receive)
    if method == "DELETE" and upload_id:
        upload = await _upload(person, upload_id)
        await sync_to_async(actions.cancel)(by=person, upload=upload)
        return Answer(204)
    raise Answer(405)


def _same_site(headers: dict[str, str]) -> None:
    """Refuse what another site's page sends with this person's cookie.

    A browser names the origin of every request that is not a plain reading; a program that is no
    browser names none and has no cookie of another's.
    """
    origin = headers.get("origin", settings.SITE_URL)
    # A proxy may leave out the port that people open when it hands the host on: SITE_URL has it.
    ours = origin in settings.CSRF_TRUSTED_ORIGINS or urlparse(origin).netloc == headers.get("host")
    if not ours or headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Answer(403)


async def _person(scope: dict[str, Any]) -> Person:
    def find() -> Person:
        close_old_connections()
        engine = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        request = ASGIRequest({**scope, "method": "GET"}, io.BytesIO())
        request.session = engine(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
        person = get_user(request)
        if not person.is_authenticated:
            raise Answer(401)
        return person

    return await sync_to_async(find)()


def _metadata(header: str) -> dict[str, str]:
    found = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        key, _space, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Answer(400) from None
    return found


def _about(metadata: dict[str, str]) -> actions.About:
    """Return what our own uploader adds to the metadata that every tus client sends."""
    return actions.About(
        kind=metadata.get("kind") or "file", key=metadata.get("key", ""),
        digest=metadata.get("digest", ""), sending=metadata.get("sending", ""),
        label=metadata.get("label", ""), content_length=_whole(metadata.get("contentLength", "0")),
        files=_whole(metadata.get("files", "0")),
        sending_length=_whole(metadata.get("sendingLength", "0")),
    )  # fmt: skip


def _whole(text: str | None) -> int:
    if text is None or not text.isdecimal() or len(text) > 18:
        raise Answer(400)
    return int(text)


def _expires(upload: Upload) -> str:
    return format_datetime(upload.expires_at, usegmt=True)


async def _create(person: Person, headers: dict[str, str], receive: Any) -> Answer:
    length = _whole(headers.get("upload-length"))
    metadata = _metadata(headers.get("upload-metadata", ""))

    def begin() -> Upload:
        case = case_for(person, metadata.get("case", ""))
        return actions.begin(
            by=person, case=case, name=metadata.get("relativePath") or metadata.get("filename", ""),
            length=length, metadata=headers.get("upload-metadata", ""), about=_about(metadata),
        )  # fmt: skip

    upload = await sync_to_async(begin)()
    offset = 0
    if headers.get("content-type") == "application/offset+octet-stream":
        offset = await _receive(upload, headers, receive, expected=0)
    elif length == 0:
        await sync_to_async(actions.finish)(upload=upload)
    return Answer(
        201, Location=f"{PREFIX}{upload.pk}", Upload_Offset=str(offset),
        Upload_Expires=_expires(upload),
    )  # fmt: skip


async def _upload(person: Person, upload_id: str) -> Upload:
    def find() -> Upload:
        try:
            upload = queries.upload_for(person, upload_id)
        except ValueError:
            raise NotYours from None
        if upload.state in {UploadState.CANCELLED, UploadState.EXPIRED}:
            raise Answer(410)
        actions.source_of(upload.case, person)
        return upload

    return await sync_to_async(find)()


async def _head(person: Person, upload_id: str) -> Answer:
    upload = await _upload(person, upload_id)
    offset = upload.length
    if upload.staged:
        staging = Staging(upload.staged)
        offset = await sync_to_async(lambda: staging.offset)()
        if offset == upload.length:  # its last bytes came, and whoever took them died or is slow
            await sync_to_async(actions.finish)(upload=upload)
    more = {"Upload_Metadata": upload.metadata} if upload.metadata else {}
    return Answer(
        200, Upload_Offset=str(offset), Upload_Length=str(upload.length),
        Upload_Expires=_expires(upload), **more,
    )  # fmt: skip


async def _patch(person: Person, upload_id: str, headers: dict[str, str], receive: Any) -> Answer:
    if headers.get("content-type") != "application/offset+octet-stream":
        raise Answer(415)
    upload = await _upload(person, upload_id)
    expected = _whole(headers.get("upload-offset"))
    if upload.state != UploadState.RECEIVING:
        raise Answer(409 if expected != upload.length else 403)
    offset = await _receive(upload, headers, receive, expected=expected)
    return Answer(204, Upload_Offset=str(offset), Upload_Expires=_expires(upload))


def _checksum(header: str | None) -> tuple[Any, bytes]:
    if header is None:
        return None, b""
    name, _space, value = header.partition(" ")
    if name not in ALGORITHMS:
        raise Answer(400)
    try:
        return hashlib.new(name, usedforsecurity=False), base64.b64decode(value, validate=True)
    except binascii.Error:
        raise Answer(400) from None


async def _receive(upload: Upload, headers: dict[str, str], receive: Any, *, expected: int) -> int:
    """Take a body in and return the offset that is safe then.

    With a checksum the body is held in memory until it is judged, and none of a wrong one is kept.
    """
    digest, wanted = _checksum(headers.get("upload-checksum"))
    if digest is not None and int(headers.get("content-length", "0")) > 64 * 1024**2:
        raise Answer(413)
    if upload.staged is None:
        raise Answer(410)
    staging = Staging(upload.staged)

    def enter() -> None:
        if staging.offset != expected:
            raise Answer(409, Upload_Offset=str(staging.offset))
        staging.__enter__()

    await sync_to_async(enter)()
    try:
        await _take_body(staging, receive, digest, wanted)
    finally:
        await sync_to_async(staging.__exit__)(None, None, None)
    offset: int = await sync_to_async(lambda: staging.offset)()
    if offset == upload.length:
        await sync_to_async(actions.finish)(upload=upload)
    return offset


async def _take_body(staging: Staging, receive: Any, digest: Any, wanted: bytes) -> None:
    """Seal a body as it comes; what came before a cut-off connection stays."""
    held, more, cut = bytearray(), True, False
    while more and not cut:
        message = await receive()
        cut = message["type"] == "http.disconnect"
        held += message.get("body", b"")
        more = message.get("more_body", False)
        if digest is None and len(held) >= PIECE:
            await sync_to_async(staging.append)(bytes(held))
            held.clear()
    if digest is not None:
        if cut:
            return
        digest.update(held)
        if digest.digest() != wanted:
            raise Answer(460)
    if held:
        await sync_to_async(staging.append)(bytes(held))
