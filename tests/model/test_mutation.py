"""Every number of every shipped scenario, moved far, changes a result: none is read and then ignored.

Each number is moved alone from where it stands in a small world of its scenario, and one replication is compared with that of
the world as it was: what it counts (tallies, time at risk, work, staff, panel), then the measures, which know fees and discounts, and
the appraisal: evaluation, positions, contract, cash and returns. Only numbers of the evaluation are tried in a world that has one, since
its comparison group is simulated too.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from typer.testing import CliRunner

from sim.appraisal import appraise
from sim.cli import app
from sim.outcomes.measures import measure_replication
from sim.outcomes.results import ReplicationResult
from sim.outcomes.store import read_run
from sim.outcomes.terms import terms_of
from sim.scenario import Law, ParameterRow, Quantity, Scenario, ScenarioErrors, load
from sim.scenario.files import SHIPPED
from sim.simulate import replicate

World = tuple[str, ...]
"""Overrides of a shipped scenario."""

RICHEST: Final = "phase2_mgh"
SCENARIOS: Final = (RICHEST, *sorted({path.stem for path in SHIPPED.glob("mgh_cmp/*.yaml")} - {RICHEST}))
GROUP: Final = 40  # numbers in one test

FACTORS: Final = (3.0, 0.3, 10.0, 1.4, 0.75, 1.1, 0.93)
FROM_ZERO: Final = (0.5, 1.0, 5.0, 60.0, 0.1, 0.02)
WHOLE: Final = ("", "attempts", "count", "patients", "persons", "practices", "urgency")
LAW_PARTS: Final = ("mean", "sd", "cv", "shape", "median", "min", "max")

SHORT: Final[World] = (
    "run.horizon=9 months",
    "run.burn_in=1 months",
    "programme.enrolment.refresh.at=4 months",
    "programme.enrolment.refresh.cap=3",
)
EVALUATED: Final[World] = ("population.size=200", *SHORT)
SMALL: Final[World] = (*SHORT, "evaluation=none")
AS_SHIPPED: Final[World] = ("population.size=200", *SMALL)
CROWD: Final[World] = ("population.size=6000", *SMALL)
BUSY_FIRST: Final = ("programme.*", "sites.*", "waivers.*", "usual_care.components.*", "usual_care.snf.*", "usual_care.ed.snf_*")
BUSY_NEVER: Final = ("programme.enrolment.criteria.*",)


@functools.cache
def busy(name: str) -> World:
    """A world in which what is rare in a small panel happens: crises that warn, SNF candidates, short-handed staff who come and go."""
    roles = sorted(load(path_of(name)).programme.staff)
    return (
        "population.size=100",
        *SMALL,
        "programme.enrolment.criteria.any_of.0.risk_score_at_least=0.7",
        "programme.enrolment.criteria.any_of.0.annual_cost_at_least=100 USD",
        *(f"programme.staff.{role}.fte={1.3 if role == 'case_manager' else 0.3}" for role in roles),
        *(f"programme.staff.{role}.turnover=1.5 per year" for role in roles),
        "usual_care.crises.rate=1.2",
        "usual_care.crises.warned_share=0.98",
        "usual_care.crises.modifiable.community=0.95",
        "usual_care.crises.modifiable.post_discharge=0.95",
        "usual_care.ed.snf_candidate_share=0.4",
        "usual_care.decline.onset=0.02",
    )


@dataclass(frozen=True)
class Case:
    """Why a number does nothing where it stands, and how it is tested all the same.

    `beside`: overrides of both runs, which bring the number to life; `values`: where it is moved to, when that is not a multiple;
    `elsewhere`: it has a test of its own.
    """

    why: str
    beside: World = ()
    values: tuple[float, ...] = ()
    elsewhere: bool = False


SOLE_WORK: Final = {
    "community_resources": "resource_specialist",
    "ed_case_management": "ed_case_manager",
    "end_of_life_talk": "end_of_life_nurse",
    "medication_reconciliation": "discharge_manager",
    "mental_health_contact": "mental_health",
    "outreach_by_firm": "coaching_firm",
    "pharmacist_review": "pharmacist",
    "snf_telerounding": "post_acute_manager",
    "telephone_reassurance": "social_worker",
}
"""Components that are the only work of their role."""

AT_A_DESK: Final = (
    "care_plan",
    "care_plan_review",
    "community_resources",
    "ed_alert",
    "health_risk_assessment",
    "medication_reconciliation",
    "pharmacist_review",
    "tier_review",
    "urgent_response",
)

OWN_PRICES: Final = tuple(
    row.override(float(row.value))
    for row in load("caseload:mgh_cmp/phase1.yaml").parameters()
    if row.name.startswith("prices.") and "USD" in row.unit
)
CASES: Final[dict[str, Case]] = {
    "phase1:sites.snfs.community_snfs.share": Case(
        "there is no other SNF; a second one without beds keeps its patients waiting",
        beside=("sites.snfs.other={share: 0.5, beds: 0}", "sites.snfs.community_snfs.share=0.5"),
    ),
    "run.replications": Case("one replication is compared here", elsewhere=True),
    "run.discount_rate": Case("a rate is refused without a convention", beside=("run.discounting=continuous",)),
    "economics.readmission_penalty.expected_rate": Case(
        "no penalty before October 2012",
        beside=("run.launch=2013-01-01", "economics.readmission_penalty.cap.first_year=1"),
        values=(0.01, 1.0),
    ),
    "economics.readmission_penalty.exposed_share": Case(
        "no penalty before October 2012",
        beside=("run.launch=2013-01-01", "economics.readmission_penalty.expected_rate=0.01"),
        values=(0.0,),
    ),
    **{
        f"economics.readmission_penalty.cap.{name}": Case(
            "no penalty before October 2012", beside=(f"run.launch={year}-01-01", "economics.readmission_penalty.expected_rate=0.01")
        )
        for name, year in (("first_year", 2013), ("second_year", 2014), ("later", 2015))
    },
    "run.price_year": Case("shipped prices are of 2006; own ones can be of another year", beside=OWN_PRICES, values=(1996.0, 2016.0)),
    "sites.practices.*.physicians": Case("a small panel never uses up the slots of a practice", values=(0.0,)),
    "sites.practices.*.urgent_slots": Case("a small panel never uses up the slots of a practice", values=(0.0,)),
    "sites.practices.*.integration": Case("few patients of a small panel ask a practice for a slot", values=(0.05, 1.0)),
    "programme.enrolment.criteria.any_of.1.*": Case(
        "the first alternative lets most of them in", beside=("programme.enrolment.criteria.any_of.0.risk_score_at_least=90",)
    ),
    "population.demographic_score.male.from_95": Case("few men are so old", values=(9.0,)),
    "population.directive_share": Case("few die of crises in decline", values=(1.0, 0.0)),
    "usual_care.snf.spell_break": Case(
        "few use up the benefit of a spell",
        beside=("usual_care.snf.benefit_days=25 days", "usual_care.hospital.to_snf=0.6"),
        values=(600.0, 5.0),
    ),
    "programme.work.champion": Case("few patients of a small panel ask a practice for a slot", values=(1.0, 0.0)),
    "programme.work.standing.lost_with_manager": Case(
        "matters only when a manager leaves", beside=("programme.staff.case_manager.turnover=6 per year",), values=(1.0, 0.0)
    ),
    "programme.staff.case_manager.cost_parts.recruitment": Case(
        "matters only when a post is filled again", beside=("programme.staff.case_manager.turnover=6 per year",)
    ),
    "programme.components.community_resources.does.improve.dose": Case(
        "few are known to be isolated", beside=("population.isolated_share=0.9", "population.known_at_start_share=1"), values=(9.0, 0.0)
    ),
    "programme.components.*.does.notice_warning": Case("the whole way makes a small panel decisive", values=(1.0, 0.0)),
    "programme.components.*.does.end_of_life_talk": Case("the whole way makes a small panel decisive", values=(1.0, 0.0)),
    "programme.components.urgent_response.does.respond.milder": Case("the whole way makes a small panel decisive", values=(0.0, 0.4)),
    "programme.components.urgent_response.urgency": Case("the first in the queue", values=(9.0,)),
    "programme.components.ed_case_management.due": Case("work is due within the hour", values=(0.001, 0.2)),
    "programme.work.standing.ceiling": Case("few patients gather so much", values=(0.1,)),
    "programme.staff.*.hours.to": Case("three times as late is after midnight", values=(0.875,)),
    **{
        f"programme.staff.{role}.hiring.first_on": Case(
            "must not be later than last_on", beside=(f"programme.staff.{role}.hiring.last_on=100 days",)
        )
        for role in ("coaching_firm", "ed_case_manager", "post_acute_manager")
    },
    **{
        f"programme.staff.{role}.hiring.last_on": Case("a single post is filled on first_on", beside=(f"programme.staff.{role}.fte=1.3",))
        for role in SOLE_WORK.values()
    },
    **{
        f"programme.staff.{role}.vacancy": Case(
            "matters only when the holder leaves", beside=(f"programme.staff.{role}.turnover=12 per year",)
        )
        for role in (*SOLE_WORK.values(), "case_manager")
    },
    **{
        f"programme.staff.{role}.training.duration": Case(
            "matters only with less than full productivity",
            beside=(f"programme.staff.{role}.training.productivity_at_start=0.1", f"programme.components.surveillance_call.staff={role}"),
            values=(700.0,),
        )
        for role in SOLE_WORK.values()
    },
    **{
        f"programme.staff.{role}.training.productivity_at_start": Case(
            "matters only while somebody is in training",
            beside=(f"programme.staff.{role}.training.duration=700 days", f"programme.components.surveillance_call.staff={role}"),
            values=(0.05, 1.0),
        )
        for role in SOLE_WORK.values()
    },
    **{
        f"programme.components.{name}.urgency": Case(
            "it is the only work of its role", beside=(f"programme.components.surveillance_call.staff={role}",), values=(9.0, 0.0)
        )
        for name, role in SOLE_WORK.items()
    },
    **{f"programme.components.{name}.attempts": Case("refused, since nobody has to be reached", elsewhere=True) for name in AT_A_DESK},
    **{
        f"programme.components.{name}.deadline": Case("in a small panel little work waits so long", values=(days,))
        for name, days in {
            "care_plan": 3.0,
            "community_resources": 0.5,
            "end_of_life_talk": 0.5,
            "outreach_by_manager": 2.0,
            "pharmacist_review": 0.5,
            "telephone_reassurance": 0.5,
        }.items()
    },
    **{
        f"programme.components.{name}.deadline": Case(
            "must not be before the due time, and little work waits longer",
            beside=(f"programme.components.{name}.due=1 minutes",),
            values=(0.01, 0.1),
        )
        for name in ("health_risk_assessment", "urgent_response")
    },
    "programme.components.urgent_response.due": Case("in a small panel little work waits so long", values=(0.001,)),
    "programme.components.ed_case_management.attempts": Case(
        "its deadline comes before anybody tries again", beside=("programme.components.ed_case_management.deadline=9 days",)
    ),
    "programme.components.ed_case_management.does.divert_to_snf": Case(
        "a small panel has few SNF candidates while the manager is there",
        beside=("programme.staff.ed_case_manager.fte=5",),
        values=(1.0, 0.0),
    ),
    "usual_care.components.respond_in_visit.deadline": Case("its delay is a day on average", values=(0.3,)),
    "usual_care.hospice.stay.max": Case("few stays are so long", values=(20.0,)),
    "waivers.snf_three_day_rule.minimum_stars": Case("the network's SNF has four stars, five is the most", values=(5.0,)),
    "waivers.snf_three_day_rule.stay.max": Case("few stays are so long", values=(10.0,)),
}
"""By pattern of the key, or of scenario:key; the first that fits."""


class Number(NamedTuple):
    """A number of a scenario: its value in the unit of `tail` or, with a row, in the canonical one."""

    key: str
    value: float
    tail: str
    row: ParameterRow | None

    def at(self, value: float) -> str:
        """The override that moves it."""
        return f"{self.key}={value!r}{self.tail}" if self.row is None else self.row.override(value)


class Played(NamedTuple):
    """One replication of a scenario."""

    scenario: Scenario
    result: ReplicationResult


def path_of(name: str) -> str:
    return f"caseload:mgh_cmp/{name}.yaml"


def split(written: Any) -> tuple[float, str]:
    """`5 hours` -> 5.0 and ` hours`."""
    number, space, unit = str(written).partition(" ")
    return float(number), space + unit


@functools.cache
def numbers(name: str, world: World = ()) -> dict[str, Number]:
    """Every number of a scenario by key; of a law every number that makes it."""
    scenario = load(path_of(name), world)
    resolved = scenario.resolved()
    found = {}
    for row in scenario.parameters():
        data: Any = resolved
        for part in row.name.split("."):
            data = data[int(part)] if isinstance(data, list) else data[part]
        parts = [part for part in LAW_PARTS if part in data] if isinstance(data, dict) else []
        if not parts:
            found[row.name] = Number(row.name, row.value, "", row)
        for part in parts:
            found[f"{row.name}.{part}"] = Number(f"{row.name}.{part}", *split(data[part]), None)
    return found


def play(name: str, world: World) -> Played:
    scenario = load(path_of(name), world)
    return Played(scenario, replicate(scenario, scenario.run.seed, 0, "compiled"))


unmoved = functools.cache(play)


def counted(result: ReplicationResult) -> Iterator[object]:
    yield repr(result.population)
    for arm in result.arms.values():
        yield from (getattr(arm, field.name).tobytes() for field in fields(arm))


def measured(played: Played) -> str:
    return repr(measure_replication(played.result, terms_of(played.scenario)))


def appraised(played: Played) -> str:
    return repr(appraise(played.scenario, [played.result]).tree)


def differ(one: Played, other: Played) -> bool:
    """Whether anything that is reported differs."""
    if any(a != b for a, b in zip(counted(one.result), counted(other.result), strict=True)):
        return True
    return measured(one) != measured(other) or appraised(one) != appraised(other)


def case_of(name: str, key: str) -> Case:
    return next((case for pattern, case in CASES.items() if fnmatchcase(f"{name}:{key}" if ":" in pattern else key, pattern)), Case(""))


def worlds(name: str, key: str) -> Iterator[World]:
    """Where a number is tried, the likeliest first."""
    if key.startswith("evaluation."):
        yield EVALUATED
    elif any(fnmatchcase(key, pattern) for pattern in BUSY_NEVER):
        yield from (AS_SHIPPED, CROWD)
    elif any(fnmatchcase(key, pattern) for pattern in BUSY_FIRST):
        yield from (busy(name), CROWD)
    else:
        yield from (AS_SHIPPED, busy(name), CROWD)


def moves(number: Number, case: Case) -> Iterator[float]:
    """Where a number is moved to, the farthest first; a whole number to whole numbers."""
    value = number.value
    if case.values or value == 0:
        yield from case.values or FROM_ZERO
        return
    for factor in FACTORS:
        moved = value * factor
        yield float(round(moved)) if number.row is not None and number.row.unit in WHOLE else moved


def beside_it(name: str, world: World, key: str, value: float) -> World:
    """What moves along, because shares must add up to 1."""
    table, _, rest = key.partition("sites.")[2].partition(".")
    if table not in ("snfs", "practices") or not key.endswith((".share", ".count", ".size")):
        return ()
    now = {other: number.value for other, number in numbers(name, world).items() if other.startswith(f"sites.{table}.")}
    mine = rest.split(".")[0]
    others = sorted({other.split(".")[2] for other in now} - {mine})
    if table == "snfs":
        return tuple(f"sites.snfs.{other}.share={1 - value!r}" for other in others)
    moved = {**now, key: value}
    here, there = f"sites.practices.{mine}", f"sites.practices.{others[0]}"
    gap = now[f"{here}.count"] * now[f"{here}.size"] - moved[f"{here}.count"] * moved[f"{here}.size"]
    return (f"{there}.size={now[f'{there}.size'] + gap / now[f'{there}.count']!r}",)


def tried_in_vain(name: str, key: str) -> list[str]:
    """What was tried on a number that changes nothing; empty as soon as a result changes."""
    case = case_of(name, key)
    tried = []
    for world in worlds(name, key):
        before = (*world, *case.beside)
        number = numbers(name, before)[key]
        for value in moves(number, case):
            override = number.at(value)
            try:
                moved = play(name, (*before, *beside_it(name, before, key, value), override))
            except ScenarioErrors as errors:
                tried.append(f"{override.partition('=')[2]} refused: {errors.problems[0].message}")
                continue
            if differ(unmoved(name, before), moved):
                return []
            tried.append(override.partition("=")[2])
        tried.append("|")
    return tried


def groups() -> Iterator[Any]:
    """Every number of the richest scenario, and of the others those that it does not have at the same value."""
    seen: set[tuple[str, str]] = set()
    for name in SCENARIOS:
        by_block: dict[str, list[str]] = {}
        for key, number in numbers(name).items():
            if (key, number.at(number.value)) not in seen and not case_of(name, key).elsewhere:
                block = ".".join(key.split(".")[: 2 if key.startswith("programme.") else 1])
                by_block.setdefault(block if name == RICHEST else name, []).append(key)
        seen |= {(key, number.at(number.value)) for key, number in numbers(name).items()}
        for block, keys in by_block.items():
            for start in range(0, len(keys), GROUP):
                yield pytest.param(name, keys[start : start + GROUP], id=f"{block}-{start // GROUP + 1}")


@pytest.mark.parametrize(("name", "keys"), list(groups()))
def test_a_number_moved_far_changes_a_result(name: str, keys: list[str]) -> None:
    ignored = {key: tried for key in keys if (tried := tried_in_vain(name, key))}
    assert not ignored, "\n".join(f"{key}: nothing changes with {', '.join(tried)}" for key, tried in ignored.items())


@pytest.mark.parametrize("component", AT_A_DESK)
def test_attempts_at_a_desk_are_refused_and_not_ignored(component: str) -> None:
    key = f"programme.components.{component}.attempts"
    with pytest.raises(ScenarioErrors) as refused:
        load(path_of(RICHEST), [f"{key}=3"])
    assert [(problem.key, "has no effect with mode: desk" in problem.message) for problem in refused.value.problems] == [(key, True)]


def test_the_scenarios_own_seed_and_number_of_replications_are_those_of_a_run(tmp_path: Path) -> None:
    def stored(*overrides: str) -> list[ReplicationResult]:
        sets = [word for override in (*AS_SHIPPED, "population.size=60", "run.replications=1", *overrides) for word in ("--set", override)]
        done = CliRunner().invoke(app, ["run", path_of(RICHEST), *sets, "--out", str(tmp_path / "run"), "--overwrite", "--json"])
        assert done.exit_code == 0, done.stderr
        return read_run(tmp_path / "run").results

    one, two, other = stored(), stored("run.replications=2"), stored("run.seed=5")
    assert [len(results) for results in (one, two, other)] == [1, 2, 1]
    assert list(counted(one[0])) == list(counted(two[0]))
    assert list(counted(one[0])) != list(counted(other[0]))


def uncertain(scenario: Scenario) -> dict[str, Quantity | Law]:
    """Every value that says what is not known about it."""
    found = {}
    for row in scenario.parameters():
        if row.uncertainty:
            value: Any = scenario
            for part in row.name.split("."):
                value = value[part] if isinstance(value, dict) else getattr(value, {"for": "only_for"}.get(part, part))
            found[row.name] = value
    return found


def sampled(value: Quantity | Law) -> tuple[Any, ...]:
    """What samples of a parameter depend on: the family and its numbers."""
    assert value.uncertainty is not None
    return tuple(getattr(value.uncertainty, field.name) for field in fields(value.uncertainty) if field.name != "text")


@pytest.mark.parametrize("end", [0, 1], ids=["low", "high"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_an_end_of_a_range_that_moves_changes_what_would_be_sampled(name: str, end: int) -> None:
    scenario = load(path_of(name))
    before, resolved = uncertain(scenario), scenario.resolved()
    overrides = []
    for key in before:
        data: Any = resolved
        for part in key.split("."):
            data = data[part]
        assert "range" in data, f"{key}: moved by no rule of this test"
        value = split(data["value"])[0]
        ends = [split(bound) for bound in data["range"]]
        number, unit = ends[end]
        towards = (value + number) / 2 if value != number else number * (0.9, 1.1)[end]
        ends[end] = towards, unit
        overrides.append(f"{key}.range=[{', '.join(f'{bound!r}{tail}' for bound, tail in ends)}]")
    moved = load(path_of(name), overrides)
    after = uncertain(moved)
    assert len(before) > 50
    assert list(after) == list(before)
    assert not [key for key in before if sampled(before[key]) == sampled(after[key])]
    assert {key: float(value) for key, value in after.items()} == {key: float(value) for key, value in before.items()}
    assert moved.digest() != scenario.digest()
