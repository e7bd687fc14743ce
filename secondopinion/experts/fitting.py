"""Whether an expert may have a part in a case that is not offered to them: as one of a panel, as
second reader, or to answer questions in the place of another."""

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.experts.facts import with_ties
from secondopinion.experts.models import Kind
from secondopinion.experts.queries import profile
from secondopinion.experts.rules import must_be_allowed, must_take


def must_fit(person: Person, case: Case, *kinds: Kind) -> None:
    """Hold when a specialist takes these kinds of case, may advise in the country of this one, and
    has no conflict of interest in it. Of who stands in no directory nothing is known.

    Raises:
        Refused: with what stands in the way.
    """
    expert = profile(person)
    if expert is None:
        return
    for kind in kinds:
        must_take(expert, kind)
    must_be_allowed(with_ties(expert), case)
