"""Tables of targets for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calibration.checking import Row
from calibration.targets import Unmeasured


def number(value: float | None) -> str:
    """Three or four figures; a dash where there is none."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 1 else f"{value:.3f}"


def over(row: Row) -> str:
    """`usual care, m7_18 / baseline`; `...; with fte=6 / without`."""
    words = []
    if row.arm is not None:
        arm = "programme / usual care" if row.arm == "ratio" else row.arm.replace("_", " ")
        words.append(f"{arm}, {row.window}" + (f" / {row.relative_to}" if row.relative_to else ""))
    if row.changes:
        words.append(f"with {', '.join(row.changes)} / without")
    return "; ".join(words)


def show_rows(title: str, rows: Sequence[Row], not_measured: Mapping[str, Unmeasured]) -> None:
    """Print the rows as a table, and what could not be compared."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE, pad_edge=False)
    for heading in ("", "measure", "of"):
        table.add_column(heading)
    for heading in ("published", "lo to hi", "simulated", "p10 to p90"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("", "use"):
        table.add_column(heading)
    for row in rows:
        span, spread = (f"{number(low)} to {number(high)}" for low, high in ((row.lo, row.hi), (row.sim_lo, row.sim_hi)))
        verdict = "in" if row.inside else "OUT"
        table.add_row(row.name, row.title, over(row), number(row.value), span, number(row.simulated), spread, verdict, row.use)
    console = Console(highlight=False, width=150)
    console.print(table)
    print(f"{sum(row.inside for row in rows)} of {len(rows)} inside")
    for name, block in not_measured.items():
        print(f"Not measured: {name}, {block.value} ({block.why})")
