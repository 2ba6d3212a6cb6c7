"""Leave one out: what changes when one component of the programme alone is taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from experiments.analysis.statistics import Floats, mean_error

REMOVED: Final = re.compile(r"programme\.components\.(\w+)=null")


def removed(factor: Mapping[str, Any]) -> dict[str, str]:
    """Label -> component of the choices of a lever that take exactly one component away; `factor` as a plan describes it."""
    found = {}
    for label, changes in factor.get("choices", {}).items():
        names = [match.group(1) for change in changes if (match := REMOVED.fullmatch(change))]
        if len(names) == 1:
            found[label] = names[0]
    return found


def whole(factor: Mapping[str, Any]) -> str | None:
    """The choice of a lever that changes nothing; None without one."""
    return next((label for label, changes in factor.get("choices", {}).items() if not changes), None)


def leave_one_out(base: Floats, without: Sequence[tuple[str, Floats]]) -> Iterator[dict[str, Any]]:
    """Rows {without, difference, error, p10, p90}. base, without: an outcome by replication, shape (draws, replications), paired."""
    for name, outcome in without:
        changes = outcome - base
        difference, error = mean_error(changes)
        known = changes[np.isfinite(changes)]
        p10, p90 = np.percentile(known, [10, 90]).tolist() if len(known) else (np.nan, np.nan)
        yield {"without": name, "difference": difference, "error": error, "p10": p10, "p90": p90}
