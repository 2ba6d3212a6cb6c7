"""Each design from its plan to its table, on two levers whose effect on net savings is known: the fee, and what a manager costs.

Net savings are gross savings - fee x participant months, and the care is the same whatever the fee and the pay: so the effect of
the fee is linear with a slope that one run tells, and that of the pay is nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.analysis.analysing import analyse
from experiments.sweep.plan import read_plan
from experiments.sweep.store import Collected, collect
from tests.experiments.sweeping import finish, planned

FEE, PAY, NET = "contract.fee", "programme.staff.case_manager.cost", "programme.net_savings"
LOW, HIGH = 50.0, 150.0
LEVERS = {
    FEE: {"from": f"{LOW:g} USD", "to": f"{HIGH:g} USD"},
    PAY: {"from": "90000 USD per year", "to": "130000 USD per year"},
}


def swept(folder: Path, design: dict[str, Any], **changes: Any) -> tuple[Collected, dict[str, list[dict[str, Any]]]]:
    """A sweep that has been run, and the rows of its tables for net savings."""
    outcomes = [NET, "programme.participant_months"]
    place = planned(folder, levers=LEVERS, uncertainties="none", outcomes=outcomes, design=design, replications=2, **changes)
    finish(place)
    collected = collect(read_plan(place))
    return collected, {table.name: [dict(row) for row in table.rows] for table in analyse(collected, [NET])}


def slope(collected: Collected) -> float:
    """USD of net savings per USD of fee."""
    return -float(collected.table("programme.participant_months")[0].mean())


def test_tornado(tmp_path: Path) -> None:
    collected, tables = swept(tmp_path, {"kind": "one_way"})
    rows = tables["tornado"]
    assert [row["factor"] for row in rows] == [FEE, FEE, PAY, PAY]
    assert [row["difference"] for row in rows[:2]] == pytest.approx([slope(collected) * (end - 120) for end in (LOW, HIGH)])
    assert [row["difference"] for row in rows[2:]] == [0, 0]


def test_sobol(tmp_path: Path) -> None:
    _, tables = swept(tmp_path, {"kind": "sobol", "base": 16})
    fee, pay = tables["sobol"]
    assert (fee["factor"], pay["factor"]) == (FEE, PAY)
    assert fee["ST"] == pytest.approx(1, abs=0.3)
    assert pay["ST"] == pytest.approx(0, abs=1e-9)
    assert fee["ST_mc"] < 0.05  # common luck: replications shift all points alike


def test_morris(tmp_path: Path) -> None:
    collected, tables = swept(tmp_path, {"kind": "morris", "trajectories": 4, "trim": 0})
    fee, pay = tables["morris"]
    assert fee["mu"] == pytest.approx(slope(collected) * (HIGH - LOW))
    assert fee["sigma"] == pytest.approx(0, abs=1e-6 * abs(fee["mu"]))
    assert (pay["factor"], pay["mu_star"]) == (PAY, 0)
    keys = collected.plan.point_keys
    assert len(set(keys)) < len(keys)  # a point that stands in the design twice ...
    assert collected.plan.replications == 2 * len(set(keys))  # ... is run once
    assert np.isfinite(collected.table(NET)).all()


def test_latin_hypercube(tmp_path: Path) -> None:
    decision = {"at_least": {NET: 0}}
    collected, tables = swept(tmp_path, {"kind": "latin_hypercube", "points": 24}, decision=decision)
    fee = next(row for row in tables["correlations"] if row["factor"] == FEE)
    assert fee["rank_correlation"] == pytest.approx(-1)
    reached = collected.table(NET).mean(axis=1) >= 0
    if "discovery" in tables and 0 < reached.sum() < len(reached):
        assert {row["factor"] for row in tables["discovery"]} >= {FEE}
