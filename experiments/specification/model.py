"""The blocks of an experiment file."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from sim.scenario.model.base import Block
from sim.scenario.uncertain import RangeLaw

Replications = Annotated[int, Field(ge=1, le=1_000_000)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
MOST_POINTS: Final = 10_000_000
Points = Annotated[int, Field(ge=1, le=MOST_POINTS)]


class Levels(Block):
    """Values to compare. `keys`: the scenario keys that get the value; left out, the lever's own name."""

    levels: Annotated[list[Any], Field(min_length=1)]
    keys: Annotated[list[str], Field(min_length=1)] | None = None


class Span(Block):
    """Every value from `from` to `to`, or those in steps of `step`."""

    from_: Any = Field(alias="from")
    to: Any
    step: Annotated[float, Field(gt=0)] | None = None
    keys: Annotated[list[str], Field(min_length=1)] | None = None


class Scale(Block):
    """A factor on the values that these keys have in the scenario."""

    scale: Annotated[list[str], Field(min_length=1)]
    from_: Annotated[float, Field(alias="from", ge=0)]
    to: Annotated[float, Field(gt=0)]
    step: Annotated[float, Field(gt=0)] | None = None


class Alternatives(Block):
    """Named packages of changes: `{none: {}, with_waiver: {waivers.snf_three_day_rule: {...}}}`."""

    alternatives: Annotated[dict[str, dict[str, Any]], Field(min_length=1)]


LEVERS: Final[dict[str, type[Block]]] = {"alternatives": Alternatives, "scale": Scale, "levels": Levels, "from": Span}
"""The form of a lever by the key that tells it."""


class Uncertainties(Block):
    """Which parameters with a stated uncertainty are sampled; `*` stands for one or more parts of a dotted name.

    range_as: the law of a bare range. posterior: a CSV file of posterior draws, one column per parameter; a draw takes a whole
    row, so that what the posterior says about parameters together is kept, and other parameters are sampled as usual.
    """

    include: Annotated[list[str], Field(min_length=1, default_factory=lambda: ["*"])]
    exclude: list[str] = Field(default_factory=list)
    range_as: RangeLaw = "uniform"
    posterior: str | None = None


class Precision(Block):
    """Replications are added until the standard error of the outcome's mean is small enough at every point.

    Small enough means at most `standard_error` for the replications so far and for each of the `look_ahead` after them (more
    beyond 100 replications, in proportion): Hoad, Robinson and Davies 2010. `batch` are added at a time, to `at_most`.
    """

    outcome: str
    standard_error: Annotated[float, Field(gt=0)]
    at_most: Replications
    batch: Replications = 10
    look_ahead: Annotated[int, Field(ge=0, le=1000)] = 5


class Decision(Block):
    """What is decided on.

    net_benefit: the outcome to be as large as possible, `-` in front for as small as possible. cost and effect: for
    acceptability curves, the net benefit at each willingness to pay (USD per unit of effect) is willingness x effect - cost.
    """

    net_benefit: str | None = None
    cost: str | None = None
    effect: str | None = None
    willingness: Annotated[list[float], Field(min_length=1)] | None = None
    at_least: dict[str, float] = Field(default_factory=dict)
    """Outcome -> value: the probability of reaching it is shown over the levers."""


class Design(Block):
    """What every design has in common."""

    USES: ClassVar[tuple[bool, bool]] = (True, True)
    """Whether it moves levers, and whether it moves uncertainties."""


class Grid(Design):
    """Every combination of the levers' levels; uncertainties stay at their values."""

    USES = (True, False)
    kind: Literal["grid"]


class LatinHypercube(Design):
    """`points` points, each factor stratified."""

    kind: Literal["latin_hypercube"]
    points: Points


class Sobol(Design):
    """Saltelli's scheme for Sobol indices: base x (factors + 2) points; `base` a power of 2."""

    kind: Literal["sobol"]
    base: Annotated[int, Field(ge=2, le=2**20)]


class Morris(Design):
    """Elementary effects along random trajectories: trajectories x (factors + 1) points.

    A law without bounds has no value at its ends, so that the levels divide the probabilities `trim` to 1 - trim.
    """

    kind: Literal["morris"]
    trajectories: Annotated[int, Field(ge=2, le=100_000)]
    levels: Annotated[int, Field(ge=2, le=64, multiple_of=2)] = 4
    trim: Annotated[float, Field(ge=0, lt=0.5)] = 0.01


class OneWay(Design):
    """The scenario as it is, then one factor at a time at the two quantiles `ends`."""

    kind: Literal["one_way"]
    ends: Annotated[list[Fraction], Field(min_length=2, max_length=2, default_factory=lambda: [0.025, 0.975])]


class Psa(Design):
    """Probabilistic sensitivity analysis: `draws` of all uncertainties x the levers' combinations x replications.

    luck: `common` gives every draw the same luck (replications 0, 1, ...), which separates parameters from chance best; `own`
    gives each draw replications of its own, which spends a budget of single replications best.
    """

    kind: Literal["psa"]
    draws: Points
    luck: Literal["common", "own"] = "common"


class Listed(Design):
    """The points of a CSV file: a column per scenario key or lever, a row per point, empty cells as in the scenario."""

    USES = (True, False)
    kind: Literal["list"]
    file: str


DESIGNS: Final[dict[str, type[Design]]] = {
    "grid": Grid,
    "latin_hypercube": LatinHypercube,
    "sobol": Sobol,
    "morris": Morris,
    "one_way": OneWay,
    "psa": Psa,
    "list": Listed,
}


class Experiment(Block):
    """An experiment file; `levers`, `uncertainties` and `design` are read by their own forms."""

    title: str
    description: str = ""
    scenario: str
    set: dict[str, Any] = Field(default_factory=dict)
    levers: dict[str, Any] = Field(default_factory=dict)
    uncertainties: Any = None
    outcomes: Annotated[list[str], Field(min_length=1)]
    design: Any
    replications: Replications
    seed: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    precision: Precision | None = None
    decision: Decision | None = None
