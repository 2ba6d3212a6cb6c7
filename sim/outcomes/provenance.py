"""What produced a result: versions, code, machine."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

LIBRARIES: Final = ("numpy", "numba", "mesa", "simpy", "scipy", "pandas", "pyarrow", "pydantic", "ruamel.yaml", "matplotlib")
_PACKAGE: Final = Path(__file__).resolve().parent.parent
_RESULT_CODE: Final = (
    *("scenario", "population", "rules", "assembly", "agents", "compiled", "outcomes"),
    *("economics", "evaluation"),
    *(
        "appraisal.py",
        "appraisal_outcomes.py",
        "drawn.py",
        "flat.py",
        "observing.py",
        "persons.py",
        "replication.py",
        "results.py",
        "sampling.py",
        "simulate.py",
    ),
)
"""What can change a result; the report and the commands cannot."""


def version() -> str:
    """Version of the installed distribution."""
    try:
        return importlib.metadata.version("caseload")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def library_versions() -> dict[str, str | None]:
    """Python and the libraries a result may depend on, without importing them."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


@cache
def model_version() -> str:
    """Changes with the code of the model and with the libraries: parts of a stopped run are only reused when it is the same."""
    digest = hashlib.sha256(repr((version(), library_versions())).encode())
    for name in _RESULT_CODE:
        path = _PACKAGE / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.is_file() else []:
            digest.update(str(file.relative_to(_PACKAGE)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def git_commit() -> str | None:
    """Commit of the code, with `+changes` when files differ from it; None when the code is not a git checkout of this project."""

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(["git", "-C", str(_PACKAGE), *words], capture_output=True, text=True, timeout=10, check=False)
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    # A package installed inside somebody else's repository is not tracked there.
    if git("ls-files", "--error-unmatch", "outcomes/provenance.py") is None:
        return None
    commit = git("rev-parse", "HEAD")
    if not commit:
        return None
    return f"{commit}+changes" if git("status", "--porcelain", "--untracked-files=no") else commit


def machine() -> dict[str, Any]:
    """The kind of machine, not its name."""
    return {"system": platform.system(), "release": platform.release(), "architecture": platform.machine(), "processors": os.cpu_count()}
