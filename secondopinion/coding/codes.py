"""The code systems that are shipped, and the codes in them.

Each system is a file of its own under `data`, made by `python -m tests.codes` and only ever read:
`meta` says version and source, `code` holds codes with their names, `term` every name in the order
of preference, `words` an index of them (FTS5), `word` each word once.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class System:
    """A code system: its key in this house, its name, and its address in FHIR."""

    key: str
    name: str
    uri: str
    credit: str  # what its licence wants to be said where its codes are shown
    rare: bool = False  # it names rare diseases alone
    parts: bool = False  # the code of a part begins with that of its category

    @property
    def version(self) -> str:
        """Return the version of the data, as its publisher calls it."""
        return _version(self.key)


ICD_10_CM = System(
    "icd-10-cm", "ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-cm",
    "ICD-10-CM: National Center for Health Statistics, United States.", parts=True,
)  # fmt: skip
HPO = System(
    "hpo", "HPO", "http://human-phenotype-ontology.org",
    "Human Phenotype Ontology: human-phenotype-ontology.org.",
)  # fmt: skip
ORPHANET = System(
    "orphanet", "Orphanet", "http://www.orpha.net",
    "Orphanet nomenclature: © INSERM, orphadata.com, CC BY 4.0.", rare=True,
)  # fmt: skip
ICD_10_PCS = System(
    "icd-10-pcs", "ICD-10-PCS", "http://www.cms.gov/Medicare/Coding/ICD10",
    "ICD-10-PCS: Centers for Medicare & Medicaid Services, United States.",
)  # fmt: skip
SYSTEMS = {each.key: each for each in (ICD_10_CM, ORPHANET, HPO, ICD_10_PCS)}


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it was chosen: the version of its system, and its name there."""

    system: System
    code: str
    version: str
    label: str


@contextmanager
def reading(key: str) -> Iterator[sqlite3.Connection]:
    """Open the file of a system for reading; nothing of it stays in memory afterwards."""
    address = f"{(DATA / f'{key}.sqlite').as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as data:
        yield data


@cache
def _version(key: str) -> str:
    with reading(key) as data:
        [(version,)] = data.execute("SELECT version FROM meta")
    return str(version)


def code_of(key: str, code: str) -> Code | None:
    """Return a code of a system; None where there is no such system or code."""
    system = SYSTEMS.get(key)
    if system is None:
        return None
    with reading(key) as data:
        found = data.execute("SELECT code, label FROM code WHERE code = ?", (code,)).fetchone()
    return Code(system, found[0], system.version, found[1]) if found else None


def names_near(key: str, code: str) -> list[str]:
    """Return every name of a code; of ICD-10-CM those of its whole category, by three characters.

    A request says epilepsy, and no request says which of ninety kinds.
    """
    near = f"{code[:3]}%" if key == ICD_10_CM.key else code
    with reading(key) as data:
        found = data.execute(
            "SELECT code.label, term.text FROM code LEFT JOIN term ON term.code_id = code.id "
            "WHERE code.code LIKE ?",
            (near,),
        ).fetchall()
    return list(dict.fromkeys(name for row in found for name in row if name))
