"""Defaults, extended files, the scenario and the command line, laid over each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ParameterRow, Scenario, load
from sim.scenario.model.staff import WorkingHours
from sim.scenario.model.work import Every
from tests.scenario.minimal import MINIMAL, Loader, Refused


def row(scenario: Scenario, name: str) -> ParameterRow:
    (found,) = (row for row in scenario.parameters() if row.name == name)
    return found


def test_every_parameter_says_who_set_it(scenario: Loader) -> None:
    loaded = scenario(overrides=("programme.staff.case_manager.absence=0.2",))
    assert row(loaded, "programme.staff.case_manager.fte").set_by == "small.yaml:26"
    assert row(loaded, "programme.staff.case_manager.absence").set_by == "--set"
    assert row(loaded, "usual_care.crises.rate").set_by.startswith("default usual_care.yaml:")
    assert row(loaded, "run.seed").set_by.startswith("default run.yaml:")


def test_the_line_of_a_default_is_the_line_in_its_file(scenario: Loader) -> None:
    from sim.scenario.files import SHIPPED

    _, _, line = row(scenario(), "usual_care.crises.rate").set_by.rpartition(":")
    assert (SHIPPED / "defaults" / "usual_care.yaml").read_text().splitlines()[int(line) - 1].strip().startswith("rate:")


def test_who_set_it_through_extends(folder: Path) -> None:
    (folder / "base.yaml").write_text(MINIMAL)
    (folder / "mine.yaml").write_text("extends: base.yaml\nprogramme:\n  staff:\n    case_manager:\n      fte: 6\n")
    mine = load(folder / "mine.yaml")
    assert row(mine, "programme.staff.case_manager.fte").set_by == "mine.yaml:5"
    assert row(mine, "programme.staff.case_manager.absence").set_by == "base.yaml:31"


def test_where_a_number_comes_from(scenario: Loader) -> None:
    loaded = scenario(("absence: 0.1", "absence: {value: 0.1, source: personnel office, grade: published}"))
    staff = "programme.staff.case_manager"
    assert (row(loaded, f"{staff}.absence").source, row(loaded, f"{staff}.absence").grade) == ("personnel office", "published")
    assert (row(loaded, f"{staff}.fte").source, row(loaded, f"{staff}.fte").grade) == ("small.yaml:26", "scenario")
    assert row(loaded, "programme.enrolment.refusal_share").source == "our guess"
    for key in ("duration", "productivity_at_start"):
        assert (row(loaded, f"{staff}.training.{key}").source, row(loaded, f"{staff}.training.{key}").grade) == ("our office", "derived")


def test_a_comment_counts_for_every_number_on_its_line(scenario: Loader) -> None:
    loaded = scenario(("absence: 0.1\n", "absence: {value: 0.1,\n        range: [0.05, 0.2]}  # Smith, 2020: table #3\n"))
    assert row(loaded, "programme.staff.case_manager.absence").source == "Smith, 2020: table #3"


def test_a_hash_in_text_is_no_comment(scenario: Loader) -> None:
    loaded = scenario(("absence: 0.1\n", "absence: {value: 0.1, source: 'ward #3 # and #4'}\n"))
    assert row(loaded, "programme.staff.case_manager.absence").source == "ward #3 # and #4"


def test_the_source_of_a_block_is_not_that_of_numbers_set_elsewhere(folder: Path) -> None:
    (folder / "base.yaml").write_text(MINIMAL)
    (folder / "mine.yaml").write_text("extends: base.yaml\nprogramme: {staff: {case_manager: {training: {duration: 4 weeks}}}}\n")
    mine = load(folder / "mine.yaml")
    assert row(mine, "programme.staff.case_manager.training.duration").source == "mine.yaml:2"
    assert row(mine, "programme.staff.case_manager.training.productivity_at_start").source == "our office"


def test_a_plain_number_replaces_a_value_with_its_uncertainty(scenario: Loader) -> None:
    loaded = scenario(overrides=("usual_care.crises.rate=0.5",))
    rate = loaded.usual_care.crises.rate
    assert (rate.value, rate.uncertainty, rate.source, rate.grade) == (0.5, None, "--set", "scenario")


def test_a_value_block_is_replaced_whole(scenario: Loader) -> None:
    loaded = scenario(("contract:\n", "usual_care: {hospital: {stay: {mean: 4 days, cv: 0.5}}}\ncontract:\n"))
    stay = loaded.usual_care.hospital.stay
    assert (stay.mean, stay.sd, stay.minimum, stay.maximum) == (4.0, 2.0, None, None)


def test_a_block_named_like_a_value_is_still_merged(scenario: Loader) -> None:
    loaded = scenario(("  size: 200\n", "  size: 200\n  engagement: {mean: 0.7}\n"))
    assert loaded.population.engagement.mean.value == 0.7
    assert loaded.population.engagement.concentration.set_by.startswith("default population.yaml")


def test_null_removes_what_an_extended_file_has(folder: Path) -> None:
    (folder / "base.yaml").write_text(MINIMAL)
    (folder / "mine.yaml").write_text(
        "extends: base.yaml\n"
        "programme:\n  enrolment: {refresh: null}\n  components: {answer: null, call: {for: null}}\n"
        "sites: {hospitals: {elsewhere: null}}\n"
    )
    mine = load(folder / "mine.yaml")
    assert sorted(mine.programme.components) == ["call", "outreach"]
    assert mine.programme.components["call"].only_for is None
    assert mine.programme.enrolment.refresh is None
    assert sorted(mine.sites.hospitals) == ["main"]


def test_words_that_stand_for_something_absent_or_unlimited(scenario: Loader) -> None:
    loaded = scenario(("refresh: {at: 6 months, cap: 20, refusal_share: 0.1}", "refresh: none"), ("beds: 20", "beds: unlimited"))
    assert loaded.programme.enrolment.refresh is None
    assert loaded.programme.enrolment.graduation == "none"
    assert loaded.sites.snfs["far"].beds == loaded.sites.snfs["near"].beds == "unlimited"
    assert loaded.population.panel == "synthetic"


def test_hours(scenario: Loader) -> None:
    hours = scenario().programme.staff["case_manager"].hours
    assert isinstance(hours, WorkingHours)
    assert (hours.opens.value, hours.closes.value) == (8 / 24, 17 / 24)
    change = ('{days: weekdays, from: "08:00", to: "17:00"}', "always")
    assert scenario(change).programme.staff["case_manager"].hours == "always"
    again = scenario(change, overrides=("programme.staff.case_manager.hours={days: all, from: 06:00, to: 24:00}",))
    assert again.programme.staff["case_manager"].hours.closes.value == 1.0  # type: ignore[union-attr]


def test_how_often(scenario: Loader) -> None:
    change = "every: {tier_1: 2 weeks, tier_2: 1 months}"
    every = scenario().programme.components["call"].every
    assert isinstance(every, Every)
    assert every.tier_1 is not None
    assert (every.tier_1.value, every.tier_3) == (14.0, None)
    for plain in ("every: 2 weeks", "every: {value: 2 weeks, source: us}", "every: {all: 2 weeks}"):
        assert float(scenario((change, plain)).programme.components["call"].every) == 14.0  # type: ignore[arg-type]


def test_one_duration_and_tiers_replace_each_other(folder: Path) -> None:
    (folder / "base.yaml").write_text(MINIMAL)
    (folder / "mine.yaml").write_text("extends: base.yaml\nprogramme: {components: {call: {every: 3 weeks}}}\n")
    assert float(load(folder / "mine.yaml").programme.components["call"].every) == 21.0  # type: ignore[arg-type]


def test_on_enrolment_is_after_enrolment(scenario: Loader) -> None:
    loaded = scenario(("      every: {tier_1: 2 weeks, tier_2: 1 months}\n", "      on: enrolment\n"))
    assert (loaded.programme.components["call"].after, loaded.programme.components["call"].on) == (("enrolment",), None)


def test_one_name_is_a_list_of_one(scenario: Loader) -> None:
    loaded = scenario(("after: [eligibility]", "after: eligibility"), ("[home], tiers: [1, 2]", "home, tiers: 1"))
    only = loaded.programme.components["call"].only_for
    assert only is not None
    assert loaded.programme.components["outreach"].after == ("eligibility",)
    assert (only.settings, only.tiers) == (("home",), (1,))


def test_what_each_component_has_unless_it_says_otherwise(scenario: Loader) -> None:
    components = scenario(overrides=("programme.each_component.urgency=7", "programme.components.call.urgency=2")).programme.components
    assert {name: float(c.urgency or -1) for name, c in components.items()} == {"answer": 7.0, "call": 2.0, "outreach": 7.0}
    assert float(components["outreach"].attempts or -1) == 3.0
    assert float(components["call"].attempts or -1) == 1.0


def test_usual_care_alone_is_a_scenario(folder: Path) -> None:
    start, stop = MINIMAL.index("programme:"), MINIMAL.index("contract:")
    (folder / "usual.yaml").write_text(MINIMAL[:start] + MINIMAL[stop:].replace("120 USD", "0 USD"))
    usual = load(folder / "usual.yaml")
    assert not usual.programme.components
    assert not usual.programme.staff
    assert "transition_visit" in usual.usual_care.components


def test_enrolment_of_everybody_at_launch_needs_no_outreach(scenario: Loader) -> None:
    loaded = scenario(("        enrol: 0.9\n", "        screen: 0.9\n"), overrides=("programme.enrolment.at_launch=all",))
    assert loaded.programme.enrolment.at_launch == "all"


def test_a_component_done_in_passing_by_the_practice(scenario: Loader) -> None:
    old = "      staff: case_manager\n      mode: phone\n      hours: {mean: 60 minutes, sd: 30 minutes}\n      attempts: 3\n"
    loaded = scenario((old, "      staff: practice\n      chance: 0.2\n      delay: 1 hours\n"))
    outreach = loaded.programme.components["outreach"]
    assert outreach.chance is not None
    assert (outreach.chance.value, outreach.mode, outreach.hours, outreach.attempts) == (0.2, None, None, None)


def test_components_come_in_the_order_of_their_names(scenario: Loader) -> None:
    assert list(scenario().programme.components) == ["answer", "call", "outreach"]


# -- the command line ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("programme.staff.case_manager.fte=-2", "--set programme.staff.case_manager.fte: must be at least 0 (got -2)"),
        ("programme.staff.case_manager.ftee=2", "--set programme.staff.case_manager.ftee: unknown key; did you mean 'fte'?"),
        ("programme.staff.case_manger.fte=2",
         "--set programme.staff.case_manger: there is nothing of this name; did you mean 'case_manager'?"),
        ("programme.stuff.case_manager.fte=2", "--set programme.stuff: unknown key; did you mean 'staff'?"),
        ("run.horizon=36", "--set run.horizon: needs a unit, e.g. '36 days' (got 36)"),
        ("run.horizon=", "--set run.horizon: needs a value after =; write null to remove"),
        ("run.horizon", "--set run.horizon: must be written as key=value, e.g. programme.staff.case_manager.fte=6"),
        ("=3", "--set =3: must be written as key=value, e.g. programme.staff.case_manager.fte=6"),
        ("run..horizon=3", "--set run..horizon: must be a key such as programme.staff.case_manager.fte"),
        ("run.seed=[1", "--set run.seed: not valid YAML: expected ',' or ']', but got '<stream end>'"),
        ("run.seed=!!int 3", "--set run.seed: YAML tags are not accepted: remove '!!int'"),
        ("run.seed=*a", "--set run.seed: YAML aliases (*name) are not accepted: write the value out"),
        ("usual_care.crises.rate.valeu=0.3", "--set usual_care.crises.rate.valeu: unknown key; did you mean 'value'?"),
        ("usual_care.crises.rate.value=-0.3", "--set usual_care.crises.rate.value: must be at least 0 (got -0.3)"),
        ("sites.hospitals.main=null", "small.yaml:19:98: sites.practices.one.hospital: there is no hospital 'main'; there are 'elsewhere'"),
        ("programme.components.calls=null", "--set programme.components.calls: there is nothing of this name; did you mean 'call'?"),
        ("extends=other.yaml", "--set extends: unknown key; known here: title, description, run, population, sites, usual_care, programme, "
         "waivers, contract, prices, economics, evaluation, parameters"),
    ],
)  # fmt: skip
def test_a_bad_override(override: str, expected: str, refused: Refused) -> None:
    assert expected in refused(overrides=(override,))


def test_the_last_override_wins(scenario: Loader) -> None:
    overrides = ("programme.staff.case_manager.fte=3", "programme.staff.case_manager.fte=4.5")
    assert float(scenario(overrides=overrides).programme.staff["case_manager"].fte) == 4.5


def test_an_override_can_change_part_of_a_value(scenario: Loader) -> None:
    loaded = scenario(overrides=("programme.components.outreach.hours.mean=30 minutes", "usual_care.crises.rate.value=0.3"))
    hours = loaded.programme.components["outreach"].hours
    assert hours is not None
    assert (hours.mean, hours.sd) == (30 / 1440, 30 / 1440)
    rate = loaded.usual_care.crises.rate
    assert (rate.value, rate.source) == (0.3, "--set")
    assert rate.uncertainty is not None


def test_an_override_can_change_an_item_of_a_list(scenario: Loader, refused: Refused) -> None:
    criteria = (
        "    refusal_share: 0.1 ",
        "    criteria: {any_of: [{risk_score_at_least: 2}, {risk_score_at_least: 3}]}\n    refusal_share: 0.1 ",
    )
    loaded = scenario(criteria, overrides=("programme.enrolment.criteria.any_of.1.risk_score_at_least=4",))
    assert [float(part.risk_score_at_least or 0) for part in loaded.programme.enrolment.criteria.any_of or []] == [2.0, 4.0]
    line = "--set programme.enrolment.criteria.any_of.2: must be the number of an item, 0 to 1"
    assert line in refused(criteria, overrides=("programme.enrolment.criteria.any_of.2.risk_score_at_least=4",))


def test_an_override_can_add_a_component(scenario: Loader) -> None:
    text = "{on: enrolment, staff: case_manager, mode: desk, hours: 5 minutes, does: {}}"
    loaded = scenario(overrides=(f"programme.components.welcome={text}",))
    assert loaded.programme.components["welcome"].after == ("enrolment",)


def test_every_number_can_be_written_as_an_override(folder: Path) -> None:
    shipped = load("caseload:mgh_cmp/phase1.yaml")
    rows = shipped.parameters()
    again = load("caseload:mgh_cmp/phase1.yaml", [row.override(row.value) for row in rows])
    assert [(row.name, row.set_by) for row in again.parameters()] == [(row.name, "--set") for row in rows]
    assert [row.value for row in again.parameters()] == pytest.approx([row.value for row in rows], rel=1e-12)


def test_every_number_can_be_overridden_by_its_name(scenario: Loader) -> None:
    loaded = scenario()
    rows = {row.name: row for row in loaded.parameters()}
    names = loaded.numeric_keys()
    assert set(names) == set(rows)
    for name in ("contract.fee", "prices.inpatient", "programme.work.tiers.noise", "run.seed", "programme.components.call.every.tier_1"):
        assert name in names
    again = scenario(overrides=("contract.fee=60 USD", "prices.inpatient=1 USD", "programme.work.tiers.noise=0", "run.seed=7"))
    assert (float(again.contract.fee), again.prices.inpatient.mean, again.run.seed) == (60.0, 1.0, 7)
