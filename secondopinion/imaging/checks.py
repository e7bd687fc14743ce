"""Checks of images as they arrive: the same child, complete, good enough. Part 2 goes deeper."""

from itertools import pairwise
from statistics import median

from django.db.models import Count
from django.utils.translation import gettext_noop

from secondopinion.findings.actions import Found, replace
from secondopinion.findings.models import Severity
from secondopinion.imaging.metadata import value_of
from secondopinion.imaging.models import Series, Study

GEOMETRY, IDENTITY = "geometry@1", "identity@1"
GAP = 1.5  # times the usual distance between slices
THICK = 5.0  # mm; beyond it small things between slices can be missed

# Kept in English and translated where they are shown.
MISSING = gettext_noop("Some images in the middle of a series are missing.")
SEND_AGAIN = gettext_noop("Ask for the whole disc or folder once more, and send all of it.")
THICK_WORDS = gettext_noop("The slices of this series are thick. Small things may not show.")
ASK_THIN = gettext_noop("Ask the hospital that made the images if there are thinner slices.")
CONFLICT = gettext_noop("Two different images carry the same number. Both are kept.")
LOSSY = gettext_noop("These images were compressed, and fine detail was lost.")
OTHER_DAY = gettext_noop("The date of birth in the images is not the child’s.")
OTHER_SEX = gettext_noop("The sex in the images is not the child’s.")
CHECK_CHILD = gettext_noop("Check that these images are of this child.")
TWO = gettext_noop("These images carry more than one patient’s name.")


def check_series(series: Series) -> None:
    """Say what is wrong with the geometry and the making of a series."""
    found: list[Found] = []
    where = {"series": series.uid}
    rows = list(series.instances.only("uid", "position", "frames"))
    twice = series.instances.values("uid").annotate(count=Count("pk")).filter(count__gt=1).count()
    if twice:
        found.append(Found("conflict", Severity.WARNING, CONFLICT, where=where,
                           measured={"instances": twice}))  # fmt: skip
    positions = sorted({round(row.position, 3) for row in rows if row.position is not None})
    if series.role == Series.Role.VOLUME and len(positions) >= 5:
        steps = [after - before for before, after in pairwise(positions)]
        usual = median(steps)
        gaps = [step for step in steps if usual > 0 and step > GAP * usual]
        if gaps and len(gaps) <= len(steps) // 4:
            found.append(
                Found(
                    "missing-slices", Severity.WARNING, MISSING, SEND_AGAIN, where=where,
                    measured={"gaps": len(gaps), "median_mm": round(usual, 3),
                              "max_mm": round(max(gaps), 3)},
                    confidence=0.9,
                )
            )  # fmt: skip
    first = series.instances.first()
    if first is not None and series.role == Series.Role.VOLUME:
        thickness = value_of(first, "00180050")
        if isinstance(thickness, int | float) and thickness > THICK:
            found.append(Found("thick-slices", Severity.WARNING, THICK_WORDS, ASK_THIN,
                               where=where, measured={"thickness_mm": thickness}))  # fmt: skip
        if value_of(first, "00282110") == "01":
            found.append(Found("lossy-compression", Severity.WARNING, LOSSY, where=where))
    replace(case=series.study.case, subject=series, check=GEOMETRY, found=found)


def check_study(study: Study) -> None:
    """Say whether the images seem to be another child's. A name alone decides nothing: images are
    often made anonymous, and names have many spellings."""
    child, found = study.case.child, []
    where = {"study": study.uid}
    if study.patient_birth_date and child.birth_date:
        same = study.patient_birth_date == child.birth_date
        # Anonymous images often keep the year, or carry the first day of one.
        shortened = (study.patient_birth_date.month, study.patient_birth_date.day) == (1, 1)
        if not same and not shortened:
            found.append(Found("not-this-child", Severity.BLOCKER, OTHER_DAY, CHECK_CHILD,
                               where=where, confidence=0.9))  # fmt: skip
    if {study.patient_sex, child.sex} == {"F", "M"}:
        found.append(Found("not-this-child", Severity.WARNING, OTHER_SEX, CHECK_CHILD,
                           where=where | {"tag": "00100040"}, confidence=0.8))  # fmt: skip
    names = {
        (each.patient_name, each.patient_id)
        for each in Study.objects.filter(case=study.case)
        if each.patient_name or each.patient_id
    }
    replace(case=study.case, subject=study, check=IDENTITY, found=found)
    several = [Found("more-than-one-patient", Severity.WARNING, TWO, CHECK_CHILD,
                     measured={"patients": len(names)})] if len(names) > 1 else []  # fmt: skip
    replace(case=study.case, subject=study.case, check="patients@1", found=several)
