"""The commands from end to end on a small sweep, and what they say when something is wrong."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from experiments.cli import analyse, optimise, solve, sweep
from sim.commands.errors import friendly
from tests.experiments.sweeping import planned, written

APP = typer.Typer()
APP.add_typer(sweep, name="sweep")
for command in (analyse, optimise, solve):
    APP.command()(friendly(command))

Invoke = Callable[..., tuple[int, str, str]]


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Invoke:
    """Runs a command in an empty folder; exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[int, str, str]:
        result = CliRunner().invoke(APP, [str(word) for word in words])
        return result.exit_code, result.stdout, result.stderr

    return run


def test_the_commands_belong_to_caseload() -> None:
    done = subprocess.run([sys.executable, "-m", "sim.cli", "--help"], capture_output=True, text=True, check=True)
    assert re.findall(r"^  (sweep|analyse|solve|optimise) ", done.stdout, re.MULTILINE) == ["analyse", "optimise", "solve", "sweep"]
    heavy = "[name for name in ('numpy', 'numba', 'scipy') if name in sys.modules]"
    code = f"import sys; from sim.cli import *; add_commands_of_other_packages([]); print({heavy})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_from_plan_to_page(tmp_path: Path, invoke: Invoke) -> None:
    levers = {"programme.staff.case_manager.fte": [1, 2], "contract.fee": ["60 USD", "120 USD"]}
    decision = {"net_benefit": "programme.net_savings", "at_least": {"roi_fees": 1}}
    path = written(tmp_path, levers=levers, decision=decision)
    code, said, _ = invoke("sweep", "plan", path, "--task-size", 5)
    assert code == 0
    assert said.startswith("4 points, 16 replications in 4 tasks: results/small-1")
    assert "0 of 4 tasks" in invoke("sweep", "status", "results/small-1")[1]
    code, said, log = invoke("sweep", "run", "results/small-1", "--workers", 1)
    assert code == 0, log
    assert "16 replications of 4 points" in said
    status = json.loads(invoke("sweep", "status", "results/small-1", "--json")[1])
    assert (status["done"], status["tasks"], status["complete"], status["failed_replications"]) == (4, 4, True, 0)
    assert 0 < status["simulated"] <= status["seconds"]
    tables = json.loads(invoke("analyse", "results/small-1", "--json")[1])
    assert set(tables) == {"levers", "reached"}
    fees = {row["alternative"]: row["mean"] for row in tables["levers"]["rows"] if row["outcome"] == "programme.roi_fees"}
    assert fees["fte 1, fee 60 USD"] == pytest.approx(2 * fees["fte 1, fee 120 USD"])  # half the fee, the same care
    assert invoke("sweep", "report", "results/small-1")[0] == 0
    page = Path("results/small-1/report.html").read_text(encoding="utf-8")
    assert page.count("<figure id=") == 2  # the chance and the outcomes, over the posts
    assert (Path("results/small-1") / "report_files" / "chance_programme_roi_fees.svg").is_file()
    assert "<script" not in page
    assert Path("results/small-1/analysis/levers.csv").read_text().startswith("outcome,alternative,programme.staff.case_manager.fte,")


def test_solve_and_optimise(tmp_path: Path, invoke: Invoke) -> None:
    """A fee is a transfer: gross savings over fees is a constant over the fee, so the break-even fee is known from one run."""
    levers = {"fee": {"from": "10 USD", "to": "1000 USD", "step": 10, "keys": ["contract.fee"]}}
    path = written(tmp_path, levers=levers, outcomes=["programme.net_savings", "programme.roi_fees"])
    words = (
        "solve",
        path,
        "--lever",
        "fee",
        "--target",
        "programme.roi_fees >= 1",
        "--draws",
        0,
        "-n",
        4,
        "--workers",
        1,
        "--out",
        "solved",
    )
    code, said, log = invoke(*words)
    assert code == 0, log
    rows = [line.split(",") for line in Path("solved/analysis/solve.csv").read_text().splitlines()[1:]]
    constant = {round(float(value) * float(reached), 6) for value, reached, *_ in rows}
    assert len(constant) == 1
    break_even = constant.pop()
    most = max(float(value) for value, reached, *_ in rows if float(reached) >= 1)
    assert most <= break_even < most + 10
    assert f"Above {most:g} it is not reached any more." in said
    assert "programme.fixed_costs.physician_payment" in said
    levers["fee"] = {"from": "100 USD", "to": "300 USD", "step": 100, "keys": ["contract.fee"]}
    path = written(tmp_path, levers=levers, outcomes=["programme.net_savings", "programme.roi_fees"])
    code, said, log = invoke("optimise", path, "--objective", "net_savings", "--out", "raced", "--workers", 1, "--most", 8)
    assert code == 0, log
    with Path("raced/analysis/frontier.csv").open(encoding="utf-8", newline="") as stream:
        raced = list(csv.DictReader(stream))
    assert [(row["alternative"], row["frontier"]) for row in raced] == [("fee 100", "True"), ("fee 200", "False"), ("fee 300", "False")]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sweep", "run", "nowhere"), "nowhere holds no plan; write one with: caseload sweep plan EXPERIMENT.yaml --out"),
        (("sweep", "run", "small", "--shard", "4/3"), "--shard must be K/N with K from 1 to N, e.g. 3/8 (got '4/3')"),
        (("sweep", "run", "small", "--cluster", "pbs"), "--cluster must be local, slurm, tcp://HOST:PORT or tls://HOST:PORT (got 'pbs')"),
        (("sweep", "run", "small", "--cluster", "tcp://127.0.0.1:1", "--workers", "2"), "--workers is of this machine"),
        (("sweep", "run", "small", "--cluster", "slurm", "--cluster-options", "options.yaml"), "options.yaml:2:1: hosts: unknown key"),
        (("sweep", "expand", "small"), "say what to add"),
        (("sweep", "expand", "small", "--size", "9"), "a grid has no size to change"),
        (("sweep", "plan", "small.yaml", "--out", "small"), "small holds a sweep already"),
        (("analyse", "small"), "small has no outcomes yet"),
        (("solve", "small.yaml", "--lever", "fte", "--target", "roi_fees >= 1"), "the experiment has no lever 'fte'"),
        (("optimise", "small.yaml"), "say what to optimise"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, invoke: Invoke, words: tuple[str, ...], message: str) -> None:
    written(tmp_path)
    planned(tmp_path / "elsewhere").rename(tmp_path / "small")
    (tmp_path / "options.yaml").write_text("jobs: 2\nhosts: 127.0.0.1\n", encoding="utf-8")
    code, _, said = invoke(*words)
    assert code == 2
    assert message in said
    assert "Traceback" not in said


def test_tls_options_reach_dask(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is an optional extra")
    from experiments.errors import SweepError
    from experiments.sweep.clusters import _security, read_options

    options = tmp_path / "cluster.yaml"
    options.write_text("security: {tls_ca_file: ca.pem, tls_client_cert: me.pem, tls_client_key: me.key}\n", encoding="utf-8")
    security = _security(read_options(options))
    assert (security.require_encryption, security.tls_ca_file, security.tls_client_key) == (True, "ca.pem", "me.key")
    options.write_text("security: {tls_ca: ca.pem}\n", encoding="utf-8")
    with pytest.raises(SweepError, match="does not take the options of `security`"):
        _security(read_options(options))
