"""Practices, hospitals and SNFs as records."""

from __future__ import annotations

from typing import Any

from sim.rules.records import FACILITY, PRACTICE, empty
from sim.rules.streams import key_of
from sim.rules.vocabulary import Kind
from sim.scenario import Scenario

UNLIMITED = -1


def hospital_names(scenario: Scenario) -> list[str]:
    """Hospitals in their stable order: they come before the SNFs among the facilities."""
    return sorted(scenario.sites.hospitals)


def facility_names(scenario: Scenario) -> list[str]:
    """Hospitals, then SNFs, each by name."""
    return hospital_names(scenario) + sorted(scenario.sites.snfs)


def facility_records(scenario: Scenario) -> Any:
    """Hospitals and SNFs; shape (f,)."""
    records = empty(FACILITY, len(facility_names(scenario)))
    records.waiting = records.waiting_last = -1
    hospitals = hospital_names(scenario)
    for row, name in zip(records, hospitals, strict=False):
        hospital = scenario.sites.hospitals[name]
        _facility(row, name, Kind.HOSPITAL, hospital.beds)
        row.outside = 1 if hospital.outside else 0
        row.alerts = 1 if hospital.alerts else 0
    total = 0.0
    for row, name in zip(records[len(hospitals) :], sorted(scenario.sites.snfs), strict=True):
        snf = scenario.sites.snfs[name]
        _facility(row, name, Kind.SNF, snf.beds)
        row.share = float(snf.share)
        total += row.share
        row.cumulative = total
        row.network = 1 if snf.network and _rated_well(scenario, snf) else 0
        row.alerts = 1 if snf.telerounding else 0  # only a SNF that is on the weekly rounds is heard of
    return records


def _facility(row: Any, name: str, kind: Kind, beds: Any) -> None:
    row.key = key_of("facility", name)
    row.kind = kind
    row.beds = UNLIMITED if beds == "unlimited" else round(float(beds))


def _rated_well(scenario: Scenario, snf: Any) -> bool:
    """Whether a SNF's stars allow it to take patients under the waiver; one without a rating is exempt (swing beds)."""
    waiver = scenario.waivers.snf_three_day_rule
    return waiver == "none" or snf.stars is None or float(snf.stars) >= float(waiver.minimum_stars)


def practice_records(scenario: Scenario, names: list[tuple[str, str]]) -> Any:
    """One row per practice; `names` gives (name, group) in the order in which persons refer to them."""
    hospitals = hospital_names(scenario)
    records = empty(PRACTICE, len(names))
    for row, (name, group) in enumerate(names):
        block = scenario.sites.practices[group]
        practice = records[row]
        practice.key = key_of("practice", name)
        practice.hospital = hospitals.index(block.hospital)
        practice.physicians = round(float(block.physicians))
        practice.slots = round(float(block.urgent_slots) * float(block.physicians))
        practice.champion = 1 if block.champion else 0
        practice.integration = float(block.integration)
        practice.slot_day = -(1 << 40)
    return records
