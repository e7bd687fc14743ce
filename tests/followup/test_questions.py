"""Questions after the report: never a wall, and danger comes first."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from secondopinion.accounts.models import Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, Need, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import Why
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.followup import actions, leaving, red_flags
from secondopinion.followup.models import FollowUpQuestion
from secondopinion.guardians import actions as guardians
from secondopinion.messaging.models import Message
from secondopinion.opinions import actions as opinions
from secondopinion.opinions import papers
from secondopinion.opinions.doubts import doubts_in
from secondopinion.program.models import Program
from secondopinion.staffing import actions as staffing
from tests.followup.ordinary import IN_DANGER, NEAR, ORDINARY
from tests.web.conftest import Whole, expert, person, sign_in, whole_case

# What parents write in danger; spelling, accents and points as phones write them.
DANGER = (
    "She has trouble breathing since this morning", "HE CAN’T BREATHE", "her lips are blue",
    "The seizure won't stop, what do we do?", "He swallowed a battery.",
    "My daughter says she wants to die", "ya no respira bien y esta inconsciente",
    "La niña ESTÁ CONVULSIONANDO", "No para de sangrar por la nariz", "Habla de suicidarse",
    "ابني لا يتنفّس جيدًا", "النوبة لا تتوقّف منذ عشر دقائق", "وهي فاقدة الوعي الآن",
    "ابتلعت بطارية", "Elle n'arrive pas à respirer", "Ele não respira", "Дитина не дихає",
    "मेरा बेटा बेहोश है",
    "His nose has been bleeding for an hour", "The seizure has gone on and it does not stop",
    "She has been having a fit for twenty minutes", "He swallowed a lot of his grandmother's pills",
    "She drank bleach.", "I can't wake her up", "She is vomiting up blood",
    "Le sangra la nariz desde hace una hora y no para", "La nariz le sangra. No para.",
    "Lleva veinte minutos con convulsión y no se le quita", "No deja de salirle sangre",
    "Se tragó las pastillas de su abuela", "Se tomó muchas pastillas", "Bebió lejía",
    "نزيف الأنف لا يتوقف منذ ساعة", "عنده نزيف لا يتوقف", "عنده تشنج من عشرين دقيقة وما بوقف",
    "بلع حبوب كثيرة من دواء جدته", "عم ينزف من أنفه من نص ساعة", "لسه بيتشنج", "شربت كلور",
    "شفايفه صارت زرقا", "مش راضي يصحى", "ما عم يتنفس منيح", "يتقيأ دمًا",
    "Elle saigne du nez depuis une heure", "Il a avalé les médicaments de sa grand-mère",
    "Он проглотил батарейку", "Кровь из носа не останавливается", "Судороги уже двадцать минут",
    "दौरा बीस मिनट से रुक नहीं रहा", "नाक से खून बंद नहीं हो रहा",
    "他一直抽搐", "鼻血止不住", "他吞了电池",
)  # fmt: skip

# What they ask of a report.
CALM = (
    "When do we repeat the EEG?", "What should I do if she has a seizure at school?",
    "Can she swim and ride a bicycle?", "Is the dose of 500 mg right for 24.5 kg?",
    "She had a seizure last year. Is blue light a danger?", "Does the blood test need fasting?",
    "¿Cuándo repetimos el electroencefalograma?", "¿Puede respirar por la boca al dormir?",
    "¿Hace falta operar?", "¿Es normal que le duela la cabeza por la mañana?",
    "متى نعيد الفحص؟", "هل يحتاج إلى فحص نخاع العظم؟", "ما سبب النوبات؟", "هل يمكنه السباحة؟",
    "Faut-il refaire l’IRM ?", "Quando repetimos o exame?", "Коли повторити МРТ?",
    "क्या वह स्कूल जा सकती है?", "",
)  # fmt: skip


@pytest.mark.parametrize("text", [*DANGER, *IN_DANGER])
def test_words_of_danger_are_found(text: str) -> None:
    assert red_flags.found(text)


@pytest.mark.parametrize("text", [*CALM, *ORDINARY, *NEAR])
def test_a_calm_question_is_left_alone(text: str) -> None:
    assert not red_flags.found(text)


def left(case: Case, person: Person) -> int:
    return actions.questions_left(case.follow_up_questions.select_related("asked_by"), person)


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case in its follow-up, with one question."""
    return whole_case()


def test_the_sixth_question_and_a_late_one_go_to_the_coordinator(whole: Whole) -> None:
    family, case = whole.family, whole.case
    assert left(case, family) == 4
    for number in range(4):
        assert not actions.ask(by=family, case=case, text=f"And {number}?").beyond
    browser, here = sign_in(family), f"/my/cases/{case.reference}/"
    told = browser.post(f"{here}ask/", {"text": "And this?"}, follow=True).content.decode()
    assert "tells you what can be done" in told
    sixth = FollowUpQuestion.objects.get(text="And this?")
    assert (sixth.beyond, sixth.state) == ("many", "asked")
    assert left(case, whole.provider) == 5, "the local provider has its own"
    assert not actions.ask(by=whole.provider, case=case, text="Which dose?").beyond
    actions.pass_to_expert(by=whole.coordinator, question=sixth)
    for each in FollowUpQuestion.objects.filter(state="asked"):
        actions.settle(by=whole.coordinator, question=each, reply="See the report.")
    actions.settle(
        by=whole.coordinator, reply="Yes.",
        question=actions.ask(by=family, case=case, text="One more?"),
    )  # fmt: skip
    assert case.follow_up_until
    with time_machine.travel(case.follow_up_until + timedelta(hours=1), tick=False):
        late = actions.ask(by=family, case=case, text="Another thing?")
        assert (late.beyond, late.state) == ("late", "asked")
        assert "The time for questions" in sign_in(family).get(here).content.decode()
        desk = sign_in(whole.coordinator).get(f"/desk/cases/{case.reference}/after/")
        assert "asked after the time for questions" in desk.content.decode()


def test_a_question_opens_a_closed_case_again(whole: Whole) -> None:
    question = whole.case.follow_up_questions.get()
    actions.settle(by=whole.coordinator, question=question, reply="In six months.")
    cases.close(by=whole.coordinator, case=whole.case)
    browser, here = sign_in(whole.family), f"/my/cases/{whole.case.reference}/"
    page = browser.get(here).content.decode()
    assert "You can ask 4 more questions until" in page, "the time that was promised runs on"
    assert "A question opens it again." in page
    told = browser.post(f"{here}ask/", {"text": "And now?"}, follow=True).content.decode()
    assert "Your question is sent." in told
    assert "The case is open again." in told
    assert "The time for questions" not in told
    assert "You can ask 3 more questions until" in told
    asked = whole.case.follow_up_questions.get(text="And now?")
    case = Case.objects.get(pk=whole.case.pk)
    assert (case.state, case.ended_at, asked.beyond) == ("follow_up", None, "")
    assert Need.objects.filter(case=case, why=Why.QUESTION).exists(), "the desk sees it"
    with pytest.raises(NotYours):
        actions.ask(by=whole.specialist, case=case, text="May I?")
    Case.objects.filter(pk=case.pk).update(state="in_review")
    with pytest.raises(Refused):
        actions.ask(by=whole.family, case=case, text="Too early?")


def test_a_late_question_opens_a_closed_case_and_page_and_word_agree(whole: Whole) -> None:
    question = whole.case.follow_up_questions.get()
    actions.settle(by=whole.coordinator, question=question, reply="In six months.")
    cases.close(by=whole.coordinator, case=whole.case)
    here, over = f"/my/cases/{whole.case.reference}/", "questions about this report is over"
    assert whole.case.follow_up_until
    with time_machine.travel(whole.case.follow_up_until + timedelta(hours=1), tick=False):
        browser = sign_in(whole.family)
        assert over in browser.get(here).content.decode()
        told = browser.post(f"{here}ask/", {"text": "And now?"}, follow=True).content.decode()
        assert "The time for questions is over, so our team reads it first" in told
        assert over in told
        assert "The case is open again." in told
        assert "more question" not in told
    assert whole.case.follow_up_questions.get(text="And now?").beyond == "late"


def test_danger_shows_whom_to_call_before_and_behind_the_question(whole: Whole) -> None:
    browser, here = sign_in(whole.family), f"/my/cases/{whole.case.reference}/"
    assert "911" in browser.get(here).content.decode(), "said before anybody writes"
    text = "She has trouble breathing after the new medicine"
    first = browser.post(f"{here}ask/", {"text": text}).content.decode()
    assert first.index("tel:911") < first.index(text)
    assert "has not been sent yet" in first
    assert not FollowUpQuestion.objects.filter(text=text).exists()
    page = browser.post(f"{here}ask/", {"text": text, "seen": "1"}, follow=True).content.decode()
    assert page.index("tel:911") < page.index(text)
    asked = FollowUpQuestion.objects.get(text=text)
    assert asked.urgent
    assert asked.due_at <= clock.now()
    assert Need.objects.get(case=whole.case, why=Why.QUESTION).due_at <= clock.now()
    assert Message.objects.filter(template="soon-late", to=whole.coordinator).exists()
    provider = sign_in(whole.provider)
    there = f"/provider/cases/{whole.case.reference}/ask/"
    told = provider.post(there, {"text": "Not breathing well"}).content.decode()
    assert "tel:911" in told
    assert f'action="{there}"' in told
    desk = sign_in(whole.coordinator).get(f"/desk/cases/{whole.case.reference}/after/")
    assert "may mean danger" in desk.content.decode()
    actions.settle(by=whole.coordinator, question=asked, reply="We have called you.")
    assert "tel:911" not in browser.get(here).content.decode()


def test_who_has_left_is_followed_by_another_expert(whole: Whole) -> None:
    case, owner = whole.case, whole.case.coordinator
    assert owner is not None
    question = FollowUpQuestion.objects.get(case=case)
    actions.pass_to_expert(by=owner, question=question)
    assert leaving.let_go_of_gone() == 0
    [former] = holders_of(case, Part.SPECIALIST)
    Message.objects.all().delete()
    staffing.set_roles(
        by=person("paul@harbour.example", "administrator"), person=former, roles=[]
    )  # fmt: skip
    assert leaving.let_go_of_gone() == 0, "told once"
    told = set(Message.objects.values_list("to", "template"))
    assert {(owner.pk, "follow-up-left"), (whole.family.pk, "another-answers")} <= told
    question.refresh_from_db()
    assert question.state == "asked", "it is with the desk again"
    assert Need.objects.filter(case=case, why=Why.QUESTION).exists()
    with pytest.raises(Refused):
        actions.pass_to_expert(by=owner, question=question)
    other = expert("other@harbour.example")
    with pytest.raises(NotYours):
        leaving.hand_on(by=former, case=case, expert=other.expert)
    Person.objects.filter(pk=whole.provider.pk).update(language="en")
    pages = [(sign_in(whole.family), f"/my/cases/{case.reference}/"),
             (sign_in(whole.provider), f"/provider/cases/{case.reference}/")]  # fmt: skip
    for who, page in pages:
        assert "is looking for another specialist" in who.get(page).content.decode()
    browser, here = sign_in(owner), f"/desk/cases/{case.reference}/"
    assert "Nobody answers questions now" in browser.get(f"{here}after/").content.decode()
    browser.post(f"{here}do/hand-questions/", {"expert": other.expert.pk})
    assert list(holders_of(case, Part.SPECIALIST)) == [other]
    for who, page in pages:
        shown = who.get(page).content.decode()
        assert f"<bdi>{other}</bdi> answers your questions now" in shown
        assert f"<bdi>{former}</bdi>, who wrote the report, does not" in shown
    with pytest.raises(Conflict):
        leaving.hand_on(by=owner, case=case, expert=other.expert)
    actions.pass_to_expert(by=owner, question=question)
    done = actions.answer(
        by=other, question=question, text="In a year.", reauthenticated_at=clock.now()
    )  # fmt: skip
    assert done.addendum is not None
    assert done.addendum.signed_by == other


def test_an_answer_goes_to_the_family_though_who_asked_has_left(whole: Whole) -> None:
    case, owner = whole.case, whole.case.coordinator
    second = cases.invite_guardian(
        by=whole.family, case=case, full_name="José", email="jose@familia.example", kind="parent"
    )
    guardians.leave(by=whole.family, case=case)
    Message.objects.all().delete()
    question = FollowUpQuestion.objects.get(case=case)
    actions.settle(by=owner, question=question, reply="In a year.")
    assert list(Message.objects.values_list("to", "template")) == [(second.pk, "answer-ready")]


def test_what_the_local_provider_asks_is_on_no_page_of_the_family(whole: Whole) -> None:
    case = whole.case
    actions.ask(by=whole.provider, case=case, text="How do I tell her parents?")
    page = sign_in(whole.family).get(f"/my/cases/{case.reference}/").content.decode()
    assert "How do I tell her parents?" not in page
    assert "When do we repeat the EEG?" in page


def test_nobody_waits_while_an_answer_is_typeset_and_it_is_signed_once(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, question = whole.case, FollowUpQuestion.objects.get(case=whole.case)
    actions.pass_to_expert(by=whole.coordinator, question=question)
    typeset, outside = papers.signed, len(connection.savepoint_ids)

    def meanwhile(*given: Any) -> papers.Paper:
        assert len(connection.savepoint_ids) == outside, "no transaction is open"
        made = typeset(*given)
        monkeypatch.undo()
        actions.answer(by=whole.specialist, question=FollowUpQuestion.objects.get(),
                       text="In a year.", reauthenticated_at=clock.now())  # fmt: skip
        return made

    monkeypatch.setattr(papers, "signed", meanwhile)
    with pytest.raises(Conflict):
        actions.answer(
            by=whole.specialist, question=question, text="Never.", reauthenticated_at=clock.now()
        )
    addendum = case.signed_reports.get(kind="addendum")
    assert FollowUpQuestion.objects.get().addendum == addendum


@pytest.mark.parametrize("number", ["", "x", "99"])
def test_a_question_that_there_is_not_is_not_found(number: str, whole: Whole) -> None:
    browser = sign_in(whole.coordinator)
    address = f"/desk/cases/{whole.case.reference}/do/pass-question/"
    assert browser.post(address, {"number": number}).status_code == 404


def test_an_answer_that_is_still_with_the_local_provider_is_no_dead_link(whole: Whole) -> None:
    case, here = whole.case, f"/my/cases/{whole.case.reference}/"
    Case.objects.filter(pk=case.pk).update(delivery_mode="through_provider")
    question = FollowUpQuestion.objects.get(case=case)
    actions.pass_to_expert(by=whole.coordinator, question=question)
    actions.answer(
        by=whole.specialist, question=question, text="In a year.", reauthenticated_at=clock.now()
    )
    addendum = case.signed_reports.get(kind="addendum")
    address, family = f"{here}reports/{addendum.number}/", sign_in(whole.family)
    assert family.get(address).status_code == 404
    page = family.get(here).content.decode()
    assert address not in page
    assert "The answer is with your local provider" in page
    opinions.hand_on(by=whole.provider, report=addendum)
    page = family.get(here).content.decode()
    assert f'<a class="go" href="{address}">Read the answer' in page
    assert family.get(address).status_code == 200


def test_an_answer_is_doubted_like_a_report_and_kept_with_a_reason(whole: Whole) -> None:
    """Weight 24.5 kg: ten times too much, and of a boy."""
    case, question = whole.case, FollowUpQuestion.objects.get(case=whole.case)
    actions.pass_to_expert(by=whole.coordinator, question=question)
    slip = "He can have levetiracetam 400 mg/kg a day."
    with pytest.raises(Refused) as refused:
        actions.answer(
            by=whole.specialist, question=question, text=slip, reauthenticated_at=clock.now()
        )
    assert (refused.value.code, refused.value.field) == ("doubted", "text")
    browser = sign_in(whole.specialist)
    here = f"/expert/cases/{case.reference}/questions/{question.number}/"
    page = browser.post(here, {"text": slip, "code": "000000"}).content.decode()
    assert "Nothing is signed yet" in page
    assert "<mark>400 mg/kg a day</mark>" in page
    assert "<mark>He</mark>" in page
    assert 'href="#text"' in page
    assert f">{slip}</textarea>" in page
    assert "This code is not right" not in page, "no code is used up"
    assert not case.signed_reports.filter(kind="addendum").exists()
    reasons = {each.key: "So it is." for each in doubts_in(case, whole.specialist, slip)}
    assert len(reasons) == 2
    typed = {f"keep_{key}": reason for key, reason in reasons.items()}
    page = browser.post(here, {"text": slip, "code": "000000", **typed}).content.decode()
    assert "Nothing is signed yet" not in page
    assert "This code is not right" in page
    assert page.count(">So it is.</textarea>") == 2
    done = actions.answer(
        by=whole.specialist, question=question, text=slip, reauthenticated_at=clock.now(),
        reasons=reasons,
    )  # fmt: skip
    assert done.addendum is not None
    kept = done.addendum.kept_doubts.values_list("kind", "reason", "by")
    assert set(kept) == {(kind, "So it is.", whole.specialist.pk) for kind in ("dose", "sex")}
    desk = sign_in(whole.coordinator).get(f"/desk/cases/{case.reference}/after/").content.decode()
    assert "was doubted and kept" in desk
