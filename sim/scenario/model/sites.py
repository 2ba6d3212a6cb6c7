"""The sites block: practices, hospitals and SNFs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from sim.scenario import kinds
from sim.scenario.model.base import (
    Block,
    Count,
    Share,
    Word,
    says,
)
from sim.scenario.values import Quantity

Beds = Annotated[Quantity, kinds.Count(name="Beds", unit="beds", low=0.0, example="900")]
Stars = Annotated[Quantity, kinds.Kind(name="Stars", unit="stars", low=1.0, high=5.0, example="4")]
Slots = Annotated[Quantity, kinds.Kind(name="UrgentSlots", unit="per physician and day", low=0.0, high=1000.0, example="0.5")]


class Hospital(Block):
    """A practice names its hospital; `outside` is where its patients go otherwise."""

    share: ClassVar[None] = None
    outside: Annotated[bool, says("The hospital that patients use when they do not go to their practice's")] = False
    alerts: Annotated[bool, says("Whether the programme is told of admissions and ED visits there")] = False
    beds: Annotated[Beds | Literal["unlimited"], Word("unlimited"), says("Beds for the study's own patients")] = "unlimited"


class SNF(Block):
    """`share` is of the SNF stays.

    A `network` SNF may take patients under the waiver; the programme hears of patients in one with `telerounding`.
    """

    share: Annotated[Share, says("Share of SNF stays that go there")]
    network: Annotated[bool, says("Whether it may take patients under the three-day waiver")] = False
    telerounding: Annotated[bool, says("Whether the programme hears of patients there")] = False
    stars: Annotated[Stars | None, says("Star rating; the waiver asks for a least number")] = None
    beds: Annotated[
        Beds | Literal["unlimited"], Word("unlimited"), says("Beds for the study's own patients; unlimited: a bed is always free")
    ] = "unlimited"


class Practice(Block):
    """`count` practices alike, each with `size` as its share of the panel."""

    count: Annotated[
        Quantity,
        kinds.Count(name="Practices", unit="practices", low=1.0, high=10_000.0, example="7"),
        says("How many practices of this kind"),
    ]
    size: Annotated[Share, says("Share of the panel of each of them; count x size adds up to 1")]
    physicians: Annotated[Count, says("Physicians of each practice")]
    urgent_slots: Annotated[Slots, says("Visits that can be had the same day")]
    champion: Annotated[bool, says("Whether a physician stands for the programme, which adds work.champion to the integration")]
    integration: Annotated[Share, says("Chance that the practice yields a manager an urgent slot; the higher, the faster its answer")]
    hospital: Annotated[str, says("Name of the hospital that its patients usually go to")]


class Sites(Block):
    """Where patients are looked after."""

    hospitals: Annotated[dict[str, Hospital], says("Hospitals, by name")]
    snfs: Annotated[dict[str, SNF], says("Skilled nursing facilities, by name")]
    practices: Annotated[dict[str, Practice], says("Kinds of practices, by name")]
