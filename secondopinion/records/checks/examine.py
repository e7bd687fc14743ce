"""Runs every check over the pages of documents; used by the server and by the command alike."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from secondopinion.findings.found import BLOCKER, INFO, WARNING, Found, gettext_noop
from secondopinion.records.checks import complete, days, identifiers, kinds, legibility, whose
from secondopinion.records.checks.words import ADVICE, CUT, HARD, SAY_HARD, SAY_UNREADABLE, WHOLE

LANGUAGES, DATES = "language@1", "dates@1"

UNSUPPORTED = gettext_noop("Our machines cannot read this writing. People will read this page.")
FUTURE = gettext_noop("The date on this page lies in the future.")
BEFORE_BIRTH = gettext_noop("The date on this page lies before the child was born.")
CHECK_DATE = gettext_noop("Check whether the date on this page is right.")
NOT_MEDICAL = gettext_noop("This page does not look like a medical record.")
CHECK_FILE = gettext_noop("Check whether this is the page that you wanted to send.")

type Said = tuple[str, Found]  # name@version of the check, and what it found


@dataclass(frozen=True, slots=True)
class Asked:
    """What pages are compared with: the day, the child, the country that they come from, and the
    scripts that this installation reads."""

    today: date
    child: whose.Child | None = None
    country: str = ""
    scripts: frozenset[str] = frozenset()


@dataclass(slots=True)
class Page:
    """One page as it was understood; `number` counts from 1."""

    number: int
    text: str
    language: str = ""
    script: str = ""
    certainty: float = 0.0
    others: tuple[str, ...] = ()
    source: str = ""
    verdict: legibility.Verdict = field(default_factory=legibility.Verdict)
    kind: kinds.Typed = field(default_factory=kinds.Typed)
    dates: tuple[days.Seen, ...] = ()
    dated: days.Dated = field(default_factory=days.Dated)
    numbered: complete.Numbered | None = None
    patient: whose.Patient = field(default_factory=whose.Patient)
    numbers: tuple[identifiers.Number, ...] = ()  # of persons
    issuers: tuple[str, ...] = ()  # see `identifiers`

    @property
    def trust(self) -> float:
        """How far the text can be relied on, from 0 to 1."""
        return 1.0 if self.source == "digital" else self.verdict.score


def page_of(number: int, answer: dict[str, Any], asked: Asked) -> Page:
    """Return a page by the answer of `understanding`."""
    text, language = answer["text"], answer["language"]
    page = Page(number, text, language, answer["script"], answer["certainty"],
                tuple(answer["others"]), answer["source"])  # fmt: skip
    if answer["picture"] is not None:
        page.verdict = legibility.judge(answer["picture"], answer["read"])
    found = days.find(text, language, asked.country, asked.today)
    page.kind = kinds.kind_of(text, language, found)
    page.dates = tuple(found)
    born = asked.child.born if asked.child else None
    page.dated = days.of_document(found, len(text), asked.today, born)
    page.numbered = complete.number_of(text)
    page.numbers = identifiers.find(text, asked.today)
    page.issuers = identifiers.issuers(text)
    page.patient = whose.patient_of(text, found, page.numbers)
    return page


def marks(row: Page, document: str, child: whose.Child | None) -> identifiers.Marks:
    """Return what a page says of whose it is, as the pages of a case are compared."""
    said = identifiers.UNSAID if child is None else whose.stance(row.text, row.patient, child)
    return identifiers.Marks(document, row.number, said, row.numbers, row.issuers, row.trust)


def page(row: Page, asked: Asked, where: dict[str, Any]) -> Iterator[Said]:
    """Yield what is to be said of one page."""
    for each in _legibility(row, where):
        yield legibility.NAME, each
    if asked.scripts and _unsupported(row, asked):
        yield LANGUAGES, Found("language-unsupported", INFO, UNSUPPORTED, "", where,
                               {"script": row.script}, 0.8)  # fmt: skip
    for each in _dates(row, asked, where):
        yield DATES, each
    if asked.child is not None:
        for each in whose.check(row.text, row.patient, asked.child, where, row.trust):
            yield whose.NAME, each
    plain = sum(map(str.isalpha, row.text)) > 300 and row.trust > 0.8
    if plain and not row.kind.weight and row.language in kinds.known():
        yield kinds.NAME, Found("not-medical", INFO, NOT_MEDICAL, CHECK_FILE, where, {}, 0.5)


def document(
    rows: list[Page], elsewhere: list[complete.Numbered], where: dict[str, Any]
) -> Iterator[Said]:
    """Yield what is to be said of the pages of one document together."""
    for each in complete.check([row.numbered for row in rows], elsewhere, where):
        yield complete.NAME, each
    for each in whose.check_patients([row.patient for row in rows], where):
        yield whose.PATIENTS, each


def _legibility(row: Page, where: dict[str, Any]) -> Iterator[Found]:
    verdict = row.verdict
    if verdict.cut:
        region = next((each.region for each in verdict.reasons if each.code == "cut-off"), ())
        yield Found("document-cut-off", WARNING, CUT, WHOLE, where | _region(region),
                    {"edges": list(verdict.cut)}, 0.8)  # fmt: skip
    told = [each for each in verdict.reasons if not (verdict.cut and each.code == "cut-off")]
    if verdict.level == legibility.GOOD or not told:
        return
    unreadable = verdict.level == legibility.UNREADABLE
    main = told[0]
    measured = {"reasons": [each.code for each in told], "score": verdict.score} | verdict.numbers
    confidence = abs(verdict.score - legibility.HARD_BELOW) / legibility.HARD_BELOW
    yield Found(
        "unreadable" if unreadable else "hard-to-read",
        BLOCKER if unreadable else WARNING,
        (SAY_UNREADABLE if unreadable else SAY_HARD).get(main.code, HARD),
        ADVICE[main.code],
        where | _region(main.region),
        measured,
        round(min(0.97, 0.6 + 0.4 * confidence), 2),
    )


def _region(region: tuple[float, ...]) -> dict[str, list[float]]:
    return {"region": list(region)} if region else {}


def _unsupported(row: Page, asked: Asked) -> bool:
    """Say whether no engine here reads the script of a page's text layer. A picture that was read
    badly in every script is told by its legibility."""
    return row.source == "digital" and bool(row.script) and row.script not in asked.scripts


def _dates(row: Page, asked: Asked, where: dict[str, Any]) -> Iterator[Found]:
    born = asked.child.born if asked.child else None
    for each in row.dates:
        if each.role != "document" or each.certainty < 0.8 or row.trust < 0.6:
            continue
        future, before = each.day > asked.today, bool(born and each.day < born)
        if future or before:
            yield Found("date-implausible", WARNING, FUTURE if future else BEFORE_BIRTH,
                        CHECK_DATE, where, {"date": each.day.isoformat()}, 0.7)  # fmt: skip
            return
