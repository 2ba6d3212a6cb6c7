"""The sites block: practices, hospitals and SNFs."""

from __future__ import annotations

from typing import Annotated

from sim.scenario import kinds
from sim.scenario.model.base import Absent, Block, Count, Share
from sim.scenario.values import Quantity

Beds = Annotated[Quantity, kinds.Count(name="Beds", unit="beds", low=0.0, example="900")]
Stars = Annotated[Quantity, kinds.Kind(name="Stars", unit="stars", low=1.0, high=5.0, example="4")]
Slots = Annotated[Quantity, kinds.Kind(name="UrgentSlots", unit="per working day", low=0.0, high=1000.0, example="2")]


class Hospital(Block):
    """`share` is of the patients whose usual hospital it is; an `outside` hospital is nobody's usual one and has none."""

    share: Share | None = None
    outside: bool = False
    alerts: bool = False
    beds: Annotated[Beds | None, Absent("unlimited")] = None


class SNF(Block):
    share: Share
    network: bool = False
    telerounding: bool = False
    stars: Stars | None = None
    beds: Annotated[Beds | None, Absent("unlimited")] = None


class Practice(Block):
    """`count` practices alike, each with `size` as its share of the panel."""

    count: Annotated[Quantity, kinds.Count(name="Practices", unit="practices", low=1.0, high=10_000.0, example="7")]
    size: Share
    physicians: Count
    urgent_slots: Slots
    champion: bool
    integration: Share
    hospital: str


class Sites(Block):
    hospitals: dict[str, Hospital]
    snfs: dict[str, SNF]
    practices: dict[str, Practice]
