"""Who could take a case, and why: every point of the score is a sentence that the desk can read."""

from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from secondopinion.cases.models import Case
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.experts.models import ExpertProfile, OfferState

FIELD, CONDITION, LANGUAGE, LOAD = 10, 5, 2, -2  # points; declined or away: not suggested


@dataclass(slots=True)
class Suggestion:
    """An expert with a score and the reasons for it."""

    expert: ExpertProfile
    score: int = 0
    open_cases: int = 0
    reasons: list[str | Promise] = field(default_factory=list)

    def add(self, points: int, reason: str | Promise) -> None:
        self.score += points
        self.reasons.append(reason)


def suggest(case: Case) -> list[Suggestion]:
    """Return the experts who could take this case, the best first.

    Left out: who is away, who is full, who has no account any more, and who has been offered this
    very case before.
    """
    rows = (
        ExpertProfile.objects.filter(person__is_active=True)
        .filter(Q(away_until__isnull=True) | Q(away_until__lt=clock.today()))
        .exclude(
            pk__in=case.offers.exclude(state=OfferState.TAKEN_BACK).values_list("expert", flat=True)
        )
        .annotate(
            load=Count(
                "offers",
                filter=Q(
                    offers__state=OfferState.ACCEPTED,
                    offers__case__state__in=[State.IN_REVIEW, State.MORE_NEEDED],
                ),
                distinct=True,
            )
        )
        .select_related("person")
        .prefetch_related("specialties")
        .order_by("person__full_name")
    )
    told = f"{case.request.diagnosis} {case.request.history}".lower()
    found = []
    for row in rows:
        if row.load >= row.capacity:
            continue
        suggestion = Suggestion(expert=row, open_cases=row.load)
        if case.specialty_id in {each.pk for each in row.specialties.all()}:
            suggestion.add(FIELD, _("Works in this field"))
        else:
            suggestion.add(0, _("Another field"))
        for condition in row.conditions:
            if condition.lower() in told:
                suggestion.add(CONDITION, _("Knows: %(condition)s") % {"condition": condition})
        if case.language in row.languages:
            suggestion.add(LANGUAGE, _("Speaks the family’s language"))
        if row.load:
            words = ngettext_lazy("Has %(count)s open case", "Has %(count)s open cases", row.load)
            suggestion.add(LOAD * row.load, words % {"count": row.load})
        else:
            suggestion.add(0, _("Has no open case"))
        found.append(suggestion)
    return sorted(found, key=lambda each: -each.score)
