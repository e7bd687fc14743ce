"""Takes a case to its review, by the real actions."""

import subprocess

from secondopinion.accounts.models import Person
from secondopinion.cases import actions
from secondopinion.cases.models import Case, ItemState
from secondopinion.core import vault
from secondopinion.experts import actions as experts
from secondopinion.opinions import inviting
from secondopinion.opinions.models import PanelMember, SignedReport
from tests.web.conftest import expert, person, submitted


def to_review() -> tuple[Case, Person]:
    """Return a case in review and its specialist."""
    case = submitted(person("maria@familia.example"))
    coordinator = person("grace@harbour.example", "coordinator")
    specialist = expert("mei@harbour.example")
    Person.objects.filter(pk=specialist.pk).update(full_name="Dr. Mei")
    specialist.refresh_from_db()
    actions.take(by=coordinator, case=case)
    for item in case.checklist.all():
        actions.settle_item(by=coordinator, item=item, state=ItemState.ARRIVED)
    actions.complete(by=coordinator, case=case)
    offer = experts.offer(by=coordinator, case=case, expert=specialist.expert)
    experts.accept(by=specialist, offer=offer)
    case.refresh_from_db()
    return case, specialist


def joined(case: Case, expert: Person) -> PanelMember:
    """Return an expert who was asked to write the report with its author, and has said yes."""
    assert case.coordinator is not None
    asked = inviting.invite(by=case.coordinator, case=case, expert=expert)
    return inviting.accept(by=expert, invitation=asked)


def words_of(report: SignedReport) -> str:
    """Return the words of a signed document, as another program reads them out of the PDF."""
    read = subprocess.run(
        ["pdftotext", "-", "-"], input=vault.read(report.blob), check=True, capture_output=True
    )
    return " ".join(read.stdout.decode().split())
