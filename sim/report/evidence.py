"""What a result rests on: parameters by grade, the weakest first; how two resolved scenarios differ; what the model leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from sim.report import words
from sim.report.chart import Data
from sim.report.tables import Table
from sim.report.wording import parameter
from sim.scenario.kinds import Duration, Kind, LawOf, Money, Rate
from sim.scenario.meaning import kind_at

if TYPE_CHECKING:
    from sim.scenario.parameters import ParameterRow

WEAKEST_FIRST: Final = ("assumption", "scenario", "calibrated", "derived", "published")
_MEANINGS: Final = {
    "assumption": "nobody has published it for such a programme",
    "scenario": "chosen by whoever wrote the scenario: the plan itself",
    "calibrated": "fitted to published results",
    "derived": "worked out from published figures",
    "published": "stands in a publication",
}
_SAID_ELSEWHERE: Final = ("source", "grade", "title", "description")
_CARRIERS: Final = ("value", "fixed")
"""Keys under which a block holds what it is a block for."""
_AMOUNTS: Final = (*_CARRIERS, "mean", "sd", "median", "min", "max")
"""Keys that hold an amount in the block's unit."""
ABSENT: Final = "not there"


def limits() -> list[str]:
    """What the model leaves out, a sentence or two each."""
    return [str(sentence) for sentence in _yaml(files("sim.report").joinpath("limits.yaml").read_text(encoding="utf-8"))]


def ordered(rows: Sequence[ParameterRow]) -> list[ParameterRow]:
    """The weakest evidence first; within a grade in the scenario's order."""
    rank = {grade: at for at, grade in enumerate(WEAKEST_FIRST)}
    return sorted(rows, key=lambda row: rank.get(row.grade, -1))


def grades_table(rows: Sequence[ParameterRow]) -> Table:
    """How many parameters are of which grade."""
    counts = Counter(row.grade for row in rows)
    cells = tuple(
        (words.printable(grade), f"{counts[grade]:,}", f"{100 * counts[grade] / len(rows):.0f}%", _MEANINGS.get(grade, ""))
        for grade in _grades(counts)
    )
    title = f"The {len(rows):,} parameters by grade of evidence, the weakest first"
    return Table(title, ("Grade", "Parameters", "Share", "Meaning"), cells)


def _grades(counts: Mapping[str, int]) -> list[str]:
    return [*(grade for grade in counts if grade not in WEAKEST_FIRST), *(grade for grade in WEAKEST_FIRST if counts.get(grade))]


def parameters_table(rows: Sequence[ParameterRow]) -> Table:
    """Every parameter with its source and grade."""
    cells = tuple(
        tuple(map(words.printable, (row.name, row.written, row.unit, row.uncertainty, row.grade, row.source))) for row in ordered(rows)
    )
    return Table(f"All {len(rows):,} parameters", ("Parameter", "As written", "Unit", "Uncertainty", "Grade", "Source"), cells)


def parameters_data(rows: Sequence[ParameterRow]) -> Data:
    """The same with numbers as numbers."""
    columns = ("parameter", "value, in the unit", "unit", "as written", "uncertainty", "grade", "source", "set by")
    cells = ((row.name, row.value, row.unit, row.written, row.uncertainty, row.grade, row.source, row.set_by) for row in ordered(rows))
    return Data(columns, tuple(cells))


# Two scenarios ----------------------------------------------------------------------------------------------------------------


def settings(scenario: Any) -> dict[str, str]:
    """Dotted name -> what stands there, for every setting of a resolved scenario; sources, grades and titles are left out.

    An amount has its unit, also where that is the field's own and nobody wrote it.
    """
    return dict(_flat(scenario, ""))


def _flat(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        kind = kind_at(name)
        for key, inner in value.items():
            if kind is not None and key in _AMOUNTS:
                yield name if key in _CARRIERS else f"{name}.{key}", _amount(inner, value.get("unit"), kind)
            elif key not in _SAID_ELSEWHERE and not (kind is not None and key == "unit"):
                yield from _flat(inner, name if key in _CARRIERS and name else f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(item, Mapping | list | tuple) for item in value):
        for at, inner in enumerate(value):
            yield from _flat(inner, f"{name}.{at}")
    else:
        yield name, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _amount(value: Any, unit: str | None, kind: Kind) -> str:
    """A number as it is written, with its unit where it has one to speak of."""
    kind = kind.of if isinstance(kind, LawOf) else kind
    per = getattr(kind, "per", "")
    if not isinstance(kind, Rate | Duration | Money):
        own = (None, kind.unit, *kind.also)
    elif isinstance(value, str) and (not per or " per " in value):
        own = (None,)  # it says its unit
    else:
        own, unit = (), unit or (f"per {per}" if per else kind.unit)
    return f"{value}" if unit in own else f"{value} {unit}"


def differences(scenarios: Sequence[Any]) -> list[tuple[str, ...]]:
    """(name, value in each scenario) of every setting that is not the same in all, in the order of the first that has it."""
    each = [settings(scenario) for scenario in scenarios]
    names = dict.fromkeys(name for found in each for name in found)
    rows = [(name, *(found.get(name, ABSENT) for found in each)) for name in names]
    return [row for row in rows if len(set(row[1:])) > 1]


def differences_table(scenarios: Sequence[Any], names: Sequence[str]) -> Table:
    """What differs between runs, before what follows from it."""
    rows = tuple(tuple(words.printable(cell) for cell in (name, parameter(name), *each)) for name, *each in differences(scenarios))
    note = "Every setting of the resolved scenarios that is not the same in all of them; all others are."
    return Table(
        "What differs between the scenarios", ("Setting", "Meaning", *names), rows or (("nothing", "", *("" for _ in names)),), note
    )


def _yaml(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(text)
