"""The second factor of a local provider, who has no account: besides the one-time link, which comes
by mail, they know when the child was born. It is asked before a report opens."""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.provider import close_page
from secondopinion.cases.actions.telling import tell_coordinator
from secondopinion.cases.models import Case, LocalProvider, Part
from secondopinion.core.errors import Refused

MOST_TRIES = 5


def prove(*, by: Person, case: Case, birth_date: date | None) -> None:
    """Say, as the local provider, when the child was born.

    Wrong days are counted, and kept although this is refused; with the last one the page closes,
    and the coordinator is told.

    Raises:
        NotYours: by somebody who is not the local provider.
        Refused: the day is not the child's.
    """
    require(case, by, Part.LOCAL_PROVIDER)
    provider = LocalProvider.objects.filter(case=case)
    if case.child.birth_date != birth_date:
        _count_wrong(case, by)
        raise Refused(
            _("This is not the day that we were told. Check it, or call us."), code="birth-date",
            field="birth_date",
        )  # fmt: skip
    provider.update(tries=0)
    audit.record("provider-proved", by=by, case_id=case.pk, target=case)


@transaction.atomic
def _count_wrong(case: Case, by: Person) -> None:
    LocalProvider.objects.filter(case=case).update(tries=F("tries") + 1)
    provider = LocalProvider.objects.get(case=case)
    audit.record("provider-not-proved", by=by, case_id=case.pk, target=case)
    if provider.tries >= MOST_TRIES:
        close_page(case=case, provider=provider, by=None)
        tell_coordinator(case)
