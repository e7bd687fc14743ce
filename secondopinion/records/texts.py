"""The digital text of a file, without pictures. Runs in the sandbox: plain values in and out."""

import io

from secondopinion.core import kinds, unpack
from secondopinion.records import pdfs, written

# How reports of the command name what has a text.
NAMES = {
    kinds.PDF: "pdf", kinds.WORD: "docx", kinds.ODT: "odt", kinds.RTF: "rtf", kinds.HTML: "html",
    kinds.MAIL: "mail", kinds.TEXT: "text",
}  # fmt: skip

WARM = (*pdfs.WARM, *written.WARM)  # see `sandbox.run`


def kind_of(name: str, data: bytes) -> str:
    """Return the media type of a file, by its first bytes and by what a zip holds."""
    kind = kinds.kind_of(name, data[: kinds.HEAD])
    return unpack.document_in(io.BytesIO(data)) or kind if kind == kinds.ZIP else kind


def read(kind: str, data: bytes) -> str:
    """Return the text of a file of one of the `NAMES`; of a PDF the text layer, "" without one.

    Raises:
        pdfs.Locked: a PDF that wants a password.
    """
    if kind == kinds.PDF:
        return pdfs.text_of(data)
    return written.text_of(written.blocks(kind, data))
