"""Why a machine did not draft a translation, in words for translators."""

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
