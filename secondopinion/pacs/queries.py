"""Reads of what is fetched and forwarded; the case has been looked up for the reader before."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from secondopinion.arrivals.models import ArrivedFile
from secondopinion.cases.models import Case
from secondopinion.cases.states import State
from secondopinion.findings.models import Severity
from secondopinion.findings.queries import doubts
from secondopinion.imaging.models import Instance, Study
from secondopinion.pacs.models import Fetch, Forward, Forwarded

# From here on the desk has looked at everything, and the case is on its way to a specialist.
FORWARDED_STATES = (
    State.READY, State.OFFERED, State.IN_REVIEW, State.MORE_NEEDED, State.REPORTED,
    State.FOLLOW_UP,
)  # fmt: skip
MOST_TRIES = 6  # of one instance that is refused


def fetches(case: Case) -> QuerySet[Fetch]:
    """Return what is and was fetched, the latest first, each with what became of its instances:
    `taken`, `doubled`, `refused`, `aside`."""

    def counted(**those: str) -> Count:
        rule = Q(**{f"upload__files__{key}": value for key, value in those.items()})
        return Count("upload__files", filter=rule)

    return Fetch.objects.filter(case=case).annotate(
        taken=counted(outcome=ArrivedFile.Outcome.IMAGE),
        aside=counted(code="conflict"),
        doubled=counted(outcome=ArrivedFile.Outcome.DUPLICATE),
        refused=counted(outcome=ArrivedFile.Outcome.REFUSED),
        settled=Count("upload__files"),
    )


def held_back(case: Case) -> QuerySet[Study]:
    """Return the studies that may be another child's, by a finding that nobody has settled."""
    open_ones = doubts(case).exclude(severity=Severity.INFO)
    studies = Study.objects.filter(case=case)
    if open_ones.filter(subject_id=case.pk).exists():  # more than one patient: which, is not known
        return studies
    return studies.filter(pk__in=open_ones.filter(subject_kind="study").values("subject_id"))


def to_forward(case: Case, server: str) -> QuerySet[Instance]:
    """Return the instances that a server ought to have: none that are set aside as a conflict or
    taken out, none that came from it, none of a study that is held back."""
    from_there = ArrivedFile.objects.filter(
        upload__fetch__case=case, upload__fetch__server=server, code="",
        outcome=ArrivedFile.Outcome.IMAGE,
    )  # fmt: skip
    return (
        Instance.objects.filter(series__study__case=case, series__removed_at=None, aside=False)
        .exclude(series__study__in=held_back(case))
        .exclude(uid__in=from_there.values("name"))
    )


def waiting(forward: Forward) -> QuerySet[Instance]:
    """Return the instances that are to be sent now, in the order of their series."""
    told = Forwarded.objects.filter(forward=forward, instance=OuterRef("pk"))
    final = told.exclude(outcome=Forwarded.Outcome.REFUSED, tries__lt=MOST_TRIES)
    return to_forward(forward.case, forward.server).exclude(Exists(final)).order_by(
        "series_id", "position", "number", "uid"
    )  # fmt: skip


@dataclass(slots=True)
class Forwarding:
    """How far the images of a case are on their way to the hospital's PACS."""

    row: Forward | None
    total: int
    held: int  # studies
    begun: bool  # whether the case is in a state from which images are forwarded
    counts: dict[str, int] = field(default_factory=dict)  # by outcome
    reasons: list[tuple[str, int, int]] = field(default_factory=list)  # outcome, status, how many

    @property
    def sent(self) -> int:
        """How many are there, with a warning or without."""
        return sum(self.counts.get(each, 0) for each in ("stored", "warned"))


def forwarding(case: Case, server: str) -> Forwarding:
    """Return how far a case is."""
    row = Forward.objects.filter(case=case, server=server).first()
    found = Forwarding(
        row, to_forward(case, server).count(), held_back(case).count(),
        case.state in FORWARDED_STATES,
    )  # fmt: skip
    if row is not None:
        by_reason = row.instances.values_list("outcome", "status").annotate(count=Count("pk"))
        for outcome, status, count in by_reason.order_by("outcome", "status"):
            found.counts[outcome] = found.counts.get(outcome, 0) + count
            if outcome != Forwarded.Outcome.STORED:
                found.reasons.append((outcome, status, count))
    return found


def cases_to_look_at(server: str, now: object) -> list[UUID]:
    """Return the cases whose images are to be forwarded, or looked at again."""
    looked = Forward.objects.filter(case=OuterRef("pk"), server=server)
    fresh = Case.objects.filter(~Exists(looked), state__in=FORWARDED_STATES)
    due = Forward.objects.filter(server=server, next_at__lte=now)
    return [*fresh.values_list("pk", flat=True), *due.values_list("case_id", flat=True)]


def troubled_forwards() -> QuerySet[Forward]:
    """Return where forwarding is stuck, for the operator: the server's trouble, or refusals."""
    refusals = Count("instances", filter=Q(instances__outcome=Forwarded.Outcome.REFUSED))
    return (
        Forward.objects.annotate(refusals=refusals, reference=F("case__reference"))
        .filter(~Q(code="") | Q(refusals__gt=0))
        .order_by("-next_at")
    )
