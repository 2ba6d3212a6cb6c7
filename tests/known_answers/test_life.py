"""Life and death: three states, Gompertz, competing risks, and counts and costs of admissions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, linalg

from sim.assembly.panel import ground, settle
from sim.compiled.clock import advance
from sim.population.drawing import draw_panel
from sim.population.lives import lives_of
from sim.rules.streams import key_of
from sim.rules.units import DAY, YEAR
from sim.rules.vocabulary import Counter, Event, Setting
from sim.rules.world import World
from tests.known_answers.running import SEED, courses, logged, scenario
from tests.known_answers.statistics import assert_agrees, blocks

AT_1_YEAR = (0.741602, 0.181751, 0.076647)
AT_10_YEARS = (0.366653, 0.087078, 0.546269)


def well_sick_dead(world: World) -> tuple[float, float, float]:
    dead = world.patients.setting == Setting.DEAD
    sick = ~dead & (world.nature.in_decline == 1)
    return float((~dead & ~sick).mean()), float(sick.mean()), float(dead.mean())


def test_three_states_from_the_start_of_the_run() -> None:
    """First lives only: a replication would give those who die before launch another life."""
    chosen = scenario("three_states")
    shares = []
    for replication in range(24):
        persons, practices = draw_panel(chosen, SEED, replication)
        world = advance(settle(ground(chosen, practices, key_of(SEED, replication)), lives_of(persons, 0, 1).persons), 0)
        at_1_year = well_sick_dead(world)
        world = advance(world, int(world.run[0].horizon))
        shares.append((*at_1_year, *well_sick_dead(world)))
    for state, truth in enumerate(AT_1_YEAR + AT_10_YEARS):
        assert_agrees([share[state] for share in shares], truth, 0.03)


def test_three_states_of_those_present_at_launch() -> None:
    """Through a whole replication: everybody is alive at launch, so all shares are conditional on being alive at 1 year."""
    alive = 1.0 - AT_1_YEAR[2]
    truths = (AT_1_YEAR[1] / alive, AT_10_YEARS[0] / alive, AT_10_YEARS[1] / alive, (AT_10_YEARS[2] - AT_1_YEAR[2]) / alive)
    shares = []
    for course in courses("three_states", 12):
        at_launch = well_sick_dead(course.panel)
        assert at_launch[2] == 0.0
        shares.append((at_launch[1], *well_sick_dead(course.arms["usual_care"])))
    for state, truth in enumerate(truths):
        assert_agrees([share[state] for share in shares], truth, 0.03)


def three_states_exactly(years: float) -> np.ndarray:
    flows = np.array([[-0.15, 0.10, 0.05], [0.30, -0.50, 0.20], [0.0, 0.0, 0.0]])
    return np.array([0.8, 0.2, 0.0]) @ linalg.expm(flows * years)


def test_three_states_reference() -> None:
    assert three_states_exactly(1.0) == pytest.approx(AT_1_YEAR, abs=5e-7)
    assert three_states_exactly(10.0) == pytest.approx(AT_10_YEARS, abs=5e-7)


def gompertz_survival(age: float, years: float) -> float:
    return math.exp(-5e-5 / 0.09 * (math.exp(0.09 * (age + years)) - math.exp(0.09 * age)))


def test_gompertz() -> None:
    assert integrate.quad(lambda t: gompertz_survival(65, t), 0, 80)[0] == pytest.approx(16.87525, abs=5e-6)
    lived: dict[int, list] = {65: [], 75: [], 80: []}
    for course in courses("gompertz", 12):
        patients = course.arms["usual_care"].patients
        assert (patients.setting == Setting.DEAD).all()
        for age, years in lived.items():
            years.append(patients.left_at[patients.age == age] / YEAR)
    assert_agrees([years.mean() for years in lived[65]], 16.87525, 0.01)
    assert_agrees([years.mean() for years in lived[80]], 8.04578, 0.015)
    assert_agrees([(years > 5.0).mean() for years in lived[75]], 0.763646, 0.01)
    # and the whole curve, not the mean only
    everybody = np.concatenate(lived[65])
    for after in (5.0, 10.0, 20.0, 30.0):
        truth = gompertz_survival(65, after)
        assert abs((everybody > after).mean() - truth) <= 4 * math.sqrt(truth * (1 - truth) / len(everybody))


def test_competing_risks() -> None:
    """Which comes first after launch, a crisis or death, and by when."""
    first_is: dict[int, list[float]] = {Event.CRISIS: [], Event.DEATH: []}
    for course, rows in logged("competing", 10, "usual_care", tuple(first_is)):
        rows = rows[(rows["time"] >= 0) & (rows["time"] < 30 * DAY)]
        _, first = np.unique(rows["patient"], return_index=True)
        for event, shares in first_is.items():
            shares.append(float((rows["event"][first] == event).sum() / len(course.base.patients)))
    assert_agrees(first_is[Event.CRISIS], 0.314775, 0.015)
    assert_agrees(first_is[Event.DEATH], 0.078694, 0.03)


def test_counts_and_costs_of_a_year() -> None:
    """Gamma-Poisson numbers of admissions, and their cost: a compound law."""
    counts, costs = [], []
    for course, rows in logged("gamma_poisson", 3, "usual_care", (Event.ADMISSION, Event.PAYMENT)):
        paid = rows[(rows["event"] == Event.PAYMENT) & (rows["detail"] == Counter.PAY_INPATIENT)]
        admitted = rows[rows["event"] == Event.ADMISSION]
        numbers = course.base.patients.number
        most = int(numbers.max()) + 1
        counts.append(np.bincount(admitted["patient"], minlength=most)[numbers])
        costs.append(np.bincount(paid["patient"], weights=paid["amount"], minlength=most)[numbers] / 100)
    count, cost = blocks(np.concatenate(counts), 2000), blocks(np.concatenate(costs), 2000)
    assert_agrees(count.mean(axis=1), 1.2, 0.01)
    assert_agrees(count.var(axis=1, ddof=1), 3.0, 0.02)
    assert_agrees((count == 0).mean(axis=1), 0.480450, 0.01)
    assert_agrees((count >= 4).mean(axis=1), 0.094664, 0.02)
    assert_agrees(cost.mean(axis=1), 16_800.0, 0.01)
    assert_agrees(cost.var(axis=1, ddof=1), 29_539.67**2, 0.05)
