"""Search in the records of a case: by whom, what it shows, and that no address says what for."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.core import clock, jobs, sealing
from secondopinion.findings.models import Finding
from secondopinion.records import indexing
from secondopinion.records import queries as records
from secondopinion.records.models import Page, Reading, Record
from secondopinion.translation.models import Method, Translation, TranslationState
from tests.web.conftest import Whole, draft, expert, person, sign_in
from tests.web.test_queries import MOST

WORDS = "Convulsión"


@pytest.fixture
def told(whole: Whole) -> Iterator[Whole]:
    """The whole case with a scan whose words have places, and a typed note."""
    arrivals.receive_file(
        by=whole.family, case=whole.case, name="note.txt",
        source=io.BytesIO(b"Una CONVULSION en junio. <b>Peso 24 kg</b>"),
    )  # fmt: skip
    jobs.run_all()
    scan = Page.objects.get(record=whole.ids["record"])
    scan.text, scan.turn = "Dos convulsiones, convulsión focal.", 90
    scan.save()
    indexing.keep([scan])
    Reading.objects.create(
        page=scan, version="1.2",
        answer={
            "source": "ocr", "turned": 1, "places": [
                ["Dos", 90, 0.1, 0.1, 0.15, 0.12], ["convulsiones,", 90, 0.2, 0.1, 0.3, 0.12],
                ["convulsión", 90, 0.4, 0.1, 0.5, 0.12], ["focal.", 90, 0.6, 0.1, 0.7, 0.12],
            ],
        },
    )  # fmt: skip
    Finding.objects.create(
        case=whole.case, code="hard-to-read", risk="illegible", severity="warning",
        subject_kind="record", subject_id=scan.record_id, check_name="legibility",
        check_version="2", where={"page": 1, "region": [0.0, 0.7, 0.4, 1.0]},
        message="A shadow lies on this page and makes it hard to read.",
        advice="Take the picture again where no shadow falls on the page.",
    )  # fmt: skip
    return whole


def search(browser: Client, whole: Whole, words: str = WORDS) -> Any:
    return browser.post(reverse("search", args=[whole.case.reference]), {"words": words})


def found(browser: Client, whole: Whole, words: str = WORDS) -> tuple[str, str]:
    """Return the address of what was found, and the page there."""
    answer = search(browser, whole, words)
    assert answer.status_code == 302
    shown = browser.get(answer["Location"])
    assert shown.status_code == 200
    return answer["Location"], shown.content.decode()


def look(whole: Whole, record: Any = None, more: str = "") -> str:
    key = record or whole.ids["record"]
    return reverse("page-look", args=[whole.case.reference, key, 1]) + more


@pytest.mark.parametrize("who", ["coordinator", "specialist", "family"])
def test_who_has_a_part_finds_the_pages(told: Whole, who: str) -> None:
    address, shown = found(sign_in(getattr(told, who)), told)
    assert "<mark>convulsión</mark> focal" in shown
    assert "<mark>CONVULSION</mark> en junio. &lt;b&gt;" in shown
    assert shown.count("where on the page is not known") == 1
    assert "onvulsi" not in address
    assert re.fullmatch(r".*/search/[0-9A-Z]{8}/", address)
    entry = [each for each in entries_for(told.case.pk) if each.verb == "records-searched"][-1]
    assert (entry.actor_id, entry.detail) == (getattr(told, who).pk, {"pages": 2})


def test_hits_without_a_place_are_led_to_in_the_text(told: Whole) -> None:
    note = Page.objects.get(record__title="note.txt")
    note.text = "Una CONVULSION en junio.\nOtra convulsión en julio."
    note.save()
    indexing.keep([note])
    browser = sign_in(told.family)
    address, shown = found(browser, told)
    place = reverse("page-look", args=[told.case.reference, note.record_id, 1])
    assert f'href="{place}?search=' in shown
    first = browser.get(place, {"search": address.split("/")[-2]}).content.decode()
    assert "Hit 1 of 2 on this page" in first
    assert '<mark id="hit" aria-current="true">CONVULSION</mark>' in first
    second = browser.get(place, {"search": address.split("/")[-2], "hit": "2"}).content.decode()
    assert '<mark id="hit" aria-current="true">convulsión</mark>' in second
    assert "hit=1#hit" in second


def test_no_address_on_the_way_says_what_was_searched(told: Whole) -> None:
    browser = sign_in(told.specialist)
    _address, shown = found(browser, told)
    for link in re.findall(r'href="([^"]*)"', shown):
        assert "onvulsi" not in link


def test_somebody_without_a_part_searches_nothing(told: Whole) -> None:
    address, _shown = found(sign_in(told.coordinator), told)
    outsiders = [
        person("amina@usra.example"), expert("daniel@harbour.example"), told.referral_coordinator,
        person("helen@harbour.example", "director"), None,
    ]  # fmt: skip
    for outsider in outsiders:
        browser = sign_in(outsider)
        assert search(browser, told).status_code == 404
        assert browser.get(address).status_code == 404
        assert browser.get(look(told)).status_code == 404
    provider = sign_in(told.provider)
    assert search(provider, told).status_code == 404
    assert provider.get(look(told)).status_code == 200


def test_emergency_access_searches_while_it_lasts(told: Whole) -> None:
    other = expert("daniel@harbour.example")
    cases.open_in_emergency(
        by=other, reference=told.case.reference, reason="A long seizure: the clinic asks.",
        reauthenticated_at=clock.now(),
    )  # fmt: skip
    browser = sign_in(other)
    address, shown = found(browser, told)
    assert "<mark>" in shown
    told.case.participations.filter(person=other).update(until=clock.now())
    assert browser.get(address).status_code == 404


def test_a_search_opens_in_its_own_session_and_case_only(told: Whole) -> None:
    browser = sign_in(told.coordinator)
    address, _shown = found(browser, told)
    empty = reverse("search", args=[told.case.reference])
    assert sign_in(told.specialist).get(address)["Location"] == empty
    other = draft(told.family)
    mine = sign_in(told.family)
    code = found(mine, told)[0].split("/")[-2]
    elsewhere = reverse("search-found", args=[other.reference, code])
    assert mine.get(elsewhere)["Location"] == reverse("search", args=[other.reference])


def test_the_last_searches_are_kept_and_no_more(told: Whole) -> None:
    browser = sign_in(told.coordinator)
    addresses = [search(browser, told, f"word{number}")["Location"] for number in range(12)]
    assert browser.get(addresses[0]).status_code == 302
    assert browser.get(addresses[-1]).status_code == 200
    assert len(browser.session["searches"]) == 10


def test_what_was_searched_rests_sealed_with_the_key_of_its_case(told: Whole) -> None:
    browser = sign_in(told.coordinator)
    address, _shown = found(browser, told, "craniopharyngioma")
    assert "craniopharyngioma" not in str(browser.session.items())
    session = browser.session
    [[code, reference, sealed]] = session["searches"]
    assert sealing.open_text(told.case.vault, sealed) == "craniopharyngioma"
    session["searches"] = [[code, reference, sealed[:-4] + "AAA="]]
    session.save()
    assert browser.get(address).status_code == 302  # damaged, or of a case that was erased


def test_an_empty_search_says_what_to_do(told: Whole) -> None:
    browser = sign_in(told.coordinator)
    empty = browser.get(reverse("search", args=[told.case.reference])).content.decode()
    assert "Type one word or several" in empty
    answer = browser.post(reverse("search", args=[told.case.reference]), {"words": " a "})
    assert "at least two letters" in browser.get(answer["Location"]).content.decode()
    _address, nothing = found(browser, told, "craniopharyngioma")
    assert "on no page that a machine could read" in nothing
    assert "Try fewer words" in nothing


def test_what_was_not_read_is_said(told: Whole) -> None:
    Page.objects.filter(record__title="note.txt").update(text="")
    indexing.keep(Page.objects.filter(record__title="note.txt"))
    Record.objects.filter(title="note.txt").update(state="reading")
    _address, shown = found(sign_in(told.coordinator), told)
    assert "1 document is still being read" in shown
    assert "On 1 page no words were read" in shown
    assert look(told, Record.objects.get(title="note.txt").pk) in shown


def test_translations_are_searched_for_those_who_read_them(told: Whole) -> None:
    Translation.objects.create(
        case=told.case, subject_kind="record", subject_id=told.ids["record"], title="letter",
        source_language="es", language="en", original="…", text="Two focal seizures, 24 kg.",
        state=TranslationState.WRITTEN, method=Method.PERSON,
    )  # fmt: skip
    _address, shown = found(sign_in(told.specialist), told, "seizures")
    assert "Two focal <mark>seizures</mark>" in shown
    assert "in a translation only" in shown
    _address, hidden = found(sign_in(told.family), told, "seizures")
    assert "Two focal" not in hidden


def test_hits_are_drawn_one_after_the_other(told: Whole) -> None:
    browser = sign_in(told.specialist)
    address, _shown = found(browser, told)
    code = address.split("/")[-2]
    first = browser.get(look(told, more=f"?search={code}")).content.decode()
    assert "Hit 1 of 2 on this page" in first
    drawn = re.findall(
        r'class="hit" x="([^%]*)%" y="([^%]*)%" width="([^%]*)%" height="([^%]*)%"', first
    )
    boxes = [[float(each) for each in box] for box in drawn]
    assert boxes == [
        pytest.approx([20, 10, 10, 2], abs=1), pytest.approx([40, 10, 10, 2], abs=1),
    ]  # fmt: skip
    assert all(width > 10 and height > 2 for _x, _y, width, height in boxes)  # around the word
    assert "Previous hit" not in first
    assert f"?search={code}&amp;hit=2#hit" in first
    second = browser.get(look(told, more=f"?search={code}&hit=2")).content.decode()
    assert re.search(r'aria-label="Hit 2" id="hit" aria-current="true"', second)
    note = Record.objects.get(title="note.txt")
    assert look(told, note.pk, f"?search={code}&amp;hit=1#hit") in second
    third = browser.get(look(told, note.pk, f"?search={code}&hit=1")).content.decode()
    assert "They are marked in the text of the page." in third
    assert ">CONVULSION</mark>" in third
    assert look(told, more=f"?search={code}&amp;hit=last#hit") in third
    last = browser.get(look(told, more=f"?search={code}&hit=last")).content.decode()
    assert "Hit 2 of 2" in last


def test_a_page_shows_where_its_finding_is_and_what_to_do(told: Whole) -> None:
    told.provider.language = "en"
    told.provider.save()
    for who in (told.coordinator, told.specialist, told.family, told.provider):
        shown = sign_in(who).get(look(told)).content.decode()
        assert '<rect class="region" x="0%" y="70%" width="40%" height="30%"/>' in shown
        assert "A shadow lies on this page" in shown
        assert "(marked at the bottom left)" in shown
        assert "Take the picture again where no shadow falls" in shown
    verbs = [entry.verb for entry in entries_for(told.case.pk)]
    assert verbs.count("page-opened") == 4
    Finding.objects.filter(code="hard-to-read").update(state="accepted")
    assert "Accepted as a limitation" in sign_in(told.specialist).get(look(told)).content.decode()
    assert 'class="region"' not in sign_in(told.family).get(look(told)).content.decode()


@pytest.mark.parametrize(("turn", "rect"), [
    (0, 'x="70%" y="60%" width="30%" height="40%"'),
    (180, 'x="0%" y="0%" width="30%" height="40%"'),
])  # fmt: skip
def test_a_region_is_drawn_on_the_page_as_it_is_turned(told: Whole, turn: int, rect: str) -> None:
    Page.objects.filter(record=told.ids["record"]).update(turn=turn)
    for who, address in (
        (told.specialist, look(told)),
        (told.specialist, reverse("review", args=[told.case.reference])),
        (told.coordinator, reverse("desk-pages", args=[told.case.reference])),
    ):
        assert f'class="region" {rect}' in sign_in(who).get(address).content.decode()


def test_numbers_of_a_drawing_are_written_with_a_point(told: Whole) -> None:
    Finding.objects.filter(code="hard-to-read").update(
        where={"page": 1, "region": [0.125, 0.7, 0.4, 1.0]}
    )
    reader: Person = told.family
    reader.language = "es"
    reader.save()
    assert 'x="12.5%"' in sign_in(reader).get(look(told)).content.decode()


def test_a_page_that_is_not_there_is_not_found(told: Whole) -> None:
    browser = sign_in(told.coordinator)
    other = draft(person("amina@usra.example"))
    assert browser.get(look(told, other.pk)).status_code == 404
    missing = reverse("page-look", args=[told.case.reference, told.ids["record"], 7])
    assert browser.get(missing).status_code == 404


def test_boxes_to_search_in_stand_where_records_are(told: Whole) -> None:
    at = f'action="{reverse("search", args=[told.case.reference])}"'
    for who, name in (
        (told.coordinator, "desk-pages"), (told.coordinator, "desk-case-records"),
        (told.specialist, "review"), (told.family, "my-what"),
    ):  # fmt: skip
        shown = sign_in(who).get(reverse(name, args=[told.case.reference])).content.decode()
        assert shown.count(at) == 1, name


def test_a_draft_is_searched_by_its_family(told: Whole) -> None:
    family = person("olena@rodyna.example")
    begun = draft(family)
    source = io.BytesIO(b"A letter about seizures.")
    arrivals.receive_file(by=family, case=begun, name="letter.txt", source=source)
    jobs.run_all()
    browser = sign_in(family)
    record = records.for_case(begun).get()
    shown = browser.get(reverse("page-look", args=[begun.reference, record.pk, 1])).content.decode()
    assert "A letter about seizures." in shown
    assert reverse("my-page", args=[begun.reference, "files"]) in shown
    answer = browser.post(reverse("search", args=[begun.reference]), {"words": "seizure"})
    assert "<mark>seizure</mark>s." in browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("who", ["coordinator", "specialist", "family"])
def test_a_search_and_its_pages_ask_a_few_times(told: Whole, who: str) -> None:
    browser = sign_in(getattr(told, who))
    address, _shown = found(browser, told)
    code = address.split("/")[-2]
    costs = []
    for rounds in range(2):
        for each in (address, look(told, more=f"?search={code}&hit=1")):
            caches["memory"].clear()  # the program is read again after some seconds
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(each).status_code == 200
            costs.append(len(asked))
        for number in range(2):
            arrivals.receive_file(
                by=told.family, case=told.case, name=f"more-{rounds}-{number}.txt",
                source=io.BytesIO(f"Convulsión {rounds} {number}".encode()),
            )  # fmt: skip
        jobs.run_all()
    assert max(costs) <= MOST
    assert costs[:2] == costs[2:]
