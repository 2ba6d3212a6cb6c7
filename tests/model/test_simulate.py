"""`simulate` gives the same numbers whoever computes them."""

from __future__ import annotations

import numpy as np
import pytest

import sim.simulate
from sim.outcomes.results import ReplicationResult
from sim.rules.trouble import SimulationError
from sim.scenario import Scenario, load
from sim.simulate import replicate, simulate

SCENARIO = load(
    "caseload:mgh_cmp/phase1.yaml",
    ["population.size=150", "run.horizon=3 months", "run.burn_in=1 months", "programme.enrolment.refresh=none"],
)


def test_results_do_not_depend_on_the_number_of_processes_or_on_what_was_skipped() -> None:
    seen: list[int] = []
    alone = simulate(SCENARIO, replications=4, seed=7, on_replication=lambda result: seen.append(result.replication))
    together = simulate(SCENARIO, replications=4, seed=7, workers=2)
    later = simulate(SCENARIO, replications=4, seed=7, skip=frozenset({0, 2}))
    assert seen == [0, 1, 2, 3]
    assert [result.replication for result in together] == seen
    assert [result.replication for result in later] == [1, 3]
    for mine, theirs in [*zip(alone, together, strict=True), (alone[1], later[0]), (alone[3], later[1])]:
        assert mine.events == theirs.events > 0
        for arm in mine.arms:
            assert np.array_equal(mine.arms[arm].tally, theirs.arms[arm].tally)
            assert np.array_equal(mine.arms[arm].tasks, theirs.arms[arm].tasks)
    assert not np.array_equal(alone[0].arms["programme"].tally, alone[1].arms["programme"].tally)


def test_a_replication_that_fails_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_fails(scenario: Scenario, seed: int, replication: int, *rest: object) -> ReplicationResult:
        if replication == 1:
            raise SimulationError("patient 7 on day 3.0: no room")
        return replicate(scenario, seed, replication, "compiled")

    monkeypatch.setattr(sim.simulate, "replicate", one_fails)
    handed: list[int] = []
    with pytest.raises(sim.simulate.ReplicationsFailed, match=r"replication 1: .* no room .1 of 3 replications failed.") as said:
        simulate(SCENARIO, replications=3, seed=5, on_replication=lambda result: handed.append(result.replication))
    assert handed == [0, 2]
    assert said.value.failures == [sim.simulate.Failure(1, "patient 7 on day 3.0: no room")]
