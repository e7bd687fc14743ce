"""All checks of a report, each doubt once."""

from datetime import date

from secondopinion.opinions.checking import doses, left_over, naming, plainness, sex, sides
from secondopinion.opinions.checking.found import Doubt, Facts, Texts


def examine(texts: Texts, facts: Facts, on: date) -> list[Doubt]:
    """Return what is doubtful in the texts of a report on a day, in the order of its fields."""
    written = {field: text for field, text in texts.items() if text.strip()}
    found = [
        *sides.check(written, facts.sources),
        *sex.check(written, facts.sex),
        *doses.check(written, facts.weight_on(on)),
        *left_over.check(written),
        *naming.check(written, facts),
        *plainness.check_summary(written),
        *plainness.check_answers(written),
    ]
    order = {field: place for place, field in enumerate(written)}
    once = {each.key: each for each in reversed(found)}
    return sorted(once.values(), key=lambda each: (order[each.field], each.start, each.check))
