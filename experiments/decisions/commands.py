"""What `caseload solve` and `caseload optimise` do with the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from experiments.analysis.analysing import Table, write_tables
from experiments.analysis.showing import show, shown
from experiments.decisions.optimising import frontier_rows, race, runner_for
from experiments.decisions.solving import Solution
from experiments.decisions.solving import solve as search
from experiments.decisions.study import Sampling, Study
from experiments.decisions.target import parse_target
from experiments.errors import SweepError
from experiments.factors import Amount, Base
from experiments.specification.loading import costs_listed, is_experiment, open_experiment
from experiments.specification.names import UnknownName, outcome_named, without_benefit
from experiments.sweep.executors import Executor
from experiments.sweep.plan import PLANS, read_plan
from experiments.sweep.planning import make_plan
from experiments.sweep.store import collect
from sim.commands.running import announce_compiling
from sim.drawn import posterior_name
from sim.flat import outcome_names
from sim.outcomes.store import default_folder
from sim.outcomes.summary import caveat
from sim.scenario.errors import nearest

TIMES_THE_FIRST = 8


@dataclass(frozen=True)
class Question:
    """What `caseload solve` was asked."""

    file: Path
    target: str
    lever: str
    low: str | None
    high: str | None
    step: float | None
    draws: int
    replications: int
    overrides: Sequence[str]
    seed: int | None


def answer_question(question: Question, out: Path | None, make_executor: Callable[[], Executor]) -> Solution:
    """Search, show every value that was looked at, and say what it takes. Errors: SweepError, ScenarioErrors."""
    base, lever = _base_and_lever(question)
    target = parse_target(question.target, outcome_names(base.scenario))
    seed = base.scenario.run.seed if question.seed is None else question.seed
    sampling = Sampling(question.draws, question.replications)
    study = Study(base, lever, target.outcome, sampling, seed)
    folder = (out or default_folder("solve")).absolute()
    announce_compiling()
    solution = search(target, lever.low, lever.high, lever.step, lambda values: study.evaluate(values, folder, make_executor))
    unit = base.rows[lever.keys[0]].unit if not lever.scaled else ""
    chance = f"{question.draws:,} draws of {len(study.factors) - 1} uncertain parameters" if question.draws else "chance alone"
    kind = "probability" if target.probability is not None else "mean"
    tables = [
        Table(
            "solve", f"{target} over {lever.name}", solution.rows, f"reached: {kind} with 95% interval; {chance}, the same at each value."
        ),
        *listed_costs(base),
    ]
    write_tables(folder, tables)
    show(tables)
    print(sentence(solution, lever, unit))
    print(caveat(posterior_name(base.scenario)))
    return solution


def sentence(solution: Solution, lever: Amount, unit: str) -> str:
    """What was found in words."""
    name = f"{lever.name} ({unit})" if unit else lever.name
    if solution.least is None:
        row = solution.row(solution.best)
        return (
            f"Nothing from {shown(lever.low)} to {shown(lever.high)} of {name} gives {solution.target}. "
            f"The best is {shown(solution.best)}: {_reached(solution, row)}."
        )
    row = solution.row(solution.least)
    text = f"{solution.target} takes at least {shown(solution.least)} of {name}: {_reached(solution, row)}."
    if solution.least == lever.low:
        text += " That is the least that was looked at."
    if solution.most is not None and solution.most < lever.high:
        text += f" Above {shown(solution.most)} it is not reached any more."
    return text if solution.sure else text + " The interval reaches below the target: more draws (--draws) may move the answer."


def _reached(solution: Solution, row: dict[str, Any]) -> str:
    sign = 1.0 if solution.target.at_least or solution.target.probability is not None else -1.0
    low, high = sorted((sign * row["lo"], sign * row["hi"]))
    what = "probability" if solution.target.probability is not None else "mean"
    return f"{what} {shown(sign * row['reached'])} ({shown(low)} to {shown(high)})"


def listed_costs(base: Base) -> list[Table]:
    """Costs with no modelled benefit, as a table."""
    rows = [{"cost": key, "value": value, "why": reason} for key, value, reason in costs_listed(base)]
    note = "They are no levers: cutting them would always look right, because the model does not say what they are good for."
    return [Table("costs_without_benefit", "Costs with no modelled benefit", rows, note)] if rows else []


def _base_and_lever(question: Question) -> tuple[Base, Amount]:
    if is_experiment(question.file):
        if question.overrides:
            raise SweepError("--set is for a scenario; an experiment says its changes in `set`")
        opened = open_experiment(question.file)
        levers = {factor.name: factor for factor in opened.factors if factor.role == "lever"}
        lever = levers.get(question.lever)
        if lever is None:
            raise SweepError(f"the experiment has no lever '{question.lever}'{nearest(question.lever, levers)}")
        if not isinstance(lever, Amount):
            raise SweepError(f"'{question.lever}' has named levels; to solve for a lever it needs from and to")
        if question.low is not None or question.high is not None:
            raise SweepError("the experiment says from and to of its lever; leave --from and --to out")
        return opened.base, replace(lever, step=question.step or lever.step)
    base = Base.at(str(question.file), list(question.overrides))
    if question.lever not in base.rows:
        raise SweepError(f"the scenario has no number '{question.lever}'{nearest(question.lever, base.rows)}")
    reason = without_benefit(question.lever)
    if reason is not None:
        raise SweepError(
            f"{question.lever} is a cost with no modelled benefit ({reason}): cutting it always looks right, so it is no lever"
        )
    ends = []
    for option, text in (("--from", question.low), ("--to", question.high)):
        if text is None:
            raise SweepError(f"{option} is missing: say between which values of {question.lever} to look")
        changed = base.changed([f"{question.lever}={text}"])
        ends.append(next(row.value for row in changed.parameters() if row.name == question.lever))
    if not ends[0] < ends[1]:
        raise SweepError("--from must be below --to")
    return base, Amount(question.lever, (question.lever,), ends[0], ends[1], question.step or None)


def optimise_levers(
    experiment: Path, objectives: Sequence[str], most: int | None, out: Path | None, make_executor: Callable[[], Executor]
) -> list[dict[str, Any]]:
    """Race, and show the frontier. Errors: SweepError, ScenarioErrors."""
    opened = open_experiment(experiment)
    kind = opened.experiment.design["kind"]
    if kind not in ("grid", "list", "psa"):
        raise SweepError(f"optimise compares combinations of levers: its design is grid, list or psa, not {kind}")
    wanted = list(objectives)
    if not wanted and opened.experiment.decision is not None and opened.experiment.decision.net_benefit is not None:
        wanted = [opened.experiment.decision.net_benefit]
    if not wanted:
        raise SweepError("say what to optimise: --objective programme.net_savings, or decision: {net_benefit: ...} in the experiment")
    named = []
    for name in wanted:
        sign = "-" if name.startswith("-") else ""
        try:
            named.append(sign + outcome_named(name.removeprefix("-"), opened.outcomes))
        except UnknownName as error:
            raise SweepError(f"--objective: {error}; it must be among the outcomes of the experiment") from error
    folder = (out or default_folder("optimise")).absolute()
    announce_compiling()
    plan = read_plan(folder) if (folder / PLANS).is_dir() else make_plan(opened, folder)
    if plan.head.base != opened.base.scenario.digest() or plan.head.outcomes != opened.outcomes:
        raise SweepError(f"{folder} holds another experiment; name another folder with --out")
    limit = most or TIMES_THE_FIRST * plan.head.replications
    plan, standing = race(plan, named, limit, runner_for(make_executor))
    rows = frontier_rows(collect(plan), standing, named)
    note = (
        "frontier: no other alternative is as good in everything and better in something. probability_best: of the first objective, "
        "among those that were left. dropped_after: replications after which another one was surely better in everything."
    )
    tables = [Table("frontier", "Frontier of the levers", rows, note), *listed_costs(opened.base)]
    write_tables(folder, tables)
    show(tables)
    print(caveat(posterior_name(opened.base.scenario)))
    return rows
