"""Pages of the documentation that are made from the program itself, so that they cannot say anything else: a hook of MkDocs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those that are written."""
    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def pages() -> dict[str, str]:
    """Path -> Markdown of every generated page."""
    return {
        "limits.md": _limits(),
        "reference/scenario.md": _scenario(),
        "reference/commands.md": _commands(),
        "reference/measures.md": _measures(),
        "reference/results.md": _results(),
    }


def _limits() -> str:
    from sim.report.evidence import limits

    points = "\n".join(f"- {sentence}" for sentence in limits())
    return (
        "# What this model cannot tell you\n\nWhat is left out, and what that means for a number that you read.\n\n"
        f"{points}\n\nEach report repeats this list before its tables.\n"
    )


def _cell(text: Any) -> str:
    return re.sub(r"\s+", " ", str(text)).replace("|", "\\|").replace("<", "&lt;").strip()


def _measures() -> str:
    from sim.outcomes.measures import MEASURES
    from sim.outcomes.staff_months import MONTH_MEASURES
    from sim.outcomes.staffing import STAFF_MEASURES

    rows = [(f"`{m.name}`", m.title, m.definition, m.numerator, m.denominator, m.unit) for m in MEASURES]
    staff = [(f"`{m.name}`", m.title, m.definition, m.unit) for m in STAFF_MEASURES]
    months = [(f"`{m.name}`", m.title, m.numerator, m.denominator or "none", m.unit) for m in MONTH_MEASURES]
    return (
        "# Measures\n\nEvery measure is defined once; tables, files and reports print from here.\n\n"
        + _table(("name", "title", "definition", "numerator", "denominator", "unit"), rows)
        + "\n## Of staff\n\n"
        + _table(("name", "title", "definition", "unit"), staff)
        + "\n## Of a role in a month\n\n"
        + _table(("name", "title", "numerator", "denominator", "unit"), months)
    )


def _results() -> str:
    from sim.economics import money_table
    from sim.outcomes import store

    money = "\n".join((money_table.__doc__ or "").splitlines()[2:])
    body = "\n".join(line.removeprefix("    ") for line in (store.__doc__ or "").splitlines()[2:])
    listing, _, rest = body.partition("\n\n")
    parts = ("# Results", "One folder per run:", _text(listing), rest.strip(), "## money.parquet", _text(money))
    return "\n\n".join(parts) + "\n"


def _text(listing: str) -> str:
    return f"```text\n{listing.strip()}\n```"


def _commands() -> str:
    import click
    import typer.main

    from sim.cli import app

    group = typer.main.get_command(app)
    parts = ["# Commands\n"]
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        context = click.Context(command, info_name=f"caseload {name}")
        parts.append(f"## caseload {name}\n\n{_cell(command.help or '')}\n\n```text\n{command.get_usage(context)}\n```\n")
        rows = []
        for parameter in command.params:
            record = parameter.get_help_record(context)
            if record is None:
                record = (parameter.human_readable_name, getattr(parameter, "help", "") or "")
            rows.append((f"`{record[0]}`", record[1]))
        parts.append(_table(("argument or option", "meaning"), rows))
    return "\n".join(parts)


def _scenario() -> str:
    from sim.scenario.schema import json_schema

    schema = json_schema()
    parts = [
        "# Scenario",
        "Made from the schema that `caseload schema` prints. A number is written plain, with its unit, or as a block "
        "`{value: ..., unit: ..., range: ..., source: ..., grade: ...}`. What is left out has a default.",
        "## Top level",
        _table(("key", "holds", "meaning"), list(_keys(schema))),
    ]
    values = []
    for name, block in schema["$defs"].items():
        keys = list(_keys(block))
        if keys:
            parts += [f"## {name}", _cell(block.get("description", "")), _table(("key", "holds", "meaning"), keys)]
        else:
            values.append((f"`{name}`", block.get("description", "")))
    parts += ["## Kinds of values", _table(("kind", "meaning"), values)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _keys(block: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Rows of a block's keys; of one with a short form, of the form with keys. A value (it has the key `value`) has none."""
    several = [form["properties"] for form in block.get("anyOf", ()) if form.get("properties")]
    keys: Mapping[str, Any] = block.get("properties") or next((form for form in several if "value" not in form and "fixed" not in form), {})
    for key, part in keys.items():
        yield f"`{key}`", _holds(part), part.get("description", "")


def _holds(part: Mapping[str, Any]) -> str:
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    for several in ("anyOf", "oneOf"):
        if several in part:
            return " or ".join(dict.fromkeys(_holds(one) for one in part[several]))
    if part.get("type") == "array":
        return f"list of {_holds(part.get('items', {}))}"
    if isinstance(part.get("additionalProperties"), Mapping):
        return f"table of {_holds(part['additionalProperties'])}"
    return str(part.get("type", "anything"))


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows)]) + "\n"
