"""Compiled code is kept under a name that changes with every rule, the Numba version and the processor."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from sim.rules.compiling import loop, rule
from sim.rules.laws import normal_quantile

ROOT = Path(__file__).resolve().parents[2]


def folder_of(house: Path, **environment: str) -> str:
    """Where a copy of the simulator would keep its compiled code."""
    code = "from sim.rules.compiling import CODE_FOLDER; print(CODE_FOLDER)"
    variables = {**os.environ, "PYTHONPATH": str(house), "NUMBA_BOUNDSCHECK": "0", **environment}
    done = subprocess.run([sys.executable, "-c", code], cwd=house, env=variables, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_folder_is_named_by_all_that_decides_the_code(tmp_path: Path) -> None:
    for part in ("rules", "compiled"):
        shutil.copytree(ROOT / "sim" / part, tmp_path / "sim" / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "sim" / "__init__.py", tmp_path / "sim")
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    as_it_was = folder_of(tmp_path, **cache)
    assert as_it_was == folder_of(tmp_path, **cache)
    assert Path(as_it_was).is_relative_to(tmp_path / "cache" / "caseload" / "compiled")
    names = {as_it_was, folder_of(tmp_path, NUMBA_BOUNDSCHECK="1", **cache)}
    for number, part in enumerate(("rules/passing.py", "compiled/loop.py", "rules/units.py")):
        rule = tmp_path / "sim" / part
        rule.write_text(rule.read_text(encoding="utf-8") + f"# edit {number}\n", encoding="utf-8")
        names.add(folder_of(tmp_path, **cache))
    assert len(names) == 5


@loop
def spread(low: float, high: float) -> float:
    return normal_quantile(high) - normal_quantile(low)


@rule
def middle(low: float, high: float) -> float:
    return (normal_quantile(high) + normal_quantile(low)) / 2.0


def test_a_loop_has_copies_of_its_rules_under_names_of_their_own() -> None:
    compiled: Any = spread
    low, high = normal_quantile(0.1), normal_quantile(0.7)
    assert spread(0.1, 0.7) == high - low
    compiled.recompile()  # what comes from the cache cannot be looked into
    functions = compiled.overloads[compiled.signatures[0]].library.get_defined_functions()
    copies = [function for function in functions if "normal_quantile" in function.name]
    assert copies, "the rule was inlined: take a longer one"
    assert all(copy.name.startswith("spread.") and copy.linkage.name == "internal" for copy in copies)
    assert spread(0.1, 0.7) == high - low
    assert middle(0.1, 0.7) == (high + low) / 2.0
