"""Where a scenario's parameters come from besides its own files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from sim.scenario.model.base import Block, says


def _path(raw: object) -> object:
    return Path(raw) if isinstance(raw, str) else raw


class Parameters(Block):
    """`posterior`: each replication takes one joint draw of a calibration in place of the values that the files state.

    keep: parameters of the posterior that stay as the files state them.
    """

    posterior: Annotated[
        Path,
        BeforeValidator(_path),
        WithJsonSchema({"type": "string", "description": "A shipped posterior, e.g. mgh_phase1, or a .parquet file beside the scenario"}),
    ]
    keep: Annotated[list[str], says("Parameters of the posterior that stay as the files state them")] = Field(default_factory=list)
