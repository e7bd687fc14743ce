"""Pages ask the database a few times, and not more often when there is more to show."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from secondopinion.arrivals import actions as arrivals
from secondopinion.cases import actions
from secondopinion.core import jobs
from secondopinion.desk import actions as desk
from secondopinion.desk import queries, worklist
from secondopinion.program.models import Program
from secondopinion.records.models import LabValue
from tests.experts.ready import coordinator, ready
from tests.experts.test_matching import profile
from tests.web.conftest import Whole, draft, person, sign_in, submitted, taken

MOST = 12

PAGES = [
    ("family", "/my/cases/{}/"),
    ("family", "/my/cases/{}/reports/1/"),
    ("family", "/my/cases/{}/family/"),
    *(
        ("coordinator", f"/desk/cases/{{}}/{part}")
        for part in (
            "",
            "request/",
            "people/",
            "records/",
            "records/pages/",
            "specialist/",
            "messages/",
            "after/",
            "translations/",
            "copies/",
            "time/",
            "history/",
            "guardians/",
            "fee/",
        )
    ),
    ("coordinator", "/desk/"),
    ("specialist", "/expert/cases/{}/"),
    ("specialist", "/expert/cases/{}/messages/"),
    ("provider", "/provider/cases/{}/"),
    ("coordinator", "/translations/"),
]


def asks(browser: Client, address: str) -> int:
    """Return how many queries a page costs that was opened before.

    The least of three looks: what a process remembers for ten seconds may end in one of them.
    """
    browser.get(address)
    counts = []
    for _look in range(3):
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(address)
        assert answer.status_code == 200
        counts.append(len(queries))
    return min(counts)


@pytest.mark.parametrize("part", ["", "files/", "check/"])
def test_a_draft_asks_a_few_times(hospital: Program, part: str) -> None:
    family = person("olena@rodyna.example", name="Олена Коваль")
    begun, letter = draft(family, child="Соломія Коваль"), BytesIO(b"A letter of the clinic.")
    arrivals.receive_file(by=family, case=begun, name="letter.txt", source=letter)
    jobs.run_all()
    assert asks(sign_in(family), f"/my/cases/{begun.reference}/request/{part}") <= MOST


def test_pages_ask_a_few_times_however_much_there_is(whole: Whole) -> None:
    browsers = {who: sign_in(getattr(whole, who)) for who, _address in PAGES}

    def looks() -> dict[tuple[str, str], int]:
        return {
            (who, address): asks(browsers[who], address.format(whole.case.reference))
            for who, address in PAGES
        }

    first = looks()
    assert not {page: count for page, count in first.items() if count > MOST}
    for number in range(3):
        submitted(person(f"family{number}@familia.example"))
        whole.case.questions.create(number=10 + number, text="And this?")
        arrivals.receive_file(
            by=whole.family, case=whole.case, name=f"letter-{number}.txt",
            source=BytesIO(f"Letter {number} of the clinic.".encode()),
        )  # fmt: skip
        jobs.run_all()
    assert whole.case.records.count() == 4
    assert looks() == first


@pytest.mark.parametrize("address", ["/desk/assign/", "/desk/cases/{}/specialist/"])
def test_choosing_an_expert_asks_a_few_times_however_many_there_are(
    hospital: Program, address: str
) -> None:
    case, browser = ready(), sign_in(coordinator())
    profile("one@harbour.example", conditions=["epilep"])
    page = address.format(case.reference)
    first = asks(browser, page)
    assert first <= MOST
    for number in range(3):
        ready(f"family{number}@familia.example")
        profile(f"expert{number}@harbour.example", conditions=["epilep"])
    assert asks(browser, page) == first


def test_a_worklist_that_finds_nothing_here_or_offers_an_undo_asks_a_few_times(
    hospital: Program,
) -> None:
    case, grace = taken(person("maria@familia.example"))
    until = queries.today() + timedelta(days=2)
    desk.put_off(by=grace, chosen=[case], until=until)
    sought = worklist.Wanted(view="late", q="Camila").address
    assert asks(sign_in(grace), f"/desk/?{sought}") <= MOST


def test_a_case_that_collects_records_asks_a_few_times(hospital: Program) -> None:
    case, grace = taken(person("maria@familia.example"))
    asked = actions.ask(by=grace, case=case, text="The letter, please.")
    family = case.participations.get(role="family").person
    actions.answer(by=family, information_request=asked, text="Here.")
    browser = sign_in(grace)
    waits = case.checklist.first()
    assert waits is not None
    for part in ("", "time/", f"?evidence={waits.pk}", f"?item={waits.pk}"):
        assert asks(browser, f"/desk/cases/{case.reference}/{part}") <= MOST, part
    actions.ask(by=grace, case=case, text="And the images, please.")
    for part in ("", "what-you-sent/"):
        assert asks(sign_in(family), f"/my/cases/{case.reference}/{part}") <= MOST, part


def test_a_review_with_laboratory_values_asks_a_few_times(whole: Whole) -> None:
    record = whole.case.records.get()
    LabValue.objects.create(
        case=whole.case, page=record.pages.get(), analyte="haemoglobin", value=Decimal("9.8"),
        unit="g/dL", taken_on=date(2026, 1, 5), by=whole.specialist,
    )  # fmt: skip
    browser = sign_in(whole.specialist)
    assert asks(browser, f"/expert/cases/{whole.case.reference}/") <= MOST


def test_forecasts_and_the_table_of_specialists_ask_a_few_times(hospital: Program) -> None:
    assert asks(sign_in(person("dora@harbour.example", "director")), "/director/forecasts/") <= MOST
    assert asks(sign_in(person("paul@harbour.example", "administrator")), "/staff/import/") <= MOST
