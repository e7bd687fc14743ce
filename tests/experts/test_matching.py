"""Who is suggested, why, and who never is."""

from datetime import timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.experts import actions as experts
from secondopinion.experts.facts import gather
from secondopinion.experts.matching import judged, possible, suggest
from secondopinion.experts.models import ExpertProfile, Kind, Offer
from secondopinion.experts.queue import plan
from secondopinion.experts.rules import must_take
from secondopinion.experts.terms import Terms, as_written
from secondopinion.program.models import Program
from tests.experts.ready import coordinator, ready
from tests.web.conftest import expert, person


def profile(email: str, **fields: object) -> ExpertProfile:
    """Return a specialist for brains and nerves, with these fields."""
    made = expert(email)
    return experts.describe(by=None, person=made, **fields)


@pytest.mark.parametrize(
    ("text", "word", "holds"),
    [
        ("Epilepsia infantil", "epilep", True),
        ("Afebrile", "febrile", False),
        ("ورم الدماغ", "دماغ", True),
        ("Tumor cerebral", "tumor cerebr", True),
        ("Tumor óseo", "tumor cerebr", False),
        ("ÉPILEPSIE", "épilep", True),
    ],
)
def test_words_are_found_by_their_beginnings(text: str, word: str, holds: bool) -> None:
    terms = Terms()
    number = terms.word(word)
    assert (number in terms.found_in(text)) is holds


def test_a_code_is_found_by_its_names_and_by_those_of_its_category() -> None:
    terms = Terms()
    septal, epilepsy = terms.code("icd-10-cm", "Q21.0"), terms.code("icd-10-cm", "G40.909")
    rare = terms.code("orphanet", "558")
    assert terms.found_in("Ventricular septal defect, 6 mm") == {septal}
    assert terms.found_in("West syndrome since March") == {epilepsy}
    assert terms.found_in("Marfan syndrome") == {rare}
    assert terms.found_in("A cough") == set()


def test_a_beginning_is_said_as_the_family_wrote_the_word() -> None:
    assert as_written("epilep", "Tiene (Epilepsia), desde marzo") == "Epilepsia"
    assert as_written("صرع", "تشخيص: الصرع، منذ سنة") == "الصرع"
    assert as_written("asthma", "Epilepsy") == ""


@given(st.text(max_size=200))
def test_any_text_can_be_looked_through(text: str) -> None:
    terms = Terms()
    terms.code("icd-10-cm", "G40.909")
    terms.word(text)
    assert terms.found_in(text) is not None


@pytest.mark.django_db
def test_the_list_says_why_and_the_best_stands_first(hospital: Program) -> None:
    case = ready()
    profile("plain@harbour.example", conditions=[], languages=[])
    knows = profile("knows@harbour.example", conditions=["epilep"], languages=[case.language])
    first, second = possible(case)
    assert first.expert == knows
    assert first.score > second.score
    words = " · ".join(map(str, first.reasons))
    for part in ("Works in this field", "Knows: Epilepsy", "Speaks English", "5 of 5 places free"):
        assert part in words
    assert "Epilepsia" not in words, "the family's word, for which the reader's language has one"
    with override("es"):
        assert "Epilepsia" in " · ".join(map(str, first.reasons))
    ExpertProfile.objects.filter(pk=knows.pk).update(conditions=["ausenc"])
    case.request.history = "Ausencias desde marzo"
    case.request.save()
    words = " · ".join(map(str, possible(case)[0].reasons))
    assert "Knows: Ausencias" in words, "as the family wrote it, where no group is called so"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"not_in": ["MX"]}, "country"),
        ({"oldest": 3}, "years"),
        ({"youngest": 15}, "years"),
        ({"capacity": 0}, "no free place"),
    ],
)
def test_hard_rules_come_before_any_score(
    hospital: Program, fields: dict[str, object], word: str
) -> None:
    case = ready()
    barred = profile("barred@harbour.example", **fields)
    assert possible(case) == []
    [shown] = suggest(case)
    assert word in " ".join(map(str, shown.obstacles))
    with pytest.raises(Refused, match=word):
        experts.offer(by=coordinator(), case=case, expert=barred)
    case.refresh_from_db()
    assert case.state == "ready"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("treated", "Camila Fernandez"),
        ("relative", "Мария Лопес"),
        ("institution", "San Rafael"),
    ],
)
def test_nobody_is_offered_what_conflicts(hospital: Program, kind: str, name: str) -> None:
    case = ready()
    tied = profile("tied@harbour.example")
    assert len(possible(case)) == 1
    experts.add_tie(by=tied.person, expert=tied, kind=kind, name=name)
    assert possible(case) == []


@pytest.mark.django_db
def test_who_is_away_or_had_enough_this_week_is_not_suggested(hospital: Program) -> None:
    case, other = ready(), ready("olena@rodyna.example")
    someone = profile("mei@harbour.example", weekly=1)
    today = clock.today()
    away = experts.add_away(
        by=someone.person, expert=someone, first=today, last=today + timedelta(days=3)
    )
    assert possible(case) == []
    experts.remove_away(by=someone.person, away=away)
    made = experts.offer(by=coordinator(), case=case, expert=someone)
    assert possible(other) == [], "an open offer holds its place"
    experts.accept(by=someone.person, offer=made)
    assert possible(other) == []


@pytest.mark.django_db
def test_a_profile_is_changed_by_its_specialist_and_by_no_colleague(hospital: Program) -> None:
    one, other = profile("one@harbour.example"), profile("other@harbour.example")
    with pytest.raises(NotYours):
        experts.describe(by=other.person, person=one.person, capacity=9)
    with pytest.raises(NotYours):
        experts.add_code(by=person("x@y.example"), expert=one, system="icd-10-cm", code="Q21.0")
    for wrong in ({"capacity": 51}, {"not_in": ["XX"]}, {"groups": ["none"]},
                  {"youngest": 9, "oldest": 2}):  # fmt: skip
        with pytest.raises(Refused):
            experts.describe(by=one.person, person=one.person, **wrong)
    for _twice in range(2):
        experts.add_code(by=one.person, expert=one, system="icd-10-cm", code="Q21.0")
    one.refresh_from_db()
    assert [each["code"] for each in one.codes] == ["Q21.0"]
    with pytest.raises(Refused, match="no such code"):
        experts.add_code(by=one.person, expert=one, system="icd-10-cm", code="nothing")


@pytest.mark.django_db
def test_only_kinds_of_case_are_offered_that_an_expert_takes(hospital: Program) -> None:
    case = ready()
    reader = profile("reader@harbour.example", kinds=["second", "panel"])
    calm = profile("calm@harbour.example", kinds=["opinion"])
    assert [each.expert for each in possible(case)] == [calm]
    assert {each.expert for each in suggest(case, Kind.SECOND) if not each.obstacles} == {reader}
    assert [each.known.expert for each in plan().proposals] == [calm]
    with pytest.raises(Refused, match="urgent"):
        experts.offer(by=coordinator(), case=case, expert=calm, urgency="urgent")
    with pytest.raises(Refused, match="alone"):
        experts.offer(by=coordinator(), case=case, expert=reader)
    with pytest.raises(Refused, match="together"):
        must_take(calm, Kind.PANEL)
    with pytest.raises(Refused, match="no such kind"):
        experts.describe(by=None, person=calm.person, kinds=["none"])


@pytest.mark.django_db
def test_how_earlier_offers_went_is_added_up(hospital: Program) -> None:
    someone, now = profile("mei@harbour.example", capacity=9), clock.now()
    owner, cases = coordinator(), [ready(f"family{each}@familia.example") for each in range(4)]
    made = [experts.offer(by=owner, case=case, expert=someone) for case in cases]
    experts.accept(by=someone.person, offer=made[0])
    experts.decline(by=someone.person, offer=made[1], reason="conflict")
    experts.accept(by=someone.person, offer=made[2])
    Case.objects.filter(pk=cases[2].pk).update(
        state="follow_up", reported_at=now - timedelta(days=10)
    )
    for offer, began, hours in ((0, 20, 5), (1, 20, 7), (2, 13, 24)):
        since = now - timedelta(days=began)
        Offer.objects.filter(pk=made[offer].pk).update(
            created_at=since, answered_at=since + timedelta(hours=hours)
        )
    [known] = gather()
    assert (known.load, known.this_week) == (2, 1), "under review, and the one that waits"
    assert (known.answered, known.accepted, known.waits) == (2, 2, 3)
    assert known.waited == pytest.approx(36)
    [(field, condition, days)] = known.reports
    assert (field, condition, days) == (cases[2].specialty_id, "", pytest.approx(2))
    assert "answers within 12 hours" in " ".join(map(str, judged(cases[3], known).reasons))
