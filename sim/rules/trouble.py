"""Why a run had to stop, as one clear message."""

from __future__ import annotations

from sim.rules.units import DAY
from sim.rules.vocabulary import Setting, Stream, Trigger, Trouble
from sim.rules.world import World


class SimulationError(Exception):
    """A rule stopped the run: a hazard above its bound, no room for more work, or an impossible transition."""


def explain(world: World) -> SimulationError:
    """The message for the trouble that a run has noted: patient, day and parameter."""
    run = world.run[0]
    trouble = Trouble(run.trouble)
    day = run.now / DAY
    who = f"patient {int(world.patients[run.trouble_patient].number)} on day {day:.1f}"
    if trouble is Trouble.HAZARD_ABOVE_BOUND:
        stream = Stream(run.trouble_what).name.lower()
        return SimulationError(
            f"{who}: the {stream} hazard of {run.trouble_value:.4g} per year is above its bound of {run.trouble_bound:.4g}; "
            f"a multiplier of the {stream} hazard exceeds the supremum it declares"
        )
    if trouble is Trouble.POOL_FULL:
        return SimulationError(f"{who}: no room for another open task ({int(run.trouble_value)} are open)")
    if trouble is Trouble.AGENDA_FULL:
        return SimulationError(
            f"{who}: components that work at once keep setting each other off (after: {Trigger(run.trouble_what).name.lower()}); "
            f"give one of them a delay or a queue"
        )
    if trouble is Trouble.EVENT_TOO_LARGE:
        what = ("pending times", "rows of the event log")[int(run.trouble_what)]
        return SimulationError(
            f"one event on day {day:.1f} changed more than {int(run.trouble_value)} {what}; that is more than there is room for"
        )
    wanted = Setting(run.trouble_what).name.lower().replace("_", " ")
    return SimulationError(f"{who}: impossible transition: cannot enter {wanted} after death or after leaving the plan")
