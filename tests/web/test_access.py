"""Who may open what: generated from the table of addresses, so that no page can be forgotten."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from secondopinion.audit.queries import entries_for
from secondopinion.program.models import Program
from tests.web.conftest import Whole, doctor_of, draft, expert, person, sign_in, submitted

CLASSES = {"public", "signed-in", "staff", "case", "capture"}


def addresses() -> list[tuple[str, Callable[..., Any]]]:
    """Return every route of the site, and the view behind it."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Callable[..., Any]]]:
        for each in patterns:
            route = prefix + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, route)
            elif isinstance(each, URLPattern):
                yield route, each.callback

    return list(walk(get_resolver().url_patterns, "/"))


ADDRESSES = addresses()
ROUTES = [route for route, _view in ADDRESSES]
VIEWS = dict(ADDRESSES)


def access_of(route: str) -> str:
    """Return the class of access of a route."""
    return str(getattr(VIEWS[route], "access", ""))


def filled(route: str, values: dict[str, Any]) -> str:
    """Return an address of a route; what is not given is made up."""

    def value(match: re.Match[str]) -> str:
        kind, _colon, name = match[1].rpartition(":")
        made_up = {"int": 1, "uuid": uuid4()}.get(kind, "x")
        return str(values.get(name, made_up))

    return re.sub(r"<([^>]+)>", value, route)


def test_the_table_is_read_whole() -> None:
    assert len(ROUTES) > 50
    assert StaticFilesHandler  # static files are served by whitenoise, beside the table


@pytest.mark.parametrize("route", ROUTES)
def test_every_address_says_who_may_open_it(route: str) -> None:
    assert access_of(route) in CLASSES


@pytest.mark.parametrize("route", [route for route in ROUTES if "reference>" in route])
def test_an_address_with_a_case_in_it_looks_the_case_up(route: str) -> None:
    assert access_of(route) in {"case", "staff"}


@pytest.mark.parametrize("route", [route for route in ROUTES if access_of(route) == "case"])
def test_a_page_of_a_case_names_the_case(route: str) -> None:
    assert "<str:reference>" in route


def of_cases() -> list[str]:
    """Return the routes that belong to one case."""
    return [route for route in ROUTES if "reference>" in route]


READ_AND_WRITE = ("get", "post")
EVERY_METHOD = (*READ_AND_WRITE, "head", "put", "delete")


def refused(browser: Client, address: str, methods: tuple[str, ...] = EVERY_METHOD) -> list[str]:
    """Return how an address answers reading and writing, where it is not as if it did not exist."""
    statuses = {method: getattr(browser, method)(address).status_code for method in methods}
    # That a page takes no POST says nothing about the case: the answer is the same for all.
    found = [
        f"{method} {address}: {status}"
        for method, status in statuses.items() if status not in {404, 405}
    ]  # fmt: skip
    if 404 not in {statuses[method] for method in READ_AND_WRITE}:
        found.append(f"{address}: neither reading nor writing answers 404")
    return found


def test_nobody_without_a_part_gets_anything_of_a_case(whole: Whole) -> None:
    """A second family, a specialist without a part, another's local provider, nobody at all."""
    other = person("amina@usra.example")
    other_case = submitted(other)
    outsiders = {
        "family": other,
        "specialist": expert("daniel@harbour.example"),
        "local provider": other_case.local_provider.person,
        "referral coordinator": person("rita@harbour.example", "referral_coordinator"),
        "director": person("helen@harbour.example", "director"),
        "signed out": None,
    }
    values = {"reference": whole.case.reference, "number": 1, **whole.ids}
    wrong = []
    for who, outsider in outsiders.items():
        browser = sign_in(outsider)
        methods = EVERY_METHOD if who in {"family", "signed out"} else READ_AND_WRITE
        for route in of_cases():
            if access_of(route) == "case" or outsider is None:
                lines = refused(browser, filled(route, values), methods)
                wrong += [f"{who}: {line}" for line in lines]
    assert not wrong


def test_a_case_that_does_not_exist_looks_the_same(whole: Whole) -> None:
    """The two 404 pages differ in nothing but what changes with every answer."""
    browser = sign_in(person("amina@usra.example"))

    def shown(reference: str) -> str:
        answer = browser.get(f"/my/cases/{reference}/")
        assert answer.status_code == 404
        text = answer.content.decode().replace(reference, "")
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)

    assert shown(whole.case.reference) == shown("2026-00000")


def test_a_draft_is_the_familys_alone(hospital: Program) -> None:
    case = draft(person("maria@familia.example"))
    coordinator = sign_in(person("grace@harbour.example", "coordinator"))
    wrong = []
    for route in of_cases():
        wrong += refused(coordinator, filled(route, {"reference": case.reference}))
    assert not wrong


@pytest.mark.parametrize("route", [route for route in ROUTES if access_of(route) == "staff"])
def test_a_page_of_staff_does_not_exist_for_others(route: str, hospital: Program) -> None:
    address = filled(route, {})
    assert not refused(sign_in(None), address)
    assert not refused(sign_in(person("maria@familia.example")), address)


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if access_of(route) == "signed-in" and "<" not in route]
)
def test_a_page_of_ones_own_asks_to_sign_in(route: str, hospital: Program) -> None:
    answer = sign_in(None).get(route)
    assert answer.status_code in {302, 405}
    if answer.status_code == 302:
        assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if access_of(route) == "public" and "<" not in route]
)
def test_a_public_page_opens_for_everybody(route: str, hospital: Program) -> None:
    answer = sign_in(None).get(route)
    assert answer.status_code in {200, 302, 405}


@pytest.mark.parametrize("route", [route for route in ROUTES if access_of(route) == "capture"])
def test_a_page_of_a_phone_needs_its_square_code(route: str, hospital: Program) -> None:
    for who in (None, person("maria@familia.example"), person("a@harbour.example", "coordinator")):
        assert not refused(sign_in(who), route)


def test_those_who_have_a_part_open_their_pages(whole: Whole) -> None:
    """The 404s above are not because the addresses are wrong."""
    reference = whole.case.reference
    for who, address in (
        (whole.family, f"/my/cases/{reference}/"),
        (whole.provider, f"/provider/cases/{reference}/"),
        (whole.coordinator, f"/desk/cases/{reference}/"),
        (whole.specialist, f"/expert/cases/{reference}/"),
        (whole.family, f"/files/{reference}/records/{whole.ids['record']}/pages/1"),
        (whole.family, f"/files/{reference}/reports/1.pdf"),
        (whole.provider, f"/files/{reference}/reports/1.pdf"),
        (whole.specialist, f"/dicomweb/{reference}/studies"),
    ):
        browser = doctor_of(whole.case) if who == whole.provider else sign_in(who)
        assert browser.get(address).status_code == 200, address


def test_a_report_that_goes_through_the_provider_is_not_given_to_the_family(
    whole: Whole,
) -> None:
    whole.report.deliveries.filter(to=whole.family).delete()
    address = f"/files/{whole.case.reference}/reports/1.pdf"
    assert sign_in(whole.family).get(address).status_code == 404
    assert doctor_of(whole.case).get(address).status_code == 200


def test_what_is_opened_is_written_down(whole: Whole) -> None:
    sign_in(whole.family).get(f"/files/{whole.case.reference}/reports/1.pdf")
    verbs = {entry.verb for entry in entries_for(whole.case.pk)}
    assert "report-opened" in verbs


def test_pages_of_a_person_stay_out_of_shared_caches(whole: Whole) -> None:
    answer = sign_in(whole.family).get(f"/my/cases/{whole.case.reference}/")
    assert "no-store" in answer["Cache-Control"] or "private" in answer["Cache-Control"]
