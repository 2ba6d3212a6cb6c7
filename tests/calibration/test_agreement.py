"""Two fits side by side: known means and SDs, and what does not compare."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from calibration.agreement import figures_agree, parameters_agree, read_fit
from calibration.benchmarks.__main__ import main

NAME = "usual_care.crises.rate"
ABOUT = "effective_draws: {one: 100}\npredictive: 50\nstages: {one: {parameters: [usual_care.crises.rate], targets: [N1]}}\n"
BASE = np.array([-1.0, 1.0] * 200)
"""400 draws of mean 0 and SD 1."""


def fit(folder: Path, mean: float, sd: float, name: str = NAME) -> Path:
    folder.mkdir()
    pq.write_table(pa.table({name: mean + sd * BASE}), folder / "fit.parquet")
    (folder / "fit.yaml").write_text(ABOUT, encoding="utf-8")
    (folder / "fit.csv").write_text(f"target,simulated,p10,p90\nN1,{10 + mean},{10 - 1.28155 * sd},{10 + 1.28155 * sd}\n", encoding="utf-8")
    return folder


def test_differences_are_in_sds_with_the_error_of_the_draws(tmp_path: Path) -> None:
    first, second = read_fit(fit(tmp_path / "a", 0.0, 1.0)), read_fit(fit(tmp_path / "b", 0.5, 2.0))
    (row,) = parameters_agree(first, second)
    spread = np.sqrt((1 + 4) / 2)
    assert (row.first, row.second) == pytest.approx((0.0, 0.5))
    assert row.difference == pytest.approx(0.5 / spread)
    assert row.error == pytest.approx(np.sqrt((1 + 4) / 100) / spread)  # 100 of the 400 draws are independent
    assert row.sd_ratio == pytest.approx(2.0)
    assert not row.agrees
    (figure,) = figures_agree(first, second)
    assert figure.difference == pytest.approx(0.5 / spread, rel=1e-4)
    assert figure.error == pytest.approx(np.sqrt((1 + 4) / 50) / spread, rel=1e-4)


@pytest.mark.parametrize(("mean", "sd", "agrees"), [(0.1, 1.0, True), (0.1, 1.15, True), (0.6, 1.0, False), (0.0, 1.6, False)])
def test_agreement_allows_for_chance_and_for_no_more(tmp_path: Path, mean: float, sd: float, agrees: bool) -> None:
    (row,) = parameters_agree(read_fit(fit(tmp_path / "a", 0.0, 1.0)), read_fit(fit(tmp_path / "b", mean, sd)))
    assert row.agrees is agrees


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = fit(tmp_path / "a", 0.0, 1.0), fit(tmp_path / "b", 0.1, 1.0)
    assert main(["agree", str(first), str(second / "fit.parquet")]) == 0
    said = capsys.readouterr().out
    assert "Parameters: 1 of 1 agree" in said
    assert "Figures of runs at draws of the posterior: 1 of 1 agree" in said
    other = fit(tmp_path / "c", 0.0, 1.0, "usual_care.decline.onset")
    for words, message in (
        (["agree", str(first), str(other)], "the two posteriors have other parameters: usual_care.crises.rate, usual_care.decline.onset"),
        (["agree", str(first), str(tmp_path)], "must be a .parquet file of draws, or a folder with one of them (found 0)"),
        (["agree", str(first)], "usage: python -m calibration.benchmarks [agree A B]"),
    ):
        assert main(words) == 2
        assert message in capsys.readouterr().err
