"""The columns of a panel in CSV: what each means, what it may hold, and how a cell is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from sim.population.person import EXCLUSIONS
from sim.tabular import CellFault

WORD_FOR_NONE: Final = "none"
SHOWN_CHARACTERS: Final = 40
_DECIMAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE: Final = re.compile(r"\d+", re.ASCII)


def shown(cell: str) -> str:
    """A cell as it stands in a message: quoted if it is no plain number, control characters escaped, cut when long."""
    text = cell if len(cell) <= SHOWN_CHARACTERS else cell[: SHOWN_CHARACTERS - 3] + "..."
    return text if _DECIMAL.fullmatch(text) else repr(text)


@dataclass(frozen=True)
class Names:
    """The names a panel may use, in the order of their bits or numbers."""

    conditions: tuple[str, ...]
    practices: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column. field: the field of a person it fills; read: cell and names -> value, raising CellFault."""

    name: str
    meaning: str
    accepts: str
    field: str
    read: Callable[[str, Names], float | int | str]


def _number(low: float, high: float, above: bool = False) -> Callable[[str, Names], float]:
    bounds = f"must be above {low:g} and at most {high:g}" if above else f"must be between {low:g} and {high:g}"

    def read(cell: str, names: Names) -> float:
        if not _DECIMAL.fullmatch(cell):
            hint = "; write a decimal point" if re.fullmatch(r"[+-]?\d+,\d+", cell, re.ASCII) else ""
            raise CellFault(f"must be a number (got {shown(cell)}){hint}")
        value = float(cell)
        if not low <= value <= high or (above and value == low):
            raise CellFault(f"{bounds} (got {shown(cell)})")
        return value

    return read


def _whole(high: int) -> Callable[[str, Names], int]:
    def read(cell: str, names: Names) -> int:
        if not _WHOLE.fullmatch(cell):
            raise CellFault(f"must be a whole number (got {shown(cell)})")
        if len(cell.lstrip("0")) > len(str(high)) or int(cell) > high:
            raise CellFault(f"must be between 0 and {high} (got {shown(cell)})")
        return int(cell)

    return read


def _sex(cell: str, names: Names) -> int:
    word = cell.lower()
    if word in ("f", "female"):
        return 1
    if word in ("m", "male"):
        return 0
    raise CellFault(f"must be female or male (got {shown(cell)})")


def _yes_or_no(cell: str, names: Names) -> int:
    word = cell.lower()
    if word in ("1", "yes", "true"):
        return 1
    if word in ("0", "no", "false"):
        return 0
    raise CellFault(f"must be yes or no (got {shown(cell)})")


def _bits(cell: str, known: tuple[str, ...], what: str) -> int:
    if cell.lower() == WORD_FOR_NONE:
        return 0
    mask = 0
    for part in cell.split(";"):
        name = part.strip()
        if name not in known:
            near = get_close_matches(name.lower()[:80], known, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; write names with ; between them, or {WORD_FOR_NONE}"
            raise CellFault(f"there is no {what} {shown(name)}{hint}")
        mask |= 1 << known.index(name)
    return mask


def _conditions(cell: str, names: Names) -> int:
    return _bits(cell, names.conditions, "condition")


def _exclusions(cell: str, names: Names) -> int:
    return _bits(cell, EXCLUSIONS, "exclusion")


def _practice(cell: str, names: Names) -> int:
    if cell in names.practices:
        return names.practices.index(cell)
    near = get_close_matches(cell[:80], names.practices, n=1)
    some = ", ".join(names.practices[:5]) + (", ..." if len(names.practices) > 5 else "")
    hint = f"did you mean '{near[0]}'?" if near else f"practices are {some}"
    raise CellFault(f"there is no practice {shown(cell)}; {hint}")


def _id(cell: str, names: Names) -> str:
    if len(cell) > 100:
        raise CellFault(f"must have at most 100 characters (got {len(cell)})")
    return cell


_SHARE: Final = _number(0, 1)

COLUMNS: Final = {
    column.name: column
    for column in (
        Column("id", "who this is, unique; without it patients are known by their place in the file", "text", "key", _id),
        Column("age", "age at launch (required)", "0 to 120 years", "age", _number(0, 120)),
        Column("sex", "sex (required)", "female or male", "female", _sex),
        Column(
            "risk_score",
            "risk score from claims (required, or conditions)",
            "above 0, at most 50",
            "risk_score",
            _number(0, 50, above=True),
        ),
        Column(
            "conditions", "documented conditions (required, or risk_score)", "names with ; between them, or none", "documented", _conditions
        ),
        Column(
            "practice",
            "the practice a patient belongs to",
            "a group of sites.practices, with _1, _2, ... if several",
            "practice",
            _practice,
        ),
        Column("medications", "active medications", "0 to 200", "medications", _whole(200)),
        Column("family_carer", "has a family carer", "yes or no", "family_carer", _yes_or_no),
        Column("isolated_known", "on record as isolated", "yes or no", "isolated_known", _yes_or_no),
        Column(
            "behavioural_health_known", "on record with a behavioural health problem", "yes or no", "behavioural_health_known", _yes_or_no
        ),
        Column("loyalty", "chance that a hospital visit is at the usual hospital", "0 to 1", "loyalty", _SHARE),
        Column("in_service_area", "lives in the programme's area", "yes or no", "in_service_area", _yes_or_no),
        Column("supplemental", "insurance covers the co-payments", "yes or no", "supplemental", _yes_or_no),
        Column("directive", "has an advance directive", "yes or no", "directive", _yes_or_no),
        Column("exclusions", "reasons for exclusion", f"{', '.join(EXCLUSIONS)}, with ; between them, or none", "exclusions", _exclusions),
        Column("frailty", "latent frailty, 1 on average", "above 0, at most 20", "frailty", _number(0, 20, above=True)),
        Column("burden", "latent burden, 1 on average", "above 0, at most 50", "burden", _number(0, 50, above=True)),
        Column("engagement", "latent engagement", "0 to 1", "engagement", _SHARE),
        Column("isolated", "truly isolated, known or not", "yes or no", "isolated", _yes_or_no),
        Column("behavioural_health", "truly has a behavioural health problem", "yes or no", "behavioural_health", _yes_or_no),
    )
}
"""Every column a panel may have. An empty cell is drawn as in a synthetic panel, given what the row says."""
