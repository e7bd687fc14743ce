"""Files of many kinds, made here: small, whole, and some that mean harm."""

import io
import zipfile
import zlib
from email.message import EmailMessage

import docx
from PIL import Image, ImageDraw
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

ODT_BODY = """<?xml version="1.0"?>{doctype}
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:text>
<text:tracked-changes><text:p>struck out</text:p></text:tracked-changes>
<text:h>Discharge letter</text:h><text:p>Weight<text:s text:c="2"/>12 kg{entity}</text:p>
<table:table><table:table-row><table:table-cell><text:p>Hb</text:p></table:table-cell>
<table:table-cell><text:p>9.8 g/dL</text:p></table:table-cell></table:table-row></table:table>
</office:text></office:body></office:document-content>"""
RTF = rb"{\rtf1\ansi\ansicpg1251 Hb 9,8 g/dL\par \'cf\'ee\'f1\'eb\'e5 \b operation\b0\par}"


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in files.items():
            pack.writestr(name, data)
    return out.getvalue()


def odt(doctype: str = "", entity: str = "") -> bytes:
    """Return an OpenDocument text; with a `doctype`, one that declares entities."""
    body = ODT_BODY.format(doctype=doctype, entity=entity).encode()
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": body})


def word(*lines: str, picture: bytes = b"", more: dict[str, bytes] | None = None) -> bytes:
    """Return a Word document; `more` are parts beside its own, or in their place."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Hospital Central"
    for line in lines:
        document.add_paragraph(line)
    document.add_table(1, 2).rows[0].cells[1].text = "9.8 g/dL"
    if picture:
        document.add_picture(io.BytesIO(picture))
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    return zipped(parts | (more or {}))


def mail(html: str, attached: dict[str, bytes]) -> bytes:
    """Return a mail with an HTML text, a small logo in it, and files."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = (
        "Dr A <a@clinic.example>",
        "b@home.example",
        "Álvaro",
    )
    made.set_content("Your program does not show HTML.")
    made.add_alternative(html, subtype="html")
    made.get_payload()[1].add_related(picture(8), "image", "png", cid="<logo>")
    for name, data in attached.items():
        made.add_attachment(data, "application", "octet-stream", filename=name)
    return made.as_bytes()


def picture(side: int, kind: str = "PNG", **more: object) -> bytes:
    """Return a picture of a red corner at the top left of a white square."""
    made, out = Image.new("RGB", (side, side * 3 // 4), "white"), io.BytesIO()
    ImageDraw.Draw(made).rectangle((0, 0, side // 4, side // 4), fill="red")
    made.save(out, kind, **more)
    return out.getvalue()


def pdf(*objects: bytes, root: bytes = b"", page: bytes = b"") -> bytes:
    """Return a PDF of one page by hand: `objects` from number 4 on, `root` and `page` are more of
    their dictionaries."""
    rows = [
        b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] " + page + b" >>",
        *objects,
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, row in enumerate(rows, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + row + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(rows) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(rows) + 1, start)
    return bytes(out)


def stream(data: bytes, more: bytes) -> bytes:
    """Return an object that is a packed stream."""
    packed = zlib.compress(data)
    head = b"<< /Length %d /Filter /FlateDecode " % len(packed)
    return head + more + b" >>\nstream\n" + packed + b"\nendstream"


def locked(plain: bytes, password: str) -> bytes:
    """Return a PDF that a password opens (AES-256)."""
    writer, out = copy_into_new_writer(PdfFileReader(io.BytesIO(plain))), io.BytesIO()
    writer.encrypt(owner_pass="owner", user_pass=password)
    writer.write(out)
    return out.getvalue()
