"""Person-level tables: what an evaluator gets, and the truth that nobody outside a simulator can see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BASELINE: Final = 0
"""The period that is the baseline year."""
MONTHS_PER_YEAR: Final = 12
MONTHS_PER_PERIOD: Final = 6
COHORTS: Final = ("original", "refresh")

AMOUNTS: Final = (
    "cost",
    "admissions",
    "acsc_admissions",
    "ed_visits",
    "index_discharges",
    "readmitted_30",
    "readmitted_90",
    "snf_admissions",
    "hospital_days",
    "deaths",
)
"""What is counted per person and period; `cost` is the payer's payments in USD, a readmission stands with its index discharge."""

_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {"number": "iu", "practice": "iu", "cohort": "iu", "female": "b", "died": "b", "left": "b"}
)
_MONTHLY: Final = ("months", "enrolled_months", "contacts")


class PeopleError(ValueError):
    """A table of people that does not hold together; the message names the field."""


@dataclass(frozen=True)
class People:
    """One group of n people over p periods: the arrays of a person-level claims table.

    Period 0 is the baseline year: the 12 months before a person's entry. Period j >= 1 is programme months 6(j-1)+1 .. 6j after
    launch, the last may be shorter; before a person's entry it is empty.

    number: int [n], unique; practice: int [n], the cluster; age: years [n]; female: bool [n]; risk_score: [n]; prior_cost: USD of the
    claims year that the screen saw [n]; cohort: int [n], place in COHORTS; entry_month: months after launch [n]; died, left: bool [n], by
    the end; months: eligible months, alive and in the plan [n, p]; enrolled_months, contacts: [n, p]; amounts: AMOUNTS by name [n, p].
    Raises PeopleError for arrays that do not fit each other.
    """

    number: Ints
    practice: Ints
    age: Floats
    female: Bools
    risk_score: Floats
    prior_cost: Floats
    cohort: Ints
    entry_month: Floats
    died: Bools
    left: Bools
    months: Floats
    enrolled_months: Floats
    contacts: Floats
    amounts: Mapping[str, Floats] = field(repr=False)

    def __post_init__(self) -> None:
        if self.months.ndim != 2 or self.months.shape[1] < 2:
            raise PeopleError(f"months must have a row per person and a column per period, two at least (got shape {self.months.shape})")
        for part in fields(self):
            if part.name != "amounts":
                self._check(part.name, getattr(self, part.name), self.months.shape if part.name in _MONTHLY else self.months.shape[:1])
        for name in AMOUNTS:
            if name not in self.amounts:
                raise PeopleError(f"amounts must hold {name!r}")
        for name, values in self.amounts.items():
            if name not in AMOUNTS:
                raise PeopleError(f"amounts must hold nothing but {', '.join(AMOUNTS)} (got {name!r})")
            self._check(f"amounts[{name!r}]", values, self.months.shape)
        if len(np.unique(self.number)) != len(self.number):
            raise PeopleError("number must be unique in the group")
        if self.number.size and not 0 <= self.cohort.min() <= self.cohort.max() < len(COHORTS):
            raise PeopleError(f"cohort must be 0 ({COHORTS[0]}) or 1 ({COHORTS[1]})")
        if (self.months < 0).any() or (self.enrolled_months < 0).any():
            raise PeopleError("months and enrolled_months must be at least 0")

    @staticmethod
    def _check(name: str, values: NDArray[Any], shape: tuple[int, ...]) -> None:
        if values.shape != shape:
            raise PeopleError(f"{name} must have shape {shape} (got {values.shape})")
        kinds = _KINDS.get(name, "f")
        if values.dtype.kind not in kinds:
            wanted = {"iu": "whole numbers", "b": "true or false", "f": "floating-point numbers"}[kinds]
            raise PeopleError(f"{name} must hold {wanted} (got {values.dtype})")
        if kinds == "f" and not np.isfinite(values).all():
            raise PeopleError(f"{name} must hold finite numbers")

    def __len__(self) -> int:
        return len(self.number)

    @property
    def periods(self) -> int:
        """Number of periods, the baseline year included."""
        return int(self.months.shape[1])

    @cached_property
    def participants(self) -> Bools:
        """Who was ever enrolled; bool [n]."""
        enrolled: Bools = self.enrolled_months[:, BASELINE + 1 :].sum(axis=1) > 0
        return enrolled

    def restricted(self, rows: Bools | Ints) -> People:
        """The people of some rows: a mask or positions."""
        parts = {part.name: getattr(self, part.name)[rows] for part in fields(self) if part.name != "amounts"}
        return replace(self, **parts, amounts={name: values[rows] for name, values in self.amounts.items()})

    def long_table(self) -> DataFrame:
        """One row per person and period, as statistics programs want it: number, period, the traits, months and amounts."""
        import pandas as pd

        n, p = self.months.shape
        columns: dict[str, Any] = {"number": np.repeat(self.number, p), "period": np.tile(np.arange(p), n)}
        for part in fields(self):
            if part.name not in ("number", "amounts"):
                values = getattr(self, part.name)
                columns[part.name] = values.reshape(-1) if values.ndim == 2 else np.repeat(values, p)
        return pd.DataFrame(columns | {name: self.amounts[name].reshape(-1) for name in AMOUNTS})


@dataclass(frozen=True)
class Observed:
    """One replication as an evaluator finds it, and what he cannot see.

    intervention: the eligibles in the programme's arm; counterfactual: the same persons in the same order in usual care, the truth;
    comparison: other people who passed the same screen, in usual care; control: a randomised control group, None without one.
    Raises PeopleError when the counterfactual is not of the same persons, or groups differ in periods.
    """

    intervention: People
    counterfactual: People
    comparison: People
    control: People | None = None

    def __post_init__(self) -> None:
        if not np.array_equal(self.intervention.number, self.counterfactual.number):
            raise PeopleError("counterfactual must hold the same persons as intervention in the same order")
        for name in ("counterfactual", "comparison", "control"):
            group = getattr(self, name)
            if group is not None and group.periods != self.intervention.periods:
                raise PeopleError(f"{name} must have as many periods as intervention: {self.intervention.periods} (got {group.periods})")

    def of_cohort(self, cohort: Literal["original", "refresh"]) -> Observed:
        """Every group's people of one cohort."""
        place = COHORTS.index(cohort)

        def chosen(group: People) -> People:
            return group.restricted(group.cohort == place)

        control = None if self.control is None else chosen(self.control)
        return Observed(chosen(self.intervention), chosen(self.counterfactual), chosen(self.comparison), control)

    def among(self, rows: Bools) -> Observed:
        """As it is for some of the intervention's persons only; rows: bool [n]."""
        return replace(self, intervention=self.intervention.restricted(rows), counterfactual=self.counterfactual.restricted(rows))
