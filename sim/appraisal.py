"""What a run says beyond the use of care: what an evaluation would find, what the contract pays, who gains and who loses.

Made from the results of a run alone: nothing is simulated here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from sim.economics.accounts import Account, account
from sim.economics.assigned import answers_for_panel
from sim.economics.contracts import mssp
from sim.economics.measured import Measured, from_truth, settled_periods
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
from sim.population.checking import panel_size
from sim.scenario import Scenario, ScenarioErrors
from sim.scenario.errors import Problem
from sim.scenario.model.evaluation import DesignName

Basis = DesignName | Literal["truth", "assigned_panel", "claims"]
COMPARED: Final[tuple[DesignName, ...]] = ("randomised", "matched_did")
"""Designs with a comparison group that a contract is settled on, the best first."""
BY_COMPARISON: Final = ("fee_only", "cmhcb")
"""Kinds of contract that a demonstration's evaluation settles; the others compare nobody, or a whole panel with its benchmark."""

PHYSICIANS_SERVICES: Final = ("ccm_physician", "pcm_physician")


class AppraisalError(ScenarioErrors):
    """A contract that cannot be settled on a simulated run; the message says where it stands and what would be right."""


@dataclass(frozen=True)
class Appraisal:
    """tree: `evaluation`, `economics`, `positions`, `savings`, `contract`, `roi`, `cash`, `actuary`, ready for JSON; money: columns of a
    table; settlements, findings: flat rows for tables."""

    tree: dict[str, Any]
    money: dict[str, list[Any]]
    settlements: list[dict[str, Any]]
    findings: list[dict[str, Any]]


def check(scenario: Scenario) -> None:
    """Say before a run that its contract cannot be settled. Raises AppraisalError; PanelErrors for a panel file that cannot be read."""
    problems = [_problem(scenario, key, message) for key, message in _unsettled(scenario)]
    if problems:
        raise AppraisalError(problems)


def _unsettled(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """(key, message) of what a run cannot settle."""
    contract = scenario.contract
    for name in needs(contract):
        if name != "work":
            key, right = ("attachment", "none") if name == "member_costs" else ("kind", "another kind, or caseload settle")
            yield f"contract.{key}", f"kind {contract.kind} needs {name.replace('_', ' ')}, which a run does not hand over; use {right}"
    if contract.kind == "ffs_codes":
        if contract.transitions:
            yield "contract.transitions", "true cannot be billed: a run does not hand over contact and visit of each discharge; use false"
        if contract.service in PHYSICIANS_SERVICES:
            yield (
                "contract.service",
                f"{contract.service} is billed for physicians' minutes, and a run counts those of staff; use one of staff, such as ccm",
            )
    if contract.kind == "mssp" and contract.minimum_rate is None:
        fewest, people = mssp.fewest_beneficiaries(), panel_size(scenario)
        if people < fewest:
            two_sided = ", or elect contract.minimum_rate" if mssp.terms(contract.track).two_sided else ""
            yield (
                "population.size" if scenario.population.panel == "synthetic" else "population.panel",
                f"must be at least {fewest:,} people, where the size table of minimum savings rates starts (got {people:,}){two_sided}; "
                "organisations of the programme have 5,000 and more",
            )


def _problem(scenario: Scenario, key: str, message: str) -> Problem:
    node = scenario.tree.nearest_to(tuple(key.split(".")))
    return Problem(node.origin.file, *node.position, key, message)


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
    """What the contract's figures come from: the assigned panel, claims and work as they are, a design of the evaluation, or without one
    the truth."""
    if answers_for_panel(scenario.contract):
        return "assigned_panel"
    if scenario.contract.kind not in BY_COMPARISON:
        return "claims"
    evaluation = scenario.evaluation
    if evaluation is None or MAIN_WINDOW not in evaluation.windows:
        return "truth"
    usable = [name for name in COMPARED if name in evaluation.designs and (name != "randomised" or evaluation.control is not None)]
    return usable[0] if usable else "truth"


def promise(scenario: Scenario, cohort: str) -> Promise | None:
    """What the contract guarantees for a cohort, if it does."""
    contract = scenario.contract
    return Promise(float(contract.fee), cmhcb_terms(contract, cohort).guarantee) if contract.kind == "cmhcb" else None


def _evaluations(results: Sequence[ReplicationResult], cohort: str) -> list[Evaluation]:
    found = (evaluation_of(result, cohort) for result in results)
    return [evaluation for evaluation in found if evaluation is not None]


def _account(result: ReplicationResult, terms: EconomicTerms, basis: Basis) -> Account:
    if basis == "truth" or basis == "assigned_panel" or basis == "claims":
        return account(result, terms)
    return account(result, terms, measured=_by_comparison(result, terms, basis))


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
