"""The field's reporting checklists, each item filled from the run with where it comes from, or left to the author: never blank.

The checklists stand in `appendices/*.yaml`: items with a name, and where the software knows the answer, a text with the run's facts in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from sim.report import words
from sim.report.answer import answer, team
from sim.report.evidence import limits
from sim.report.reading import Reading
from sim.report.tables import Table

AUTHOR: Final = "author to complete"
CHECKLISTS: Final = ("cheers_2022", "stress_des", "stress_abs", "odd_d", "advishe", "techver")


@dataclass(frozen=True)
class Item:
    """text: None when only the author can say it."""

    number: str
    name: str
    text: str | None
    where: str


@dataclass(frozen=True)
class Appendix:
    """A checklist filled for a run."""

    title: str
    source: str
    items: tuple[Item, ...]

    @property
    def filled(self) -> int:
        return sum(item.text is not None for item in self.items)

    def table(self) -> Table:
        """For people; the note says how much is filled."""
        rows = tuple((f"{item.number} {item.name}", item.text or AUTHOR, item.where) for item in self.items)
        note = f"{self.filled} of {len(self.items)} items are filled by the software. Checklist: {self.source}."
        return Table(self.title, ("Item", "What is reported", "Where it comes from"), rows, note)


def appendices(run: Reading) -> list[Appendix]:
    """All checklists, filled for a run."""
    known = facts(run)
    return [_filled(name, known) for name in CHECKLISTS]


def _filled(name: str, known: Mapping[str, Any]) -> Appendix:
    from jinja2 import Environment, StrictUndefined, UndefinedError
    from ruamel.yaml import YAML

    checklist = YAML(typ="safe").load(files("sim.report").joinpath("appendices", f"{name}.yaml").read_text(encoding="utf-8"))
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    items = []
    for entry in checklist["items"]:
        text: str | None = None
        if "text" in entry:
            try:
                text = words.printable(" ".join(environment.from_string(entry["text"]).render(known).split()))
            except UndefinedError:
                text = None  # the run does not say it
        where = entry.get("from", "") if text is not None else entry.get("needs", "")
        items.append(Item(str(entry["item"]), entry["name"], text, where))
    return Appendix(checklist["title"], checklist["source"], tuple(items))


def facts(run: Reading) -> dict[str, Any]:
    """What the texts of the checklists may name. What this run does not have is left out."""
    tree, record = run.summary, run.record
    population = {name: value for name, value in tree["population"].items() if value["mean"] is not None}
    known: dict[str, Any] = {
        "title": run.title,
        "replications": f"{run.replications:,}",
        "seed": tree["seed"],
        "clock": tree["clock"],
        "digest": tree["digest"],
        "horizon": words.horizon(run.horizon_us),
        "discounting": record["terms"]["discounting"],
        "discount_rate": words.number(record["terms"]["discount_rate"], "share"),
        "team": team(tree),
        "answer": answer(run),
        "limits": limits(),
        "readmission_method": tree["readmission_method"],
        "events": words.number(tree["events"]["mean"], "count"),
        "components": [words.name(name) for name in tree["components"]],
        "roles": [f"{words.name(role)} ({values['fte']['mean']:g} FTE)" for role, values in tree["staff"].items()],
        **{name: words.number(value["mean"], _unit_of(name)) for name, value in population.items()},
    }
    kept = {"command": "command", "version": "caseload", "commit": "git_commit", "finished": "finished"}
    known |= {fact: record[key] for fact, key in kept.items() if record.get(key)}
    if record.get("versions"):
        known["versions"] = ", ".join(f"{name} {number}" for name, number in record["versions"].items() if number)
    if record.get("machine"):
        known["machine"] = ", ".join(f"{key} {value}" for key, value in record["machine"].items())
    if record.get("started") and record.get("finished"):
        known["times"] = f"started {record['started']}, finished {record['finished']}"
    posterior = record.get("posterior")
    known["sampled"], known["fitted"] = "which this run does not sample", "not fitted to the results of any programme"
    if posterior is not None:
        known["sampled"] = f"of which those in the posterior {posterior['name']} are sampled"
        known["fitted"] = f"drawn from the posterior {posterior['name']}, see its calibration report"
    if run.appraised:
        known["contract"] = tree["contract"]["kind"]
        known["settled_on"] = tree["contract"]["settled_on"].replace("_", " ")
    designs = [part["title"] for part in tree.get("evaluation", {}).values() if isinstance(part, Mapping) and "title" in part]
    if designs:
        known["designs"] = designs
    known |= _of_scenario(run)
    return known


def _unit_of(name: str) -> str:
    if name.endswith("_share"):
        return "share"
    return {"baseline_cost_per_person": "USD", "panel_cost_per_person": "USD"}.get(name, "ratio" if name.startswith("mean_") else "count")


def _of_scenario(run: Reading) -> dict[str, Any]:
    scenario = run.scenario
    if scenario is None:
        return {}
    grades = Counter(row.grade for row in run.parameters)
    section = scenario["run"]
    panel = scenario["population"]["panel"]
    return {
        "description": str(scenario.get("description") or run.title),
        "launch": str(section["launch"]),
        "price_year": section["price_year"],
        "currency": section["currency"],
        "burn_in": section["burn_in"]["value"] if isinstance(section["burn_in"], Mapping) else section["burn_in"],
        "panel_kind": "synthetic" if panel == "synthetic" else "the scenario's own file",
        "parameters": f"{len(run.parameters):,}",
        "grades": ", ".join(f"{count} {grade}" for grade, count in grades.most_common()),
        "unknown": f"{sum(bool(row.uncertainty) for row in run.parameters):,}",
        "practices": len(scenario["sites"]["practices"]),
        "hospitals": len(scenario["sites"]["hospitals"]),
    }
