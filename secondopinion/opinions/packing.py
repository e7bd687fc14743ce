"""One file to take away: a signed document, its translations, and its key images with captions."""

import io
import zipfile

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.core import vault
from secondopinion.opinions import actions
from secondopinion.opinions.models import SignedReport
from secondopinion.opinions.pictures import pictures_of
from secondopinion.opinions.queries import readable


def packed(*, by: Person, report: SignedReport, proven: bool = False) -> bytes:
    """Return a zip of a signed document, its translations and key images; this is a receipt.

    A person gets what they may read, and nothing beside it.

    Raises:
        Refused: a guest by a link, who has not `proven` that they know the child.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as pack:
        with_translations = [report, *readable(report.case, by).filter(translates=report)]
        for each in with_translations:
            actions.open_report(by=by, report=each, proven=proven)
            pack.writestr(file_name(each), vault.read(each.blob))
        pictures = pictures_of(report)
        for name, data in pictures.items():
            pack.writestr(f"key-images/{name}", data)
        if pictures:
            pack.writestr("key-images/captions.txt", _captions(report))
    audit.record(
        "report-packed", by=by, case_id=report.case_id, target=report,
        detail={"documents": len(with_translations), "images": len(pictures)},
    )  # fmt: skip
    return made.getvalue()


def file_name(report: SignedReport) -> str:
    """Return the name under which a signed document is saved."""
    return f"{report.case.reference}-{report.number}-{report.kind}-{report.language}.pdf"


def _captions(report: SignedReport) -> str:
    rows = report.body.get("key_images", ())
    return "".join(f"{each['file']}: {each['caption']} ({each['series']})\n" for each in rows)
