"""Posterior draws of a calibration: a Parquet file with a column per parameter and a row per joint draw, and a YAML file beside it.

mgh_phase1.parquet   canonical units, as `caseload parameters` shows them
mgh_phase1.yaml      title, scenario, model_version, date, targets and their digest, what is not identified
mgh_phase1.fit.csv   published figures beside simulated ones; optional, and fit.csv in the calibration's own folder
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sim.scenario.errors import nearest, shown
from sim.scenario.files import SHIPPED, FileFault, Place, named_file

POSTERIORS: Final = SHIPPED.parent / "calibration" / "posteriors"
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
DRAWS: Final = ".parquet"
ABOUT: Final = ".yaml"
FIT: Final = "fit.csv"


@dataclass(frozen=True)
class Posterior:
    """Joint draws: `values` in canonical units, shape (draws, names). `about` is what the YAML file says."""

    name: str
    names: tuple[str, ...]
    values: npt.NDArray[np.float64]
    about: Mapping[str, Any]


def fit_beside(posterior: Path) -> Path | None:
    """The file with the fit of a posterior's Parquet file; None where there is none."""
    named = (posterior.with_name(f"{posterior.stem}.{FIT}"), posterior.with_name(FIT))
    return next((path for path in named if path.is_file()), None)


def posterior_file(text: str, folder: str, first: Place) -> Path:
    """The Parquet file of a shipped posterior's name, or of a path relative to the file that names it. Raises FileFault."""
    if not NAME.fullmatch(text):
        return named_file(text, folder, first, (DRAWS,))
    path = POSTERIORS / f"{text}{DRAWS}"
    if not path.is_file():
        known = sorted(file.stem for file in POSTERIORS.glob(f"*{DRAWS}"))
        raise FileFault(f"no shipped posterior has this name; name one, or a .parquet file (got {shown(text)}){nearest(text, known)}")
    return path


def posterior_names(path: Path) -> tuple[str, ...]:
    """The names of its parameters. A shipped posterior lists them beside its draws, so that these need not be read for a scenario to be
    checked; any other is read, so that a file without draws is refused before anything runs. Raises FileFault."""
    if path.parent != POSTERIORS:
        return read_posterior(path).names
    beside = path.with_suffix(ABOUT)
    with _refused_as_fault():
        stages = _about_once(beside, beside.stat().st_mtime_ns)["stages"]
    return tuple(name for stage in stages.values() for name in stage["parameters"])


def read_posterior(path: Path) -> Posterior:
    """The draws in a Parquet file with the YAML file beside it. Raises FileFault."""
    with _refused_as_fault():
        return _read_once(path, (path.stat().st_mtime_ns, path.with_suffix(ABOUT).stat().st_mtime_ns))


@contextlib.contextmanager
def _refused_as_fault() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileFault(f"cannot be read: {(error.strerror or str(error)).lower()}") from None


@lru_cache(maxsize=8)
def _read_once(path: Path, changed: tuple[int, int]) -> Posterior:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        columns = [np.asarray(table.column(name).to_numpy(), np.float64) for name in table.column_names]
    except (pa.ArrowException, ValueError, TypeError):
        raise FileFault("holds no posterior draws: it must be Parquet with a column of numbers for each parameter") from None
    values = np.column_stack(columns) if columns else np.empty((0, 0))
    if not len(values) or not np.isfinite(values).all():
        raise FileFault("has no draws, or draws that are no numbers")
    return Posterior(path.stem, tuple(table.column_names), values, _about_once(path.with_suffix(ABOUT), changed[1]))


@lru_cache(maxsize=8)
def _about_once(beside: Path, changed: int) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        about = YAML(typ="safe", pure=True).load(beside.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError):
        raise FileFault(f"the file beside it, {beside.name}, cannot be read as YAML") from None
    if not isinstance(about, dict):
        raise FileFault(f"the file beside it, {beside.name}, must say where the draws come from")
    return about
