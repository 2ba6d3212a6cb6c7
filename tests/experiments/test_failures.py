"""A sweep in which replications fail says so, why, and with its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.analysis.showing import LONGEST_LINE, broken
from tests.experiments.sweeping import planned
from tests.experiments.test_commands import Invoke, invoke

__all__ = ["invoke"]
LEVER = "programme.enrolment.refusal_share"


def sweep_of(tmp_path: Path, shares: str, replications: int = 2) -> None:
    (tmp_path / "points.csv").write_text(f"{LEVER}\n{shares}", encoding="utf-8")
    planned(tmp_path, levers=None, design={"kind": "list", "file": "points.csv"}, replications=replications)


def test_a_sweep_in_which_all_fails_is_no_success(tmp_path: Path, invoke: Invoke) -> None:
    sweep_of(tmp_path, "1.5\n1.7\n1.9\n")
    code, shown, said = invoke("sweep", "run", "sweep", "--workers", "1")
    assert code == 1
    assert "0 replications of 3 points" in shown
    assert said.count("failed: ") == 1  # three numbers, one reason
    assert "6 replications of 3 points failed" in said
    assert "refusal_share: must be at most 1 (got 1.5)" in said
    assert "Next: caseload analyse" not in said
    for words in (("analyse", "sweep"), ("sweep", "report", "sweep")):
        code, _, said = invoke(*words)
        assert code == 2
        assert "sweep has no outcomes: 6 replications of 3 points failed" in said
        assert "--retry-failed" in said
    code, shown, _ = invoke("sweep", "collect", "sweep")
    assert code == 0
    assert shown.count("failed: ") == 1


def test_a_sweep_in_which_some_fail_goes_on_and_says_so(tmp_path: Path, invoke: Invoke) -> None:
    sweep_of(tmp_path, "0.1\n1.7\n", 1)
    code, shown, said = invoke("sweep", "run", "sweep", "--workers", "1")
    assert code == 1
    assert "1 replications of 2 points" in shown
    assert "1 replications of 1 points failed" in said
    assert "Next: caseload analyse" in said


@pytest.mark.parametrize("name", ["programme.staff.case_manager.fte", "roi_fees", "a.b.c.d.e", "economics.owner.net.difference"])
def test_names_in_heads_break_behind_dots(name: str) -> None:
    lines = broken(name).split("\n")
    assert "".join(lines) == name
    assert all(line.endswith(".") for line in lines[:-1])
    assert all(len(line) <= LONGEST_LINE or line.count(".") <= 1 for line in lines)
