"""What runs save, are paid and leave with their owner, side by side, from the lines of `sim.economics.money_table`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.outcomes.summary import statistics
from sim.report import words
from sim.report.tables import Table, difference_text

if TYPE_CHECKING:
    import pandas as pd


class Row(NamedTuple):
    """A line, turned where the books have what goes out as negative. chance: the share of replications in which it is at 0 or more, or,
    for an amount owed, above 0."""

    title: str
    unit: str
    key: tuple[str, str, str]
    sign: int = 1


AMOUNTS: Final = (
    Row("Gross savings, true", "USD", ("payer", "gross_savings", "true")),
    Row("Gross savings, measured", "USD", ("payer", "gross_savings", "measured")),
    Row("Paid under the contract", "USD", ("payer", "contract_paid", "paid")),
    Row("Payer: net saving", "USD", ("payer", "net", "difference")),
    Row("Cost of the programme", "USD", ("owner", "programme_cost", "difference"), -1),
    Row("Owner: fees and settlement less that cost", "USD", ("owner", "net", "difference")),
    Row("Owner's return, breaks even at 0", "ratio", ("owner", "return", "paid")),
)
BREAKS_EVEN: Final = Row("Chance that the owner breaks even", "probability", ("owner", "surplus", "paid"))
PAYS_BACK: Final = Row("Chance of paying something back", "probability", ("payer", "contract_owed", "paid"))
_NOTE: Final = "All cohorts, whole programme, nominal dollars. Chances: shares of the replications."

Values = Mapping[str, Sequence[float]]
"""Title of a row -> one value a replication; of a chance 1 where it came true."""


def by_replication(table: pd.DataFrame) -> pd.DataFrame:
    """The tidy table with a row a replication and a column for each (party, line, perspective, quarter), quarter 0 the whole run."""
    table = table.assign(quarter=table["quarter"].fillna(0).astype(int))
    return table.pivot(index="replication", columns=["party", "line", "perspective", "quarter"], values="value").sort_index(axis=1)


def values_of(money: pd.DataFrame) -> dict[str, list[float]]:
    """The rows of one run. money: as `by_replication` gives it."""
    found = {row.title: row.sign * money[(*row.key, 0)].to_numpy(np.float64) for row in AMOUNTS}
    found[BREAKS_EVEN.title] = (money[(*BREAKS_EVEN.key, 0)].to_numpy(np.float64) >= 0).astype(float)
    found[PAYS_BACK.title] = (money[(*PAYS_BACK.key, 0)].to_numpy(np.float64) > 0).astype(float)
    return {title: values.tolist() for title, values in found.items()}


def differences(first: Values, second: Values) -> dict[str, list[float]]:
    """second - first, replication by replication."""
    return {title: [b - a for a, b in zip(first[title], second[title], strict=True)] for title in first}


def money_table(runs: Sequence[Values], names: Sequence[str], *, paired: bool) -> Table:
    """A column a run, and for two paired ones their difference."""
    rows = []
    changes = differences(*runs) if paired else None
    for row in (*AMOUNTS, BREAKS_EVEN, PAYS_BACK):
        each = [statistics(run[row.title]) for run in runs]
        chance = row.unit == "probability"
        cells = [words.number(found["mean"], row.unit) if chance else words.spread(found, row.unit) for found in each]
        if changes is not None:
            change = statistics(changes[row.title])
            if chance:  # the spread of what is 0 or 1 tells nothing
                cells.append(difference_text({**change, "sd": None}, row.unit))
            else:
                cells.append(difference_text(change, row.unit))
        rows.append((row.title, *cells))
    last = (f"{names[1]} - {names[0]}",) if paired else ()
    return Table("The contract and its owner, whole programme period", ("", *names, *last), tuple(rows), _NOTE)
