"""What stands in a written document: Word, OpenDocument, RTF, HTML, mail, plain text.

Runs inside the sandbox: plain values in and out, nothing of Django. A document becomes blocks in
its order, dicts with one of ``text`` (one paragraph), ``rows`` (a table: rows of texts) and
``picture`` (the bytes of a file). Nothing outside the document is ever read: no entity, no link.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from secondopinion.core import unpack
from secondopinion.core.kinds import HTML, MAIL, ODT, RTF, TEXT, WORD

WARM = ("docx", "lxml.etree", "inscriptis", "striprtf.striprtf", "charset_normalizer")
MOST_UNPACKED = 300 * 1024**2  # bytes of all parts of a Word or OpenDocument file together
MOST_PICTURES = 60

Block = dict[str, Any]

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_IMAGE = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}image"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"


class Broken(ValueError):
    """The document cannot be read."""


def blocks(kind: str, data: bytes) -> list[Block]:
    """Return the blocks of a document of a media type.

    Raises:
        Broken: it cannot be read, or holds far more than a document does.
    """
    return list(_READERS[kind](data))


def text_of(found: list[Block]) -> str:
    """Return the text of blocks, a table's cells parted by tabs."""
    lines = []
    for block in found:
        if "rows" in block:
            lines += ["\t".join(row) for row in block["rows"]]
        elif "text" in block:
            lines.append(block["text"])
    return "\n".join(lines)


def _parts(data: bytes) -> zipfile.ZipFile:
    """Open a document that is a zip, once what it declares is believable."""
    archive = unpack.open_zip(io.BytesIO(data))
    entries = unpack.entries(archive)
    size = sum(each.length for each in entries)
    if size > MOST_UNPACKED or any(each.refused for each in entries):
        raise Broken
    return archive


def _word(data: bytes) -> Iterator[Block]:
    import docx

    _parts(data).close()
    document = docx.Document(io.BytesIO(data))
    around: dict[str, dict[str, list[Block]]] = {"header": {}, "footer": {}}
    for relation in document.part.rels.values():
        name = relation.reltype.rsplit("/", 1)[-1]
        if name in around:
            told = list(_word_blocks(relation.target_part.element, relation.target_part))
            if words := text_of(told).strip():
                around[name][words] = told  # sections repeat each other's
    for told in around["header"].values():
        yield from told
    yield from _word_blocks(document.element.body, document.part)
    for told in around["footer"].values():
        yield from told


def _word_blocks(parent: Any, part: Any) -> Iterator[Block]:
    """Yield paragraphs and tables; python-docx's own leave out what was inserted while changes were
    tracked, and what stands in boxes."""
    for child in parent:
        if child.tag == f"{_WORD}p":
            yield from _lines(_word_text(child))
            for blip in child.iter(_BLIP):
                found = part.related_parts.get(blip.get(_EMBED))
                if found is not None:
                    yield {"picture": found.blob}
        elif child.tag == f"{_WORD}tbl":
            yield {
                "rows": [
                    ["\n".join(map(_word_text, cell.iter(f"{_WORD}p"))) for cell in
                     row.iter(f"{_WORD}tc")]
                    for row in child.iter(f"{_WORD}tr")
                ]
            }  # fmt: skip
        elif child.tag in {f"{_WORD}sdt", f"{_WORD}sdtContent", f"{_WORD}ins"}:
            yield from _word_blocks(child, part)


def _word_text(paragraph: Any) -> str:
    signs = {
        f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n",
        f"{_WORD}noBreakHyphen": "-",
    }  # fmt: skip
    told = []
    for each in paragraph.iter():
        if each.tag == f"{_WORD}t" and not any(True for _above in each.iterancestors(_FALLBACK)):
            told.append(each.text or "")
        else:
            told.append(signs.get(each.tag, ""))
    return "".join(told)


def _odt(data: bytes) -> Iterator[Block]:
    from lxml import etree

    with _parts(data) as archive:
        # Neither entities nor anything of the network: the document alone.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(archive.read("content.xml"), parser)
        body = root.find(f"{_OFFICE}body/{_OFFICE}text")
        if body is None:
            raise Broken
        yield from _odt_blocks(body, archive)


def _odt_blocks(parent: Any, archive: zipfile.ZipFile) -> Iterator[Block]:
    for child in parent:
        if child.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
            yield from _lines(_odt_text(child))
            for image in child.iter(_IMAGE):
                if (name := image.get(_HREF, "")) in archive.namelist():
                    yield {"picture": archive.read(name)}
        elif child.tag == f"{_TABLE}table":
            yield {
                "rows": [
                    ["\n".join(map(_odt_text, cell.iter(f"{_TEXT}p"))) for cell in
                     row.iterchildren(f"{_TABLE}table-cell")]
                    for row in child.iter(f"{_TABLE}table-row")
                ]
            }  # fmt: skip
        elif child.tag != f"{_TEXT}tracked-changes":
            yield from _odt_blocks(child, archive)


def _odt_text(element: Any) -> str:
    told = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            told.append(" " * min(int(child.get(f"{_TEXT}c", "1")), 200))
        elif child.tag in {f"{_TEXT}tab", f"{_TEXT}line-break"}:
            told.append("\t" if child.tag.endswith("tab") else "\n")
        elif child.tag != f"{_OFFICE}annotation" and isinstance(child.tag, str):
            told.append(_odt_text(child))
        told.append(child.tail or "")
    return "".join(told)


def _rtf(data: bytes) -> Iterator[Block]:
    from striprtf.striprtf import rtf_to_text

    source = data.decode("latin-1")
    yield from _lines(rtf_to_text(source, errors="replace"))
    for found in re.finditer(r"\\(?:png|jpeg)blip[^{}]*?\s((?:[0-9a-fA-F]{2}\s*){64,})", source):
        yield {"picture": bytes.fromhex(found[1])}


def _html(data: bytes) -> Iterator[Block]:
    said = re.search(rb"charset=[\"']?([\w-]+)", data[:2048])
    try:
        words = data.decode(said[1].decode() if said else "utf-8")
    except (UnicodeDecodeError, LookupError):
        words = decoded(data)
    return _lines(_words_of(words))


def _words_of(html: str) -> str:
    """Return the words of HTML; scripts, styles and what is hidden are no words."""
    from inscriptis import get_text

    return str(get_text(html)) if html.strip() else ""


def _mail(data: bytes) -> Iterator[Block]:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - for the type checker
    heads = [[name, str(message[name])] for name in ("From", "To", "Cc", "Date", "Subject")
             if message[name]]  # fmt: skip
    if heads:
        yield {"rows": heads}
    body = message.get_body(("html", "plain"))
    if body is not None:
        words = _content(body)
        yield from _lines(_words_of(words) if body.get_content_subtype() == "html" else words)


def _content(part: Any) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # a character set that nobody knows
        payload = part.get_payload(decode=True)
        return decoded(payload if isinstance(payload, bytes) else b"")


def _plain(data: bytes) -> Iterator[Block]:
    return _lines(decoded(data))


def decoded(data: bytes) -> str:
    """Return bytes as text: UTF-8, UTF-16 by its mark, else by what its letters look like."""
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "ascii"):
        try:
            return data.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    from charset_normalizer import from_bytes

    best = from_bytes(data[:100_000]).best()
    encoding = best.encoding if best else "cp1252"
    return data.decode(encoding, errors="replace").replace("\r\n", "\n")


def _lines(text: str) -> Iterator[Block]:
    for line in text.replace("\r\n", "\n").replace("\x00", "").split("\n"):
        yield {"text": line.rstrip()}


_READERS: dict[str, Callable[[bytes], Iterator[Block]]] = {
    WORD: _word, ODT: _odt, RTF: _rtf, HTML: _html, MAIL: _mail, TEXT: _plain,
}  # fmt: skip
KINDS = frozenset(_READERS)
