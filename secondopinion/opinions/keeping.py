"""Doubts about a report: mended by its author, or kept with a reason that is signed with it."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.core.errors import Refused
from secondopinion.opinions import writing
from secondopinion.opinions.checking.found import Doubt
from secondopinion.opinions.doubts import doubts_in, doubts_of
from secondopinion.opinions.models import KeptDoubt, Opinion, SignedReport

LONGEST = 500  # letters of a reason


@transaction.atomic
def keep_doubts(*, by: Person, opinion: Opinion, reasons: dict[str, str]) -> Opinion:
    """Keep words that are doubted, for the reasons given by the key of each doubt; an empty reason
    takes an earlier one back. What is not doubted now is passed over.

    Raises:
        NotYours: by somebody who does not write it.
        Conflict: it is signed.
    """
    draft = writing.shared_draft(opinion, by)
    doubts = {each.key: each for each in doubts_of(draft)}
    given = {key: each.strip()[:LONGEST] for key, each in reasons.items() if key in doubts}
    kept = {key: reason for key, reason in {**draft.kept, **given}.items() if reason}
    newly = [doubts[key] for key in kept if key in doubts and key not in draft.kept]
    if kept != draft.kept:
        draft.kept = kept
        draft.save(update_fields=["kept"])
    if newly:
        audit.record(
            "doubts-kept", by=by, case_id=draft.case_id, target=draft, detail=_counted(newly)
        )
    return draft


def settled(opinion: Opinion) -> list[Doubt]:
    """Return the doubts of a draft that its author has kept with a reason.

    Raises:
        Refused: one is neither mended nor kept.
    """
    return _all_kept(doubts_of(opinion), opinion.kept)


def settled_in(case: Case, author: Person, text: str, reasons: Mapping[str, str]) -> list[Doubt]:
    """Return the doubts in the words of an addendum that its author keeps with a reason.

    Raises:
        Refused: one is neither mended nor kept.
    """
    return _all_kept(doubts_in(case, author, text), reasons)


def _all_kept(doubts: list[Doubt], reasons: Mapping[str, str]) -> list[Doubt]:
    for each in doubts:
        if not reasons.get(each.key, "").strip():
            raise Refused(
                _("Something in the report is doubted. Mend it, or say why it stays."),
                code="doubted",
                field=each.field,
            )
    return doubts


def keep_with(
    report: SignedReport, doubts: list[Doubt], reasons: Mapping[str, str], by: Person
) -> dict[str, int]:
    """Write down with a signed document what was kept, why and by whom; return how many by
    check."""
    KeptDoubt.objects.bulk_create(
        KeptDoubt(
            report=report, kind=each.check, field=each.field, quoted=each.quoted,
            reason=reasons[each.key].strip()[:LONGEST], by=by,
        )
        for each in doubts
    )  # fmt: skip
    return _counted(doubts)


def _counted(doubts: list[Doubt]) -> dict[str, int]:
    names = [each.check for each in doubts]
    return {name: names.count(name) for name in sorted(set(names))}
