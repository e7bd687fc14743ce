"""Invented cases, made by the real actions, with records, images and findings drawn by lot."""

import io
import random
import zipfile

import pydicom

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ItemState
from secondopinion.core import clock, jobs
from secondopinion.experts import actions as experts
from secondopinion.findings import actions as findings
from secondopinion.findings.codes import RISK_OF
from secondopinion.findings.found import Found
from secondopinion.findings.models import Severity
from secondopinion.findings.queries import doubts
from secondopinion.imaging.models import Series
from secondopinion.opinions import actions as opinions
from secondopinion.opinions.models import Opinion, SignedReport
from tests.arrivals.disc import slices
from tests.imaging.people import SAME
from tests.web.conftest import REPORT, draft, expert, person

MOST_RECORDS, MOST_SERIES, MOST_FINDINGS = 6, 4, 5
PARTS = ("Head", "Chest", "Abdomen", "Spine", "Left knee")
LETTERS = ("Discharge letter", "Blood count", "Growth since birth", "Letter of the school", "EEG")


def _disc(number: int, chance: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for series in range(chance.randint(1, MOST_SERIES)):
            part = chance.choice(PARTS)
            for place, data in enumerate(slices(3, seed=number * 10 + series)):
                row = pydicom.dcmread(io.BytesIO(data))
                row.SeriesDescription = f"{part} {series + 1}"
                row.StudyDate = f"2026{chance.randint(1, 9):02}12"
                made = io.BytesIO()
                row.save_as(made, enforce_file_format=True)
                pack.writestr(f"{series}/{place}", made.getvalue())
    return out.getvalue()


def to_review(number: int, chance: random.Random) -> Opinion:
    """Return the report in the making of an invented case."""
    family, specialist = person(f"family{number}@familia.example"), expert(f"e{number}@h.example")
    coordinator = person("grace@harbour.example", "coordinator")
    case = draft(family, child=SAME[number % len(SAME)][0])
    for record in range(chance.randint(0, MOST_RECORDS)):
        name = f"{chance.choice(LETTERS)} {record + 1}.txt"
        text = f"{name}\n{chance.randint(1, 28)} March 2026\n{chance.random()}\n"
        arrivals.receive_file(by=family, case=case, name=name, source=text.encode())
    if chance.random() < 0.8:
        arrivals.receive_file(by=family, case=case, name="disc.zip", source=_disc(number, chance))
    cases.submit(by=family, case=case)
    jobs.run_all()
    cases.take(by=coordinator, case=case)
    found = [
        Found(code, chance.choice(["warning", "blocker"]), f"Something was found ({code}).")
        for code in chance.sample(sorted(RISK_OF), chance.randint(0, MOST_FINDINGS))
    ]
    findings.replace(case=case, subject=case, check="drawn@1", found=found)
    for doubt in doubts(case):
        findings.accept(finding=doubt, by=coordinator, reason="The clinic confirmed it.")
    for item in case.checklist.all():
        cases.settle_item(by=coordinator, item=item, state=ItemState.ARRIVED)
    cases.complete(by=coordinator, case=case)
    offer = experts.offer(by=coordinator, case=case, expert=specialist.expert)
    experts.accept(by=specialist, offer=offer)
    case.refresh_from_db()
    return written(case, specialist)


def written(case: Case, specialist: Person) -> Opinion:
    """Write every field of a report."""
    opinion = opinions.start_report(by=specialist, case=case)
    return opinions.save_draft(by=specialist, opinion=opinion, values=REPORT, base_revision=None)


def signed(opinion: Opinion) -> SignedReport:
    """Sign it."""
    return opinions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())


def wanted(case: Case) -> list[str]:
    """Return what must stand in the report: read from the rows, not by the code that composes."""
    told = [row.title for row in case.records.filter(removed_at=None)]
    series = Series.objects.filter(study__case=case)
    told += [f"{row.modality} {row.description}" for row in series]
    told += [
        row.message for row in case.findings.exclude(state="fixed").exclude(severity=Severity.INFO)
    ]
    return told
