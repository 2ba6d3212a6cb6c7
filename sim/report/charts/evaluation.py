"""What an evaluator would report, held against the truth."""

from __future__ import annotations

from sim.evaluation.outcomes import COST
from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.charts.ladder import Rung, of_one_ladder
from sim.report.evaluation_tables import SOUND_FIRST
from sim.report.reading import Reading
from sim.report.style import PROGRAMME, USUAL
from sim.report.wording import percent


def evaluation_chart(run: Reading) -> Chart | None:
    """Measured change of payments by design beside the true one; None without an evaluation that found something."""
    tree = run.summary.get("evaluation", {})
    designs = [part for part in tree.values() if COST.name in part and part[COST.name]["replications"]]
    if not designs:
        return None
    rungs, rows = [], []
    for design in designs:
        row = design[COST.name]
        measured = row["measured"]
        label = f"{words.spread(measured, COST.unit, signed=True)}, true {words.number(row['true']['mean'], COST.unit, signed=True)}"
        name = design["title"] + (" (known bias)" if design["known_bias"] else "")
        colour = USUAL if design["known_bias"] else PROGRAMME
        rungs.append(Rung(name, label, measured["mean"], measured["p10"], measured["p90"], colour, truth=row["true"]["mean"]))
        rows.append((design["title"], *(measured[key] for key in ("mean", "p10", "p90")), row["true"]["mean"], row["significant"]["share"]))
    best = next((tree[name] for name in SOUND_FIRST if name in tree), designs[0])
    found = best[COST.name]
    title = f"{best['title']} reports a significant change of cost in {percent(found['significant']['share'])} of evaluations"
    naive = [row for row in designs if row["known_bias"] and _opposite(row[COST.name])]
    if naive:
        title += f"; {naive[0]['title'].lower()} would report the opposite of the truth"

    note = "Dot: mean of what the design reports; bar: p10 to p90; dark stroke: the truth for the same persons. Left of 0: a saving."
    columns = ("design", "measured, mean, USD per month", "p10", "p90", "true, mean, USD per month", "significant, share")
    return Chart("evaluation", title, note, Data(columns, tuple(rows)), of_one_ladder(rungs, "change, US dollars per eligible month"))


def _opposite(row: dict[str, words.Statistics]) -> bool:
    measured, true = row["measured"]["mean"], row["true"]["mean"]
    return measured is not None and true is not None and measured * true < 0
