"""Whose images these are: against the request, and whether a disk holds more than one patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from secondopinion.findings import names
from secondopinion.findings.found import BLOCKER, INFO, WARNING, Found, gettext_noop
from secondopinion.imaging.checks.model import Image, Patient, Study

NAME, PATIENTS, MADE = "identity@5", "patients@4", "made@2"
MOST_LISTED = 200
YEARS_APART = 2  # that a year of birth may be off in images that were made anonymous
ADULT_AT = 18  # years
FIRST_BORN = 1905
UNBORN = timedelta(days=300)  # images of a child before its birth are its own

OTHER_DAY = gettext_noop("The date of birth in the images is not the child’s.")
OTHER_YEAR = gettext_noop("The year of birth in the images is not the child’s.")
OTHER_CHILD = gettext_noop("The name and the date of birth in the images are not the child’s.")
OTHER_NAME = gettext_noop("The name in the images is not the child’s.")
PARTLY = gettext_noop("A part of the name in the images is not the child’s.")
OTHER_SEX = gettext_noop("The sex in the images is not the child’s.")
TWO = gettext_noop("These images carry more than one patient’s name.")
BEFORE_BIRTH = gettext_noop("These images were made long before the child was born.")
CHECK_CHILD = gettext_noop("Check that these images are of this child.")
SORT_OUT = gettext_noop(
    "Check whose images these are. What is somebody else’s must not stay here: "
    "take it out, or tell us."
)


@dataclass(frozen=True, slots=True)
class Child:
    """The child of the request: spellings of the name, birth date, sex (F, M, O or nothing)."""

    names: tuple[str, ...] = ()
    birth_date: date | None = None
    sex: str = ""


def day(text: str) -> date | None:
    """Return a date of DICOM (PS3.5, 6.2: YYYYMMDD), or None."""
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return None


def check_child(study: Study, child: Child) -> list[Found]:
    """Return whether the images of a study seem to be another child's.

    A name alone blocks nothing: images are often made anonymous, and names have many spellings.
    """
    found: dict[str, Found] = {}
    for patient, images in _by_patient(study.images).items():
        where: dict[str, object] = {"study": study.uid}
        if len(images) < len(study.images):
            where["instances"] = [row.uid for row in images][:MOST_LISTED]
        said = _about_name_and_day(patient, child, where)
        if said is None:
            said = _about_year(patient, child, day(study.date), where)
        for each in (said, _about_sex(patient, child, where)):
            if each is not None:
                found.setdefault(repr((each.code, each.message, each.where)), each)
    return list(found.values())


def check_made(study: Study, child: Child) -> list[Found]:
    """Return whether a study was made so long before the child's birth that it is another's."""
    made = day(study.date)
    if made is None or child.birth_date is None or made >= child.birth_date - UNBORN:
        return []
    where: dict[str, object] = {"study": study.uid, "tag": "00080020"}
    told = {"date": made.isoformat()}
    return [Found("not-this-child", BLOCKER, BEFORE_BIRTH, CHECK_CHILD, where, told, 0.9)]


def marks(name: tuple[str, ...], birth_date: date | None, child: Child) -> list[str]:
    """Return how an image says that it is another's, for who looks at it: ``name``, ``nobody`` (a
    name stands there that names nobody), ``birth``."""
    found = []
    if names.compare(child.names, name) == names.DIFFERENT:
        found.append("name")
    elif any(name) and not any(map(names.given, name)):
        found.append("nobody")
    if birth_date and child.birth_date and not _same_day(birth_date, child.birth_date):
        found.append("birth")
    return found


def _about_name_and_day(patient: Patient, child: Child, where: dict[str, object]) -> Found | None:
    verdict = names.compare(child.names, patient.name)
    theirs = day(patient.birth_date)
    if theirs and (theirs.month, theirs.day) == (1, 1) and not any(map(names.given, patient.name)):
        theirs = None  # what stands there when a name and a date were taken away
    other_day = bool(theirs and child.birth_date and not _same_day(theirs, child.birth_date))
    same_day = bool(theirs and child.birth_date and theirs == child.birth_date)
    code, where = "not-this-child", where | {"tag": "00100010"}
    if other_day and verdict == names.DIFFERENT:
        return Found(code, BLOCKER, OTHER_CHILD, CHECK_CHILD, where, {}, 0.97)
    if other_day:
        near = verdict == names.SAME
        return Found(code, WARNING if near and _slip(theirs, child.birth_date) else BLOCKER,
                     OTHER_DAY, CHECK_CHILD, where, {}, 0.7 if near else 0.9)  # fmt: skip
    if verdict == names.DIFFERENT:
        return Found(code, WARNING, OTHER_NAME, CHECK_CHILD, where, {}, 0.5 if same_day else 0.7)
    if verdict == names.LIKE:
        return Found(code, INFO if same_day else WARNING, PARTLY, CHECK_CHILD, where, {},
                     0.3 if same_day else 0.5)  # fmt: skip
    return None


def _about_year(
    patient: Patient, child: Child, made: date | None, where: dict[str, object]
) -> Found | None:
    """Compare the year that is left of a birth date whose day and month were taken away. A year in
    which nobody who is alive was born was put there with them, and tells nothing."""
    theirs = day(patient.birth_date)
    if theirs is None or (theirs.month, theirs.day) != (1, 1) or theirs.year < FIRST_BORN:
        return None
    if child.birth_date is not None:
        other = abs(theirs.year - child.birth_date.year) > YEARS_APART
    else:
        other = made is not None and made.year - theirs.year > ADULT_AT
    if other:
        return Found("not-this-child", WARNING, OTHER_YEAR, CHECK_CHILD,
                     where | {"tag": "00100030"}, {"year": theirs.year}, 0.7)  # fmt: skip
    return None


def _about_sex(patient: Patient, child: Child, where: dict[str, object]) -> Found | None:
    if {patient.sex, child.sex} != {"F", "M"}:
        return None
    return Found("not-this-child", WARNING, OTHER_SEX, CHECK_CHILD, where | {"tag": "00100040"},
                 {}, 0.8)  # fmt: skip


def _same_day(theirs: date, ours: date) -> bool:
    """Anonymous images often keep the year, or carry the first day of one."""
    return theirs == ours or ((theirs.month, theirs.day) == (1, 1) and theirs.year == ours.year)


def _slip(theirs: date | None, ours: date | None) -> bool:
    """Say whether two dates differ by what a typist does: day and month exchanged, one digit."""
    if theirs is None or ours is None:
        return False
    if theirs.year == ours.year and (theirs.day, theirs.month) == (ours.month, ours.day):
        return True
    pairs = zip(f"{theirs:%Y%m%d}", f"{ours:%Y%m%d}", strict=True)
    return sum(one != other for one, other in pairs) == 1


def patients_of(images: Iterable[Image]) -> list[list[Patient]]:
    """Return the patients of a disk: spellings and numbers of one person together."""
    people: list[list[Patient]] = []
    for patient in _by_patient(images):
        if not (any(patient.name) or patient.id):
            continue
        person = next((each for each in people if _same_person(each[0], patient)), None)
        if person is None:
            people.append([patient])
        else:
            person.append(patient)
    return people


def check_patients(images: list[Image], child: Child | None) -> list[Found]:
    """Return whether a disk, or a case, holds images of more than one patient. Those who are astray
    are the others than the child; where no name is the child's, than who has most images."""
    people = patients_of(images)
    if len(people) < 2:
        return []
    members = {patient: at for at, person in enumerate(people) for patient in person}
    sizes = [0] * len(people)
    for row in images:
        if row.patient in members:
            sizes[members[row.patient]] += 1
    ours = child.names if child else ()
    same = [
        at for at, person in enumerate(people)
        if any(names.compare(ours, each.name) == names.SAME for each in person)
    ]  # fmt: skip
    most = max(same or range(len(people)), key=sizes.__getitem__)
    astray = [row.uid for row in images if members.get(row.patient, most) != most]
    named = all(any(names.given(each) for each in person[0].name) for person in people)
    return [
        Found("more-than-one-patient", BLOCKER if named else WARNING, TWO, SORT_OUT,
              {"instances": astray[:MOST_LISTED]},
              {"patients": len(people), "images": sizes[:20]}, 0.9 if named else 0.6)
    ]  # fmt: skip


def _same_person(one: Patient, other: Patient) -> bool:
    verdict = names.compare(one.name, other.name)
    ours, theirs = day(one.birth_date), day(other.birth_date)
    days_differ = bool(ours and theirs and not (_same_day(ours, theirs) or _same_day(theirs, ours)))
    if {one.sex, other.sex} == {"F", "M"}:
        return False
    if days_differ:
        # A slip of the pen under one name and one number is still one person.
        return verdict == names.SAME and one.id == other.id and _slip(ours, theirs)
    if verdict == names.SAME:
        return True
    if verdict == names.UNKNOWN:  # a name is missing, or in letters that say nothing
        return one.id == other.id or not (one.id and other.id) or bool(ours and ours == theirs)
    return verdict == names.LIKE and bool(one.id) and one.id == other.id


def _by_patient(images: Iterable[Image]) -> dict[Patient, list[Image]]:
    found: dict[Patient, list[Image]] = {}
    for row in images:
        found.setdefault(row.patient, []).append(row)
    return found
