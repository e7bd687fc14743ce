"""Z-scores and centiles by the LMS method.

Cole TJ, Green PJ. Smoothing reference centile curves: the LMS method and penalized likelihood.
Statistics in Medicine 1992;11:1305-1319.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

from secondopinion.growth.references import LMS, Measure, Reference, lms

PRETERM = 37  # weeks; born before them, a child is measured by its corrected age
TERM = 40  # weeks
CORRECTED_UNTIL = 730.5  # days: 24 months
_NORMAL = NormalDist()
_TAIL = 3.0
# Beyond three deviations WHO goes on in straight lines where the distribution is skewed: weight
# and BMI (WHO Child Growth Standards: Methods and development, 2006, chapter 7).
_STRAIGHT = {Measure.WEIGHT, Measure.BMI}
# Beyond these a number is more likely a slip than a child (the flags of WHO Anthro).
_LIKELY = {
    Measure.WEIGHT: (-6, 5), Measure.HEIGHT: (-6, 6), Measure.BMI: (-5, 5), Measure.HEAD: (-5, 5),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """Where a value stands among children of the same age and sex."""

    reference: Reference
    z: float
    likely: bool  # False: look at the number again

    @property
    def centile(self) -> float:
        """The share of children, from 0 to 100, whose value is lower."""
        return 100 * _NORMAL.cdf(self.z)


def z_of_centile(centile: float) -> float:
    """Return the z-score of a centile between 0 and 100."""
    return _NORMAL.inv_cdf(centile / 100)


def corrected(days: int, gestation_weeks: int | None) -> int:
    """Return the age in days counted from term, for who was born before 37 weeks, to 24 months."""
    if gestation_weeks is None or gestation_weeks >= PRETERM or days >= CORRECTED_UNTIL:
        return days
    return days - 7 * (TERM - gestation_weeks)


def value_at(z: float, found: LMS) -> float:
    """Return the value that has a z-score."""
    if not found.power:
        return found.median * math.exp(found.variation * z)
    base = 1 + found.power * found.variation * z
    if base <= 0:  # so far out, the distribution has no value
        return math.inf if found.power < 0 else 0
    return float(found.median * base ** (1 / found.power))


def z_of(value: float, found: LMS, *, straight: bool = False) -> float:
    """Return the z-score of a value above 0."""
    ratio = value / found.median
    if found.power:
        z = (ratio**found.power - 1) / (found.power * found.variation)
    else:
        z = math.log(ratio) / found.variation
    if not straight or abs(z) <= _TAIL:
        return z
    end = math.copysign(_TAIL, z)
    edge, inner = value_at(end, found), value_at(end - math.copysign(1, z), found)
    return end + math.copysign(1, z) * (value - edge) / (edge - inner)


def score(
    measure: Measure, *, sex: str, days: int, value: float, reference: Reference
) -> Score | None:
    """Return where a value stands at an age in days (corrected, where that applies).

    Returns:
        Nothing where the reference describes no child of this age and sex.
    """
    found = lms(reference, measure, sex, days)
    if found is None or value <= 0:
        return None
    z = z_of(value, found, straight=is_straight(reference, measure))
    lowest, highest = _LIKELY[measure]
    return Score(reference, z, lowest <= z <= highest)


def is_straight(reference: Reference, measure: Measure) -> bool:
    """Say whether a reference goes on in straight lines beyond three deviations."""
    return reference == Reference.WHO and measure in _STRAIGHT
