"""Two accounts of one parent: asked for by the desk, proved by both mailboxes, undone."""

import re
from io import BytesIO

import pytest
from django.core import mail

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Guardianship, Person
from secondopinion.audit.models import Entry
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, Consent, Part
from secondopinion.cases.queries import holders_of, visible_to
from secondopinion.conversations.models import Seen
from secondopinion.core import clock, jobs
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk import actions
from secondopinion.desk.models import OneAccount
from secondopinion.guardians import actions as guardians
from secondopinion.guardians.models import GuardianDocument, ParentConsent
from secondopinion.messaging.actions import choose_reach
from secondopinion.messaging.models import Message, MessageState
from secondopinion.program import queries as program
from tests.desk.conftest import KEPT, OTHER
from tests.web.conftest import letter, person, sign_in


def asked(grace: Person, case: Case, kept: Person, email: str = OTHER) -> OneAccount:
    """Have the desk ask."""
    return actions.ask_one(by=grace, case=case, kept=kept, email=email, way="telephone")


def codes() -> dict[str, str]:
    """Return the newest code that went to each address."""
    found = {}
    for template, key in (("one-account-kept", "kept_code"), ("one-account-other", "other_code")):
        message = Message.objects.filter(template=template).latest("created_at")
        assert message.case_id is None, "nothing of a case is in it"
        match = re.search(r"\b[0-9A-Z]{8}\b", message.body)
        assert match
        assert match[0] not in message.subject, "subjects stand on locked screens"
        found[key] = match[0]
    return found


def made_one(grace: Person, case: Case, kept: Person) -> OneAccount:
    """Ask, and confirm as the parent does."""
    asked(grace, case, kept)
    return actions.confirm_one(by=kept, **codes())


def opens(each: Person) -> set[Case]:
    """Return the cases that an account opens."""
    return set(visible_to(Person.objects.get(pk=each.pk)))


def test_nothing_moves_before_both_codes_have_come_from_the_kept_account(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    row = asked(grace, first, kept)
    sent = codes()
    assert sent["kept_code"] != sent["other_code"]
    for by, given in (
        (other, sent),  # whoever holds the other account alone
        (kept, {**sent, "other_code": sent["kept_code"]}),  # whoever holds the kept one alone
        (kept, {"kept_code": sent["other_code"], "other_code": sent["kept_code"]}),
        (grace, sent),  # the desk
    ):
        with pytest.raises(Refused):
            actions.confirm_one(by=by, **given)
    row.refresh_from_db()
    assert row.confirmed_at is None
    assert opens(kept) == {first}
    assert opens(other) == {second}
    assert Person.objects.get(pk=other.pk).is_active
    actions.confirm_one(by=kept, **{name: code.lower() for name, code in sent.items()})
    assert opens(kept) == {first, second}
    assert opens(other) == set()


def test_five_pairs_of_codes_can_be_tried(
    grace: Person, first: Case, second: Case, kept: Person
) -> None:
    asked(grace, first, kept)
    sent = codes()
    for _try in range(5):
        with pytest.raises(Refused) as refused:
            actions.confirm_one(by=kept, kept_code=sent["kept_code"], other_code="AAAAAAAA")
        assert refused.value.code == "one-code"
    with pytest.raises(Refused) as refused:
        actions.confirm_one(by=kept, **sent)
    assert refused.value.code == "one-ended"
    assert Entry.objects.filter(verb="accounts-refused").count() == 5
    assert not OneAccount.objects.filter(confirmed_at__isnull=False).exists()


def test_what_the_other_account_had_counts_for_the_kept_one_and_goes_back(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    guardians.send_document(
        by=other, case=second, kind="birth", name="birth.png", source=BytesIO(letter())
    )
    Seen.objects.create(case=second, person=other, at=clock.now())
    choose_reach(by=other, also_by="", quiet_from=None, quiet_to=None, daily=True)
    cases.take(by=grace, case=second)  # tells the family, once a day
    waiting = Message.objects.filter(to=other, state=MessageState.QUEUED, daily=True)
    assert waiting.exists()
    consents = set(Consent.objects.filter(case=second, person=other).values_list("pk", flat=True))
    browser = sign_in(other)
    assert browser.get("/my/").status_code == 200
    token = accounts.make_link(person=other, case_id=second.pk)

    row = made_one(grace, first, kept)

    assert [each.pk for each in holders_of(second, Part.FAMILY)] == [kept.pk]
    tie = Guardianship.objects.get(child=second.child, revoked_at=None)
    assert (tie.person, tie.kind, tie.may_consent) == (kept, "parent", True)
    given = Consent.objects.filter(case=second, person=kept).values_list("pk", flat=True)
    assert set(given) == consents
    assert GuardianDocument.objects.get().person == kept
    assert GuardianDocument.objects.get().sent_by == other, "what it did stays under its name"
    assert Seen.objects.get(case=second, person=kept).at == Seen.objects.get(person=other).at
    assert not waiting.exists()
    assert browser.get("/my/")["Location"].startswith("/sign-in/"), "its sessions end"
    with pytest.raises(Refused):
        accounts.use_link(token=token)
    sent = {entry.actor_id for entry in entries_for(second.pk) if entry.verb == "case-submit"}
    assert sent == {other.pk}
    assert "accounts-joined" in {entry.verb for entry in entries_for(second.pk)}
    mail.outbox.clear()
    jobs.run_all()
    told = [each.to[0] for each in mail.outbox if "are one now" in each.subject]
    assert sorted(told) == sorted([KEPT, OTHER])
    about = {each.to[0] for each in mail.outbox if second.reference in each.subject}
    assert KEPT in about
    assert OTHER not in about
    assert accounts.ensure_person(email=OTHER) == kept, "let in by the old address"

    actions.undo_one(by=grace, row=row)

    assert opens(kept) == {first}
    assert opens(other) == {second}
    tie = Guardianship.objects.get(child=second.child, revoked_at=None)
    assert (tie.person, tie.kind, tie.may_consent) == (other, "parent", True)
    given = Consent.objects.filter(case=second, person=other).values_list("pk", flat=True)
    assert set(given) == consents
    assert GuardianDocument.objects.get().person == other
    assert not Seen.objects.filter(case=second, person=kept).exists()
    assert sign_in(Person.objects.get(pk=other.pk)).get("/my/").status_code == 200
    assert accounts.ensure_person(email=OTHER) == other
    with pytest.raises(Conflict):
        actions.undo_one(by=grace, row=row)


def test_one_case_in_which_both_have_a_part(
    grace: Person, first: Case, kept: Person, other: Person
) -> None:
    cases.invite_guardian(by=kept, case=first, full_name="Maria Lopez", email=OTHER, kind="parent")
    Person.objects.filter(pk=other.pk).update(last_login=clock.now())
    row = made_one(grace, first, kept)
    assert [each.pk for each in holders_of(first, Part.FAMILY)] == [kept.pk]
    actions.undo_one(by=grace, row=row)
    assert {each.pk for each in holders_of(first, Part.FAMILY)} == {kept.pk, other.pk}
    ties = Guardianship.objects.filter(child=first.child, revoked_at=None)
    assert {tie.person_id for tie in ties} == {kept.pk, other.pk}


def test_one_person_does_not_agree_as_two_parents(
    grace: Person, first: Case, kept: Person, other: Person
) -> None:
    cases.invite_guardian(by=kept, case=first, full_name="Maria Lopez", email=OTHER, kind="parent")
    guardians.agree_too(by=other, case=first, disclaimer=program.disclaimer("en"))
    assert ParentConsent.objects.get(case=first, ended_at=None).person == other
    row = made_one(grace, first, kept)
    assert not ParentConsent.objects.filter(case=first, ended_at=None).exists()
    actions.undo_one(by=grace, row=row)
    assert ParentConsent.objects.get(case=first, ended_at=None).person == other


def test_signing_in_with_the_old_address(
    grace: Person, first: Case, second: Case, kept: Person
) -> None:
    made_one(grace, first, kept)
    jobs.run_all()
    mail.outbox.clear()
    browser = sign_in(None)
    answer = browser.post("/sign-in/", {"email": OTHER.upper()})
    assert answer["Location"] == "/sign-in/code/", "as for any address"
    jobs.run_all()
    assert [(each.to, "sign in any more" in each.subject) for each in mail.outbox] == [
        ([OTHER], True)
    ]
    assert not re.search(r"\b[0-9A-Z]{6,8}\b", mail.outbox[0].body), "no code"
    assert KEPT not in mail.outbox[0].body


def test_who_may_ask_and_for_whom(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    tom = person("tom@harbour.example", "coordinator", name="Tom Lindqvist")
    with pytest.raises(NotYours):
        asked(tom, first, kept)
    with pytest.raises(NotYours):
        asked(kept, first, kept)
    with pytest.raises(NotYours):
        asked(grace, first, other, KEPT)  # not of this case's family
    person("nobody@familia.example")  # typed an address once, and began nothing
    for email, code in (
        (KEPT, "one-same"), ("nobody@familia.example", "one-unknown"),
        ("grace@harbour.example", "one-staff"), ("no address", "email-invalid"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            asked(grace, first, kept, email)
        assert refused.value.code == code
    assert not OneAccount.objects.exists()


def test_the_pages_of_desk_and_parent(
    grace: Person, first: Case, second: Case, kept: Person, other: Person
) -> None:
    desk, address = sign_in(grace), f"/desk/cases/{first.reference}/people/one-account/"
    assert OTHER not in desk.get(address).content.decode()
    given = {"kept": str(kept.pk), "email": OTHER, "way": "telephone", "note": "She called."}
    unknown = desk.post(address, {**given, "email": "x@y.example"}).content.decode()
    assert "has this address" in unknown
    assert desk.post(address, given)["Location"] == address
    assert "still to type both codes" in desk.get(address).content.decode()
    parent = sign_in(kept)
    shown = parent.get("/account/one/").content.decode()
    assert KEPT in shown
    assert OTHER not in shown, "the other address is for who reads its mail"
    wrong = {**codes(), "other_code": "AAAAAAAA"}
    assert "These codes are not right" in parent.post("/account/one/", wrong).content.decode()
    assert parent.post("/account/one/", codes())["Location"] == "/my/"
    people = desk.get(f"/desk/cases/{first.reference}/people/").content.decode()
    assert "One account" in people
    row = OneAccount.objects.get()
    tom = sign_in(person("tom@harbour.example", "coordinator"))
    assert tom.post(address, {"do": "take-back", "row": str(row.pk)}).status_code in {404, 409}
    assert tom.post(address, {"do": "undo", "row": str(row.pk)})["Location"] == address
    assert opens(other) == {second}
