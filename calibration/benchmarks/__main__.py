"""Benchmarks of the method.

`python -m calibration.benchmarks`: recovery of 24 truths, as a table here and in recovery.csv.
`python -m calibration.benchmarks agree A B`: whether two fits (folders of `caseload calibrate`, or .parquet files) agree.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from calibration.agreement import figures_agree, parameters_agree, read_fit
from calibration.errors import CalibrationError
from calibration.recovery import recover
from calibration.specification import open_calibration
from experiments.sweep.executors import Here

HERE = Path(__file__).resolve().parent
TRUTHS = 24
USAGE = "usage: python -m calibration.benchmarks [agree A B]"


def recovery() -> None:
    """Recover truths; runs are kept in results/recovery."""
    opened = open_calibration(HERE / "recovery.yaml")
    found = recover(opened, TRUTHS, Path("results") / "recovery", Here(), lambda line: print(line, file=sys.stderr))
    table = pd.DataFrame(found.rows())
    table.to_csv(HERE / "recovery.csv", index=False, float_format="%.3g")
    _show(table)


def agree(first: Path, second: Path) -> None:
    """Compare two fits."""
    fits = read_fit(first), read_fit(second)
    for title, rows in (("Parameters", parameters_agree(*fits)), ("Figures of runs at draws of the posterior", figures_agree(*fits))):
        if rows:
            print(f"{title}: {sum(row.agrees for row in rows)} of {len(rows)} agree; differences and errors in posterior SDs")
            _show(pd.DataFrame([row.plain() for row in rows]))


def _show(table: pd.DataFrame) -> None:
    print(table.to_string(index=False, float_format=lambda value: f"{value:.3g}", na_rep=""))


def main(words: list[str]) -> int:
    """Run what is asked for; the exit code."""
    try:
        match words:
            case []:
                recovery()
            case ["agree", first, second]:
                agree(Path(first), Path(second))
            case _:
                print(USAGE, file=sys.stderr)
                return 2
    except CalibrationError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
