"""Shipped prices are dollars of 2006: with another price year they are refused, own ones are not."""

from __future__ import annotations

import pytest

from sim.scenario import ScenarioErrors
from sim.scenario.check_prices import SHIPPED_YEAR
from tests.scenario.minimal import Loader


def test_shipped_prices_are_refused_with_another_price_year_until_all_amounts_are_own(scenario: Loader) -> None:
    shipped = scenario()
    assert shipped.run.price_year == SHIPPED_YEAR
    amounts = [row for row in shipped.parameters() if row.name.startswith("prices.") and "USD" in row.unit]
    assert len(amounts) > 10
    own = [row.override(2 * row.value) for row in amounts]
    with pytest.raises(ScenarioErrors, match=rf"run\.price_year: must be 2006 \(got 2026\): .* and {len(amounts)} are in use"):
        scenario(overrides=("run.price_year=2026",))
    with pytest.raises(ScenarioErrors, match=rf"and 1 are in use \({amounts[0].name}\)"):
        scenario(overrides=("run.price_year=2026", *own[1:]))
    assert scenario(overrides=("run.price_year=2026", *own)).run.price_year == 2026
