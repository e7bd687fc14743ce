"""Describes the documents of a package as an XDS submission set (IHE ITI TF-3, 4.2; ebRIM 3.0).

What the profile requires is there; codes are LOINC where one fits, HL7's, and the house's own for
the specialty. XDS asks for SHA-1; what the package is checked by is the SHA-256 of its manifest.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.conf import settings
from lxml import etree

from secondopinion.cases.models import Case
from secondopinion.core import clock, vault
from secondopinion.core.models import Blob
from secondopinion.program import queries as program
from secondopinion.referrals.models import Referral

RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
LOINC = "2.16.840.1.113883.6.1"
_HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
_APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
_ENTRY = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"  # a stable document
_SET = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"

# Classifications and identifiers of an entry and of the set (TF-3, tables 4.2.5.2-3 and -4).
_ENTRY_CODES = {
    "class": "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a",
    "type": "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983",
    "format": "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d",
    "confidentiality": "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f",
    "facility": "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1",
    "practice": "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead",
}
_ENTRY_AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
_ENTRY_PATIENT = ("XDSDocumentEntry.patientId", "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427")
_ENTRY_UNIQUE = ("XDSDocumentEntry.uniqueId", "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab")
_SET_CONTENT = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
_SET_AUTHOR = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
_SET_PATIENT = ("XDSSubmissionSet.patientId", "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446")
_SET_SOURCE = ("XDSSubmissionSet.sourceId", "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832")
_SET_UNIQUE = ("XDSSubmissionSet.uniqueId", "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8")

Code = tuple[str, str, str]  # code, its name, its system
_TYPES: dict[str, Code] = {
    "addendum": ("55107-7", "Addendum Document", LOINC),
    "discharge_letter": ("18842-5", "Discharge summary", LOINC),
    "laboratory": ("11502-2", "Laboratory report", LOINC),
    "pathology": ("11526-1", "Pathology study", LOINC),
    "operation_note": ("11504-8", "Surgical operation note", LOINC),
    "imaging_report": ("18748-4", "Diagnostic imaging study", LOINC),
    "genetics": ("51969-4", "Genetic analysis report", LOINC),
    "photo": ("72170-4", "Photographic image", LOINC),
    "letter": ("57133-1", "Referral note", LOINC),
}
_CONSULT: Code = ("11488-4", "Consult note", LOINC)
_ANY: Code = ("34109-9", "Note", LOINC)
_OURS = frozenset({"opinion", "amendment", "translated"})
_MIME: Code = (
    "urn:ihe:iti:xds:2017:mimeTypeSufficient", "mimeType Sufficient", "1.3.6.1.4.1.19376.1.2.3"
)  # fmt: skip
_NORMAL: Code = ("N", "normal", "2.16.840.1.113883.5.25")
_HOSPITAL: Code = ("HOSP", "Hospital", "2.16.840.1.113883.5.111")


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a package; `what` is the kind of a record or of a signed document."""

    path: str
    blob: Blob
    title: str
    media_type: str
    language: str
    at: date | datetime | None
    day: str
    what: str
    author: str

    @property
    def file(self) -> str:
        """Its name in the folder of the submission set."""
        return self.path.rpartition("/")[2]


def metadata(case: Case, referral: Referral, documents: list[Document]) -> bytes:
    """Return METADATA.XML: one submission set with an entry for each document."""
    root = etree.Element(f"{{{LCM}}}SubmitObjectsRequest", nsmap={None: RIM, "lcm": LCM})
    objects = etree.SubElement(root, f"{{{RIM}}}RegistryObjectList")
    source = _oid(uuid5(NAMESPACE_URL, settings.SITE_URL))
    patient = f"{case.reference}^^^&{source}&ISO"
    specialty = case.specialty
    practice = (specialty.key, str(specialty), source) if specialty else _ANY
    names = [f"document{number}" for number, _each in enumerate(documents, 1)]
    for name, each in zip(names, documents, strict=True):
        entry = etree.SubElement(
            objects, f"{{{RIM}}}ExtrinsicObject", id=name, objectType=_ENTRY, status=_APPROVED,
            mimeType=each.media_type,
        )  # fmt: skip
        slots = {
            "creationTime": _time(each.at or each.blob.created_at), "hash": _sha1(each.blob),
            "languageCode": each.language or "und", "size": str(each.blob.length),
            "sourcePatientId": patient, "URI": each.file,
        }  # fmt: skip
        for key, value in slots.items():
            _slot(entry, key, [value])
        _slot(entry, "sourcePatientInfo", _person(case, patient))
        _name(entry, each.title)
        kind = _CONSULT if each.what in _OURS else _TYPES.get(each.what, _ANY)
        codes = {
            "class": kind, "type": kind, "format": _MIME, "confidentiality": _NORMAL,
            "facility": _HOSPITAL, "practice": practice,
        }  # fmt: skip
        for key, code in codes.items():
            _code(entry, name, _ENTRY_CODES[key], code)
        _author(entry, name, _ENTRY_AUTHOR, each.author)
        _identify(entry, name, _ENTRY_PATIENT, patient)
        _identify(entry, name, _ENTRY_UNIQUE, _oid(uuid4()))
    package = etree.SubElement(
        objects, f"{{{RIM}}}RegistryPackage", id="set", status=_APPROVED,
        objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:RegistryPackage",
    )  # fmt: skip
    _slot(package, "submissionTime", [_time(clock.now())])
    _name(package, referral.to_name)
    _code(package, "set", _SET_CONTENT, _TYPES["letter"])
    _author(package, "set", _SET_AUTHOR, "")
    _identify(package, "set", _SET_PATIENT, patient)
    _identify(package, "set", _SET_SOURCE, source)
    _identify(package, "set", _SET_UNIQUE, _oid(uuid4()))
    etree.SubElement(
        objects, f"{{{RIM}}}Classification", id=_new(), classifiedObject="set",
        classificationNode=_SET,
    )  # fmt: skip
    for name in names:
        tie = etree.SubElement(
            objects, f"{{{RIM}}}Association", id=_new(), associationType=_HAS_MEMBER,
            sourceObject="set", targetObject=name,
        )  # fmt: skip
        _slot(tie, "SubmissionSetStatus", ["Original"])
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def _slot(of: Any, name: str, values: list[str]) -> None:
    slot = etree.SubElement(of, f"{{{RIM}}}Slot", name=name)
    listed = etree.SubElement(slot, f"{{{RIM}}}ValueList")
    for value in values:
        etree.SubElement(listed, f"{{{RIM}}}Value").text = value


def _name(of: Any, text: str) -> None:
    name = etree.SubElement(of, f"{{{RIM}}}Name")
    etree.SubElement(name, f"{{{RIM}}}LocalizedString", value=text)


def _code(of: Any, name: str, scheme: str, code: Code) -> None:
    row = etree.SubElement(
        of, f"{{{RIM}}}Classification", id=_new(), classifiedObject=name,
        classificationScheme=scheme, nodeRepresentation=code[0],
    )  # fmt: skip
    _slot(row, "codingScheme", [code[2]])
    _name(row, code[1])


def _author(of: Any, name: str, scheme: str, person: str) -> None:
    row = etree.SubElement(
        of, f"{{{RIM}}}Classification", id=_new(), classifiedObject=name,
        classificationScheme=scheme, nodeRepresentation="",
    )  # fmt: skip
    hospital = program.program().hospital
    if person:
        _slot(row, "authorPerson", [f"^{_hl7(person)}"])
    _slot(row, "authorInstitution", [_hl7(hospital)])


def _identify(of: Any, name: str, kind: tuple[str, str], value: str) -> None:
    row = etree.SubElement(
        of, f"{{{RIM}}}ExternalIdentifier", id=_new(), registryObject=name,
        identificationScheme=kind[1], value=value,
    )  # fmt: skip
    _name(row, kind[0])


def _person(case: Case, patient: str) -> list[str]:
    child = case.child
    born = child.birth_date.strftime("%Y%m%d") if child.birth_date else ""
    return [
        f"PID-3|{patient}", f"PID-5|{_hl7(child.latin_name or child.full_name)}",
        f"PID-7|{born}", f"PID-8|{child.sex or 'U'}",
    ]  # fmt: skip


def _hl7(text: str) -> str:
    """Return a text without the signs that HL7 v2 takes for its own."""
    return "".join(" " if char in "|^~&\\\r\n" else char for char in text)


def _time(at: date | datetime) -> str:
    if isinstance(at, datetime):
        return at.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return at.strftime("%Y%m%d")


def _sha1(blob: Blob) -> str:
    found = hashlib.sha1(usedforsecurity=False)  # the profile's
    for piece in vault.pieces(blob):
        found.update(piece)
    return found.hexdigest()


def _oid(key: UUID) -> str:
    return f"2.25.{key.int}"


def _new() -> str:
    return f"urn:uuid:{uuid4()}"
