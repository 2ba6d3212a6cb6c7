"""The event log on disk: whole, and equal to what the tallies say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.outcomes.event_log import EventLog, event_log_path
from sim.replication import PHASES
from sim.rules.units import BASELINE_MONTHS
from sim.rules.vocabulary import Counter
from sim.scenario import load
from sim.simulate import replicate

SMALL = ["population.size=150", "run.horizon=14 months", "run.burn_in=1 months"]


def test_payments_and_deaths_in_the_file_are_those_of_the_tallies(tmp_path: Path) -> None:
    result = replicate(load("caseload:mgh_cmp/phase1.yaml", SMALL), 3, 1, "compiled", tmp_path)
    rows = pd.read_parquet(event_log_path(tmp_path, 1))
    assert set(rows["phase"]) == set(PHASES)
    for arm, tallied in result.arms.items():
        tally = tallied.tally[:, :, BASELINE_MONTHS:].sum(axis=(0, 2))
        mine = rows[rows["phase"] == arm]
        paid = mine[mine["event"] == "payment"]
        joined = mine[mine["event"] == "eligible"].set_index("patient")["time_us"]
        since = paid["time_us"].to_numpy() >= joined.reindex(paid["patient"]).to_numpy()
        assert paid["amount"][since].sum() == tally[Counter.PAY_INPATIENT : Counter.PAY_OUTPATIENT + 1].sum()
        assert (mine["event"] == "death").sum() == tally[Counter.DEATHS]
        assert np.allclose(mine["day"], mine["time_us"] / 86_400e6)


def test_a_replication_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), EventLog(tmp_path, 0, PHASES):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
