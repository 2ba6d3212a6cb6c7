"""Faults of a contract: bands out of order, switches that its kind or track does not have, years that are not known."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from sim.scenario.constants import constants
from sim.scenario.errors import listed
from sim.scenario.looking import Fault, Look
from sim.scenario.units import DAYS_PER_YEAR


def contract_faults(look: Look) -> Iterator[Fault]:
    """Faults of the kind that the contract has."""
    check = _CHECKS.get(look.text("contract.kind") or "")
    if check is not None:
        yield from check(look)


def _band_faults(look: Look) -> Iterator[Fault]:
    written = look.tree.find("contract", "bands")
    ended = 0.0
    for at, band in enumerate(written.items or () if written is not None else ()):
        low, high = (_share(band.plain(), key) for key in ("from", "to"))
        if low is None or high is None:
            continue
        if low > high:
            yield Fault(("contract", "bands", at, "to"), f"must be at least from = {low:g} (got {high:g})")
        if low < ended:
            yield Fault(("contract", "bands", at, "from"), f"must not lie within the band before, which ends at {ended:g} (got {low:g})")
        ended = max(ended, high)


def _share(band: Any, key: str) -> float | None:
    written = band.get(key) if isinstance(band, dict) else None
    value = written.get("value") if isinstance(written, dict) else written
    return float(value) if isinstance(value, int | float) else None


def _mssp_faults(look: Look) -> Iterator[Fault]:
    own = constants("mssp")
    track, rate = look.text("contract.track"), look.number("contract.minimum_rate")
    if f"tracks.{track}.loss_cap" not in own:
        return
    yield from _mssp_year_faults(look, str(track))
    if rate is not None:
        elected = own["elected_rates"].value
        if not own[f"tracks.{track}.loss_cap"].value:
            yield Fault.at(
                "contract.minimum_rate", f"has no effect with track: {track}, which is one-sided: the size table decides; remove it"
            )
        elif rate not in elected:
            yield Fault.at("contract.minimum_rate", f"must be one of {', '.join(f'{one:g}' for one in elected)} (got {rate:g})")
    if look.has("contract.participant_revenue") and own[f"tracks.{track}.revenue_cap"].value is None:
        yield Fault.at(
            "contract.participant_revenue", f"has no effect with track: {track}, whose losses are not limited by revenue; remove it"
        )
    if look.plain("contract.low_revenue") is True:
        first, year = own["half_rate_from"].value, look.plain("contract.first_year")
        if not str(track).startswith("basic_"):
            yield Fault.at("contract.low_revenue", f"has no effect with track: {track}; only basic tracks share at half rate")
        elif isinstance(year, int) and year < first:
            yield Fault.at("contract.low_revenue", f"has no effect before first_year: {first} (got {year})")


def _last_year(look: Look) -> int | None:
    """The performance year in which the run ends."""
    horizon, first = look.number("run.horizon"), look.plain("contract.first_year")
    return first + math.ceil(horizon / DAYS_PER_YEAR - 1e-9) - 1 if horizon is not None and isinstance(first, int) else None


def _mssp_year_faults(look: Look, track: str) -> Iterator[Fault]:
    """Years before the launch or the rules, and those in which the track is no longer there."""
    own = constants("mssp")
    first, last, launch = look.plain("contract.first_year"), _last_year(look), look.plain("run.launch")
    if not isinstance(first, int):
        return
    known = min(int(name.split(".")[1]) for name in own if name.startswith("years."))
    year = int(str(launch)[:4]) if re.match(r"\d{4}-", str(launch)) else known
    if first < max(known, year):
        why = f"{year}, the year of run.launch" if year > known else f"{known}, the first whose rules are known"
        yield Fault.at("contract.first_year", f"must be at least {why} (got {first}): it is the performance year that begins at launch")
    until = own[f"tracks.{track}.until"].value
    if until is not None and last is not None and last > until:
        yield Fault.at(
            "contract.track",
            f"must be one that goes on after {until}, such as basic_b or enhanced, as the run ends in {last} (got '{track}')",
        )


def _reach_faults(look: Look) -> Iterator[Fault]:
    first, last = look.plain("contract.first_year"), _last_year(look)
    known = [int(name.split(".")[1]) for name in constants("reach") if name.startswith("years.")]
    if last is not None and last > max(known):
        yield Fault.at(
            "contract.first_year", f"must leave the run within the years that are known, up to {max(known)} (got {first} to {last})"
        )


def _medicaid_faults(look: Look) -> Iterator[Fault]:
    least, modifier = float(constants("medicaid_aco")["quality_least"].value), look.number("contract.quality_modifier")
    if modifier is not None and modifier < least:
        yield Fault.at("contract.quality_modifier", f"must be at least {least:g} (got {modifier:g})")


def _bundle_faults(look: Look) -> Iterator[Fault]:
    model, episode = look.text("contract.model"), look.text("contract.episode")
    known = [name.split(".")[2] for name in constants("bundle") if name.startswith(f"{model}.discount.")]
    if known and episode is not None and episode not in known:
        yield Fault.at("contract.episode", f"must be {listed(known)} with model: {model} (got '{episode}')")


_CHECKS: Final[Mapping[str, Callable[[Look], Iterator[Fault]]]] = {
    "cmhcb": _band_faults,
    "mssp": _mssp_faults,
    "reach": _reach_faults,
    "medicaid_aco": _medicaid_faults,
    "bundle": _bundle_faults,
}
