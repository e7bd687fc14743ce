"""Orders of courts: who may see nothing, who decides nothing, who decides alone; and leaving."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Guardianship, Person
from secondopinion.accounts.queries import guardianship
from secondopinion.audit import actions as audit
from secondopinion.cases.actions import end_guardian
from secondopinion.cases.actions.parts import end_parts, require
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.guardians.models import ComingOfAge, CourtOrder, GuardianDocument

KEPT_OUT, SEES_ONLY = CourtOrder.Effect.KEPT_OUT, CourtOrder.Effect.SEES_ONLY


@transaction.atomic
def note_order(
    *, by: Person, case: Case, effect: str, basis: str, person: Person | None = None,
    full_name: str = "", email: str = "", until: date | None = None,
    document: GuardianDocument | None = None,
) -> CourtOrder:  # fmt: skip
    """Note what a court has said of a person: of the family, or by their name and address.

    Who is kept out sees nothing from this moment, in open sessions too, cannot be let in by the
    family, and is not written to. What they saw stays in the audit.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: without court, number and day; in the past; or the last of the family is kept out.
        Conflict: an order about this person is in force.
    """
    require(case, by, Part.COORDINATOR)
    if not basis.strip():
        raise Refused(_("Write the court, the number and the day."), code="basis", field="basis")
    if until is not None and until < clock.today():
        raise Refused(_("This day is in the past."), code="until", field="until")
    if person is None:
        person = accounts.ensure_person(email=email, full_name=full_name.strip())
    if CourtOrder.objects.filter(case=case, person=person, ended_at=None).exists():
        raise Conflict(
            _("An order about this person is in force. End it first."), code="order-there"
        )
    order = CourtOrder.objects.create(
        case=case, person=person, effect=CourtOrder.Effect(effect), basis=basis.strip(),
        until=until, document=document, noted_by=by,
    )  # fmt: skip
    here = holders_of(case, Part.FAMILY).filter(pk=person.pk).exists()
    if order.effect == KEPT_OUT and here:
        end_guardian(by=by, case=case, person=person, reason=order.basis)
    if order.effect == KEPT_OUT or here:
        accounts.limit_guardianship(
            by=by, child=case.child, person=person, may_see=order.effect != KEPT_OUT,
            may_consent=order.effect not in {KEPT_OUT, SEES_ONLY},
        )  # fmt: skip
    audit.record("court-order-noted", by=by, case_id=case.pk, target=order,
                 detail={"effect": str(order.effect)})  # fmt: skip
    return order


@transaction.atomic
def end_order(*, by: Person | None, order: CourtOrder, why: str) -> CourtOrder:
    """End an order; `by` is None when its last day has passed.

    Who was kept out is not let in by this: the family, or the desk, can do it again. Who only saw
    decides again, unless the patient is of age and decides alone; who has left since stays out.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: without a reason.
        Conflict: it has ended already.
    """
    case = order.case
    if by is not None:
        require(case, by, Part.COORDINATOR)
        if not why.strip():
            raise Refused(_("Say why."), code="why-missing", field="why")
    done = CourtOrder.objects.filter(pk=order.pk, ended_at=None).update(
        ended_at=clock.now(), ended_why=why.strip()
    )
    if not done:
        raise Conflict(_("This order has ended already."), code="order-ended")
    if order.effect == KEPT_OUT:
        accounts.end_guardianship(by=by, child=case.child, person=order.person)
    elif order.effect == SEES_ONLY and guardianship(case.child, order.person):
        grown = ComingOfAge.objects.filter(case=case, done_at__isnull=False).exists()
        accounts.limit_guardianship(
            by=by, child=case.child, person=order.person, may_see=True, may_consent=not grown
        )
    audit.record("court-order-ended", by=by, case_id=case.pk, target=order)
    order.refresh_from_db()
    return order


@transaction.atomic
def leave(*, by: Person, case: Case) -> None:
    """Leave a case as one of its family; what one did stays on record.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: the last of the family.
    """
    require(case, by, Part.FAMILY)
    Case.objects.select_for_update().get(pk=case.pk)  # two who leave at once wait for each other
    if not holders_of(case, Part.FAMILY).exclude(pk=by.pk).exists():
        raise Refused(
            _("Somebody of the family must be able to open the case. Let in the other one first."),
            code="guardian-last",
        )
    end_parts(case=case, role=Part.FAMILY, by=by, person=by)
    accounts.end_guardianship(by=by, child=case.child, person=by)


def let_orders_end() -> int:
    """End the orders and the guardianships whose last day has passed; return how many."""
    count = 0
    for order in CourtOrder.objects.filter(ended_at=None, until__lt=clock.today()):
        try:
            end_order(by=None, order=order, why="")
        except Conflict:
            continue  # a coordinator ended it this very moment
        count += 1
    past = Guardianship.objects.filter(revoked_at=None, until__lt=clock.today())
    for tie in past.select_related("child__case", "person"):
        count += _end_tie(tie)
    return count


@transaction.atomic
def _end_tie(tie: Guardianship) -> int:
    case = Case.objects.filter(child=tie.child).first()
    if case is None:
        raise NotYours
    end_parts(case=case, role=Part.FAMILY, by=None, person=tie.person)
    accounts.end_guardianship(by=None, child=tie.child, person=tie.person)
    return 1
