"""How things vary between occasions: exact inverse transforms of one uniform, so that ranks are kept."""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np

from sim.rules.compiling import rule


class Family(IntEnum):
    """The families of laws a scenario can name."""

    FIXED = 0
    EXPONENTIAL = 1
    LOGNORMAL = 2
    GAMMA = 3
    WEIBULL = 4
    NORMAL = 5


# a, b: fixed (value, -); exponential (mean, -); log-normal (log-mean, log-SD); gamma (scale, row of the quantile
# table); Weibull (scale, 1/shape); normal (mean, SD). Values are cut at low and high.
LAW = np.dtype([("family", "i8"), ("a", "f8"), ("b", "f8"), ("low", "f8"), ("high", "f8")])

# The quantile table of a gamma law is even in the logit of u, so that both tails are resolved.
QUANTILE_POINTS = 2049
LOGIT_SPAN = 36.0

FAR = float(1 << 60)  # microseconds, 36,000 years: two of them can still be added


@rule
def normal_quantile(u: float) -> float:
    """The standard normal quantile (Wichura 1988, algorithm AS 241, about 16 digits)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        num = ((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r + 4.5921953931549871457e4) * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r + 1.3314166789178437745e2) * r + 3.3871328727963666080e0  # fmt: skip  # noqa: E501
        den = ((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r + 2.1213794301586595867e4) * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r + 4.2313330701600911252e1) * r + 1.0  # fmt: skip  # noqa: E501
        return q * num / den
    r = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-math.log(r))
    if r <= 5.0:
        r -= 1.6
        num = ((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r + 1.27045825245236838258e0) * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r + 4.63033784615654529590e0) * r + 1.42343711074968357734e0  # fmt: skip  # noqa: E501
        den = ((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r + 2.05319162663775882187e0) * r + 1.0  # fmt: skip  # noqa: E501
    else:
        r -= 5.0
        num = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r + 5.46378491116411436990e0) * r + 6.65790464350110377720e0  # fmt: skip  # noqa: E501
        den = ((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r + 5.99832206555887937690e-1) * r + 1.0  # fmt: skip  # noqa: E501
    x = num / den
    return -x if q < 0.0 else x


@rule
def draw(laws: np.recarray, quantiles: np.ndarray, which: int, u: float) -> float:
    """The value of law number `which`, one that varies, at the uniform u, in the law's unit (microseconds, cents, ...)."""
    law = laws[which]
    family = law.family
    if family == Family.EXPONENTIAL:
        x = -law.a * math.log(u)
    elif family == Family.LOGNORMAL:
        x = math.exp(law.a + law.b * normal_quantile(u))
    elif family == Family.GAMMA:
        place = (math.log(u / (1.0 - u)) / LOGIT_SPAN + 0.5) * (QUANTILE_POINTS - 1)
        j = min(max(int(place), 0), QUANTILE_POINTS - 2)
        row = int(law.b)
        share = place - j
        x = law.a * (quantiles[row, j] * (1.0 - share) + quantiles[row, j + 1] * share)
    elif family == Family.WEIBULL:
        x = law.a * (-math.log(u)) ** law.b
    else:
        x = law.a + law.b * normal_quantile(u)
    return min(max(x, law.low), law.high)


@rule
def waiting_time(u: float, mean_us: float) -> int:
    """A whole, positive number of microseconds from an exponential law with mean `mean_us`; at most FAR."""
    return int(min(max(-mean_us * math.log(u), 1.0), FAR))
