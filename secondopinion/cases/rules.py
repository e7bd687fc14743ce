"""What must hold before a case moves; each says what is missing and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case, Consent, InformationRequest, ItemState, LocalProvider
from secondopinion.core.errors import Refused
from secondopinion.program import queries as program
from secondopinion.program.models import DeliveryMode

ASSENT_FROM = 12  # years; from this age the young person is asked too

NEEDED_CONSENTS = (
    Consent.Kind.REVIEW,
    Consent.Kind.CONTACT_PROVIDER,
    Consent.Kind.DISCLAIMER,
)


def nothing(case: Case) -> None:
    """Hold always."""


def missing_pages(case: Case) -> dict[str, str | Promise]:
    """Return the pages of the request that are not complete, each with what is missing there."""
    request, child = case.request, case.child
    missing: dict[str, str | Promise] = {}
    if not (case.country and case.specialty_id):
        missing["start"] = _("Where your child lives and what the question is about")
    if request.emergency is None:
        missing["emergency"] = _("Whether your child is in danger now")
    if not (child.full_name and child.birth_date and child.sex):
        missing["child"] = _("Your child’s name, date of birth and sex")
    if not child.guardianships.filter(revoked_at__isnull=True).exists():
        missing["you"] = _("Who you are, and that you may decide for the child")
    if not LocalProvider.objects.filter(case=case).exists():
        missing["provider"] = _("The doctor or clinic that treats your child")
    if not request.diagnosis.strip():
        missing["story"] = _("What the doctors say that your child has")
    if not case.questions.exists():
        missing["questions"] = _("At least one question to our expert")
    given = set(case.consents.filter(withdrawn_at__isnull=True).values_list("kind", flat=True))
    if not given.issuperset(NEEDED_CONSENTS):
        missing["consent"] = _("Your consent, and that you have read the disclaimer")
    return missing


def complete_request(case: Case) -> None:
    """Hold when every page that must be filled in is.

    Raises:
        Refused: an emergency, a place where the program may not help, or a page that lacks
            something.
    """
    if case.request.emergency:
        raise Refused(
            _("Call your local emergency number now. What you wrote is kept."), code="emergency"
        )
    missing = missing_pages(case)
    if missing:
        raise Refused(
            _("Some pages are not finished. What you wrote is kept."),
            code="incomplete",
            field=next(iter(missing)),
        )
    offered_here(case)


def offered_here(case: Case) -> None:
    """Hold when the rule table lets the program help here.

    Raises:
        Refused: it does not.
    """
    rule = program.delivery_rule(str(case.country), case.specialty)
    if rule.mode == DeliveryMode.NOT_OFFERED:
        raise Refused(
            _("The program may not give an opinion for this country and this kind of problem."),
            code="not-offered",
        )


def nothing_asked(case: Case) -> None:
    """Hold when nothing that was asked is still open.

    Raises:
        Refused: something is.
    """
    if InformationRequest.objects.filter(
        case=case, answered_at__isnull=True, dropped_at__isnull=True
    ).exists():
        raise Refused(
            _("Something that was asked for has not been answered yet."), code="still-asked"
        )


def checklist_settled(case: Case) -> None:
    """Hold when everything required on the checklist is here or not needed.

    Raises:
        Refused: with the first thing that is missing.
    """
    item = case.checklist.filter(required=True, state__in=[ItemState.OPEN, ItemState.ASKED]).first()
    if item is not None:
        raise Refused(
            _("Still missing: %(item)s. Ask for it, or say why it is not needed.")
            % {"item": program.in_language(item.labels)},
            code="checklist-open",
            field=item.key,
        )
