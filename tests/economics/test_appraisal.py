"""A simulated run appraised: what contracts are settled on, under every kind of contract, and the names that JSON promises."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.appraisal import Appraisal, AppraisalError, Basis, appraise, check, settled_on, with_statement
from sim.cli import app
from sim.economics.lines import ARM_COLUMNS, LINES
from sim.economics.measured import from_truth, settled_periods
from sim.evaluation.outcomes import OUTCOMES
from sim.outcomes.results import BASELINE_MONTHS, COHORTS, COUNTERS, MICROSECONDS_PER_MONTH, PAYMENTS, ReplicationResult
from sim.outcomes.store import strict_json, write_run
from sim.outcomes.summary import RunSummary
from sim.outcomes.terms import terms_of
from sim.scenario import Scenario, load
from sim.simulate import simulate
from tests.scenario.minimal import MINIMAL

PHASE_1 = "caseload:mgh_cmp/phase1.yaml"
SMALL = (
    "population.size=1900",
    "run.burn_in=1 months",
    "run.horizon=24 months",
    "programme.enrolment.criteria.any_of.0.risk_score_at_least=0",
    "programme.enrolment.refresh.cap=30",
    "programme.enrolment.refresh.newcomers=0.5",
    "evaluation.designs=[matched_did, benchmark_trend]",
    "evaluation.windows=programme",
    "programme.staff.case_manager.fte=3",
)
KINDS: dict[str, str] = {
    "fee_only": "fee: 120 USD",
    "cmhcb": "fee: 120 USD",
    "pioneer": "fee: 0 USD, quality_score: 0.9",
    "mssp": "fee: 0 USD, track: enhanced, first_year: 2019, quality_score: 0.9, minimum_rate: 0",
    "reach": "fee: 0 USD, option: global, first_year: 2023, quality_earned: 0.8",
    "medicaid_aco": "fee: 20 USD, corridor: 0.01, quality_modifier: 1",
    "capitation": (
        "fee: 0 USD, bid: 700 USD, benchmark: 800 USD, stars: 4, normalisation: 1, carve_out: 0.1, stop_loss_share: 0.8, "
        "stop_loss_premium: 0 USD, admin: 20 USD"
    ),
    "ffs_codes": "fee: 0 USD, service: ccm, transitions: false",
}
UNSETTLED: dict[str, tuple[str, str]] = {
    "bundle": ("bundle, fee: 0 USD, model: team, episode: joint, quality_score: 1", "needs episodes, which a run does not hand over"),
    "stop_loss": (
        "medicaid_aco, fee: 0 USD, corridor: 0.01, quality_modifier: 1, attachment: 200000 USD",
        "contract.attachment: kind medicaid_aco needs member costs, which a run does not hand over; use none",
    ),
    "transitions": ("ffs_codes, fee: 0 USD, service: ccm, transitions: true", "contract.transitions: true cannot be billed"),
    "physicians": (
        "ffs_codes, fee: 0 USD, service: ccm_physician, transitions: false",
        "contract.service: ccm_physician is billed for physicians' minutes",
    ),
    "too_small": (
        "mssp, fee: 0 USD, track: basic_a, first_year: 2019, quality_score: 1",
        "population.size: must be at least 500 people, where the size table of minimum savings rates starts (got 400); organisations",
    ),
}


def under(kind: str, *overrides: str) -> Scenario:
    """The small run's scenario under a kind of contract, which changes nothing that is simulated."""
    return load(PHASE_1, (*SMALL, f"contract={{kind: {kind}, {KINDS[kind]}}}", *overrides))


@functools.cache
def played() -> list[ReplicationResult]:
    return simulate(under("cmhcb"), replications=2, seed=2)


@functools.cache
def appraised(kind: str) -> Appraisal:
    return appraise(under(kind), played())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_contract_is_settled_on_a_simulated_run(kind: str) -> None:
    check(under(kind))
    tree = appraised(kind).tree
    assert tree["contract"]["kind"] == kind
    json.loads(strict_json(tree))
    assert len(appraised(kind).settlements) == 2 * len(tree["contract"]["periods"])
    paid, fees, earned, owed = (tree["contract"][name]["mean"] for name in ("paid", "fees", "earned", "owed"))
    payer, owner = ({line: each["programme"]["mean"] for line, each in tree["economics"][party].items()} for party in ("payer", "owner"))
    assert owner["fees"] + owner["earned"] + owner["owed"] == pytest.approx(fees + earned - owed)
    assert payer["fees"] + payer["earned"] + payer["owed"] + payer["outlay"] == pytest.approx(-paid)
    assert paid == pytest.approx(fees + earned - owed - payer["outlay"])
    assert earned + owed > 0 or kind == "fee_only"


@pytest.mark.parametrize("name", UNSETTLED)
def test_what_a_run_cannot_settle_is_refused_before_it_runs(name: str, tmp_path: Path) -> None:
    contract, message = UNSETTLED[name]
    sets = [word for override in (*SMALL, "population.size=400", f"contract={{kind: {contract}}}") for word in ("--set", override)]
    done = CliRunner().invoke(app, ["run", PHASE_1, *sets, "--out", str(tmp_path / "run")])
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", UNSETTLED)
def test_what_a_run_cannot_settle_is_a_fault_to_validate_with_its_place(name: str, tmp_path: Path) -> None:
    contract, message = UNSETTLED[name]
    path = tmp_path / "own.yaml"
    path.write_text(f"extends: {PHASE_1}\ntitle: Own\npopulation: {{size: 400}}\ncontract: {{kind: {contract}}}\n")
    done = CliRunner().invoke(app, ["validate", str(path)])
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stderr.startswith(f"own.yaml:{3 if name == 'too_small' else 4}:")


def test_a_panel_from_a_file_that_is_too_small_for_its_contract_is_refused_before_it_runs(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("id,age,sex,risk_score\n" + "".join(f"A{n},75,female,1.5\n" for n in range(20)))
    path = tmp_path / "own.yaml"
    path.write_text(MINIMAL.replace("  size: 200\n", "  panel: {csv: few.csv}\n"))
    done = CliRunner().invoke(app, ["validate", str(path), "--set", f"contract={{kind: {UNSETTLED['too_small'][0]}}}"])
    assert done.exit_code == 2
    assert "population.panel: must be at least 500 people" in done.stderr
    assert "(got 20)" in done.stderr


@pytest.mark.parametrize(
    ("kind", "overrides", "basis"),
    [
        ("cmhcb", (), "matched_did"),
        ("fee_only", (), "matched_did"),
        ("cmhcb", ("evaluation.designs=[matched_did, randomised]", "evaluation.control={panel: 500}"), "randomised"),
        ("cmhcb", ("evaluation.designs=[pre_post, benchmark_trend]",), "truth"),
        ("cmhcb", ("evaluation.windows=m7_18",), "truth"),
        ("cmhcb", ("evaluation=none",), "truth"),
        *((kind, (), "assigned_panel") for kind in ("pioneer", "mssp", "reach", "medicaid_aco")),
        *((kind, (), "claims") for kind in ("capitation", "ffs_codes")),
        ("pioneer", ("evaluation=none",), "assigned_panel"),
    ],
)
def test_what_a_contract_is_settled_on(kind: str, overrides: tuple[str, ...], basis: Basis) -> None:
    assert settled_on(under(kind, *overrides)) == basis


def test_a_target_by_comparison_lies_above_the_claims_by_the_measured_saving() -> None:
    one = appraised("cmhcb")
    saving = {
        (row["replication"], row["cohort"]): -row["estimate_effect"]
        for row in one.findings
        if (row["design"], row["window"], row["outcome"]) == ("matched_did", "programme", "pbpm")
    }
    assert len(saving) == len(one.settlements) == 4
    for row in one.settlements:
        arm, cohort = played()[row["replication"]].arms["programme"], COHORTS.index(row["cohort"])
        months = arm.person_time[cohort, BASELINE_MONTHS:].sum() / MICROSECONDS_PER_MONTH
        paid = arm.tally[cohort, [COUNTERS.index(name) for name in PAYMENTS], BASELINE_MONTHS:].sum() / 100
        assert row["actual"] == pytest.approx(paid, abs=0.01)
        assert row["target"] == pytest.approx(paid + saving[row["replication"], row["cohort"]] * months, abs=0.02)
    assert one.tree["contract"]["settled_on"] == "matched_did"
    measured = one.tree["savings"]["measured"]["mean"]
    assert measured == pytest.approx(sum(row["target"] - row["actual"] for row in one.settlements) / 2)


def test_codes_are_billed_for_the_minutes_that_the_run_counted() -> None:
    for row in appraised("ffs_codes").settlements:
        arm = played()[row["replication"]].arms["programme"]
        months = slice(BASELINE_MONTHS + row["first_month"] - 1, BASELINE_MONTHS + row["last_month"])
        reached = {minutes: int(arm.tally[:, COUNTERS.index(f"worked_{minutes}"), months].sum()) for minutes in (20, 40, 60)}
        assert row["number_of_99490"] == reached[20] > 0
        assert row["number_of_99439"] == reached[40] + reached[60]
        assert row["billed"] == pytest.approx(62 * reached[20] + 47 * (reached[40] + reached[60]))


def test_json_has_the_names_that_are_promised(tmp_path: Path) -> None:
    sets = [word for override in (*SMALL, "population.size=400", "run.horizon=18 months") for word in ("--set", override)]
    done = CliRunner().invoke(app, ["run", PHASE_1, *sets, "-n", "2", "--out", str(tmp_path / "run"), "--json"])
    assert done.exit_code == 0, done.stderr
    tree: dict[str, Any] = json.loads(done.stdout)
    for line in LINES:
        assert set(tree["economics"][line.party][line.name]) == set(ARM_COLUMNS), line
    for design in ("matched_did", "benchmark_trend"):
        for outcome in OUTCOMES:
            found = tree["evaluation"][design][outcome.name]
            assert {"true", "measured", "se", "lo", "hi", "p_value", "significant", "mde", "bias", "coverage"} <= set(found)
        assert {"meets_guarantee", "truly_meets_guarantee"} <= set(tree["evaluation"][design]["pbpm"])
    assert {"paid", "owed", "earned", "probability_of_payback"} <= set(tree["contract"])
    assert {"gross", "net", "owner"} == set(tree["roi"])
    stored = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert all(stored[name] == tree[name] for name in ("economics", "evaluation", "contract", "roi", "cash", "actuary"))
    for name in ("evaluation", "settlements"):
        assert (tmp_path / "run" / f"{name}.parquet").is_file()


def test_a_cohort_too_small_to_evaluate_is_settled_on_the_truth() -> None:
    scenario = under("cmhcb", "programme.enrolment.refresh.cap=2", "population.size=400")
    (result,) = simulate(scenario, replications=1, seed=2)
    assert set(result.evaluation or {}) == {"original"}
    true = {period.cohort: from_truth(result, period).target for period in settled_periods(scenario.contract, 24)}
    target = {row["cohort"]: row["target"] for row in appraise(scenario, [result]).settlements}
    assert target["refresh"] == pytest.approx(true["refresh"], abs=0.01)
    assert target["original"] != pytest.approx(true["original"], abs=0.01)
    assert true["refresh"] > 0


def test_a_scenario_that_is_refused_says_so_to_whoever_calls() -> None:
    with pytest.raises(AppraisalError, match="needs episodes"):
        check(load(PHASE_1, (f"contract={{kind: {UNSETTLED['bundle'][0]}}}",)))


def test_money_is_the_same_to_the_byte_whoever_made_the_statement_and_in_however_many_processes(tmp_path: Path) -> None:
    scenario = under("cmhcb")
    ways = {
        "here": played(),
        "where they were run": simulate(scenario, replications=2, seed=2, finish=functools.partial(with_statement, scenario)),
        "in two processes": simulate(scenario, replications=3, seed=2, workers=2, finish=functools.partial(with_statement, scenario))[:2],
    }
    assert [result.statement is None for results in ways.values() for result in results] == [True, True, False, False, False, False]
    run = RunSummary("phase1", "Phase 1", 2, "compiled", scenario.digest())
    for name, results in ways.items():
        write_run(tmp_path / name, run, terms_of(scenario), results, "", {}, appraised=appraise(scenario, results))
    for file in ("money.parquet", "settlements.parquet", "summary.json"):
        assert len({(tmp_path / name / file).read_bytes() for name in ways}) == 1
