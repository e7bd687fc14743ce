"""Forms with files: no plain text touches the disk, and none is larger than it may be.

Django puts the body of a request, and each file in it, into temporary files in the open. Here both
are sealed while they come (`core.sealed`), whatever the form.
"""

from typing import IO, Any, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.core.handlers.asgi import ASGIHandler
from django.utils.translation import gettext as _

from secondopinion.core.sealed import SealedSpool


class TooLarge(Exception):
    """More came than a form at this address may hold."""


class SealingHandler(FileUploadHandler):
    """Receives the files of forms."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        spool = cast("IO[str]", SealedSpool())  # the stub says so; a file of a form holds bytes
        self.file = UploadedFile(spool, self.file_name, self.content_type, 0, self.charset)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece; none is passed on."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """Return the file, to be read from its beginning."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Forget what came of a form that was cut off."""
        if self.file is not None:
            self.file.close()


class SealedASGIHandler(ASGIHandler):
    """Django's handler with bodies that rest sealed."""

    async def read_body(self, receive: Any) -> IO[bytes]:
        """Take a body in.

        Raises:
            RequestAborted: the connection was cut.
        """
        body = SealedSpool()
        more = True
        try:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RequestAborted
                await sync_to_async(body.write, thread_sensitive=False)(message.get("body", b""))
                more = message.get("more_body", False)
        except BaseException:
            body.close()
            raise
        return cast("IO[bytes]", body)


def limited(receive: Any, most: int) -> Any:
    """Return a `receive` that raises TooLarge after `most` bytes of a body."""
    left = most

    async def counting() -> Any:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    return counting


def most_of(path: str) -> int:
    """Return how many bytes a request at this address may hold: files only where files are sent."""
    large = path.endswith(("/files/add/", "/scan/photos/")) or "/studies" in path
    return settings.FORM_WITH_FILES_MAX_BYTES if large else settings.FORM_MAX_BYTES


async def too_large(send: Any) -> None:
    """Say that more came than is taken; nothing of it was kept."""
    text = str(_("That is too large for this page. Nothing of it was kept."))
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
