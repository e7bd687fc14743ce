"""The past of the demonstration: cases of the last year that are over, made by the real actions as
if each had been done on its day. Without them the director's figures would say nothing, and no
forecast would have come due."""

import random
from datetime import datetime, timedelta
from functools import cache

from django.db import transaction
from django.utils.translation import override

from secondopinion.accounts.models import Person
from secondopinion.cases import actions
from secondopinion.cases.actions.foreseeing import foresee
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.demo.people import Family
from secondopinion.demo.walk import Walk
from secondopinion.experts import actions as experts
from secondopinion.opinions import actions as opinions
from secondopinion.opinions.models import Delivery
from secondopinion.outcomes import actions as outcomes
from secondopinion.outcomes import asking

CASES = 26  # more than the forecasts of a stage that the director's page wants before it judges
APART = timedelta(days=11, hours=5)  # so that they fill the year, and hardly overlap
LATEST = timedelta(days=45)  # ago: its family has told how it went
READ_AFTER = timedelta(hours=3)
SEED = 11
# From one state to the next, in hours: the least and the most.
_TAKES = {
    "submitted": (1, 1), "collecting": (2, 30), "ready": (20, 150), "offered": (2, 20),
    "in_review": (4, 60), "reported": (48, 230), "follow_up": (1, 20), "closed": (31 * 24, 33 * 24),
}  # fmt: skip
_PLACES = (
    ("MX", "America/Mexico_City"), ("KE", "Africa/Nairobi"), ("CO", "America/Bogota"),
    ("NG", "Africa/Lagos"), ("AE", "Asia/Dubai"), ("GH", "Africa/Accra"),
)  # fmt: skip
_ILL = {
    "brain-and-nerves": ("Focal epilepsy", "Two seizures from sleep.", "Levetiracetam 250 mg"),
    "cancer-and-blood": ("Anaemia with low platelets", "Tired and pale for weeks.", "None"),
    "bones-and-joints": ("Lesion of the femur", "Pain above the knee.", "Ibuprofen when needed"),
}
_QUESTIONS = ("Is the diagnosis right?", "Is the treatment right?", "May our child do sports?")
_GIVEN = ("Ada", "Ben", "Chidi", "Dina", "Efua", "Farah", "Grace", "Hamza", "Ivy", "Jomo", "Kwame",
          "Lina", "Musa")  # fmt: skip
_SURNAMES = ("Adeyemi", "Bautista", "Cole", "Danso", "Evans", "Farooq", "Githinji")


@cache
def families() -> tuple[Family, ...]:
    """Return the families of the past, the earliest first."""
    return tuple(_family(number) for number in range(CASES))


def _family(number: int) -> Family:
    country, zone = _PLACES[number % len(_PLACES)]
    field = tuple(_ILL)[number % len(_ILL)]
    surname = _SURNAMES[number % len(_SURNAMES)]
    questions = _QUESTIONS[: 3 if field == "brain-and-nerves" else 2]
    return Family(
        f"past.{number + 1}@family.example", f"Robin {surname}", "", "en", zone,
        f"{_GIVEN[number % len(_GIVEN)]} {surname}", "",
        f"{2012 + number % 9}-{1 + number % 12:02}-{1 + number:02}", "FM"[number % 2], country,
        field, "Dr. Sam Home", "District hospital", *_ILL[field], questions, "", "long_closed",
    )  # fmt: skip


def ensure(staff: dict[str, Person]) -> None:
    """Make what is missing of the past, each case wholly or not at all."""
    had = set(
        Case.objects.filter(participations__person__email__startswith="past.").values_list(
            "participations__person__email", flat=True
        )
    )
    last = clock.now() - LATEST - timedelta(hours=sum(most for _, most in _TAKES.values()) / 2)
    for number, family in enumerate(families()):
        if family.email not in had:
            began = last - (CASES - 1 - number) * APART
            dice = random.Random(f"{SEED} {number}")  # noqa: S311 - the same past every time
            _Earlier(family, staff, began, dice).run()


class _Earlier(Walk):
    """A case that was closed long ago, without files; its forecasts are made on their days."""

    def __init__(
        self, family: Family, staff: dict[str, Person], began: datetime, dice: random.Random
    ) -> None:
        super().__init__(family, staff)
        self.began, self.dice = began, dice

    @property
    def pays(self) -> bool:
        """Most families paid."""
        return self.family.country in {"MX", "CO", "AE", "NG"}

    @transaction.atomic
    def run(self) -> None:
        instant = self.began
        with override(self.family.language):
            for state in self.way:
                instant += timedelta(hours=self.dice.uniform(*_TAKES.get(state, (0, 0))))
                with clock.as_if_at(instant):
                    getattr(self, f"_{state}")()
                    foresee()

    def _offered(self) -> None:
        self.offer = experts.offer(
            by=self.coordinator, case=self.case, expert=self.specialist.expert
        )

    def _follow_up(self) -> None:
        opinions.deliver(by=self.coordinator, case=self.case)
        with clock.as_if_at(clock.now() + READ_AFTER):
            for each in Delivery.objects.filter(report__case=self.case):
                opinions.open_report(by=each.to, report=each.report, proven=True)

    def _closed(self) -> None:
        asking.ask_due()
        say = self.dice.choice
        outcomes.tell_outcome(
            by=self.parent, case=self.case, day=30,
            changed=say(("treatment", "treatment", "diagnosis", "nothing")),
            satisfied=say(("yes", "yes", "partly")), recommends=say(("yes", "yes", "perhaps")),
        )  # fmt: skip
        actions.close(by=self.coordinator, case=self.case)
