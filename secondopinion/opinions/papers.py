"""Signed documents: typeset, signed, kept, handed to whom the rule of the case says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop, override

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.telling import tell_part
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import vault
from secondopinion.core.models import Blob
from secondopinion.opinions import fhir, receipts, signing, typeset
from secondopinion.opinions.models import Delivery, SignedReport
from secondopinion.program.models import DeliveryMode

CODE_LENGTH = 12
LANGUAGE = "en"  # of the house's own words in a report
REASON_OPINION = gettext_noop("Signature of the second opinion")
REASON_AMENDMENT = gettext_noop("Signature of a correction of the second opinion")
REASON_ADDENDUM = gettext_noop("Signature of an addendum")
REASON_LETTER = gettext_noop("Signature of a letter")
REASON_TRANSLATION = gettext_noop("Signature of a translation of the second opinion")


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that is typeset, signed and in the vault; nobody has been given it yet."""

    document: dict[str, Any]
    blob: Blob
    level: str
    at: datetime

    def keep(
        self, *, case: Case, kind: str, by: Person, revision: int | None = None,
        replaces: SignedReport | None = None, translates: SignedReport | None = None,
    ) -> SignedReport:  # fmt: skip
        """Write it down as signed, in the caller's transaction, which holds the case locked."""
        return SignedReport.objects.create(
            case=case,
            kind=kind,
            number=case.signed_reports.count() + 1,
            revision=revision,
            replaces=replaces,
            translates=translates,
            code=self.document["code"],
            body=self.document,
            language=self.document["language"],
            blob=self.blob,
            digest=self.blob.digest,
            level=self.level,
            signed_by=by,
            signed_at=self.at,
            audit_head=audit.head(),
        )


def signed(
    case: Case, name: str, document: dict[str, Any], pictures: dict[str, bytes], reason: str,
    at: datetime,
) -> Paper:  # fmt: skip
    """Return a document typeset and signed in a name; `reason` is one of the words above."""
    with override(LANGUAGE):
        reason = gettext(reason)
    attached = {"report.json": document}
    if document["kind"] != SignedReport.Kind.LETTER:  # a letter says nothing of an opinion
        attached["report.fhir.json"] = fhir.document(document, case.child, at)
    pdf = typeset.pdf(document, pictures, at, attached)
    made = signing.sign(pdf, name=name, reason=reason, at=at)
    return Paper(document, vault.put(case.vault, made.data), made.level, at)


def hand_out(report: SignedReport, by: Person | None) -> None:
    """Give a signed document to whom the rule of its case says, and tell them."""
    case = report.case
    through_provider = case.delivery_mode == DeliveryMode.THROUGH_PROVIDER
    parts = [Part.LOCAL_PROVIDER] if through_provider else [Part.FAMILY, Part.LOCAL_PROVIDER]
    for part in parts:
        for person in holders_of(case, part):
            open_by = receipts.due(case) if part == Part.LOCAL_PROVIDER else None
            Delivery.objects.get_or_create(
                report=report, to=person,
                defaults={"role": part, "rule": case.delivery_mode, "open_by": open_by},
            )  # fmt: skip
        tell_part(case, part, receipts.news(report, part, case.delivery_mode))
    receipts.follow(case)  # an earlier one that was not opened is not waited for any more
    if through_provider:
        tell_part(case, Part.FAMILY, "report-with-provider")
    audit.record(
        "report-delivered", by=by, case_id=case.pk, target=report,
        detail={"rule": case.delivery_mode, "to": [str(part) for part in parts]},
    )  # fmt: skip
