"""The scenario of one replication: with a joint draw of a posterior where the scenario names one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sim.sampling import parameter_uniforms
from sim.scenario import Scenario, change
from sim.scenario.parameters import ParameterRow
from sim.scenario.posterior import Posterior, read_posterior
from sim.scenario.uncertain import UncertainParameter, uncertain_parameters

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
    if scenario.drawn_from is None:
        return scenario
    posterior, parameters = _to_draw(_Same(scenario))
    row = int(parameter_uniforms([ROW], seed, [replication])[0, 0] * len(posterior.values))
    draw = dict(zip(posterior.names, posterior.values[row].tolist(), strict=True))
    return change(scenario, ["parameters=none", *(parameter.override(draw[name]) for name, parameter in parameters.items())])


class _Same:
    """A scenario as itself: two of these are equal when they hold the same object."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.scenario is self.scenario

    def __hash__(self) -> int:
        return id(self.scenario)


@lru_cache(maxsize=4)
def _to_draw(same: _Same) -> tuple[Posterior, dict[str, ParameterRow | UncertainParameter]]:
    """The posterior of a scenario and the parameters drawn from it: the same for all its replications."""
    use = applied(same.scenario)
    assert use is not None
    rows: dict[str, ParameterRow | UncertainParameter] = {row.name: row for row in same.scenario.parameters()}
    rows |= {parameter.row.name: parameter for parameter in uncertain_parameters(same.scenario)}
    return use.posterior, {name: rows[name] for name in use.names}
