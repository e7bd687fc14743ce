"""Another parent or guardian: let in by the first, kept out again before they came."""

from datetime import timedelta

import pytest
from django.test import Client

from secondopinion.accounts.models import Child, Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions
from secondopinion.core import clock
from secondopinion.messaging.models import Message
from tests.web.conftest import draft, person, sign_in, submitted

THEM = {"full_name": "José López", "email": "jose@familia.example", "kind": "parent"}


def test_the_second_parent_reads_and_writes_like_the_first(hospital: object) -> None:
    first = person("maria@familia.example", name="María")
    case = submitted(first)
    address = f"/my/cases/{case.reference}/"
    browser = sign_in(first)
    assert browser.post(f"{address}family/", THEM).status_code == 302
    mail = Message.objects.get(template="guardian-invited")
    assert address in mail.body
    assert case.child.full_name not in mail.subject + mail.body
    second = sign_in(Person.objects.get(email=THEM["email"]))
    assert case.child.full_name in second.get(address).content.decode()
    assert second.post(f"{address}message/", {"text": "Hello"}).status_code == 302
    assert "here already" in browser.post(f"{address}family/", THEM).content.decode()


def test_a_wrong_address_is_taken_out_until_somebody_has_come(maria: Client) -> None:
    case = draft(Person.objects.get(email="maria@familia.example"))
    address = f"/my/cases/{case.reference}/"
    maria.post(f"{address}family/", THEM)
    wrong = Person.objects.get(email=THEM["email"])
    maria.post(f"{address}family/out/", {"person": str(wrong.pk)})
    assert sign_in(wrong).get(address).status_code == 404
    assert not case.child.guardianships.filter(person=wrong, revoked_at=None).exists()
    maria.post(f"{address}family/", THEM)
    there = sign_in(wrong)
    maria.post(f"{address}family/out/", {"person": str(wrong.pk)})
    assert there.get(f"{address}request/").status_code == 200


def test_who_had_come_is_taken_out_by_the_team_alone(hospital: object) -> None:
    first, coordinator = person("maria@familia.example"), person("g@h.example", "coordinator")
    case = submitted(first)
    colleague = sign_in(person("n@h.example", "coordinator"))
    address = f"/my/cases/{case.reference}/"
    sign_in(first).post(f"{address}family/", THEM)
    second = Person.objects.get(email=THEM["email"])
    there = sign_in(second)
    desk, page = sign_in(coordinator), f"/desk/cases/{case.reference}/"
    out = {"person": str(second.pk), "reason": "A court order of 3 May."}
    assert colleague.post(f"{page}do/end-guardian/", out).status_code == 404, "not a case of theirs"
    actions.take(by=coordinator, case=case)
    assert "Take out of the case" in desk.get(f"{page}people/").content.decode()
    desk.post(f"{page}do/end-guardian/", {**out, "reason": " "})
    assert there.get(address).status_code == 200, "without a reason nothing is done"
    written = Message.objects.count()
    desk.post(f"{page}do/end-guardian/", out)
    assert there.get(address).status_code == 404
    assert not case.child.guardianships.filter(person=second, revoked_at=None).exists()
    assert Message.objects.count() == written
    [entry] = entries_for(case.pk).filter(verb="part-ended")
    assert entry.target_id == str(second.pk)
    assert "court" not in str(entry.detail), "what was typed is no matter of the audit"
    people = desk.get(f"{page}people/").content.decode()
    assert "A court order of 3 May." in people
    assert "Take out of the case" not in people, "the last of the family stays"
    desk.post(f"{page}do/end-guardian/", {**out, "person": str(first.pk)})
    assert sign_in(first).get(address).status_code == 200


@pytest.mark.parametrize(
    ("email", "said"),
    [("lucia@clinica.example", "your local provider"), ("no address", "not an e-mail address")],
)
def test_whom_one_cannot_let_in(maria: Client, email: str, said: str) -> None:
    case = draft(Person.objects.get(email="maria@familia.example"))
    provider = case.local_provider
    provider.email = "lucia@clinica.example"
    provider.save()
    answer = maria.post(f"/my/cases/{case.reference}/family/", {**THEM, "email": email})
    assert said in answer.content.decode()


def test_a_young_person_is_not_spoken_to_as_a_child(maria: Client) -> None:
    case = draft(Person.objects.get(email="maria@familia.example"))
    page = f"/my/cases/{case.reference}/family/child/"
    shown = maria.get(page).content.decode()
    assert "looks at the pictures of you" in shown
    assert "you alone decide here" not in shown
    born = clock.today().replace(day=1) - timedelta(days=17 * 366)
    Child.objects.filter(pk=case.child_id).update(birth_date=born)
    shown = maria.get(page).content.decode()
    assert "looks at the pictures of you" not in shown
    assert f"From {born.day} {born:%B} {born.year + 18} on you alone decide here." in shown
