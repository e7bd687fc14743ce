"""A signed document as an HL7 FHIR R4 document (a Bundle that begins with a Composition).

It is attached to the PDF, so that another hospital's system can take in what a person reads there.
Sections carry a LOINC code where one fits (https://loinc.org, document section codes): the one that
their template gives them, else the one below. Coded
diagnoses are Conditions, coded findings Observations whose value is the code, procedures that were
done Procedures, and recommended ones ServiceRequests that propose.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from secondopinion.accounts.models import Child, Sex
from secondopinion.core.languages import in_language
from secondopinion.opinions.typeset import labels

XHTML = "http://www.w3.org/1999/xhtml"
LOINC = "http://loinc.org"
CONSULT_NOTE, ADDENDUM = ("11488-4", "Consult note"), ("55107-7", "Addendum Document")
_CODES = {
    "summary": ("55110-1", "Conclusions [Interpretation] Document"),
    "answers": ("55110-1", "Conclusions [Interpretation] Document"),
    "diagnosis": ("29548-5", "Diagnosis Narrative"),
    "records": ("30954-2", "Relevant diagnostic tests/laboratory data Narrative"),
    "asked": ("42349-1", "Reason for referral (narrative)"),
    "history": ("11329-0", "History general Narrative - Reported"),
    "findings": ("51848-0", "Evaluation note"),
    "tests": ("18776-5", "Plan of care note"),
}
_FINDING = {"system": LOINC, "code": "75321-0", "display": "Clinical finding"}
_CATEGORY = {
    "system": "http://terminology.hl7.org/CodeSystem/condition-category",
    "code": "encounter-diagnosis",
}
_CODED = {
    "diagnosis": "diagnosis_codes",
    "findings": "finding_codes",
    "history": "procedure_codes",
    "tests": "advised_codes",
}  # fmt: skip - by their section
_GENDERS = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.OTHER: "other"}


def document(words: dict[str, Any], child: Child, signed_at: datetime) -> dict[str, Any]:
    """Return the Bundle of a signed document; `words` is what is typeset (see `compose`)."""
    codes = _codes(words)
    others = _others(words)
    address = {
        name: f"urn:uuid:{uuid5(NAMESPACE_URL, words['verify'] + name)}"
        for name in ("composition", "patient", "author", "hospital", *others, *codes)
    }
    resources = {
        "composition": _composition(words, address, signed_at),
        "patient": _patient(words, child),
        "author": _practitioner(words["author"], words["registration"], words["title"]),
        **{
            name: _practitioner(each["name"], each["registration"], each["title"])
            for name, each in others.items()
        },
        "hospital": {"resourceType": "Organization", "name": words["hospital"]},
    } | {
        name: _coded(name, each, address, signed_at) for name, each in codes.items()
    }  # fmt: skip
    return {
        "resourceType": "Bundle",
        "type": "document",
        "identifier": _identifier(words["code"], words["verify"]),
        "timestamp": _instant(signed_at),
        "entry": [
            {"fullUrl": address[name], "resource": {"id": address[name][9:], **resource}}
            for name, resource in resources.items()
        ],
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _identifier(code: str, verify: str) -> dict[str, str]:
    """Return a document's verification code; its system is where a code is verified."""
    return {"system": verify.removesuffix(f"{code}/"), "value": code}


def _composition(
    words: dict[str, Any], address: dict[str, str], signed_at: datetime
) -> dict[str, Any]:
    is_addendum = words["kind"] == "addendum"
    code, display = ADDENDUM if is_addendum else CONSULT_NOTE
    made: dict[str, Any] = {
        "resourceType": "Composition",
        "language": words["language"],
        "identifier": _identifier(words["code"], words["verify"]),
        "status": "amended" if words["kind"] == "amendment" else "final",
        "type": {"coding": [{"system": LOINC, "code": code, "display": display}]},
        "subject": {"reference": address["patient"]},
        "date": _instant(signed_at),
        "author": [
            {"reference": address[name]}
            for name in ("author", *_others(words))
            if name != "second-reader"
        ],
        "title": f"{labels(words['language'])[words['kind']]} {words['reference']}",
        "custodian": {"reference": address["hospital"]},
        "section": _sections(words, address),
    }
    if "second-reader" in address:
        made["attester"] = [
            {"mode": "professional", "party": {"reference": address["second-reader"]}}
        ]
    if related := _related(words, is_addendum=is_addendum):
        code, value = related
        identifier = {"system": made["identifier"]["system"], "value": value}
        made["relatesTo"] = [{"code": code, "targetIdentifier": identifier}]
    return made


def _related(words: dict[str, Any], *, is_addendum: bool) -> tuple[str, str] | None:
    """Return how a document is related to an earlier one, and the code of that one."""
    if of := words.get("translation", {}).get("of"):
        return "transforms", of
    if earlier := words.get("replaces") or words.get("belongs_to"):
        return "appends" if is_addendum else "replaces", earlier
    return None


def _patient(words: dict[str, Any], child: Child) -> dict[str, Any]:
    names = [{"use": "official", "text": words["patient"]}]
    if words["patient_latin"]:
        names.append({"use": "usual", "text": words["patient_latin"]})
    made: dict[str, Any] = {"resourceType": "Patient", "name": names}
    if child.sex in _GENDERS:
        made["gender"] = _GENDERS[Sex(child.sex)]
    if child.birth_date:
        made["birthDate"] = child.birth_date.isoformat()
    if child.country:
        made["address"] = [{"country": str(child.country)}]
    return made


def _others(words: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return who has a part in a document beside its author, by the names of their resources."""
    found = {f"panel-{number}": each for number, each in enumerate(words.get("panel", ()), 1)}
    reader = words.get("second_reader")
    return found | ({"second-reader": reader} if reader else {})


def _practitioner(name: str, registration: str, title: str) -> dict[str, Any]:
    made: dict[str, Any] = {"resourceType": "Practitioner", "name": [{"text": name}]}
    if registration:
        made["identifier"] = [{"value": registration}]
    if title:
        made["qualification"] = [{"code": {"text": title}}]
    return made


def _codes(words: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the codes of a document by the names of their resources, in their order."""
    return {
        f"{field}-{number}": each
        for field in _CODED.values()
        for number, each in enumerate(words.get(field, ()), 1)
    }


def _coded(
    name: str, each: dict[str, str], address: dict[str, str], signed_at: datetime
) -> dict[str, Any]:
    coding = {part: each[part] for part in ("system", "version", "code", "display")}
    concept = {"coding": [coding], "text": each["display"]}
    subject, author = {"reference": address["patient"]}, {"reference": address["author"]}
    if name.startswith(_CODED["diagnosis"]):
        return {
            "resourceType": "Condition", "category": [{"coding": [_CATEGORY]}], "code": concept,
            "subject": subject, "recordedDate": _instant(signed_at), "asserter": author,
        }  # fmt: skip
    if name.startswith(_CODED["history"]):
        return {
            "resourceType": "Procedure", "status": "completed", "code": concept,
            "subject": subject, "recorder": author,
        }  # fmt: skip
    if name.startswith(_CODED["tests"]):
        return {
            "resourceType": "ServiceRequest", "status": "active", "intent": "proposal",
            "code": concept, "subject": subject, "authoredOn": _instant(signed_at),
            "requester": author,
        }  # fmt: skip
    return {
        "resourceType": "Observation", "status": "final", "code": {"coding": [_FINDING]},
        "subject": subject, "issued": _instant(signed_at), "performer": [author],
        "valueCodeableConcept": concept,
    }  # fmt: skip


def _sections(words: dict[str, Any], address: dict[str, str]) -> list[dict[str, Any]]:
    """Return the parts of the document in the order in which they are read."""
    named = labels(words["language"])
    no = named["not_answered"]
    if words["kind"] == "addendum":
        told = {"question": words["question"], "answer": words["answer"]}
    else:
        told = {
            "change": words["change"],
            "asked": [f"{each['number']}. {each['text']}" for each in words["questions"]],
            **_told_in_sections(words, no),
            "records": [
                f"{each['title']}, {each['kind']}, {each['date']}, {each['language']}"
                f"{_from(each, named)}"
                for each in words["records"]
            ],
            "images": [
                f"{each['title']}, {each['date']}, {each['count']}{_from(each, named)}"
                for each in words["images"]
            ],
            "disclaimer": words["disclaimer"],
        }  # fmt: skip
    titles = {each["key"]: each["titles"] for each in words.get("sections", ())}
    codes = {each["key"]: each.get("code", "") for each in words.get("sections", ())}
    return [
        _section(name, _title(name, titles, words["language"]), paragraphs, codes.get(name, ""))
        | _entries(name, address)
        for name, value in told.items()
        if (paragraphs := [each for each in _listed(value) if each.strip()])
    ]


def _from(each: dict[str, Any], named: dict[str, str]) -> str:
    """Return from whom a record or a series came; "" where an older document does not say it."""
    return f", {named['from_' + each['source']]}" if "source" in each else ""


def _title(name: str, titles: dict[str, dict[str, str]], language: str) -> str:
    return in_language(titles[name], language) if name in titles else labels(language)[name]


def _told_in_sections(words: dict[str, Any], no: str) -> dict[str, str | list[str]]:
    """Return what the sections of a report say, by their keys and in their order."""
    told: dict[str, str | list[str]] = {
        "summary": words["summary"],
        "answers": [
            f"{each['number']}. {each['answer'] or ' '.join((no, each['declined']))}"
            for each in words["questions"]
        ],
        "limitations": [
            *(each["text"] for each in words["found"]), words["limitations"],
        ],
        "urgency": words["urgency"],
        "diagnosis": [
            words["local_diagnosis"] and f"{labels(words['language'])['local_diagnosis']}: "
            f"{words['local_diagnosis']}",
            words["diagnosis"], words["diagnosis_text"], *_said(words["diagnosis_codes"]),
        ],
        "plan": [words["plan"], words["plan_text"]],
        "history": [
            _as_told(words),
            words["history"], *_said(words.get("procedure_codes", [])),
        ],
        "findings": [words["findings"], *_said(words["finding_codes"])],
        "tests": [
            words["tests"], words.get("operation", ""), *_said(words.get("advised_codes", [])),
        ],
        "options": [
            ": ".join(filter(None, (each["name"], each["pros"], each["cons"])))
            for each in words["options"]
        ],
        "references": words["references"],
    }  # fmt: skip
    return {each["key"]: told.get(each["key"], each.get("text", "")) for each in words["sections"]}


def _as_told(words: dict[str, Any]) -> str:
    """Return that a history is what the family told, in its own words or translated; "" where it is
    not."""
    if not words.get("as_told"):
        return ""
    name = "as_told_translated" if words.get("as_told_translated") else "as_told"
    return " ".join(filter(None, (labels(words["language"])[name], words.get("as_told_how", ""))))


def _said(codes: list[dict[str, str]]) -> list[str]:
    return [f"{each['display']} ({each['name']} {each['code']})" for each in codes]


def _entries(name: str, address: dict[str, str]) -> dict[str, Any]:
    start = f"{_CODED.get(name, name)}-"
    found = [{"reference": each} for key, each in address.items() if key.startswith(start)]
    return {"entry": found} if found else {}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _section(name: str, title: str, paragraphs: list[str], own_code: str = "") -> dict[str, Any]:
    div = ET.Element("div", xmlns=XHTML)
    for text in paragraphs:
        place = ET.SubElement(div, "p")
        first, *others = text.splitlines()
        place.text = _allowed(first)
        for line in others:
            ET.SubElement(place, "br").tail = _allowed(line)
    made: dict[str, Any] = {
        "title": title,
        "text": {"status": "additional", "div": ET.tostring(div, encoding="unicode")},
    }
    if own_code:
        made["code"] = {"coding": [{"system": LOINC, "code": own_code}]}
    elif name in _CODES:
        code, display = _CODES[name]
        made["code"] = {"coding": [{"system": LOINC, "code": code, "display": display}]}
    return made


def _allowed(text: str) -> str:
    """Return a line without the signs that XML cannot hold."""
    return "".join(
        each for each in text if each == "\t" or " " <= each <= "\ud7ff"
        or "\ue000" <= each <= "\ufffd" or each >= "\U00010000"
    )  # fmt: skip
