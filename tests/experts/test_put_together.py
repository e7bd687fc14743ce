"""What is put together once is asked anew each time: nothing of an earlier answer is kept."""

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.queries import person_with_roles
from secondopinion.audit import actions as audit
from secondopinion.audit.models import Entry
from secondopinion.cases.actions import foresee
from secondopinion.cases.actions.parts import end_parts, give_part
from secondopinion.cases.models import Part
from secondopinion.cases.queries import roles_of
from secondopinion.desk.queries import least_loaded
from secondopinion.experts import actions as experts
from secondopinion.experts.facts import gather, offered_before
from secondopinion.program.models import Program
from tests.experts.ready import coordinator, ready
from tests.web.conftest import expert, person


def test_roles_and_parts_are_those_of_this_moment(hospital: Program) -> None:
    case, omar = ready(), person("omar@harbour.example")
    assert omar.pk not in {each.expert.person_id for each in gather()}
    accounts.grant_role(by=None, person=omar, role="coordinator")
    read = person_with_roles(omar.pk)
    assert read is not None
    assert roles_of(case, read) == {"desk"}
    give_part(case=case, person=omar, role=Part.FAMILY, by=None)
    assert roles_of(case, read) == {"desk", "family"}
    end_parts(case=case, role=Part.FAMILY, by=None, person=omar)
    assert roles_of(case, read) == {"desk"}
    accounts.end_role(by=None, person=omar, role="coordinator")
    read = person_with_roles(omar.pk)
    assert read is not None
    assert roles_of(case, read) == set()


def test_experts_and_their_offers_are_those_of_this_moment(hospital: Program) -> None:
    case = ready()
    assert gather() == []
    made = expert("brain@harbour.example")
    [known] = gather()
    assert (known.expert.person, known.load) == (made, 0)
    experts.offer(by=coordinator(), case=case, expert=known.expert)
    assert [each.load for each in gather()] == [1]
    assert list(offered_before([case.pk])[case.pk]) == [known.expert.pk]
    accounts.end_role(by=None, person=made, role="specialist")
    assert gather() == []


def test_loads_forecasts_and_seals_are_those_of_this_moment(hospital: Program) -> None:
    owner = coordinator()
    assert least_loaded() == owner
    other = person("omar@harbour.example", "coordinator", name="Omar")
    ready()
    assert least_loaded() == other
    assert (foresee(), foresee()) == (1, 0)
    ready("second@familia.example")
    assert foresee() == 1
    assert audit.seal(lately=True) == Entry.objects.count()
    audit.record("role-granted", by=None, target=owner)
    assert (audit.seal(lately=True), audit.seal(lately=True)) == (1, 0)
    assert audit.verify().holds
