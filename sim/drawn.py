"""The scenario of one replication: with a joint draw of a posterior where the scenario names one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.sampling import parameter_uniforms
from sim.scenario import Scenario, change
from sim.scenario.posterior import Posterior, read_posterior
from sim.scenario.uncertain import uncertain_parameters

ROW: Final = "posterior row"
"""The name under which a replication chooses its row."""


@dataclass(frozen=True)
class Applied:
    """A posterior as a scenario uses it. `names` are drawn; `kept` stay as they are; `absent` the scenario does not have."""

    posterior: Posterior
    names: tuple[str, ...]
    kept: tuple[str, ...]
    absent: tuple[str, ...]


def posterior_name(scenario: Scenario) -> str | None:
    """The name of the posterior that a scenario draws its parameters from; None when it draws from none."""
    return None if scenario.drawn_from is None else scenario.drawn_from.posterior.stem


def applied(scenario: Scenario) -> Applied | None:
    """What a scenario draws from its posterior; None when it names none.

    What the scenario keeps stays; `keep_own` sees to it that what a user or a lever says is among that.
    """
    if scenario.drawn_from is None:
        return None
    posterior = read_posterior(scenario.drawn_from.posterior)
    known = [name for name in posterior.names if scenario.tree.named(name) is not None]
    absent = tuple(name for name in posterior.names if name not in known)
    kept = tuple(name for name in known if name in scenario.drawn_from.keep)
    return Applied(posterior, tuple(name for name in known if name not in kept), kept, absent)


def drawn(scenario: Scenario, seed: int, replication: int) -> Scenario:
    """The scenario that a replication runs: the same one, or with the row of its posterior that this seed and replication choose.

    Raises ScenarioErrors for a draw that the scenario does not allow.
    """
    use = applied(scenario)
    if use is None:
        return scenario
    posterior = use.posterior
    uncertain = {parameter.row.name: parameter for parameter in uncertain_parameters(scenario)}
    certain = {} if uncertain.keys() >= set(use.names) else {row.name: row for row in scenario.parameters()}
    row = int(parameter_uniforms([ROW], seed, [replication])[0, 0] * len(posterior.values))
    draw = dict(zip(posterior.names, posterior.values[row].tolist(), strict=True))
    changes = [uncertain[name].override(draw[name]) if name in uncertain else certain[name].override(draw[name]) for name in use.names]
    return change(scenario, ["parameters=none", *changes])
