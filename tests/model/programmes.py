"""Random small programmes, valid by construction: staff, components, calendars, capacities, absences, waivers, beds."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.model.running import Data, role, small

OBSERVED = (
    "eligibility",
    "enrolment",
    "tier_set",
    "visit",
    "missed_visit",
    "ed_visit",
    "observation",
    "admission",
    "discharge",
    "snf_admission",
    "snf_discharge",
    "home_health",
)
SETTINGS = ("home", "ed", "observation", "hospital", "snf", "hospice", "long_stay")
CONDITIONS = ("heart_failure", "copd", "diabetes", "depression", "arrhythmia")
LAWS: tuple[Any, ...] = (
    "20 minutes",
    {"mean": "2 hours"},
    {"mean": "1 hours", "sd": "1 hours"},
    {"mean": "3 hours", "shape": 1.7},
    {"median": "1 hours", "iqr": ["30 minutes", "3 hours"]},
    {"law": "weibull", "mean": "1 hours", "shape": 0.8},
)
shares = st.sampled_from([0.0, 0.2, 0.6, 1.0])


def days(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(lambda n: f"{n} days")


@st.composite
def calendars(draw: st.DrawFn) -> Any:
    if draw(st.integers(0, 4)) == 0:
        return "always"
    opens = draw(st.integers(0, 14))
    closes = draw(st.integers(opens + 4, 23))
    return {"days": draw(st.sampled_from(["weekdays", "all"])), "from": f"{opens:02}:00", "to": f"{closes:02}:30"}


@st.composite
def roles(draw: st.DrawFn) -> Data:
    first = draw(st.integers(0, 40))
    block = role(
        fte=draw(st.sampled_from([0.3, 1, 1.5, 2, 3.25])),
        assignment=draw(st.sampled_from(["panel", "pool"])),
        hours=draw(calendars()),
        productive_hours=draw(st.sampled_from(["3 hours", "4.25 hours"])),
        meetings=draw(st.sampled_from(["0 hours", "6 hours"])),
        absence=draw(st.sampled_from([0.0, 0.2, 0.5])),
        cover=draw(st.booleans()),
        turnover=draw(st.sampled_from([0.0, 0.3, 5.0])),
        vacancy=draw(days(0, 40)),
        hiring={"first_on": f"{first} days", "last_on": f"{first + draw(st.integers(0, 40))} days"},
        training={"duration": draw(days(0, 60)), "productivity_at_start": draw(st.sampled_from([0.3, 1.0]))},
    )
    if draw(st.integers(0, 3)) == 0:
        block["leaves_on"] = f"{first + draw(st.integers(1, 90))} days"
    return block


@st.composite
def filters(draw: st.DrawFn) -> Data:
    choices: dict[str, st.SearchStrategy[Any]] = {
        "tiers": st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=2, unique=True),
        "conditions_any": st.lists(st.sampled_from(CONDITIONS), min_size=2, max_size=4, unique=True),
        "settings": st.lists(st.sampled_from(SETTINGS), min_size=2, max_size=6, unique=True),
        "medications_at_least": st.integers(1, 5),
        "risk_score_at_least": st.sampled_from([0.4, 0.9]),
        "age_at_least": st.sampled_from([60, 75]),
        "isolated": st.just(True),
        "behavioural_health": st.just(True),
        "cohorts": st.just(["original"]),
    }
    names = draw(st.lists(st.sampled_from(sorted(choices)), max_size=2, unique=True))
    return {name: draw(choices[name]) for name in names}


@st.composite
def effects(draw: st.DrawFn, answers: bool, enrols: bool, programme: bool) -> Data:
    choices: dict[str, st.SearchStrategy[Any]] = {
        "improve": st.fixed_dictionaries({"dose": st.sampled_from([0.0, 0.1, 1.0])}),
        "shorten_excess": shares,
        "divert_home": shares,
        "divert_to_snf": shares,
        "shorten_stay": st.sampled_from([{"by": "6 hours"}, {"by": "2 days"}, {"by": "9 days"}]),
        "end_of_life_talk": shares,
        "document": shares,
        "screen": shares,
    }
    if programme:
        choices["assess_tier"] = st.just(True)
    names = draw(st.lists(st.sampled_from(sorted(choices)), max_size=3, unique=True))
    does = {name: draw(choices[name]) for name in names}
    if answers:
        averts = draw(st.sampled_from([0.0, 0.3, 0.7]))
        does["respond"] = {"averts": averts, "milder": draw(st.sampled_from([0.0, 0.3]))}
        if draw(st.booleans()):
            does["open_urgent_slot"] = True
    elif draw(st.booleans()):
        does["notice_warning"] = draw(st.sampled_from([0.3, 1.0]))
    if enrols:
        does["enrol"] = draw(st.sampled_from([0.3, 1.0]))
    return does


@st.composite
def triggers(draw: st.DrawFn, programme: bool) -> Data:
    kind = draw(st.integers(0, 3)) if programme else 0
    if kind == 0:
        events = [event for event in OBSERVED if programme or event not in ("enrolment", "tier_set")]
        return {"after": draw(st.lists(st.sampled_from(events), min_size=1, max_size=3, unique=True))}
    if kind == 1:
        return {"on": "enrolment"}
    if kind == 2:
        return {"every": draw(days(3, 40))}
    tiers = draw(st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=3, unique=True))
    return {"every": {f"tier_{tier}": draw(days(3, 40)) for tier in tiers}}


@st.composite
def queued(draw: st.DrawFn, staff: str) -> Data:
    """How work by staff is done."""
    mode = draw(st.sampled_from(["desk", "phone", "office", "hospital", "home"]))
    block: Data = {"staff": staff, "mode": mode, "hours": draw(st.sampled_from(LAWS)), "urgency": draw(st.integers(0, 9))}
    if mode != "desk":
        block["attempts"] = draw(st.integers(1, 4))
    deadline = draw(st.sampled_from([None, 1, 3, 15, 50]))
    if deadline is not None:
        block["deadline"] = f"{deadline} days"
    if draw(st.booleans()):
        block["due"] = f"{draw(st.integers(1, 24 * (deadline or 20)))} hours"
    return block


@st.composite
def windows(draw: st.DrawFn) -> Data:
    block: Data = {}
    if draw(st.integers(0, 3)) == 0:
        block["starts"] = draw(days(5, 60))
    if draw(st.integers(0, 3)) == 0:
        block["stops"] = draw(days(61, 120))
    return block


@st.composite
def components(draw: st.DrawFn, staff: list[str]) -> tuple[dict[str, Data], dict[str, Data]]:
    """Components of usual care and of the programme; some answer warnings that others notice, some follow others."""
    usual: dict[str, Data] = {}
    for j in range(draw(st.integers(0, 2))):
        block: Data = {**draw(triggers(False)), "chance": draw(shares), "does": draw(effects(False, False, False)), **draw(windows())}
        if draw(st.booleans()):
            block["delay"] = draw(st.sampled_from([{"mean": "2 days"}, "5 days"]))
            block["deadline"] = draw(days(4, 20))
        if only := draw(filters()):
            only.pop("tiers", None)
            only.pop("cohorts", None)
            block["for"] = only
        usual[f"usual_{j}"] = block
    programme: dict[str, Data] = {}
    for j in range(draw(st.integers(2, 5))):
        block = draw(triggers(True))
        by = draw(st.sampled_from([*staff, *staff, "practice"]))
        scheduled = "every" in block
        if by == "practice" and scheduled:
            by = staff[0]
        block |= draw(queued(by)) if by != "practice" else {"staff": by, "chance": draw(shares)}
        enrols = not scheduled and "on" not in block and "enrolment" not in block["after"] and draw(st.integers(0, 5)) == 0
        block |= {"does": draw(effects(False, enrols, True)), **draw(windows())}
        if draw(st.integers(0, 2)) == 0:
            block["delay"] = draw(st.sampled_from([{"mean": "1 days"}, "2 days"]))
        if only := draw(filters()):
            if scheduled:
                only.pop("tiers", None)
            block["for"] = only
        programme[f"work_{j}"] = block
    noticing = [name for name, block in [*usual.items(), *programme.items()] if "notice_warning" in block["does"]]
    if noticing:
        programme["answer"] = {
            "after": ["warning_noticed"],
            "by": draw(st.lists(st.sampled_from(noticing), min_size=1, unique=True)),
            **draw(queued(draw(st.sampled_from(staff)))),
            "does": draw(effects(True, False, True)),
        }
    if draw(st.booleans()):
        programme["follow_up"] = {
            "after": ["task_done"],
            "by": draw(st.lists(st.sampled_from([*programme, "follow_up"]), min_size=1, max_size=3, unique=True)),
            "delay": draw(days(1, 9)),
            **draw(queued(draw(st.sampled_from(staff)))),
            "does": draw(effects(False, False, True)),
        }
    return usual, programme


@st.composite
def sites(draw: st.DrawFn) -> Data:
    hospitals: Data = {"main": {"alerts": draw(st.booleans()), "beds": draw(st.sampled_from([0, 1, 2, "unlimited", "unlimited"]))}}
    if draw(st.booleans()):
        hospitals["elsewhere"] = {"outside": True, "alerts": draw(st.booleans()), "beds": draw(st.sampled_from([1, "unlimited"]))}
    beds = st.sampled_from([0, 1, 2, "unlimited"])
    near = {"share": 0.7, "network": True, "telerounding": draw(st.booleans()), "stars": 4, "beds": draw(beds)}
    far = {"share": 0.3, "network": draw(st.booleans()), "stars": draw(st.sampled_from([2, 5])), "beds": draw(beds)}
    practice = {"count": 3, "size": 0.2, "physicians": 2, "hospital": "main", "champion": draw(st.booleans())}
    practices = {
        "one": {**practice, "urgent_slots": draw(st.sampled_from([0, 0.5, 3])), "integration": draw(shares)},
        "two": {**practice, "count": 1, "size": 0.4, "urgent_slots": 1, "integration": 1.0},
    }
    return {"hospitals": hospitals, "snfs": {"near": near, "far": far}, "practices": practices}


@st.composite
def nature(draw: st.DrawFn) -> Data:
    """More of everything in a short time than a real panel has; the default where nothing is said."""
    return {
        "crises": {
            "rate": {"value": draw(st.sampled_from([0.4, 1.5, 3])), "unit": "per year"},
            "warned_share": draw(st.sampled_from([0.3, 1.0])),
            "modifiable": {"community": draw(shares), "post_discharge": draw(shares), "decline": 0.2, "post_discharge_window": "45 days"},
        },
        "office": {"mild_share": draw(st.sampled_from([0.15, 0.5]))},
        "ed": {"snf_candidate_share": draw(st.sampled_from([0.03, 0.6])), "observed_share": 0.25, "admitted_share": 0.5},
        "hospital": {"to_snf": draw(st.sampled_from([0.26, 0.7])), "fatality": 0.01, "to_home_health": 0.2},
        "decline": {"onset": {"value": draw(st.sampled_from([0.05, 0.5])), "unit": "per year"}},
        "snf": {
            "to_long_stay": 0.2,
            "stay": draw(st.sampled_from([{"mean": "25 days", "shape": 1.6, "max": "100 days"}, {"mean": "9 days"}])),
        },
    }


@st.composite
def enrolments(draw: st.DrawFn, at_launch_only: bool) -> Data:
    block: Data = {
        "at_launch": "all" if at_launch_only else draw(st.sampled_from(["all", "all", "none"])),
        "refusal_share": draw(st.sampled_from([0.0, 0.2])),
        "withdrawal": {"value": draw(st.sampled_from([0.0, 1.0])), "unit": "per year"},
        "claims_lag": draw(st.sampled_from(["0 days", "40 days"])),
    }
    if draw(st.booleans()):
        block["graduation"] = {"after": {"mean": "2 months"}}
    if draw(st.booleans()):
        block["criteria"] = {"any_of": [{"risk_score_at_least": 0.9, "annual_cost_at_least": "500 USD"}], "exclude": ["hospice"]}
        block["refresh"] = {"at": draw(days(20, 80)), "cap": draw(st.integers(3, 30)), "refusal_share": 0.1}
    return block


@st.composite
def programmes(draw: st.DrawFn) -> Data:
    """A whole scenario as plain data: 30 to 45 patients, 3 to 6 months."""
    staff = {f"role_{j}": draw(roles()) for j in range(draw(st.integers(1, 3)))}
    usual, programme = draw(components(sorted(staff)))
    can_enrol = any("enrol" in block["does"] for block in programme.values())
    waiver = {"minimum_stars": 3, "physician_approval": draw(st.sampled_from([0.5, 1.0])), "stay": {"mean": "8 days"}}
    return small(
        run__horizon=f"{draw(st.integers(3, 6))} months",
        run__holidays=draw(st.sampled_from(["us_federal", "none", "none", "none"])),
        run__launch=draw(st.sampled_from(["2007-03-05", "2008-11-22"])),
        population__size=draw(st.integers(30, 45)),
        sites=draw(sites()),
        usual_care={**draw(nature()), "components": usual},
        programme__enrolment=draw(enrolments(not can_enrol)),
        programme__staff=staff,
        programme__components=programme,
        programme__work={"standing": {"half_life": "60 days", "ceiling": 1.5, "lost_with_manager": draw(shares)}},
        waivers={"snf_three_day_rule": waiver if draw(st.booleans()) else "none"},
    )
