"""Everything a rule may read or write, as one object that rules pass on as a single address.

Thirty arrays in a tuple would be handed over word by word at every call; compiled rules see one pointer to a
directory of the arrays instead. The arrays belong to the Python object, which outlives every call.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, models, register_model, typeof_impl, unbox
from numba.np.numpy_support import from_dtype

from sim.rules import records
from sim.rules.laws import LAW

ENTRY_WORDS = 7  # of the directory, for each array: address, then up to three lengths and three strides
MOST_DIMENSIONS = 3


@dataclasses.dataclass(frozen=True, eq=False)
class World:
    """All records of a run. Array lengths: n patients, c components, m task rows."""

    patients: Any  # PATIENT [n]
    nature: Any  # NATURE [n]
    dose: Any  # f8 [n, c] standing improvement by component, as of nature.dose_at
    slots: Any  # i8 [n, c] next slot of each scheduled component
    own: Any  # i4 [n, 1 + periods, OWN_COUNTERS] the patient's baseline year, then what is kept of the programme periods; times in minutes
    components: Any  # COMPONENT [c]
    conditions: Any  # CONDITION
    interactions: Any  # INTERACTION
    tasks: Any  # TASK [m]
    roles: Any  # ROLE
    staff: Any  # STAFF
    queues: Any  # QUEUE
    practices: Any  # PRACTICE
    facilities: Any  # FACILITY
    laws: Any  # laws.LAW
    quantiles: Any  # f8 [gamma laws, QUANTILE_POINTS]
    price_factor: Any  # f8 by month from run.first_price_month
    holidays: Any  # i8, day numbers since launch, sorted
    parameters: Any  # PARAMETERS [1]
    run: Any  # RUN [1]
    due: Any  # i8 [entities] pending time of every entity
    turn: Any  # i8 [entities] who comes first in one instant: by rank, then by number (tasks: in the order of their requests)
    touched: Any  # i8: entities whose pending time changed in this event
    agenda: Any  # AGENDA: what this event gave staff and usual care to react to
    tally: Any  # i8 [cohort, COUNTERS, months]
    work: Any  # i8 [months since launch, c, OUTCOMES]
    hours: Any  # i8 [weeks since launch, c, TIERS] staff time by the patient's tier
    crew: Any  # i8 [months since launch, roles, DUTIES]
    alerts: Any  # i8 [c, 2, ANSWERS] alerts that came in office hours, and after hours
    log: Any  # LOG
    directory: Any = dataclasses.field(init=False, repr=False)  # i8 [arrays, ENTRY_WORDS] where each array lies; what rules are given
    address: int = dataclasses.field(init=False, repr=False)  # of the directory

    def __post_init__(self) -> None:
        self._keep(np.zeros((len(NAMES), ENTRY_WORDS), np.int64), NAMES)

    def _keep(self, directory: Any, names: Iterable[str]) -> None:
        """Keep a directory in which the entries of these arrays are written anew."""
        for name in names:
            array = getattr(self, name)
            dimensions = array.ndim
            if not _is_of(name, array.dtype) or not array.flags.c_contiguous or dimensions != DIMENSIONS.get(name, 1):
                raise TypeError(f"world.{name} must be a contiguous array of {DTYPES[name]} (got {array.dtype}, {dimensions} dimensions)")
            rest = (0,) * (MOST_DIMENSIONS - dimensions)
            directory[PLACES[name]] = (array.ctypes.data, *array.shape, *rest, *array.strides, *rest)
        object.__setattr__(self, "directory", directory)
        object.__setattr__(self, "address", int(directory.ctypes.data))

    def replace(self, **arrays: Any) -> World:
        """The same world with some arrays exchanged."""
        other = object.__new__(World)
        other.__dict__.update(self.__dict__, **arrays)
        other._keep(self.directory.copy(), arrays)
        return other


NAMES = tuple(field.name for field in dataclasses.fields(World) if field.init)
PLACES = {name: place for place, name in enumerate(NAMES)}
_I4, _I8, _F8 = np.dtype(np.int32), np.dtype(np.int64), np.dtype(np.float64)
DTYPES: dict[str, Any] = {
    "patients": records.PATIENT,
    "nature": records.NATURE,
    "dose": _F8,
    "slots": _I8,
    "own": _I4,
    "components": records.COMPONENT,
    "conditions": records.CONDITION,
    "interactions": records.INTERACTION,
    "tasks": records.TASK,
    "roles": records.ROLE,
    "staff": records.STAFF,
    "queues": records.QUEUE,
    "practices": records.PRACTICE,
    "facilities": records.FACILITY,
    "laws": LAW,
    "quantiles": _F8,
    "price_factor": _F8,
    "holidays": _I8,
    "parameters": records.PARAMETERS,
    "run": records.RUN,
    "due": _I8,
    "turn": _I8,
    "touched": _I8,
    "agenda": records.AGENDA,
    "tally": _I8,
    "work": _I8,
    "hours": _I8,
    "crew": _I8,
    "alerts": _I8,
    "log": records.LOG,
}
DIMENSIONS = {"dose": 2, "slots": 2, "own": 3, "quantiles": 2, "tally": 3, "work": 3, "hours": 3, "crew": 3, "alerts": 3}


_met: dict[str, Any] = {}


def _is_of(name: str, dtype: Any) -> bool:
    """Whether an array has the record type of its name; comparing types field by field is slow, and they are mostly the same object."""
    if _met.get(name) is dtype:
        return True
    if dtype != DTYPES[name]:
        return False
    _met[name] = dtype
    return True


def copy(world: World) -> World:
    """An independent copy of all records: this is how an arm is forked."""
    return World(*[records.duplicate(getattr(world, name)) for name in NAMES])


# --- what compiled rules see ----------------------------------------------------------------------------------------


class WorldType(types.Type):
    """Numba's type of a world: the address of its directory."""

    def __init__(self) -> None:
        super().__init__(name="World")


WORLD_TYPE = WorldType()
ARRAY_TYPES: dict[str, Any] = {name: types.Array(from_dtype(DTYPES[name]), DIMENSIONS.get(name, 1), "C") for name in NAMES}


@typeof_impl.register(World)
def _typeof_world(value: World, context: Any) -> WorldType:
    return WORLD_TYPE


@register_model(WorldType)
class _WorldModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.IntType(64))


@infer_getattr
class _WorldAttributes(AttributeTemplate):  # type: ignore[misc]
    key = WorldType

    def generic_resolve(self, kind: WorldType, name: str) -> Any:
        return ARRAY_TYPES.get(name)


@lower_getattr_generic(WorldType)
def _array_of_world(context: Any, builder: Any, kind: WorldType, address: Any, name: str) -> Any:
    word = ir.IntType(64)
    array_type = ARRAY_TYPES[name]
    directory = builder.inttoptr(address, word.as_pointer())

    def entry(offset: int) -> Any:
        place = ir.Constant(word, ENTRY_WORDS * PLACES[name] + offset)
        loaded = builder.load(builder.gep(directory, [place]))
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))  # a directory is never written again
        return loaded

    dimensions = range(array_type.ndim)
    array = context.make_array(array_type)(context, builder)
    context.populate_array(
        array,
        data=builder.inttoptr(entry(0), array.data.type),
        shape=[entry(1 + d) for d in dimensions],
        strides=[entry(1 + MOST_DIMENSIONS + d) for d in dimensions],
        itemsize=context.get_constant(types.intp, DTYPES[name].itemsize),
        meminfo=None,
    )
    return array._getvalue()


@unbox(WorldType)
def _unbox_world(kind: WorldType, value: Any, context: Any) -> Any:
    address = context.pyapi.object_getattr_string(value, "address")
    native = context.unbox(types.int64, address)
    context.pyapi.decref(address)
    return NativeValue(native.value, is_error=native.is_error)
