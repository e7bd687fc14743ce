"""What differs between a translation and its original, which of it stays and why; the desk is told
of the rest."""

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.core import clock
from secondopinion.core.errors import Refused
from secondopinion.findings.actions import replace
from secondopinion.findings.found import Found
from secondopinion.translation.checks.compare import Comparison
from secondopinion.translation.checks.found import CHECK, Mismatch
from secondopinion.translation.models import (
    WORDS,
    Translation,
    TranslationPart,
    TranslationState,
)
from secondopinion.translation.queries import comparisons
from secondopinion.translation.rules import changed, locked

_KEY = 12  # letters of a key


class Difference(NamedTuple):
    """One thing that differs: its number on the page, a key that stays the same as long as the same
    differs, the text in which it stands, and why it stays, where somebody said so."""

    number: int
    key: str
    passage: str
    found: Mismatch
    why: Mapping[str, str] | None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to look at it, and nobody has said why it stays."""
        return self.found.alarm and self.why is None


def differences(
    row: Translation, compared: Mapping[str, Comparison | None] | None = None
) -> list[Difference]:
    """Return what differs in all texts of a translation, numbered through; `compared` is what
    `comparisons` has answered, where it was asked already."""
    made: list[Difference] = []
    seen: Counter[str] = Counter()
    for passage, done in (comparisons(row) if compared is None else compared).items():
        if done is None:
            continue
        for each in done.mismatches:
            what = _what(passage, each, done)
            seen[what] += 1
            key = sha256(f"{what}\n{seen[what]}".encode()).hexdigest()[:_KEY]
            made.append(Difference(len(made) + 1, key, passage, each, row.kept.get(key)))
    return made


def _what(passage: str, found: Mismatch, done: Comparison) -> str:
    """Return what differs, in one text, with the line of the original in which it stands: the
    reason for one line says nothing of another. A word of the glossary stands in a sentence of
    which every other word may change."""
    texts = [each.text if each else "" for each in (found.original, found.translation)]
    texts[1] = found.measured.get("wanted", texts[1])
    place, view = found.original, done.original
    if place is None:
        place, view = found.translation, done.translation
    texts.append(view.folded.source.split("\n")[place.line - 1].strip() if place else "")
    return "\n".join([passage, found.measured["kind"], *texts])


@transaction.atomic
def keep(*, by: Person, translation: Translation, key: str, why: str) -> Translation:
    """Say why something that differs stays as it is: the reason is kept with the translation.

    Raises:
        NotYours: by somebody who has neither to write nor to check it.
        Refused: without a reason.
        Conflict: it differs no more, or it is not their turn.
    """
    kinds = (TranslationPart.Kind.TRANSLATOR, TranslationPart.Kind.REVIEWER)
    row = locked(translation, by, *kinds)
    if not why.strip():
        raise Refused(_("Say why it stays as it is."), code="reason-missing", field="reason")
    if key not in {each.key for each in differences(row)}:
        raise changed()
    said = {"why": why.strip(), "by": by.full_name, "at": clock.now().isoformat()}
    row.kept = {**row.kept, key: said}
    row.save(update_fields=["kept"])
    audit.record("translation-difference-kept", by=by, case_id=row.case_id, target=row)
    if row.state == TranslationState.WRITTEN:
        tell(row)
    return row


def tell(row: Translation) -> None:
    """Tell the desk what differs and does not stay; of a report, who signs its translation is told
    instead."""
    if row.subject_kind in WORDS:
        called = {code: _called(row, code) for code, _name in settings.LANGUAGES}
        where: dict[str, object] = {"translation": str(row.pk), "called": called}
    elif row.subject_kind == "record":
        where = {"record": str(row.subject_id)}
    else:
        return
    found = [
        Found(
            code=each.code, severity=each.severity, message=each.message, advice=each.advice,
            where={**each.as_dict()["where"], **where, **({"passage": passage} if passage else {})},
            measured={**each.measured, "key": key}, confidence=each.confidence,
        )
        for _number, key, passage, each, why in differences(row) if why is None
    ]  # fmt: skip
    replace(case=row.case, subject=row, check=CHECK, found=found)


def _called(row: Translation, language: str) -> str:
    with override(language):
        return row.name
