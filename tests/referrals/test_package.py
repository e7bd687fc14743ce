"""The package of a referral: opened by other programs, complete, and exactly what was agreed to."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
import time_machine
from lxml import etree

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.core import jobs, sandbox, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.models import Blob
from secondopinion.demo.images import mr_head
from secondopinion.imaging import media
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from secondopinion.referrals import actions, consenting, packing, reminding, selecting
from secondopinion.referrals.models import Package, Referral
from secondopinion.referrals.submission import RIM
from tests.opinions.test_amending import corrected
from tests.web.conftest import Whole, sign_in, whole_case

LEVEL_1 = re.compile(r"([A-Z0-9_]{1,8})(\.[A-Z0-9]{1,3})?")  # ISO 9660, level 1


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case with a report, a record, and a referral that waits."""
    return whole_case()


def agree(whole: Whole, referral: Referral) -> None:
    actions.consent(by=whole.family, referral=referral, seen=selecting.digest_of(referral))


def read_by_pydicom(dicomdir: Path) -> dict[str, str]:
    """Return what a file-set of another process holds: the path of each instance it can load."""
    script = (
        "import json, sys; from pydicom.fileset import FileSet; read = FileSet(sys.argv[1]);"
        "print(json.dumps({str(each.load().SOPInstanceUID): str(each.path) for each in read}))"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, dicomdir], check=True, stdout=subprocess.PIPE
    )
    return dict(json.loads(said.stdout))


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "link", "iframe"}, "it opens without a network"
        self.found += [value or "" for name, value in attrs if name in {"href", "src"}]


def test_other_programs_open_the_package_and_everything_listed_is_there(
    whole: Whole, tmp_path: Path
) -> None:
    case, referral = whole.case, whole.case.referrals.get()
    arrivals.receive_file(
        by=whole.family, case=case, name="head.zip", source=io.BytesIO(mr_head(3))
    )
    jobs.run_all()
    desk, here = sign_in(whole.coordinator), f"/desk/cases/{case.reference}/referrals/1/"
    choose = {each.kind: each.key for each in selecting.items(referral)}
    assert set(choose) == {"reports", "records", "studies"}
    assert desk.post(here, {"choose": "1", **choose}).status_code == 302
    assert desk.get(f"{here}package.zip").status_code == 404, "nobody has agreed"
    family, page = sign_in(whole.family), f"/my/cases/{case.reference}/referrals/1/"
    shown = family.get(page)
    for words in ("Second opinion 1", "letter.png", "3 images"):
        assert words in shown.content.decode()
    family.post(page, {"answer": "yes", "seen": shown.context["seen"]})
    jobs.run_all()
    data = desk.get(f"{here}package.zip").getvalue()
    taken = tmp_path / "taken"
    zipfile.ZipFile(io.BytesIO(data)).extractall(taken)
    files = {str(each.relative_to(taken)): each.read_bytes() for each in taken.rglob("*")
             if each.is_file()}  # fmt: skip

    for path in files:
        assert all(LEVEL_1.fullmatch(name) for name in path.split("/")), path
    rows = [line.split("  ", 1) for line in files["MANIFEST.TXT"].decode().splitlines()]
    listed = {path: digest for digest, path in rows}
    assert {"MANIFEST.TXT", *listed} == set(files)
    assert all(hashlib.sha256(files[path]).hexdigest() == sha for path, sha in listed.items())
    assert [each[0] for each in Package.objects.get().manifest] == [*listed, "MANIFEST.TXT"]

    # Documents, as a submission set.
    folder = packing.DOCUMENTS
    root = etree.fromstring(files[f"{folder}METADATA.XML"])
    entries = root.findall(f".//{{{RIM}}}ExtrinsicObject")
    assert len(entries) == 2
    for entry in entries:
        slots = {
            each.get("name"): [value.text for value in each.iter(f"{{{RIM}}}Value")]
            for each in entry.findall(f"{{{RIM}}}Slot")
        }
        content = files[folder + slots["URI"][0]]
        assert slots["size"] == [str(len(content))]
        assert slots["hash"] == [hashlib.sha1(content, usedforsecurity=False).hexdigest()]
        assert "PID-7|20170514" in slots["sourcePatientInfo"]
        assert len(entry.findall(f"{{{RIM}}}Classification")) == 7
        assert len(entry.findall(f"{{{RIM}}}ExternalIdentifier")) == 2
    members = {each.get("targetObject") for each in root.iter(f"{{{RIM}}}Association")}
    assert members == {each.get("id") for each in entries}
    assert vault.read(whole.report.blob) in files.values(), "the signed bytes themselves"

    # The index opens offline, and leads to each document.
    index = files["INDEX.HTM"].decode()
    etree.fromstring(index.partition(">")[2].encode(), etree.XMLParser(resolve_entities=False))
    links = Links(index).found
    assert sorted(links) == sorted(folder + each for each in (
        path.removeprefix(folder) for path in files if path.startswith(f"{folder}DOC")
    ))  # fmt: skip
    assert "INDEX.HTM" in files["README.TXT"].decode()

    # Images, by their DICOMDIR, byte for byte as they came.
    read = read_by_pydicom(taken / "DICOMDIR")
    originals = {
        row.uid: vault.read(row.blob)
        for row in whole.case.studies.get().series.get().instances.select_related("blob__space")
    }
    assert set(read) == set(originals)
    assert all(Path(path).read_bytes() == originals[uid] for uid, path in read.items())
    assert sorted(media.listed(files["DICOMDIR"])) == sorted(
        path for path in files if path.startswith("PT")
    )
    if tool := shutil.which("dcmdump"):
        said = subprocess.run([tool, "-q", taken / "DICOMDIR"], capture_output=True, check=True)
        assert b"error" not in said.stderr.lower()
        assert said.stdout.count(b"[IMAGE") == 3


def test_headers_that_lack_what_a_directory_must_name_are_listed_all_the_same() -> None:
    image = {
        "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.2"]},
        "00080018": {"vr": "UI", "Value": ["1.2.3.4"]},
        "0020000D": {"vr": "UI", "Value": ["1.2.3"]},
        "0020000E": {"vr": "UI", "Value": ["1.2.3.1"]},
        "00200032": {"vr": "DS", "Value": [1.123456789012345678, 0, 0]},
    }
    other = image | {"00080016": {"vr": "UI", "Value": ["1.2.826.0.1.3680043.9.9"]},
                     "00080018": {"vr": "UI", "Value": ["1.2.3.5"]}}  # fmt: skip
    rows = [json.dumps(each).encode() for each in (image, other)]
    made = sandbox.run(media.directory, rows, ["1.2.840.10008.1.2.1"] * 2, "2026-AAAAA")
    assert made["paths"][0]
    assert media.listed(made["dicomdir"]) == [each for each in made["paths"] if each]


def test_the_word_holds_for_that_list_alone_and_is_taken_back(whole: Whole) -> None:
    referral = whole.case.referrals.get()
    seen = selecting.digest_of(referral)
    record = str(whole.ids["record"])
    selecting.choose(by=whole.coordinator, referral=referral, reports=["1"], records=[record])
    with pytest.raises(Conflict):
        actions.consent(by=whole.family, referral=referral, seen=seen)
    with pytest.raises(NotYours):
        consenting.keep(by=whole.coordinator, referral=referral, shown=[])
    agree(whole, referral)
    jobs.run_all()
    held = referral.consents.get()
    assert held.shown == selecting.lines(referral)
    assert Package.objects.get().blob
    selecting.choose(by=whole.coordinator, referral=referral, reports=["1"])
    referral.refresh_from_db()
    assert referral.consented_at is None, "another list needs another word"
    with pytest.raises(Refused):
        actions.take_step(by=whole.referral_coordinator, referral=referral, action="send")
    agree(whole, referral)
    jobs.run_all()
    blob = Package.objects.get(consent__ended_at=None).blob
    assert blob
    consenting.take_back(by=whole.family, referral=referral)
    assert consenting.package_of(referral) is None
    assert not Blob.objects.filter(pk=blob.pk).exists(), "what was packed is destroyed"
    with pytest.raises(Conflict):
        consenting.take_back(by=whole.family, referral=referral)
    agree(whole, referral)
    actions.take_step(by=whole.referral_coordinator, referral=referral, action="send")
    for late in (
        lambda: consenting.take_back(by=whole.family, referral=referral),
        lambda: selecting.choose(by=whole.coordinator, referral=referral, records=[record]),
    ):
        with pytest.raises(Conflict):
            late()
    with pytest.raises(Refused):
        selecting.choose(by=whole.coordinator, referral=referral, records=["nothing"])
    verbs = [each.verb for each in entries_for(whole.case.pk)]
    for verb in ("referral-consented", "referral-consent-taken-back", "referral-selected",
                 "referral-package-made"):  # fmt: skip
        assert verb in verbs


def test_the_family_is_asked_once_the_desk_has_chosen(whole: Whole) -> None:
    case, here = whole.case, f"/desk/cases/{whole.case.reference}/"
    desk, family = sign_in(whole.coordinator), sign_in(whole.family)
    before = told(whole.family)
    desk.post(f"{here}do/refer/", {
        "to_name": "A clinic near home", "to_country": "MX", "what_for": "A visit",
        "urgency": "routine",
    })  # fmt: skip
    referral = case.referrals.get(number=2)
    assert (referral.asked_at, told(whole.family)) == (None, before), "nothing is chosen yet"
    mine = f"/my/cases/{case.reference}/referrals/2/"
    page = family.get(mine)
    assert "We are choosing what is sent" in page.content.decode()
    assert "Yes, send this" not in page.content.decode()
    refused = family.post(mine, {"answer": "yes", "seen": page.context["seen"]})
    assert refused.status_code == 400
    with time_machine.travel(referral.remind_at + timedelta(hours=1), tick=False):
        assert reminding.remind_due() == 2
    assert told(whole.family) == before + 1, "of the first one; nobody waits for it in this one"

    shown = desk.get(f"{here}referrals/2/").content.decode()
    assert "The family has not been asked yet" in shown
    record = str(whole.ids["record"])
    desk.post(f"{here}referrals/2/", {"choose": "1", "reports": "1", "records": record})
    place = {"to_name": "Hospital Civil", "to_country": "MX"}
    for wrong in ({"to_name": " "}, {"to_country": "XX"}, {"to_name": "x" * 201}):
        assert desk.post(f"{here}referrals/2/", {"ask": "1", **place, **wrong}).status_code == 400
    desk.post(f"{here}referrals/2/", {"ask": "1", **place})
    referral.refresh_from_db()
    assert referral.asked_at
    assert (referral.to_name, referral.to_country) == ("Hospital Civil", "MX")
    assert told(whole.family) == before + 2
    again = desk.post(f"{here}referrals/2/", {"ask": "1", **place, "to_name": "Elsewhere"})
    assert again.status_code == 409
    page = family.get(mine)
    assert "Hospital Civil" in page.content.decode()
    family.post(mine, {"answer": "yes", "seen": page.context["seen"]})
    referral.refresh_from_db()
    assert referral.consented_at
    assert "referral-asked" in [each.verb for each in entries_for(case.pk)]


def told(family: Person) -> int:
    return Message.objects.filter(to=family, template="referral-changed").count()


def test_a_report_that_was_corrected_is_sent_nowhere(whole: Whole) -> None:
    case, referral = whole.case, whole.case.referrals.get()
    agree(whole, referral)
    jobs.run_all()
    newer = corrected(case)
    referral.refresh_from_db()
    for do in (
        lambda: actions.open_package(by=whole.coordinator, referral=referral),
        lambda: actions.take_step(by=whole.coordinator, referral=referral, action="send"),
        lambda: agree(whole, referral),
    ):
        with pytest.raises(Refused) as refused:
            do()
        assert refused.value.code == "report-replaced"
    selecting.choose(by=whole.coordinator, referral=referral, reports=[str(newer.number)])
    agree(whole, referral)
    jobs.run_all()
    assert actions.open_package(by=whole.coordinator, referral=referral)


def test_nothing_is_sent_of_a_request_that_was_withdrawn(whole: Whole) -> None:
    referral = whole.case.referrals.get()
    agree(whole, referral)
    jobs.run_all()
    cases.withdraw(by=whole.family, case=whole.case)
    referral.refresh_from_db()
    with pytest.raises(Refused):
        actions.open_package(by=whole.coordinator, referral=referral)
