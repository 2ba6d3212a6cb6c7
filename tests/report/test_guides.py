"""The commands of the guides, run as they stand, page by page; and the pages that are made from the program."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import add_commands_of_other_packages, app

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"(?:Save this as `([\w.]+)`:\n\n)?^```(sh|python|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GUIDES = ("planner.md", "aco.md", "researcher.md")


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guides_commands_run_as_they_stand(guide, tmp_path, monkeypatch, app_as_before):
    monkeypatch.chdir(tmp_path)
    add_commands_of_other_packages(["sweep"])
    blocks = BLOCK.findall((DOCS / guide).read_text(encoding="utf-8"))
    assert len(blocks) >= 5
    for file, language, text in blocks:
        if language == "yaml":
            (tmp_path / file).write_text(text, encoding="utf-8")
            continue
        if language == "python":
            exec(compile(text, guide, "exec"), {})  # a guide's own code
            continue
        for line in text.splitlines():
            words = shlex.split(line)
            assert words[0] == "caseload"
            done = CliRunner().invoke(app, words[1:])
            assert done.exit_code == 0, f"{line}\n{done.output}"


def test_every_code_block_is_one_that_is_run_or_has_a_language_that_says_it_is_not():
    for guide in DOCS.glob("*.md"):
        fences = re.findall(r"^```(\w*)$", guide.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(fences[::2]) <= {"sh", "python", "text", "yaml"}
        assert guide.name in GUIDES or not {"sh", "python"} & set(fences[::2])


def generated_pages():
    """Path -> Markdown of the pages that are made from the program."""
    pytest.importorskip("mkdocs", reason="needs mkdocs (pip install mkdocs)")
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    return generate.pages()


def test_no_row_of_the_reference_has_an_empty_cell():
    for name, page in generated_pages().items():
        rows = [line for line in page.splitlines() if line.startswith("|")]
        empty = [row for row in rows if "" in (cell.strip() for cell in row.strip("|").split("|"))]
        assert empty == [], name


def test_the_reference_of_a_scenario_has_every_key_of_every_block():
    """The model classes say which keys there are; a key that a block's short form hides is in the reference too."""
    from sim.scenario.model.base import Block

    sections = {part.split("\n", 1)[0].strip(): part for part in generated_pages()["reference/scenario.md"].split("\n## ")}
    blocks = [block for block in Block.__subclasses__() if block.__module__.startswith("sim.scenario.model.") and block.model_fields]
    assert len(blocks) > 70
    for block in blocks:
        section = sections["Top level" if block.__name__ == "Scenario" else block.__name__]
        for name, field in block.model_fields.items():
            assert f"\n| `{field.alias or name}` | " in section, f"{block.__name__}.{name}"


def test_the_generated_pages_hold_every_command_measure_and_limit():
    from sim.outcomes.measures import MEASURES
    from sim.report.evidence import limits

    pages = generated_pages()
    assert all(f"`{measure.name}`" in pages["reference/measures.md"] for measure in MEASURES)
    assert all(sentence in pages["limits.md"] for sentence in limits())
    assert all(f"## caseload {name}" in pages["reference/commands.md"] for name in ("run", "compare", "report", "settle", "power"))
    assert "`case_manager`" not in pages["reference/scenario.md"]  # a planner's own name, no key
    assert "| `launch` |" in pages["reference/scenario.md"]
    assert "measures.parquet" in pages["reference/results.md"]


def test_the_documentation_builds_without_a_warning(tmp_path):
    pytest.importorskip("mkdocs", reason="needs mkdocs (pip install mkdocs)")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    build(load_config(str(DOCS.parent / "mkdocs.yml"), site_dir=str(tmp_path / "site")))  # strict: a warning is an error
    assert "Full-time equivalents" in (tmp_path / "site" / "reference" / "measures.html").read_text(encoding="utf-8")
