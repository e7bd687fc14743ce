"""What is done to a signed PDF by somebody who wants to keep its signature: the shadow attacks that
Mainka, Mladenov and Rohlmann described (NDSS 2021), and what programs do that mean no harm."""

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

WORDS = b"BT /F1 24 Tf 72 700 Td (The dose is 400 mg) Tj ET"
COVER = b"q 1 1 1 rg 0 0 600 850 re f Q"


def _added(data: bytes, change: Callable[[IncrementalPdfFileWriter, Any], None]) -> bytes:
    """Return a PDF with an update behind its end, as `change` makes it to the first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    while page["/Type"] == "/Pages":
        page = page["/Kids"][0].get_object()
    change(writer, page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _stream(writer: IncrementalPdfFileWriter, data: bytes) -> generic.IndirectObject:
    return writer.add_object(generic.StreamObject(stream_data=data))


def hidden(data: bytes) -> bytes:
    """Hide: a white surface is laid over what was signed."""

    def change(writer: IncrementalPdfFileWriter, page: Any) -> None:
        page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), _stream(writer, COVER)])
        writer.update_container(page)

    return _added(data, change)


def replaced(data: bytes) -> bytes:
    """Replace: the page shows other words."""

    def change(writer: IncrementalPdfFileWriter, page: Any) -> None:
        page["/Contents"] = _stream(writer, WORDS)
        writer.update_container(page)

    return _added(data, change)


def _page_of_words(writer: IncrementalPdfFileWriter) -> generic.IndirectObject:
    return writer.add_object(generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Page"),
        pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
        pdf_name("/Contents"): _stream(writer, WORDS),
    }))  # fmt: skip


def hidden_and_replaced(data: bytes) -> bytes:
    """Hide and replace: the document leads to other pages than those that were signed."""

    def change(writer: IncrementalPdfFileWriter, _page: Any) -> None:
        pages = generic.DictionaryObject({
            pdf_name("/Type"): pdf_name("/Pages"), pdf_name("/Count"): generic.NumberObject(1),
            pdf_name("/Kids"): generic.ArrayObject([_page_of_words(writer)]),
        })  # fmt: skip
        writer.root["/Pages"] = writer.add_object(pages)
        writer.update_root()

    return _added(data, change)


def noted(data: bytes) -> bytes:
    """A note is stuck on the page."""

    def change(writer: IncrementalPdfFileWriter, page: Any) -> None:
        note = generic.DictionaryObject({
            pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 50, 400, 400))),
            pdf_name("/Contents"): generic.TextStringObject("400 mg"),
            pdf_name("/DA"): generic.TextStringObject("/Helv 24 Tf"),
        })  # fmt: skip
        page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
        writer.update_container(page)

    return _added(data, change)


def appended(data: bytes) -> bytes:
    """A page is added at the end."""

    def change(writer: IncrementalPdfFileWriter, _page: Any) -> None:
        pages = writer.root["/Pages"]
        pages["/Kids"].append(_page_of_words(writer))
        pages["/Count"] = generic.NumberObject(pages["/Count"] + 1)
        writer.update_container(pages)

    return _added(data, change)


def saved_again(data: bytes) -> bytes:
    """Another program writes the whole document anew."""
    out = io.BytesIO()
    copy_into_new_writer(PdfFileReader(io.BytesIO(data))).write(out)
    return out.getvalue()


ATTACKS = (hidden, replaced, hidden_and_replaced, noted, appended, saved_again)


def judged_by_signature(data: bytes, roots: list[Path]) -> bool:
    """Say whether pyHanko alone, which does not know what was signed here, holds it for signed."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    context = ValidationContext(
        trust_roots=list(load_certs_from_pemder([str(path) for path in roots])),
        allow_fetching=False,
    )
    try:
        [signature] = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
        return bool(validate_pdf_signature(signature, context).bottom_line)
    except (
        PdfError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError,
        IndexError, AttributeError, RecursionError, OSError,
    ):  # fmt: skip
        return False


def signed_bytes(data: bytes) -> list[range]:
    """Return where the bytes are that the signature of a document covers."""
    [signature] = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    first, length, second, rest = map(int, signature.byte_range)
    return [range(first, first + length), range(second, second + rest)]
