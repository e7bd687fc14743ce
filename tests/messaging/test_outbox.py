"""Mail: in the reader's language, without a word about health, sent once, safe in its head."""

import pytest
from django.core import mail

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.core import jobs
from secondopinion.core.errors import Refused
from secondopinion.messaging import delivery
from secondopinion.messaging.actions import notify
from secondopinion.messaging.models import Message
from secondopinion.messaging.templates import TEMPLATES


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_mail_goes_out_once(template: str, maria: Person) -> None:
    message = notify(to=maria, template=template, case_reference="2026-ABCDE", link="/my/")
    jobs.run_all()
    delivery.send(str(message.pk))
    [sent] = mail.outbox
    assert sent.to == ["maria@familia.example"]
    assert "%(" not in sent.subject + sent.body
    assert Message.objects.get().state == "sent"


def test_a_mail_of_an_action_that_failed_is_not_sent(maria: Person) -> None:
    assert not Message.objects.exists()
    assert jobs.run_all() == 0


def test_a_line_break_in_a_reference_stays_out_of_the_head(maria: Person) -> None:
    notify(to=maria, template="message-waiting", case_reference="2026\r\nBcc: all@example.org")
    jobs.run_all()
    assert "\n" not in mail.outbox[0].subject


@pytest.mark.parametrize(
    "email", ["a@b.example\nBcc: c@d.example", "a@b.example\r", "nobody", "", "x" * 250 + "@b.org"]
)
def test_what_is_no_address_is_refused(email: str, maria: Person) -> None:
    with pytest.raises(Refused):
        accounts.ensure_person(email=email)
