"""A results folder as the report reads it: the objects and tables that stand there, computed again by nobody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sim.outcomes.results import COHORTS, MICROSECONDS_PER_MONTH
from sim.outcomes.store import FORMAT, StoreError
from sim.outcomes.windows import MAIN_WINDOW
from sim.report import words
from sim.report.money_compared import by_replication

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario
    from sim.scenario.parameters import ParameterRow

Floats = NDArray[np.float64]
Tree = Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """record: run.json; summary: summary.json, its trees as `sim.outcomes.summary` and `sim.appraisal` say."""

    folder: Path
    record: Tree
    summary: Tree

    @property
    def name(self) -> str:
        return words.printable(str(self.summary["scenario"]))

    @property
    def title(self) -> str:
        return words.printable(str(self.summary["title"]))

    @property
    def replications(self) -> int:
        return int(self.summary["replications"])

    @property
    def appraised(self) -> bool:
        """Whether the run has a contract's and an evaluation's figures."""
        return "economics" in self.summary

    @property
    def mark(self) -> str:
        """What stands behind a heading of money: ` (uncalibrated)`, or nothing where parameters are drawn from a posterior."""
        return " (uncalibrated)" if self.summary["uncalibrated"] else ""

    @property
    def dollars(self) -> str:
        """In which dollars the totals among the measures are."""
        return str(self.summary["dollars"])

    @property
    def horizon_us(self) -> int:
        return int(self.record["terms"]["horizon_us"])

    @property
    def months(self) -> int:
        """Programme months."""
        return -(-self.horizon_us // MICROSECONDS_PER_MONTH)

    def table(self, name: str) -> pd.DataFrame:
        """A Parquet table of the folder; undefined values are NaN. Errors: StoreError."""
        import pandas as pd

        path = self.folder / f"{name}.parquet"
        try:
            return pd.read_parquet(path)
        except FileNotFoundError as error:
            raise StoreError(f"{path} is missing: the run is not whole or of an earlier version of caseload; run it again") from error
        except (OSError, ValueError) as error:
            raise StoreError(f"{path}: cannot be read ({type(error).__name__}: {error})") from error

    @cached_property
    def by_month(self) -> pd.DataFrame:
        """by_month.parquet."""
        return self.table("by_month")

    @cached_property
    def _values(self) -> pd.DataFrame:
        long = self.table("measures")
        main = long[long["window"] == MAIN_WINDOW]
        return main.pivot_table(index="replication", columns=["arm", "cohort", "measure"], values="value", dropna=False)

    def values(self, arm: str, cohort: str, measure: str) -> Floats:
        """One value a replication, whole programme period; NaN where it is not defined."""
        return self._values[arm, cohort, measure].to_numpy(np.float64)

    @cached_property
    def true_savings(self) -> Floats:
        """True gross savings before fees, the cohorts' added up; one value a replication. In nominal USD as contracts settle them; of a
        run whose contract was not settled as the measures have them (`dollars`)."""
        if self.appraised:
            return self.amounts("payer", "gross_savings", "true")
        each = [self.values("programme", cohort, "gross_savings") for cohort in COHORTS]
        return np.asarray(np.nansum(each, axis=0), np.float64)

    @cached_property
    def money(self) -> pd.DataFrame:
        """money.parquet as `by_replication` arranges it."""
        return by_replication(self.table("money"))

    def amounts(self, party: str, line: str, perspective: str) -> Floats:
        """One value a replication of a line over the whole run (`sim.economics.money_table`); NaN where it is not defined."""
        return self.money[party, line, perspective, 0].to_numpy(np.float64)

    @cached_property
    def quarterly_cash(self) -> Floats:
        """The owner's net cash, USD [replication, quarter]."""
        quarters = sorted(column[3] for column in map(tuple, self.money.columns) if column[:2] == ("owner", "cash"))
        return np.column_stack([self.money["owner", "cash", "paid", quarter].to_numpy(np.float64) for quarter in quarters])

    @cached_property
    def scenario(self) -> Any:
        """The tree of the resolved scenario; None when the folder holds no whole one."""
        try:
            tree = YAML(typ="safe").load((self.folder / "scenario.yaml").read_text(encoding="utf-8"))
        except (OSError, YAMLError):
            return None
        return tree if isinstance(tree, Mapping) and {"run", "population", "sites"} <= set(tree) else None

    @cached_property
    def loaded(self) -> Scenario | None:
        """The resolved scenario as it is run; None when there is no whole one, or this version cannot read it."""
        from sim.scenario import ScenarioErrors, load

        try:
            return load(self.folder / "scenario.yaml") if self.scenario is not None else None
        except ScenarioErrors:
            return None

    @cached_property
    def parameters(self) -> list[ParameterRow]:
        """Every parameter of the resolved scenario, as `caseload parameters` lists them; empty when it cannot be read."""
        return [] if self.loaded is None else self.loaded.parameters()


def is_run(folder: Path) -> bool:
    """Whether a folder is one of a run, or none that is there at all."""
    return not folder.is_dir() or (folder / "run.json").is_file()


def read(folder: Path) -> Reading:
    """Open a results folder. Errors: StoreError."""
    if not folder.is_dir():
        raise StoreError(f"{folder}: no such results folder")
    if not (folder / "run.json").is_file():
        raise StoreError(f"{folder} is not a results folder: it has no run.json")
    try:
        record, summary = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("run.json", "summary.json"))
        if record["format"] != FORMAT:
            raise StoreError(f"{folder}: run.json was not written by this version of caseload")
        return Reading(folder, record, summary)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{folder}: cannot be read ({type(error).__name__}: {error})") from error
