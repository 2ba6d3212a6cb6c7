"""A disease of two states in 100,000 people over ten years: event by event here, month by month in Starsim where it is installed.

The prevalence that each ends with stands beside its time: 0.1 / (0.1 + 0.3) = 0.25 in the long run.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.benchmarks.measuring import Finding
from sim.assembly.panel import ground, settle
from sim.compiled.clock import advance
from sim.population.drawing import draw_panel
from sim.population.lives import lives_of
from sim.rules.streams import key_of
from sim.scenario import load

PEOPLE = 100_000
YEARS = 10
REPEATS = 5
QUIET = Path(__file__).parents[2] / "tests" / "known_answers" / "scenarios" / "quiet.yaml"
ONSET, REMISSION = 0.1, 0.3  # per year


def here() -> tuple[float, float]:
    """(seconds, prevalence): onset and remission are the streams of decline, and nothing else happens."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "two_states.yaml"
        text = QUIET.read_text(encoding="utf-8").replace("panel: {csv: alike.csv}", f"size: {PEOPLE}")
        path.write_text(text, encoding="utf-8")
        scenario = load(
            path,
            [
                f"run.horizon={12 * (YEARS - 1)} months",
                f"usual_care.decline.onset={ONSET}",
                f"usual_care.decline.remission={REMISSION}",
                "population.frailty.shape=1",
            ],
        )
    persons, practices = draw_panel(scenario, 1, 0)
    persons["true_risk"] = 1.0
    land = ground(scenario, practices, key_of(1, 0))
    world = settle(land, lives_of(persons, 0, 1).persons)
    start = time.perf_counter()
    world = advance(world, int(world.run[0].horizon))
    return time.perf_counter() - start, float(world.nature.in_decline.mean())


def in_starsim() -> tuple[float, float] | None:
    """(seconds, prevalence) with monthly steps; None where Starsim is not installed."""
    try:
        import starsim as ss
    except ImportError:
        return None

    class TwoStates(ss.Disease):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.define_states(ss.BoolState("ill", default=False))
            self.falls_ill = ss.bernoulli(p=1 - (1 - ONSET) ** (1 / 12))
            self.recovers = ss.bernoulli(p=1 - (1 - REMISSION) ** (1 / 12))

        def step(self) -> None:
            well, ill = (~self.ill).uids, self.ill.uids
            new, over = self.falls_ill.filter(well), self.recovers.filter(ill)
            self.ill[new] = True
            self.ill[over] = False

    model = ss.Sim(n_agents=PEOPLE, start=2000, stop=2000 + YEARS, dt=1 / 12, diseases=TwoStates(), verbose=0)
    model.init()
    start = time.perf_counter()
    model.run()
    return time.perf_counter() - start, float(model.diseases[0].ill.mean())


def run() -> Iterator[Finding]:
    """Times and their ratio; each has run once before, so that nothing is compiled in the time that counts."""
    ours = sorted([here() for _ in range(1 + REPEATS)][1:])[REPEATS // 2]
    yield Finding("Caseload, in continuous time", f"{ours[0]:.3f} s (prevalence {ours[1]:.3f})")
    others = [found for _ in range(1 + REPEATS) if (found := in_starsim()) is not None]
    if not others:
        yield Finding("Starsim, monthly", "not installed")
        return
    theirs = sorted(others[1:])[REPEATS // 2]
    yield Finding("Starsim, monthly", f"{theirs[0]:.3f} s (prevalence {theirs[1]:.3f})")
    yield Finding("Starsim / Caseload", f"{theirs[0] / ours[0]:.1f}")
