"""Tables of people hold together or say what does not; restricting and reshaping them loses nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.evaluation.flow import flow
from sim.evaluation.people import AMOUNTS, Observed, PeopleError
from sim.evaluation.survivors import cumulative, survival_cost
from sim.evaluation.windows import whole_years, window
from tests.evaluation.synthetic import Population, hand_made, known

TWO = hand_made([[1200.0, 600.0, 300.0], [2400.0, 0.0, 0.0]], [[12, 6, 6], [12, 3, 0]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"age": np.zeros(3)}, r"age must have shape \(2,\) \(got \(3,\)\)"),
        ({"months": np.zeros(2)}, "months must have a row per person and a column per period"),
        ({"contacts": np.zeros((2, 2))}, r"contacts must have shape \(2, 3\)"),
        ({"amounts": {}}, "amounts must hold 'cost'"),
        ({"amounts": {**TWO.amounts, "costs": TWO.months}}, r"amounts must hold nothing but cost, .*'costs'"),
        ({"amounts": {**TWO.amounts, "cost": np.zeros(2)}}, r"amounts\['cost'\] must have shape \(2, 3\)"),
        ({"number": np.array([4, 4])}, "number must be unique"),
        ({"number": np.array([4.0, 5.0])}, "number must hold whole numbers"),
        ({"female": np.array([0, 1])}, "female must hold true or false"),
        ({"cohort": np.array([0, 2])}, "cohort must be 0"),
        ({"age": np.array([70.0, np.nan])}, "age must hold finite numbers"),
        ({"months": -TWO.months}, "months and enrolled_months must be at least 0"),
    ],
)
def test_arrays_that_do_not_fit_are_named(change, message):
    with pytest.raises(PeopleError, match=message):
        replace(TWO, **change)


def test_the_counterfactual_must_be_of_the_same_persons_and_groups_of_the_same_periods():
    turned = TWO.restricted(np.array([1, 0]))
    with pytest.raises(PeopleError, match="same persons"):
        Observed(TWO, turned, TWO)
    short = hand_made([[1.0, 1.0]], [[12, 6]])
    with pytest.raises(PeopleError, match=r"comparison must have as many periods as intervention: 3 \(got 2\)"):
        Observed(TWO, TWO, short)


def test_restricting_and_the_long_table_keep_every_number():
    people = Population(death=0.3).draw(np.random.default_rng(1), 50)[0]
    table = people.restricted(people.died).long_table()
    assert len(table) == people.died.sum() * people.periods
    for name in AMOUNTS:
        assert table[name].sum() == pytest.approx(people.amounts[name][people.died].sum())
    last = table[table["period"] == people.periods - 1]
    assert last["months"].to_numpy() == pytest.approx(people.months[people.died, -1])
    assert last["number"].tolist() == people.number[people.died].tolist()


def test_cohorts_are_split_in_every_group():
    people = replace(TWO, cohort=np.array([0, 1]))
    observed = Observed(people, people, people, None)
    assert observed.of_cohort("refresh").intervention.number.tolist() == [1]
    assert observed.of_cohort("original").comparison.number.tolist() == [0]
    assert observed.of_cohort("original").control is None


def test_windows_are_whole_half_years_and_short_tables_have_fewer():
    def people(half_years, last=6.0):
        return hand_made(np.ones((1, half_years + 1)), [[12.0, *[6.0] * (half_years - 1), last]])

    assert known(window("programme", people(6))).periods == slice(1, 7)
    assert known(window("m7_18", people(6))).periods == slice(2, 4)
    assert known(window("last_12", people(6))).periods == slice(5, 7)
    assert window("m7_18", people(2)) is None
    assert window("last_12", people(1)) is None
    assert [whole_years(people(n)) for n in (1, 2, 3, 6)] == [0, 1, 1, 3]
    assert whole_years(people(2, last=5.0)) == 0
    # middle of the baseline year to the middle of months 7-18: 6 + 12 months
    assert known(window("m7_18", people(6))).years_after_baseline(people(6)) == pytest.approx(1.5)
    assert known(window("programme", people(6))).years_after_baseline(people(6)) == pytest.approx(2.0)


def test_later_entry_and_early_death_move_the_middle_of_the_window():
    late = replace(hand_made([[1.0] * 5], [[12, 0, 0, 6, 6]]), entry_month=np.array([12.0]))
    assert known(window("programme", late)).years_after_baseline(late) == pytest.approx(1.0)  # 6 + 6 months
    gone = hand_made([[1.0] * 3] * 2, [[12, 6, 0], [12, 6, 6]])
    # eligible months: 12 around month 3, 6 around month 9
    assert known(window("programme", gone)).years_after_baseline(gone) == pytest.approx((6 + (12 * 3 + 6 * 9) / 18) / 12)


def test_the_flow_puts_every_eligible_in_one_place():
    months = [[12, 6, 6]] * 4 + [[12, 6, 3]] * 2 + [[12, 2, 0]]
    enrolled = [[0, 4, 6], [0, 4, 0], [0, 0, 4], [0, 0, 0], [0, 6, 3], [0, 0, 0], [0, 0, 0]]
    people = hand_made(
        np.ones((7, 3)),
        months,
        enrolled_months=np.array(enrolled, float),
        died=np.array([False] * 4 + [True, False, True]),
        left=np.array([False] * 5 + [True, False]),
    )
    found = flow(people)
    assert found.eligible == 7
    assert found.enrolled == {"all": 4, "died": 1, "left": 0, "withdrew": 1, "stayed": 2}
    assert found.never_enrolled == {"all": 3, "died": 1, "left": 1, "withdrew": 0, "stayed": 1}
    drawn = flow(Population(death=0.4, enrols=lambda frailty, _: frailty < 1).draw(np.random.default_rng(3), 300)[0])
    ends = [drawn.enrolled, drawn.never_enrolled]
    assert sum(end["all"] for end in ends) == drawn.eligible == 300
    assert all(end["all"] == sum(count for name, count in end.items() if name != "all") for end in ends)


def test_survivors_cost_money_that_pbpm_does_not_show():
    usual = hand_made([[0, 600.0, 0.0], [0, 600.0, 600.0]], [[12, 6, 0], [12, 6, 6]])
    longer = hand_made([[0, 600.0, 600.0], [0, 600.0, 600.0]], [[12, 6, 6], [12, 6, 6]])
    rows = cumulative(usual)
    assert [row["cost"] for row in rows] == pytest.approx([600, 900])
    assert [row["months"] for row in rows] == pytest.approx([6, 9])
    assert [row["pbpm"] for row in rows] == pytest.approx([100, 100])
    assert [row["month"] for row in rows] == [6, 12]
    split = survival_cost(Observed(longer, usual, usual))
    assert split == pytest.approx({"cost": 300, "by_pbpm": 0, "by_months": 300})
    assert [row["cost"] for row in cumulative(usual, np.array([1.0, 3.0]))] == pytest.approx([600, 1050])
