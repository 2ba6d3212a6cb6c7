"""What only an event log can tell: which work averted the crises, work and queue by month, and one patient's life told twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.outcomes.results import MICROSECONDS_PER_MONTH
from sim.outcomes.store import StoreError
from sim.outcomes.summary import statistics
from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.charts.ladder import of_one_ladder, rung
from sim.report.reading import Floats, Reading
from sim.report.style import ARMS, GREEN, INK, MUTED, PROGRAMME, PURPLE, SKY, USUAL, Paper, plain
from sim.report.wording import percent

if TYPE_CHECKING:
    import pandas as pd

FEWEST_SHARE: Final = 0.005
"""A component with less of the averted crises is left to the data."""
_ENDS: Final = ("task_done", "task_not_reached", "task_refused", "task_lapsed", "task_cancelled")
_TOLD: Final = ("crisis_averted", "ed_arrival", "admission", "discharge", "snf_admission", "snf_discharge", "death", "left", "task_done")
_WANTED: Final = [*_TOLD, "credit", "task_requested", *_ENDS[1:]]


@dataclass(frozen=True)
class Log:
    """Events after launch by phase of the replications that were logged. components: names by the log's `detail`."""

    programme: pd.DataFrame
    usual_care: pd.DataFrame
    components: tuple[str, ...]
    own: frozenset[str]
    """Components that the programme's staff do; what is done in a practice's visits is not logged as a task."""
    months: int

    @property
    def replications(self) -> list[int]:
        return sorted(self.programme["replication"].unique())


def read_log(folder: Path, run: Reading) -> Log:
    """The event log of a run. Errors: StoreError when there is none, or when it is another run's."""
    import pandas as pd

    files = sorted(folder.glob("replication-*.parquet"))[: run.replications]
    if not files:
        raise StoreError(f"{folder} holds no event log (replication-00000.parquet, ...); caseload run --events writes one")
    columns = ["phase", "time_us", "patient", "event", "detail", "amount"]
    chosen = [("phase", "in", ["usual_care", "programme"]), ("event", "in", _WANTED)]
    parts = []
    for path in files:
        try:
            part = pd.read_parquet(path, columns=columns, filters=chosen)
        except (OSError, ValueError) as error:
            raise StoreError(f"{path}: cannot be read ({type(error).__name__}: {error})") from error
        parts.append(part.assign(replication=int(path.stem.rpartition("-")[2])))
    whole = pd.concat(parts)
    tasks = run.table("tasks")
    first = tasks[(tasks["arm"] == "programme") & (tasks["replication"] == 0)]
    own = frozenset(first["name"][first["role"].isin(run.summary["staff"])])
    by_phase = [whole[whole["phase"] == phase] for phase in ("programme", "usual_care")]
    log = Log(by_phase[0], by_phase[1], tuple(first["name"]), own, run.months)
    _check(log, run, folder)
    return log


def _check(log: Log, run: Reading, folder: Path) -> None:
    """Each logged replication must have averted as many crises as the results say."""
    table = run.by_month
    known = table[table["arm"] == "programme"].groupby("replication")["averted"].sum()
    seen = log.programme[log.programme["event"] == "crisis_averted"].groupby("replication").size()
    for replication in log.replications:
        counted, kept = int(seen.get(replication, 0)), int(known.get(replication, -1))
        if counted != kept:
            raise StoreError(
                f"{folder} is not the event log of {run.folder}: {counted:,} crises averted in replication {replication}, "
                f"where the results say {max(kept, 0):,}"
            )


def log_charts(log: Log) -> list[Chart]:
    """Those for which the log has something."""
    return [chart for chart in (averted(log), work_by_month(log), two_lives(log)) if chart is not None]


# What averted the crises ------------------------------------------------------------------------------------------------------


def credit_shares(log: Log) -> dict[str, Floats]:
    """Component -> share of the averted crises, one value a replication; the shares of a replication sum to 1."""
    credit = log.programme[log.programme["event"] == "credit"]
    sums = credit.groupby(["replication", "detail"])["amount"].sum().unstack(fill_value=0)
    sums = sums.reindex(columns=range(len(log.components)), fill_value=0)
    total = sums.sum(axis=1)
    shares = sums[total > 0].div(total[total > 0], axis=0)
    return {name: shares[at].to_numpy(np.float64) for at, name in enumerate(log.components)}


def averted(log: Log) -> Chart | None:
    """Each component's part of the crises averted; None when none was."""
    shares = {name: statistics(list(map(float, values))) for name, values in credit_shares(log).items()}
    known = {name: found for name, found in shares.items() if found["mean"]}
    if not known:
        return None
    order = sorted(known, key=lambda name: -(known[name]["mean"] or 0.0))
    rungs = [
        rung(plain(name), known[name], words.number(known[name]["mean"], "share"), scale=100.0)
        for name in order
        if (known[name]["mean"] or 0.0) >= FEWEST_SHARE
    ]
    title = f"{plain(order[0])} has the largest part in the crises averted: {percent(known[order[0]]['mean'])}"

    note = (
        "Each averted crisis is divided among the components by their part of the log-hazard removed at that moment (of a warning, half to "
        "the one that noticed it, half to the one that responded). A convention, not what would be lost without the component."
    )
    rows = tuple((name, *(known[name][key] for key in ("mean", "p10", "p90"))) for name in order)
    return Chart(
        "averted",
        title,
        note,
        Data(("component", "mean, share of averted crises", "p10, share", "p90, share"), rows),
        of_one_ladder(rungs, "% of the crises averted", bars=True),
    )


# Work by month ----------------------------------------------------------------------------------------------------------------


def monthly_work(log: Log) -> dict[str, Floats]:
    """Tasks of the programme done and lapsed in each month, and open at its end; shape (replication, month)."""
    own = [at for at, name in enumerate(log.components) if name in log.own]
    tasks = log.programme[log.programme["detail"].isin(own) & log.programme["event"].isin(["task_requested", *_ENDS])]
    month = np.minimum(tasks["time_us"] // MICROSECONDS_PER_MONTH, log.months - 1)
    counts = tasks.groupby([tasks["replication"], tasks["event"].astype(str), month]).size()

    wide = counts.unstack(fill_value=0).reindex(columns=range(log.months), fill_value=0)

    def of(*events: str) -> Floats:
        chosen = wide[wide.index.get_level_values("event").isin(events)].groupby("replication").sum()
        return chosen.reindex(log.replications, fill_value=0).to_numpy(np.float64)

    ended = of(*_ENDS)
    return {
        "Tasks done": of("task_done"),
        "Tasks that lapse": of("task_lapsed"),
        "Open at the month's end": np.cumsum(of("task_requested") - ended, axis=1),
    }


def work_by_month(log: Log) -> Chart | None:
    """Done, lapsed and open tasks by month; None without tasks."""
    series = monthly_work(log)
    if not any(values.any() for values in series.values()):
        return None
    lapsed, done = series["Tasks that lapse"].sum(axis=0), series["Tasks done"].sum(axis=0)
    share = np.divide(lapsed, lapsed + done, out=np.zeros_like(lapsed), where=lapsed + done > 0)
    worst = int(np.argmax(share))
    title = f"Work is hardest to keep up with in month {worst + 1}: {percent(float(share[worst]))} of what ends there lapses"
    months = np.arange(1, log.months + 1)
    colours = dict(zip(series, (PROGRAMME, USUAL, PURPLE), strict=True))

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(3, 2.5)
        for axis, (name, values) in zip(axes, series.items(), strict=True):
            axis.plot(months, values.mean(axis=0), color=colours[name], linewidth=1.8)
            axis.fill_between(months, *np.percentile(values, (10, 90), axis=0), color=colours[name], alpha=0.18, linewidth=0)
            axis.set_title(name)
            axis.set_ylim(bottom=0)
            axis.set_xlabel("month since launch")
            axis.set_ylabel("tasks", fontsize=9)
            axis.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        return figure

    note = f"All components that the staff do. Line: mean; band: p10 to p90 of the {len(log.replications)} replications that were logged."
    heads = [f"{name.lower()}, {key}, tasks" for name in series for key in ("mean", "p10", "p90")]
    parts = [part for values in series.values() for part in (values.mean(axis=0), *np.percentile(values, (10, 90), axis=0))]
    rows = tuple((float(month), *(float(part[at]) for part in parts)) for at, month in enumerate(months))
    return Chart("work_by_month", title, note, Data(("month", *heads), rows), draw)


# One patient ------------------------------------------------------------------------------------------------------------------

_MARKS: Final[Mapping[str, tuple[str, str, str]]] = {
    "task_done": ("contact or other work", "|", MUTED),
    "ed_arrival": ("ED visit", "o", PURPLE),
    "crisis_averted": ("crisis averted", "^", GREEN),
    "death": ("death", "X", INK),
}
_STAYS: Final = (
    ("admission", ("discharge", "death", "left"), "hospital stay", USUAL),
    ("snf_admission", ("snf_discharge", "admission", "death", "left"), "SNF stay", SKY),
)
"""(begins with, ends with the first of, name, colour)."""


def two_lives(log: Log) -> Chart | None:
    """The patient of the first logged replication with most crises averted, in both arms; None when nothing was averted."""
    first = log.replications[0]
    arms = {arm: table[table["replication"] == first] for arm, table in (("usual_care", log.usual_care), ("programme", log.programme))}
    counts = arms["programme"][arms["programme"]["event"] == "crisis_averted"]["patient"].value_counts()
    if counts.empty:
        return None
    patient = int(counts[counts == counts.max()].index.min())
    lives = {arm: table[(table["patient"] == patient) & table["event"].isin(_TOLD)].sort_values("time_us") for arm, table in arms.items()}
    own = [at for at, name in enumerate(log.components) if name in log.own]
    for arm, life in lives.items():
        lives[arm] = life[(life["event"] != "task_done") | life["detail"].isin(own)]
    stays = {arm: int((life["event"] == "admission").sum()) for arm, life in lives.items()}
    title = (
        f"One patient told twice: {stays['usual_care']} hospital admission{'' if stays['usual_care'] == 1 else 's'} with usual care, "
        f"{stays['programme']} with the programme, {int(counts.max())} crises averted"
    )

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(2, 1.35, columns=1)
        for axis, (arm, life) in zip(axes, lives.items(), strict=True):
            _life(axis, life, log.months)
            axis.set_title(ARMS[arm][0])
        axes[1].set_xlabel("months since launch")
        handles = [axes[0].plot([], [], mark, color=colour, label=name, markersize=7)[0] for name, mark, colour in _MARKS.values()]
        handles += [axes[0].plot([], [], color=colour, linewidth=6, label=name)[0] for _, _, name, colour in _STAYS]
        figure.legend(handles=handles, loc="outside lower left", ncols=6 if paper.columns > 1 else 2, fontsize=9, frameon=False)
        return figure

    note = (
        f"Patient {patient} of replication {first}, chosen because most crises were averted: no typical case. The same luck in both arms. "
        "caseload trace prints every event."
    )
    rows = tuple(
        (arm, time / MICROSECONDS_PER_MONTH, event, log.components[detail] if event == "task_done" else "")
        for arm, life in lives.items()
        for time, event, detail in zip(life["time_us"].tolist(), life["event"].tolist(), life["detail"].tolist(), strict=True)
    )
    return Chart("two_lives", title, note, Data(("arm", "months since launch", "event", "component"), rows), draw)


def _life(axis: Axes, life: pd.DataFrame, months: int) -> None:
    at = (life["time_us"] / MICROSECONDS_PER_MONTH).to_numpy(np.float64)
    events = life["event"].astype(str).to_numpy()
    axis.axhline(0, color=MUTED, linewidth=1, zorder=1)
    for begin, ending, _, colour in _STAYS:
        starts, ends = at[events == begin], at[np.isin(events, ending)]
        for start in starts:
            after = ends[ends > start]
            axis.plot([start, after[0] if len(after) else months], [0, 0], color=colour, linewidth=9, solid_capstyle="butt", zorder=2)
    for event, (_, mark, colour) in _MARKS.items():
        shown = at[events == event]
        level = {"task_done": -0.55, "crisis_averted": 0.55}.get(event, 0.0)
        axis.plot(shown, np.full(len(shown), level), mark, color=colour, markersize=9 if mark == "|" else 6.5, zorder=3)
    axis.set_xlim(-0.3, months + 0.3)
    axis.set_ylim(-1, 1)
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.grid(visible=False, axis="y")
