"""What a planner writes: YAML scenarios, read, checked and turned into quantities in canonical units."""

from sim.scenario.errors import Problem, ScenarioErrors
from sim.scenario.loading import change, load
from sim.scenario.model.scenario import Scenario
from sim.scenario.parameters import ParameterRow
from sim.scenario.schema import json_schema, write_json_schema
from sim.scenario.starter import starter_text
from sim.scenario.values import Law, Quantity, Uncertainty

__all__ = [
    "Law",
    "ParameterRow",
    "Problem",
    "Quantity",
    "Scenario",
    "ScenarioErrors",
    "Uncertainty",
    "change",
    "json_schema",
    "load",
    "starter_text",
    "write_json_schema",
]
