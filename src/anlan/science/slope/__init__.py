"""Rain that moves slopes: thresholds of amount, of intensity and duration, a logistic of one county; weather risk.

Each relation knows the divisions and durations that it was made from and refuses others, unless a person enables it by
hand; then the result says so.
"""

from anlan.science.slope.risk import Risk, effective_rain, geohazard_risk
from anlan.science.slope.thresholds import Amounts, IntensityDuration, Logistic, Reach, slope_rule

__all__ = [
    "Amounts",
    "IntensityDuration",
    "Logistic",
    "Reach",
    "Risk",
    "effective_rain",
    "geohazard_risk",
    "slope_rule",
]
