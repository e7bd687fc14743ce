"""Why a machine did not draft a translation, and what texts written at home are called."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

TROUBLES = {
    "not-agreed": _("The family has not agreed that the text leaves the hospital."),
    "away": _("The machine outside the hospital does not answer."),
    "slow": _("The machine outside the hospital took too long."),
    "busy": _("The machine outside the hospital is busy."),
    "not-let-in": _("The machine outside the hospital does not accept our key."),
    "languages": _("The machine outside the hospital does not know these two languages."),
    "insecure": _("The address of the machine outside the hospital is not encrypted."),
    "answer": _("The machine outside the hospital gave an answer that we cannot read."),
}
_STORY = {
    "diagnosis": _("Diagnosis"),
    "history": _("History"),
    "medicines": _("Medicines"),
    "allergies": _("Allergies"),
    "operations": _("Operations"),
    "family_history": _("Family"),
    "immunisations": _("Vaccinations"),
    "development": _("Development"),
    "correction": _("Corrected by the local provider"),
}


def label_of(key: str) -> str:
    """Return what the text of a key (`told`) is called, in the reader's words."""
    kind, _dash, number = key.rpartition("-")
    if kind == "question":
        return gettext("Question %(number)s") % {"number": number}
    if kind == "follow-up":
        return gettext("Question %(number)s after the report") % {"number": number}
    if kind == "answer":
        return gettext("Answer to what was asked")
    return str(_STORY.get(key, ""))
