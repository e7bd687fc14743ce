"""A report in the making, and a signed one."""

import pytest

from secondopinion.core import clock
from secondopinion.demo.reports import EPILEPSY
from secondopinion.opinions import actions
from secondopinion.opinions.models import Opinion, SignedReport
from secondopinion.program.models import Program
from tests.opinions.walk import to_review


@pytest.fixture
def opinion(hospital: Program) -> Opinion:
    """A report in the making, every field of it filled in."""
    case, specialist = to_review()
    opinion = actions.start_report(by=specialist, case=case)
    answers = {f"answer_{each.number}": "Yes, 20–40 mg/kg." for each in case.questions.all()}
    return actions.save_draft(
        by=specialist, opinion=opinion, values={**EPILEPSY.body, **answers}, base_revision=None
    )


@pytest.fixture
def signed(opinion: Opinion) -> SignedReport:
    """A signed report."""
    return actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())
