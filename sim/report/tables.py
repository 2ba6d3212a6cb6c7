"""The tables that people read, on the terminal and in the report alike, made from the summary object of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.outcomes.measures import BY_NAME
from sim.outcomes.staffing import STAFF_BY_NAME
from sim.report import words

HOW_TO_READ: Final = (
    "Each figure is the mean over the replications; in brackets the range in which 8 of 10 replications fall (p10 to p90). "
    "Both arms have the same patients and the same luck. '?' marks a difference that this many replications cannot tell from chance."
)


@dataclass(frozen=True)
class Table:
    """Rows of ready text; the first column is the row's name."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    @property
    def worded(self) -> tuple[bool, ...]:
        """Whether a column holds words rather than numbers: most of its cells begin with a letter."""
        cells = zip(*self.rows, strict=True) if self.rows else [()] * len(self.columns)
        return tuple(2 * sum(cell[:1].isalpha() for cell in column) > len(column) for column in cells)


SECTIONS: Final = (
    (
        "Use of care",
        (
            "admissions_per_1000_py",
            "acsc_admissions_per_1000_py",
            "ed_visits_per_1000_py",
            "observation_stays_per_1000_py",
            "readmission_30_day",
            "readmission_90_day",
            "readmissions_90_day_per_1000_py",
            "inpatient_los",
            "hospital_days_per_1000_py",
            "snf_admissions_per_1000_py",
            "snf_direct_admissions_per_1000_py",
        ),
    ),
    ("Deaths", ("deaths", "annual_mortality", "hospice_share_of_deaths")),
    ("Payments by the payer", ("pbpm", "pbpm_inpatient", "pbpm_snf")),
    (
        "The programme's money",
        (
            "gross_savings",
            "fees",
            "net_savings",
            "gross_saving_rate",
            "net_saving_rate",
            "roi_fees",
        ),
    ),
)

_HINTS: Final = {
    "gross_savings": "before the fee",
    "net_savings": "after the fee",
    "gross_saving_rate": "of what care would have cost",
    "net_saving_rate": "breaks even at 0%",
    "roi_fees": "breaks even at 1",
    "fees": "paid to the programme",
    "annual_mortality": "chance of dying in a year",
    "pbpm": "per patient",
    "readmission_30_day": "of discharges",
    "readmission_90_day": "of discharges",
}
_SHORT_UNITS: Final = {
    "per 1,000 person-years": "per 1,000 a year",
    "days": "days",
    "USD per month": "a month",
}


def measure_label(name: str) -> str:
    """Title with the unit or a word of help."""
    measure = BY_NAME[name]
    parts = [part for part in (_HINTS.get(name), _SHORT_UNITS.get(measure.unit)) if part]
    return f"{measure.title}, {' '.join(parts)}" if parts else measure.title


def outcome_tables(summary: Mapping[str, Any], period: str, sections: Sequence[tuple[str, Sequence[str]]] = SECTIONS) -> list[Table]:
    """One table per section: usual care, programme, difference."""
    tables = []
    for title, names in sections:
        programme_only = is_money(names)
        if programme_only and "contract" in summary:
            continue  # the contract's tables say it, for all cohorts and as it is settled
        rows = [_outcome_row(summary, name, programme_only) for name in names]
        columns = ("", "Programme") if programme_only else ("", "Usual care", "Programme", "Difference")
        whole = f"{title} with those eligible at launch, {summary['dollars']}" if programme_only else title
        tables.append(Table(f"{whole}, {period}", columns, tuple(rows)))
    return tables


def is_money(names: Sequence[str]) -> bool:
    """Whether a section is about money that usual care does not have."""
    return all(BY_NAME[name].programme_only for name in names)


def _outcome_row(summary: Mapping[str, Any], name: str, programme_only: bool) -> tuple[str, ...]:
    unit = BY_NAME[name].unit
    arms = summary["arms"]
    programme = words.spread(arms["programme"][name], unit)
    if programme_only:
        return (measure_label(name), programme)
    return (
        measure_label(name),
        words.spread(arms["usual_care"][name], unit),
        programme,
        difference_text(summary["difference"][name], unit),
    )


def difference_text(statistics: words.Statistics, unit: str) -> str:
    """A signed difference, marked where it may be chance."""
    return change_text(statistics, unit) + (" ?" if words.unclear(statistics) else "")


def change_text(statistics: words.Statistics, unit: str, *, signed: bool = True) -> str:
    """A change, or the size of one; shares change by percentage points."""
    if unit not in ("share", "probability") or statistics["mean"] is None:
        return words.spread(statistics, unit, signed=signed)
    scaled = {key: None if value is None else 100 * value for key, value in statistics.items()}
    return f"{words.spread(scaled, 'days', signed=signed)} points"


_STAFF_COLUMNS: Final = (
    "fte",
    "caseload",
    "utilisation",
    "hours_per_participant_month",
    "tasks_done",
    "tasks_lapsed",
    "on_time",
    "unmet_share",
    "wait_days",
    "cost",
)
_STAFF_NOTE: Final = (
    "Caseload: patients per full-time post at month 6. Utilisation: share of productive time spent on tasks. Hours: per month of an "
    "enrolled patient. Lapsed: passed the deadline undone. On time: started by the due time. Wait: days until the first attempt."
)
_STAFF_HEADS: Final = {
    "fte": "FTE",
    "hours_per_participant_month": "Hours",
    "tasks_done": "Done",
    "tasks_lapsed": "Lapsed",
    "wait_days": "Wait",
}


def staff_table(summary: Mapping[str, Any]) -> Table:
    """One row per role, means only: a person reads along a row."""
    columns = ("Role", *(_STAFF_HEADS.get(name, STAFF_BY_NAME[name].title) for name in _STAFF_COLUMNS))
    rows = tuple(
        (words.name(words.printable(role)), *(_staff_cell(values[name], STAFF_BY_NAME[name].unit) for name in _STAFF_COLUMNS))
        for role, values in summary["staff"].items()
    )
    return Table("Staff (means over the replications)", columns, rows, _STAFF_NOTE)


def _staff_cell(statistics: words.Statistics, unit: str) -> str:
    mean = statistics["mean"]
    if unit in ("FTE", "days") and mean is not None:
        return f"{mean:,.1f}"
    if unit == "count" and mean is not None:
        return f"{mean:,.0f}"
    return words.number(mean, unit)


def component_table(summary: Mapping[str, Any]) -> Table:
    """What became of each component's tasks, means over the replications."""
    heads = ("Component", "Asked for", "Done", "Not reached", "Refused", "Lapsed", "Cancelled", "Open at end", "On time", "Staff hours")
    keys = ("requested", "done", "not_reached", "refused", "lapsed", "cancelled", "open", "on_time", "hours")
    rows = tuple(
        (
            words.name(words.printable(component)),
            *(_staff_cell(values[key], "share" if key == "on_time" else "count") for key in keys),
        )
        for component, values in summary["components"].items()
    )
    note = "Cancelled: the patient died, left or withdrew first. Asked for = done + not reached + refused + lapsed + cancelled + open."
    return Table("Tasks by component (means over the replications)", heads, rows, note)


_WINDOW_NOTE: Final = (
    "The baseline year is the same in both arms: nobody has the programme. Nobody eligible dies in it, because only those who are alive at "
    "launch are eligible."
)
WINDOW_MEASURES: Final = ("admissions_per_1000_py", "ed_visits_per_1000_py", "readmission_30_day", "annual_mortality", "pbpm")


def window_table(summary: Mapping[str, Any], titles: Mapping[str, str]) -> Table:
    """A few measures by period and arm; a period that does not fit the run is not shown."""
    columns = ["", *(f"{titles[name]}, {arm}" for name, tree in summary["windows"].items() if tree for arm in _window_arms(name))]
    rows = []
    for measure in WINDOW_MEASURES:
        cells = [measure_label(measure)]
        for name, tree in summary["windows"].items():
            if tree:
                cells += [words.number(tree[arm][measure]["mean"], BY_NAME[measure].unit) for arm in _window_arms(name).values()]
        rows.append(tuple(cells))
    return Table("By period (means)", tuple(columns), tuple(rows), _WINDOW_NOTE)


def _window_arms(window: str) -> dict[str, str]:
    return {"both arms": "usual_care"} if window == "baseline" else {"usual care": "usual_care", "programme": "programme"}


COHORT_MEASURES: Final = (
    "admissions_per_1000_py",
    "ed_visits_per_1000_py",
    "annual_mortality",
    "pbpm",
    "gross_saving_rate",
    "net_saving_rate",
    "roi_fees",
)


def cohort_table(summary: Mapping[str, Any]) -> Table:
    """The difference by cohort: those eligible at launch, those who joined later, and both."""
    titles = {"original": "Eligible at launch", "refresh": "Joined later", "all": "Both"}
    rows = tuple(
        (
            measure_label(name),
            *(
                (words.spread if BY_NAME[name].programme_only else difference_text)(
                    summary["cohorts"][cohort]["difference"][name], BY_NAME[name].unit
                )
                for cohort in titles
            ),
        )
        for name in COHORT_MEASURES
    )
    note = f"Savings and fees in {summary['dollars']}."
    return Table("Difference (programme - usual care) by cohort", ("", *titles.values()), rows, note)


def population_table(summary: Mapping[str, Any]) -> Table:
    """Who was simulated."""
    labels = {
        "panel": ("Patients in the panel", "count"),
        "eligible": ("Eligible for the programme", "count"),
        "eligible_share": ("Eligible, share of the panel", "share"),
        "cost_share": ("Eligible patients' share of the panel's cost", "share"),
        "baseline_cost_per_person": ("Payments per eligible patient in the baseline year", "USD"),
        "mean_age": ("Mean age", "years"),
        "female_share": ("Women", "share"),
        "under_65_share": ("Under 65", "share"),
        "mean_risk_score": ("Mean risk score", "ratio"),
        "mean_medications": ("Mean number of medications", "ratio"),
        "behavioural_health_share": ("With a behavioural health condition", "share"),
        "enrolled_share": ("Enrolled within 6 months", "share"),
        "newly_eligible": ("Newly eligible at the refresh", "count"),
        "refresh": ("Joined as the refresh cohort", "count"),
    }
    population = summary["population"]
    rows = tuple((title, words.spread(population[key], unit)) for key, (title, unit) in labels.items() if key in population)
    return Table("Patients", ("", "Mean (p10 to p90)"), rows)
