"""`python -m calibration.benchmarks`: recovery of 24 truths, as a table here and in recovery.csv."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from calibration.recovery import recover
from calibration.specification import open_calibration

HERE = Path(__file__).resolve().parent
TRUTHS = 24


def main() -> None:
    """Run the benchmark; runs are kept in results/recovery."""
    opened = open_calibration(HERE / "recovery.yaml")
    found = recover(opened, TRUTHS, Path("results") / "recovery", 1, lambda line: print(line, file=sys.stderr))
    table = pd.DataFrame(found.rows())
    table.to_csv(HERE / "recovery.csv", index=False, float_format="%.3g")
    print(table.to_string(index=False, float_format=lambda value: f"{value:.2f}", na_rep=""))


if __name__ == "__main__":
    main()
