"""Draws of uncertain parameters: each has an address, (seed, draw, name), so that no other parameter moves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from sim.rules.streams import key_of, uniform

PARAMETER_DRAW: Final = 0
"""The decision of the address. The key says what it is about, so that no draw of the model has the same."""


def parameter_uniforms(names: Sequence[str], seed: int, draws: Sequence[int]) -> npt.NDArray[np.float64]:
    """Uniforms in (0, 1); shape (draws, names). A draw has the same value whatever other names and draws are asked for."""
    keys = [np.uint64(key_of("parameter", seed, name)) for name in names]
    out = np.empty((len(draws), len(names)), np.float64)
    for column, key in enumerate(keys):
        for row, draw in enumerate(draws):
            out[row, column] = uniform(key, PARAMETER_DRAW, draw)
    return out
