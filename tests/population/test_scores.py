"""The risk score by hand, and the stated case mix of the MGH panel."""

from __future__ import annotations

import numpy as np
import pytest

HIGH_RISK = {  # percent of a cohort with a risk score of 2 or more, within 8 points (evidence 1.9)
    "heart_failure": 45,
    "copd": 32,
    "diabetes_complicated": 35,
    "chronic_kidney_disease": 40,
    "dementia": 18,
    "depression": 30,
    "coronary_disease": 55,
}


def score(table, *names: str) -> float:
    return float(table.condition_scores(np.array([table.mask(names)], np.uint32))[0])


def test_conditions_add_up(table):
    assert score(table) == 0
    assert score(table, "copd", "stroke") == pytest.approx(0.328 + 0.263)


def test_a_higher_condition_supersedes_the_lower_ones(table):
    assert score(table, "diabetes") == pytest.approx(0.104)
    assert score(table, "diabetes", "diabetes_complicated") == pytest.approx(0.318)
    assert score(table, "cancer_other", "cancer_severe", "cancer_metastatic") == pytest.approx(2.625)
    assert score(table, "depression", "severe_mental_illness") == pytest.approx(0.608)


def test_heart_failure_and_arrhythmia_interact(table):
    assert score(table, "heart_failure", "arrhythmia") == pytest.approx(0.323 + 0.268 + 0.105)


@pytest.mark.parametrize(
    ("age", "female", "expected"),
    [
        (40, 1, 0.312),
        (64.99, 0, 0.300),
        (65, 1, 0.312),
        (69.99, 0, 0.300),
        (70, 0, 0.379),
        (84.5, 1, 0.537),
        (95, 0, 0.976),
        (110, 1, 0.816),
    ],
)
def test_age_bands_begin_at_their_first_birthday(table, age, female, expected):
    assert table.demographic_scores(np.array([float(age)]), np.array([female], np.int8))[0] == expected


def test_scores_of_a_panel_are_the_sum_of_their_parts(panels, block, table):
    factor = float(block.case_mix.model_factor)
    for person in panels[0][:200]:
        for mask, field in ((person["documented"], "risk_score"), (person["conditions"], "true_risk")):
            names = table.names_in(int(mask))
            below = {lower for name in names for lower in block.conditions[name].supersedes}
            total = sum(float(block.conditions[name].coefficient) for name in names if name not in below)
            total += sum(float(pair.coefficient) for pair in block.interactions.values() if set(pair.conditions) <= set(names))
            assert person[field] == pytest.approx((person["demographic_score"] + total) * factor)


def test_names_and_masks_are_inverse(table):
    for name in table.names:
        assert table.names_in(table.mask([name])) == (name,)
    with pytest.raises(ValueError, match="not in tuple"):
        table.mask(["gout"])


def within_noise(values: list[float], low: float, high: float) -> bool:
    """Whether the mean over panels lies in a range, give or take three standard errors."""
    error = 3 * np.std(values, ddof=1) / np.sqrt(len(values))
    return low - error <= np.mean(values) <= high + error


def test_the_case_mix_is_the_stated_one(panels, table):
    high = [panel[panel["risk_score"] >= 2] for panel in panels]
    assert within_noise([p["risk_score"].mean() for p in panels], 1.20, 1.30)
    assert within_noise([len(h) / len(p) for h, p in zip(high, panels, strict=True)], 0.18, 0.21)
    assert within_noise([h["age"].mean() for h in high], 75.5, 77)
    assert within_noise([h["female"].mean() for h in high], 0.49, 0.53)
    assert within_noise([h["disabled"].mean() for h in high], 0.095, 0.125)
    assert within_noise([h["medications"].mean() for h in high], 12.2, 13.0)
    assert within_noise([h["behavioural_health"].mean() for h in high], 0.50, 0.60)
    for name, percent in HIGH_RISK.items():
        shares = [100 * ((h["documented"] >> table.names.index(name)) & 1).mean() for h in high]
        assert within_noise(shares, percent - 8, percent + 8), name
    cancers = np.uint32(table.mask([name for name in table.names if name.startswith("cancer")]))
    assert within_noise([100 * ((h["documented"] & cancers) != 0).mean() for h in high], 12, 28)


def test_the_share_of_men_rises_with_risk(people):
    female = [people["female"][(low <= people["risk_score"]) & (people["risk_score"] < high)] for low, high in ((0, 1), (1, 2), (2, 99))]
    assert [group.mean() for group in female] == sorted((group.mean() for group in female), reverse=True)
    assert female[0].mean() - female[2].mean() > 4 * np.sqrt(0.25 / len(female[0]) + 0.25 / len(female[2]))
