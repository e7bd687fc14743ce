"""Typesets a document with Typst as PDF/A-3a and PDF/UA-1; a person's text is only data."""

import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import segno
import typst
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from secondopinion.core.errors import Refused
from secondopinion.core.glyphs import FACES, folders, printed_by

HERE = Path(__file__).resolve().parent
STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]


class NotSet(Exception):
    """The document could not be typeset; the message is the compiler's, for the log."""


def labels(language: str) -> dict[str, str]:
    """Return the words that are printed, in a language."""
    with override(language):
        return {
            "opinion": _("Remote second opinion"),
            "addendum": _("Addendum to a second opinion"),
            "amendment": _("Remote second opinion, corrected"),
            "letter": _("Letter"),
            "change": _("What changed, and why"),
            "replaces": _("This corrected report replaces the one with the code"),
            "of_day": _("signed on"),
            "translation": _("translation"),
            "in_words": _("Translation"),
            "prevails": _(
                "This is a translation. If it differs from the original, the original counts."
            ),
            "translation_of": _("It translates the document with the code"),
            "by_machine": _("Drafted by a machine."),
            "translated_by": _("Translated by"),
            "checked_by": _("checked by"),
            "page": _("Page"),
            "of": _("of"),
            "case": _("Case"),
            "patient": _("Patient"),
            "born": _("Born"),
            "requester": _("Requested by"),
            "provider": _("Local provider"),
            "years": _("years old"),
            "asked": _("What the family asks"),
            "words": _("Medical words, explained"),
            "word": _("Word"),
            "meaning": _("What it means"),
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
            "listed": _("Listed by the program from what was sent."),
            "found_by_checks": _("Found by the program’s checks:"),
            "as_told": _("In the words of the family, as the request says it:"),
            "as_told_translated": _(
                "What the family says in the request, in translation and not in its own words:"
            ),
            "came": _("From, and quality"),
            "from_family": _("Family"),
            "from_local_provider": _("Local provider"),
            "from_hospital": _("Hospital"),
            "quality_good": _("no flaw was found"),
            "pages_hard": _("Pages hard to read:"),
            "pages_unreadable": _("Pages that cannot be read:"),
            "limits": _("Limitations:"),
            "series": _("Series"),
            "local_diagnosis": _("Diagnosis at home"),
            "operation": _("On an operation"),
            "diagnosis_codes": _("Diagnoses, coded"),
            "finding_codes": _("Findings, coded"),
            "procedure_codes": _("Procedures that were done, coded"),
            "advised_codes": _("Recommended procedures, coded"),
            "main_diagnosis": _("main diagnosis"),
            "code_name": _("Name"),
            "code_of": _("Code"),
            "code_system": _("Code system and version"),
            "question": _("Question"),
            "answer": _("Answer"),
            "not_answered": _("Not answered:"),
            "option": _("Option"),
            "pros": _("What speaks for it"),
            "cons": _("What speaks against it"),
            "accepted_because": _("Accepted:"),
            "left_out": _("Left out by the author, with a reason that is kept with the report:"),
            "key_images": _("Key images"),
            "image": _("Image"),
            "image_of": _("Image {n} of {m}"),  # as the viewer says it
            "window": _("Window (centre / width)"),
            "disclaimer": _("Disclaimer"),
            "accepted": _("Acknowledged by the family on"),
            "template": _("Sections of this report by the template"),
            "version": _("version"),
            "signature": _("Signature"),
            "signed_by": _("Signed by"),
            "second_reader": _("Read a second time and countersigned by"),
            "judged_first": _("who first judged without seeing this report"),
            "panel": _("Written together with"),
            "wrote": _("wrote"),
            "dissent": _("Dissenting opinion"),
            "signed_at": _("Signed at"),
            "registration": _("Registration"),
            "code": _("Verification code"),
            "how": _("Anyone can check this document at:"),
            "qr": _("A square code that opens the page where this document can be checked"),
            "unprinted": _(
                "Some words are in a script that this document cannot print. They are marked […] "
                "and stand in full on the case’s page."
            ),
            "draft": _("Draft"),
            "attached": _("What this document says, for programs"),
            "belongs_to": _("It belongs to the report with the code"),
        }


def _glyphs() -> frozenset[int]:
    """Return the characters that the fonts of the report can print."""
    return printed_by(folders(settings.REPORT_FONTS_DIR))


def unprintable(text: str) -> str:
    """Return the signs of a text that no font of the report has, each once; "" when it has all."""
    return "".join(
        dict.fromkeys(char for char in text if ord(char) >= 32 and ord(char) not in _glyphs())
    )


def require_printable(text: str, field: str) -> None:
    """See that a text can be printed.

    Raises:
        Refused: it holds signs of which no font has a picture.
    """
    if signs := unprintable(text):
        raise Refused(
            _("These signs cannot be printed: %(signs)s. Write them in words.") % {"signs": signs},
            code="unprintable",
            field=field,
        )


def printable(value: Any, note: Callable[[], object]) -> Any:
    """Return a document in which what no font can print is marked; `note` is called where it is.

    A missing glyph must neither stop a signature nor leave an empty box behind.
    """
    if isinstance(value, dict):
        return {key: printable(each, note) for key, each in value.items()}
    if isinstance(value, list):
        return [printable(each, note) for each in value]
    if not isinstance(value, str):
        return value
    kept, gap = [], False
    for char in value.replace("\r\n", "\n"):
        if char in "\n\t" or ord(char) in _glyphs():
            kept.append(" " if char == "\t" else char)
            gap = False
        elif ord(char) >= 32 and not gap:
            kept.append("[…]")
            gap = True
            note()
    return "".join(kept)


def pdf(
    document: dict[str, Any], pictures: dict[str, bytes], signed_at: datetime,
    attached: dict[str, Any] | None = None,
) -> bytes:  # fmt: skip
    """Return the PDF of a document; `pictures` are PNG files by the names in it, `attached` is what
    is attached to it as JSON, by file names.

    Raises:
        NotSet: the compiler refused it (a missing alternative text, a glyph that no font has).
    """
    unprinted: list[bool] = []
    words = printable(document, lambda: unprinted.append(True)) | {
        "labels": labels(document["language"]),
        "unprinted": bool(unprinted),
        "attached": [*(attached or {})],
        "faces": FACES,
    }
    code = io.BytesIO()
    segno.make(document["verify"], error="m").save(code, kind="svg", border=0, scale=2)
    files = {
        name: json.dumps(each, ensure_ascii=False, indent=1).encode()
        for name, each in (attached or {}).items()
    }
    beside = pictures | files | {"verify.svg": code.getvalue()}
    return compiled(HERE / "typst" / "document.typ", words, beside, signed_at)


def compiled(
    template: Path, words: dict[str, Any], beside: dict[str, bytes], at: datetime
) -> bytes:
    """Return the PDF that a template makes of words, with files of these names beside it.

    Raises:
        NotSet: the compiler refused it.
    """
    # Pictures must be files for Typst: they lie in memory where the system has such a folder.
    memory = Path("/dev/shm")  # noqa: S108 - a folder of ours is made in it, for us alone
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        main = Path(folder) / "main.typ"
        main.write_bytes(template.read_bytes())
        for name, data in beside.items():
            (Path(folder) / name).write_bytes(data)
        try:
            made = typst.compile(
                str(main),
                root=folder,
                format="pdf",
                pdf_standards=[*STANDARDS],
                font_paths=[*folders(settings.REPORT_FONTS_DIR)],
                ignore_system_fonts=True,
                sys_inputs={"data": json.dumps(words, ensure_ascii=False)},
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError as error:
            raise NotSet(str(error)) from None
    # Typst ends without a newline, which a signature's increment needs.
    return bytes(made).rstrip(b"\n") + b"\n"
