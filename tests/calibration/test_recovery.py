"""A small version of the benchmark: on the simulator itself, intervals hold the truth as often as they say."""

from pathlib import Path

from scipy import stats

from calibration.recovery import recover
from calibration.specification import open_calibration
from experiments.sweep.executors import Here
from tests.calibration.small import SMALL, write_small

BENCHMARKS = Path(__file__).resolve().parents[2] / "calibration" / "benchmarks"
TRUTHS = 10
STAGE = {
    "parameters": ["usual_care.crises.rate", "usual_care.hospital.to_snf", "usual_care.decline.onset"],
    "targets": ["admissions", "ed", "snf", "mortality"],
    "waves": [{"points": 50, "replications": 1}],
}


def test_intervals_hold_the_truth_as_often_as_they_say(tmp_path: Path) -> None:
    file = write_small(
        tmp_path,
        (BENCHMARKS / "recovery_targets.yaml").read_text(encoding="utf-8"),
        seed=5,
        set=SMALL["set"] | {"population.size": 1000},
        discrepancy=0.0,
        sampler={"walkers": 16, "steps": 700, "burn_in": 200},
        predictive=2,
        stages={"natural_history": STAGE},
    )
    found = recover(open_calibration(file), TRUTHS, tmp_path, Here(), lambda line: None)
    assert found.narrowing[:, 0].max() < 0.7  # the figures do say something about the rate of crises
    for held in (found.held, found.foretold):
        low, high = stats.binom(held.size, 0.8).ppf([0.0005, 0.9995])
        assert low <= held.sum() <= high
