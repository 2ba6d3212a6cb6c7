"""The sites block: practices, hospitals and SNFs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from sim.scenario import kinds
from sim.scenario.model.base import Block, Count, Share, Word
from sim.scenario.values import Quantity

Beds = Annotated[Quantity, kinds.Count(name="Beds", unit="beds", low=0.0, example="900")]
Stars = Annotated[Quantity, kinds.Kind(name="Stars", unit="stars", low=1.0, high=5.0, example="4")]
Slots = Annotated[Quantity, kinds.Kind(name="UrgentSlots", unit="per physician and day", low=0.0, high=1000.0, example="0.5")]


class Hospital(Block):
    """A practice names its hospital; `outside` is where its patients go otherwise."""

    share: ClassVar[None] = None
    outside: bool = False
    alerts: bool = False
    beds: Annotated[Beds | Literal["unlimited"], Word("unlimited")] = "unlimited"


class SNF(Block):
    """`share` is of the SNF stays.

    A `network` SNF may take patients under the waiver; the programme hears of patients in one with `telerounding`.
    """

    share: Share
    network: bool = False
    telerounding: bool = False
    stars: Stars | None = None
    beds: Annotated[Beds | Literal["unlimited"], Word("unlimited")] = "unlimited"


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
    """Where patients are looked after."""

    hospitals: dict[str, Hospital]
    snfs: dict[str, SNF]
    practices: dict[str, Practice]
