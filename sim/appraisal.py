"""What a run says beyond the use of care: what an evaluation would find, what the contract pays, who gains and who loses.

Made from the results of a run alone: nothing is simulated here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from sim.economics.accounts import Account, account, by_trend
from sim.economics.measured import BaselineYear, Measured, from_truth, settled_periods
from sim.economics.money_table import money_table
from sim.economics.settling import cmhcb_terms, needs
from sim.economics.statement import statement
from sim.economics.summary import settlement_rows, summarise
from sim.economics.terms import EconomicTerms, economic_terms
from sim.evaluation.evaluating import Evaluation, Finding
from sim.evaluation.keeping import finding_from, from_data
from sim.evaluation.outcomes import COST
from sim.evaluation.quality import evaluation_tree
from sim.evaluation.settings import Promise, settings_of
from sim.outcomes.results import ReplicationResult
from sim.outcomes.windows import MAIN_WINDOW
from sim.scenario import Scenario
from sim.scenario.constants import constants
from sim.scenario.model.evaluation import DesignName

Basis = DesignName | Literal["truth"]
COMPARED: Final[tuple[DesignName, ...]] = ("randomised", "matched_did")
"""Designs with a comparison group that a contract is settled on, the best first."""
BY_COMPARISON: Final = ("fee_only", "cmhcb")
"""Kinds of contract that a demonstration's evaluation settles; the others have a benchmark that grows by a trend."""

PHYSICIANS_SERVICES: Final = ("ccm_physician", "pcm_physician")


class AppraisalError(ValueError):
    """A contract that cannot be settled on a simulated run; the message says what would be right."""


@dataclass(frozen=True)
class Appraisal:
    """tree: `evaluation`, `economics`, `positions`, `savings`, `contract`, `roi`, `cash`, `actuary`, ready for JSON; money: columns of a
    table; settlements, findings: flat rows for tables."""

    tree: dict[str, Any]
    money: dict[str, list[Any]]
    settlements: list[dict[str, Any]]
    findings: list[dict[str, Any]]


def check(scenario: Scenario) -> None:
    """Say before a run that its contract cannot be settled. Raises AppraisalError."""
    contract = scenario.contract
    missing = [name for name in needs(contract) if name != "work"]
    if missing:
        right = "contract.attachment: none" if missing[0] == "member_costs" else "another contract.kind, or caseload settle"
        raise AppraisalError(
            f"a contract of kind {contract.kind} needs {missing[0].replace('_', ' ')}, which a run does not hand over; use {right}"
        )
    if contract.kind == "ffs_codes" and contract.transitions:
        raise AppraisalError(
            "contract.transitions: true cannot be billed: a run does not hand over contact and visit of each discharge; use false"
        )
    if contract.kind == "ffs_codes" and contract.service in PHYSICIANS_SERVICES:
        raise AppraisalError(
            f"contract.service: {contract.service} is billed for physicians' minutes, and a run counts those of staff; use one of staff, "
            "such as ccm"
        )
    if contract.kind == "mssp" and contract.minimum_rate is None:
        fewest = constants(contract.kind)["size_table"].value[0][0]
        if float(scenario.population.size) < fewest:
            raise AppraisalError(
                f"the size table of minimum savings rates starts at {fewest} eligible people: population.size must be at least that "
                f"(got {float(scenario.population.size):g}), or contract.minimum_rate elected on a two-sided track"
            )


def appraise(scenario: Scenario, results: Sequence[ReplicationResult]) -> Appraisal:
    """Appraise a finished run. Raises ValueError for a contract that its figures cannot settle."""
    terms = economic_terms(scenario)
    evaluations = {cohort: _evaluations(results, cohort) for cohort in ("original", "refresh")}
    basis = settled_on(scenario)
    accounts = [result.statement or statement(_account(result, terms, basis)) for result in results]
    tree = summarise(accounts, terms, settled_on=basis)
    settings = settings_of(scenario)
    if settings is not None and evaluations["original"]:
        trees = {cohort: evaluation_tree(found, settings, promise(scenario, cohort)) for cohort, found in evaluations.items() if found}
        tree["evaluation"] = {**trees["original"], **({"refresh": trees["refresh"]} if "refresh" in trees else {})}
    return Appraisal(tree, money_table(accounts, terms), settlement_rows(accounts), list(finding_rows(results)))


def with_statement(scenario: Scenario, result: ReplicationResult) -> ReplicationResult:
    """The result with the statement of its account, made where it was run; as it is for a contract that its figures cannot settle."""
    try:
        return replace(result, statement=statement(account_of(scenario, result)))
    except ValueError:  # `appraise` says so
        return result


def account_of(scenario: Scenario, result: ReplicationResult) -> Account:
    """The money of one replication. Raises ValueError for a contract that its figures cannot settle."""
    return _account(result, economic_terms(scenario), settled_on(scenario))


def evaluation_of(result: ReplicationResult, cohort: str) -> Evaluation | None:
    """What the evaluation of one replication publishes for a cohort, if there is one."""
    kept = (result.evaluation or {}).get(cohort)
    return None if kept is None else from_data(kept)


def settled_on(scenario: Scenario) -> Basis:
    """What the contract's figures come from: a design of the evaluation, the benchmark's trend, or without an evaluation the truth."""
    if scenario.contract.kind not in BY_COMPARISON:
        return "benchmark_trend"
    evaluation = scenario.evaluation
    if evaluation is None or MAIN_WINDOW not in evaluation.windows:
        return "truth"
    usable = [name for name in COMPARED if name in evaluation.designs and (name != "randomised" or evaluation.control is not None)]
    return usable[0] if usable else "truth"


def promise(scenario: Scenario, cohort: str) -> Promise:
    """What the contract promises for a cohort; without a guarantee, to save more than the fees."""
    contract = scenario.contract
    guarantee = cmhcb_terms(contract, cohort).guarantee if contract.kind == "cmhcb" else 0.0
    return Promise(float(contract.fee), guarantee)


def _evaluations(results: Sequence[ReplicationResult], cohort: str) -> list[Evaluation]:
    found = (evaluation_of(result, cohort) for result in results)
    return [evaluation for evaluation in found if evaluation is not None]


def _account(result: ReplicationResult, terms: EconomicTerms, basis: Basis) -> Account:
    if basis == "truth":
        return account(result, terms)
    if basis == "benchmark_trend":
        return account(result, terms, measured=by_trend(result, terms, _baselines(result, terms)))
    return account(result, terms, measured=_by_comparison(result, terms, basis))


def _baselines(result: ReplicationResult, terms: EconomicTerms) -> dict[str, BaselineYear]:
    """Baseline years that the evaluation publishes: untrimmed payments of the intervention's eligibles."""
    published = result.evaluation or {}
    return {
        cohort: BaselineYear(data["balance"][f"baseline_{COST.name}"]["intervention"], terms.entry_months[cohort])
        for cohort, data in published.items()
    }


def _by_comparison(result: ReplicationResult, terms: EconomicTerms, design: DesignName) -> list[Measured]:
    """The contract's periods as the design measured them; the truth for a cohort that it could not measure."""
    seen = []
    for period in settled_periods(terms.contract, terms.months):
        true = from_truth(result, period)
        published = (result.evaluation or {}).get(period.cohort)
        finding = None if published is None else finding_from(published, (design, MAIN_WINDOW, COST.name))
        seen.append(true if finding is None else _as_measured(true, finding))
    return seen


def _as_measured(true: Measured, finding: Finding) -> Measured:
    """Claims are what they are; the target lies above them by the saving that was measured, over the same months."""
    if finding.estimate is None:
        return true
    return replace(true, target=max(0.0, true.actual - finding.estimate.effect * true.eligible_months))


def finding_rows(results: Sequence[ReplicationResult]) -> Iterator[dict[str, Any]]:
    """One flat row for each replication, cohort, design, window and outcome."""
    for result in results:
        for cohort, data in (result.evaluation or {}).items():
            for row in data["findings"]:
                estimate = {f"estimate_{name}": value for name, value in (row["estimate"] or {}).items()}
                rest = {name: value for name, value in row.items() if name != "estimate"}
                yield {"replication": result.replication, "cohort": cohort, **rest, **estimate}
