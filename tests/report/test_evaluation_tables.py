"""The tables of an evaluation say what its tree holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.evaluation.evaluating import evaluate
from sim.evaluation.quality import evaluation_tree
from sim.evaluation.settings import Promise
from sim.report.evaluation_tables import evaluation_tables
from tests.evaluation.synthetic import PLAIN, Population


@pytest.fixture(scope="module")
def tree():
    rng = np.random.default_rng(3)
    population = Population(death=0.3, effect=0.1, enrols=lambda frailty, _: frailty < 1.5)
    evaluations = [evaluate(population.observed(rng, 150), PLAIN) for _ in range(4)]
    return evaluation_tree(evaluations, PLAIN, Promise(120.0, 0.05))


def row_of(table, start):
    (row,) = (row for row in table.rows if row[0].startswith(start))
    return dict(zip(table.columns, row, strict=True))


def test_every_table_is_there_and_rectangular(tree):
    tables = evaluation_tables(tree, "programme months 1-24")
    assert [table.title.split(",")[0].split(":")[0] for table in tables] == [
        "What an evaluation finds",
        "Matched comparison",
        "Balance before launch",
        "What became of the eligibles",
        "Cumulative payments",
    ]
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)


def test_designs_stand_beside_the_truth_and_the_misleading_are_marked(tree):
    designs = evaluation_tables(tree, "programme months 1-24")[0]
    pbpm = tree["matched_did"]["pbpm"]
    row = row_of(designs, "Matched")
    assert row["True"] == f"-${-pbpm['true']['mean']:,.2f}"
    assert row["Covers truth"] == ("100%" if pbpm["coverage"]["share"] == 1 else f"{100 * pbpm['coverage']['share']:.1f}%")
    assert row["Meets the guarantee"].endswith("%")
    marked = [row[0] for row in designs.rows if row[0].endswith("*")]
    assert marked == ["Naive pre/post *", "Benchmark with a trend *", "As-treated *", "Dose-response *"]
    assert "regression to the mean" in designs.note


def test_the_flow_adds_up(tree):
    flow = evaluation_tables(tree, "")[3]
    counts = {row[0]: float(row[1].split()[0].replace(",", "")) for row in flow.rows}
    assert counts["Eligible"] == 150
    assert counts["Enrolled"] + counts["Never enrolled"] == pytest.approx(150, abs=1)


def test_a_tree_without_a_sound_design_has_no_table_of_outcomes():
    settings = replace(PLAIN, designs=("pre_post",))
    evaluation = evaluate(Population().observed(np.random.default_rng(1), 60), settings)
    titles = [table.title for table in evaluation_tables(evaluation_tree([evaluation], settings), "")]
    assert len(titles) == 4
    assert not [title for title in titles if title.startswith(("Matched", "Randomised"))]
