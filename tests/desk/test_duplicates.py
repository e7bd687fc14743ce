"""Requests that are perhaps about one child: found across scripts, joined, taken apart again."""

import zipfile
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.arrivals import carrying
from secondopinion.arrivals.carrying import images_key
from secondopinion.arrivals.models import Upload, UploadState
from secondopinion.arrivals.queries import not_kept
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import Why
from secondopinion.core import clock, jobs, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk import actions, duplicates
from secondopinion.desk.duplicates import Told, alike
from secondopinion.desk.models import Duplicate, Join
from secondopinion.guardians import actions as guardians
from secondopinion.imaging import actions as imaging
from secondopinion.imaging import removing
from secondopinion.imaging.models import Instance
from secondopinion.records.models import Record
from tests.conftest import MR_HEAD
from tests.web.conftest import person, sign_in

BORN = date(2019, 3, 2)


def told(*child: str, born: date | None = BORN, sex: str = "M", **more: Any) -> Told:
    """Return what a request says."""
    return Told(child=child, born=born, sex=sex, **more)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (told("يوسف الحسن"), told("Yousef Al Hassan"), ["name", "birth"]),
        (told("Соломія Коваль"), told("Solomiia Koval"), ["name", "birth"]),
        (told("Camila Fernández"), told("FERNANDEZ Camila"), ["name", "birth"]),
        (told("Ana Ruiz"), told("Ana Ruiz", born=date(2019, 2, 3)), ["name", "birth-swapped"]),
        (told("Ana Ruiz"), told("Ana Ruiz", born=date(2018, 3, 2)), ["name", "birth-near"]),
        (told("Ana Ruiz"), told("Ana Ruiz", born=date(2012, 7, 9)), []),
        (told("Ana Ruiz"), told("Luis Ruiz"), []),
        (
            told("Ana Ruiz", phones=frozenset({"55500100"})),
            told("Ana Ruis Vega", phones=frozenset({"55500100"})),
            ["name-like", "birth", "phone"],
        ),
        (
            told("Ana Ruiz", parents=frozenset({1})),
            told("Luis Ruiz", born=date(2015, 1, 1), parents=frozenset({1})),
            [],
        ),
        (
            told("Ana Ruiz", parents=frozenset({1})),
            told("Ana Ruiz", born=None, parents=frozenset({1})),
            ["name", "parent"],
        ),
        (
            told("Ana", emails=("m.ruiz+x@gmail.com",)),
            told("Ana", emails=("mruiz@googlemail.com",)),
            ["name", "birth", "email"],
        ),
    ],
)
def test_what_is_alike(one: Told, other: Told, found: list[str]) -> None:
    assert alike(one, other) == found
    assert alike(other, one) == found


def test_twins_are_two_children() -> None:
    shared: dict[str, Any] = {"parents": frozenset({1}), "provider": "c@clinic.example"}
    assert not alike(told("Mateo Gómez", **shared), told("Lucas Peña", **shared))


def test_a_slip_of_the_pen_is_a_day_that_is_looked_for() -> None:
    days = duplicates._like_days(BORN)
    assert {BORN, date(2019, 2, 3), date(2018, 3, 2), date(2019, 3, 12)} <= days
    assert date(2020, 4, 2) not in days


def found(two: tuple[Case, Case, Person]) -> Duplicate:
    """Return the one pair that the job finds."""
    assert duplicates.search_new() == 1
    assert duplicates.search_new() == 0
    pair = Duplicate.objects.get()
    assert {pair.earlier_id, pair.later_id} == {two[0].pk, two[1].pk}
    return pair


def shown(case: Case) -> QuerySet[Record]:
    """Return the records of a case that are shown."""
    return Record.objects.filter(case=case, removed_at=None)


def test_a_family_without_mail_is_known_by_its_telephone(two: tuple[Case, Case, Person]) -> None:
    first, second, _coordinator = two
    numbers = {first: "+52 33 5550 0199", second: "33-5550-0199"}
    for case, phone in numbers.items():
        person_ = holders_of(case, Part.FAMILY).get()
        Person.objects.filter(pk=person_.pk).update(phone=phone, email=None)
    second.participations.filter(role=Part.FAMILY).delete()  # not taken over yet
    second.words.all().delete()
    second.child.birth_date = None
    second.child.save(update_fields=["birth_date"])
    assert found(two).reasons[:2] == ["name", "phone"]


def test_joined_side_by_side_and_taken_apart_again(two: tuple[Case, Case, Person]) -> None:
    kept, other, coordinator = two
    pair = found(two)
    assert "name" in pair.reasons
    assert kept.needs.filter(why=Why.TWICE).exists()
    assert other.needs.filter(why=Why.TWICE).exists(), "whoever has either of them is told"
    arrivals.receive_file(
        by=holders_of(other, Part.FAMILY).get(), case=other, name="extra.txt",
        source=BytesIO(b"A letter that only the second parent has."),
    )  # fmt: skip
    jobs.run_all()
    desk, page = sign_in(coordinator), reverse("desk-duplicate", args=[pair.pk])
    assert "Camila" in desk.get(reverse("desk-duplicates")).content.decode()
    text = desk.get(page).content.decode()
    assert kept.reference in text
    assert other.reference in text
    second = holders_of(other, Part.FAMILY).get()
    browser = sign_in(second)
    address = f"/my/cases/{kept.reference}/"
    assert browser.get(address).status_code == 404
    before = set(shown(kept).values_list("pk", flat=True))
    joined = {"do": "join", "kept": str(kept.pk), "person": [str(second.pk)], "questions": "1"}
    assert f'name="person" value="{second.pk}" checked' not in text
    asked = desk.post(page, joined).content.decode()
    assert "They get access" in asked
    assert second.full_name in asked
    assert not Join.objects.exists(), "one press joins nothing, and lets nobody in"
    joined["agreed"] = "1"
    assert desk.post(page, joined).status_code == 302
    jobs.run_all()
    other.refresh_from_db()
    assert other.state == "joined"
    assert browser.get(address).status_code == 200
    assert "joined the two" in browser.get(f"/my/cases/{other.reference}/").content.decode()
    assert "And her brother?" in [each.text for each in kept.questions.all()]
    new = shown(kept).exclude(pk__in=before)
    assert new.count() == 1, "what both had sent is there once"
    assert not_kept(kept, 100) == ([], []), "names of files that others sent are not told"
    record = new.select_related("blob__space").get()
    assert record.blob.space_id == kept.vault_id, "under the key of the kept request"
    assert vault.read(record.blob).startswith(b"A letter that only")
    assert shown(other).count() == 2, "the other stays as it is"
    assert desk.post(page, joined).status_code in {302, 409}
    assert Join.objects.count() == 1

    assert desk.post(page, {"do": "undo"}).status_code == 302
    other.refresh_from_db()
    assert (other.state, other.ended_at) == ("submitted", None)
    assert browser.get(address).status_code == 404
    assert browser.get(f"/my/cases/{other.reference}/").status_code == 200
    assert set(shown(kept).values_list("pk", flat=True)) == before
    assert kept.questions.count() == 2
    assert not kept.child.guardianships.filter(person=second, revoked_at=None).exists()
    pair.refresh_from_db()
    assert (pair.state, pair.by) == ("open", None), "nobody has said that they are two children"
    assert kept.needs.filter(why=Why.TWICE).exists()
    assert other.needs.filter(why=Why.TWICE).exists()
    with pytest.raises(Conflict):
        actions.undo_join(by=coordinator, row=Join.objects.get())
    verbs = {entry.verb for entry in entries_for(kept.pk)}
    assert {"requests-joined", "requests-separated", "duplicate-opened", "part-ended"} <= verbs


def slices(count: int) -> list[bytes]:
    """Return the first images of a series."""
    with zipfile.ZipFile(MR_HEAD) as pack:
        names = sorted(name for name in pack.namelist() if name.endswith(".dcm"))[:count]
        return [pack.read(name) for name in names]


def take_in(case: Case, by: Person, contents: list[bytes]) -> None:
    """Bring images into a case as another server does."""
    blobs = [(str(at), vault.put(case.vault, each)) for at, each in enumerate(contents)]
    imaging.take_in(case=case, by=by, blobs=blobs, source="coordinator")


def test_images_of_both_in_one_series_are_not_guessed_apart(
    two: tuple[Case, Case, Person],
) -> None:
    kept, other, coordinator = two
    first, *others = slices(3)
    take_in(kept, coordinator, [first])
    take_in(other, coordinator, others)
    joined = actions.join(by=coordinator, pair=found(two), kept=kept, people=[])
    jobs.run_all()
    here = Instance.objects.filter(series__study__case=kept, series__removed_at=None)
    assert here.count() == 3
    with pytest.raises(Refused) as refused:
        actions.undo_join(by=coordinator, row=joined)
    assert refused.value.code == "mixed-series"
    assert "take this series out" in str(refused.value)
    joined.refresh_from_db()
    assert joined.undone_at is None
    removing.remove(
        by=coordinator, case=kept, series=here[0].series_id, whole_study=False, why="mistake"
    )
    actions.undo_join(by=coordinator, row=joined)
    assert Instance.objects.filter(series__study__case=other).count() == 2


def test_images_of_other_servers_come_along_and_go_back(two: tuple[Case, Case, Person]) -> None:
    kept, other, coordinator = two
    contents = slices(4)
    take_in(other, coordinator, contents)
    pair, shown_in = found(two), Instance.objects.filter(series__removed_at=None)
    asked = {"case": other, "by": coordinator, "source": "coordinator", "name": "PACS",
             "length": 0, "kind": Upload.Kind.FETCHED, "expires_at": clock.now()}  # fmt: skip
    fetch = Upload.objects.create(state=UploadState.RECEIVED, **asked)
    with pytest.raises(Conflict) as refused:
        actions.join(by=coordinator, pair=pair, kept=kept, people=[])
    assert refused.value.code == "fetching"
    Upload.objects.filter(pk=fetch.pk).update(state=UploadState.SORTED)
    joined = actions.join(by=coordinator, pair=pair, kept=kept, people=[])
    with pytest.raises(Conflict):
        actions.undo_join(by=coordinator, row=joined)  # it is still coming
    jobs.run_all()
    there = shown_in.filter(series__study__case=kept).select_related("blob__space")
    assert sorted(vault.read(each.blob) for each in there) == sorted(contents)
    assert {each.blob.space_id for each in there} == {kept.vault_id}, "under its own key"
    come = Upload.objects.get(case=kept, key=images_key(other))
    assert (come.state, come.files.count()) == (UploadState.SORTED, 4)
    Upload.objects.filter(pk=come.pk).update(state=UploadState.RECEIVED)
    come.refresh_from_db()
    carrying.carry(come, other)
    assert shown_in.filter(series__study__case=kept).count() == 4, "twice changes nothing"
    actions.undo_join(by=coordinator, row=joined)
    assert shown_in.filter(series__study__case=other).count() == 4
    assert not shown_in.filter(series__study__case=kept).exists()


def test_two_images_of_one_number_both_come_along(two: tuple[Case, Case, Person]) -> None:
    kept, other, coordinator = two
    [first] = slices(1)
    second = first[:-1] + bytes([first[-1] ^ 1])  # other bytes under the same number
    take_in(other, coordinator, [first, second])
    actions.join(by=coordinator, pair=found(two), kept=kept, people=[])
    jobs.run_all()
    there = Instance.objects.filter(series__study__case=kept).select_related("blob__space")
    assert {vault.read(each.blob) for each in there} == {first, second}
    come = Upload.objects.get(case=kept, key=images_key(other))
    assert come.files.count() == 2, "what became of each is said"


def test_what_may_not_be_joined(two: tuple[Case, Case, Person]) -> None:
    kept, other, coordinator = two
    pair = found(two)
    colleague = person("daniel@harbour.example", "coordinator")
    second = holders_of(other, Part.FAMILY).get()

    def join(by: Person, case: Case, *people: UUID) -> Join:
        return actions.join(by=by, pair=pair, kept=case, people=people)

    with pytest.raises(NotYours):
        join(colleague, kept)
    with pytest.raises(NotYours):
        join(coordinator, other)  # nobody has taken it
    guardians.note_order(
        by=coordinator, case=kept, full_name="José", email=str(second.email), effect="kept_out",
        basis="Court of X",
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        join(coordinator, kept, second.pk)
    assert refused.value.code == "kept-out"
    join(coordinator, kept)
    assert second not in holders_of(kept, Part.FAMILY)
    with pytest.raises(Conflict):
        join(coordinator, kept)


def test_what_a_court_has_said_holds_in_the_kept_request_too(
    two: tuple[Case, Case, Person],
) -> None:
    kept, joined, coordinator = two
    omar = person("omar@harbour.example", "coordinator")
    cases.take(by=omar, case=joined)
    father = holders_of(joined, Part.FAMILY).get()
    guardians.note_order(
        by=omar, case=joined, person=father, effect="sees_only", basis="Court of X"
    )  # fmt: skip
    guardians.note_order(
        by=omar, case=joined, full_name="Uncle", email="uncle@familia.example", effect="kept_out",
        basis="Court of Y",
    )  # fmt: skip
    row = actions.join(by=coordinator, pair=found(two), kept=kept, people=[father.pk])
    kept.refresh_from_db()
    mother = holders_of(kept, Part.FAMILY).exclude(pk=father.pk).get()
    with pytest.raises(Refused):
        cases.withdraw(by=father, case=kept)
    with pytest.raises(Refused):
        cases.invite_guardian(
            by=mother, case=kept, full_name="Uncle", email="uncle@familia.example", kind="parent"
        )
    jobs.run_all()
    actions.undo_join(by=coordinator, row=row)
    ties = kept.child.guardianships.filter(revoked_at=None)
    assert [each.person for each in ties] == [mother]


def test_what_was_sent_comes_along_again_when_they_are_joined_again(
    two: tuple[Case, Case, Person],
) -> None:
    kept, other, coordinator = two
    take_in(other, coordinator, slices(4))
    arrivals.receive_file(
        by=holders_of(other, Part.FAMILY).get(), case=other, name="extra.txt",
        source=BytesIO(b"A letter that only the second parent has."),
    )  # fmt: skip
    jobs.run_all()
    pair, before = found(two), set(shown(kept).values_list("pk", flat=True))
    images = Instance.objects.filter(series__study__case=kept, series__removed_at=None)
    for _time in range(3):
        joined = actions.join(by=coordinator, pair=pair, kept=kept, people=[])
        jobs.run_all()
        assert shown(kept).count() == len(before) + 1
        assert images.count() == 4
        actions.undo_join(by=coordinator, row=joined)
        assert set(shown(kept).values_list("pk", flat=True)) == before
        assert not images.exists()
