"""What has not come is said, and only where day, kind and modality are known; by the job, too."""

import tomllib
from datetime import date, timedelta

import pytest

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.arrivals import missing
from secondopinion.arrivals.missing import Called, Document, Imaging, document_of
from secondopinion.cases.models import Case, ChecklistItem, ItemState
from secondopinion.cases.states import State
from secondopinion.core import clock, jobs
from secondopinion.findings.models import Finding
from secondopinion.findings.queries import limitations_for
from secondopinion.imaging.models import Series, Study
from secondopinion.program import data
from secondopinion.program.queries import records_wanted
from secondopinion.records import actions as records
from secondopinion.records import queries
from secondopinion.records.models import Kind, Record

TODAY, DAY = date(2026, 11, 27), date(2026, 3, 10)
MR, CT = frozenset({"MR"}), frozenset({"CT"})
HEAD = frozenset({"head"})


def imaging(day: date | None = DAY, **changed: object) -> Imaging:
    values = {"shown": MR, "groups": MR, "parts": HEAD} | changed
    return Imaging("1.2", "MR", day, **values)  # type: ignore[arg-type]


def report(text: str, day: date | None = DAY, days: tuple[date, ...] = ()) -> Document:
    return document_of("imaging_report", "scan.pdf", text, day, days)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("MRI of the brain with contrast", "MR"),
        ("Resonancia magnética cerebral", "MR"),
        ("IRM cérébrale", "MR"),
        ("تقرير الرنين المغناطيسي للدماغ", "MR"),
        ("CT scan of the chest", "CT"),
        ("Radiografía de tórax", "XR"),
        ("Röntgen Thorax", "XR"),
        ("УЗИ брюшной полости", "US"),
        ("头颅磁共振", "MR"),
        ("A fracture of the arm", None),
    ],
)
def test_a_report_says_with_what_images_were_made(text: str, group: str | None) -> None:
    assert report(text).made_with == ({group} if group else set())


def test_a_report_without_its_images() -> None:
    brain = report("MRI of the brain")
    found = missing.images_missing(brain, [], TODAY)
    assert found
    assert (found.code, found.severity) == ("images-missing", "warning")
    for other in (
        imaging(DAY + timedelta(days=200)),
        imaging(shown=CT, groups=CT),
        imaging(parts=frozenset({"spine"})),
    ):
        assert missing.images_missing(brain, [other], TODAY)
    old = missing.images_missing(report("MRI of the brain", date(2020, 1, 1)), [], TODAY)
    assert old
    assert old.severity == "info"


@pytest.mark.parametrize(
    ("text", "day", "study"),
    [
        ("MRI of the brain", DAY, imaging(DAY - timedelta(days=20))),
        ("MRI of the brain", DAY, imaging(None)),
        ("MRI of the brain", DAY, imaging(groups=frozenset(), unclear=True)),
        ("MRI of the brain", None, None),
        ("The child was seen again", DAY, None),
        ("MRI of the brain. Comparison: CT", DAY, None),
        ("MRI of the hippocampus", DAY, imaging()),
    ],
)
def test_nothing_is_said_of_images_where_it_is_not_known(
    text: str, day: date | None, study: Imaging | None
) -> None:
    assert missing.images_missing(report(text, day), [study] if study else [], TODAY) is None


def test_images_without_their_report() -> None:
    letter = document_of("clinic_letter", "a.pdf", "Seen in the clinic.", DAY, [DAY])
    assert missing.report_missing(imaging(), [], TODAY)
    assert missing.report_missing(imaging(), [letter], TODAY)
    assert missing.report_missing(imaging(), [report("CT of the chest")], TODAY)
    assert missing.report_missing(imaging(), [report("MRI of the brain", date(2025, 1, 1))], TODAY)


@pytest.mark.parametrize(
    "document",
    [
        report("MRI of the brain", DAY + timedelta(days=6)),
        report("MRI of the brain", None),
        report("MRI of the brain", TODAY, (DAY,)),
        report("A report"),
        Document(""),
        document_of("discharge_letter", "a.pdf", "An MRI was made on 10 March.", TODAY, [DAY]),
    ],
)
def test_what_may_be_the_report_is_taken_for_it(document: Document) -> None:
    assert missing.report_missing(imaging(), [document], TODAY) is None


def test_nothing_is_said_of_reports_where_it_is_not_known() -> None:
    for study in (imaging(None), imaging(shown=frozenset()), imaging(has_report=True)):
        assert missing.report_missing(study, [], TODAY) is None


@pytest.mark.parametrize(
    "text",
    [
        "PATHOLOGY REPORT\nImmunohistochemistry is pending.",
        "Diagnosis: see below.\nAddendum to follow.",
        "Se emitirá un informe complementario.",
        "Nachbericht folgt.",
        "سيصدر تقرير ملحق",
        "Un complément suivra.",
    ],
)
def test_a_pathology_report_without_its_addendum(text: str) -> None:
    first = document_of("pathology", "biopsy.pdf", text, DAY, [])
    assert missing.addendum_missing(first, [])
    assert missing.addendum_missing(first, [Document("pathology", DAY - timedelta(days=9))])
    for other in (
        Document("pathology", DAY + timedelta(days=9)),
        Document("genetics"),
        Document(""),
        document_of("other", "b.pdf", "ADDENDUM\nKi-67 is 20 %.", None, []),
    ):
        assert missing.addendum_missing(first, [other]) is None
    whole = document_of("pathology", "biopsy.pdf", f"{text}\nAddendum: negative.", DAY, [])
    assert missing.addendum_missing(whole, []) is None


def test_a_whole_pathology_report_lacks_nothing() -> None:
    whole = document_of("pathology", "a.pdf", "Immunohistochemistry: positive. Final.", DAY, [])
    assert missing.addendum_missing(whole, []) is None


def called(**changed: object) -> Called:
    values = {"open": True, "months": 3, "kinds": frozenset({"laboratory"})} | changed
    return Called("laboratory", {"en": "Laboratory"}, images=False, **values)  # type: ignore[arg-type]


def test_what_the_checklist_calls_for() -> None:
    def code(item: Called, *documents: Document) -> str | None:
        found = missing.not_as_called_for(item, documents, [], TODAY)
        return found.code if found else None

    old, new = (Document("laboratory", TODAY - timedelta(days=each)) for each in (200, 60))
    assert code(called()) == "record-missing"
    assert code(called(), Document("pathology")) == "record-missing"
    assert code(called(), old) == "too-old"
    assert code(called(open=False), old) == "too-old"
    assert code(called(said=True), Document("")) == "record-missing", "until somebody has looked"
    for item, documents in (
        (called(open=False), ()),
        (called(), (new, old)),
        (called(), (old, Document("laboratory"))),
        (called(), (Document(""),)),
        (called(months=0), (old,)),
        (called(kinds=frozenset()), ()),
    ):
        assert code(item, *documents) is None


def test_images_that_the_checklist_calls_for() -> None:
    item = Called("mri", {"en": "MRI"}, images=True, open=True, months=6, groups=MR, body=HEAD)

    def code(*studies: Imaging) -> str | None:
        found = missing.not_as_called_for(item, [], studies, TODAY)
        return found.code if found else None

    assert code() == "record-missing"
    assert code(imaging()) == "too-old"
    assert code(imaging(), imaging(TODAY)) is None
    assert code(imaging(), imaging(None)) is None
    assert code(imaging(shown=CT, groups=CT)) is None, "the checks of images say so"
    assert code(imaging(parts=frozenset())) is None, "it may be of another part"


def test_every_record_that_is_called_for_is_known() -> None:
    shipped = data.read("records")
    keys = {row["key"] for name, part in (("checklists", "checklists"), ("conditions", "calls"))
            for row in data.read(name)[part]}  # fmt: skip
    assert set(shipped) <= keys
    for key in shipped:
        row = records_wanted(key)
        assert set(row["kinds"]) <= set(Kind.values)
        assert set(row.get("modalities", [])) <= set(missing.GROUPS)
    assert set(tomllib.loads(missing.DATA.read_text())["modalities"]) == set(
        missing.GROUPS.values()
    )


def open_codes(case: Case) -> dict[str, str]:
    jobs.run_all()
    return {row.code: queries.place_of(row) for row in queries.placed(limitations_for(case))
            if row.state == "open"}  # fmt: skip


def test_the_job_says_what_is_missing_and_takes_it_back(case: Case, maria: Person) -> None:
    day = clock.today() - timedelta(days=40)
    Case.objects.filter(pk=case.pk).update(state=State.SUBMITTED, submitted_at=clock.now())
    item = ChecklistItem.objects.create(
        case=case, key="pathology-report", kind="record",
        labels={"en": "The pathology report", "es": "El informe de patología"},
    )  # fmt: skip
    arrivals.receive_file(
        by=maria, case=case, name="report.txt", source=b"MRI of the brain\nNormal."
    )
    jobs.run_all()
    [record] = Record.objects.filter(case=case)
    records.describe(by=maria, record=record, kind="imaging_report", language="en", dated=day)
    assert open_codes(case) == {
        "images-missing": "report.txt", "record-missing": "The pathology report",
    }  # fmt: skip
    study = Study.objects.create(case=case, uid="1.2", date=day, description="Brain", source="x")
    Series.objects.create(study=study, uid="1.2.3", modality="MR", role=Series.Role.VOLUME)
    records.describe(by=maria, record=record, kind="imaging_report")
    assert set(open_codes(case)) == {"record-missing"}
    records.describe(by=maria, record=record, kind="clinic_letter")
    found = open_codes(case)
    assert found["report-missing"] == f"MR · Brain · {day:%Y-%m-%d}"
    ChecklistItem.objects.filter(pk=item.pk).update(state=ItemState.ANSWERED)
    records.describe(by=maria, record=record, kind="imaging_report")
    assert set(open_codes(case)) == {"record-missing"}, "an answer alone brings nothing"
    assert Finding.objects.get(case=case, state="open").advice == missing.ANSWERED
    ChecklistItem.objects.filter(pk=item.pk).update(state=ItemState.ARRIVED)
    records.describe(by=maria, record=record, kind="clinic_letter")
    records.describe(by=maria, record=record, kind="imaging_report")
    assert open_codes(case) == {}
    assert Finding.objects.filter(case=case, state="fixed").count() == 3
    jobs.run_all()
    assert not limitations_for(case).exists()
