"""Settles a table of published Medicare Shared Savings Program results, row by row.

What a published row does not say is settled so:

- `minsavperc` is published with four digits. Where it is the size table's rate to that precision, the table's own rate decides.
- `qualscore` is used, not `finalsharerate`, which is published with two digits.
- Losses are settled before relief; relief is what `disadj` takes off, or the relief of the year (public health emergency) if larger.
- A limit based on revenue (`revlosslimit` 1) needs `participant_revenue`, which the public-use file does not have. Without it the
  limit by benchmark is used, and the note says so if a loss is owed.
- `met_qps` 0 means that no quality standard was met, unless `quality_standard` says `alternative`.

All 721 rows of the public-use file for 2019-2021 come out within 0.1% or 1,000 USD. Those that need more than rate times savings:

- A2833, 2021: paid nothing at a saving of 2.9826%, printed as the minimum of 2.98%; the size table's rate is 2.9836%.
- A1515, 2021: the relief (154,250 USD) is less than 30% of the loss (398,579 USD), since the limit by revenue, which the file does
  not have, was lower; nothing was owed, because the year's relief takes off the whole.
- A1052, A4588 and A4638, 2021: the relief equals the loss owed to within 2 USD, so nothing was paid.
- A3521 and A3775, 2019: the loss owed less `disadj`, to the dollar. A2021, 2019: 140 USD more was paid than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.economics.contracts import mssp
from sim.economics.money import LARGEST
from sim.economics.tables import Column, Row, number, one_of, read_table, text, whole, yes_or_no

_AS_SHARE: Final = "; write a share, 92% as 0.92"
_PUBLISHED_DIGITS: Final = 0.5e-4
"""Half a unit of the last digit of a published minimum rate, and no more."""
NEAR_SHARE: Final = 0.001
NEAR_USD: Final = 1000.0
IDENTIFYING: Final = ("performance_year", "aco_id", "track", "agreement_period_num")

COLUMNS: Final = {
    "performance_year": Column(whole(2013, 2100)),
    "aco_id": Column(text),
    "track": Column(one_of(mssp.tracks())),
    "n_ab": Column(number(1, 10_000_000)),
    "abtotbnchmk": Column(number(0.01, LARGEST)),
    "abtotexp": Column(number(0, LARGEST)),
    "minsavperc": Column(number(0, 0.15, hint="; write a share, 2.5% as 0.025"), needed=False),
    "qualscore": Column(number(0, 1, hint=_AS_SHARE)),
    "met_qps": Column(yes_or_no),
    "quality_standard": Column(one_of(tuple(mssp.Quality)), needed=False),
    "agreement_period_num": Column(text, needed=False),
    "agreement_year": Column(whole(1, 20), needed=False),
    "revlosslimit": Column(yes_or_no, needed=False),
    "participant_revenue": Column(number(0, LARGEST), needed=False),
    "sequestration": Column(number(0, 1, hint=_AS_SHARE), needed=False),
    "disadj": Column(number(-LARGEST, 0, hint="; what a disaster took off the loss is written negative"), needed=False),
    "earnsaveloss": Column(number(-LARGEST, LARGEST), needed=False),
}
"""What is read. The names are those of the public-use file, but for four that it does not have: `quality_standard`,
`agreement_year` (of a Track 2 agreement, for its limit on losses), `participant_revenue` and `sequestration` (for a year whose
rate is not known)."""


@dataclass(frozen=True)
class SettledRow:
    """One row settled. published: what the table says was earned (or, negative, owed), USD, None if it does not say; note: what
    the row did not give and the settlement would need."""

    identity: dict[str, str]
    settled: mssp.Settled
    published: float | None
    note: str

    @property
    def difference(self) -> float | None:
        """Settled less published, USD."""
        return None if self.published is None else round(self.settled.paid - self.published, 2)

    @property
    def agrees(self) -> bool | None:
        """Within 0.1% of the published amount or 1,000 USD: published rates are rounded."""
        if self.published is None or self.difference is None:
            return None
        return abs(self.difference) <= max(NEAR_USD, NEAR_SHARE * abs(self.published))


def settle_table(path: Path) -> list[SettledRow]:
    """Every row of a table, settled. Raises TableErrors."""
    first_lines: dict[tuple[int, str], int] = {}
    header, rows = read_table(path, COLUMNS, lambda row: _faults(row, first_lines))
    identifying = [name for name in IDENTIFYING if name in header]
    return [_settled(row, identifying) for row in rows]


def _faults(row: Row, first_lines: dict[tuple[int, str], int]) -> Iterator[tuple[str, str]]:
    """(column, message) of what single cells cannot show. first_lines: (year, ACO) -> its first line, filled as rows come."""
    values = row.values
    year, aco = values["performance_year"], values["aco_id"]
    first = first_lines.setdefault((year, aco), row.line)
    if first != row.line:
        yield "aco_id", f"{aco} has a row for {year} already, in line {first}; one ACO and year is one row"
    if values["sequestration"] is None and year < mssp.first_known_year():
        first = mssp.first_known_year()
        yield "performance_year", f"sequestration is known from {first} on (got {year}); give it in a column sequestration, 2% as 0.02"
    if values["minsavperc"] is None:
        if mssp.terms(values["track"]).two_sided:
            yield "minsavperc", f"is empty; {values['track']} elects its minimum rate, so that it must be given, 2% as 0.02"
        elif _size_rate(values["n_ab"]) is None:
            yield "n_ab", f"the size table of minimum savings rates starts at 500 (got {values['n_ab']:g}); give minsavperc"
    standard = values["quality_standard"]
    if standard is not None and (standard == mssp.Quality.met) != values["met_qps"]:
        yield "quality_standard", f"says {standard}, but met_qps says {values['met_qps']:d}; correct one of them"


def _size_rate(beneficiaries: float) -> float | None:
    try:
        return mssp.size_rate(beneficiaries)
    except ValueError:
        return None


def minimum_rate(published: float | None, beneficiaries: float, two_sided: bool) -> float:
    """The minimum rate behind a published one: an elected one, the size table's if it rounds to the published, or else as published."""
    by_size = _size_rate(beneficiaries)
    if published is None:
        return mssp.size_rate(beneficiaries)
    if by_size is None or (two_sided and published in mssp.elected_rates()):
        return published
    return by_size if abs(by_size - published) <= _PUBLISHED_DIGITS * (1 + 1e-9) else published


def _rules(values: Any) -> mssp.YearRules:
    year, sequestration = values["performance_year"], values["sequestration"]
    return mssp.year_rules(year) if sequestration is None else mssp.year_rules_with(year, sequestration)


def _settled(row: Row, identifying: Sequence[str]) -> SettledRow:
    values = row.values
    quality = mssp.Quality(values["quality_standard"] or (mssp.Quality.met if values["met_qps"] else mssp.Quality.failed))
    own = mssp.terms(values["track"], values["agreement_year"])
    result = mssp.settle(
        own,
        benchmark=values["abtotbnchmk"],
        expenditure=values["abtotexp"],
        minimum_rate=minimum_rate(values["minsavperc"], values["n_ab"], own.two_sided),
        quality_score=values["qualscore"],
        quality=quality,
        rules=_rules(values),
        revenue=values["participant_revenue"] if values["revlosslimit"] else None,
        forgiven=-(values["disadj"] or 0.0),
    )
    return SettledRow({name: str(values[name] or "") for name in identifying}, result, values["earnsaveloss"], _note(values, result))


def _note(values: Any, result: mssp.Settled) -> str:
    notes = []
    if result.owed and values["revlosslimit"] and values["participant_revenue"] is None:
        notes.append("the limit on losses is based on revenue, which is not given: owed at most this")
    if result.owed and values["track"] == "track_2" and values["agreement_year"] is None:
        notes.append("the limit on losses is that of the agreement's last year: agreement_year is not given")
    return "; ".join(notes)
