"""Every random number of the simulator comes from one module, by address."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sim

HOUSE = Path(sim.__file__).resolve().parent
STREAMS = HOUSE / "rules" / "streams.py"
SOURCES = sorted(path for path in HOUSE.rglob("*.py") if path != STREAMS)
FORBIDDEN_MODULES = {"random", "secrets", "uuid"}
FORBIDDEN_NAMES = {"default_rng", "RandomState", "SeedSequence", "rvs", "random_state"}


def offences(source: str) -> list[str]:
    """Lines that import or use a generator of random numbers."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in FORBIDDEN_MODULES or alias.name == "numpy.random"]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            bad = module.split(".")[0] in FORBIDDEN_MODULES or module.startswith("numpy.random")
            found += [module for _ in node.names if bad]
            found += [alias.name for alias in node.names if module == "numpy" and alias.name == "random"]
        elif isinstance(node, ast.Attribute):
            numpy_random = node.attr == "random" and isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy")
            if numpy_random or node.attr in FORBIDDEN_NAMES:
                found.append(node.attr)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_module_but_streams_makes_random_numbers(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from random import choice",
        "import numpy.random",
        "from numpy import random",
        "x = np.random.rand()",
        "g = default_rng.x.rvs(3)",
    ],
)
def test_the_check_finds_what_it_forbids(source: str) -> None:
    assert offences(source)
