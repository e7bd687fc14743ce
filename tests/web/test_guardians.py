"""Another parent or guardian: let in by the first, kept out again before they came."""

import pytest
from django.test import Client

from secondopinion.accounts.models import Person
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
