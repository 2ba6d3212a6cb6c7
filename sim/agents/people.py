"""The agents: identity, state as a view on their record, and a life of waiting and meeting what comes.

Each agent's time line is one SimPy process. It waits until its record's pending time, meets the event through the
rulebook, and when another agent's event has changed its time it is interrupted and looks at its record again.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import mesa
import simpy

from sim.rules.units import DAY
from sim.rules.vocabulary import Setting, StaffStatus

if TYPE_CHECKING:
    from sim.agents.model import CareModel

Life = Generator[simpy.Event, Any, None]


class Being(mesa.Agent):
    """Anything with a time line of its own; `index` is its row in its record."""

    model: CareModel
    rank = 0

    def __init__(self, model: CareModel, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.process: simpy.Process | None = None

    @property
    def entity(self) -> int:
        """The agent's place among all pending times."""
        return self.model.first_entity(self.rank) + self.index

    @property
    def due(self) -> int:
        """When the agent's next event comes, microseconds since launch."""
        return int(self.model.world.due[self.entity])

    def live(self) -> Life:
        """Wait for what comes next and meet it, for ever."""
        while True:
            try:
                yield self.model.moment_of(self.entity)
            except simpy.Interrupt:
                continue  # another agent's event changed this one's time
            self.model.meet(self)


class Patient(Being):
    """Someone in the panel: crises, stays, visits, decline and death are on this time line."""

    rank = 0

    @property
    def record(self) -> Any:
        """What the care system has on file about the patient."""
        return self.model.world.patients[self.index]

    @property
    def number(self) -> int:
        """The number people know the patient by."""
        return int(self.record.number)

    @property
    def setting(self) -> Setting:
        """Where the patient is."""
        return Setting(self.record.setting)

    @property
    def is_alive(self) -> bool:
        """Not dead (those who left the plan are alive elsewhere)."""
        return self.setting is not Setting.DEAD

    @property
    def is_enrolled(self) -> bool:
        """In the programme now."""
        return bool(self.record.enrolled)

    @property
    def tier(self) -> int:
        """Priority tier, 0 if none is assigned yet."""
        return int(self.record.tier)

    @property
    def days_in_setting(self) -> float:
        """Days since the patient came to where they are."""
        return float((self.model.env.now - self.record.setting_since) / DAY)


class Task(Being):
    """A piece of work that waits: it lapses at its deadline, or its delay ends."""

    rank = 1


class StaffMember(Being):
    """A post of the programme and whoever holds it: case manager or any other role."""

    rank = 2

    @property
    def record(self) -> Any:
        """The post's record."""
        return self.model.world.staff[self.index]

    @property
    def role(self) -> int:
        """Row of the role."""
        return int(self.record.role)

    @property
    def is_busy(self) -> bool:
        """Has a task in hand."""
        return bool(self.record.status == StaffStatus.BUSY)

    @property
    def caseload(self) -> int:
        """Enrolled patients on this member's panel."""
        return int(self.record.patients)


class Facility(Being):
    """A hospital or SNF: gives its beds to those who wait, last in an instant."""

    rank = 3

    @property
    def record(self) -> Any:
        """The facility's record."""
        return self.model.world.facilities[self.index]

    @property
    def occupied(self) -> int:
        """Beds in use."""
        return int(self.record.occupied)


class Hospital(Facility):
    """A hospital."""


class SNF(Facility):
    """A skilled nursing facility."""


class Dispatcher(Being):
    """Gives a role's waiting work to members who are free, last in an instant."""

    rank = 4


class Practice(mesa.Agent):
    """A primary-care practice with its physicians: urgent slots of the day. It acts when patients and managers call."""

    model: CareModel

    def __init__(self, model: CareModel, index: int) -> None:
        super().__init__(model)
        self.index = index

    @property
    def record(self) -> Any:
        """The practice's record."""
        return self.model.world.practices[self.index]

    @property
    def slots_left_today(self) -> int:
        """Urgent slots not yet taken today."""
        today = self.model.env.now // DAY
        used = self.record.slots_used if self.record.slot_day == today else 0
        return int(self.record.slots - used)
