"""The Mesa model: SimPy owns the clock, agents hold state and behaviour, rules are asked what happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mesa
import simpy

from sim.agents.people import SNF, Being, Dispatcher, Hospital, Patient, Practice, StaffMember, Task
from sim.rules.blocks import Block, blocks
from sim.rules.events import meet
from sim.rules.rooms import LOG_MARGIN, lay_out, take_log, task_margin
from sim.rules.routine import close_books
from sim.rules.trouble import explain
from sim.rules.units import DAY, NEVER
from sim.rules.vocabulary import Kind, Trouble
from sim.rules.world import World

# SimPy keeps 0 and 1 for its own events; below that, order within an instant is (kind rank, stable id), never the
# order in which events were made.
FIRST_PRIORITY = 2


class Moment(simpy.Event):
    """The instant at which an agent's event is due: an event at a whole-number time with an explicit priority."""

    def __init__(self, env: simpy.Environment, at: int, priority: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, priority=priority, delay=at - env.now)  # type: ignore[arg-type]


class CareModel(mesa.Model):
    """Patients, staff, practices, hospitals and SNFs on one clock. One `step` is one day.

    block: the patients who take part; by default all.
    """

    def __init__(self, world: World, on_log: Callable[[Any], None] | None = None, block: Block | None = None) -> None:
        super().__init__(rng=0)  # Mesa's generator is never used: every draw is addressed
        self.world = world
        self.on_log = on_log
        self.env = simpy.Environment(initial_time=int(world.run[0].now))
        self.awake: dict[tuple[int, int], Being] = {}
        self.busy_with: Being | None = None
        first_task = int(world.run[0].tasks_from)
        for i in range(*(block or Block(0, len(world.patients)))):
            self.wake(Patient(self, i))
            k = int(world.patients[i].first_task)
            while k >= 0:
                if world.due[first_task + k] < NEVER:
                    self.wake(Task(self, k))
                k = int(world.tasks[k].sibling)
        for m in range(len(world.staff)):
            self.wake(StaffMember(self, m))
        for f in range(len(world.facilities)):
            self.wake((Hospital if world.facilities[f].kind == Kind.HOSPITAL else SNF)(self, f))
        for r in range(len(world.roles)):
            self.wake(Dispatcher(self, r))
        for p in range(len(world.practices)):
            Practice(self, p)

    def wake(self, being: Being) -> None:
        """Start an agent's time line."""
        self.awake[being.rank, being.index] = being
        being.process = self.env.process(being.live())

    def first_entity(self, rank: int) -> int:
        """Where a kind of entity starts among the pending times."""
        run = self.world.run[0]
        return int((0, run.tasks_from, run.staff_from, run.facilities_from, run.roles_from)[rank])

    def moment_of(self, entity: int) -> simpy.Event:
        """An event at an entity's pending time; one that never comes for NEVER."""
        due = int(self.world.due[entity])
        if due >= NEVER:
            return self.env.event()
        return Moment(self.env, due, FIRST_PRIORITY + int(self.world.turn[entity]))

    def meet(self, being: Being) -> None:
        """An agent's event: the rulebook writes the records, and everybody whose time changed looks again."""
        entity = being.entity
        meet(self.world, entity)
        run = self.world.run[0]
        if run.trouble != Trouble.NONE:
            raise explain(self.world)
        for j in range(run.touched):
            touched = int(self.world.touched[j])
            if touched != entity:
                self.look_again(touched)
        if run.free_tasks < task_margin(self.world):
            self.world = lay_out(self.world, 2 * len(self.world.tasks) + task_margin(self.world))
        if run.logging and run.logged + LOG_MARGIN > len(self.world.log) and self.on_log is not None:
            self.on_log(take_log(self.world))

    def look_again(self, entity: int) -> None:
        """Interrupt the agent whose pending time has changed; a task that has just got one comes to life."""
        run = self.world.run[0]
        starts = (run.roles_from, run.facilities_from, run.staff_from, run.tasks_from, 0)
        for rank, start in zip((4, 3, 2, 1, 0), starts, strict=True):
            if entity >= start:
                key = (rank, int(entity - start))
                break
        being = self.awake.get(key)
        if being is None:
            self.wake(Task(self, key[1]))
        elif being.process is not None:
            being.process.interrupt()

    def step(self) -> None:
        """One day passes."""
        self.run_until(int(self.env.now) + DAY)

    def run_until(self, stop: int) -> None:
        """Run all events before `stop`."""
        self.env.run(until=stop)
        self.world.run[0].now = stop


def advance(world: World, stop: int, on_log: Callable[[Any], None] | None = None) -> World:
    """Clock one as a callable: run all events before `stop` with agents; as `sim.compiled.clock.advance`."""
    start = int(world.run[0].now)
    for block in blocks(world):
        world.run[0].now = start
        model = CareModel(world, on_log, block)
        try:
            model.run_until(stop)
            world = model.world
        finally:
            model.remove_all_agents()
            getattr(mesa.Agent, "_ids", {}).pop(model, None)  # Mesa up to 3.4.1 keeps every model alive through this
    close_books(world, stop, on_log)
    return world
