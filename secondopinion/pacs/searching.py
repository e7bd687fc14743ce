"""Searching a server for the studies of a child (QIDO-RS, PS3.18, section 10.6)."""

import re
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case
from secondopinion.core.errors import Refused
from secondopinion.findings import names
from secondopinion.imaging.checks import identity
from secondopinion.imaging.models import Study
from secondopinion.pacs.client import Client, Row, number, text, values

MOST = 50  # studies that are shown
_MORE = ("00081030", "00080061", "00201206", "00201208", "00080050")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; what is empty does not matter."""

    patient_id: str = ""
    name: str = ""
    accession: str = ""
    birth_date: date | None = None
    since: date | None = None
    until: date | None = None

    def asked(self) -> list[tuple[str, str]]:
        """Return what QIDO-RS is asked.

        Raises:
            Refused: nothing names a patient or a study, so that the answer would be everybody's.
        """
        found = [
            ("PatientID", _exact(self.patient_id)),
            ("PatientName", _name(self.name)),
            ("AccessionNumber", _exact(self.accession)),
        ]
        if not any(value for _key, value in found):
            raise Refused(
                _("Give the patient’s number, the name, or the accession number."),
                code="too-wide", field="name",
            )  # fmt: skip
        if self.birth_date:
            found.append(("PatientBirthDate", f"{self.birth_date:%Y%m%d}"))
        if self.since or self.until:
            days = [f"{each:%Y%m%d}" if each else "" for each in (self.since, self.until)]
            found.append(("StudyDate", "-".join(days)))
        return [(key, value) for key, value in found if value]


def _exact(value: str) -> str:
    """Return a value without what QIDO-RS takes for a wild card or a list."""
    return re.sub(r"[*?\\,]", "", value).strip()[:64]


def _name(value: str) -> str:
    """Return a pattern with the longest word of a name: in which order they stand is not known.

    Letters with accents match any letters, since many servers know names without them.
    """
    longest = max(re.findall(r"[^\s^*?\\,.]+", value), key=len, default="")
    if any(each.isascii() for each in longest):
        longest = re.sub(r"[^\x00-\x7f]+", "*", longest)
    return f"*{longest[:60]}*" if longest else ""


@dataclass(slots=True)
class Match:
    """A study that a server has; `doubts` say why it may be another child's."""

    uid: str
    patient_name: str
    patient_id: str
    birth_date: date | None
    sex: str
    date: date | None
    description: str
    modalities: str
    accession: str
    series: int | None
    images: int | None
    here: bool = False
    doubts: list[str] = field(default_factory=list)


def match_of(row: Row) -> Match:
    """Read a row of an answer."""
    return Match(
        uid=text(row, "0020000D"),
        patient_name=" ".join(text(row, "00100010").replace("^", " ").split())[:324],
        patient_id=text(row, "00100020")[:64],
        birth_date=identity.day(text(row, "00100030")),
        sex=text(row, "00100040")[:1],
        date=identity.day(text(row, "00080020")),
        description=text(row, "00081030")[:200],
        modalities=", ".join(str(each) for each in values(row, "00080061"))[:100],
        accession=text(row, "00080050")[:64],
        series=number(row, "00201206"),
        images=number(row, "00201208"),
    )


def search(client: Client, case: Case, wanted: Wanted) -> tuple[list[Match], bool]:
    """Return the studies that match, the likeliest first, and whether there are more.

    Raises:
        Refused: too little is asked for.
        Trouble: the server does not tell.
    """
    asked = [*wanted.asked(), ("limit", str(MOST + 1))]
    rows = client.page("/studies", [*asked, *(("includefield", each) for each in _MORE)])
    found = [match for match in map(match_of, rows) if match.uid]
    here = set(
        Study.objects.filter(case=case, uid__in=[each.uid for each in found]).values_list(
            "uid", flat=True
        )
    )
    for each in found:
        each.here = each.uid in here
        each.doubts = _doubts(case, each)
    found.sort(key=lambda each: (len(each.doubts), -(each.date or date.min).toordinal()))
    return found[:MOST], len(found) > MOST


def _doubts(case: Case, match: Match) -> list[str]:
    child, doubts = case.child, []
    ours = tuple(name for name in (child.full_name, child.latin_name) if name)
    if names.compare(ours, (match.patient_name,)) == names.DIFFERENT:
        doubts.append(identity.OTHER_NAME)
    if child.birth_date and match.birth_date and child.birth_date != match.birth_date:
        doubts.append(identity.OTHER_DAY)
    return doubts
