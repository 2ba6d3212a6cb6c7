"""Targets are read with their places; what is only checked reaches no likelihood and no digest."""

import re
from pathlib import Path

import numpy as np
import pytest

from calibration.errors import CalibrationError
from calibration.likelihood import Likelihood
from calibration.specification import open_calibration
from calibration.targets import Targets, read_targets
from sim.scenario import Scenario, ScenarioErrors, change, load

ROOT = Path(__file__).resolve().parents[2]
MGH = ROOT / "calibration" / "targets" / "mgh_phase1.yaml"
HEAD = "title: T\ntargets:\n"
GOOD = "  A: {measure: pbpm, arm: usual_care, window: baseline, value: 100, range: [90, 120], use: fit, grade: published, source: s}\n"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("caseload:mgh_cmp/phase1.yaml")


@pytest.fixture(scope="module")
def mgh(scenario: Scenario) -> Targets:
    return read_targets(MGH, scenario)


def read(folder: Path, scenario: Scenario, text: str) -> Targets:
    path = folder / "targets.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_targets(path, scenario)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("measure: pbpm", "measure: pbmp", "targets.yaml:3:7: targets.A.measure: no measure is called 'pbmp'; did you mean 'pbpm'?"),
        ("arm: usual_care, ", "", "targets.A.arm: missing; must be"),
        ("arm: usual_care", "arm: both", "targets.yaml:3:22: targets.A.arm: must be 'usual_care', 'programme', 'ratio' or 'difference'"),
        ("window: baseline", "window: m7_19", "targets.A.window: must be 'programme', 'baseline', 'm7_18' or 'last_12'"),
        ("range: [90, 120]", "range: [110, 120]", "targets.A.range: must be [low, high] and hold the value, 100"),
        ("range: [90, 120]", "range: [90, 120], se: 3", "must say how well it is known by one of 'se', 'ci', 'range' or 'n'"),
        ("range: [90, 120], ", "", "targets.A.value: must say how well it is known by one of"),
        ("range: [90, 120]", "range: [-1, 120]", "targets.A.range: must be more than 0"),
        ("use: fit", "use: fti", "targets.A.use: must be 'fit' or 'check' (got 'fti'); did you mean 'fit'?"),
        (", source: s", "", "targets.A.source: missing"),
        ("grade: published", "grade: sure", "targets.A.grade: must be"),
        ("use: fit", "use: fit, weight: 2", "targets.A.weight: unknown key"),
        ("measure: pbpm, arm: usual_care", "measure: roi_fees, arm: usual_care", "'roi_fees' is of the programme alone"),
        ("measure: pbpm", "measure: population.eligible_share", "has no arm and no window"),
        ("measure: pbpm", "measure: persons.cost_vc", "no measure is called 'persons.cost_vc'; did you mean 'persons.cost_cv'?"),
        ("measure: pbpm", "measure: persons.cost_cv", "has no arm and no window"),
        (
            "use: fit",
            "set: {programme.staff.case_manager.ftes: 6}, use: fit",
            "targets.yaml:3:93: targets.A.set.programme.staff.case_manager.ftes: unknown key; did you mean 'fte'?",
        ),
        ("range: [90, 120]", "range: [100, 100]", "targets.A.range: must be wider than nothing (got [100.0, 100.0])"),
        ("value: 100", "value: .nan", "targets.yaml:3:57: targets.A.value: must be a number (got nan)"),
        ("range: [90, 120]", "se: .inf", "targets.A.se: must be a number (got inf)"),
        ("range: [90, 120]", "se: 0", "targets.A.se: must be more than 0 (got 0)"),
        ("range: [90, 120]", "range: [90]", "targets.A.range: must have at least 2 items"),
        ("range: [90, 120]", "range: [90, 100, 120]", "targets.A.range: must have at most 2 items (got 3)"),
        ("range: [90, 120]", "n: 500", "targets.A.n: is people of a share, or person-years of a rate, of one arm in one window"),
        (
            "measure: pbpm, arm: usual_care, window: baseline, value: 100, range: [90, 120]",
            "measure: admissions_per_1000_py, arm: ratio, value: 0.8, n: 2619",
            "targets.A.n: is people of a share",
        ),
        (
            "measure: pbpm, arm: usual_care, window: baseline, value: 100, range: [90, 120]",
            "measure: admissions_per_1000_py, arm: usual_care, window: m7_18, relative_to: baseline, value: 1.4, n: 2619",
            "targets.A.n: is people of a share",
        ),
        (
            "measure: pbpm, arm: usual_care, window: baseline, value: 100, range: [90, 120]",
            "measure: readmission_30_day, arm: usual_care, value: 0, n: 100",
            "targets.A.value: must be more than 0 and less than 1 for n",
        ),
        ("use: fit", "use: fit, selection: 0.1", "targets.A.selection: is an SD on the logarithm of a ratio of the arms"),
    ],
)
def test_a_bad_target_is_refused_at_its_line(tmp_path: Path, scenario: Scenario, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ScenarioErrors) as refused:
        read(tmp_path, scenario, GOOD.replace(old, new))
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("how", "kind", "first", "second", "low", "high"),
    [
        ("se: 5", "normal", np.log(100), 0.05, 100 - 1.959964 * 5, 100 + 1.959964 * 5),
        ("ci: [80, 125]", "normal", np.log(100), np.log(125 / 80) / (2 * 1.959964), 80, 125),
        ("range: [80, 125]", "interval", np.log(80), np.log(125), 80, 125),
        ("se: 5, tolerance: [70, 140]", "normal", np.log(100), 0.05, 70, 140),
    ],
)
def test_what_each_kind_says(
    tmp_path: Path, scenario: Scenario, how: str, kind: str, first: float, second: float, low: float, high: float
) -> None:
    (target,) = read(tmp_path, scenario, GOOD.replace("range: [90, 120]", how)).all
    assert target.known.kind == kind
    assert (target.known.first, target.known.second, target.low, target.high) == pytest.approx((first, second, low, high), rel=1e-6)


def test_a_run_too_short_for_a_figure_by_person_is_refused(tmp_path: Path, scenario: Scenario) -> None:
    text = "  A: {measure: persons.%s, value: 1, range: [0.5, 2], use: fit, grade: published, source: s}\n"
    for name, changes, message in (
        ("low_risk_after_2_years", ["run.horizon=18 months"], "needs a run.horizon of at least 24 months"),
        ("last_year_of_life_cost_share", ["programme.enrolment.refresh=none"], "refresh.at must be at least 12 months"),
    ):
        with pytest.raises(ScenarioErrors, match=rf"targets\.yaml:3:7: targets\.A\.measure: .*{message}"):
            read(tmp_path, change(scenario, changes), text % name)


def test_people_and_person_years_give_standard_errors(tmp_path: Path, scenario: Scenario) -> None:
    text = (
        "  S: {measure: readmission_30_day, arm: usual_care, value: 0.2, n: 400, use: fit, grade: published, source: s}\n"
        "  R: {measure: ed_visits_per_1000_py, arm: usual_care, value: 2000, n: 50, use: fit, grade: published, source: s}\n"
    )
    share, rate = read(tmp_path, scenario, text).all
    assert share.known.second == pytest.approx(np.sqrt(0.2 * 0.8 / 400) / 0.2)  # binomial
    assert rate.known.second == pytest.approx(1 / np.sqrt(100))  # Poisson: 100 visits in 50 person-years


def test_weak_sources_have_wider_errors_and_ranges_stay(tmp_path: Path, scenario: Scenario) -> None:
    text = "widening: {memory: 2}\ntargets:\n" + GOOD.replace("range: [90, 120]", "se: 5").replace("published", "memory")
    path = tmp_path / "targets.yaml"
    path.write_text("title: T\n" + text + GOOD.replace("A:", "B:").replace("published", "memory"), encoding="utf-8")
    wide, kept = read_targets(path, scenario).all
    assert wide.known.second == pytest.approx(0.10)
    assert (kept.known.first, kept.known.second) == pytest.approx((np.log(90), np.log(120)))


def test_every_fitted_figure_of_mgh_is_in_its_calibration_and_no_check_is(mgh: Targets) -> None:
    opened = open_calibration(ROOT / "calibration" / "mgh_phase1.yaml")
    staged = [target.name for stage in opened.stages for target in stage.targets]
    assert sorted(staged) == sorted(target.name for target in mgh.fitted)
    assert {target.name for target in mgh.checks} == {
        *("N12a", "N12b", "V1", "V2", "V3a", "V3b", "V4a", "V4b", "V4c", "V5", "V6", "V7a", "V7b", "V7c")
    }
    assert all(name.startswith(("N", "C")) for name in staged)


def test_a_check_reaches_no_likelihood(mgh: Targets, tmp_path: Path) -> None:
    for target in mgh.checks:
        with pytest.raises(CalibrationError, match=f"{target.name} are only to be checked"):
            Likelihood((*mgh.fitted, target), 0.02)
    text = (ROOT / "calibration" / "mgh_phase1.yaml").read_text(encoding="utf-8")
    text = text.replace("targets/mgh_phase1.yaml", "targets.yaml").replace("[C3, C4,", "[C3, V1,")
    (tmp_path / "targets.yaml").write_text(MGH.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "fit.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioErrors, match=r"fit\.yaml:\d+:\d+: stages\.effects\.targets\.1: 'V1' is only to be checked"):
        open_calibration(tmp_path / "fit.yaml")


def test_the_digest_is_of_what_is_fitted(tmp_path: Path, scenario: Scenario, mgh: Targets) -> None:
    text = MGH.read_text(encoding="utf-8")
    path = tmp_path / "changed.yaml"
    path.write_text(text.replace("value: 2.65, range: [2.25, 3.05]", "value: 1.2, range: [1, 2]"), encoding="utf-8")
    assert read_targets(path, scenario).digest() == mgh.digest()
    path.write_text(text.replace("range: [1809, 1921]", "range: [1809, 1922]"), encoding="utf-8")
    assert read_targets(path, scenario).digest() != mgh.digest()


def test_the_targets_are_those_of_the_evidence(mgh: Targets, shared: Path) -> None:
    """Each range stands in section 12 of the evidence as the file has it."""
    text = (shared / "evidence" / "outcomes.md").read_text(encoding="utf-8")
    section = text[text.index("## 12.") :]
    rows = {match[1]: match[0] for match in re.finditer(r"^\| (\w+)\b.*$", section, re.MULTILINE)}
    for name, words in {
        "N2": "2,000-2,600",
        "N3": "0.7-1.4",
        "N4": "+30 to +60%",
        "N5": "1.2-3.0",
        "N6": "70-80%",
        "N7": "20-31, 36-50",
        "N8": "0.20-0.32",
        "N9": "0.13-0.22",
        "N10": "1.0-1.7; 20-30",
        "N11": "15-20; 42-65",
        "C3": "0.70-0.87",
        "C4": "-25 to -5%",
        "C5a": "+-5%",
        "C5b": "+-10%",
        "V1": "+-0.4",
        "V2": "3-9%",
    }.items():
        numbers = [float(part.replace(",", "")) for part in re.findall(r"\d[\d,]*\.?\d*", words)]
        ours = [t for t in mgh.all if re.fullmatch(rf"{name}[ab]?", t.name)]
        assert words in rows[name]
        assert ours
        if name in ("N2", "N9"):
            assert [ours[0].low, ours[0].high] == numbers
        elif name in ("N3", "N5"):
            assert [ours[0].low, ours[0].high] == [1000 * number for number in numbers]
        elif name == "N10":
            assert [ours[0].low, ours[0].high, 100 * ours[1].low, 100 * ours[1].high] == pytest.approx(numbers)
        elif name == "N11" or name == "N7":
            assert [100 * end for t in ours for end in (t.low, t.high)] == pytest.approx(numbers)
