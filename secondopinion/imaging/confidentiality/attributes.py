"""Cleans the attributes of one data set by the profile. Runs inside the sandbox."""

import hashlib
import hmac
import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from secondopinion.imaging.confidentiality import profile
from secondopinion.imaging.confidentiality.profile import (
    CLEAN,
    DUMMY,
    EMPTY,
    KEEP,
    REMOVE,
    SHIFT,
    UID_NEW,
)

PIXELS = frozenset({0x7FE00010, 0x7FE00001, 0x7FE00002})
_TEXTS = frozenset({"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})
_BYTES = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_DUMMIES = {
    "AS": "000Y", "DA": "19000101", "DT": "19000101000000", "TM": "000000", "DS": "0", "IS": "0",
    "UR": "urn:removed", "FD": 0.0, "FL": 0.0, "SL": 0, "SS": 0, "SV": 0, "UL": 0, "US": 0, "UV": 0,
    "AT": 0,
}  # fmt: skip
_REMOVED = "REMOVED"
_NEEDED = frozenset({"Modality", "PhotometricInterpretation", "ImageType", "SpecificCharacterSet"})
# Whose words are looked for in everything that is kept: the patient, staff, and the place.
_NAMING = frozenset({
    "PatientName", "PatientID", "OtherPatientIDs", "OtherPatientNames", "PatientBirthName",
    "PatientMotherBirthName", "AccessionNumber", "InstitutionName", "ReferringPhysicianName",
    "PerformingPhysicianName", "OperatorsName", "NameOfPhysiciansReadingStudy",
    "PhysiciansOfRecord", "RequestingPhysician", "ResponsiblePerson", "PatientBirthDate",
    "PatientAddress", "PatientTelephoneNumbers", "StationName", "DeviceSerialNumber",
})  # fmt: skip
_SHORTEST = 3  # letters of a word that is looked for
_COMMON = frozenset({  # words of institutions and devices that are in many attributes
    "and", "center", "centre", "clinic", "department", "for", "general", "hospital", "imaging",
    "medical", "radiology", "scanner", "the", "university", "von", "del", "les", "der", "non",
    "mri", "head",
})  # fmt: skip
_SHIFTS = (30, 3650)  # days back
_DAYS = {"D": 1, "W": 7, "M": 30.44, "Y": 365.25}


@dataclass(frozen=True, slots=True)
class Options:
    """How a copy is made. `secret` maps numbers and dates, the same for all objects of the copy.

    `names` are words to be looked for beside those in the headers. `subject` is what is constant
    for one person: without it the id and name of the patient are.
    """

    secret: bytes
    label: str = ""
    subject: str = ""
    shift: bool = False
    characteristics: bool = False
    scaling: bool = False
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Changes:
    """What was done: actions counted by tag, and what somebody has to know."""

    tags: Counter[tuple[int, str]] = field(default_factory=Counter)
    notices: set[str] = field(default_factory=set)


def new_uid(old: str, secret: bytes) -> str:
    """Return the number that stands for another in this copy, made from a UUID (PS3.5, B.2)."""
    made = hmac.new(secret, b"uid" + old.encode(), hashlib.sha256).digest()[:16]
    return f"2.25.{uuid.UUID(bytes=made, version=4).int}"


def subject_of(dataset: Dataset, options: Options) -> str:
    """Return the pseudonym of the patient of an object within this copy."""
    key = options.subject or f"{dataset.get('PatientID', '')}\0{dataset.get('PatientName', '')}"
    made = hmac.new(options.secret, b"subject" + key.encode("utf-8", "replace"), hashlib.sha256)
    return f"COPY-{made.hexdigest()[:8].upper()}"


def clean(dataset: Dataset, options: Options) -> Changes:
    """Clean a data set in place, all its sequences too, and say in it that this was done."""
    return _Cleaner(dataset, options).run()


def words_of(dataset: Dataset, more: tuple[str, ...] = ()) -> set[str]:
    """Return the words, folded, that tell who or where somebody is."""
    found: set[str] = set()
    for keyword in _NAMING:
        with suppress(Exception):  # what cannot be read holds no word that could be compared
            value = dataset.get(keyword)
            found.update(_words(str(value or "")))
    for name in more:
        found.update(_words(name))
    return found


def folded(text: str) -> str:
    """Return a text in the form in which words are compared: no accents, no capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


def _words(text: str) -> Iterator[str]:
    for word in re.findall(r"\w+", folded(text).replace("_", " ")):
        if len(word) >= _SHORTEST and word not in _COMMON:
            yield word


class _Cleaner:
    def __init__(self, dataset: Dataset, options: Options) -> None:
        self.dataset, self.options, self.changes = dataset, options, Changes()
        self.words = words_of(dataset, options.names)
        self.subject = subject_of(dataset, options)
        low, high = _SHIFTS
        made = hmac.new(options.secret, b"days" + self.subject.encode(), hashlib.sha256).digest()
        self.back = timedelta(days=low + int.from_bytes(made[:4], "big") % (high - low))

    def run(self) -> Changes:
        dataset, options = self.dataset, self.options
        age = _age(dataset) if options.characteristics and not dataset.get("PatientAge") else ""
        self._clean(dataset)
        dataset.PatientName = dataset.PatientID = options.label or self.subject
        if age:
            dataset.PatientAge = age
        _declare(dataset, options)
        return self.changes

    def _count(self, tag: int, action: str) -> None:
        if action != KEEP:
            self.changes.tags[int(tag), action] += 1

    def _clean(self, dataset: Dataset) -> None:
        kept_blocks = set()
        for tag in list(dataset.keys()):
            if tag in PIXELS:
                continue
            try:
                element = dataset[tag]
                if tag.is_private:
                    block = self._private(dataset, element)
                    if block is not None:
                        kept_blocks.add(block)
                    continue
                self._one(dataset, element)
            except Exception:  # noqa: BLE001 - an attribute that cannot be read cannot be judged
                del dataset[tag]
                self._count(tag, REMOVE)
        for tag in list(dataset.keys()):
            if tag.is_private and tag.element <= 0xFF and tag not in kept_blocks:
                del dataset[tag]
                self._count(tag, REMOVE)

    def _private(self, dataset: Dataset, element: DataElement) -> int | None:
        """Remove a private attribute, but one that scales pixels where that is wanted; returns the
        tag of the creator that has to stay with it. Creators themselves are seen to at the end."""
        tag = element.tag
        if tag.element <= 0xFF:
            return None
        creator = (tag.group << 16) | (tag.element >> 8)
        name = str(dataset[creator].value).strip() if creator in dataset else ""
        if (name, tag.group, tag.element & 0xFF) in profile.SCALING:
            self.changes.notices.add("philips-scaling")
            if self.options.scaling and element.VR in {"FL", "FD", "DS"}:
                return creator
        del dataset[tag]
        self._count(tag, REMOVE)
        return None

    def _one(self, dataset: Dataset, element: DataElement) -> None:
        action = profile.action_for(
            int(element.tag), element.VR, shift=self.options.shift,
            characteristics=self.options.characteristics,
        )  # fmt: skip
        if action == REMOVE:
            del dataset[element.tag]
        elif element.VR == "SQ":
            # Emptied or filled with dummies as the table says; else cleaned item by item.
            if action in {EMPTY, DUMMY}:
                element.value = self._dummies(element) if action == DUMMY else Sequence()
            else:
                action = KEEP
                for item in element.value:
                    self._clean(item)
        elif action == EMPTY:
            element.value = None
        elif action == DUMMY:
            element.value = self._dummy(element)
        elif action == UID_NEW:
            action = self._renumber(element)
        elif action == SHIFT:
            element.value = self._shifted(element)
        elif self._tells(element):
            element.value, action = (b"" if element.VR in _BYTES else None), CLEAN
        self._count(element.tag, action)

    def _dummies(self, element: DataElement) -> Sequence:
        items = []
        for item in element.value:
            made = Dataset()
            for each in item:
                if each.tag.is_private:
                    continue
                value = self._dummies(each) if each.VR == "SQ" else self._dummy(each)
                made.add_new(each.tag, each.VR, value)
            items.append(made)
        return Sequence(items)

    def _dummy(self, element: DataElement) -> Any:
        if element.VR == "UI":
            self._renumber(element)
            return element.value
        if element.VR in _BYTES:
            return b"\0\0"
        return _DUMMIES.get(element.VR, _REMOVED)

    def _renumber(self, element: DataElement) -> str:
        secret, changed = self.options.secret, False
        many = isinstance(element.value, MultiValue)
        values = []
        for each in element.value if many else [element.value or ""]:
            own = bool(each) and not profile.is_public_uid(str(each))
            values.append(new_uid(str(each), secret) if own else each)
            changed = changed or own
        element.value = values if many else values[0]
        return UID_NEW if changed else KEEP

    def _shifted(self, element: DataElement) -> Any:
        if element.VR == "TM" or not element.value:
            return element.value  # whole days are shifted
        if isinstance(element.value, MultiValue):
            return [self._earlier(str(each)) for each in element.value]
        return self._earlier(str(element.value))

    def _earlier(self, text: str) -> str | None:
        found = _date(text)
        if found is None or found.toordinal() <= self.back.days:
            return None
        rest = re.sub(r"^\d{4}\.?\d\d\.?\d\d", "", text)
        return f"{found - self.back:%Y%m%d}{rest if re.fullmatch(r'[\d.+-]*', rest) else ''}"

    def _tells(self, element: DataElement) -> bool:
        """Say whether a kept text or block of bytes holds one of the words; short ones count where
        they stand alone."""
        if element.keyword in _NEEDED or not self.words or not element.value:
            return False
        if element.VR in _TEXTS:
            text = folded(str(element.value))
        elif element.VR in _BYTES and isinstance(element.value, bytes):
            readings = (element.value.decode(each, "replace") for each in ("utf-8", "latin-1"))
            text = folded("\n".join(readings))
        else:
            return False
        if any(len(word) > _SHORTEST and word in text for word in self.words):
            return True
        return not self.words.isdisjoint(_words(text))


def _date(text: str) -> date | None:
    found = re.match(r"(\d{4})\.?(\d\d)\.?(\d\d)", text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _age(dataset: Dataset) -> str:
    """Return the age at the study (PS3.5, 6.2, AS) where only the birth date told it."""
    born = _date(str(dataset.get("PatientBirthDate") or ""))
    made = _date(str(dataset.get("StudyDate") or dataset.get("SeriesDate") or ""))
    days = (made - born).days if born and made else -1
    if days < 0:
        return ""
    unit = "D" if days < 28 else "W" if days < 90 else "M" if days < 730 else "Y"
    return f"{int(days / _DAYS[unit]):03}{unit}"


def _declare(dataset: Dataset, options: Options) -> None:
    """Say what was done (PS3.3 C.7.1.1; codes of PS3.16, CID 7050).

    Clean Pixel Data is not claimed: a machine that masks what it sees proves nothing.
    """
    codes = [("113100", "Basic Application Confidentiality Profile")]
    if options.shift:
        codes.append(("113107", "Retain Longitudinal Temporal Information Modified Dates Option"))
    if options.characteristics:
        codes.append(("113108", "Retain Patient Characteristics Option"))
    if options.scaling:
        codes.append(("113111", "Retain Safe Private Option"))
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = [
        f"DICOM PS3.15 {profile.EDITION} Basic Profile",
        "Text that was found in the pixels is masked; not proven",
    ]
    items = []
    for value, meaning in codes:
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
        items.append(item)
    dataset.DeidentificationMethodCodeSequence = Sequence(items)
    dataset.LongitudinalTemporalInformationModified = "MODIFIED" if options.shift else "REMOVED"
