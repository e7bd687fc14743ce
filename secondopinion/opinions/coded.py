"""Coded diagnoses, findings and procedures of a report, one a line: system, code, version, name."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from secondopinion.coding.codes import (
    HPO,
    ICD_10_CM,
    ICD_10_PCS,
    ORPHANET,
    SYSTEMS,
    Code,
    System,
    code_of,
)
from secondopinion.core.errors import Refused

FIELDS: dict[str, tuple[System, ...]] = {
    "diagnosis_codes": (ICD_10_CM, ORPHANET),  # the main diagnosis first
    "finding_codes": (HPO,),
    "procedure_codes": (ICD_10_PCS,),  # that were done
    "advised_codes": (ICD_10_PCS,),  # that are recommended
}
MOST = 20


def chosen(lines: str) -> list[Code]:
    """Return the codes that a field of the draft holds, in their order."""
    parts = (line.split(" ", 3) for line in lines.splitlines())
    return [Code(SYSTEMS[key], code, version, label) for key, code, version, label in parts]


def kept(field: str, given: str, before: str) -> str:
    """Return a field as the draft keeps it; of each line that is given, system and code count.

    What the draft holds stays as it was chosen, also when a later version has no such code.

    Raises:
        Refused: there is no such code, or there are too many.
    """
    lines = {tuple(line.split(" ")[:2]): line for line in before.splitlines()}
    wanted = dict.fromkeys(tuple(line.split()[:2]) for line in given.splitlines() if line.strip())
    if len(wanted) > MOST:
        raise Refused(
            _("A report takes up to %(most)s codes of a kind.") % {"most": MOST},
            code="too-many-codes", field=field,
        )  # fmt: skip
    return "\n".join(lines.get(each) or _line(field, each) for each in wanted)


def _line(field: str, given: Sequence[str]) -> str:
    key, code = given[0], given[-1]
    found = code_of(key, code) if key in {each.key for each in FIELDS[field]} else None
    if found is None:
        raise Refused(_("There is no such code."), code="no-such-code", field=field)
    return f"{key} {found.code} {found.version} {found.label}"


def in_words(lines: str) -> str:
    """Return a field as it is read: the name of each code, and where it is from."""
    return "\n".join(f"{each.label} ({each.system.name} {each.code})" for each in chosen(lines))


def told(codes: Iterable[Code]) -> list[dict[str, Any]]:
    """Return codes as the document holds them: FHIR’s Coding, and the name of the system."""
    return [
        {
            "system": each.system.uri,
            "version": each.version,
            "code": each.code,
            "display": each.label,
            "name": each.system.name,
        }
        for each in codes
    ]


def credits_of(codes: Iterable[Code]) -> list[str]:
    """Return what the licences of the systems of these codes want to be said, each once."""
    return list(dict.fromkeys(each.system.credit for each in codes))
