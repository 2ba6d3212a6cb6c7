"""A small version of the benchmark: on the simulator itself, intervals hold the truth as often as they say."""

import shutil
from pathlib import Path

from scipy import stats

from calibration.recovery import recover
from calibration.specification import open_calibration
from experiments.sweep.executors import Here

BENCHMARKS = Path(__file__).resolve().parents[2] / "calibration" / "benchmarks"
TRUTHS = 10
SMALL = """
title: Recovery, 1,000 patients
scenario: caseload:mgh_cmp/phase1.yaml
targets: recovery_targets.yaml
posterior: recovery
seed: 5
set: {population.size: 1000, run.horizon: 18 months, programme.enrolment.refresh: none}
discrepancy: 0.0
implausible_beyond: 3
sampler: {walkers: 16, steps: 700, burn_in: 200}
draws: 20
predictive: 2
stages:
  natural_history:
    parameters: [usual_care.crises.rate, usual_care.hospital.to_snf, usual_care.decline.onset]
    targets: [admissions, ed, snf, mortality]
    waves: [{points: 50, replications: 1}]
"""


def test_intervals_hold_the_truth_as_often_as_they_say(tmp_path: Path) -> None:
    shutil.copy(BENCHMARKS / "recovery_targets.yaml", tmp_path)
    (tmp_path / "recovery.yaml").write_text(SMALL, encoding="utf-8")
    found = recover(open_calibration(tmp_path / "recovery.yaml"), TRUTHS, tmp_path, Here(), lambda line: None)
    assert found.narrowing[:, 0].max() < 0.7  # the figures do say something about the rate of crises
    for held in (found.held, found.foretold):
        low, high = stats.binom(held.size, 0.8).ppf([0.0005, 0.9995])
        assert low <= held.sum() <= high
