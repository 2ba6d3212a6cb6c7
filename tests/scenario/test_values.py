"""Units, kinds of number, laws and uncertainties become the canonical values they mean."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import Law, Quantity
from sim.scenario.errors import ValueFault
from sim.scenario.kinds import Count, Duration, Factor, Kind, LawOf, Money, Rate, Share, TimeOfDay, TimePer, Written

YEARLY = Money(name="MoneyPerYear", unit="USD per year", per="year")
FEE = Money(name="Fee", unit="USD per participant-month", per="participant-month")
MEETINGS = TimePer(name="Meetings", unit="days per month", per="month", high=30.0)


def quantity(kind: Kind, data: object) -> Quantity:
    value = kind.parse(Written(data, "a source"))
    assert isinstance(value, Quantity)
    return value


def law(data: object, of: Kind | None = None) -> Law:
    value = LawOf(of=of or Duration()).parse(Written(data, "a source"))
    assert isinstance(value, Law)
    return value


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        (Duration(), "2 weeks", 14.0),
        (Duration(), "1 week", 7.0),
        (Duration(), "45 minutes", 45 / 1440),
        (Duration(), "12 months", 365.25),
        (Duration(), "1 month", 365.25 / 12),
        (Duration(), "3 years", 3 * 365.25),
        (Duration(), "90 seconds", 90 / 86400),
        (Duration(), "5 milliseconds", 5 / 86_400_000),
        (Duration(), "1 microseconds", 1 / 86_400_000_000),
        (Duration(), "1.5e1 days", 15.0),
        (Duration(), {"value": 100, "unit": "days"}, 100.0),
        (Duration(), {"value": 36, "unit": "hours"}, 1.5),
        (Rate(), 0.02, 0.02),
        (Rate(), {"value": 0.02, "unit": "per year"}, 0.02),
        (Rate(), {"value": 0.02, "unit": "per month"}, 0.24),
        (Rate(), {"value": 1, "unit": "per week"}, 365.25 / 7),
        (Rate(), {"value": 1, "unit": "per day"}, 365.25),
        (Rate(), {"value": 1, "unit": "per hour"}, 8766.0),
        (Rate(), {"value": 1, "unit": "per 30 days"}, 365.25 / 30),
        (Rate(), "0.5 per 2 weeks", 0.5 * 365.25 / 14),
        (Money(), "115000 USD", 115000.0),
        (Money(), {"value": 12, "unit": "USD"}, 12.0),
        (YEARLY, "60000 USD", 60000.0),
        (YEARLY, {"value": "5000 USD", "unit": "per month"}, 60000.0),
        (YEARLY, "5000 USD per month", 60000.0),
        (FEE, {"value": "120 USD", "unit": "per participant-month"}, 120.0),
        (FEE, {"value": "1440 USD", "unit": "per participant-year"}, 120.0),
        (TimePer(), "7 hours", 7 / 24),
        (TimePer(), {"value": "35 hours", "unit": "per week"}, 35 / 24 / 7),
        (MEETINGS, {"value": "8 hours", "unit": "per month"}, 8 / 24),
        (MEETINGS, {"value": "2 hours", "unit": "per week"}, 2 / 24 * 365.25 / 12 / 7),
        (TimeOfDay(), "08:30", 8.5 / 24),
        (TimeOfDay(), "24:00", 1.0),
        (Share(), 1, 1.0),
        (Share(), {"count": 12, "of": 50}, 0.24),
        (Rate(), {"count": 120, "person_years": 300}, 0.4),
        (Factor(), {"rr": 0.82}, 0.82),
        (Factor(), {"hr": 1.5}, 1.5),
        (Count(), 15230, 15230.0),
    ],
)
def test_a_value_in_its_canonical_unit(kind: Kind, data: object, expected: float) -> None:
    assert quantity(kind, data).value == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Duration(), 14),
        (Duration(), "14"),
        (Duration(), "1 fortnight"),
        (Duration(), "300 years"),
        (Duration(), "-1 days"),
        (Duration(), math.inf),
        (Rate(), "0.5"),
        (Rate(), {"value": 0.1, "unit": "per patient"}),
        (Rate(), {"value": 0.1, "unit": "per 0 days"}),
        (Rate(), {"value": 0.1, "unit": "year"}),
        (Money(), "12 USD per year"),
        (Money(), {"value": "12 USD", "unit": "per year"}),
        (FEE, {"value": "120 USD", "unit": "per year"}),
        (Share(), 1.0000001),
        (Share(), -0.0000001),
        (Share(), math.nan),
        (Share(), True),
        (Share(), None),
        (Share(), [0.5]),
        (Share(), {"count": 1, "of": 0}),
        (Share(), {"rr": 0.5}),
        (Factor(), {"rr": 0}),
        (Factor(), {"value": 0.5, "rr": 0.5}),
        (Rate(), {"count": 1, "of": 2}),
        (Count(), 0.5),
        (TimeOfDay(), "24:01"),
        (TimeOfDay(), "8h"),
        (TimeOfDay(), "08:60"),
        (Share(), {"value": 0.5, "grade": "published", "source": "x", "weight": 1}),
    ],
)
def test_a_value_that_is_refused(kind: Kind, data: object) -> None:
    with pytest.raises(ValueFault):
        kind.parse(Written(data, "a source"))


@pytest.mark.parametrize(
    ("data", "family", "mean", "sd"),
    [
        ("1 hours", "fixed", 1 / 24, 0.0),
        ({"fixed": "1 hours"}, "fixed", 1 / 24, 0.0),
        ({"value": "1 hours"}, "fixed", 1 / 24, 0.0),
        ({"mean": "1 hours", "sd": "0 hours"}, "fixed", 1 / 24, 0.0),
        ({"mean": "10 days"}, "exponential", 10.0, 10.0),
        ({"mean": "10 days", "law": "fixed"}, "fixed", 10.0, 0.0),
        ({"mean": "5 days", "sd": "4.6 days"}, "lognormal", 5.0, 4.6),
        ({"mean": "5 days", "cv": 0.8}, "lognormal", 5.0, 4.0),
        ({"mean": "5 days", "sd": "2 days", "law": "normal"}, "normal", 5.0, 2.0),
        ({"mean": 5, "sd": 2, "unit": "weeks"}, "lognormal", 35.0, 14.0),
        ({"mean": "25 days", "shape": 1.6}, "gamma", 25.0, 25 / math.sqrt(1.6)),
        ({"mean": "25 days", "sd": "5 days", "law": "gamma"}, "gamma", 25.0, 5.0),
        ({"mean": "25 days", "shape": 1.0, "law": "weibull"}, "weibull", 25.0, 25.0),
        ({"median": "18 days", "mean": "70 days"}, "lognormal", 70.0, 70 * math.sqrt((70 / 18) ** 2 - 1)),
    ],
)
def test_a_law_by_the_parameters_that_people_publish(data: object, family: str, mean: float, sd: float) -> None:
    value = law(data)
    assert (value.family, value.unit) == (family, "days")
    assert value.mean == pytest.approx(mean, rel=1e-12)
    assert value.sd == pytest.approx(sd, rel=1e-12)


def test_quartiles_make_the_log_normal_that_has_them() -> None:
    value = law({"median": "20 days", "iqr": ["10 days", "40 days"]})
    variance = math.log1p((value.sd / value.mean) ** 2)
    assert value.mean / math.exp(variance / 2) == pytest.approx(20.0)
    assert 20.0 * math.exp(0.6744897501960817 * math.sqrt(variance)) == pytest.approx(40.0)


def test_a_weibull_shape_is_found_from_its_spread() -> None:
    value = law({"mean": "10 days", "sd": "5.2272320 days", "law": "weibull"})
    assert value.shape == pytest.approx(2.0, rel=1e-6)


def test_bounds_of_a_law() -> None:
    value = law({"mean": "5 days", "sd": "4 days", "min": "12 hours", "max": "60 days"})
    assert (value.minimum, value.maximum) == (0.5, 60.0)
    assert (law("5 days").minimum, law("5 days").maximum) == (None, None)


def test_a_risk_ratio_becomes_the_log_normal_it_means() -> None:
    unknown = quantity(Factor(), {"rr": 0.82, "ci95": [0.73, 0.91]}).uncertainty
    assert unknown is not None
    assert unknown.family == "lognormal"
    assert unknown.mu == pytest.approx(math.log(0.82))
    assert unknown.sigma == pytest.approx(math.log(0.91 / 0.73) / (2 * 1.959963984540054))


def test_counts_say_how_uncertain_they_are() -> None:
    share = quantity(Share(), {"count": 12, "of": 50}).uncertainty
    rate = quantity(Rate(), {"count": 120, "person_years": 300}).uncertainty
    assert share is not None
    assert rate is not None
    assert (share.family, share.alpha, share.beta) == ("beta", 12.5, 38.5)
    assert (rate.family, rate.alpha, rate.beta) == ("gamma", 120.5, 300.0)


@pytest.mark.parametrize(
    ("kind", "data", "family"),
    [
        (Share(), {"value": 0.5, "range": [0.4, 0.8]}, "uniform"),
        (Share(), {"value": 0.5, "ci95": [0.4, 0.6]}, "beta"),
        (Factor(), {"value": 1.2, "ci95": [1.0, 1.4]}, "lognormal"),
        (Duration(), {"value": "10 days", "ci95": ["5 days", "20 days"]}, "lognormal"),
        (Kind(), {"value": -1, "ci95": [-2, 0]}, "normal"),
        (Share(), {"value": 0.5, "distribution": {"family": "beta", "alpha": 2, "beta": 2}}, "beta"),
        (Rate(), {"value": 0.5, "distribution": {"family": "gamma", "shape": 4}}, "gamma"),
        (Duration(), {"value": "10 days", "distribution": {"family": "normal", "sd": "2 days"}}, "normal"),
        (Duration(), {"value": "10 days", "distribution": {"family": "lognormal", "cv": 0.2}}, "lognormal"),
        (Money(), {"value": "10 USD", "distribution": {"family": "triangular", "low": "5 USD", "high": "20 USD"}}, "triangular"),
        (Money(), {"value": "10 USD", "distribution": {"family": "uniform", "low": "5 USD", "high": "20 USD"}}, "uniform"),
    ],
)
def test_what_is_not_known_about_a_parameter(kind: Kind, data: object, family: str) -> None:
    unknown = quantity(kind, data).uncertainty
    assert unknown is not None
    assert unknown.family == family


def test_a_beta_from_an_interval_has_the_mean_and_spread_of_the_interval() -> None:
    unknown = quantity(Share(), {"value": 0.3, "ci95": [0.2, 0.4]}).uncertainty
    assert unknown is not None
    assert unknown.alpha is not None
    assert unknown.beta is not None
    size = unknown.alpha + unknown.beta
    assert unknown.alpha / size == pytest.approx(0.3)
    assert math.sqrt(0.3 * 0.7 / (size + 1)) == pytest.approx(0.2 / (2 * 1.959963984540054))


def test_uncertainty_is_held_in_the_canonical_unit() -> None:
    unknown = quantity(Rate(), {"value": 0.02, "unit": "per month", "range": [0.01, 0.03]}).uncertainty
    assert unknown is not None
    assert unknown.low == pytest.approx(0.12)
    assert unknown.high == pytest.approx(0.36)


@given(st.floats(min_value=0, max_value=1))
def test_any_share_is_held_as_it_is_written(value: float) -> None:
    assert quantity(Share(), value).value == value
    assert quantity(Share(), {"value": value}).value == value


@given(st.floats(allow_nan=True, allow_infinity=True).filter(lambda x: not 0 <= x <= 1))
def test_any_other_number_is_no_share(value: float) -> None:
    with pytest.raises(ValueFault):
        quantity(Share(), value)


@given(st.floats(min_value=0, max_value=73_050, allow_subnormal=False))
def test_any_duration_is_held_as_it_is_written(value: float) -> None:
    assert quantity(Duration(), f"{value!r} days").value == value


@given(st.floats(min_value=0.001, max_value=1000), st.floats(min_value=0.01, max_value=5))
def test_median_and_mean_agree_with_mean_and_spread(mean: float, cv: float) -> None:
    variance = math.log1p(cv * cv)
    value = law({"median": mean * math.exp(-variance / 2), "mean": mean, "unit": "days"})
    assert value.sd == pytest.approx(mean * cv, rel=1e-6)


@given(
    st.one_of(st.text(max_size=30), st.lists(st.integers(), max_size=3), st.booleans(), st.none(), st.dictionaries(st.text(), st.text()))
)
def test_anything_else_is_refused_with_one_line(data: object) -> None:
    for kind in (Share(), Rate(), Duration(), Money(), Count(), TimeOfDay(), LawOf(of=Duration()), TimePer()):
        message = "read"
        try:
            kind.parse(Written(data, "a source"))
        except ValueFault as fault:
            message = fault.message
        assert message
        assert "\n" not in message
