"""Cases that are ready for an expert, taken there by the real actions."""

from secondopinion.accounts.models import Person
from secondopinion.cases import actions
from secondopinion.cases.models import Case, ItemState
from tests.web.conftest import draft, person


def coordinator() -> Person:
    """Return the coordinator of every case here."""
    return person("grace@harbour.example", "coordinator", name="Grace Okafor")


def ready(email: str = "maria@familia.example", **more: str) -> Case:
    """Return a case that waits for an expert."""
    case = actions.submit(by=(family := person(email)), case=draft(family, **more))
    owner = coordinator()
    actions.take(by=owner, case=case)
    for item in case.checklist.all():
        actions.settle_item(by=owner, item=item, state=ItemState.ARRIVED)
    return actions.complete(by=owner, case=case)
