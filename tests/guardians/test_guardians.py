"""Who decides for a child: the other parent, documents, courts, the child, the patient of age."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.arrivals import captures
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ItemState, Part
from secondopinion.core import clock, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.guardians import actions, queries, rules
from secondopinion.guardians.models import CourtOrder, GuardianDocument
from secondopinion.messaging.models import Message
from secondopinion.program import actions as program
from secondopinion.program.models import GuardianRule, Program
from secondopinion.program.queries import disclaimer
from tests.web.conftest import Whole, draft, person, sign_in, taken, whole_case

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case in its follow-up."""
    return whole_case()


def rule(**values: object) -> None:
    """Change the rule of every country."""
    GuardianRule.objects.update(**values)
    caches["memory"].clear()


@pytest.fixture
def held(hospital: Program) -> tuple[Case, Person, Person]:
    """A case that is otherwise complete, its parent and its coordinator."""
    parent = person("maria@familia.example", name="María López")
    case, coordinator = taken(parent)
    for item in case.checklist.all():
        cases.settle_item(by=coordinator, item=item, state=ItemState.ARRIVED)
    return case, parent, coordinator


def link_in(mail: Message) -> str:
    """Return the path of the one-time link in a mail."""
    found = re.search(r"/(?:agree|link)/[^/\s]+/", mail.body)
    assert found
    return found[0]


def test_no_expert_starts_before_both_parents_agree(held: tuple[Case, Person, Person]) -> None:
    case, parent, coordinator = held
    rule(both_parents=True)
    assert [each.key for each in rules.owed(case)] == [rules.SECOND]
    with pytest.raises(Refused) as refused:
        cases.complete(by=coordinator, case=case)
    assert refused.value.code == "guardians-owed"
    own = sign_in(parent)
    page = own.get(f"/my/cases/{case.reference}/").content.decode()
    assert "The other parent’s agreement" in page
    asked = {"full_name": "José", "email": "jose@familia.example", "language": "en"}
    assert own.post(reverse("my-parent", args=[case.reference]), asked).status_code == 302
    mail = Message.objects.get(template="second-parent")
    assert case.child.full_name not in mail.subject + mail.body
    address, other = link_in(mail), Client()
    assert other.get(f"/link/{address.split('/')[2]}/").context["open"] is None, (
        "no way into a case"
    )
    assert "María López" in other.get(address).content.decode()
    assert other.get(address).context["open"], "looking uses nothing up"
    agreed = other.post(address, {"answer": "yes"}, follow=True)
    assert "You agree" in agreed.content.decode()
    assert "link was used" not in agreed.content.decode(), "loading it again sends nothing again"
    assert not rules.owed(case)
    assert cases.complete(by=coordinator, case=case).state == "ready"
    row = queries.second_parent(case)
    assert row is not None
    assert row.version
    assert row.language
    other.post(address, {"answer": "no"})
    row.refresh_from_db()
    assert row.answer == "agreed", "a link that was used changes nothing"
    assert {"second-parent-asked", "second-parent-read", "second-parent-answered"} <= {
        entry.verb for entry in entries_for(case.pk)
    }


def test_the_other_parent_says_no_and_somebody_else_is_asked(
    held: tuple[Case, Person, Person],
) -> None:
    case, parent, coordinator = held
    rule(both_parents=True)
    first = actions.ask_parent(
        by=parent, case=case, full_name="José", email="jose@familia.example", language="es"
    )
    old = link_in(Message.objects.get(template="second-parent"))
    Client().post(old, {"answer": "no", "text": "I was not asked."})
    [owed] = rules.owed(case)
    assert owed.refused
    with pytest.raises(Conflict):
        actions.ask_parent_again(by=parent, row=first)
    actions.ask_parent(
        by=parent, case=case, full_name="José", email="right@familia.example", language="es"
    )
    assert rules.owed(case)[0].asked
    assert Client().get(old).status_code == 404, "the former link ends"
    with pytest.raises(NotYours):
        actions.waive_parent(by=parent, case=case, reason="I say so")
    actions.waive_parent(by=coordinator, case=case, reason="He died; certificate seen.")
    assert not rules.owed(case)


def test_who_asks_the_other_parent_is_the_family_also_where_the_desk_wrote(
    held: tuple[Case, Person, Person],
) -> None:
    case, parent, coordinator = held
    actions.ask_parent(
        by=coordinator, case=case, full_name="José", email="jose@familia.example", language="en"
    )
    shown = Client().get(link_in(Message.objects.get(template="second-parent"))).content.decode()
    assert parent.full_name in shown
    assert coordinator.full_name not in shown
    assert "both parents have to agree" not in shown, "the rule says that one decides"


def test_a_no_of_a_parent_or_the_child_stands_on_the_worklist(
    held: tuple[Case, Person, Person],
) -> None:
    case, parent, coordinator = held
    actions.ask_parent(
        by=parent, case=case, full_name="José", email="jose@familia.example", language="en"
    )
    cases.complete(by=coordinator, case=case)
    other, address = Client(), link_in(Message.objects.get(template="second-parent"))
    other.post(address, {"answer": "no"})
    assert "no specialist starts" in other.get(address).content.decode()
    assert case.needs.filter(why="objection").exists()
    desk, here = sign_in(coordinator), f"/desk/cases/{case.reference}/"
    assert "does not agree. Speak with the family" in desk.get(here).content.decode()
    Case.objects.filter(pk=case.pk).update(state="in_review")
    assert "A specialist had begun" in other.get(address).content.decode()
    actions.waive_parent(by=coordinator, case=case, reason="A court says so.")
    assert not case.needs.filter(why="objection").exists()
    with pytest.raises(Refused):
        actions.tell_assent(by=coordinator, case=case, answer="agrees")
    for answer, stands in (("disagrees", True), ("agrees", False)):
        actions.tell_assent(by=coordinator, case=case, answer=answer, reason="On the telephone.")
        assert case.needs.filter(why="objection").exists() is stands


def test_a_second_guardian_with_an_account_agrees_there(held: tuple[Case, Person, Person]) -> None:
    case, parent, _coordinator = held
    rule(both_parents=True)
    second = cases.invite_guardian(
        by=parent, case=case, full_name="José", email="jose@familia.example", kind="parent"
    )
    with pytest.raises(Refused):
        actions.agree_too(by=parent, case=case, disclaimer=disclaimer("en"))
    browser = sign_in(second)
    assert (
        "Are you the other parent?"
        in browser.get(reverse("my-parent", args=[case.reference])).content.decode()
    )
    browser.post(reverse("my-parent", args=[case.reference]), {"agree": "1"})
    assert not rules.owed(case)


def test_a_document_is_seen_by_the_desk_and_its_sender_alone(whole: Whole) -> None:
    case = whole.case
    page = reverse("my-document", args=[case.reference])
    family = sign_in(whole.family)
    file = io.BytesIO(PICTURE)
    file.name = "acta.png"
    assert family.post(page, {"kind": "birth", "file": file}).status_code == 302
    row = GuardianDocument.objects.get()
    assert vault.read(row.blob) == PICTURE
    address = reverse("desk-guardian-document", args=[case.reference, row.pk])
    desk = sign_in(whole.coordinator)
    answer = desk.get(address)
    assert answer.getvalue() == PICTURE
    assert answer["Content-Disposition"].startswith("attachment")
    for who in (whole.family, whole.provider, whole.specialist):
        assert sign_in(who).get(address).status_code == 404
    second = cases.invite_guardian(
        by=whole.family, case=case, full_name="J", email="jose@familia.example", kind="parent"
    )
    assert not queries.documents(case, second), "what one sends the other does not see"
    act = reverse("desk-guardians-act", args=[case.reference, "judge"])
    desk.post(act, {"document": row.pk, "state": "refused", "note": " "})
    desk.post(act, {"document": row.pk, "state": "refused", "note": "The date is cut off."})
    assert (
        "The date is cut off."
        in family.get(reverse("my-guardians", args=[case.reference])).content.decode()
    )
    program_file = io.BytesIO(b"MZ" + bytes(50))
    program_file.name = "acta.png"
    assert (
        "PDF or a photo"
        in family.post(page, {"kind": "birth", "file": program_file}).content.decode()
    )
    assert "guardian-document-opened" in {entry.verb for entry in entries_for(case.pk)}


def test_who_is_no_parent_shows_a_document_first(held: tuple[Case, Person, Person]) -> None:
    case, parent, coordinator = held
    assert not rules.owed(case)
    rule(parents_prove=True)
    assert [each.key for each in rules.owed(case)] == [rules.DOCUMENT]
    rule(parents_prove=False)
    case.child.guardianships.update(kind="court")
    assert [each.key for each in rules.owed(case)] == [rules.DOCUMENT]
    row = actions.send_document(
        by=parent, case=case, kind="court", name="order.png", source=io.BytesIO(PICTURE)
    )
    assert rules.owed(case)[0].asked
    actions.judge(by=coordinator, document=row, accept=True, note="")
    assert not rules.owed(case)
    with pytest.raises(Conflict):
        actions.judge(by=coordinator, document=row, accept=True, note="")


def test_who_is_kept_out_sees_nothing_more_in_an_open_session(whole: Whole) -> None:
    case, coordinator = whole.case, whole.coordinator
    father = cases.invite_guardian(
        by=whole.family, case=case, full_name="José", email="jose@familia.example", kind="parent"
    )
    there = sign_in(father)
    reference = case.reference
    pages = [
        f"/my/cases/{reference}/", f"/my/cases/{reference}/family/",
        f"/my/cases/{reference}/what-you-sent/", f"/files/{reference}/reports/1.pdf",
        f"/files/{reference}/records/{whole.ids['record']}/pages/1",
        f"/dicomweb/{reference}/studies",
    ]  # fmt: skip
    whole.report.deliveries.create(to=father, role=Part.FAMILY, rule=case.delivery_mode)
    assert [there.get(each).status_code for each in pages] == [200] * len(pages)
    capture, token = captures.open_capture(by=father, case=case)
    captures.claim(token=token)
    seen = entries_for(case.pk).filter(actor_id=father.pk).count()
    written = Message.objects.count()
    actions.note_order(
        by=coordinator, case=case, person=father, effect="kept_out", basis="Court of X, 12/26"
    )
    assert [there.get(each).status_code for each in pages] == [404] * len(pages)
    with pytest.raises(NotYours):
        captures.live(capture.pk)
    assert Message.objects.count() == written, "they do not learn it from a mail"
    assert entries_for(case.pk).filter(actor_id=father.pk).count() >= seen, "what was seen stays"
    for address in ("jose@familia.example", "JOSE+x@familia.example"):
        with pytest.raises(Refused) as refused:
            cases.invite_guardian(
                by=whole.family, case=case, full_name="J", email=address, kind="parent"
            )
        assert refused.value.code == "kept-out"
        with pytest.raises(Refused):
            actions.ask_parent(
                by=whole.family, case=case, full_name="J", email=address, language="en"
            )
    page = sign_in(coordinator).get(f"/desk/cases/{reference}/guardians/").content.decode()
    assert "Kept out" in page
    assert "Court of X, 12/26" in page
    with pytest.raises(Refused):
        actions.note_order(
            by=coordinator, case=case, person=whole.family, effect="kept_out", basis="Y"
        )  # the last of the family


def test_an_order_about_a_stranger_holds_and_ends_on_its_day(
    held: tuple[Case, Person, Person],
) -> None:
    case, parent, coordinator = held
    last = clock.today() + timedelta(days=5)
    order = actions.note_order(
        by=coordinator, case=case, full_name="An uncle", email="uncle@familia.example",
        effect="kept_out", basis="Court of X", until=last,
    )  # fmt: skip
    with pytest.raises(Conflict):
        actions.note_order(
            by=coordinator, case=case, person=order.person, effect="kept_out", basis="Z"
        )
    assert actions.let_orders_end() == 0
    with time_machine.travel(clock.now() + timedelta(days=7), tick=False):
        assert actions.let_orders_end() == 1
        assert actions.let_orders_end() == 0
        cases.invite_guardian(
            by=parent, case=case, full_name="U", email="uncle@familia.example", kind="agency"
        )
    assert CourtOrder.objects.get().ended_at


def test_who_only_sees_decides_nothing(held: tuple[Case, Person, Person]) -> None:
    case, parent, coordinator = held
    cases.invite_guardian(
        by=parent, case=case, full_name="J", email="jose@familia.example", kind="parent"
    )
    asked = cases.ask(by=coordinator, case=case, text="The EEG, please.")
    order = actions.note_order(
        by=coordinator, case=case, person=parent, effect="sees_only", basis="Court of X"
    )
    browser, here = sign_in(parent), f"/my/cases/{case.reference}/"
    shown = browser.get(here).content.decode()
    assert "Somebody else decides for this patient" in shown
    assert "withdraw/" not in shown, "what they cannot do is not offered"
    assert "The EEG, please." in shown
    assert "We have asked who decides for this patient" in shown
    for page in ("withdraw/", f"answer/{asked.pk}/"):
        assert page not in shown
        assert browser.get(f"{here}{page}").status_code == 400, page
    assert "Another parent or guardian" not in browser.get(f"{here}family/").content.decode()
    for do in (
        lambda: cases.withdraw(by=parent, case=case),
        lambda: cases.answer(by=parent, information_request=asked, text="I have none."),
        lambda: cases.invite_guardian(
            by=parent, case=case, full_name="K", email="k@familia.example", kind="parent"
        ),
        lambda: actions.agree_too(by=parent, case=case, disclaimer=disclaimer("en")),
        lambda: actions.ask_parent(
            by=parent, case=case, full_name="K", email="k@familia.example", language="en"
        ),
        lambda: actions.tell_assent(by=parent, case=case, answer="agrees"),
    ):
        with pytest.raises(Refused):
            do()
    actions.end_order(by=coordinator, order=order, why="Set aside.")
    assert "withdraw/" in browser.get(here).content.decode()
    assert cases.withdraw(by=parent, case=case).state == "withdrawn"


def test_the_end_of_an_order_does_not_bring_back_who_has_left(
    held: tuple[Case, Person, Person],
) -> None:
    case, parent, coordinator = held
    second = cases.invite_guardian(
        by=parent, case=case, full_name="J", email="jose@familia.example", kind="parent"
    )
    order = actions.note_order(
        by=coordinator, case=case, person=second, effect="sees_only", basis="Court of X"
    )
    actions.leave(by=second, case=case)
    actions.end_order(by=coordinator, order=order, why="Set aside.")
    assert order.ended_at
    assert not case.child.guardianships.filter(person=second, revoked_at=None).exists()


def test_a_guardian_leaves_and_the_last_stays(held: tuple[Case, Person, Person]) -> None:
    case, parent, _coordinator = held
    with pytest.raises(Refused):
        actions.leave(by=parent, case=case)
    second = cases.invite_guardian(
        by=parent, case=case, full_name="J", email="jose@familia.example", kind="parent"
    )
    browser = sign_in(second)
    browser.post(reverse("my-leave", args=[case.reference]))
    assert browser.get(f"/my/cases/{case.reference}/").status_code == 404


def test_a_child_of_an_age_is_asked(held: tuple[Case, Person, Person]) -> None:
    case, parent, coordinator = held
    rule(assent_from=6)
    assert [each.key for each in rules.owed(case)] == [rules.ASSENT]
    page = reverse("my-assent", args=[case.reference])
    browser = sign_in(parent)
    browser.post(page, {"answer": "disagrees"})
    assert rules.owed(case)[0].refused
    assert "Say why" in browser.post(page, {"answer": "cannot"}).content.decode()
    browser.post(page, {"answer": "agrees"})
    assert not rules.owed(case)
    cases.complete(by=coordinator, case=case)


def test_the_consent_page_asks_by_the_rule_of_the_country(hospital: Program) -> None:
    parent = person("maria@familia.example")
    case = draft(parent)
    address = f"/my/cases/{case.reference}/request/consent/"
    assert "has been asked" not in sign_in(parent).get(address).content.decode()
    rule(assent_from=6)
    assert "has been asked" in sign_in(parent).get(address).content.decode()


def test_the_rule_is_a_setting_and_must_make_sense(hospital: Program) -> None:
    admin = person("paul@harbour.example", "administrator")
    value = {
        "country": "", "both_parents": True, "parents_prove": False, "assent_from": 12,
        "adult_from": 18, "legal_basis": "Counsel", "checked_on": "2026-11-01",
        "checked_by": "A. Lawyer",
    }  # fmt: skip
    program.change(by=admin, section="guardians", value=[value], revision=hospital.revision)
    assert GuardianRule.objects.get().both_parents
    for wrong in ([value | {"assent_from": 18}], [value | {"country": "MX"}], []):
        with pytest.raises(Refused):
            program.change(by=admin, section="guardians", value=wrong, revision=1)
