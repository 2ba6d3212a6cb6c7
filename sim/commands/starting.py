"""`caseload new`: a commented scenario to start from."""

from __future__ import annotations

import os
from pathlib import Path

from sim.commands.errors import UserError
from sim.report.words import name as name_of
from sim.report.words import printable


def write_starter(name: str) -> Path:
    """Write NAME.yaml; never over a file that exists. Errors: UserError, OSError."""
    if not name.strip() or printable(name) != name:
        raise UserError("the name of a scenario is letters, digits, - and _")
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if path.stem.startswith((".", "-")) or not path.stem.replace("-", "").replace("_", "").isalnum():
        raise UserError(f"{path.name}: the name of a scenario is letters, digits, - and _")
    if not path.parent.is_dir():
        raise UserError(f"{path.parent}: no such folder")
    from sim.scenario import starter_text

    text = starter_text(name_of(path.stem))
    try:
        # O_EXCL: between a check and the writing somebody else could make the file.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        raise UserError(f"{path} exists already; choose another name") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return path
