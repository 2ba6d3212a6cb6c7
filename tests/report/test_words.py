"""Numbers, tables and sentences as people say them."""

import pytest

from sim.outcomes.summary import RunSummary, statistics, summarise
from sim.report import tables, words
from sim.report.story import story
from tests.outcomes.synthetic import CALLS, CASE_MANAGER, arm, book, replication, terms

TERMS = terms(fee=120.0, physician_payment=150.0, overhead_share=0.25)


@pytest.mark.parametrize(
    ("value", "unit", "signed", "text"),
    [
        (None, "USD", False, "-"),
        (1_234_567.0, "USD", False, "$1.23 million"),
        (-5432.1, "USD", True, "-$5,432"),
        (0.2345, "share", False, "23.4%"),
        (1.0, "share", False, "100%"),
        (1320.4, "per 1,000 person-years", False, "1,320"),
        (12.34, "per 1,000 person-years", True, "+12.3"),
        (-0.0001, "days", True, "0.00"),
        (2.5, "ratio", False, "2.50"),
        (float("nan"), "days", False, "-"),
    ],
)
def test_numbers_as_people_say_them(value, unit, signed, text):
    assert words.number(value, unit, signed=signed) == text


@pytest.mark.parametrize(("months", "text"), [(36, "three years"), (12, "one year"), (18, "18 months"), (1, "1 month"), (144, "12 years")])
def test_horizons_as_people_say_them(months, text):
    assert words.horizon(terms(months).horizon_us) == text


def test_spread_shows_the_range_only_where_there_is_one():
    assert words.spread(statistics([1.0]), "ratio") == "1.00"
    assert words.spread(statistics([1.0, 2.0]), "ratio") == "1.50 (1.10 to 1.90)"


def test_a_difference_that_chance_explains_is_marked():
    assert tables.difference_text(statistics([-1.0, 1.5, 0.2]), "ratio").endswith("?")
    assert not tables.difference_text(statistics([-1.0, -1.1, -1.05]), "ratio").endswith("?")
    assert tables.difference_text(statistics([0.0, 0.0]), "ratio") == "0.00"


@pytest.mark.parametrize("values", [[-1.0, -1.0], [0.1, 0.1, 0.1]])
def test_equal_values_have_no_interval_to_speak_of(values):
    assert words.unclear(statistics(values))


def test_shares_differ_by_points():
    assert tables.difference_text(statistics([-0.02]), "share") == "-2.00 points"


def test_the_story_says_fewer_and_more():
    run = RunSummary("x", "x", 7, "compiled", "d")
    results = [
        replication(
            arm(monthly={"admissions": 10, "ed_visits": 20, "deaths": 1}),
            arm(monthly={"admissions": 8, "ed_visits": 22, "deaths": 1}, participants=80, staff=(CASE_MANAGER,), tasks=(CALLS,)),
        )
    ]
    text = " ".join(story(summarise(run, results, TERMS), TERMS))
    assert "240 fewer hospital admissions (from 1,200, 20%)" in text
    assert "240 more ED visits (from 2,400, 10%)" in text
    assert "The 12 case managers have 190 patients each at month 6 and spend 80.0% of their productive time" in text


def told(pairs):
    """The story of replications with so many deaths in the first month in usual care and with the programme."""
    results = [replication(with_deaths(usual), with_deaths(programme), at) for at, (usual, programme) in enumerate(pairs)]
    return story(summarise(RunSummary("x", "x", 7, "compiled", "d"), results, TERMS), TERMS)


def with_deaths(number):
    made = arm()
    book(made, "deaths", 1, number)
    return made


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([(5, 4)], "Over the whole run there is 1 fewer death."),
        ([(5, 7)], "Over the whole run there are 2 more deaths."),
        ([(5, 5)], "As many die as in usual care."),
        ([(5, 4), (6, 5)], "Deaths do not differ by more than chance."),
        ([(50, 40), (50, 41), (51, 40)], "Over the whole run there are 10 fewer deaths."),
    ],
)
def test_deaths_are_told_as_they_are(pairs, text):
    assert told(pairs)[1].endswith(f". {text}")


def test_one_replication_is_not_each_time():
    assert "simulated once (seed 7), with usual care and with the programme" in told([(5, 5)])[0]
    assert "simulated 2 times (seed 7), each time with usual care" in told([(5, 5), (6, 6)])[0]


def test_a_title_cannot_colour_the_terminal():
    assert "\x1b" not in words.printable("\x1b[31m red")
