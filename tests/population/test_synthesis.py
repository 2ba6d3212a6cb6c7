"""Who is in a synthetic panel does not depend on order, size or other draws."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import special, stats

from sim.population.drawing import draw_panel
from sim.population.person import EXCLUSIONS, PERSON
from sim.population.practices import expand
from sim.population.synthesis import synthesise
from sim.scenario import ScenarioErrors


def by_number(persons):
    return persons[np.argsort(persons["number"])]


def test_same_seed_and_replication_give_the_same_panel(draw):
    assert np.array_equal(draw(size=300), draw(size=300))


@pytest.mark.parametrize("other", [{"seed": 2}, {"replication": 1}])
def test_another_seed_or_replication_is_another_panel(draw, other):
    first, second = draw(size=300), draw(size=300, **other)
    assert not set(first["key"].tolist()) & set(second["key"].tolist())
    assert not np.array_equal(by_number(first)["age"], by_number(second)["age"])


def test_rows_are_in_ascending_order_of_unique_keys(draw):
    persons = draw()
    assert persons.dtype == PERSON
    assert np.all(np.diff(persons["key"].astype(object)) > 0)
    assert sorted(persons["number"].tolist()) == list(range(1, 2001))


def test_a_larger_panel_contains_the_smaller_one_to_the_bit(draw):
    small, large = by_number(draw(size=257)), by_number(draw(size=1000))
    assert np.array_equal(small, large[:257])


def test_order_of_conditions_and_practices_in_the_file_changes_nothing(scenario, block):
    turned = block.model_copy(update={"conditions": dict(reversed(block.conditions.items())), "size": 500})
    straight = block.model_copy(update={"size": 500})
    groups = scenario.sites.practices
    assert list(turned.conditions) != list(straight.conditions)
    assert np.array_equal(
        synthesise(turned, expand(dict(reversed(groups.items()))), 3, 0),
        synthesise(straight, expand(groups), 3, 0),
    )


def test_another_condition_changes_nobody_elses_draws(block, practices):
    before = block.model_copy(update={"size": 1000})
    more = {**block.conditions, "aaa_first_by_name": block.conditions["stroke"]}
    after = before.model_copy(update={"conditions": more})
    first, second = synthesise(before, practices, 1, 0), synthesise(after, practices, 1, 0)
    assert np.array_equal(first["conditions"], second["conditions"] >> np.uint32(1))
    for field in ("age", "female", "burden", "frailty", "loyalty", "exclusions", "practice", "willingness"):
        assert np.array_equal(first[field], second[field])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("frailty.shape=4", "frailty"),
        ("engagement.mean=0.3", "engagement"),
        ("loyalty.concentration=9", "loyalty"),
        ("age.years_from_65.mean=9", "age"),
        ("age.years_to_65.mean=8", "age"),
    ],
)
def test_a_changed_parameter_moves_values_and_keeps_ranks(draw, change, field):
    first, second = draw(), draw(change)
    assert np.array_equal(first["key"], second["key"])
    assert not np.array_equal(first[field], second[field])
    assert np.array_equal(stats.rankdata(first[field]), stats.rankdata(second[field]))
    others = [name for name in ("female", "practice", "willingness", "in_service_area", "isolated") if name != field]
    assert all(np.array_equal(first[name], second[name]) for name in others)


def test_more_of_a_condition_takes_it_from_nobody(draw, table):
    first, second = draw(), draw("conditions.copd.prevalence=0.25")
    copd = np.uint32(table.mask(["copd"]))
    assert np.all((first["conditions"] & copd) <= (second["conditions"] & copd))
    assert np.any((first["conditions"] & copd) < (second["conditions"] & copd))
    assert np.array_equal(first["conditions"] & ~copd, second["conditions"] & ~copd)


def test_more_drugs_per_condition_never_means_fewer_drugs(draw):
    first, second = draw(), draw("medications.per_condition=1.6")
    assert np.all(second["medications"] >= first["medications"])
    assert second["medications"].mean() > first["medications"].mean() + 1


def test_frailty_has_the_mean_variance_and_shape_of_its_gamma_law(people, block):
    shape, n = float(block.frailty.shape), len(people)
    frailty = people["frailty"]
    law = stats.gamma(shape, scale=1 / shape)
    fourth = float(law.moment(4) - 4 * law.moment(3) + 6 * law.moment(2) - 3)
    assert frailty.mean() == pytest.approx(1, abs=4 * np.sqrt(1 / shape / n))
    assert frailty.var() == pytest.approx(1 / shape, abs=4 * np.sqrt((fourth - 1 / shape**2) / n))
    assert stats.kstest(frailty, law.cdf).statistic < 1.95 / np.sqrt(n)


@pytest.mark.parametrize("name", ["engagement", "loyalty"])
def test_beta_traits_have_their_mean_and_variance(people, block, name):
    mean, concentration = float(getattr(block, name).mean), float(getattr(block, name).concentration)
    variance = mean * (1 - mean) / (concentration + 1)
    assert people[name].mean() == pytest.approx(mean, abs=4 * np.sqrt(variance / len(people)))
    assert people[name].var() == pytest.approx(variance, rel=0.03)


def test_neighbouring_patients_and_different_traits_are_independent(panels):
    fields = ("age", "risk_score", "frailty", "engagement", "loyalty", "medications", "willingness", "practice")
    for panel in panels[:2]:
        persons = by_number(panel)
        bound = 4.5 / np.sqrt(len(persons))
        for field in fields:
            values = persons[field].astype(float)
            assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < bound
        for first in ("risk_score", "practice"):
            for second in ("frailty", "engagement", "loyalty", "willingness"):
                assert abs(np.corrcoef(persons[first], persons[second])[0, 1]) < bound


def test_what_is_on_record_is_true(people):
    assert np.all((people["documented"] & ~people["conditions"]) == 0)
    assert np.all(people["isolated_known"] <= people["isolated"])
    assert np.all(people["behavioural_health_known"] <= people["behavioural_health"])
    assert np.all(people["true_risk"] >= people["risk_score"] - 1e-12)
    assert np.array_equal(people["disabled"] == 1, people["age"] < 65)


def test_shares_are_those_of_the_scenario(people, block, table, practices):
    n = len(people)
    exclusions = {f"exclusions.{name}": (people["exclusions"] >> bit & 1, block.exclusions) for bit, name in enumerate(EXCLUSIONS)}
    shares = {
        "isolated_share": people["isolated"],
        "family_carer_share": people["family_carer"],
        "in_service_area_share": people["in_service_area"],
        "supplemental_cover_share": people["supplemental"],
        "directive_share": people["directive"],
        "female_share": people["female"],
        "behavioural_health_share": people["behavioural_health"],
    }
    observed = {name: (values, float(getattr(block, name))) for name, values in shares.items()}
    observed |= {name: (values, float(getattr(shares_of, name.split(".")[1], 0.0))) for name, (values, shares_of) in exclusions.items()}
    observed["age.under_65_share"] = people["disabled"], float(block.age.under_65_share)
    observed |= {
        f"conditions.{name}": (people["conditions"] >> bit & 1, float(block.conditions[name].prevalence))
        for bit, name in enumerate(table.names)
    }
    observed |= {f"practice {i}": (people["practice"] == i, practice.share) for i, practice in enumerate(practices)}
    for name, (values, share) in observed.items():
        assert values.mean() == pytest.approx(share, abs=4.2 * np.sqrt(share * (1 - share) / n)), name
    has = np.bitwise_count(people["conditions"]).sum()
    share = float(block.case_mix.documented_share)
    assert np.bitwise_count(people["documented"]).sum() / has == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / has))
    assert people["burden"].mean() == pytest.approx(1, abs=4 * people["burden"].std() / np.sqrt(n))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            ["behavioural_health_share=0.05"],
            r"--set population\.behavioural_health_share: must be at least the share whom the conditions marked `behavioural` give, "
            r"0\.1[5-7]\d \(got 0\.05\)",
        ),
        (
            ["case_mix.burden_shape=0.001", "conditions.copd.prevalence=0.5"],
            r"--set population\.conditions\.copd\.prevalence: must be below 0\.4\d+, the most that this case mix can give \(got 0\.5\)",
        ),
    ],
)
def test_a_case_mix_that_cannot_be_is_refused(draw, changes, message):
    with pytest.raises(ScenarioErrors, match=f"^{message}$"):
        draw(*changes)


@pytest.mark.parametrize(
    ("written", "law"),
    [
        ("{law: gamma, mean: 10, shape: 2}", stats.gamma(2, scale=5)),
        ("{mean: 10, sd: 5, law: lognormal}", stats.lognorm(np.sqrt(np.log(1.25)), scale=10 / np.sqrt(1.25))),
        ("{mean: 10}", stats.expon(scale=10)),
        ("{law: normal, mean: 20, sd: 3}", stats.norm(20, 3)),
        ("{law: weibull, mean: 10, shape: 2}", stats.weibull_min(2, scale=10 / special.gamma(1.5))),
    ],
)
def test_ages_follow_any_law_a_scenario_can_write(draw, written, law):
    years = draw(f"age.years_from_65={written}", "age.under_65_share=0")["age"] - 65
    assert stats.kstest(years, law.cdf).statistic < 1.95 / np.sqrt(len(years))


def test_practices_are_numbered_in_the_order_of_names(practices):
    assert [p.name for p in practices][:2] == ["large_1", "large_2"]
    assert len(practices) == 19
    assert sum(p.share for p in practices) == pytest.approx(1)
    assert [p.group for p in practices] == ["large"] * 7 + ["medium"] * 7 + ["small"] * 5


def test_a_panel_is_drawn_as_the_scenario_says(scenario, practices):
    persons, named = draw_panel(scenario, 5, 2)
    assert len(persons) == 15230
    assert named == [(p.name, p.group) for p in practices]
    assert np.array_equal(persons, synthesise(scenario.population, practices, 5, 2))


def test_importing_the_package_does_not_import_pandas():
    code = "import sys, sim.population; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
