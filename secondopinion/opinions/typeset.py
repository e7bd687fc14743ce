"""Typesets a document with Typst as PDF/A-3a and PDF/UA-1; a person's text is only data."""

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
STANDARDS = ["a-3a", "ua-1"]


class NotSet(Exception):
    """The document could not be typeset; the message is the compiler's, for the log."""


def labels(language: str) -> dict[str, str]:
    """Return the words that are printed, in a language."""
    with override(language):
        return {
            "opinion": _("Remote second opinion"),
            "addendum": _("Addendum to a second opinion"),
            "page": _("Page"),
            "of": _("of"),
            "case": _("Case"),
            "patient": _("Patient"),
            "born": _("Born"),
            "years": _("years old"),
            "asked": _("What the family asks"),
            "summary": _("In plain words"),
            "records": _("Records reviewed"),
            "images": _("Images reviewed"),
            "no_records": _("No records were sent."),
            "no_images": _("No images were sent."),
            "record": _("Record"),
            "kind": _("Kind"),
            "date": _("Date"),
            "language": _("Language"),
            "pages": _("Pages"),
            "count": _("Images"),
            "series": _("Series"),
            "history": _("History"),
            "findings": _("Findings"),
            "agreement": _("Diagnosis and treatment plan"),
            "local_diagnosis": _("Diagnosis at home"),
            "diagnosis": _("On the diagnosis"),
            "plan": _("On the treatment plan"),
            "answers": _("Answers to your questions"),
            "question": _("Question"),
            "answer": _("Answer"),
            "tests": _("Recommended tests"),
            "options": _("Treatment options"),
            "option": _("Option"),
            "pros": _("What speaks for it"),
            "cons": _("What speaks against it"),
            "urgency": _("How urgent"),
            "limitations": _("Limitations of this opinion"),
            "accepted_because": _("Accepted:"),
            "key_images": _("Key images"),
            "image": _("Image"),
            "window": _("Window (centre / width)"),
            "references": _("References"),
            "disclaimer": _("Disclaimer"),
            "accepted": _("Acknowledged by the family on"),
            "signature": _("Signature"),
            "signed_by": _("Signed by"),
            "signed_at": _("Signed at"),
            "registration": _("Registration"),
            "code": _("Verification code"),
            "how": _("Anyone can check this document at:"),
            "qr": _("A square code that opens the page where this document can be checked"),
            "belongs_to": _("It belongs to the report with the code"),
        }


def pdf(document: dict[str, Any], pictures: dict[str, bytes], signed_at: datetime) -> bytes:
    """Return the PDF of a document; `pictures` are PNG files by the names in it.

    Raises:
        NotSet: the compiler refused it (a missing alternative text, a glyph that no font has).
    """
    code = io.BytesIO()
    segno.make(document["verify"], error="m").save(code, kind="svg", border=0, scale=2)
    files = {
        "main": (HERE / "typst" / "document.typ").read_bytes(),
        "verify.svg": code.getvalue(),
        **pictures,
    }
    fonts = [str(FONTS), *([settings.REPORT_FONTS_DIR] if settings.REPORT_FONTS_DIR else [])]
    data = document | {"labels": labels(document["language"])}
    try:
        made = typst.compile(
            files,
            format="pdf",
            pdf_standards=STANDARDS,
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=int(signed_at.timestamp()),
        )
    except typst.TypstError as error:
        raise NotSet(str(error)) from None
    # Typst ends without a newline, which a signature's increment needs.
    return bytes(made).rstrip(b"\n") + b"\n"
